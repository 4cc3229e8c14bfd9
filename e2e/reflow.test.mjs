// Every kind of page of the demonstration at 320 pixels, which is 400% of a small screen (WCAG 1.4.10),
// and on paper: nothing is wider than the page, and no words lie on others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInAs } from './demo.mjs';
import { kindOf, stage } from './support.mjs';

const here = stage({ demo: true });

const PEOPLE = [
  null,
  ['author', 'London Borough of Camden'],
  ['administrator', 'London Borough of Camden'],
  ['data protection officer', 'London Borough of Camden'],
  ['senior officer', 'Metropolitan Police Service'],
];

const NOT_PAGES = /\.(pdf|csv|json|rsf)$|^\/log\/(checkpoint|tile)|^\/api\/|\/attachments\/[^/]+$|\/files\/|^\/sign-out$|^\/assets\//;

/** A4 without margins of 10 mm, at 96 pixels to the inch. */
const PAPER = { width: 718, height: 1000 };
const NARROW = { width: 320, height: 640 };

/** What is wider than the window, but for what scrolls in a frame of its own. */
const tooWide = () => {
  const over = document.documentElement.scrollWidth - innerWidth;
  if (over <= 0) return '';
  const wide = [...document.querySelectorAll('main *, header *, footer *')].filter((element) => {
    const framed = element.closest('.app-scroll');
    return !(framed && framed !== element) && element.getBoundingClientRect().right > innerWidth + 0.5;
  });
  const named = wide.slice(-3).map((element) => `${element.tagName}.${element.className} “${element.textContent.trim().slice(0, 40)}”`);
  return `${over} pixels too wide: ${named.join(', ')}`;
};

/** Words that lie on other words. */
const overlapping = () => {
  const boxes = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    if (element.closest('.govuk-visually-hidden, script, style, option')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      // The height of a line is more than that of its letters.
      const trim = box.height * 0.25;
      if (box.width > 1) boxes.push({ node, left: box.left + 1, right: box.right - 1, top: box.top + trim, bottom: box.bottom - trim });
    }
  }
  boxes.sort((a, b) => a.top - b.top);
  for (const [at, one] of boxes.entries()) {
    for (let next = at + 1; next < boxes.length && boxes[next].top < one.bottom; next += 1) {
      const other = boxes[next];
      if (other.node !== one.node && other.left < one.right && one.left < other.right) {
        return `“${one.node.data.trim().slice(0, 40)}” lies on “${other.node.data.trim().slice(0, 40)}”`;
      }
    }
  }
  return '';
};

async function look(page, path, faults) {
  await page.setViewportSize(NARROW);
  await page.emulateMedia({ media: 'screen' });
  const wide = await page.evaluate(tooWide);
  if (wide) faults.push(`${path} at 320 pixels: ${wide}`);
  await page.setViewportSize(PAPER);
  await page.emulateMedia({ media: 'print' });
  for (const found of [await page.evaluate(tooWide), await page.evaluate(overlapping)]) {
    if (found) faults.push(`${path} on paper: ${found}`);
  }
  await page.emulateMedia({ media: 'screen' });
}

for (const person of PEOPLE) {
  test(`nothing scrolls sideways or overlaps for ${person ? `the ${person.join(' of ')}` : 'anyone'}`, async () => {
    const visitor = await here.visitor();
    if (person) await signInAs(visitor, ...person);
    const { page } = visitor;
    const faults = [];
    const known = new Set();
    const next = person ? ['/in-tray'] : ['/', '/sign-in', '/organisations/new'];
    while (next.length > 0) {
      const path = next.shift();
      const kind = kindOf(path);
      if (known.has(kind)) continue;
      known.add(kind);
      await page.goto(path);
      await look(page, path, faults);
      const links = await page.locator('a[href]').evaluateAll((all) => all
        .filter((link) => link.origin === location.origin)
        .map((link) => link.pathname + link.search));
      next.push(...links.filter((link) => !NOT_PAGES.test(link.split('?')[0])));
    }
    assert.ok(known.size > 10, `only ${known.size} kinds of page were reached`);
    assert.deepEqual(faults, []);
    await visitor.close();
  });
}
