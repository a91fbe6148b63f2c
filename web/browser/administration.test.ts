// The administration in all its states: access tokens, technical accounts, what is retired, versions side by side.
import type { Page } from 'playwright-core';
import { beforeAll, expect } from 'vitest';

import type { Texts } from '../src/texts/de';
import { erasures } from './erased';
import {
  checkAll,
  dialog,
  inDialog,
  opened,
  press,
  type State,
  trouble,
  TROUBLE,
  typeDay,
  windowOf,
} from './look';
import { call, dayOf, deploy, filesOf, start, trial } from './world';

const known = { until: '', erased: '', files: {} as Record<string, string> };

/** A block of the catalogue in another version. */
function nextVersion(folder: string): Record<string, string> {
  const files = filesOf(folder);
  const block = files['block.yaml'] ?? '';
  return { ...files, 'block.yaml': block.replace(/^version: .*$/m, 'version: 9.0.0') };
}

const search = (words: string) => async (page: Page) => {
  await page.locator('#block-search').fill(words);
  await expect.poll(() => page.locator('main .fw-block').count()).toBeLessThan(4);
  for (const summary of await page.locator('main .fw-block summary').all()) await summary.click();
};
const issue = async (page: Page, t: Texts, name: string) => {
  await opened((t) => t.admin.tokens.add)(page, t);
  await page.locator('#token-name').fill(name);
  await page.locator('#token-person').selectOption('register');
  await dialog(page).getByRole('checkbox').first().check({ force: true });
};
/** Messages that nobody waits for, one of them with a key that others have. */
const messages = (...keys: string[]) => ({
  '/messages': {
    status: 200,
    body: {
      items: keys.map((key, index) => ({
        id: `00000000-0000-0000-0000-00000000000${index + 1}`,
        name: 'payment',
        title: { de: 'Zahlungseingang', en: 'Payment received' },
        key,
        since: '2026-03-02T08:00:00Z',
        awaited: index === 0 ? ['32.20-2026/0003', '32.20-2026/0030'] : [],
      })),
      next: null,
      total: keys.length,
      total_capped: false,
    },
  },
});
/** Two servers while the program is upgraded, one of which does not report. */
const nodes = {
  '/nodes': {
    status: 200,
    body: {
      nodes: [
        {
          id: '01a20aa9-1019-7767-a097-f48873d5ccb7',
          host: null,
          process: null,
          version: '1.4.0',
          reads: 1,
          writes: 1,
          schema: 9,
          since: '2026-03-02T08:00:00Z',
          seen_at: '2026-11-26T07:50:00Z',
          lives: false,
          here: false,
        },
        {
          id: '01a20aa9-1019-7767-a097-f48873d5ccb8.4711@srv-2.rathaus.example',
          host: 'srv-2.rathaus.example',
          process: 4711,
          version: '1.5.0',
          reads: 2,
          writes: 2,
          schema: 10,
          since: '2026-11-26T07:55:00Z',
          seen_at: '2026-11-26T08:00:00Z',
          lives: true,
          here: true,
        },
      ],
      written: 2,
      formats: [{ format: 2, since: '2026-11-26T07:56:00Z' }],
      schema: 10,
    },
  },
};
/** Somebody else's draft of the bonfire, with mistakes in it. */
const broken = () => ({
  status: 200,
  body: {
    files: {
      ...known.files,
      'process.yaml': (known.files['process.yaml'] ?? '')
        .replace('then: acknowledge', 'then: acknowlege')
        .replace('application.visitors >= settings', 'application.visitors >= setings'),
    },
  },
});
/** The same as the server checked it, with something to be said of two steps. */
const checked = async () => ({
  process: await call<object>(await windowOf('dora', 'de'), 'GET', '/processes/bonfire'),
  problems: ['draft', 'completeness'].map((step, index) => ({
    file: 'process.yaml',
    line: 200 + index,
    column: 3,
    severity: index === 0 ? 'error' : 'warning',
    code: 'unknown_name',
    message: {
      de: `Einen Schritt „${step}n“ gibt es hier nicht.`,
      en: `There is no step \`${step}n\` here.`,
    },
    help: { de: `Gemeint ist vielleicht „${step}“.`, en: `Perhaps \`${step}\` is meant.` },
    step,
  })),
});
let answer: Awaited<ReturnType<typeof checked>>;

