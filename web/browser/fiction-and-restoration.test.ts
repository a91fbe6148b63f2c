// What silence grants, and what may be made up for: the case page says so, and what a person decides about it is sent.
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { de, type Texts } from '../src/texts/de';
import { checkAll, dialog, press, type State, typeDay, windowOf } from './look';
import { call, dayOf, settled, start } from './world';

const known = { case: '', today: '' };
const caseAt = () => `/cases/${known.case}`;

const LAW = {
  table: 'fictions',
  id: 'trade-card',
  norm: '§ 6a GewO',
  checked: false,
  disputed: false,
};
const PERMIT = { de: 'Reisegewerbekarte', en: 'Itinerant trade card' };
/** A deadline at whose end something counts as granted. */
const CLOCK = {
  instance: 9,
  name: 'decide',
  title: { de: 'Entscheidung', en: 'Decision' },
  step: null,
  step_title: null,
  period: { de: '3 Monate', en: '3 months' },
  running: true,
  awaits_dispatch_of: null,
  start: '2026-11-02',
  raw_end: '2027-02-02',
  end: '2027-02-02',
  suspended_since: null,
  extendable: false,
  statutory: true,
  begins_with_day: false,
  until: null,
  grace_until: null,
  warn_on: [],
  derivation: [],
  fiction: {
    title: PERMIT,
    law: LAW,
    kept_by_notification: true,
    extension: '§ 42a Abs. 2 Satz 3 VwVfG',
    extended: false,
    note: null,
  },
};
const DEEMED = {
  number: 1,
  kind: 'card',
  title: PERMIT,
  law: 'VwVfG',
  transferred: false,
  issued_on: '2026-11-03',
  decision: 'granted',
  conditions: [],
  fee: null,
  costs: null,
  instruction: null,
  corrections: [],
  deemed: LAW,
  addressees: [
    {
      party: 1,
      name: 'Erika Muster',
      receiver: null,
      document: null,
      letters: [],
      dispatched_on: null,
      way: null,
      notified_on: '2026-11-03',
      remedy_ends: '2027-11-03',
      derivation: [],
      final_since: null,
      remedies: [],
    },
  ],
};
const DOUBT = {
  number: 1,
  since: '2026-11-20T08:00:00Z',
  step: null,
  code: 'fiction_in_doubt',
  message: {
    de: 'Ob „Reisegewerbekarte“ als erteilt gilt, ist zweifelhaft: Der Zugang des Bescheids ist berichtigt.',
    en: 'Whether `Itinerant trade card` counts as granted is in doubt: the receipt of the notice was corrected.',
  },
  help: {
    de: 'Wer berichtigen darf, stellt fest, was gilt.',
    en: 'Whoever may correct says what holds.',
  },
  gives_up: null,
  details: { act: 'card' },
};
const MISSED = [
  {
    act: 1,
    party: 1,
    step: null,
    name: null,
    title: { de: 'Widerspruch von Erika Muster', en: 'Objection of Erika Muster' },
    of: PERMIT,
    end: '2026-11-10',
    extendable: false,
  },
  {
    act: null,
    party: null,
    step: 'await',
    name: 'expired',
    title: { de: 'Nachreichung', en: 'Late documents' },
    of: { de: 'Auf Unterlagen warten', en: 'Wait for documents' },
    end: '2026-11-12',
    extendable: true,
  },
];
const granted: State['answers'] = { '/cases/*': { with: { acts: [DEEMED] } } };
const doubted: State['answers'] = { '/cases/*': { with: { acts: [DEEMED], incidents: [DOUBT] } } };
const missed: State['answers'] = { '/cases/*': { with: { reinstatable: MISSED } } };

const reinstate = async (page: Page, t: Texts) => {
  await press((t) => t.case.beside.menu)(page, t);
  await page.getByRole('menuitem', { name: t.case.beside.act.reinstate, exact: true }).click();
  await dialog(page).waitFor();
};
const send = (page: Page, name: string) =>
  dialog(page).getByRole('button', { name, exact: true }).last().click();

