// The main job, from an empty gateway: two organisations set themselves up, draft an agreement, review,
// sign and publish it, and somebody who never signed in reads it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assurance, camden, fire } from './coalition.mjs';
import { invite, register, sign } from './people.mjs';
import { stage } from './support.mjs';

const here = stage();

/** An organisation with its three people, each at their own browser. */
async function setUp(organisation, how) {
  const author = await here.visitor(how);
  const protection = await here.visitor(how);
  const officer = await here.visitor(how);

  await register(author, organisation);
  await author.open('/organisation');
  await author.follow('Give your organisation’s details');
  await author.fill('Area it works in', organisation.area);
  await author.fill('Data protection fee number', organisation.fee);
  await author.press('Save');
  await invite(author, protection, organisation.protection, organisation, ['Data protection officer']);
  await invite(author, officer, organisation.officer, organisation, ['Senior officer']);

  await author.open('/assurance');
  await author.press('Start the statement');
  for (const [section, answers] of Object.entries(assurance(organisation))) {
    await author.follow(section);
    await author.answerSection(answers);
  }
  await author.open('/assurance');
  await author.follow('Publish to partners');
  await author.press('Publish to partners');

  await author.open('/memorandum');
  await author.press('Send it for signature');
  await officer.open('/memorandum');
  await officer.follow('Read and sign');
  await sign(officer);
  await author.open('/organisation');
  await author.reads('100% done');
  return { author, protection, officer };
}

/** Runs steps in order; the first that fails ends the journey. */
async function inOrder(t, steps) {
  for (const [name, step] of Object.entries(steps)) {
    let done = false;
    await t.test(name, async () => { await step(); done = true; });
    assert.ok(done, `the journey ended at “${name}”`);
  }
}

test('an agreement from an empty gateway to the public register', async (t) => {
  const how = { scripts: true };
  let ours;
  let theirs;
  await inOrder(t, {
    'two organisations set themselves up': async () => {
      ours = await setUp(camden, how);
      theirs = await setUp(fire, how);
    },
  });
  assert.ok(ours && theirs);
});
