// Looks at every page of a running demo server in Chromium: a picture at 1280 and at 320 CSS pixels and in the dark,
// axe with all rules, horizontal scrolling, errors in the console. For people who work on the pages.
//   fachwerk serve --demo        then: npm run look -- http://127.0.0.1:8080 [only pages whose name begins so]
// The pictures lie in dev/output. Without cases the script begins a few from the example of the server.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import AxeBuilder from '@axe-core/playwright';
import { chromium } from 'playwright-core';

const BASE = process.argv[2] ?? 'http://127.0.0.1:8080';
const ONLY = process.argv[3] ?? '';
const OUT = join(dirname(fileURLToPath(import.meta.url)), 'output');
const PASSWORD = 'demo';
const SCREENS = [
  { name: '1280', width: 1280, colorScheme: 'light' },
  { name: '320', width: 320, colorScheme: 'light' },
  { name: 'dark', width: 1280, colorScheme: 'dark' },
];
mkdirSync(OUT, { recursive: true });

/** Asks the server as the person of the page. */
function ask(page, path, method = 'GET', body = undefined) {
  return page.evaluate(
    async ([url, how, what]) => {
      const headers = { 'X-Fachwerk': '1', 'Content-Type': 'application/json' };
      const init = { method: how, headers, body: what === undefined ? undefined : JSON.stringify(what) };
      return (await fetch(`/api/v1${url}`, init)).json();
    },
    [path, method, body],
  );
}

async function look(page, name, screen) {
  await page.waitForLoadState('networkidle', { timeout: 2_000 }).catch(() => undefined);
  await page.locator('h1').first().waitFor({ timeout: 5_000 });
  await page.screenshot({ path: join(OUT, `${name}-${screen}.png`), fullPage: true });
  const wide = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (wide > 0) console.log(`${name} ${screen}: ${wide} px too wide`);
  const { violations } = await new AxeBuilder({ page }).analyze();
  for (const violation of violations) {
    console.log(`${name} ${screen}: ${violation.impact} ${violation.id}: ${violation.help}`);
    for (const node of violation.nodes.slice(0, 3)) {
      console.log(`    ${node.target.join(' ')}  ${node.html.slice(0, 140)}`);
    }
  }
}

async function logIn(page, person, screen) {
  await page.goto(`${BASE}/login`);
  await page.locator('#person').waitFor();
  await page.locator('h1').first().waitFor();
  if (person === 'mia' && 'login'.startsWith(ONLY)) await look(page, 'login', screen);
  await page.fill('#person', person);
  await page.fill('#password', PASSWORD);
  await page.click('button[type=submit]');
  await page.waitForURL('**/inbox');
}

async function begin(page) {
  if ((await ask(page, '/cases')).total > 0) return;
  const { files } = await ask(page, '/drafts/bonfire');
  const data = JSON.parse(files['application.json']);
  for (const organizer of ['Heimatverein Musterstadt e. V.', 'Familie Schneider', 'Ortsteil Neuendorf']) {
    await ask(page, '/cases', 'POST', {
      process: 'bonfire',
      channel: 'manual',
      data: { ...data, organizer },
    });
  }
}

async function clerkPages(page) {
  const tasks = (await ask(page, '/tasks?view=all')).items;
  const cases = (await ask(page, '/cases')).items;
  const post = (await ask(page, '/post')).items;
  const stuck = (await ask(page, '/incidents')).items?.[0]?.case;
  const one = post[0]?.case ?? cases[0]?.id;
  const tabs = ['data', 'deadlines', 'documents', 'notes', 'course'];
  return {
    inbox: '/inbox?view=all',
    'inbox-empty': '/inbox?view=mine&q=gibtesnicht',
    'inbox-process': '/inbox?view=all&process=bonfire',
    start: '/start',
    'start-form': '/start?process=bonfire',
    task: `/tasks/${tasks.find((each) => !each.excluded)?.id}`,
    'task-gone': `/tasks/${one}.999`,
    cases: '/cases',
    case: `/cases/${one}`,
    ...(stuck ? { 'case-stuck': `/cases/${stuck}` } : {}),
    ...Object.fromEntries(tabs.map((tab) => [`case-${tab}`, `/cases/${one}?tab=${tab}`])),
    deadlines: '/deadlines',
    post: '/post',
    help: '/help',
    'not-found': '/gibt/es/nicht',
  };
}

function designerPages() {
  const at = '/designer/bonfire';
  return {
    designer: '/designer',
    process: `${at}?step=completeness%2Fconfirm`,
    'process-draft': `${at}?draft=true`,
    'process-canvas': `${at}?view=canvas&step=late`,
    'process-outline': `${at}?view=outline`,
    'process-files': `${at}?draft=true&view=files&file=process.yaml&line=128`,
    'process-settings': `${at}?view=settings`,
    ...Object.fromEntries(
      ['blocks', 'processes', 'people', 'incidents', 'audit'].map((area) => [
        `admin-${area}`,
        `/admin/${area}`,
      ]),
    ),
  };
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
for (const screen of SCREENS) {
  for (const person of ['mia', 'admin']) {
    const context = await browser.newContext({
      viewport: { width: screen.width, height: 900 },
      colorScheme: screen.colorScheme,
      locale: 'de-DE',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        console.log(`console ${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => console.log(`error ${page.url()}: ${error.message}`));
    await logIn(page, person, screen.name);
    if (person === 'mia') await begin(page);
    const pages = person === 'mia' ? await clerkPages(page) : designerPages();
    for (const [name, path] of Object.entries(pages).filter(([each]) => each.startsWith(ONLY))) {
      await page.goto(BASE + path);
      await look(page, name, screen.name);
    }
    await context.close();
  }
}
await browser.close();
