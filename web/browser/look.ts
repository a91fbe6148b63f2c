// A page in a state: how one comes into it, and what must hold of it, wide and narrow, light and dark, in large letters.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { Browser, BrowserContext, Page, Route } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';

import { de, type Texts } from '../src/texts/de';
import { en } from '../src/texts/en';
import { largeText, still, tooWide, violations } from './rules';
import { connect, DESK, type Frame, logIn, NARROW, openWindow, settled } from './world';

/** Where pictures of all states are put, when somebody wants to look at them. */
export const SHOTS = process.env.FACHWERK_SHOTS;

export type Person = 'jan' | 'mia' | 'dora' | 'petra' | 'admin' | 'neu' | 'nobody';

export interface State {
  name: string;
  person: Person;
  at: string | (() => string);
  /** What the server answers instead, by the address below `/api/v1`. */
  answers?: Record<string, 'never' | { status: number; body: unknown } | { with: Record<string, unknown> }>;
  /** What is done on the page to come into this state. */
  by?: (page: Page, t: Texts) => Promise<unknown>;
}

/** What goes wrong for good; of trouble that may pass, as with the database, the page itself asks again. */
export const TROUBLE = {
  status: 500,
  body: {
    type: 'about:blank',
    code: 'Fault',
    title: 'Das ist ein Fehler des Systems.',
    status: 500,
    detail: null,
  },
};
export const press = (name: (t: Texts) => string) => (page: Page, t: Texts) =>
  page
    .getByRole('button', { name: name(t), exact: true })
    .first()
    .click();
export const dialog = (page: Page) => page.getByRole('dialog').or(page.getByRole('alertdialog')).last();
/** Opens a dialog by the button of this name. */
export const opened = (name: (t: Texts) => string) => async (page: Page, t: Texts) => {
  await press(name)(page, t);
  await dialog(page).waitFor();
};
export const inDialog =
  (open: (t: Texts) => string, send: (t: Texts) => string) => async (page: Page, t: Texts) => {
    await press(open)(page, t);
    await dialog(page)
      .getByRole('button', { name: send(t), exact: true })
      .last()
      .click();
  };
/** Into the field of a day, as people type it. */
export async function typeDay(page: Page, field: string, day: string): Promise<void> {
  await page.locator(`[id="${field}"]`).fill(day.split('-').reverse().join('.'));
}
export const picture = (page: Page) => page.locator('.fw-step, .fw-scope').first().waitFor();
export const pending = (path: string): State['answers'] => ({ [path]: 'never' });
export const trouble = (path: string): State['answers'] => ({ [path]: TROUBLE });

let browser: Promise<Browser> | undefined;
const windows = new Map<string, Promise<BrowserContext>>();

afterAll(async () => {
  await (await browser)?.close();
});

/** One window for each person and language, so that nobody logs in too often. */
export function windowOf(person: Person, language: Frame['language']): Promise<BrowserContext> {
  const key = `${person} ${language}`;
  const there = windows.get(key);
  if (there) return there;
  browser ??= connect();
  const opened = browser
    .then((open) => openWindow(open, { ...DESK, language }))
    .then(async (context) => {
      if (person !== 'nobody') await logIn(context, person);
      return context;
    });
  windows.set(key, opened);
  return opened;
}

/** The real answer, with other values in it. */
async function amended(route: Route, change: Record<string, unknown>): Promise<void> {
  const response = await route.fetch();
  const body = (await response.json()) as Record<string, unknown>;
  await route.fulfill({ response, json: { ...body, ...change } });
}

async function answerInstead(page: Page, answers: State['answers']): Promise<void> {
  for (const [path, answer] of Object.entries(answers ?? {})) {
    const pattern = new RegExp(`/api/v1${path.replaceAll('*', '[^/?]+')}([?].*)?$`);
    await page.route(pattern, (route) => {
      if (path === '/session' && route.request().method() === 'GET') return route.fallback();
      if (answer === 'never') return;
      if ('with' in answer) return amended(route, answer.with);
      return route.fulfill({
        status: answer.status,
        json: answer.body,
        contentType: answer.status < 400 ? 'application/json' : 'application/problem+json',
      });
    });
  }
}

async function check(state: State, language: Frame['language']): Promise<void> {
  const context = await windowOf(state.person, language);
  const page = await context.newPage();
  const found: string[] = [];
  const note = (where: string, what: string[]) => found.push(...what.map((each) => `[${where}] ${each}`));
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  try {
    await answerInstead(page, state.answers);
    await page.goto(typeof state.at === 'string' ? state.at : state.at());
    const waits = Object.values(state.answers ?? {}).includes('never');
    await (waits ? page.locator('.fw-loading').first().waitFor() : settled(page));
    await state.by?.(page, language === 'de' ? de : en);
    if (!waits) await page.waitForFunction(() => document.querySelector('.fw-loading') === null);
    // The other language changes words and their lengths only: there the narrow window is enough.
    if (language === 'de') {
      await shoot(page, `${state.name}-${language}-1280`);
      note('1280 px', await violations(page));
      await page.emulateMedia({ colorScheme: 'dark' });
      await still(page);
      note('dark', await violations(page, ['color-contrast']));
      await page.emulateMedia({ colorScheme: 'light' });
      await still(page);
    }
    // German words are the longer ones.
    if (language === 'de')
      note('200 % text', await largeText(page, (name) => shoot(page, `${state.name}-${language}-${name}`)));
    await page.setViewportSize({ width: NARROW.width, height: NARROW.height });
    await shoot(page, `${state.name}-${language}-320`);
    note('320 px', await violations(page));
    note('320 px, too wide', await tooWide(page));
    note('script', errors);
  } finally {
    await page.close();
  }
  expect(found.join('\n')).toBe('');
}

async function shoot(page: Page, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
}

/** A test for each state in each language. */
export function checkAll(states: State[]): void {
  for (const state of states) {
    test(`${state.name} (de)`, () => check(state, 'de'));
    test(`${state.name} (en)`, () => check(state, 'en'));
  }
}
