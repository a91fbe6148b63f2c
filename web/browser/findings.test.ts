// What each code of the proof means: the page, and the way from a problem to it.
import { expect, test } from 'vitest';

import { de } from '../src/texts/de';
import { checkAll, pending, type State, trouble, windowOf } from './look';
import { tooWide } from './rules';
import { call, filesOf, settled } from './world';

const AT = '/help/findings';
const unfold = (state: State): State => ({
  ...state,
  by: (page) => page.locator('details[open] .fw-finding__file').first().waitFor(),
});

checkAll([
  { name: 'findings', person: 'dora', at: AT },
  unfold({ name: 'findings-join', person: 'dora', at: `${AT}#join_waits_in_vain` }),
  unfold({ name: 'findings-table', person: 'jan', at: `${AT}#table_gap` }),
  unfold({ name: 'findings-people', person: 'jan', at: `${AT}#nobody_left` }),
  unfold({ name: 'findings-instruction', person: 'jan', at: `${AT}#instruction_unsaid` }),
  {
    name: 'findings-frame',
    person: 'jan',
    at: AT,
    by: (page) => page.locator('.fw-finding summary').last().click(),
  },
  { name: 'findings-loading', person: 'jan', at: AT, answers: pending('/findings') },
  { name: 'findings-error', person: 'jan', at: AT, answers: trouble('/findings') },
  { name: 'findings-help', person: 'jan', at: '/help' },
]);

test('every example is unfolded without anything wider than the window', async () => {
  const context = await windowOf('dora', 'de');
  const page = await context.newPage();
  await page.setViewportSize({ width: 320, height: 640 });
  await page.goto(AT);
  await settled(page);
  const found = page.locator('.fw-finding');
  const { topics } = await call<{ topics: { findings: unknown[] }[] }>(context, 'GET', '/findings');
  // The last one is what all share.
  expect(await found.count()).toBe(topics.flatMap((topic) => topic.findings).length + 1);
  await found.evaluateAll((all) => all.forEach((each) => ((each as HTMLDetailsElement).open = true)));
  await page.waitForFunction(() => document.querySelector('.fw-finding:not(:has(pre))') === null);
  expect(await tooWide(page)).toEqual([]);
  // Each example changes something, and says so in words.
  const silent = await found.evaluateAll((all) =>
    all
      .filter((each) => each.id !== '' && each.querySelector('.fw-line .kern-sr-only') === null)
      .map((each) => each.id),
  );
  expect(silent).toEqual([]);
  await page.close();
});

test('the code of a problem leads to what it means, by keyboard', async () => {
  const context = await windowOf('dora', 'de');
  const page = await context.newPage();
  await page.route('**/api/v1/drafts/*', (route) =>
    route.fulfill({ json: { files: filesOf('engine/core/tests/material/stuck/joins-in-vain') } }),
  );
  await page.goto('/designer/stuck?draft=true');
  const link = page.locator('.fw-problems').getByRole('link', { name: /join_waits_in_vain/ });
  expect(await link.textContent()).toContain(de.findings.explained('Eine Zusammenführung wartet vergeblich'));
  const [opened] = await Promise.all([context.waitForEvent('page'), link.press('Enter')]);
  const details = opened.locator('#join_waits_in_vain');
  await details.locator('pre').first().waitFor();
  expect(new URL(opened.url()).hash).toBe('#join_waits_in_vain');
  expect(await opened.locator('details[open]').count()).toBe(1);
  await expect
    .poll(() => details.locator('summary').evaluate((it) => it === document.activeElement))
    .toBe(true);
  await opened.close();
  await page.close();
});
