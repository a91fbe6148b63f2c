// The incoming post in every state; and the way of a letter from the counter into the case that waits for it.
import type { BrowserContext } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { commandId } from '../src/api/client';
import { de } from '../src/texts/de';
import { checkAll, dialog, inDialog, opened, pending, type State, trouble, windowOf } from './look';
import { SERVER, settled, start } from './world';

const known = { item: '', other: '', case: '' };

const EMPTY = { status: 200, body: { items: [], total: 0, total_capped: false, next: null } };

async function register(context: BrowserContext, subject: string, sender: string): Promise<string> {
  const answer = await context.request.fetch(`${SERVER}/api/v1/incoming`, {
    method: 'POST',
    headers: { 'X-Fachwerk': '1', 'Idempotency-Key': commandId() },
    multipart: {
      subject,
      sender,
      paper: 'Ablage Poststelle 3',
      file: {
        name: `${subject}.pdf`,
        mimeType: 'application/pdf',
        buffer: Buffer.from(`%PDF-1.7 ${subject}`),
      },
    },
  });
  if (!answer.ok()) throw new Error(await answer.text());
  return ((await answer.json()) as { id: string }).id;
}

const item = () => `/incoming/${known.item}`;
const unconfirmed = { day_confirmed: false, source: 'Scan: Brief vom Freitag.pdf' };
const two = {
  documents_shown: [1, 2].map((number) => ({
    number,
    title: `Anlage ${number}.pdf`,
    media_type: 'application/pdf',
    size: 120_000,
    paper: null,
    elsewhere: [
      {
        case: known.case,
        number: '32.1-2026/00001',
        process_title: { de: 'Brauchtumsfeuer', en: 'Bonfire' },
        received_on: '2026-03-02',
        item: false,
      },
    ],
  })),
};
const refused = [{ source: '/srv/scan', name: 'tabelle.exe', why: 'Diese Datei ist ein Programm.' }];

const STATES: State[] = [
  { name: 'incoming-list', person: 'petra', at: '/incoming' },
  { name: 'incoming-empty', person: 'petra', at: '/incoming', answers: { '/incoming': EMPTY } },
  { name: 'incoming-done', person: 'petra', at: '/incoming?state=done', answers: { '/incoming': EMPTY } },
  { name: 'incoming-pending', person: 'petra', at: '/incoming', answers: pending('/incoming') },
  { name: 'incoming-trouble', person: 'petra', at: '/incoming', answers: trouble('/incoming') },
  {
    name: 'incoming-refused',
    person: 'petra',
    at: '/incoming',
    answers: { '/incoming/refused': { status: 200, body: refused } },
    by: (page) => page.getByText('tabelle.exe').waitFor(),
  },
  {
    name: 'incoming-register',
    person: 'petra',
    at: '/incoming',
    by: inDialog(
      (t) => t.incoming.register.act,
      (t) => t.incoming.register.act,
    ),
  },
  { name: 'incoming-item', person: 'petra', at: item },
  { name: 'incoming-item-trouble', person: 'petra', at: item, answers: trouble('/incoming/*') },
  {
    name: 'incoming-item-unconfirmed',
    person: 'petra',
    at: item,
    answers: { '/incoming/*': { with: { ...unconfirmed, ...two } } },
  },
  {
    name: 'incoming-confirm',
    person: 'petra',
    at: item,
    answers: { '/incoming/*': { with: unconfirmed } },
    by: opened((t) => t.incoming.item.confirm),
  },
  {
    name: 'incoming-assign',
    person: 'petra',
    at: item,
    by: async (page, t) => {
      await opened((t) => t.incoming.assign.act)(page, t);
      await dialog(page).getByRole('radio').first().check();
    },
  },
  {
    name: 'incoming-assign-missing',
    person: 'petra',
    at: item,
    by: inDialog(
      (t) => t.incoming.assign.act,
      (t) => t.incoming.assign.act,
    ),
  },
  {
    name: 'incoming-split',
    person: 'petra',
    at: item,
    answers: { '/incoming/*': { with: two } },
    by: opened((t) => t.incoming.split.act),
  },
  { name: 'incoming-join', person: 'petra', at: item, by: opened((t) => t.incoming.join.act) },
  { name: 'incoming-begin', person: 'petra', at: () => `/start?item=${known.item}` },
  {
    name: 'incoming-begin-form',
    person: 'petra',
    at: () => `/start?item=${known.item}&process=bonfire`,
  },
  {
    name: 'incoming-item-done',
    person: 'petra',
    at: item,
    answers: {
      '/incoming/*': {
        with: {
          open: false,
          outcome_title: { de: 'einem Vorgang zugeordnet', en: 'assigned to a case' },
          went_to: {
            case: '01a21e2d-fbc8-779f-aafd-5bed8c86d1d6',
            number: '32.1-2026/00001',
            subject: 'Heimatverein, Festwiese',
            process_title: { de: 'Brauchtumsfeuer', en: 'Bonfire' },
            open: true,
            why: null,
            expects: [],
          },
        },
      },
    },
  },
];

beforeAll(async () => {
  const [petra, jan] = await Promise.all([windowOf('petra', 'de'), windowOf('jan', 'de')]);
  ({ case: known.case } = await start(jan, 'Heimatverein am Teich'));
  known.item = await register(petra, 'Nachtrag zur Anmeldung', 'Heimatverein am Teich');
  known.other = await register(petra, 'Rücknahme der Anmeldung', 'Heimatverein am Teich');
});

checkAll(STATES);

test('a letter goes from the counter into the case that waits for it', async () => {
  const petra = await windowOf('petra', 'de');
  const page = await petra.newPage();
  await page.goto('/incoming');
  await settled(page);
  await page.getByRole('link', { name: 'Rücknahme der Anmeldung' }).click();
  await page.getByRole('button', { name: de.incoming.assign.act, exact: true }).click();
  await dialog(page)
    .getByRole('radio', { name: /Heimatverein/ })
    .first()
    .check();
  // It is what the case waits for.
  const as = dialog(page)
    .getByRole('radio', { name: /Rücknahme/ })
    .last();
  // It ends the case, so it is never proposed, and goes only when that is said.
  expect(await as.isChecked()).toBe(false);
  await as.check();
  await dialog(page).getByRole('button', { name: de.incoming.assign.act, exact: true }).click();
  await dialog(page).getByLabel(de.case.messageSure).check();
  await dialog(page).getByRole('button', { name: de.incoming.assign.act, exact: true }).click();
  await page.getByText(de.incoming.assign.done).waitFor();
  await page.getByText(de.incoming.item.wentTo).waitFor();
  const jan = await windowOf('jan', 'de');
  const seen = await jan.request.fetch(`${SERVER}/api/v1/cases/${known.case}`);
  const body = (await seen.json()) as {
    documents: { title: string; paper: string | null }[];
    relations: { how: string; case: string }[];
    messages: unknown[];
  };
  // Beside it lies what the process writes by itself.
  const ofPaper = body.documents.filter(({ paper }) => paper !== null);
  expect(ofPaper.map(({ title, paper }) => [title, paper])).toEqual([
    ['Rücknahme der Anmeldung.pdf', 'Ablage Poststelle 3'],
  ]);
  expect(body.relations.map(({ how, case: id }) => [how, id])).toEqual([['post', known.other]]);
  // It was waited for: nothing is kept.
  expect(body.messages).toEqual([]);
  await page.close();
});
