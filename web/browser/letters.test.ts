// Letters before they are made, documents in the wrong file, and whoever logs in for the first time.
import type { BrowserContext, Page } from 'playwright-core';
import { beforeAll } from 'vitest';

import type { Texts } from '../src/texts/de';
import { checkAll, dialog, press, type State, windowOf } from './look';
import { call, SERVER, start } from './world';

const known = { case: '', task: '' };

/** The smallest PDF that shows a line, in base64. */
function pdfOf(line: string): string {
  const text = `BT /F 14 Tf 70 740 Td (${line.replace(/[^ -~]|[()\\]/g, '?')}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  const starts: number[] = [];
  let pdf = '%PDF-1.4\n';
  for (const [at, object] of objects.entries()) {
    starts.push(pdf.length);
    pdf += `${at + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('');
  const end = `trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`;
  return btoa(`${pdf}xref\n0 6\n0000000000 65535 f \n${table}${end}`);
}

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
  const mia = await windowOf('mia', 'de');
  const { documents } = await call<{ documents: { number: number; title: string }[] }>(
    mia,
    'GET',
    `/cases/${known.case}`,
  );
  const wrong = documents.find((document) => document.title === 'Werbung');
  await call(mia, 'POST', `/cases/${known.case}/documents/${wrong?.number ?? 0}/take-out`, {
    reason: 'Gehört nicht zu diesem Vorgang',
  });
});

checkAll(STATES);
