// Somebody without an account reads and signs with a link and a code.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInAs } from './demo.mjs';
import { stage } from './support.mjs';

const here = stage({ demo: true });
const CAMDEN = 'London Borough of Camden';

test('an administrator names a signer without an account, who signs with a link and a code', async () => {
  const officer = await here.visitor();
  await signInAs(officer, 'senior officer', CAMDEN);
  await officer.open('/in-tray');
  const line = await officer.page.locator('main a[href*="/lines/"]').first().getAttribute('href');
  await officer.close();

  const administrator = await here.visitor();
  await signInAs(administrator, 'administrator', CAMDEN);
  await administrator.open(line);
  await administrator.follow('Let someone without an account decide this');
  await administrator.press('Make the link');
  assert.equal(administrator.status, 422, 'it says what is missing');
  await administrator.fill('Full name', 'Perpetua Goodwin');
  await administrator.fill('Work email address', 'perpetua@camden.demo.example');
  await administrator.fill('Your password', 'demo-only-password');
  await administrator.press('Make the link');
  assert.equal(await administrator.heading(), 'Perpetua Goodwin can now decide');
  const link = new URL(await administrator.page.locator('#link').innerText());
  const code = await administrator.page.locator('#code').innerText();

  const holder = await here.visitor();
  await holder.open(link.pathname);
  await holder.fill('Code', '1234 5678');
  await holder.press('Go on');
  await holder.reads('The code is wrong');
  await holder.fill('Code', code);
  await holder.press('Go on');
  await holder.reads('You decide for London Borough of Camden');
  await holder.choose('Yes, sign');
  await holder.press('Confirm my decision');
  assert.equal(holder.status, 422, 'an open page alone decides nothing');
  await holder.fill('Code', code);
  await holder.press('Confirm my decision');
  await holder.reads('Perpetua Goodwin');
  await holder.reads('Keep the document (PDF)');
  await holder.close();
  await administrator.open(line);
  await administrator.reads('Perpetua Goodwin');
  await administrator.close();
});
