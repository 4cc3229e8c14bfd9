// Five minutes before a session ends the page says so, and one press keeps it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInAs } from './demo.mjs';
import { stage } from './support.mjs';

const here = stage({ demo: true });

test('someone who writes for long is told before the session ends, and stays', async () => {
  const author = await here.visitor();
  await signInAs(author, 'author', 'London Borough of Camden');
  await author.page.clock.install();
  await author.open('/agreements/new');
  const notice = author.page.getByRole('alert').filter({ hasText: 'You will be signed out in less than 5 minutes' });
  await author.page.clock.fastForward('01:50:00');
  assert.equal(await notice.count(), 0);
  await author.page.clock.fastForward('00:06:00');
  await notice.waitFor();
  await author.check();
  await author.page.getByRole('button', { name: 'Stay signed in' }).click();
  await notice.waitFor({ state: 'detached' });
  await author.page.clock.fastForward('01:56:00');
  await notice.waitFor();
  await author.page.clock.fastForward('00:06:00');
  await author.page.getByText('You have been signed out').waitFor();
  await author.close();
});

test('a passkey at an address of numbers is explained', async () => {
  const officer = await here.visitor();
  const browser = await officer.page.context().newCDPSession(officer.page);
  await browser.send('WebAuthn.enable');
  await signInAs(officer, 'senior officer', 'London Borough of Camden');
  await officer.open('/me/passkeys/new');
  await officer.reads('At an address of numbers, such as 127.0.0.1, none can be made');
  await officer.fill('Name for this passkey', 'Laptop');
  await officer.fill('Your password', 'demo-only-password');
  await officer.press('Continue');
  await officer.only('button', 'Create the passkey', officer.page);
  const port = new URL(here.gateway.url).port;
  await officer.page.getByText(`Passkeys belong to the name localhost, and you came by 127.0.0.1. Open http://localhost:${port}/me/passkeys/new`).waitFor();
  await officer.check();
  await officer.close();
});
