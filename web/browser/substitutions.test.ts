// Who stands in for whom: the list, the dialog with what nobody can do meanwhile, and what the substitute sees.
import type { Page } from 'playwright-core';
import { beforeAll } from 'vitest';

import type { Texts } from '../src/texts/de';
import { checkAll, dialog, inDialog, opened, type State, TROUBLE, typeDay, windowOf } from './look';
import { call, dayOf } from './world';

const days = { today: '', later: '' };

/** One that is begun, with something that nobody can do then; nothing is really recorded, so that other tests are not touched. */
const begun = () => ({
  status: 200,
  body: {
    substitution: {
      number: 7,
      absent: { id: 'mia', name: 'Mia Schneider' },
      substitute: { id: 'jan', name: 'Jan Krüger' },
      from: days.today,
      until: days.later,
      now: true,
    },
    lacking: [
      {
        title: { de: 'Brauchtumsfeuer anzeigen', en: 'Register a bonfire' },
        problems: [
          {
            de: 'Solange Jan Krüger Mia Schneider vertritt: „Entwurf zeichnen“ darf auf diesem Weg niemand erledigen.',
            en: 'While Jan Krüger stands in for Mia Schneider: Nobody may do “Sign the draft” on this path.',
          },
        ],
      },
    ],
  },
});
const list = () => ({
  status: 200,
  body: [begun().body.substitution, { ...begun().body.substitution, number: 8, now: false }],
});

async function record(page: Page, t: Texts): Promise<void> {
  await opened((t) => t.substitution.add)(page, t);
  await page.locator('#substitution-substitute').selectOption({ index: 1 });
  await typeDay(page, 'substitution-until', days.later);
  await dialog(page).getByRole('button', { name: t.substitution.save, exact: true }).click();
  await dialog(page).getByRole('alert').first().waitFor();
}

const STATES: State[] = [
  { name: 'substitutions-empty', person: 'jan', at: '/substitutions' },
  {
    name: 'substitutions-list',
    person: 'admin',
    at: '/substitutions',
    answers: {
      get '/substitutions'() {
        return list();
      },
    },
    by: (page) => page.locator('main table, main .fw-table').first().waitFor(),
  },
  {
    name: 'substitutions-end',
    person: 'admin',
    at: '/substitutions',
    answers: {
      get '/substitutions'() {
        return list();
      },
    },
    by: async (page, t) => {
      await page
        .getByRole('button', { name: t.substitution.endOf('Mia Schneider', 'Jan Krüger') })
        .first()
        .click();
      await dialog(page).waitFor();
    },
  },
  {
    name: 'substitutions-error',
    person: 'jan',
    at: '/substitutions',
    answers: { '/substitutions': TROUBLE },
  },
  {
    name: 'substitution-flaws',
    person: 'admin',
    at: '/substitutions',
    by: inDialog(
      (t) => t.substitution.add,
      (t) => t.substitution.save,
    ),
  },
];

/** On every page it stands for whom one stands in. */
const SESSION: State[] = [
  {
    name: 'standing-in',
    person: 'jan',
    at: '/inbox',
    by: async (page) => {
      await page.route('**/api/v1/session', async (route) => {
        const response = await route.fetch();
        const session = (await response.json()) as object;
        await route.fulfill({ json: { ...session, substitutions: [begun().body.substitution] } });
      });
      await page.reload();
      await page.locator('.fw-standing-in').waitFor();
    },
  },
];

/** What the answer to a new one says. The list is asked by the same address; here only the answer counts. */
const BEGUN: State[] = [
  {
    name: 'substitution-begun',
    person: 'jan',
    at: '/substitutions',
    by: async (page, t) => {
      await page.route('**/api/v1/substitutions', (route) =>
        route.request().method() === 'POST' ? route.fulfill({ json: begun().body }) : route.continue(),
      );
      await record(page, t);
    },
  },
];

beforeAll(async () => {
  const admin = await windowOf('admin', 'de');
  const { now } = await call<{ now: string }>(admin, 'GET', '/session');
  days.today = dayOf(now, 0);
  days.later = dayOf(now, 9);
});

checkAll([...STATES, ...SESSION, ...BEGUN]);