const STATES: State[] = [
  { name: 'admin-tokens', person: 'admin', at: '/admin/tokens' },
  {
    name: 'admin-tokens-empty',
    person: 'admin',
    at: '/admin/tokens',
    answers: { '/tokens': { status: 200, body: [] } },
  },
  { name: 'admin-tokens-error', person: 'admin', at: '/admin/tokens', answers: trouble('/tokens') },
  {
    name: 'admin-token-flaws',
    person: 'admin',
    at: '/admin/tokens',
    by: inDialog(
      (t) => t.admin.tokens.add,
      (t) => t.admin.tokens.issue,
    ),
  },
  {
    name: 'admin-token-issued',
    person: 'admin',
    at: '/admin/tokens',
    by: async (page, t) => {
      await issue(page, t, `Fachverfahren ${t.admin.tokens.issue}`);
      await typeDay(page, 'token-until', known.until);
      await dialog(page).getByRole('button', { name: t.admin.tokens.issue, exact: true }).click();
      await page.locator('#token-secret').waitFor();
    },
  },
  {
    name: 'admin-token-revoke',
    person: 'admin',
    at: '/admin/tokens',
    by: async (page) => {
      await page.locator('td').getByRole('button').first().click();
      await dialog(page).waitFor();
    },
  },
  {
    name: 'admin-technical',
    person: 'admin',
    at: '/admin/people',
    by: async (page, t) => {
      await opened((t) => t.admin.people.add)(page, t);
      await page.locator('#person-technical').check({ force: true });
      await page.locator('#person-password').waitFor({ state: 'detached' });
    },
  },
  {
    name: 'admin-person-deactivate',
    person: 'admin',
    at: '/admin/people',
    by: async (page, t) => {
      await page
        .getByRole('button', { name: t.admin.people.editOf('').trim() })
        .first()
        .click();
      await page.locator('#person-active').uncheck({ force: true });
      await page.getByText(t.admin.people.holdsHint).waitFor();
    },
    answers: {
      '/people/*/tasks': {
        status: 200,
        body: {
          tasks: [
            { number: '32.1-2026/00002', title: { de: 'Eingang prüfen', en: 'Examine the entry' } },
            { number: null, title: { de: 'Entwurf zeichnen', en: 'Sign the draft' } },
          ],
          total: 3,
          total_capped: false,
        },
      },
    },
  },
  { name: 'admin-people-technical', person: 'admin', at: '/admin/people' },
  { name: 'admin-processes-retired', person: 'admin', at: '/admin/processes' },
  {
    name: 'admin-process-retire',
    person: 'admin',
    at: '/admin/processes',
    by: async (page, t) => {
      await page
        .getByRole('button', { name: t.admin.processes.retireOf('').trim() })
        .first()
        .click();
      await dialog(page).waitFor();
    },
  },
  { name: 'admin-blocks-versions', person: 'admin', at: '/admin/blocks', by: search('four-eyes') },
  {
    name: 'admin-block-retire',
    person: 'admin',
    at: '/admin/blocks',
    by: async (page, t) => {
      await search('notify')(page);
      await press((t) => t.admin.blocks.retireOf('notify', '9.0.0'))(page, t);
      await dialog(page).waitFor();
    },
  },
  {
    name: 'admin-block-retire-error',
    person: 'admin',
    at: '/admin/blocks',
    answers: { '/blocks/*/versions/*/retire': TROUBLE },
    by: async (page, t) => {
      await search('notify')(page);
      await press((t) => t.admin.blocks.retireOf('notify', '9.0.0'))(page, t);
      await dialog(page).getByRole('button', { name: t.admin.blocks.retire, exact: true }).last().click();
      await dialog(page).getByRole('alert').first().waitFor();
    },
  },
  { name: 'admin-messages-none', person: 'admin', at: '/admin/messages' },
  { name: 'admin-messages-error', person: 'admin', at: '/admin/messages', answers: trouble('/messages') },
  {
    name: 'admin-messages',
    person: 'admin',
    at: '/admin/messages',
    answers: messages('32.20-2026/0300', 'a-key-of-another-program-that-is-long'),
  },
  {
    name: 'admin-message-key-flaws',
    person: 'admin',
    at: '/admin/messages',
    answers: messages('32.20-2026/0300'),
    by: inDialog(
      (t) => t.admin.messages.readdressOf('32.20-2026/0300'),
      (t) => t.admin.messages.readdress,
    ),
  },
  {
    name: 'admin-message-discard-error',
    person: 'admin',
    at: '/admin/messages',
    answers: { ...messages('32.20-2026/0300'), '/messages/*/discard': TROUBLE },
    by: async (page, t) => {
      await press((t) => t.admin.messages.discardOf('32.20-2026/0300'))(page, t);
      await dialog(page).locator('#reason').fill('Doppelt eingegangen');
      await dialog(page).getByRole('button', { name: t.admin.messages.discard, exact: true }).last().click();
      await dialog(page).getByRole('alert').first().waitFor();
    },
  },
  { name: 'admin-erasures-none', person: 'admin', at: '/admin/erasures' },
  { name: 'admin-erasures-error', person: 'admin', at: '/admin/erasures', answers: trouble('/erasures') },
  { name: 'admin-erasures', person: 'admin', at: '/admin/erasures', answers: erasures },
  {
    name: 'admin-erasure-certificate',
    person: 'admin',
    at: '/admin/erasures',
    answers: erasures,
    by: press((t) => t.admin.erasures.showOf('32.20-2026/0300')),
  },
  {
    name: 'admin-erase-flaws',
    person: 'admin',
    at: '/admin/erasures',
    by: inDialog(
      (t) => t.admin.erasures.erase,
      (t) => t.admin.erasures.erase,
    ),
  },
  // Whoever had to do with the case is told that it is gone; only administrators see the certificate, and no name of then.
  ...(['admin', 'jan'] as const).map((person): State => ({
    name: `case-erased-${person}`,
    person,
    at: () => `/cases/${known.erased}`,
    by: async (page, t) => {
      await page.getByRole('heading', { level: 1, name: t.case.erased }).waitFor();
      const certificate = page.locator('section[aria-labelledby=certificate]');
      if (person === 'admin') await certificate.getByText('Doppelt angelegt').waitFor();
      expect(await certificate.count()).toBe(person === 'admin' ? 1 : 0);
      expect(await page.locator('main').innerText()).not.toContain('Verein Altes Feuer');
    },
  })),
  {
    name: 'case-erased-error',
    person: 'admin',
    at: () => `/cases/${known.erased}`,
    answers: trouble('/erasures/*'),
  },
  { name: 'admin-nodes', person: 'admin', at: '/admin/nodes' },
  { name: 'admin-nodes-error', person: 'admin', at: '/admin/nodes', answers: trouble('/nodes') },
  { name: 'admin-nodes-upgrade', person: 'admin', at: '/admin/nodes', answers: nodes },
  // When something was stored last, held against the clock: only those who look after it are told.
  ...(
    [
      ['resting-admin', 'admin', -2],
      ['resting-admin-behind', 'admin', 2],
      ['resting-jan', 'jan', null],
    ] as const
  ).map(([name, person, hours]): State => ({
    name,
    person,
    at: '/inbox',
    by: async (page, t) => {
      await page.route('**/api/v1/session', async (route) => {
        const response = await route.fetch();
        const session = (await response.json()) as { now: string };
        const last_turn_at =
          hours === null ? null : new Date(Date.parse(session.now) + hours * 3_600_000).toISOString();
        const halted = { since: session.now, why: hours === 2 ? 'clock_jumped' : 'restored', last_turn_at };
        await route.fulfill({ json: { ...session, halted } });
      });
      await page.reload();
      await page.locator('.fw-resting').waitFor();
      if (hours === null) return;
      await page.locator('.fw-resting button').click();
      await dialog(page)
        .getByText(t.resting.clock[hours > 0 ? 'behind' : 'ahead'])
        .waitFor();
    },
  })),
  { name: 'admin-incidents-none', person: 'admin', at: '/admin/incidents' },
  {
    name: 'draft-broken',
    person: 'dora',
    at: '/designer/bonfire?draft=true',
    answers: {
      get '/drafts/*'() {
        return broken();
      },
    },
    by: (page) => page.locator('.fw-problem').first().waitFor(),
  },
  {
    name: 'draft-problems',
    person: 'dora',
    at: '/designer/bonfire?draft=true&step=draft',
    answers: {
      get '/processes/check'() {
        return { status: 200, body: answer };
      },
    },
    by: (page) => page.locator('.fw-step__mark').first().waitFor(),
  },
];

