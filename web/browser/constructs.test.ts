// Constructs of the language as a clerk meets them: chosen steps, corrections, reactions by hand, calls and messages.
import type { BrowserContext, Page } from 'playwright-core';
import { beforeAll, expect } from 'vitest';

import { de, type Texts } from '../src/texts/de';
import { checkAll, dialog, opened, picture, press, type State, TROUBLE, windowOf } from './look';
import { begin, call, comes, complete, deploy, filesOf, taskOf, trial } from './world';

const known = {
  chosen: '',
  chosenTask: '',
  examined: '',
  signed: '',
  calling: '',
  told: '',
  ended: '',
  stuck: '',
};

const OPINION: Record<string, string> = {
  'process.yaml': `process: expert-opinion
version: 1.0.0
title: { de: Baumgutachten, en: Expert opinion on a tree }
roles: { clerk: { title: { de: Sachbearbeitung, en: Clerk } } }
data: application.json
steps:
  look: { task: { title: { de: Baum begutachten, en: Look at the tree } }, role: clerk }
`,
  'application.json': JSON.stringify({
    type: 'object',
    properties: { tree: { type: 'string', 'x-title': { de: 'Baumnummer', en: 'Number of the tree' } } },
  }),
};

const caseAt =
  (which: keyof typeof known, tab = 'overview') =>
  () =>
    `/cases/${known[which]}?tab=${tab}`;
/** What a step is called in the language of the page. */
const named = (german: string, english: string) => (t: Texts) => (t === de ? german : english);
const examine = named('Prüfen', 'Examine');
const register = named('Anmeldung erfassen', 'Record the registration');
const sign = named('Unterschreiben', 'Sign');
const withdrawal = named('Antragsrücknahme', 'Withdrawal of the application');
const reason = (page: Page) => page.locator('#reason').fill('Am Telefon geklärt, siehe Vermerk.');
const send = (page: Page, name: string) =>
  dialog(page).getByRole('button', { name, exact: true }).last().click();

