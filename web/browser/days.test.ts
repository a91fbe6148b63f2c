// A day as clerks type it or paste it from a letter; one that there is not is told, and nothing is sent instead.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { de as t } from '../src/texts/de';
import { connect, DESK, logIn, openWindow, settled, start } from './world';

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await connect();
  const context = await openWindow(browser, DESK);
  await logIn(context, 'jan');
  const begun = await start(context, 'Verein am Tag');
  page = await context.newPage();
  await page.goto(`/cases/${begun.case}`);
  await settled(page);
  await page.getByRole('button', { name: t.case.beside.menu, exact: true }).first().click();
  await page.getByRole('menuitem', { name: t.case.beside.act.question, exact: true }).click();
});

afterAll(async () => {
  await browser.close();
});

const field = () => page.locator('#errand-on');
const flaw = () => page.locator('#errand-on-error');

test('a day that there is not is told when the field is left, and stays as it was typed', async () => {
  await field().click();
  await page.keyboard.type('31.11.2026');
  expect(await flaw().count()).toBe(0);
  await page.keyboard.press('Tab');
  await expect.poll(() => flaw().innerText()).toBe(t.form.noDate(31, 'November 2026', 30));
  expect(await field().inputValue()).toBe('31.11.2026');
  expect(await field().getAttribute('aria-describedby')).toContain('errand-on-error');
});

test('nothing is sent with it, and the field gets the focus', async () => {
  const asked: string[] = [];
  page.on('request', (request) => void (request.method() === 'POST' && asked.push(request.url())));
  await page.locator('#errand-to').selectOption({ index: 1 });
  await page.locator('#errand-text').fill('Liegt der Brandschutz vor?');
  await page.getByRole('button', { name: t.case.beside.ask, exact: true }).click();
  await expect
    .poll(() => field().evaluate((element) => element === element.ownerDocument.activeElement))
    .toBe(true);
  expect(asked).toEqual([]);
});

test('digits alone, a pasted day and a day from the calendar are read', async () => {
  await field().fill('301126');
  await page.keyboard.press('Tab');
  await expect.poll(() => field().inputValue()).toBe('30.11.2026');
  expect(await flaw().count()).toBe(0);
  await field().fill('');
  await field().focus();
  await page.keyboard.insertText('Samstag, den 28. November 2026');
  await page.keyboard.press('Tab');
  await expect.poll(() => field().inputValue()).toBe('28.11.2026');
  // The button stands behind the field, and the calendar begins at the day.
  await page.keyboard.press('Enter');
  await page.getByRole('grid').waitFor();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect.poll(() => field().inputValue()).toBe('29.11.2026');
});
