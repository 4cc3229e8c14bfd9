// Every kind of page of the demonstration, as people of different roles: whatever a link leads to is
// held against the checks of every page, and so is every form that is sent empty.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInAs } from './demo.mjs';
import { kindOf, stage } from './support.mjs';

const here = stage({ demo: true });

/** People whose pages differ, by role and organisation. */
const PEOPLE = [
  ['author', 'London Borough of Camden'],
  ['administrator', 'London Borough of Camden'],
  ['data protection officer', 'London Borough of Camden'],
  ['senior officer', 'London Borough of Camden'],
  ['Caldicott Guardian', 'University College London Hospitals NHS Foundation Trust'],
  ['auditor', 'London Borough of Camden'],
  ['viewer', 'Metropolitan Police Service'],
];

/** Not pages: files, data for programs, and the way out. */
const NOT_PAGES = /\.(pdf|csv|json|rsf)$|^\/log\/(checkpoint|tile)|^\/api\/|\/attachments\/[^/]+$|\/files\/|^\/sign-out$|^\/assets\//;

/** Pages that are the same for everyone, and so need to be seen once. */
const SAME = /^\/(law|register|about|accessibility|$)/;
const common = new Set();

/** Walks from page to page by links, one page of each kind. */
async function walk(visitor, from, known) {
  const next = [...from];
  while (next.length > 0) {
    const path = next.shift();
    const kind = kindOf(path);
    if (known.has(kind) || common.has(kind)) continue;
    (SAME.test(kind) ? common : known).add(kind);
    await visitor.visit(path);
    // A link may lead to a page that explains why something cannot be done now.
    assert.ok([200, 422].includes(visitor.status), `${path} answers ${visitor.status}`);
    known.add(kindOf(visitor.where()));
    const links = await visitor.page.locator('a[href]').evaluateAll((all) => all
      .filter((link) => link.origin === location.origin)
      .map((link) => link.pathname + link.search));
    next.push(...links.filter((link) => !NOT_PAGES.test(link.split('?')[0])));
  }
}

test('everything anyone can reach without signing in', async () => {
  const anybody = await here.visitor();
  const known = new Set();
  await walk(anybody, ['/'], known);
  for (const kind of ['/register', '/register/…', '/law', '/organisations/new']) assert.ok(known.has(kind) || common.has(kind), `${kind} was not reached`);
  await anybody.close();
});

for (const [role, organisation] of PEOPLE) {
  test(`everything the ${role} of ${organisation} can reach`, async () => {
    const somebody = await here.visitor();
    await signInAs(somebody, role, organisation);
    const known = new Set();
    await walk(somebody, ['/in-tray'], known);
    assert.ok(known.has('/records/…'), 'no record was reached');
    await somebody.close();
  });
}

test('forms that are sent empty say what is missing, at each field', async () => {
  const anybody = await here.visitor();
  for (const [path, button] of [['/sign-in', 'Sign in'], ['/organisations/new', 'Set up the organisation']]) {
    await anybody.open(path);
    await anybody.press(button);
    assert.equal(anybody.status, 422, path);
  }
  await signInAs(anybody, 'author', 'London Borough of Camden');
  await anybody.open('/agreements/new');
  await anybody.press('Start drafting');
  assert.equal(anybody.status, 422);
  await anybody.close();

  const administrator = await here.visitor();
  await signInAs(administrator, 'administrator', 'London Borough of Camden');
  await administrator.open('/organisation/people/new');
  await administrator.press('Add the person');
  assert.equal(administrator.status, 422);
  await administrator.open('/organisation/details');
  await administrator.fill('Data protection fee number', 'not a number');
  await administrator.press('Save the details');
  assert.equal(administrator.status, 422);
  await administrator.close();
});

test('a page that is not there says so', async () => {
  const anybody = await here.visitor();
  await anybody.open('/nowhere', 404);
  await anybody.reads('not found');
  await anybody.close();
});

test('ten pages fit a narrow window without sideways scrolling', async () => {
  const narrow = await here.visitor({ width: 320, height: 640 });
  await signInAs(narrow, 'author', 'London Borough of Camden');
  await narrow.open('/agreements');
  const record = await narrow.page.locator('main a[href^="/records/agr_"]').first().getAttribute('href');
  const pages = ['/in-tray', '/agreements', '/agreements/new', record, `${record}/check`, `${record}/law`,
    `${record}/sections/data`, '/organisation', '/organisation/people', '/register', '/law'];
  for (const path of pages) {
    await narrow.open(path);
    const over = await narrow.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(over <= 0, `${path} is ${over} pixels too wide`);
  }
  await narrow.close();
});
