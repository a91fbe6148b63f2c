// A browser window, somebody logged in, and cases to look at.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { inject, vi } from 'vitest';

import { commandId } from '../src/api/client';

/** One for each file that is tested at the same time: nobody else changes what a page shows while it is looked at. */
export const SERVER = inject('servers')[Number(process.env.VITEST_POOL_ID) - 1] ?? '';
/** While one works on the pages: the folder they are taken from, instead of the binary (`FACHWERK_DIST=dist`). */
const DIST = process.env.FACHWERK_DIST;

/** How long something is waited for, in milliseconds: a limit for a machine on which much else is going on. */
const PATIENCE = 30_000;

export type Look = 'light' | 'dark';

export interface Frame {
  width: number;
  height: number;
  language: 'de' | 'en';
  look: Look;
}

export const DESK: Frame = { width: 1280, height: 900, language: 'de', look: 'light' };
/** 1280 px at 400 % (WCAG 1.4.10). */
export const NARROW: Frame = { ...DESK, width: 320, height: 640 };

export async function connect(): Promise<Browser> {
  return chromium.connect(inject('browser'));
}

export async function openWindow(browser: Browser, frame: Frame): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: SERVER,
    viewport: { width: frame.width, height: frame.height },
    locale: frame.language === 'de' ? 'de-DE' : 'en-GB',
    timezoneId: 'Europe/Berlin',
    colorScheme: frame.look,
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript((language) => {
    // The viewer of a letter is a frame without a store.
    (window.localStorage as Storage | null)?.setItem('fachwerk.language', language);
  }, frame.language);
  if (DIST !== undefined)
    await context.route(/^http:\/\/[^/]+\/(?!api\/)/, (route) => {
      const path = new URL(route.request().url()).pathname;
      return route.fulfill({
        path: path !== '/' && existsSync(join(DIST, path)) ? join(DIST, path) : join(DIST, 'index.html'),
      });
    });
  return context;
}

export async function logIn(context: BrowserContext, person: string): Promise<void> {
  await call(context, 'POST', '/session', { tenant: 'musterstadt', person, password: 'demo' });
}

/** Asks the server as the person who is logged in. */
export async function call<T>(
  context: BrowserContext,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  data?: unknown,
): Promise<T> {
  const answer = await context.request.fetch(`${SERVER}/api/v1${path}`, {
    method,
    headers: { 'X-Fachwerk': '1', 'Idempotency-Key': commandId() },
    ...(data === undefined ? {} : { data }),
  });
  const text = await answer.text();
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${text}`);
  return (text === '' ? null : JSON.parse(text)) as T;
}

const APPLICATION = JSON.parse(readFileSync('../examples/bonfire/application.json', 'utf8')) as Record<
  string,
  unknown
>;

export interface Started {
  case: string;
  /** The task that came first. */
  task: string;
}

interface TaskList {
  items: { id: string; case: string }[];
}

/** The day in Germany at an instant: what an authority calls today, also late in the evening. */
export function dayOf(now: string, later = 0): string {
  const at = new Date(Date.parse(now) + later * 24 * 3600 * 1000);
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin' }).format(at);
}

/** Begins a bonfire case. */
export async function start(context: BrowserContext, organizer: string): Promise<Started> {
  const clock = await call<{ now: string }>(context, 'GET', '/session');
  const day = dayOf(clock.now, 60);
  const id = await begin(context, 'bonfire', { ...APPLICATION, organizer, event_date: day });
  return { case: id, task: await taskOf(context, id) };
}

/** Begins a case of any process. */
export async function begin(context: BrowserContext, process: string, data: unknown = {}): Promise<string> {
  return (await call<{ case: string }>(context, 'POST', '/cases', { process, data })).case;
}

/** The files of a folder of the project, as a process is sent. */
export function filesOf(folder: string): Record<string, string> {
  const root = join('..', folder);
  const paths = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = paths.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  return Object.fromEntries(files.map((file) => [relative(root, file), readFileSync(file, 'utf8')]));
}

/** Puts a process to use; somebody must be logged in who may. */
export async function deploy(context: BrowserContext, files: Record<string, string>): Promise<void> {
  await call(context, 'POST', '/processes/deploy', { files });
}

/** A process that cannot go on until somebody has set a fee. All files share one authority: each has its own. */
export const trial = (id: string): Record<string, string> => ({
  'process.yaml': `process: ${id}
version: 1.0.0
title: { de: Sondernutzung, en: Special use }
roles: { clerk: { title: { de: Sachbearbeitung, en: Clerk } } }
settings:
  fee_cents: { type: money, min: 0, max: 100000, default: 0, title: { de: Gebühr, en: Fee } }
steps:
  fee:
    title: { de: Gebühr berechnen, en: Reckon the fee }
    compute: rules/fee.rhai
    then: issue
  issue:
    task: { title: { de: Erlaubnis ausstellen, en: Issue the permit } }
    role: clerk
`,
  'rules/fee.rhai': `if settings.fee_cents == 0 { throw "Die Gebühr ist nicht eingestellt." }
#{ fee: settings.fee_cents }
`,
});

/** Until it holds: what the engine does by itself takes a moment. */
export const comes = <T>(what: () => Promise<T>): Promise<T> => vi.waitFor(what, { timeout: PATIENCE });

/** The open task of a case. */
export async function taskOf(context: BrowserContext, id: string): Promise<string> {
  return comes(async () => {
    const { items } = await call<TaskList>(context, 'GET', '/tasks?view=all&limit=100');
    const task = items.find((each) => each.case === id);
    if (!task) throw new Error(`case ${id} has no open task`);
    return task.id;
  });
}

/** Claims a task and completes it with what the form proposes, and these values. */
export async function complete(
  context: BrowserContext,
  id: string,
  values: Record<string, unknown> = {},
): Promise<void> {
  await call(context, 'POST', `/tasks/${id}/claim`);
  const task = await call<{ values: Record<string, unknown>; version: number }>(
    context,
    'GET',
    `/tasks/${id}`,
  );
  await call(context, 'POST', `/tasks/${id}/complete`, {
    values: { ...task.values, ...values },
    seen: task.version,
  });
}

/** Until everything that was asked for is on the page. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor();
  await page.waitForFunction(() => document.querySelector('.fw-loading') === null);
  await page.evaluate(async () => {
    await document.fonts.ready;
  });
}