beforeAll(async () => {
  const admin = await windowOf('admin', 'de');
  const dora = await windowOf('dora', 'de');
  const { now } = await call<{ now: string }>(admin, 'GET', '/session');
  known.until = dayOf(now, 90);
  known.files = filesOf('examples/bonfire');
  answer = await checked();
  known.erased = (await start(await windowOf('jan', 'de'), 'Verein Altes Feuer')).case;
  const cases = [known.erased];
  const wanted = { what: 'ask', reason: 'Doppelt angelegt', exception: 'Der Vorgang ist ein Versehen.' };
  await call(admin, 'POST', '/keeping/cases', { cases, ...wanted });
  const alone = 'Es gibt keine zweite Administration.';
  const erased = await call<{ done: number }>(admin, 'POST', '/keeping/cases', {
    cases,
    what: 'erase',
    alone,
  });
  expect(erased.done).toBe(1);
  await call(admin, 'PUT', '/people/register', {
    name: 'Melderegister',
    roles: ['clerk'],
    active: true,
  });
  await call(admin, 'POST', '/tokens', {
    name: 'Fachverfahren Melderegister',
    person: 'register',
    roles: ['clerk'],
    until: known.until,
  });
  for (const block of ['four-eyes', 'notify'])
    await call(admin, 'POST', '/blocks', { files: nextVersion(`building-blocks/${block}`) });
  await call(admin, 'POST', '/blocks/four-eyes/versions/9.0.0/retire');
  await deploy(dora, trial('trial-retired'));
  await call(dora, 'POST', '/processes/trial-retired/retire');
});

checkAll(STATES);
