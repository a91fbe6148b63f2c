// The incoming post in every state; and the way of a letter from the counter into the case that waits for it.
import type { BrowserContext } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { commandId } from '../src/api/client';
import { de } from '../src/texts/de';
import { checkAll, dialog, inDialog, opened, pending, press, type State, trouble, windowOf } from './look';
import { pdfOf } from './pdf';
import { call, comes, SERVER, settled, start } from './world';

const known = { item: '', other: '', wrong: '', case: '' };

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
        buffer: Buffer.from(pdfOf(subject), 'base64'),
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
    title: `Anlage ${number}.${number === 1 ? 'pdf' : 'png'}`,
    media_type: number === 1 ? 'application/pdf' : 'image/png',
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
const attackable = {
  case: '01964b2e-0000-7000-8000-000000000001',
  number: '22.3-2026/00001',
  subject: 'Hund Bello',
  process_title: { de: 'Hundesteuer', en: 'Dog tax' },
  open: true,
  why: 'number',
  expects: [],
  acts: [
    {
      act: 1,
      title: { de: 'Hundesteuerbescheid', en: 'Dog tax notice' },
      party: 1,
      name: 'Erika Beispiel',
      issued_on: '2026-03-02',
    },
  ],
  may_be_remedy: false,
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
    name: 'incoming-assign-remedy',
    person: 'petra',
    at: item,
    answers: { '/incoming/*': { with: { suggestions: [attackable] } } },
    by: async (page, t) => {
      await opened((t) => t.incoming.assign.act)(page, t);
      await dialog(page).getByRole('radio').first().check();
      await dialog(page).getByRole('radio', { name: 'Erika Beispiel' }).check();
      await dialog(page).locator('#assign-remedy').selectOption('action');
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
    name: 'incoming-item-documents',
    person: 'petra',
    at: item,
    answers: { '/incoming/*': { with: two } },
    by: async (page, t) => {
      await press((t) => t.incoming.preview.showOf('Anlage 2.png'))(page, t);
      await page.getByText(t.incoming.preview.broken).waitFor();
    },
  },
  {
    name: 'incoming-item-unshown',
    person: 'petra',
    at: item,
    answers: {
      '/incoming/*': {
        with: { documents_shown: [{ ...two.documents_shown[0], media_type: 'application/zip' }] },
      },
    },
    by: (page, t) => page.getByText(t.incoming.preview.none).waitFor(),
  },
  ...[true, false].map((lies): State => ({
    name: `incoming-item-done${lies ? '' : '-given-back'}`,
    person: 'petra',
    at: item,
    answers: {
      '/incoming/*': {
        with: {
          open: false,
          lies_there: lies,
          may_give_back: lies,
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
    ...(lies && { by: opened((t) => t.incoming.giveBack.act) }),
  })),
];

beforeAll(async () => {
  const [petra, jan] = await Promise.all([windowOf('petra', 'de'), windowOf('jan', 'de')]);
  ({ case: known.case } = await start(jan, 'Heimatverein am Teich'));
  known.item = await register(petra, 'Nachtrag zur Anmeldung', 'Heimatverein am Teich');
  known.wrong = await register(petra, 'Rechnung der Feuerwehr', 'Feuerwehr Musterstadt');
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

test('an item is read beside what is known of it, and goes back in one step when it was assigned by mistake', async () => {
  const petra = await windowOf('petra', 'de');
  const page = await petra.newPage();
  await page.goto(`/incoming/${known.wrong}`);
  await settled(page);
  const frame = page.getByTitle(de.incoming.preview.of('Rechnung der Feuerwehr.pdf'));
  const address = await frame.getAttribute('src');
  expect((await petra.request.get(`${SERVER}${address ?? ''}`)).headers()['content-type']).toBe(
    'application/pdf',
  );
  // Whoever has no mouse comes into it.
  await frame.focus();
  expect(await frame.evaluate((it) => it === document.activeElement)).toBe(true);
  await page.emulateMedia({ media: 'print' });
  expect(await frame.isVisible()).toBe(false);
  await page.emulateMedia({ media: 'screen' });
  const jan = await windowOf('jan', 'de');
  const { case: wrong } = await start(jan, 'Gartenbauverein');
  await call(petra, 'POST', `/incoming/${known.wrong}/assign`, { case: wrong, reason: 'Gehört dazu' });
  const mia = await windowOf('mia', 'de');
  await comes(async () => {
    const { documents } = await call<{ documents: { title: string }[] }>(mia, 'GET', `/cases/${wrong}`);
    expect(documents.some(({ title }) => title === 'Rechnung der Feuerwehr.pdf')).toBe(true);
  });
  // Who may not is told who may.
  await page.reload();
  await page.getByText(de.incoming.item.wrong).waitFor();
  const seen = await mia.newPage();
  await seen.goto(`/cases/${wrong}`);
  await settled(seen);
  await seen.getByRole('button', { name: de.incoming.giveBack.of('Gehört dazu') }).click();
  await dialog(seen).locator('#reason').fill('Gehört zur Kämmerei');
  await dialog(seen).getByRole('button', { name: de.incoming.giveBack.act, exact: true }).click();
  await seen.getByText(de.incoming.giveBack.done).waitFor();
  await page.reload();
  await page.getByText(de.incoming.item.gone).waitFor();
  await comes(async () => {
    const { items } = await call<{ items: { subject: string }[] }>(petra, 'GET', '/incoming?limit=100');
    expect(items.some(({ subject }) => subject === 'Rechnung der Feuerwehr')).toBe(true);
  });
  await seen.close();
  await page.close();
});
