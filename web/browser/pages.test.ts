// The pages of daily work and of the administration in every state: no rule of axe broken, nothing wider than the window,
// nothing cut off in large letters.
import { beforeAll, expect } from 'vitest';

import {
  checkAll,
  dialog,
  inDialog,
  pending,
  picture,
  press,
  type State,
  typeDay,
  trouble,
  TROUBLE,
  windowOf,
} from './look';
import { call, complete, dayOf, start, taskOf } from './world';

const known = { fresh: '', freshTask: '', mine: '', late: '', lateTask: '' };

/** It is asked again twice before the page says so. */
const BUSY = {
  status: 503,
  body: {
    type: 'about:blank',
    code: 'Busy',
    title: 'Die Datenbank antwortet nicht.',
    status: 503,
    detail: null,
  },
};
const EMPTY = { status: 200, body: { items: [], total: 0, total_capped: false, next: null } };
const INCIDENT = () => ({
  status: 200,
  body: {
    items: [
      {
        case: known.late,
        case_number: '32.1-2026/00002',
        subject: 'Heimatverein, Festwiese',
        number: 1,
        since: '2026-03-02T08:15:00Z',
        step: 'register',
        code: 'register_silent',
        message: { de: 'Das Register antwortet nicht.', en: 'The register does not answer.' },
        help: { de: 'Später erneut versuchen.', en: 'Try again later.' },
        details: null,
      },
    ],
    next: null,
  },
});

const DEADLINE = {
  instance: 9,
  name: 'expired',
  title: { de: 'Nachreichung', en: 'Late documents' },
  step: null,
  step_title: null,
  period: { de: '2 Wochen', en: '2 weeks' },
  running: false,
  awaits_dispatch_of: null,
  start: '2026-03-06',
  raw_end: '2026-03-20',
  end: '2026-03-20',
  extendable: false,
  begins_with_day: false,
  until: null,
  grace_until: null,
  fiction: null,
  warn_on: [],
  derivation: [],
};
const ENDED = {
  status: 200,
  body: [
    { ...DEADLINE, ended_at: '2026-03-20T23:00:00Z', how: 'passed' },
    ...['over', 'remedy', 'not-arrived', 'runs-on'].map((how) => ({
      ...DEADLINE,
      name: how,
      ended_at: '2026-03-10T08:00:00Z',
      how,
    })),
  ],
};
/** Deadlines that have no end: each kind in a section of its own. */
const WITHOUT_END = (state: string | null) => ({
  ...EMPTY.body,
  items:
    state === 'running'
      ? []
      : [
          {
            case: known.late,
            instance: 9,
            name: 'expired',
            number: '32.1-2026/00002',
            subject: 'Heimatverein, Festwiese',
            process: 'bonfire',
            title: DEADLINE.title,
            step: null,
            end: null,
            suspended: state === 'suspended',
          },
        ],
});
const RETIRED = {
  status: 200,
  body: [
    {
      id: 'bonfire',
      title: { de: 'Brauchtumsfeuer', en: 'Bonfire' },
      current: false,
      version: '1.0.0',
      release: 'x',
      legal_basis: [],
      open_cases: 0,
    },
  ],
};

const caseAt = (tab: string) => () => `/cases/${known.late}?tab=${tab}`;

