// What is proven of a process: the verdict, and the run to what was found, played on the picture.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';

import type { Texts } from '../src/texts/de';
import { de } from '../src/texts/de';
import { checkAll, picture, type State, windowOf } from './look';
import { filesOf } from './world';

/** A draft whose files are these; the server really checks them. */
const draft = (files: Record<string, string>): State['answers'] => ({
  '/drafts/*': { status: 200, body: { files } },
});
const stuck = draft(filesOf('engine/core/tests/material/stuck/joins-in-vain'));
/** The same rule decides twice, so the data exclude what the flow allows. */
const DOUBTED = `process: doubted
version: 1.0.0
title: { de: Zweierlei, en: Twofold }
roles: { clerk: { title: { de: Sachbearbeitung, en: Clerk } } }
data: application.schema.json
steps:
  receive: { task: { title: { de: Erfassen, en: Record } }, role: clerk, then: [left, right] }
  left: { choose: [{ when: application.dogs > 2, then: meet }, { else: over }] }
  right: { choose: [{ when: application.dogs > 2, then: note }, { else: over }] }
  note: { task: { title: { de: Vermerk schreiben, en: Write a note } }, role: clerk, then: meet }
  meet: { join: all }
  over: { end: true }
`;
const SCHEMA = JSON.stringify({
  type: 'object',
  required: ['dogs'],
  properties: { dogs: { type: 'integer', minimum: 0, 'x-title': { de: 'Hunde', en: 'Dogs' } } },
});
const doubted = draft({ 'process.yaml': DOUBTED, 'application.schema.json': SCHEMA });

const run = async (page: Page, t: Texts) => {
  // Mere hints are folded.
  const list = page.locator('.fw-problems');
  if ((await list.getAttribute('open')) === null) await list.locator('summary').first().click();
  await page.getByRole('button', { name: t.proof.show }).first().click();
  await picture(page);
};
const end = async (page: Page, t: Texts) => {
  await run(page, t);
  await page.locator('.fw-run__stops button').last().click();
  await page.locator('.fw-run summary').click();
};

const STATES: State[] = [
  { name: 'proof-unsound', person: 'dora', at: '/designer/stuck?draft=true', answers: stuck, by: picture },
  { name: 'proof-run', person: 'dora', at: '/designer/stuck?draft=true', answers: stuck, by: run },
  { name: 'proof-run-end', person: 'dora', at: '/designer/stuck?draft=true', answers: stuck, by: end },
  {
    name: 'proof-run-possible',
    person: 'dora',
    at: '/designer/doubted?draft=true&view=canvas',
    answers: doubted,
    by: run,
  },
];

checkAll(STATES);

test('a run is played from the keyboard, and the focus comes back', async () => {
  const context = await windowOf('dora', 'de');
  const page = await context.newPage();
  await page.route('**/api/v1/drafts/*', (route) =>
    route.fulfill({
      json: { files: filesOf('engine/core/tests/material/stuck/joins-in-vain') },
    }),
  );
  await page.goto('/designer/stuck?draft=true');
  const show = page.getByRole('button', { name: de.proof.show }).first();
  await show.focus();
  await page.keyboard.press('Enter');
  const player = page.locator('.fw-run');
  await expect.poll(() => player.locator('h3').evaluate((it) => it === document.activeElement)).toBe(true);
  const current = player.locator('[aria-current=step]');
  const stops = await player.locator('li').count();
  const seen: string[] = [];
  const on = player.getByRole('button', { name: de.proof.on, exact: true });
  await on.focus();
  for (let at = 0; at < stops; at += 1) {
    seen.push((await current.innerText()).split('\n')[0] ?? '');
    await page.keyboard.press('Enter');
  }
  expect(seen).toEqual(
    await player
      .locator('li')
      .evaluateAll((all) => all.map((it) => (it as HTMLElement).innerText.split('\n')[0])),
  );
  await page.locator('.fw-step--active').waitFor();
  await player.getByRole('button', { name: de.proof.close }).press('Enter');
  await player.waitFor({ state: 'detached' });
  expect(await show.evaluate((it) => it === document.activeElement)).toBe(true);
  await page.close();
});
