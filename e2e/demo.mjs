// Signing in to the demonstration, with one click, as a made-up person.

/** As whoever holds this role in this organisation. */
export async function signInAs(visitor, role, organisation) {
  await visitor.open('/sign-in');
  const lines = visitor.page.locator(`xpath=//h3[normalize-space()="${organisation}"]/following-sibling::ul[1]/li`);
  await visitor.press(/^Sign in/, { within: lines.filter({ hasText: role }).first() });
}