const STATES: State[] = [
  {
    name: 'fiction-runs',
    person: 'mia',
    at: () => `${caseAt()}?tab=deadlines`,
    answers: { '/cases/*': { with: { deadlines: [CLOCK] } } },
    by: async (page, t) => {
      await page
        .getByText(t.margins.fiction.endGrants(t === de ? PERMIT.de : PERMIT.en))
        .filter({ visible: true })
        .waitFor();
      await page
        .getByText(t.margins.fiction.extendable('§ 42a Abs. 2 Satz 3 VwVfG'))
        .filter({ visible: true })
        .waitFor();
    },
  },
  {
    name: 'fiction-granted',
    person: 'mia',
    at: caseAt,
    answers: granted,
    by: async (page, t) => {
      await page.getByText(t.margins.fiction.deemed, { exact: true }).waitFor();
      await page.getByText(t.margins.fiction.byLaw, { exact: true }).waitFor();
      // There is no text of the authority that could be corrected.
      expect(await page.getByRole('button', { name: t.acts.correct, exact: true }).count()).toBe(0);
    },
  },
  { name: 'fiction-in-doubt', person: 'mia', at: caseAt, answers: doubted },
  {
    name: 'fiction-ruling-flaws',
    person: 'mia',
    at: caseAt,
    answers: doubted,
    by: async (page, t) => {
      await press((t) => t.acts.notDeemed)(page, t);
      await send(page, t.acts.notDeemed);
      await dialog(page).getByText(t.form.required).waitFor();
    },
  },
  { name: 'reinstate', person: 'mia', at: caseAt, answers: missed, by: reinstate },
  {
    name: 'reinstate-flaws',
    person: 'mia',
    at: caseAt,
    answers: missed,
    by: async (page, t) => {
      await reinstate(page, t);
      await send(page, t.reinstate.act);
      await dialog(page).getByText(t.form.notDay).waitFor();
    },
  },
  {
    name: 'reinstate-extension',
    person: 'mia',
    at: caseAt,
    answers: missed,
    by: async (page, t) => {
      await reinstate(page, t);
      await dialog(page).locator('#reinstate-which').selectOption('1');
      await dialog(page).getByText(t.reinstate.extension, { exact: true }).click();
      await dialog(page).getByText(t.case.beside.newEnd).waitFor();
    },
  },
];

beforeAll(async () => {
  const jan = await windowOf('jan', 'de');
  known.case = (await start(jan, 'Erika Muster')).case;
  const { now } = await call<{ now: string }>(jan, 'GET', '/session');
  known.today = dayOf(now);
});

checkAll(STATES);

/** A page of the case with these things in it; what is sent to an address is kept and answered. */
async function opened(change: Record<string, unknown>, address: string) {
  const page = await (await windowOf('mia', 'de')).newPage();
  await page.route(/\/api\/v1\/cases\/[^/?]+$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), ...change } });
  });
  const sent: unknown[] = [];
  await page.route(`**/api/v1/cases/*/${address}`, (route) => {
    sent.push(route.request().postDataJSON());
    return route.fulfill({ json: { version: 99 } });
  });
  await page.goto(caseAt());
  await settled(page);
  return { page, sent };
}

test('who may correct says with a reason whether an act counts as granted', async () => {
  const { page, sent } = await opened({ acts: [DEEMED], incidents: [DOUBT] }, 'fictions');
  await press((t) => t.acts.notDeemed)(page, de);
  await dialog(page).getByText(de.acts.notDeemedHint).waitFor();
  await dialog(page).locator('#reason').fill('Der Bescheid ging am 2. November zu.');
  await send(page, de.acts.notDeemed);
  await dialog(page).waitFor({ state: 'detached' });
  expect(sent).toEqual([{ act: 'card', deemed: false, reason: 'Der Bescheid ging am 2. November zu.' }]);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.close();
});

test('what was missed is made up for: restoration, or an extension of what is over', async () => {
  const { page, sent } = await opened({ reinstatable: MISSED }, 'reinstatements');
  await reinstate(page, de);
  await typeDay(page, 'reinstate-ended', '2026-11-20');
  await dialog(page).getByText(de.reinstate.forceMajeureYes, { exact: true }).click();
  await dialog(page).locator('#reason').fill('Krankenhaus bis 20. November');
  await send(page, de.reinstate.act);
  await dialog(page).waitFor({ state: 'detached' });
  await reinstate(page, de);
  await dialog(page).locator('#reinstate-which').selectOption('1');
  await dialog(page).getByText(de.reinstate.extension, { exact: true }).click();
  await typeDay(page, 'reinstate-until', '2026-12-31');
  await dialog(page).locator('#norm').fill('§ 31 Abs. 7 Satz 2 VwVfG');
  await dialog(page).locator('#reason').fill('Unbillig');
  await send(page, de.reinstate.act);
  await dialog(page).waitFor({ state: 'detached' });
  expect(sent).toEqual([
    {
      act: 1,
      party: 1,
      obstacle_ended_on: '2026-11-20',
      applied_on: known.today,
      force_majeure: true,
      reason: 'Krankenhaus bis 20. November',
    },
    {
      step: 'await',
      name: 'expired',
      until: '2026-12-31',
      norm: '§ 31 Abs. 7 Satz 2 VwVfG',
      reason: 'Unbillig',
    },
  ]);
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.close();
});
