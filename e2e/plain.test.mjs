// The same job without scripts, and with the keyboard alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInAs } from './demo.mjs';
import { stage } from './support.mjs';

const here = stage({ demo: true });
const CAMDEN = 'London Borough of Camden';
const PASSWORD = 'demo-only-password';

test('without scripts an author drafts, an officer reviews and an officer signs', async () => {
  const author = await here.visitor({ scripts: false });
  await signInAs(author, 'author', CAMDEN);
  await author.open('/agreements/new');
  await author.fill('What is it called?', 'Welfare checks in hot weather');
  await author.press('Start drafting');
  const record = author.where().split('?')[0];
  await author.follow('The data');
  await author.answerSection({
    'Is the data about people?': 'Yes, people can be picked out',
    'Is any of it criminal offence data?': 'No',
    'Who is the data about?': ['Residents'],
    'What kinds of data are shared?': ['Names, birth dates and contact details'],
    'List each item of data, why you need it, and the least detail that will do': {
      rows: [{ Item: 'Address', 'Why it is needed': 'To call' }, { Item: 'Name', 'Why it is needed': 'To ask for them' }],
    },
  });
  await author.open(record);
  await author.follow('About this agreement');
  await author.answerSection({
    'Which theme or programme is it part of?': { choose: 'Something else', say: 'Heatwaves' },
  });
  await author.open(`${record}/check`);
  await author.reads('Heatwaves');
  await author.open(`${record}/moves/ask_for_review`);
  await author.reads('things stop it');
  await author.close();

  const protection = await here.visitor({ scripts: false });
  await signInAs(protection, 'data protection officer', CAMDEN);
  await protection.arrive(() => protection.page.locator('main a[href*="/lines/"]').first().click());
  await protection.press('Record my advice');
  assert.equal(protection.status, 422);
  await protection.choose('Agrees with conditions', 'What do you advise?');
  await protection.fill('Your conditions or reasons', 'Say who is told when no one answers the door.');
  await protection.fill('Your password', PASSWORD);
  await protection.press('Record my advice');
  assert.match(protection.where(), /\/done$/);
  await protection.close();

  const officer = await here.visitor({ scripts: false });
  await signInAs(officer, 'senior officer', CAMDEN);
  await officer.arrive(() => officer.page.locator('main a[href*="/lines/"]').first().click());
  await officer.choose('Yes, sign');
  await officer.fill('Your password', 'not the password');
  await officer.press('Confirm my decision');
  assert.equal(officer.status, 422, 'a wrong password signs nothing');
  await officer.choose('Yes, sign');
  await officer.fill('Your password', PASSWORD);
  await officer.press('Confirm my decision');
  assert.match(officer.where(), /\/done$/);
  await officer.close();
});

test('with the keyboard alone a person signs in and answers a section', async () => {
  const someone = await here.visitor();
  const { keyboard } = someone.page;
  await someone.open('/sign-in');
  // The first stop is the link past the navigation.
  await keyboard.press('Tab');
  assert.equal(await focused(someone), 'Skip to main content');
  await keyboard.press('Enter');
  await tabTo(someone, 'Email address');
  const email = await someone.page.evaluate(() => document.querySelector('#email').type);
  assert.equal(email, 'email');
  await tabTo(someone, /^Sign in as Tunde Fairweather/);
  await someone.arrive(() => keyboard.press('Enter'));
  await tabTo(someone, 'Early help for households likely to lose their home');
  await someone.arrive(() => keyboard.press('Enter'));
  await tabTo(someone, 'Keeping data safe');
  await someone.arrive(() => keyboard.press('Enter'));
  await tabTo(someone, 'Sum this up for the public, without helping an attacker');
  await keyboard.press('ControlOrMeta+a');
  await keyboard.type('Only trained staff can open it.');
  await tabTo(someone, 'Save and continue');
  await someone.arrive(() => keyboard.press('Enter'));
  await someone.reads('Your answers were saved');
  await someone.close();
});

/** What the keyboard is at: the words of the link or button, or the label of the field. */
function focused(visitor) {
  return visitor.page.evaluate(() => {
    const at = document.activeElement;
    const words = at.labels?.length ? at.labels[0].textContent : at.textContent;
    return words.trim().replace(/\s+/g, ' ');
  });
}

async function tabTo(visitor, words) {
  for (let stops = 0; stops < 250; stops += 1) {
    const here = await focused(visitor);
    if (words instanceof RegExp ? words.test(here) : here === words) {
      const seen = await visitor.page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      });
      assert.ok(seen, `nobody can see that the keyboard is at “${here}”`);
      return;
    }
    await visitor.page.keyboard.press('Tab');
  }
  assert.fail(`${visitor.where()}: the keyboard never comes to “${words}”`);
}
