// What is suggested against a problem: shown as lines before and after, taken over into a draft, and back.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import type { Texts } from '../src/texts/de';
import { de } from '../src/texts/de';
import { checkAll, picture, type State, windowOf } from './look';
import { filesOf } from './world';

/** The server really checks them. */
const files = filesOf('engine/core/tests/material/stuck/joins-in-vain');
/** A word that is a slip, and more lines than are shown. */
const slip = {
  ...files,
  'process.yaml': `${(files['process.yaml'] ?? '').replace('join: all', 'join: inclusive')}  left-over:
    task:
      title: { de: Übrig, en: Left over }
      fields:
${'abcdefgh'
  .split('')
  .map((it) => `        ${it}: { type: text, title: { de: Feld, en: Field } }\n`)
  .join('')}    role: clerk
`,
};
const draft = (of: Record<string, string>): State['answers'] => ({
  '/drafts/*': { status: 200, body: { files: of } },
});

const take = async (page: Page, t: Texts) => {
  await picture(page);
  await page.getByRole('button', { name: t.fix.take }).first().click();
  await page.locator('.fw-fix__taken').waitFor();
  await picture(page);
};

const STATES: State[] = [
  { name: 'fix', person: 'dora', at: '/designer/stuck?draft=true', answers: draft(files), by: picture },
  { name: 'fix-long', person: 'dora', at: '/designer/stuck?draft=true', answers: draft(slip), by: picture },
  { name: 'fix-taken', person: 'dora', at: '/designer/stuck?draft=true', answers: draft(files), by: take },
];

checkAll(STATES);

test('a suggestion is taken over from the keyboard, and back', async () => {
  const context = await windowOf('dora', 'de');
  const page = await context.newPage();
  await page.route('**/api/v1/drafts/*', (route) => route.fulfill({ json: { files } }));
  await page.goto('/designer/stuck?draft=true');
  const fix = page.locator('.fw-fix');
  await fix.first().waitFor();
  const lines = await fix.first().locator('li').allTextContents();
  expect(lines).toEqual([`−${de.fix.removed}:     join: all`, `+${de.fix.added}:     join: inclusive`]);
  const checked = page.waitForRequest('**/api/v1/processes/check');
  await fix.first().getByRole('button').focus();
  await page.keyboard.press('Enter');
  const sent = (await checked).postDataJSON() as { files: Record<string, string> };
  expect(sent.files['process.yaml']).toBe(
    (files['process.yaml'] ?? '').replace('join: all', 'join: inclusive'),
  );
  const taken = page.locator('.fw-fix__taken');
  await taken.waitFor();
  await expect.poll(() => taken.evaluate((it) => it === document.activeElement)).toBe(true);
  expect(await fix.count()).toBe(0);
  const again = page.waitForRequest('**/api/v1/processes/check');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  expect(((await again).postDataJSON() as { files: unknown }).files).toEqual(files);
  await fix.first().waitFor();
  await expect.poll(() => taken.evaluate((it) => it === document.activeElement)).toBe(true);
  expect(await taken.getByRole('button').count()).toBe(0);
  await page.close();
});
