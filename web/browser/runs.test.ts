// Mass runs: the list, planning one from a file, its page before and while it is signed, and afterwards.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { de, type Texts } from '../src/texts/de';
import { checkAll, dialog, inDialog, opened, press, type State, TROUBLE, windowOf } from './look';
import { call, connect, deploy, DESK, filesOf, logIn, openWindow } from './world';

const LIST =
  'Halter;Straße und Hausnummer;town;dogs;remark\n' +
  [
    'Müller;Weg 1;39999 Musterstadt;2;',
    'Groß;Weg 2;39999 Musterstadt;1;Der Hund ist gestorben.',
    'Çelik;Weg 3;39999 Musterstadt;1;',
  ].join('\n');
const BAD = 'name;street;town;dogs\nMüller;Weg 1;Ort;viele\n;Weg 2;Ort;1\n';
const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
const asFile = (text: string) => ({ name: 'hunde.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });

const runs = { planned: 0, open: 0, signed: 0 };

interface Run {
  stage: string;
}

/** A run of the list that is planned. */
async function planned(title: string): Promise<number> {
  const jan = await windowOf('jan', 'de');
  const plan = { title, process: 'mass-run', kind: 'rows', file: base64(LIST), again: true };
  return (await call<{ number: number }>(jan, 'POST', '/runs', plan)).number;
}

async function until(number: number, stage: string): Promise<void> {
  const jan = await windowOf('jan', 'de');
  await vi.waitFor(async () => expect((await call<Run>(jan, 'GET', `/runs/${number}`)).stage).toBe(stage), {
    timeout: 60_000,
    interval: 200,
  });
}

async function begun(title: string): Promise<number> {
  const jan = await windowOf('jan', 'de');
  const number = await planned(title);
  await call(jan, 'POST', `/runs/${number}/begin`, { file: base64(LIST) });
  await until(number, 'open');
  return number;
}

const file = async (page: Page, id: string, text: string) =>
  page.locator(`#${id}`).setInputFiles(asFile(text));

async function checked(page: Page, t: Texts, text: string): Promise<void> {
  await opened((t) => t.runs.add)(page, t);
  await page.locator('#run-process').selectOption('mass-run');
  await file(page, 'run-file', text);
  await dialog(page).getByRole('button', { name: t.runs.plan.check, exact: true }).click();
}

const EMPTY = { status: 200, body: { items: [], total: 0, total_capped: false, next: null } };

const STATES: State[] = [
  {
    name: 'runs-list',
    person: 'jan',
    at: '/runs',
    by: (page) => page.locator('main table').first().waitFor(),
  },
  { name: 'runs-empty', person: 'jan', at: '/runs', answers: { '/runs': EMPTY } },
  { name: 'runs-error', person: 'jan', at: '/runs', answers: { '/runs': TROUBLE } },
  {
    name: 'run-plan-flaws',
    person: 'jan',
    at: '/runs',
    by: inDialog(
      (t) => t.runs.add,
      (t) => t.runs.add,
    ),
  },
  {
    name: 'run-plan-faults',
    person: 'jan',
    at: '/runs',
    by: async (page, t) => {
      await checked(page, t, BAD);
      await dialog(page).locator('table').waitFor();
    },
  },
  {
    name: 'run-ahead',
    person: 'jan',
    at: () => `/runs/${runs.planned}`,
    by: async (page, t) => {
      await file(page, 'run-ahead-file', LIST);
      await press((t) => t.runs.ahead.look)(page, t);
      await page.locator('main table').first().waitFor();
    },
  },
  {
    name: 'run-other-person',
    person: 'jan',
    at: () => `/runs/${runs.open}`,
    by: (page, t) => page.getByText(t.runs.sign.other).waitFor(),
  },
  {
    name: 'run-to-sign',
    person: 'mia',
    at: () => `/runs/${runs.open}`,
    by: async (page, t) => {
      await press((t) => t.runs.sign.load)(page, t);
      await page.locator('main table').first().waitFor();
    },
  },
  {
    name: 'run-stop',
    person: 'admin',
    at: () => `/runs/${runs.open}`,
    by: opened((t) => t.runs.stop),
  },
];

beforeAll(async () => {
  const admin = await windowOf('admin', 'de');
  await deploy(admin, filesOf('examples/administration/mass-run'));
  runs.planned = await planned('Hundesteuer 2027');
  runs.open = await begun('Hundesteuer 2026');
});

checkAll(STATES);

let close: (() => Promise<void>) | undefined;
afterAll(() => close?.());

test(
  'a list is signed once, without a mouse, and its letters are one dispatch list',
  { timeout: 120_000 },
  async () => {
    const number = await begun('Hundesteuer, gezeichnet');
    const context = await openWindow(await connect(), DESK);
    close = () => context.close();
    await logIn(context, 'mia');
    const page = await context.newPage();
    await page.goto(`/runs/${number}`);
    const press = async (name: string) => {
      const button = page.getByRole('button', { name, exact: true }).last();
      await button.focus();
      await page.keyboard.press('Enter');
    };
    await press(de.runs.sign.load);
    // One is held by a clerk; of the two others one is taken out.
    const boxes = page.locator('main tbody input[type=checkbox]');
    await boxes.first().waitFor();
    expect(await boxes.count()).toBe(2);
    await boxes.last().focus();
    await page.keyboard.press('Space');
    await page.getByText(de.runs.sign.chosen(1, '170,00 €')).waitFor();
    await press(de.runs.sign.act(1));
    await dialog(page).waitFor();
    await press(de.runs.sign.act(1));
    await until(number, 'ended');
    await page.getByRole('heading', { name: de.runs.post.title }).waitFor();
    await page.getByRole('link', { name: 'Hundesteuerbescheid' }).first().waitFor();
  },
);
