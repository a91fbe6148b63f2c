// How long cases are kept and their way to erasure, in all states: what is done to how many stands there before it is done.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

import { de } from '../src/texts/de';
import { checkAll, dialog, opened, press, type State, trouble } from './look';

/** Cases that were kept long enough: one is held, the erasure of another one is asked for. */
const keeping = {
  '/keeping': {
    status: 200,
    body: {
      alone: true,
      processes: [
        {
          process: 'bonfire',
          title: { de: 'Osterfeuer anzeigen', en: 'Notify of a bonfire' },
          retention: { years: 5, from: 'year_end', basis: 'Aktenordnung' },
          own: true,
          over: 2,
          over_capped: false,
        },
        {
          process: 'dog-tax',
          title: { de: 'Hund anmelden', en: 'Register a dog' },
          retention: null,
          own: false,
          over: 0,
          over_capped: false,
        },
      ],
    },
  },
  '/policy': {
    status: 200,
    body: {
      policy: {
        archive_first: true,
        document_kinds: ['pdf', 'image'],
        case_bytes: 100_000_000,
        authority_bytes: null,
      },
      used_bytes: 12_345_678,
    },
  },
  '/keeping/cases': {
    status: 200,
    body: {
      items: [
        {
          id: '01a20aa9-1019-7767-a097-f48873d5ccb7',
          process: { de: 'Osterfeuer anzeigen', en: 'Notify of a bonfire' },
          number: '32.20-2020/0300',
          subject: 'Muster, Max',
          ended_at: '2020-05-02T08:00:00Z',
          kept_until: '2025-12-31',
          basis: 'Aktenordnung',
          hold: { by: { id: 'admin', name: 'Alex Admin' }, at: '2026-01-02T08:00:00Z', reason: 'Klage' },
          archive: 'offered',
          asked: null,
        },
        {
          id: '01a20aa9-1019-7767-a097-f48873d5ccb8',
          process: { de: 'Osterfeuer anzeigen', en: 'Notify of a bonfire' },
          number: null,
          subject: null,
          ended_at: '2020-05-02T08:00:00Z',
          kept_until: '2025-12-31',
          basis: 'Aktenordnung',
          hold: null,
          archive: 'none',
          asked: {
            by: { id: 'admin', name: 'Alex Admin' },
            own: true,
            at: '2026-01-02T08:00:00Z',
            reason: 'Frist abgelaufen',
            exception: null,
          },
        },
      ],
      next: null,
      total: 2,
      total_capped: false,
    },
  },
};
/** The same before anybody has said how long anything is kept. */
const withoutPeriods = {
  ...keeping['/keeping'].body,
  processes: keeping['/keeping'].body.processes.map((row) => ({
    ...row,
    retention: null,
    own: false,
    over: 0,
  })),
};
/** So many cases that have nothing but an id. */
const manyCases = (count: number) => ({
  items: Array.from({ length: count }, (_, index) => ({
    ...keeping['/keeping/cases'].body.items[1],
    id: `01a20aa9-1019-7767-a097-${String(index).padStart(12, '0')}`,
  })),
  next: null,
  total: count,
  total_capped: false,
});
/** What is sent about cases is answered when the test says so: so many of them were done, the others could not be. */
async function answersOneByOne(page: Page) {
  const [sent, waiting]: [string[][], ((done: number) => Promise<void>)[]] = [[], []];
  await page.route('**/api/v1/keeping/cases', (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    const { cases } = route.request().postDataJSON() as { cases: string[] };
    sent.push(cases);
    waiting.push((done) => {
      const why = { de: 'Es gilt eine Löschsperre.', en: 'It is held.' };
      const troubles = cases.slice(done).map((id) => ({ case: id, code: 'Held', why }));
      return route.fulfill({ json: { done, troubles } });
    });
  });
  const answer = async (done: number) => {
    await expect.poll(() => waiting.length).toBeGreaterThan(0);
    await waiting.shift()?.(done);
  };
  return { sent, answer };
}

