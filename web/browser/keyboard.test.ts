// The work of a day with the keyboard alone: every place is reached with Tab, is seen when it has the focus, and lets go.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { de as t } from '../src/texts/de';
import {
  begin,
  call,
  comes,
  complete,
  connect,
  deploy,
  DESK,
  logIn,
  openWindow,
  settled,
  start,
  taskOf,
  trial,
} from './world';

/** More stops than any page has between two places. */
const MOST_STOPS = 250;

let browser: Browser;

beforeAll(async () => {
  browser = await connect();
});

afterAll(async () => {
  await browser.close();
});

async function at<T>(
  person: string,
  path: string,
  work: (page: Page, context: BrowserContext) => Promise<T>,
): Promise<T> {
  const context = await openWindow(browser, DESK);
  try {
    await logIn(context, person);
    const page = await context.newPage();
    await page.goto(path);
    await settled(page);
    return await work(page, context);
  } finally {
    await context.close();
  }
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).first();
const focused = (place: Locator) =>
  expect.poll(() => place.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
const heading = (page: Page) => focused(page.locator('main h1'));

/** Why the focus cannot be seen, if so: neither an outline nor a ring or border that is not there without it. */
async function focusShown(page: Page): Promise<string> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return 'nothing has the focus';
    // Around a small control the ring may be drawn by what stands around it or by its label.
    const near = [element, element.parentElement, element.nextElementSibling].filter((each) => each !== null);
    const look = () =>
      near
        .map((each) => {
          const { outlineStyle, outlineWidth, boxShadow, borderColor, backgroundColor } =
            getComputedStyle(each);
          const { outlineColor } = getComputedStyle(each);
          return [
            outlineStyle === 'none' ? '' : `${outlineWidth} ${outlineColor}`,
            boxShadow,
            borderColor,
            backgroundColor,
          ].join();
        })
        .join();
    const withFocus = look();
    element.blur();
    const without = look();
    element.focus();
    return withFocus === without ? `not seen: ${element.outerHTML.slice(0, 120)}` : '';
  });
}

/** Tab until this place has the focus; every stop on the way must be seen. */
async function tabTo(page: Page, place: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await place.waitFor();
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    if (await place.evaluate((element) => element === document.activeElement)) {
      expect(await focusShown(page)).toBe('');
      return;
    }
    await page.keyboard.press(key);
  }
  throw new Error(`not reached within ${MOST_STOPS} stops: ${String(place)}`);
}

async function enter(page: Page, place: Locator): Promise<void> {
  await tabTo(page, place);
  await page.keyboard.press('Enter');
}

test('log in, and back to the place one wanted', async () => {
  const context = await openWindow(browser, DESK);
  try {
    const page = await context.newPage();
    await page.goto('/deadlines');
    await settled(page);
    await tabTo(page, page.locator('#person'));
    await page.keyboard.type('jan');
    await page.keyboard.press('Enter');
    await focused(page.locator('#password'));
    await page.keyboard.type('demo');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/deadlines');
  } finally {
    await context.close();
  }
});

test('a letter is looked at before it is made; the windows give the focus back one after the other', () =>
  at('jan', '/inbox', async (page, context) => {
    const { case: id, task } = await start(context, 'Vorschauverein e. V.');
    await call(context, 'POST', `/tasks/${task}/claim`);
    await page.goto(`/tasks/${task}`);
    await settled(page);
    const preview = page.getByRole('dialog', { name: t.preview.title });
    await enter(page, button(page, t.preview.open));
    await preview.waitFor();
    await preview.locator('iframe[src^="blob:"]').waitFor();
    await tabTo(page, preview.getByRole('button', { name: /drucken/ }));
    await page.keyboard.press('Escape');
    await preview.waitFor({ state: 'detached' });
    await focused(button(page, t.preview.open));
    // From a dialog back into it, with what was typed.
    await page.goto(`/cases/${id}`);
    await settled(page);
    await enter(page, button(page, t.case.beside.menu));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    const letter = page.getByRole('dialog', { name: t.case.beside.act.letter });
    await letter.waitFor();
    await tabTo(page, page.locator('#letter-addressee'));
    await page.keyboard.type('Erika Muster');
    await tabTo(page, page.locator('#letter-subject'));
    await page.keyboard.type('Zwischennachricht');
    await tabTo(page, page.locator('#letter-body'));
    await page.keyboard.type('Es dauert noch.');
    await enter(page, letter.getByRole('button', { name: t.preview.open }));
    await preview.waitFor();
    await page.keyboard.press('Escape');
    await preview.waitFor({ state: 'detached' });
    await focused(letter.getByRole('button', { name: t.preview.open }));
    expect(await page.locator('#letter-subject').inputValue()).toBe('Zwischennachricht');
  }));

