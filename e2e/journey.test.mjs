// The main job, from an empty gateway: two organisations set themselves up, draft an agreement, review,
// sign and publish it, and somebody who never signed in reads it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { agreement, asked, assurance, camden, fire, flow, party, title } from './coalition.mjs';
import { PASSWORD, invite, register, sign } from './people.mjs';
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
  await author.fill('Your password', PASSWORD);
  await author.press('Save the details');
  await invite(author, protection, organisation.protection, organisation, ['Data protection officer']);
  await invite(author, officer, organisation.officer, organisation, ['Senior officer']);

  await author.open('/assurance');
  await author.press('Start the statement');
  for (const [section, answers] of Object.entries(assurance(organisation))) {
    await author.follow(section);
    await author.answerSection(answers);
  }
  await author.open('/assurance');
  await author.press('Publish to partners');
  await author.fill('Your password', PASSWORD);
  await author.press('Publish to partners');

  await author.open('/memorandum');
  await author.fill('Your password', PASSWORD);
  await author.press('Send it for signature');
  await officer.open('/memorandum');
  await officer.press('Read and sign');
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
  let record;
  await inOrder(t, {
    'two organisations set themselves up': async () => {
      ours = await setUp(camden, how);
      theirs = await setUp(fire, how);
    },
    'the author drafts, led by the task list': async () => {
      const { author } = ours;
      await author.open('/agreements');
      await author.press('Draft a new agreement');
      await author.press('Start drafting');
      assert.equal(author.status, 422, 'an agreement needs a title');
      await author.fill('What is it called?', title);
      await author.press('Start drafting');
      record = author.where().split('?')[0];

      // What still stops it leads to what is missing.
      await author.reads(/Ask for review: \d+ things to do before you can/);
      await author.open(`${record}/parties`);
      await author.press('Add a party');
      await author.page.getByRole('searchbox').fill('Fire');
      await author.press('Search');
      await author.choose(fire.name, 'Which organisation do you want to add?');
      await author.press('Add');

      for (const [section, answers] of Object.entries(agreement)) {
        await author.open(record);
        await author.follow(section);
        await author.answerSection(answers);
      }
      for (const [organisation, direction] of [[camden, 'It gives data'], [fire, 'It gets data']]) {
        for (const [section, answers] of Object.entries(party(organisation, direction))) {
          await author.open(record);
          await author.followTask(`Tasks for ${organisation.name}`, section);
          await author.answerSection(answers);
        }
      }
      await author.open(record);
      await author.press('Add a data flow');
      await author.answerSection(flow);
    },

    'the law asks, and the author answers or says why not': async () => {
      const { author } = ours;
      await author.open(record);
      await author.follow('See each, why it is asked and what clears it');
      const before = await author.heading();
      assert.equal(before, 'What the law asks of this agreement');
      for (const organisation of [camden, fire]) {
        await author.goTo(`Legal power: ${organisation.name}`);
        await author.press('Save, and search for a power or duty');
        await author.fill('Name of a law, or what you want to do', 'Care Act');
        await author.press('Search');
        await author.press(/^Choose this\s*: Care Act 2014 s.6/);
        await author.follow('Done: go back to the questions');
        await author.open(`${record}/law`);
      }
      for (const [prompt, answers] of Object.entries(asked)) {
        await author.goTo(prompt);
        await author.answerSection(answers);
        await author.open(`${record}/law`);
      }
      while (await author.page.getByRole('link', { name: /^Set aside with a reason/ }).count()) {
        await author.follow(/^Set aside with a reason/);
        await author.press('Set it aside');
        assert.equal(author.status, 422, 'a prompt is set aside with a reason');
        await author.fill('Your reason', 'Considered with both services; each visit is by consent.');
        await author.press('Set it aside');
      }
      await author.open(record);
      await author.reads('0 block signing');
      await author.reads('0 must be answered');
    },

    'both data protection officers review the same version': async () => {
      const { author } = ours;
      await author.press('Ask for review');
      await author.press('Ask for review');
      await author.reads('What happens next');

      await theirs.protection.open(record);
      await theirs.protection.follow('Read version 1 and decide');
      await theirs.protection.press('Record my advice');
      assert.equal(theirs.protection.status, 422, 'advice has to be chosen');
      await theirs.protection.choose('Agrees with conditions', 'What do you advise?');
      await theirs.protection.fill('Your conditions or reasons', 'Tell us how a person can say no to the visit.');
      await theirs.protection.fill('Your password', PASSWORD);
      await theirs.protection.press('Record my advice');

      await ours.protection.open(record);
      await ours.protection.follow('Read version 1 and decide');
      await ours.protection.choose('Agrees', 'What do you advise?');
      await ours.protection.fill('Your password', PASSWORD);
      await ours.protection.press('Record my advice');

      // No one reaches sign-off while the conditions are not answered.
      await author.open(`${record}/moves/ask_for_sign_off`);
      await author.reads('are not answered');
      await author.open('/in-tray');
      await author.follow(title);
      await author.fill('How are these conditions met?', 'The care worker asks first; a no is written down and nothing is sent.');
      await author.fill('Your password', PASSWORD);
      await author.press('Save the answer');
    },

    'both senior officers sign exactly that version': async () => {
      const { author } = ours;
      await author.open(record);
      await author.press('Ask for sign-off');
      await author.fill('Your password', PASSWORD);
      await author.press('Ask for sign-off');
      for (const { officer } of [ours, theirs]) {
        await officer.open(record);
        await officer.follow('Read version 1 and decide');
        await officer.press('Confirm my decision');
        assert.equal(officer.status, 422, 'a signature needs a decision and a password');
        await sign(officer);
      }
      await author.open(record);
      await author.reads('In force');
    },

    'the lead publishes it and the public reads it': async () => {
      const { author } = ours;
      await author.open(`${record}/publish`);
      await author.choose('In full', 'How much do you publish?');
      await author.choose('No', 'Must any passage be withheld?');
      await author.press('Continue');
      await author.fill('Your password', PASSWORD);
      await author.press('Publish');
      await author.reads('Everyone can read it now');

      const anybody = await here.visitor(how);
      await anybody.open('/');
      await anybody.follow('Public register');
      await anybody.fill('Words to look for', 'fire safety');
      await anybody.press('Search');
      await anybody.follow(title);
      await anybody.reads(fire.name);
      await anybody.reads('Weekly list of homes to visit');
      await readsAsDocument(anybody);
    },
  });
});

/** The link to the document leads to a PDF that is tagged for people who cannot see it. */
async function readsAsDocument(visitor) {
  const link = visitor.page.getByRole('link', { name: /PDF/ }).first();
  // A browser may show a PDF or save it, so the link is followed without one.
  const answer = await visitor.page.request.get(new URL(await link.getAttribute('href'), visitor.page.url()).href);
  assert.equal(answer.status(), 200);
  assert.equal(answer.headers()['content-type'], 'application/pdf');
  const folder = await mkdtemp(join(tmpdir(), 'aldgate-document-'));
  const path = join(folder, 'agreement.pdf');
  await writeFile(path, await answer.body());
  const { stdout } = await promisify(execFile)('pdfinfo', [path]);
  assert.match(stdout, /^Tagged:\s+yes$/m);
  assert.match(stdout, /^Title:\s+\S/m);
  await rm(folder, { recursive: true });
}