const STATES: State[] = [
  { name: 'admin-keeping-none', person: 'admin', at: '/admin/keeping' },
  { name: 'admin-keeping-error', person: 'admin', at: '/admin/keeping', answers: trouble('/keeping') },
  { name: 'admin-keeping', person: 'admin', at: '/admin/keeping', answers: keeping },
  {
    name: 'admin-keeping-period',
    person: 'admin',
    at: '/admin/keeping',
    answers: keeping,
    by: opened((t) => t.keeping.setOf(t === de ? 'Osterfeuer anzeigen' : 'Notify of a bonfire')),
  },
  {
    name: 'admin-keeping-policy',
    person: 'admin',
    at: '/admin/keeping',
    answers: keeping,
    by: opened((t) => t.keeping.policyOf),
  },
  {
    name: 'admin-keeping-nothing-chosen',
    person: 'admin',
    at: '/admin/keeping',
    answers: keeping,
    by: press((t) => t.keeping.go),
  },
  {
    name: 'admin-keeping-ask',
    person: 'admin',
    at: '/admin/keeping',
    answers: keeping,
    by: async (page, t) => {
      await page.locator('#kept-all').check({ force: true });
      await page.locator('#kept-act').selectOption('ask');
      await opened((t) => t.keeping.go)(page, t);
      // The deed and how many cases it is done to, before it is done.
      await dialog(page)
        .getByRole('button', { name: t.keeping.deeds.ask(2), exact: true })
        .waitFor();
    },
  },
  {
    name: 'admin-keeping-erase',
    person: 'admin',
    at: '/admin/keeping',
    answers: keeping,
    by: async (page, t) => {
      await page.locator('#kept-list').selectOption('asked');
      await page.locator('#kept-all').check({ force: true });
      await page.locator('#kept-act').selectOption('erase');
      await opened((t) => t.keeping.go)(page, t);
      await dialog(page)
        .getByRole('button', { name: t.keeping.deeds.erase(2), exact: true })
        .waitFor();
    },
  },
  {
    // Where no process had a period, the list is that of the first one that gets one.
    name: 'admin-keeping-first-period',
    person: 'admin',
    at: '/admin/keeping',
    answers: { ...keeping, '/keeping': { status: 200, body: withoutPeriods } },
    by: async (page, t) => {
      await page.getByText(t.keeping.empty.over).waitFor();
      await opened((t) => t.keeping.setOf(t === de ? 'Osterfeuer anzeigen' : 'Notify of a bonfire'))(page, t);
      await page.route('**/api/v1/keeping', (route) => route.fulfill({ json: keeping['/keeping'].body }));
      await page.route('**/api/v1/keeping/processes/*', (route) => route.fulfill({ status: 204 }));
      await dialog(page).locator('#years').fill('5');
      await dialog(page).locator('#basis').fill('Aktenordnung');
      await dialog(page).getByRole('button', { name: t.keeping.save, exact: true }).click();
      await page.getByText('32.20-2020/0300').waitFor();
      expect(await page.locator('#kept-process').inputValue()).toBe('bonfire');
    },
  },
  {
    // Whoever closes the dialog has stopped it: behind what is under way nothing more is sent.
    name: 'admin-keeping-stopped',
    person: 'admin',
    at: '/admin/keeping',
    answers: { ...keeping, '/keeping/cases': { status: 200, body: manyCases(120) } },
    by: async (page, t) => {
      const { sent, answer } = await answersOneByOne(page);
      await page.locator('#kept-list').selectOption('asked');
      await page.locator('#kept-all').check({ force: true });
      await page.locator('#kept-act').selectOption('erase');
      await opened((t) => t.keeping.go)(page, t);
      await press((t) => t.keeping.deeds.erase(120))(page, t);
      await answer(50);
      await dialog(page).getByText(t.keeping.progress(50, 120)).waitFor();
      await expect.poll(() => sent.length).toBe(2);
      await press((t) => t.act.cancel)(page, t);
      await dialog(page).waitFor({ state: 'detached' });
      await answer(48);
      await page.getByText(t.keeping.stopped(98, 120)).waitFor();
      await page.getByText(t.keeping.troubles).waitFor();
      expect(sent.map((cases) => cases.length)).toEqual([50, 50]);
    },
  },
];

checkAll(STATES);
