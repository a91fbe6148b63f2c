// What every case can suffer, and its parties and acts: the dialogs empty, refused and failed, and the pages they lead to.
import type { BrowserContext, Page } from 'playwright-core';
import { beforeAll, expect } from 'vitest';

import type { Texts } from '../src/texts/de';
import { checkAll, dialog, inDialog, opened, picture, press, type State, TROUBLE, windowOf } from './look';
import { begin, call, comes, complete, dayOf, deploy, filesOf, start, taskOf } from './world';

const known = { waiting: '', resting: '', fire: '', split: '', merged: '', act: '' };

interface Detail {
  version: number;
  deadlines: { instance: number; name: string }[];
  documents: { number: number }[];
  acts: { number: number }[];
}

const caseAt =
  (which: keyof typeof known, tab = 'overview') =>
  () =>
    `/cases/${known[which]}?tab=${tab}`;
const read = (context: BrowserContext, id: string) => call<Detail>(context, 'GET', `/cases/${id}`);
const send = (page: Page, name: string) =>
  dialog(page).getByRole('button', { name, exact: true }).last().click();
const told = (page: Page) => dialog(page).getByRole('alert').first().waitFor();
type Act = keyof Texts['case']['beside']['act'];
/** Chooses an act from the menu of a case. */
const asked = (act: Act) => async (page: Page, t: Texts) => {
  await press((t) => t.case.beside.menu)(page, t);
  await page.getByRole('menuitem', { name: t.case.beside.act[act], exact: true }).click();
  await dialog(page).waitFor();
};
/** Chooses it, and sends it with nothing filled in. */
const flawed = (act: Act, name: (t: Texts) => string) => async (page: Page, t: Texts) => {
  await asked(act)(page, t);
  await send(page, name(t));
};
const because = (page: Page) => page.locator('#reason').fill('Mit der Antragstellerin so besprochen.');

const STATES: State[] = [
  { name: 'beside', person: 'jan', at: caseAt('waiting') },
  { name: 'beside-course', person: 'jan', at: caseAt('waiting', 'course'), by: picture },
  {
    name: 'question-flaws',
    person: 'jan',
    at: caseAt('waiting'),
    by: flawed('question', (t) => t.case.beside.ask),
  },
  {
    name: 'resubmission-flaws',
    person: 'jan',
    at: caseAt('waiting'),
    by: flawed('resubmission', (t) => t.case.beside.note),
  },
  {
    name: 'letter-flaws',
    person: 'jan',
    at: caseAt('waiting'),
    by: flawed('letter', (t) => t.case.beside.write),
  },
  {
    name: 'extend-flaws',
    person: 'jan',
    at: caseAt('waiting'),
    by: flawed('extend', (t) => t.case.beside.act.extend),
  },
  {
    name: 'extend-no-period',
    person: 'jan',
    at: caseAt('waiting'),
    by: async (page, t) => {
      await asked('extend')(page, t);
      await dialog(page).getByText(t.case.beside.by, { exact: true }).click();
      await page.locator('#extend-by').fill('3 Monde');
      await because(page);
      await send(page, t.case.beside.act.extend);
      await dialog(page).getByText(t.form.notPeriod).waitFor();
    },
  },
  {
    name: 'suspend-flaws',
    person: 'jan',
    at: caseAt('waiting'),
    by: flawed('suspend', (t) => t.case.beside.suspend),
  },
  {
    name: 'suspend-error',
    person: 'jan',
    at: caseAt('waiting'),
    answers: { '/cases/*/deadlines/suspend': TROUBLE },
    by: async (page, t) => {
      await asked('suspend')(page, t);
      await dialog(page).getByRole('checkbox').first().check({ force: true });
      await because(page);
      await send(page, t.case.beside.suspend);
      await told(page);
    },
  },
  { name: 'case-resting', person: 'jan', at: caseAt('resting') },
  { name: 'case-resting-deadlines', person: 'jan', at: caseAt('resting', 'deadlines') },
  { name: 'deadlines-resting', person: 'jan', at: '/deadlines' },
  {
    name: 'resume-flaws',
    person: 'jan',
    at: caseAt('resting'),
    by: flawed('resume', (t) => t.case.beside.resume),
  },
  {
    name: 'split-flaws',
    person: 'mia',
    at: caseAt('fire'),
    by: async (page, t) => {
      await asked('split')(page, t);
      await dialog(page).locator('input[type=text], input:not([type])').first().fill('');
      await send(page, t.case.beside.relation.splitAct);
    },
  },
  {
    name: 'merge-none-found',
    person: 'mia',
    at: caseAt('fire'),
    by: async (page, t) => {
      await asked('merge')(page, t);
      await page.locator('#merge-into-search').fill('Kein Verein heißt so');
      await dialog(page).getByText(t.case.beside.relation.noneFound).waitFor();
    },
  },
  {
    name: 'merge-flaws',
    person: 'mia',
    at: caseAt('fire'),
    by: flawed('merge', (t) => t.case.beside.relation.mergeAct),
  },
  { name: 'case-split', person: 'mia', at: caseAt('split') },
  { name: 'case-merged', person: 'mia', at: caseAt('merged') },
  { name: 'case-acts', person: 'mia', at: caseAt('act') },
  {
    name: 'party-flaws',
    person: 'mia',
    at: caseAt('act'),
    by: inDialog(
      (t) => t.acts.add,
      (t) => t.acts.add,
    ),
  },
  {
    name: 'remedy',
    person: 'mia',
    at: caseAt('act'),
    by: press((t) => t.acts.recordRemedyOf('Erika Beispiel')),
  },
  { name: 'act-correct', person: 'mia', at: caseAt('act'), by: opened((t) => t.acts.correct) },
];

