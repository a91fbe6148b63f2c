// Letters before they are made, documents in the wrong file, and whoever logs in for the first time.
import type { BrowserContext, Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';

import { de, type Texts } from '../src/texts/de';
import { checkAll, dialog, press, type State, typeDay, windowOf } from './look';
import { pdfOf } from './pdf';
import { call, comes, dayOf, SERVER, settled, start } from './world';

const known = { case: '', task: '', sent: 0 };

const LETTER = (title: string, addressee: string, by: string) => ({
  title,
  addressee,
  pdf: pdfOf(`${title}: der Antrag wird genehmigt. Im Auftrag ${by}`),
});
const previewed = (letters: unknown[], signed: boolean, troubles: unknown[] = []) => ({
  '/tasks/*': { with: { makes_letters: true } },
  '/tasks/*/preview': { status: 200, body: { letters, to_be_signed: signed, troubles, doubtful_law: [] } },
});
const taskAt = () => `/tasks/${known.task}`;
const documentsAt = () => `/cases/${known.case}?tab=documents`;
const look = async (page: Page, t: Texts) => {
  await press((t) => t.preview.open)(page, t);
  await dialog(page).getByRole('heading', { name: t.preview.title }).waitFor();
};
const takeOut = async (page: Page, t: Texts) => {
  await page.getByRole('button', { name: t.filing.takeOutOf('Lageplan') }).click();
  await dialog(page).waitFor();
};

/** A notice that stays in the house: what it decides counts as granted already. */
const stays: State['answers'] = {
  '/cases/*': {
    with: {
      documents: [
        {
          number: 9,
          title: 'Bescheid',
          media_type: 'application/pdf',
          size: 20_000,
          direction: 'internal',
          addressee: 'Erika Muster',
          enclosures: [],
          on: '2026-11-02',
          step: null,
          by: null,
          hash: 'x',
          paper: null,
          dispatch: null,
          taken_out: null,
          may_take_out: false,
          may_record_dispatch: true,
          may_record_not_arrived: false,
        },
      ],
    },
  },
};

const STATES: State[] = [
  {
    name: 'task-preview',
    person: 'jan',
    at: taskAt,
    answers: previewed(
      [
        LETTER('Bescheid (Erika Muster)', 'Erika Muster, Am Markt 1, 39104 Musterstadt', 'Lea Winter'),
        LETTER('Bescheid (Hans Muster)', 'Hans Muster, Am Markt 2, 39104 Musterstadt', 'Lea Winter'),
      ],
      true,
    ),
    by: look,
  },
  {
    name: 'task-preview-trouble',
    person: 'jan',
    at: taskAt,
    answers: previewed([], false, [
      { de: 'Der Bescheid hat keinen Adressaten.', en: 'The act has no addressee.' },
    ]),
    by: look,
  },
  { name: 'task-preview-none', person: 'jan', at: taskAt, answers: previewed([], false), by: look },
  {
    name: 'letter-preview',
    person: 'jan',
    at: () => `/cases/${known.case}`,
    by: async (page, t) => {
      await press((t) => t.case.beside.menu)(page, t);
      await page.getByRole('menuitem', { name: t.case.beside.act.letter, exact: true }).click();
      await page.locator('#letter-addressee').fill('Erika Muster\nAm Markt 1\n39104 Musterstadt');
      await page.locator('#letter-subject').fill('Zwischennachricht');
      await page.locator('#letter-body').fill('Sehr geehrte Frau Muster,\n\nwir prüfen Ihren Antrag noch.');
      await page.locator('#letter-enclosures').check();
      const answer = page.waitForResponse('**/letters/preview');
      await dialog(page).getByRole('button', { name: t.preview.open, exact: true }).click();
      await page.locator('iframe.fw-letter__page[src^="blob:"]').waitFor();
      const { letters } = (await (await answer).json()) as { letters: { pdf: string }[] };
      if (!atob(letters[0]?.pdf ?? '').startsWith('%PDF-')) throw new Error('the letter is no PDF');
    },
  },
  {
    name: 'post-left-out',
    person: 'jan',
    at: () => '/post',
    answers: {
      '/post/print': {
        status: 200,
        body: { pdf: pdfOf('Anschreiben'), left_out: [{ case: 'x', letter: 1, title: 'Berechnung.xlsx' }] },
      },
    },
    by: async (page, t) => {
      await page.getByRole('checkbox', { name: t.post.selectAll }).check();
      await page.getByRole('button', { name: t.preview.print, exact: true }).first().click();
      await dialog(page).getByText(t.post.leftOut).waitFor();
    },
  },
  {
    name: 'document-dispatch',
    person: 'mia',
    at: documentsAt,
    answers: {
      '/cases/*/documents/*/dispatch/preview': {
        status: 200,
        body: {
          notified_on: '2026-12-04',
          derivation: [],
          deadlines: [
            {
              title: { de: 'Nachreichung der Unterlagen', en: 'Late documents' },
              period: { de: '2 Wochen', en: '2 weeks' },
              end: '2026-12-18',
            },
          ],
        },
      },
    },
    by: async (page, t) => {
      await page.getByRole('button', { name: t.documents.recordOf('Anschreiben') }).click();
      await dialog(page).getByText(t.documents.wouldBeNotified).waitFor();
    },
  },
  {
    name: 'document-not-arrived',
    person: 'mia',
    at: documentsAt,
    by: async (page, t) => {
      await page.getByRole('button', { name: t.documents.lost.of('Zwischennachricht') }).click();
      await dialog(page).getByRole('button', { name: t.documents.lost.record, exact: true }).click();
      await dialog(page).getByText(t.form.required).waitFor();
    },
  },
  { name: 'document-stays', person: 'mia', at: documentsAt, answers: stays },
  {
    name: 'document-late',
    person: 'mia',
    at: documentsAt,
    answers: {
      ...stays,
      '/cases/*/documents/*/dispatch': {
        status: 409,
        body: { code: 'DispatchInvalid', title: 'Dieses Schreiben darf nicht mehr hinaus.', status: 409 },
      },
    },
    by: async (page, t) => {
      await page.getByRole('button', { name: t.documents.late.of('Bescheid') }).click();
      const send = dialog(page).getByRole('button', { name: t.documents.late.act, exact: true });
      await send.click();
      await dialog(page).getByText(t.form.notDay).waitFor();
      await typeDay(page, 'dispatch-on', '2026-11-02');
      await send.click();
      await dialog(page).getByText('Dieses Schreiben darf nicht mehr hinaus.').waitFor();
    },
  },
  { name: 'document-taken-out', person: 'mia', at: documentsAt },
  { name: 'document-take-out', person: 'mia', at: documentsAt, by: takeOut },
  {
    name: 'document-move-flaws',
    person: 'mia',
    at: documentsAt,
    by: async (page, t) => {
      await takeOut(page, t);
      await dialog(page).getByText(t.filing.toCase, { exact: true }).click();
      await dialog(page).getByRole('button', { name: t.filing.move, exact: true }).click();
      await dialog(page).getByText(t.form.required).first().waitFor();
    },
  },
  { name: 'first-password', person: 'neu', at: '/inbox' },
  {
    name: 'first-password-flaws',
    person: 'neu',
    at: '/inbox',
    by: async (page, t) => {
      await page.locator('#new-password').fill('zu kurz');
      await press((t) => t.act.save)(page, t);
      await page.getByText(t.password.short).waitFor();
    },
  },
];

async function upload(context: BrowserContext, title: string, direction = 'incoming'): Promise<void> {
  const answer = await context.request.post(`${SERVER}/api/v1/cases/${known.case}/documents`, {
    headers: { 'X-Fachwerk': '1' },
    multipart: {
      title,
      direction,
      file: { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('Plan') },
    },
  });
  if (!answer.ok()) throw new Error(`${answer.status()} ${await answer.text()}`);
}

beforeAll(async () => {
  const admin = await windowOf('admin', 'de');
  await call(admin, 'PUT', '/people/neu', {
    name: 'Nora Neu',
    roles: ['clerk'],
    active: true,
    password: 'demo',
  });
  const jan = await windowOf('jan', 'de');
  const begun = await start(jan, 'Heimatverein Vorschau');
  known.case = begun.case;
  known.task = begun.task;
  await call(jan, 'POST', `/tasks/${known.task}/claim`);
  await upload(jan, 'Lageplan');
  await upload(jan, 'Werbung');
  await upload(jan, 'Anschreiben', 'outgoing');
  await upload(jan, 'Zwischennachricht', 'outgoing');
  const mia = await windowOf('mia', 'de');
  const { documents } = await call<{ documents: { number: number; title: string }[] }>(
    mia,
    'GET',
    `/cases/${known.case}`,
  );
  const numberOf = (title: string) => documents.find((document) => document.title === title)?.number ?? 0;
  known.sent = numberOf('Zwischennachricht');
  const { now } = await call<{ now: string }>(mia, 'GET', '/session');
  await call(mia, 'POST', `/cases/${known.case}/documents/${known.sent}/dispatch`, {
    on: dayOf(now),
    way: 'post',
  });
  await call(mia, 'POST', `/cases/${known.case}/documents/${numberOf('Werbung')}/take-out`, {
    reason: 'Gehört nicht zu diesem Vorgang',
  });
});

checkAll(STATES);

test('a letter that came back has notified nobody', async () => {
  const mia = await windowOf('mia', 'de');
  const page = await mia.newPage();
  await page.goto(documentsAt());
  await settled(page);
  await page.getByRole('button', { name: de.documents.lost.of('Zwischennachricht') }).click();
  await dialog(page).locator('#reason').fill('Rückläufer: unbekannt verzogen');
  await dialog(page).getByRole('button', { name: de.documents.lost.record, exact: true }).click();
  await page.getByText(de.documents.lost.done).waitFor();
  await page.getByText(de.documents.notArrived, { exact: true }).waitFor();
  // Once is enough.
  expect(await page.getByRole('button', { name: de.documents.lost.of('Zwischennachricht') }).count()).toBe(0);
  await comes(async () => {
    const { documents } = await call<{
      documents: { number: number; dispatch: { not_arrived: boolean } | null }[];
    }>(mia, 'GET', `/cases/${known.case}`);
    expect(documents.find(({ number }) => number === known.sent)?.dispatch?.not_arrived).toBe(true);
  });
  await page.close();
});
