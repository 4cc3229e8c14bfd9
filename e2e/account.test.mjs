// An authenticator app is set up from its secret, and asked for at the next sign-in.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { signInAs } from './demo.mjs';
import { stage } from './support.mjs';

const here = stage({ demo: true });
const PASSWORD = 'demo-only-password';

/** What an app shows for this secret, so many steps of 30 seconds from now (RFC 6238). */
function code(secret, steps = 0) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(' ', '')].map((one) => letters.indexOf(one).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const digest = createHmac('sha1', key).update(counter).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('an authenticator app is set up and asked for', async () => {
  const somebody = await here.visitor();
  await signInAs(somebody, 'author', 'London Borough of Camden');
  await somebody.open('/me/sessions');
  await somebody.reads('This one');
  await somebody.open('/me');
  await somebody.press('Set up an authenticator app');
  await somebody.fill('Your password', PASSWORD);
  await somebody.press('Continue');
  const secret = await somebody.page.locator('#secret').innerText();
  await somebody.fill('Code that the app shows', '12');
  await somebody.press('Confirm');
  assert.equal(somebody.status, 422);
  await somebody.fill('Code that the app shows', code(secret));
  await somebody.press('Confirm');
  const codes = await somebody.page.locator('#recovery-codes li').allInnerTexts();
  assert.equal(codes.length, 10);
  await somebody.follow('I have kept them');
  const email = await somebody.page.locator('main strong.app-break').innerText();
  await somebody.follow('Sign out everywhere');
  await somebody.press('Sign out everywhere');

  await somebody.open('/sign-in');
  await somebody.fill('Email address', email);
  await somebody.fill('Password', PASSWORD);
  await somebody.press('Sign in');
  assert.equal(await somebody.heading(), 'Enter your code');
  await somebody.fill('Code', code(secret, 1));
  await somebody.press('Sign in');
  await somebody.open('/me/password');
  await somebody.fill('New password', 'three random words');
  await somebody.fill('Your password', PASSWORD);
  await somebody.fill('Code', codes[0]);
  await somebody.press('Change the password');
  await somebody.reads('Your password is changed');
  await somebody.close();
});