beforeAll(async () => {
  const dora = await windowOf('dora', 'de');
  await deploy(dora, filesOf('examples/constructs/at-any-time'));
  await deploy(dora, filesOf('examples/administration/two-addressees'));
  const jan = await windowOf('jan', 'de');
  const mia = await windowOf('mia', 'de');
  const { now } = await call<{ now: string }>(jan, 'GET', '/session');
  const today = dayOf(now);
  known.waiting = await waiting(jan);
  await beside(jan, known.waiting, dayOf(now, 7));
  known.resting = await waiting(jan);
  await rest(jan, known.resting, today);
  await fires(mia);
  await acts(mia, today);
});

async function waiting(jan: BrowserContext): Promise<string> {
  const id = await begin(jan, 'at-any-time');
  await complete(jan, await taskOf(jan, id));
  return id;
}

async function beside(jan: BrowserContext, id: string, later: string): Promise<void> {
  const errands = `/cases/${id}/errands`;
  await call(jan, 'POST', errands, { kind: 'question', text: 'Liegt dort ein Kabel?', person: 'mia' });
  await call(jan, 'POST', errands, { kind: 'resubmission', text: 'Nachhaken', person: 'jan', on: later });
}

async function rest(jan: BrowserContext, id: string, since: string): Promise<void> {
  const { deadlines } = await read(jan, id);
  const stopped = deadlines.map(({ instance, name }) => ({ instance, name }));
  await call(jan, 'POST', `/cases/${id}/deadlines/suspend`, {
    deadlines: stopped,
    on: since,
    reason: 'Vergleichsgespräche',
  });
}

/** A case that others came from, or were merged into. */
async function fires(mia: BrowserContext): Promise<void> {
  known.fire = (await start(mia, 'Feuerwehrverein Abtrennung')).case;
  known.split = (await start(mia, 'Schützenverein Abtrennung')).case;
  const { data } = await call<{ data: unknown }>(mia, 'GET', `/cases/${known.split}`);
  await call(mia, 'POST', `/cases/${known.split}/split`, { data, documents: [], reason: 'Zwei Feuer' });
  known.merged = (await start(mia, 'Kegelverein Verbindung')).case;
  await call(mia, 'POST', `/cases/${known.merged}/merge`, { into: known.fire, reason: 'Ein Feuer' });
}

async function acts(mia: BrowserContext, today: string): Promise<void> {
  known.act = await begin(mia, 'two-addressees', {
    applicants: [
      { name: 'Erika Beispiel', address: 'Lindenweg 4\n39999 Musterstadt' },
      { name: 'Hans Muster', address: 'Am Markt 1\n39999 Musterstadt' },
    ],
  });
  await comes(async () => expect((await read(mia, known.act)).documents).toHaveLength(2));
  await call(mia, 'POST', `/cases/${known.act}/documents/1/dispatch`, { on: today, way: 'post' });
}

checkAll(STATES);