test('claim a task, complete it, and go on to the next', () =>
  at('jan', '/inbox?view=unassigned', async (page, context) => {
    const { case: id } = await start(context, 'Tastaturverein e. V.');
    await page.reload();
    await settled(page);
    const row = page.locator('tr', { hasText: 'Tastaturverein' });
    await enter(page, row.getByRole('link').first());
    await page.waitForURL('**/tasks/*');
    await heading(page);
    await enter(page, button(page, t.task.claim));
    await tabTo(page, page.locator('main form input[type=radio]:checked').first());
    await page.keyboard.press('ArrowDown');
    await enter(page, button(page, t.task.complete));
    // The duplicate needs the number of the other case: the list of flaws takes the focus.
    await focused(page.getByRole('alert').first());
    await enter(page, page.locator('.fw-flaws a').first());
    await focused(page.locator('main form input[type=text]').first());
    await page.locator('main form input[type=radio]').first().waitFor();
    await tabTo(page, page.locator('main form input[type=radio]:checked').first(), 'Shift+Tab');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Control+Enter');
    await page.locator('.fw-notice--success').waitFor();
    await heading(page);
    expect(await taskOf(context, id)).not.toBe('');
  }));

test('Control and Enter complete a task as soon as it is open, and not what stands beside it', () =>
  at('jan', '/inbox?view=mine', async (page, context) => {
    const { case: id, task } = await start(context, 'Schnellverein e. V.');
    await call(context, 'POST', `/tasks/${task}/claim`);
    await page.reload();
    await settled(page);
    await enter(page, page.locator('tr', { hasText: 'Schnellverein' }).getByRole('link').first());
    await page.waitForURL('**/tasks/*');
    await page.locator('main form').waitFor();
    await heading(page);
    await page.keyboard.press('Control+Enter');
    await page.locator('.fw-notice--success').waitFor();
    expect(await taskOf(context, id)).not.toBe(task);
  }));

test('entries of before are said when a case is begun, and can be discarded', () =>
  at('jan', '/start?process=bonfire', async (page) => {
    const name = page.locator('main form input[type=text]:not([id="start-@received"])').first();
    await name.fill('Verein Alt e. V.');
    await page.goto('/inbox');
    await settled(page);
    await page.goto('/start?process=bonfire');
    await settled(page);
    expect(await name.inputValue()).toBe('Verein Alt e. V.');
    await enter(page, button(page, t.task.draftDiscard));
    expect(await name.inputValue()).toBe('');
    expect(await button(page, t.task.draftDiscard).count()).toBe(0);
  }));

test('a case with all its parts, and a note', () =>
  at('jan', '/cases', async (page, context) => {
    const { case: id, task } = await start(context, 'Aktenverein e. V.');
    await complete(context, task);
    await taskOf(context, id);
    await page.goto(`/cases/${id}`);
    await settled(page);
    for (const tab of ['data', 'deadlines', 'documents', 'course', 'notes'] as const) {
      const link = page.locator('.fw-tabs').getByRole('link', { name: new RegExp(`^${t.case.tabs[tab]}`) });
      await enter(page, link);
      await page.waitForURL(`**tab=${tab}`);
      await settled(page);
      await focused(link);
    }
    await tabTo(page, page.locator('main textarea'));
    await page.keyboard.type('Am Telefon geklärt.');
    await enter(page, button(page, t.notes.submit));
    await page.locator('.fw-notes li', { hasText: 'Am Telefon geklärt.' }).waitFor();
  }));

