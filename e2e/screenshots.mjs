// Makes the pictures of docs/screenshots from the demonstration.
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signInAs } from './demo.mjs';
import { launch, root, serve, visitor } from './support.mjs';

const folder = join(root, 'docs', 'screenshots');
const CAMDEN = 'London Borough of Camden';
const TALLEST = 1400;

const gateway = await serve({ demo: true });
const browser = await launch();
await mkdir(folder, { recursive: true });

const as = async (role, organisation = CAMDEN) => {
  const somebody = await visitor(browser, gateway, { width: 1100, height: 900 });
  await signInAs(somebody, role, organisation);
  return somebody;
};

async function picture(somebody, name, path) {
  if (path) await somebody.page.goto(path);
  const { page } = somebody;
  const tall = await page.evaluate(() => document.documentElement.scrollHeight);
  const file = join(folder, `${name}.png`);
  await page.screenshot({ path: file, clip: { x: 0, y: 0, width: 1100, height: Math.min(tall, TALLEST) }, fullPage: true });
  // Fewer colours make smaller pictures, where the tool is there.
  await promisify(execFile)('pngquant', ['--force', '--ext', '.png', '64', file]).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
  });
  console.log(`${name}.png`);
}

const first = async (someone, selector) => {
  const found = someone.page.locator(selector).first();
  return (await found.getAttribute('href')).split(/[?#]/)[0];
};

const anyone = await visitor(browser, gateway, {});
const author = await as('author');
const protection = await as('data protection officer');
const officer = await as('senior officer');
const administrator = await as('administrator');

await picture(anyone, '01-start', '/');
await picture(administrator, '02-set-up', '/organisation');
await picture(author, '03-in-tray', '/in-tray');
await author.page.goto('/agreements?state=draft');
const draft = await first(author, 'main a[href^="/records/agr_"]');
await picture(author, '04-agreement', draft);
await picture(author, '05-section', `${draft}/sections/data`);
await picture(author, '06-law', `${draft}/law`);
await protection.page.goto('/in-tray');
await picture(protection, '07-review', await first(protection, 'main a[href*="/lines/"]'));
await officer.page.goto('/in-tray');
await picture(officer, '08-sign-off', await first(officer, 'main a[href*="/lines/"]'));
await picture(anybody, '09-register', '/register');
await picture(anybody, '10-public-agreement', await first(anyone, 'main a[href^="/register/agr_"]'));

await browser.close();
await gateway.stop();
