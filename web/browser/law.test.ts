// Legal data and the law index in all their states, and the way from a norm to what rests on it and to its row.
import { expect, test } from 'vitest';

import { de } from '../src/texts/de';
import { checkAll, dialog, opened, pending, press, type State, trouble, TROUBLE, windowOf } from './look';
import { settled } from './world';

const INDEX = '/admin/law-index';
const NORM = `${INDEX}?norm=${encodeURIComponent('§ 41 Abs. 2 VwVfG')}`;
const ROW = 'vwvfg-post-from-2025';
const edited = opened((t) => t.law.editOf(ROW));
const rowAt = `/admin/law?table=notification&row=${ROW}`;
const answer = (more: object) => ({
  status: 200,
  body: { norm: '', laws: [], uses: [], processes: [], ...more },
});
const moved = {
  uses: [],
  processes: [],
  deadlines: ['2026-04-13', null].map((would_end, index) => ({
    case: `00000000-0000-0000-0000-00000000000${index}`,
    number: index === 0 ? '32.1-2026/00002' : null,
    process: 'bonfire',
    title: { de: 'Rechtsbehelfsfrist: Erlaubnis, Verein', en: 'Period for a remedy: Permit, club' },
    end: '2026-04-07',
    would_end,
  })),
  unseen: 3,
  looked_at: 200,
  next: 'more',
};

const STATES: State[] = [
  { name: 'law', person: 'admin', at: '/admin/law' },
  { name: 'law-error', person: 'admin', at: '/admin/law', answers: trouble('/law') },
  { name: 'law-nothing-fits', person: 'admin', at: '/admin/law?row=nothing-is-called-so' },
  { name: 'law-row', person: 'admin', at: rowAt, by: edited },
  {
    name: 'law-row-touches',
    person: 'admin',
    at: rowAt,
    answers: { '/law/*/*/preview': { status: 200, body: moved } },
    by: async (page, t) => {
      await edited(page, t);
      await press((t) => t.lawIndex.ahead.look)(page, t);
      await dialog(page).getByText(t.lawIndex.ahead.unseen(3)).waitFor();
    },
  },
  {
    name: 'law-row-touches-error',
    person: 'admin',
    at: rowAt,
    answers: { '/law/*/*/preview': TROUBLE },
    by: async (page, t) => {
      await edited(page, t);
      await press((t) => t.lawIndex.ahead.look)(page, t);
      await dialog(page).getByRole('alert').first().waitFor();
    },
  },
  { name: 'law-index', person: 'admin', at: INDEX },
  { name: 'law-index-designer', person: 'dora', at: NORM },
  { name: 'law-index-forbidden', person: 'jan', at: INDEX },
  { name: 'law-index-loading', person: 'admin', at: INDEX, answers: pending('/law/index') },
  { name: 'law-index-empty', person: 'admin', at: INDEX, answers: { '/law/index': answer({}) } },
  { name: 'law-index-error', person: 'admin', at: INDEX, answers: trouble('/law/index') },
  { name: 'law-index-found', person: 'admin', at: `${NORM}&on=2025-01-01` },
  { name: 'law-index-nothing', person: 'admin', at: `${INDEX}?norm=BGB%20%C2%A7%2099&on=2025-01-01` },
  { name: 'law-index-unreadable', person: 'admin', at: `${INDEX}?norm=41%20VwVfG` },
  {
    name: 'law-index-deadlines',
    person: 'admin',
    at: NORM,
    answers: {
      '/law/index/deadlines': {
        status: 200,
        body: {
          items: [{ ...moved.deadlines[0], fit: 'inside', norms: ['§ 41 Abs. 2 Satz 1 VwVfG'] }],
          looked_at: 200,
          next: 'more',
        },
      },
    },
    by: async (page, t) => {
      await press((t) => t.lawIndex.deadlinesLook)(page, t);
      await page.getByRole('button', { name: t.lawIndex.deadlinesMore }).waitFor();
    },
  },
  {
    name: 'law-index-deadlines-error',
    person: 'admin',
    at: NORM,
    answers: trouble('/law/index/deadlines'),
    by: async (page, t) => {
      await press((t) => t.lawIndex.deadlinesLook)(page, t);
      await page.getByRole('alert').first().waitFor();
    },
  },
];

checkAll(STATES);

test('from a norm to what rests on it, to its row, and to what a change would touch', async () => {
  const context = await windowOf('admin', 'de');
  const page = await context.newPage();
  try {
    await page.goto(INDEX);
    await settled(page);
    await page.locator('#law-norm').fill('§ 41 IIa VwVfG');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: de.lawIndex.of('§ 41 Abs. 2a VwVfG') }).waitFor();
    expect(await page.locator('main h3').allInnerTexts()).toEqual(
      (['blocks', 'processes', 'law', 'texts', 'open'] as const).map((id) => de.lawIndex.groups[id]),
    );
    await page.locator('#law-norm').fill('VwVfG § 41 Abs. 2');
    await page.getByRole('button', { name: de.lawIndex.ask }).click();
    await page.getByRole('link', { name: ROW, exact: true }).first().click();
    await settled(page);
    expect(await page.locator('main tbody tr').count()).toBe(1);
    await edited(page, de);
    const days = dialog(page).locator('#law-days');
    expect(await days.inputValue()).toBe('4');
    // What would be refused when it is set is refused here, too.
    await days.fill('40000');
    await press((t) => t.lawIndex.ahead.look)(page, de);
    await dialog(page).getByRole('alert').first().waitFor();
    await days.fill('5');
    await press((t) => t.lawIndex.ahead.look)(page, de);
    await dialog(page)
      .getByText(/Frist(en)? (würde|würden) an einem anderen Tag enden/)
      .first()
      .waitFor();
    // Looking has changed nothing.
    await page.keyboard.press('Escape');
    await page.reload();
    await settled(page);
    expect(await page.getByText(de.law.own, { exact: true }).count()).toBe(0);
  } finally {
    await page.close();
  }
});
