// A visitor: a browser window that holds every page it comes to against the same checks.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';
import { serve } from './gateway.mjs';

export { root, serve } from './gateway.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Starts Chromium, without anything that would look for a network. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A gateway and a browser for the tests of one file. */
export function stage(options) {
  const here = {};
  before(async () => {
    here.gateway = await serve(options);
    here.browser = await launch();
  });
  after(async () => {
    await here.browser?.close();
    await here.gateway?.stop();
  });
  here.visitor = (how) => visitor(here.browser, here.gateway, how);
  return here;
}

/** A new person at a new browser: nothing signed in, nothing remembered. */
export async function visitor(browser, gateway, { scripts = true, width = 1100, height = 900 } = {}) {
  const context = await browser.newContext({
    baseURL: gateway.url,
    javaScriptEnabled: scripts,
    viewport: { width, height },
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    acceptDownloads: true,
  });
  context.setDefaultTimeout(15_000);
  const mirrored = scripts ? null : await mirror(browser, width, height);
  return new Visitor(await context.newPage(), gateway, { scripts, mirrored });
}

/**
 * Axe is a script, and does not run where scripts do not. A page read without scripts is checked in
 * another window: the same text at the same address, with the page's own scripts left out.
 */
async function mirror(browser, width, height) {
  const context = await browser.newContext({ viewport: { width, height }, locale: 'en-GB' });
  const page = await context.newPage();
  await context.route('**/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  return {
    page,
    async show(url, text) {
      const address = url.split('#')[0];
      await context.route(address, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: text }));
      await page.goto(address);
      await context.unroute(address);
    },
  };
}

/** Pages already found sound, by their shape, so that the same page is not checked twice. */
const sound = new Set();

export class Visitor {
  constructor(page, gateway, { scripts, mirrored }) {
    this.page = page;
    this.gateway = gateway;
    this.mirror = mirrored;
    this.faults = [];
    /** The kinds of page seen, such as "/records/…/sections/about". */
    this.seen = new Set();
    page.on('console', (message) => {
      // A page that answers 422 or 404 on purpose is reported by the browser as a failed load.
      if (message.type() === 'error' && !/the server responded with a status of 4\d\d/.test(message.text())) {
        this.faults.push(`the console says: ${message.text()}`);
      }
    });
    page.on('pageerror', (error) => this.faults.push(`a script failed: ${error.message}`));
    page.on('requestfailed', (request) => {
      // A download, or a page left before everything was loaded, ends as "aborted".
      const why = request.failure()?.errorText;
      const unwanted = !scripts && request.url().endsWith('.js');
      if (why !== 'net::ERR_ABORTED' && !unwanted) this.faults.push(`${request.url()} failed: ${why}`);
    });
    page.on('response', (response) => {
      const isPage = response.request().isNavigationRequest();
      if (isPage) this.status = response.status();
      if (response.status() >= (isPage ? 500 : 400)) {
        this.faults.push(`${response.url()} answered ${response.status()}`);
      }
    });
  }

  /** Opens an address and checks the page. */
  async open(path, expected = 200) {
    await this.visit(path);
    assert.equal(this.status, expected, `${path} should answer ${expected}`);
  }

  async visit(path) {
    await this.page.goto(path);
    await this.check();
  }

  /** Does something that leads to another page (or the same with errors), and checks that one. */
  async arrive(act) {
    const arrives = this.page.waitForEvent('domcontentloaded');
    // When the act itself fails, that is what is to be reported.
    arrives.catch(() => {});
    await act();
    await arrives;
    await this.page.waitForLoadState('load');
    await this.check();
  }

  /** Follows a link by its words. */
  async follow(words, { within = this.page } = {}) {
    await this.arrive(() => this.only('link', words, within));
  }

  /** Follows a prompt of the law to the question that clears it. */
  async goTo(prompt) {
    const card = this.page.locator('.app-prompt', { has: this.page.getByRole('heading', { name: prompt }) });
    await this.follow(/^Go to/, { within: card });
  }

