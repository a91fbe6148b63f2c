// Looks at every page of a running server in Chromium: a picture at 1280 and at 320 CSS pixels, axe with all rules,
// horizontal scrolling, errors in the console. For people who work on the pages.
//   node dev/look.mjs http://127.0.0.1:8080 [only this path]
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const BASE = process.argv[2] ?? 'http://127.0.0.1:8080';
const ONLY = process.argv[3];
const OUT = join(dirname(fileURLToPath(import.meta.url)), 'output');
mkdirSync(OUT, { recursive: true });

const [tenant, person, password] = (process.env.FACHWERK_LOGIN ?? 'musterstadt/admin/demo').split('/');
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});

async function json(page, path) {
  return page.evaluate(async (url) => (await fetch(`/api/v1${url}`)).json(), path);
}

async function look(page, name, width) {
  await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(OUT, `${name}-${width}.png`), fullPage: true });
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (wide > 0) console.log(`${name} ${width}: ${wide} px too wide`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const violation of violations) {
    console.log(`${name} ${width}: ${violation.impact} ${violation.id}: ${violation.help}`);
    for (const node of violation.nodes.slice(0, 3))
      console.log(`    ${node.target.join(' ')}  ${node.html.slice(0, 140)}`);
  }
}

for (const [width, scheme] of [
  [1280, 'light'],
  [320, 'light'],
  [1281, 'dark'],
]) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    locale: 'de-DE',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.on(
    'console',
    (message) =>
      ['error', 'warning'].includes(message.type()) &&
      console.log(`console ${message.type()} ${page.url()}: ${message.text()}`),
  );
  page.on('pageerror', (error) => console.log(`error ${page.url()}: ${error.message}`));
  await page.goto(`${BASE}/login`);
  await page.waitForSelector('#person');
  if (!ONLY) await look(page, 'login', width);
  if ((await page.locator('select#tenant').count()) > 0) await page.selectOption('#tenant', tenant);
  else if ((await page.locator('input#tenant').count()) > 0) await page.fill('#tenant', tenant);
  await page.fill('#person', person);
  await page.fill('#password', password);
  await page.click('button[type=submit]');
  await page.waitForURL('**/inbox');
  const tasks = (await json(page, '/tasks?view=all')).items;
  const cases = (await json(page, '/cases')).items;
  const task = tasks.find((each) => !each.excluded)?.id;
  const stuck = (await json(page, '/incidents')).items[0]?.case;
  const first = cases[0]?.id;
  const pages = {
    inbox: '/inbox?view=all',
    'inbox-empty': '/inbox?view=mine&q=gibtesnicht',
    'inbox-process': '/inbox?view=all&process=bonfire',
    start: '/start',
    'start-form': '/start?process=bonfire',
    task: `/tasks/${task}`,
    'task-gone': `/tasks/${first}.999`,
    cases: '/cases',
    case: `/cases/${first}`,
    ...(stuck ? { 'case-stuck': `/cases/${stuck}` } : {}),
    ...Object.fromEntries(
      ['data', 'deadlines', 'documents', 'notes', 'course'].map((tab) => [
        `case-${tab}`,
        `/cases/${first}?tab=${tab}`,
      ]),
    ),
    deadlines: '/deadlines',
    post: '/post',
    designer: '/designer',
    process: '/designer/bonfire?step=completeness%2Fconfirm',
    'process-draft': '/designer/bonfire?draft=true',
    'process-canvas': '/designer/bonfire?view=canvas&step=late',
    'process-outline': '/designer/bonfire?view=outline',
    'process-files': '/designer/bonfire?draft=true&view=files&file=process.yaml&line=128',
    'process-settings': '/designer/bonfire?view=settings',
    ...Object.fromEntries(
      ['blocks', 'processes', 'people', 'incidents', 'audit'].map((area) => [
        `admin-${area}`,
        `/admin/${area}`,
      ]),
    ),
    help: '/help',
    'not-found': '/gibt/es/nicht',
  };
  for (const [name, path] of Object.entries(pages)) {
    if (ONLY && !name.startsWith(ONLY)) continue;
    await page.goto(BASE + path);
    await look(page, name, width);
  }
  await context.close();
}
await browser.close();
