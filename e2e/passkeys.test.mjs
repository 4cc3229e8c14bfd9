// A passkey in a browser: made, used to sign a decision and to sign in, and removed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInAs } from './demo.mjs';
import { stage } from './support.mjs';

const here = stage({ demo: true });
const CAMDEN = 'London Borough of Camden';
const PASSWORD = 'demo-only-password';

/** Gives the window a device that keeps passkeys and knows its owner. */
async function device(visitor) {
  const browser = await visitor.page.context().newCDPSession(visitor.page);
  await browser.send('WebAuthn.enable');
  const { authenticatorId } = await browser.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    knowsOwner: (isUserVerified) => browser.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
    passkeys: async () => (await browser.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
  };
}

test('an officer adds a passkey, signs a decision and signs in with it', async () => {
  // Browsers offer passkeys for names, not for numbers.
  here.gateway.url = here.gateway.url.replace('127.0.0.1', 'localhost');
  const officer = await here.visitor();
  const phone = await device(officer);
  await signInAs(officer, 'senior officer', CAMDEN);
  await officer.open('/me');
  await officer.press('Add a passkey');
  await officer.press('Continue');
  assert.equal(officer.status, 422, 'a passkey is added by whoever knows the password');
  await officer.fill('Name for this passkey', 'Test phone');
  await officer.fill('Your password', PASSWORD);
  await officer.press('Continue');
  await officer.press('Create the passkey');
  assert.equal(await officer.page.locator('#recovery-codes li').count(), 10);
  assert.equal((await phone.passkeys()).length, 1);
  await officer.follow('I have kept them');
  await officer.reads('Test phone');

  // Whoever holds the phone and is not its owner decides nothing.
  await officer.open('/in-tray');
  await officer.arrive(() => officer.page.locator('main a[href*="/lines/"]').first().click());
  await officer.choose('Yes, sign');
  await phone.knowsOwner(false);
  await officer.only('button', 'Confirm my decision', officer.page);
  await officer.page.getByText('Your device gave no passkey').waitFor();
  await officer.check();
  await phone.knowsOwner(true);
  await officer.press('Confirm my decision');
  assert.match(officer.where(), /\/done$/);

  await officer.open('/sign-out');
  await officer.press('Sign out');
  await officer.open('/sign-in?next=/me');
  await officer.press('Sign in with a passkey');
  assert.equal(await officer.heading(), 'Your account');

  await officer.follow(/^Remove/);
  await officer.press('Remove the passkey');
  await officer.reads('The passkey is removed');
  await officer.close();
});