  /** Follows a task of the list under a heading. */
  async followTask(heading, task) {
    const list = this.page.locator(`xpath=//h2[normalize-space()="${heading}"]/following-sibling::ul[1]`);
    await this.follow(task, { within: list });
  }

  /** Presses a button by its words. */
  async press(words, { within = this.page } = {}) {
    await this.arrive(() => this.only('button', words, within));
  }

  /** Clicks a link or button, or says which there are. */
  async only(role, words, within) {
    const found = within.getByRole(role, exactly(words));
    if ((await found.count()) === 0) {
      const there = (await within.getByRole(role).allInnerTexts()).join(' · ');
      assert.fail(`${this.where()} has no ${role} “${words}”. It has: ${there}`);
    }
    await found.first().click();
  }

  /** Fills a field by its label. */
  async fill(label, value) {
    await this.page.getByLabel(label, { exact: typeof label === 'string' }).first().fill(value);
  }

  /** Chooses a radio button or a checkbox by its label, perhaps within the question that asks it. */
  async choose(label, question) {
    const within = question ? this.page.getByRole('group', exactly(question)) : this.page;
    await within.getByLabel(label, { exact: typeof label === 'string' }).first().check();
  }

  /** Every question of the page, in the words that ask it. */
  questions() {
    return this.page.locator('main :is(legend, label)').evaluateAll((all) => all
      .map((one) => one.textContent.trim().replace(/\s+/g, ' ')));
  }

  /**
   * Answers one question, asked in these words. The answer is a text; a list of options; a day as
   * { day }; a file as { file }; rows of a table as { rows }; an option that asks for more as
   * { choose, say }.
   */
  async answer(question, value) {
    const group = this.page.getByRole('group', { name: question, exact: true });
    const choices = (what) => (Array.isArray(what) ? what : [what]);
    if ((await group.count()) === 0) {
      const field = this.page.getByLabel(question, { exact: true });
      if (value.file) await field.setInputFiles(value.file);
      else if (await field.evaluate((one) => one.tagName === 'SELECT')) await field.selectOption({ label: value });
      else await field.fill(value);
    } else if (value.day) {
      const [day, month, year] = value.day.split(' ');
      for (const [label, part] of [['Day', day], ['Month', month], ['Year', year]]) {
        await group.getByLabel(label, { exact: true }).fill(part);
      }
    } else if (value.rows) {
      for (const [place, row] of value.rows.entries()) {
        if (place > 0) await this.press('Save and add another row', { within: group });
        const last = group.getByRole('group', { name: `Row ${place + 1}`, exact: true });
        for (const [label, words] of Object.entries(row)) {
          const cell = last.getByLabel(label, { exact: true });
          if (await cell.evaluate((one) => one.tagName === 'SELECT')) await cell.selectOption({ label: words });
          else await cell.fill(words);
        }
      }
    } else {
      for (const one of choices(value)) {
        const label = one.choose ?? one;
        await group.getByLabel(label, { exact: true }).first().check();
        if (one.say) await group.getByLabel(`Say more: ${label}`, { exact: true }).fill(one.say);
      }
    }
  }

  /** Answers a section and saves it, and then what it asks because of those answers. */
  async answerSection(answers) {
    const left = new Map(Object.entries(answers));
    while (/\/sections\//.test(this.where())) {
      // An answer may bring up more questions before the section is saved: a row does.
      for (let next = await this.nextOf(left); next; next = await this.nextOf(left)) {
        await this.answer(next, left.get(next));
        left.delete(next);
      }
      await this.press('Save and continue');
    }
    assert.deepEqual([...left.keys()], [], 'these questions were never asked');
  }

  async nextOf(answers) {
    const asked = new Set(await this.questions());
    return [...answers.keys()].find((question) => asked.has(question));
  }

  heading() {
    return this.page.locator('h1').innerText();
  }

