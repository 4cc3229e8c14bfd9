// People sign in at the provider of their organisation: an administrator sets it up, somebody joins by
// their domain, gets a role, shows again at the provider that it is them, and signs out.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { signInAs } from './demo.mjs';
import { CLIENT, startProvider } from './provider.mjs';
import { stage } from './support.mjs';

const here = stage({ demo: true, settings: { OPENID_LOOPBACK: 'true' } });
const CAMDEN = 'London Borough of Camden';
const PASSWORD = 'demo-only-password';
const DOMAIN = 'people.camden.example';
const ASHA = `asha.rai@${DOMAIN}`;
let provider;
after(() => provider?.stop());

/** Presses a button of ours that leads to the provider, and signs in there. */
async function atProvider(visitor, button, account) {
  const { page } = visitor;
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.waitForURL(`${provider.issuer}/interaction/**`);
  await page.getByLabel('Account').fill(account);
  await visitor.arrive(async () => {
    await page.getByRole('button', { name: 'Sign in there' }).click();
    await page.waitForURL(`${here.gateway.url}/**`);
  });
}

/** Sets the provider and the domain up, as the administrator; the operator confirms the domain. */
async function setUp(administrator) {
  await signInAs(administrator, 'administrator', CAMDEN);
  await administrator.open('/organisation/sign-in');
  const redirect = await administrator.page.locator('.app-code').first().innerText();
  provider = await startProvider({ redirect, afterSignOut: `${here.gateway.url}/` });
  await administrator.fill('Address of your provider (issuer)', 'https://10.0.0.1/');
  await administrator.fill('Your password', PASSWORD);
  await administrator.press('Save');
  assert.equal(administrator.status, 422);
  await administrator.reads('inside a network');
  await administrator.fill('Address of your provider (issuer)', provider.issuer);
  await administrator.fill('Client ID', CLIENT.id);
  await administrator.fill('Client secret', CLIENT.secret);
  await administrator.fill('Your password', PASSWORD);
  await administrator.press('Save');
  await administrator.reads('It is saved');
  await administrator.press('Try it');
  await administrator.reads('It answers');

  await administrator.follow('Name the domains of your addresses');
  await administrator.fill('Domain', DOMAIN);
  await administrator.fill('Your password', PASSWORD);
  await administrator.press('Add it to the list');
  await administrator.reads('Waits for confirmation');
  const listed = await here.gateway.command('domains', 'list');
  const id = /dom_\w+/.exec(listed)[0];
  assert.match(await here.gateway.command('domains', 'confirm', id), new RegExp(`${DOMAIN} is now a domain of`));
}

test('someone joins with their organisation, gets a role, shows who they are and signs out', async () => {
  const administrator = await here.visitor();
  await setUp(administrator);

  const asha = await here.visitor();
  await asha.open('/sign-in');
  await asha.follow('Sign in with your organisation');
  await asha.fill('Your work email address', 'someone@elsewhere.example');
  await asha.press('Continue');
  assert.equal(asha.status, 422);
  await asha.fill('Your work email address', ASHA);
  await atProvider(asha, 'Continue', ASHA);
  assert.equal(asha.where(), '/in-tray');
  await asha.reads('have no role there yet');

  await administrator.open('/in-tray');
  await administrator.follow('Asha Rai waits for a role');
  await administrator.choose('Yes: give them the roles below');
  await administrator.choose('Administrator');
  await administrator.fill('Your password', PASSWORD);
  await administrator.press('Continue');
  await administrator.reads('The role is given');

  // She has only the provider: it shows that it is her, and what she typed is still there.
  await asha.open('/organisation/domains');
  await asha.fill('Domain', 'more.camden.example');
  await atProvider(asha, 'Add it to the list', ASHA);
  assert.equal(await asha.heading(), 'You have shown that it is you');
  await asha.press('Finish');
  await asha.reads('more.camden.example');
  await asha.reads('It is on the list');

  await asha.open('/sign-out');
  await asha.page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await asha.page.waitForURL(`${provider.issuer}/**`);
  await asha.arrive(async () => {
    await asha.page.getByRole('button', { name: 'Yes, sign me out' }).click();
    await asha.page.waitForURL(`${here.gateway.url}/`);
  });
  await asha.visit('/in-tray');
  assert.match(asha.where(), /^\/sign-in/);
  await asha.close();
  await administrator.close();
});
