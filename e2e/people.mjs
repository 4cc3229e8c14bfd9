// How an organisation gets its people in: registering, inviting, signing in, each in a window of their own.
import assert from 'node:assert/strict';

export const PASSWORD = 'three random words';
export const address = (person, organisation) => `${person.toLowerCase().replaceAll(' ', '.')}@${organisation.site}.example`;

/** The first administrator sets the organisation up. Details are given later. */
export async function register(visitor, organisation) {
  await visitor.open('/');
  await visitor.follow('Set up your organisation');
  await visitor.press('Set up the organisation');
  assert.equal(visitor.status, 422, 'an empty form is answered with what is missing');
  await visitor.fill('Name of the organisation', organisation.name);
  await visitor.answer('Kind of organisation', organisation.kind);
  await visitor.fill('Your full name', organisation.author);
  await visitor.fill('Your work email address', address(organisation.author, organisation));
  await visitor.fill('Choose a password', PASSWORD);
  await visitor.press('Set up the organisation');
}

/** The administrator adds a person and passes the shown link on; they join in their own window. */
export async function invite(administrator, newcomer, person, organisation, roles) {
  await administrator.open('/organisation/people');
  await administrator.press('Add a person');
  await administrator.fill('Full name', person);
  await administrator.fill('Work email address', address(person, organisation));
  for (const role of roles) await administrator.choose(role, 'What do they do?');
  await administrator.fill('Your password', PASSWORD);
  await administrator.press('Add the person');
  const link = await administrator.page.locator('#invitation').innerText();
  await newcomer.open(link);
  assert.equal(await newcomer.heading(), `Join ${organisation.name}`);
  await newcomer.fill('Choose a password', PASSWORD);
  await newcomer.press('Set the password and sign in');
}

export async function signIn(visitor, person, organisation) {
  await visitor.open('/sign-in');
  await visitor.fill('Email address', address(person, organisation));
  await visitor.fill('Password', PASSWORD);
  await visitor.press('Sign in');
}

/** Signs for the organisation on the page of a sign-off line, showing the password again. */
export async function sign(officer) {
  await officer.page.getByLabel('Yes, sign', { exact: true }).check();
  await officer.fill('Your password', PASSWORD);
  await officer.press('Confirm my decision');
}