test('a letter leaves the house; the dialog holds the focus and gives it back', () =>
  at('jan', '/post', async (page, context) => {
    const { case: id, task } = await start(context, 'Postverein e. V.');
    await complete(context, task);
    await taskOf(context, id);
    await page.reload();
    await settled(page);
    const row = page.locator('tr', { hasText: 'Postverein' });
    const open = row.getByRole('button');
    await enter(page, open);
    const dialog = page.getByRole('dialog');
    await expect.poll(() => dialog.evaluate((box) => box.contains(document.activeElement))).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await focused(open);
    await page.keyboard.press('Enter');
    await tabTo(page, dialog.locator('#dispatch-way'));
    await enter(page, dialog.getByRole('button', { name: t.documents.record }));
    await dialog.getByText(t.documents.recorded).waitFor();
    expect(await dialog.evaluate((box) => box.contains(document.activeElement))).toBe(true);
    await page.keyboard.press('Escape');
    await row.waitFor({ state: 'detached' });
  }));

test('a process: canvas, outline, check, deploy', () =>
  at('dora', '/designer/bonfire?draft=true', async (page) => {
    const step = page.locator('.fw-step__button').nth(1);
    await enter(page, step);
    await page.waitForURL('**step=*');
    await enter(page, page.locator('.fw-both__outline button').first());
    await enter(
      page,
      page.locator('.fw-tabs').getByRole('link', { name: t.designer.views.outline, exact: true }),
    );
    await page.waitForURL('**view=outline*');
    await tabTo(page, button(page, t.designer.check), 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.locator('.fw-notice').waitFor();
    await enter(page, button(page, t.designer.deploy));
    const dialog = page.getByRole('dialog');
    await enter(page, dialog.getByRole('button', { name: t.designer.deploy }));
    await dialog.getByRole('status').or(dialog.getByRole('alert')).first().waitFor();
    await page.keyboard.press('Escape');
    await focused(button(page, t.designer.deploy));
  }));

test('administration: every area, a person', () =>
  at('admin', '/admin/blocks', async (page, context) => {
    await enter(page, page.locator('main summary').first());
    for (const area of ['processes', 'incidents', 'people'] as const) {
      await enter(page, page.locator('.fw-tabs').getByRole('link', { name: t.admin.areas[area] }));
      await page.waitForURL(`**/admin/${area}`);
      await settled(page);
    }
    await enter(page, button(page, t.admin.people.add));
    const dialog = page.getByRole('dialog');
    await tabTo(page, dialog.locator('#person-id'));
    await page.keyboard.type('tina');
    await tabTo(page, dialog.locator('#person-name'));
    await page.keyboard.type('Tina Taste');
    await tabTo(page, dialog.locator('#person-password'));
    await page.keyboard.type('vier wörter reichen hier');
    await page.keyboard.press('Enter');
    await dialog.waitFor({ state: 'detached' });
    await focused(button(page, t.admin.people.add));
    const people = await call<{ id: string }[]>(context, 'GET', '/people');
    expect(people.filter((person) => person.id === 'tina')).toHaveLength(1);
  }));

for (const width of [1280, 1024])
  test(`the areas of the administration stand in one line at ${width} px, and each is come to`, () =>
    at('admin', '/admin/nodes', async (page) => {
      await page.setViewportSize({ width, height: 900 });
      const links = page.locator('.fw-tabs').getByRole('link');
      const areas = Object.values(t.admin.areas);
      expect(await links.allInnerTexts()).toEqual(areas);
      const tops = await links.evaluateAll((all) => all.map((each) => each.getBoundingClientRect().top));
      expect(new Set(tops).size).toBe(1);
      const isSeen = (link: Locator) =>
        link.evaluate((element) => {
          const line = element.closest('ul')?.getBoundingClientRect();
          const { left, right } = element.getBoundingClientRect();
          return line !== undefined && left >= line.left - 1 && right <= line.right + 1;
        });
      const seen = (link: Locator) => expect.poll(() => isSeen(link)).toBe(true);
      // The one that one is at, though it is the last one.
      await seen(page.locator('.fw-tabs [aria-current]'));
      for (const area of areas) {
        const link = page.locator('.fw-tabs').getByRole('link', { name: area, exact: true });
        await tabTo(page, link);
        await seen(link);
      }
      // With the mouse by the arrows, of which only those are there that lead somewhere.
      const [back, on] = [page.locator('.fw-tabs__more').first(), page.locator('.fw-tabs__more').last()];
      const leads = (arrow: Locator, somewhere: boolean) =>
        expect.poll(() => arrow.isEnabled()).toBe(somewhere);
      await leads(on, false);
      // Each click goes on by about what is seen.
      for (let clicks = 0; clicks < areas.length && (await back.isEnabled()); clicks++)
        await back.click({ timeout: 2000 }).catch(() => undefined);
      await leads(back, false);
      await seen(links.first());
      await on.click();
      await leads(back, true);
    }));

test('the figures are saved as a table for a spreadsheet, with all parts of the page', () =>
  at('admin', '/statistics', async (page) => {
    const saved = page.waitForEvent('download');
    await enter(page, button(page, t.statistics.export));
    const download = await saved;
    expect(download.suggestedFilename()).toMatch(/^statistik-\d{4}-\d{2}-\d{4}-\d{2}\.csv$/);
    const folder = mkdtempSync(join(tmpdir(), 'fachwerk-'));
    try {
      await download.saveAs(join(folder, 'statistik.csv'));
      const lines = readFileSync(join(folder, 'statistik.csv'), 'utf8').split('\r\n');
      expect(lines[0]).toBe(`\uFEFF${t.statistics.title}`);
      const { processes, months, outcomes, roles } = t.statistics;
      expect(lines).toEqual(expect.arrayContaining([processes, months, outcomes, roles]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }));

/** A case that is stuck until the fee is set. */
async function stuck(context: BrowserContext): Promise<string> {
  const dora = await openWindow(browser, DESK);
  await logIn(dora, 'dora');
  await deploy(dora, trial('trial'));
  const id = await begin(dora, 'trial');
  await dora.close();
  await comes(async () => {
    const { incidents } = await call<{ incidents: unknown[] }>(context, 'GET', `/cases/${id}`);
    expect(incidents).toHaveLength(1);
  });
  return id;
}

test('a case is stuck: set what is missing, try again', () =>
  at('jan', '/cases', async (page, context) => {
    const id = await stuck(context);
    await page.goto(`/cases/${id}`);
    await settled(page);
    // Nothing has changed yet, so it fails again; the button stays and keeps the focus.
    const retry = button(page, t.case.retry);
    await enter(page, retry);
    await page.getByText(t.case.stillStuck).waitFor();
    await focused(retry);
    await at('admin', '/designer/trial?view=settings', async (page) => {
      // The setting that is missing; a flaw takes the focus first.
      const fee = page.locator('#setting-fee_cents');
      await tabTo(page, fee);
      await page.keyboard.press('Control+A');
      await page.keyboard.type('zwölf');
      await enter(page, button(page, t.act.save));
      await focused(page.getByRole('alert').first());
      await enter(page, page.locator('.fw-flaws a').first());
      await focused(fee);
      await page.keyboard.press('Control+A');
      await page.keyboard.type('12,50');
      await page.keyboard.press('Enter');
      await page.getByText(t.designer.settingsSaved).waitFor();
      // In the list of incidents it is tried again, and is gone.
      await page.goto('/admin/incidents');
      await settled(page);
      const row = page.locator('tr', { has: page.locator(`a[href*="${id}"]`) });
      await enter(page, row.getByRole('button'));
      await row.waitFor({ state: 'detached' });
      await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true);
    });
    await page.reload();
    await settled(page);
    await page.getByRole('link', { name: 'Erlaubnis ausstellen' }).waitFor();
  }));