const STATES: State[] = [
  { name: 'login', person: 'nobody', at: '/login' },
  { name: 'login-expired', person: 'nobody', at: '/login?expired=true' },
  { name: 'login-missing', person: 'nobody', at: '/login', by: press((t) => t.login.submit) },
  {
    name: 'login-wrong',
    person: 'nobody',
    at: '/login',
    answers: { '/session': { status: 401, body: { code: 'WrongPassword', title: 'x', status: 401 } } },
    by: async (page, t) => {
      await page.getByLabel(t.login.name).fill('jan');
      await page.locator('#password').fill('wrong');
      await press((t) => t.login.submit)(page, t);
      await page.getByRole('alert').waitFor();
    },
  },
  { name: 'inbox-mine', person: 'jan', at: '/inbox' },
  { name: 'inbox-unassigned', person: 'jan', at: '/inbox?view=unassigned' },
  { name: 'inbox-process', person: 'jan', at: '/inbox?view=all&process=bonfire' },
  { name: 'inbox-empty', person: 'jan', at: '/inbox?view=unassigned', answers: { '/tasks': EMPTY } },
  { name: 'inbox-loading', person: 'jan', at: '/inbox', answers: pending('/tasks') },
  { name: 'inbox-error', person: 'jan', at: '/inbox', answers: { '/tasks': BUSY } },
  { name: 'inbox-claimed', person: 'jan', at: '/inbox?view=mine&q=nichts' },
  {
    name: 'account-menu',
    person: 'jan',
    at: '/inbox',
    by: (page) => page.locator('[aria-haspopup]').first().click(),
  },
  { name: 'help-dialog', person: 'jan', at: '/inbox', by: press((t) => t.app.nav.help) },
  { name: 'shortcuts-dialog', person: 'jan', at: '/inbox', by: (page) => page.keyboard.press('?') },
  {
    name: 'password-dialog',
    person: 'jan',
    at: '/inbox',
    by: async (page, t) => {
      await page.locator('[aria-haspopup]').first().click();
      await page.getByRole('menuitem', { name: t.app.changePassword }).click();
      await dialog(page)
        .getByRole('button', { name: t.act.save })
        .or(dialog(page).locator('[type=submit]'))
        .first()
        .click();
    },
  },
  { name: 'clock-dialog', person: 'jan', at: '/inbox', by: press((t) => t.app.clockAdvance) },
  { name: 'task-unclaimed', person: 'jan', at: () => `/tasks/${known.freshTask}` },
  { name: 'task', person: 'jan', at: () => `/tasks/${known.mine}` },
  {
    name: 'task-loading',
    person: 'jan',
    at: () => `/tasks/${known.mine}`,
    answers: { [`/tasks/*`]: 'never' },
  },
  { name: 'task-error', person: 'jan', at: () => `/tasks/${known.mine}`, answers: { [`/tasks/*`]: TROUBLE } },
  { name: 'task-gone', person: 'jan', at: '/tasks/01900000-0000-7000-8000-000000000000.1' },
  {
    name: 'task-flaws',
    person: 'jan',
    at: () => `/tasks/${known.mine}`,
    by: async (page, t) => {
      await page
        .getByLabel('liegt in einem anderen Vorgang schon vor')
        .or(page.getByLabel('already there in another case'))
        .check();
      await page.locator('input[type=text][aria-required=true]').first().waitFor();
      await press((t) => t.task.complete)(page, t);
      await page.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'task-leave',
    person: 'jan',
    at: () => `/tasks/${known.mine}`,
    by: async (page) => {
      await page.locator('main form textarea').first().fill('Bemerkung');
      await page.locator('.fw-brand').click();
      await dialog(page).waitFor();
    },
  },
  {
    name: 'task-delegate',
    person: 'jan',
    at: () => `/tasks/${known.mine}`,
    by: inDialog(
      (t) => t.task.delegate,
      (t) => t.task.delegate,
    ),
  },
  {
    name: 'task-unsent',
    person: 'jan',
    at: () => `/tasks/${known.mine}`,
    answers: { '/tasks/*': { with: { ends_case: ['accepted'], unsent: ['Nachforderung'] } } },
    by: async (page, t) => {
      await press((t) => t.task.complete)(page, t);
      await page.getByRole('alertdialog').getByText('Nachforderung').waitFor();
    },
  },
  {
    name: 'task-changed',
    person: 'jan',
    at: () => `/tasks/${known.mine}`,
    answers: {
      '/tasks/*': {
        with: {
          changed: [
            {
              by: { id: 'mia', name: 'Mia Muster' },
              at: '2026-03-03T08:00:00Z',
              what: { de: 'Ort des Feuers, Ende', en: 'place of the fire, end' },
            },
          ],
        },
      },
    },
  },
  { name: 'start', person: 'jan', at: '/start' },
  {
    name: 'start-long-ago',
    person: 'jan',
    at: '/start?process=bonfire',
    by: async (page, t) => {
      await typeDay(page, 'start-@received', '2020-03-02');
      await page.getByText(t.start.reallyLongAgo).waitFor();
      await press((t) => t.start.submit)(page, t);
    },
  },
  { name: 'start-retired', person: 'jan', at: '/start?process=bonfire', answers: { '/processes': RETIRED } },
  { name: 'start-form', person: 'jan', at: '/start?process=bonfire' },
  { name: 'start-flaws', person: 'jan', at: '/start?process=bonfire', by: press((t) => t.start.submit) },
  {
    name: 'start-calendar',
    person: 'jan',
    at: '/start?process=bonfire',
    by: async (page, t) => {
      await page.getByRole('button', { name: t.form.calendar }).first().click();
      await page.getByRole('grid').waitFor();
    },
  },
  { name: 'cases', person: 'jan', at: '/cases' },
  { name: 'cases-all', person: 'jan', at: '/cases?state=all&process=bonfire' },
  { name: 'cases-empty', person: 'jan', at: '/cases?q=nichtsdergleichen' },
  { name: 'cases-error', person: 'jan', at: '/cases', answers: trouble('/cases') },
  { name: 'case-overview', person: 'jan', at: caseAt('overview') },
  {
    // Titles and values as people read them; what only rules work with is folded.
    name: 'case-data',
    person: 'jan',
    at: caseAt('data'),
    by: async (page, t) => {
      const rest = page.locator('details', { hasText: t.case.moreResults });
      await rest.waitFor();
      expect(await rest.getAttribute('open')).toBe(null);
    },
  },
  {
    name: 'case-data-intermediate',
    person: 'jan',
    at: caseAt('data'),
    by: (page, t) => page.getByText(t.case.moreResults).click(),
  },
  { name: 'case-deadlines', person: 'jan', at: caseAt('deadlines') },
  {
    name: 'case-deadlines-ended',
    person: 'jan',
    at: caseAt('deadlines'),
    answers: { '/cases/*/ended-deadlines': ENDED },
    by: (page, t) => page.getByRole('heading', { name: t.deadlines.ended, exact: true }).waitFor(),
  },
  {
    name: 'case-making',
    person: 'jan',
    at: caseAt('overview'),
    answers: {
      '/cases/*': {
        with: {
          waits: [
            {
              step: 'letter',
              step_title: { de: 'Eingangsbestätigung', en: 'Receipt' },
              for: [
                { kind: 'effect', name: 'letter', message: null, step: null, condition: null, until: null },
              ],
            },
          ],
        },
      },
    },
    by: (page, t) => page.getByText(t.case.waitFor.letter).waitFor(),
  },
  {
    // Nothing is chosen beforehand, and what ends the work under way is confirmed.
    name: 'case-message',
    person: 'jan',
    at: caseAt('overview'),
    by: async (page, t) => {
      await press((t) => t.case.recordMessage)(page, t);
      const choice = dialog(page).locator('#message-name');
      expect(await choice.inputValue()).toBe('');
      await choice.selectOption('withdrawal');
      await dialog(page).getByRole('button', { name: t.case.recordMessage }).click();
      await dialog(page).getByText(t.form.required).waitFor();
    },
  },
  { name: 'case-documents', person: 'jan', at: caseAt('documents') },
  {
    name: 'case-upload',
    person: 'jan',
    at: caseAt('documents'),
    by: inDialog(
      (t) => t.documents.upload,
      (t) => t.act.add,
    ),
  },
  { name: 'case-notes', person: 'jan', at: caseAt('notes') },
  { name: 'case-note-missing', person: 'jan', at: caseAt('notes'), by: press((t) => t.notes.submit) },
  { name: 'case-course', person: 'jan', at: caseAt('course'), by: picture },
  {
    name: 'case-travel',
    person: 'jan',
    at: caseAt('overview'),
    by: async (page, t) => {
      await press((t) => t.case.timeTravel)(page, t);
      await press((t) => t.case.atShow)(page, t);
    },
  },
  { name: 'case-error', person: 'jan', at: caseAt('overview'), answers: { '/cases/*': TROUBLE } },
  {
    name: 'case-past',
    person: 'jan',
    at: () => `/cases/${known.late}?at=${encodeURIComponent('2090-01-01T00:00:00Z')}`,
  },
  {
    name: 'case-not-begun',
    person: 'jan',
    at: () => `/cases/${known.late}?at=${encodeURIComponent('2001-01-01T00:00:00Z')}`,
  },
  { name: 'inbox-sorted', person: 'jan', at: '/inbox?view=all&process=bonfire&sort=number&descending=true' },
  { name: 'statistics', person: 'admin', at: '/statistics' },
  { name: 'statistics-process', person: 'admin', at: '/statistics?process=bonfire&period=five' },
  { name: 'statistics-forbidden', person: 'jan', at: '/statistics' },
  { name: 'deadlines', person: 'jan', at: '/deadlines' },
  { name: 'deadlines-empty', person: 'jan', at: '/deadlines', answers: { '/deadlines': EMPTY } },
  {
    name: 'deadlines-not-yet',
    person: 'jan',
    at: '/deadlines',
    by: async (page, t) => {
      await page.route(/\/api\/v1\/deadlines/, (route) =>
        route.fulfill({ json: WITHOUT_END(new URL(route.request().url()).searchParams.get('state')) }),
      );
      await page.reload();
      await page.getByRole('heading', { name: t.deadlines.notYet }).waitFor();
      await page.getByRole('heading', { name: t.deadlines.suspended }).waitFor();
    },
  },
  { name: 'post', person: 'jan', at: '/post' },
  { name: 'post-empty', person: 'jan', at: '/post', answers: { '/post': EMPTY } },
  {
    name: 'post-print',
    person: 'jan',
    at: '/post',
    by: async (page, t) => {
      await page.getByLabel(t.post.selectAll).check();
      await page.getByRole('button', { name: t.preview.print, exact: true }).click();
      await dialog(page).locator('iframe[src^="blob:"]').waitFor();
    },
  },
  {
    name: 'post-dispatch',
    person: 'jan',
    at: '/post',
    by: (page) => page.locator('td button').first().click(),
  },
  {
    name: 'admin-blocks',
    person: 'admin',
    at: '/admin/blocks',
    by: (page) => page.locator('main summary').first().click(),
  },
  {
    name: 'admin-install',
    person: 'admin',
    at: '/admin/blocks',
    by: inDialog(
      (t) => t.admin.blocks.install,
      (t) => t.admin.blocks.install,
    ),
  },
  { name: 'admin-processes', person: 'admin', at: '/admin/processes' },
  { name: 'admin-people', person: 'admin', at: '/admin/people' },
  {
    name: 'admin-person-flaws',
    person: 'admin',
    at: '/admin/people',
    by: inDialog(
      (t) => t.admin.people.add,
      (t) => t.act.save,
    ),
  },
  {
    name: 'admin-person',
    person: 'admin',
    at: '/admin/people',
    by: (page) => page.locator('td button').first().click(),
  },
  { name: 'admin-incidents-empty', person: 'admin', at: '/admin/incidents' },
  {
    name: 'admin-incidents',
    person: 'admin',
    at: '/admin/incidents',
    answers: {
      get '/incidents'() {
        return INCIDENT();
      },
    },
  },
  { name: 'admin-audit', person: 'admin', at: '/admin/audit' },
  { name: 'admin-forbidden', person: 'jan', at: '/admin/people' },
  { name: 'help', person: 'jan', at: '/help' },
  { name: 'not-found', person: 'jan', at: '/gibt-es-nicht' },
];

beforeAll(async () => {
  const jan = await windowOf('jan', 'de');
  const fresh = await start(jan, 'Feuerwehrverein Neustadt e. V.');
  Object.assign(known, { fresh: fresh.case, freshTask: fresh.task });
  const mine = await start(jan, 'Kulturverein Altstadt');
  await call(jan, 'POST', `/tasks/${mine.task}/claim`);
  known.mine = mine.task;
  const late = await start(jan, 'Heimatverein Musterstadt e. V.');
  known.late = late.case;
  await complete(jan, late.task);
  await complete(jan, await taskOf(jan, late.case));
  await call(jan, 'POST', `/cases/${late.case}/notes`, {
    text: 'Anruf von Frau Beispiel: Der Holzstoß wird erst am Vortag geschichtet.',
  });
  const post = await call<{ items: { case: string; document: number }[] }>(jan, 'GET', '/post');
  const session = await call<{ now: string }>(jan, 'GET', '/session');
  const letters = post.items.filter((each) => each.case === late.case);
  // The last stays in the outgoing post.
  for (const letter of letters.slice(1))
    await call(jan, 'POST', `/cases/${letter.case}/documents/${letter.document}/dispatch`, {
      on: dayOf(session.now),
      way: 'post',
    });
});

checkAll(STATES);