const STATES: State[] = [
  { name: 'choose-steps', person: 'jan', at: () => `/tasks/${known.chosenTask}` },
  { name: 'choose-steps-unclaimed', person: 'mia', at: () => `/tasks/${known.chosenTask}` },
  {
    name: 'choose-steps-not-over',
    person: 'jan',
    at: () => `/tasks/${known.chosenTask}`,
    by: async (page, t) => {
      await press((t) => t.task.finishGroup)(page, t);
      await page.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'choose-steps-error',
    person: 'jan',
    at: () => `/tasks/${known.chosenTask}`,
    answers: { '/tasks/*/steps': TROUBLE },
    by: async (page) => {
      await page.locator('main td').getByRole('button').first().click();
      await page.getByRole('alert').first().waitFor();
    },
  },
  { name: 'case-chosen-course', person: 'jan', at: caseAt('chosen', 'course'), by: picture },
  { name: 'correct', person: 'mia', at: caseAt('examined') },
  {
    name: 'correct-skip',
    person: 'mia',
    at: caseAt('examined'),
    by: opened((t) => t.case.correct.skipOf(examine(t))),
  },
  {
    name: 'correct-skip-missing',
    person: 'mia',
    at: caseAt('examined'),
    by: async (page, t) => {
      await opened((t) => t.case.correct.skipOf(examine(t)))(page, t);
      await send(page, t.case.correct.skip);
    },
  },
  {
    // Nobody is offered to leave out what a second person must sign.
    name: 'correct-no-skip',
    person: 'mia',
    at: caseAt('signed'),
    by: async (page, t) => {
      await page.getByRole('table', { name: t.case.correct.active }).waitFor();
      expect(await page.getByRole('button', { name: t.case.correct.skipOf(sign(t)) }).count()).toBe(0);
    },
  },
  {
    name: 'correct-back',
    person: 'mia',
    at: caseAt('examined'),
    by: async (page, t) => {
      await opened((t) => t.case.correct.backOf(examine(t)))(page, t);
      expect(await dialog(page).locator('#back-to').inputValue()).toBe('');
      await send(page, t.case.correct.back);
      await dialog(page).getByText(t.form.required).first().waitFor();
    },
  },
  {
    name: 'correct-data',
    person: 'mia',
    at: caseAt('examined'),
    by: async (page, t) => {
      await opened((t) => t.case.correct.changeData)(page, t);
      await dialog(page).locator('input').first().fill('0');
      await reason(page);
      await send(page, t.case.correct.save);
      await page.getByRole('alert').first().waitFor();
    },
  },
  { name: 'correct-end', person: 'mia', at: caseAt('examined'), by: opened((t) => t.case.correct.end) },
  {
    name: 'correct-take-back',
    person: 'mia',
    at: caseAt('examined'),
    by: async (page, t) => {
      await opened((t) => t.case.correct.takeBack(register(t)))(page, t);
      await send(page, t.case.correct.takeBackAct);
    },
  },
  { name: 'case-corrected-course', person: 'mia', at: caseAt('ended', 'course'), by: picture },
  { name: 'case-corrected', person: 'mia', at: caseAt('ended') },
  { name: 'case-calls', person: 'jan', at: caseAt('calling') },
  { name: 'case-calls-course', person: 'jan', at: caseAt('calling', 'course'), by: picture },
  { name: 'case-awaits-message', person: 'jan', at: caseAt('told') },
  { name: 'case-messages-course', person: 'jan', at: caseAt('told', 'course'), by: picture },
  { name: 'case-record-message', person: 'jan', at: caseAt('told'), by: press((t) => t.case.recordMessage) },
  {
    name: 'by-hand',
    person: 'jan',
    at: caseAt('told'),
    by: async (page, t) => {
      await opened((t) => t.case.correct.noteThat(withdrawal(t)))(page, t);
      await send(page, t.case.correct.note);
    },
  },
  { name: 'case-stuck', person: 'jan', at: caseAt('stuck') },
  {
    name: 'case-still-stuck',
    person: 'jan',
    at: caseAt('stuck'),
    by: async (page, t) => {
      await press((t) => t.case.retry)(page, t);
      await page.getByText(t.case.stillStuck).waitFor();
    },
  },
  { name: 'process-constructs', person: 'dora', at: '/designer/calls-and-messages', by: picture },
  {
    name: 'process-constructs-outline',
    person: 'dora',
    at: '/designer/interleaved-routing?view=outline&step=inspect',
  },
];

beforeAll(async () => {
  const dora = await windowOf('dora', 'de');
  for (const folder of [
    'constructs/corrections',
    'constructs/calls-and-messages',
    'patterns/40-interleaved-routing',
  ])
    await deploy(dora, filesOf(`examples/${folder}`));
  await deploy(dora, OPINION);
  await deploy(dora, trial('trial-stuck'));
  const jan = await windowOf('jan', 'de');
  await Promise.all([chosen(jan), calling(jan), corrected(await windowOf('mia', 'de'), jan)]);
  known.stuck = await begin(jan, 'trial-stuck');
});

async function chosen(jan: BrowserContext): Promise<void> {
  known.chosen = await begin(jan, 'interleaved-routing');
  known.chosenTask = await taskOf(jan, known.chosen);
  await call(jan, 'POST', `/tasks/${known.chosenTask}/claim`);
}

async function calling(jan: BrowserContext): Promise<void> {
  known.calling = await begin(jan, 'calls-and-messages', { tree: '4711' });
  known.told = await begin(jan, 'calls-and-messages', { tree: '0815' });
  // The opinion on the second tree is there: the case goes on and tells the works yard.
  const opinion = await comes(async () => {
    const { items } = await call<{ items: { id: string; process: string }[] }>(
      jan,
      'GET',
      '/cases?process=expert-opinion',
    );
    expect(items).toHaveLength(2);
    return items[0];
  });
  await complete(jan, await taskOf(jan, opinion?.id ?? ''));
}

async function corrected(mia: BrowserContext, jan: BrowserContext): Promise<void> {
  const dogs = async () => {
    const id = await begin(mia, 'corrections', { dogs: 2 });
    await complete(mia, await taskOf(mia, id));
    return id;
  };
  known.examined = await dogs();
  known.signed = await dogs();
  await complete(jan, await taskOf(jan, known.signed), { outcome: 'tax' });
  await complete(jan, await taskOf(jan, known.signed));
  known.ended = await dogs();
  await call(mia, 'POST', `/cases/${known.ended}/end`, {
    outcome: 'Hund verstorben',
    reason: 'Anruf der Halterin',
  });
}

checkAll(STATES);