  async reads(words) {
    const text = (await this.page.locator('body').innerText()).replace(/\s+/g, ' ');
    const found = words instanceof RegExp ? words.test(text) : text.includes(words);
    assert.ok(found, `${this.where()} should say "${words}". It says: ${text.slice(0, 1500)}`);
  }

  where() {
    return this.page.url().replace(this.gateway.url, '') || '/';
  }

  /** The checks that every page has to pass. */
  async check() {
    const { page } = this;
    this.seen.add(kindOf(this.where()));
    const faults = this.faults.splice(0);
    const headings = await page.locator('h1').count();
    if (headings !== 1) faults.push(`it has ${headings} first headings`);
    const title = await page.title();
    const summary = (await page.locator('.govuk-error-summary').count()) > 0;
    if (title.startsWith('Error: ') !== summary) {
      faults.push(`its title is "${title}", and an error summary is ${summary ? '' : 'not '}shown`);
    }
    const twice = await page.locator('[id]').evaluateAll((all) => all.map((one) => one.id)
      .filter((id, place, ids) => ids.indexOf(id) !== place));
    if (twice.length > 0) faults.push(`these ids come twice: ${twice.join(', ')}`);
    if (summary) faults.push(...(await this.loose()));
    // A refusal is a page of its own, which says why; a form shows what is wrong with it.
    const refused = title.startsWith('This cannot be done now');
    if (this.status === 422 && !summary && !refused) faults.push('it answers 422 without an error summary');
    faults.push(...(await this.violations()));
    assert.deepEqual(faults, [], `${this.where()} (“${title}”) has faults:\n- ${faults.join('\n- ')}`);
  }

  /** Links of the error summary that lead to no field. */
  async loose() {
    return this.page.locator('.govuk-error-summary a').evaluateAll((links) => links
      .filter((link) => !document.getElementById(link.hash.slice(1)))
      .map((link) => `the error “${link.textContent}” leads to no field (${link.hash || 'no address'})`));
  }

  /** What axe finds, in words. */
  async violations() {
    const { page } = this;
    const content = shape(await page.content());
    const width = page.viewportSize().width;
    const digest = createHash('sha256').update(`${width} ${this.mirror ? '' : 'scripts'} ${content}`).digest('hex');
    if (sound.has(digest)) return [];
    await this.mirror?.show(page.url(), await page.content());
    const checked = this.mirror?.page ?? page;
    await checked.evaluate(axe);
    const found = await checked.evaluate(async (tags) => {
      const { violations } = await globalThis.axe.run(document, {
        runOnly: { type: 'tag', values: tags },
        resultTypes: ['violations'],
      });
      return violations.map(({ id, help, nodes }) => ({
        id, help, nodes: nodes.slice(0, 3).map((node) => node.html.slice(0, 300)), count: nodes.length,
      }));
    }, TAGS);
    if (found.length === 0) sound.add(digest);
    return found.map((v) => `${v.help} (${v.id}, ${v.count} times): ${v.nodes.join(' · ')}`);
  }

  async close() {
    await this.mirror?.page.context().close();
    await this.page.context().close();
  }
}

/** A page without its words: what axe looks at, but for whether there are any. */
function shape(content) {
  return content
    .replaceAll(/ (?:value|href|action|data-seconds)="[^"]*"/g, '')
    .replaceAll(/[a-z]{3}_[0-9A-Za-z]{20,}/g, '')
    .replaceAll(/>[^<]*[^<\s][^<]*</g, '>words<');
}

function exactly(name) {
  return { name, exact: typeof name === 'string' };
}

/** An address without what differs between records. */
export function kindOf(path) {
  return path.split(/[?#]/)[0]
    .replaceAll(/\b[a-z]{3}_[0-9A-Za-z]{10,}/g, '…')
    .replace(/\/(sections|provisions|versions|gateways)\/[^/]+/, '/$1/…')
    .replace(/\/law\/(why-not\/)?R\d+/, '/law/$1…')
    .replace(/\/invitations\/.+/, '/invitations/…');
}
