// A mock of the server for working on the pages without it: /api/v1 with invented data in memory, and the built page
// with the content security policy of the real server. Not shipped, not a model of the engine.
//   node dev/serve.mjs [port]        then either open it, or FACHWERK_SERVER=http://127.0.0.1:PORT npm run dev
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { processModel } from './process.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const DIST = join(HERE, '..', 'dist');
const EXAMPLE = join(HERE, '..', '..', 'examples', 'bonfire');
const BLOCKS = join(HERE, '..', '..', 'building-blocks');
const PORT = Number(process.argv[2] ?? 8080);
const T = (de, en) => ({ de, en });

// ---- data
let clock = Date.parse('2026-03-16T08:12:00Z');
const now = () => new Date(clock).toISOString();
const today = () => now().slice(0, 10);
const people = [
  { id: 'jan', name: 'Jan Berger', roles: ['clerk'], active: true },
  { id: 'mia', name: 'Mia Sommer', roles: ['clerk', 'lead'], active: true },
  { id: 'admin', name: 'Alex Admin', roles: ['administrator', 'clerk'], active: true },
  { id: 'p.wolf', name: 'Petra Wolf', roles: ['clerk'], active: false },
];
const roles = [
  { id: 'clerk', title: T('Sachbearbeitung Ordnungsamt', 'Clerk of the regulatory office') },
  { id: 'lead', title: T('Sachgebietsleitung', 'Team lead') },
  { id: 'administrator', title: T('Administration', 'Administrator') },
];
const { graph, outline } = processModel();
const TITLE = T('Brauchtumsfeuer anmelden', 'Register a traditional bonfire');
const schemaIn = (lang) => {
  const pick = (raw) => {
    if (raw === null || typeof raw !== 'object') return raw;
    const out = Array.isArray(raw) ? [] : {};
    for (const [key, value] of Object.entries(raw)) {
      if (key === 'x-title') out.title = value[lang];
      else if (key === 'x-help') out.description = value[lang];
      else if (key === 'x-titles')
        out[key] = Object.fromEntries(Object.entries(value).map(([id, text]) => [id, text[lang]]));
      else if (key === 'format' && (value === 'lines' || value === 'time')) out['x-format'] = value;
      else out[key] = pick(value);
    }
    return out;
  };
  return pick(JSON.parse(readFileSync(join(EXAMPLE, 'application.schema.json'), 'utf8')));
};
const application = JSON.parse(readFileSync(join(EXAMPLE, 'application.json'), 'utf8'));
const choice = (lang, title, options, extra = {}) => ({
  type: 'string',
  title,
  enum: Object.keys(options),
  'x-titles': Object.fromEntries(Object.entries(options).map(([id, text]) => [id, text[lang]])),
  ...extra,
});
const forms = {
  confirm: (l) => ({
    title: T('Vollständigkeit prüfen', 'Check completeness'),
    step: 'completeness/confirm',
    required: ['site_plan', 'owner_consent', 'insurance'],
    help: T(
      'Bestätigen oder ändern Sie je Unterlage den Vorschlag. „Fehlerhaft“ heißt, sie liegt vor, ist aber nicht verwendbar (unleserlich, nicht unterschrieben, abgelaufen).',
      'Confirm or change the proposal for each document.',
    ),
    values: { site_plan: 'present', owner_consent: 'missing', insurance: 'present' },
    show: [
      { title: T('Veranstalter', 'Organiser'), value: application.organizer, text: application.organizer },
    ],
    properties: {
      ...Object.fromEntries(
        [
          ['site_plan', 'Lageplan mit Feuerstelle und Abständen', 'Site plan'],
          ['owner_consent', 'Einwilligung des Grundstückseigentümers', 'Consent of the land owner'],
          ['insurance', 'Nachweis der Veranstalterhaftpflichtversicherung', 'Proof of insurance'],
        ].map(([id, de, en]) => [
          id,
          choice(l, l === 'de' ? de : en, {
            present: T('vorhanden', 'present'),
            missing: T('fehlt', 'missing'),
            faulty: T('fehlerhaft', 'faulty'),
            'not-required': T('nicht erforderlich', 'not required'),
          }),
        ]),
      ),
      completeness_remark: {
        type: 'string',
        'x-format': 'lines',
        maxLength: 3000,
        title: l === 'de' ? 'Was genau fehlt oder fehlerhaft ist' : 'What exactly is missing',
        description:
          l === 'de'
            ? 'Steht wörtlich im Nachforderungsschreiben. Schreiben Sie so, dass der Absender weiß, was er tun soll.'
            : 'Goes word for word into the letter.',
      },
    },
  }),
  sign: (l) => ({
    title: T('Entwurf zeichnen', 'Sign the draft'),
    step: 'sign/sign',
    required: ['outcome', 'remark'],
    help: T(
      'Mit der Zeichnung übernehmen Sie die Verantwortung für den Inhalt. Geben Sie zurück, was Sie so nicht unterschreiben würden.',
      'By signing you take responsibility for the content.',
    ),
    values: {},
    hidden: (values) => (values.outcome === 'returned' ? [] : ['remark']),
    show: [
      { title: T('Entscheidung', 'Decision'), value: 'grant', text: 'stattgeben mit Nebenbestimmungen' },
      {
        title: T('Begründung', 'Reasons'),
        value: '',
        text: 'Die Anforderungen der Gefahrenabwehrverordnung sind erfüllt.\nDie Feuerwehr hat unter Auflagen zugestimmt.',
      },
      { title: T('Gebühr', 'Fee'), value: 3000, text: '30,00 €' },
    ],
    properties: {
      outcome: choice(l, l === 'de' ? 'Ergebnis' : 'Result', {
        signed: T('gezeichnet', 'signed'),
        returned: T('zur Überarbeitung zurück', 'returned for revision'),
      }),
      remark: {
        type: 'string',
        'x-format': 'lines',
        minLength: 3,
        maxLength: 5000,
        title: l === 'de' ? 'Was zu ändern ist' : 'What is to be changed',
      },
    },
  }),
  draft: (l) => ({
    title: T('Entscheidung entwerfen', 'Draft the decision'),
    step: 'draft/draft',
    required: ['outcome', 'reasons', 'fee'],
    help: T(
      'Prüfen Sie jeden Vorschlag; Sie verantworten den Entwurf. Was Sie hier schreiben, steht so im Bescheid.',
      'Check every proposal; the draft is your responsibility.',
    ),
    values: {
      outcome: 'grant',
      reasons: 'Die Anforderungen der Gefahrenabwehrverordnung sind erfüllt.',
      fee: 3000,
      valid_until: '2026-04-30',
    },
    hidden: (values) => (values.outcome === 'settled' ? ['fee'] : []),
    show: [
      {
        title: T('Warum dieser Vorschlag', 'Why this proposal'),
        value: '',
        text: 'Alle Anforderungen erfüllt, Feuerwehr stimmt unter Auflagen zu (Regel 3, § 6 Gefahrenabwehrverordnung).',
      },
    ],
    properties: {
      outcome: choice(l, l === 'de' ? 'Entscheidung' : 'Decision', {
        grant: T('stattgeben', 'grant'),
        'grant-with-conditions': T('stattgeben mit Nebenbestimmungen', 'grant with conditions'),
        part: T('teilweise stattgeben', 'grant in part'),
        refuse: T('ablehnen', 'refuse'),
        settled: T('erledigt (Entscheidung nicht mehr nötig)', 'settled'),
      }),
      reasons: {
        type: 'string',
        'x-format': 'lines',
        minLength: 10,
        maxLength: 20000,
        title: l === 'de' ? 'Begründung' : 'Reasons',
        description:
          l === 'de'
            ? 'Die wesentlichen tatsächlichen und rechtlichen Gründe (§ 39 Abs. 1 VwVfG).'
            : 'The main reasons in fact and law.',
      },
      fee: {
        type: 'integer',
        'x-format': 'money',
        minimum: 0,
        maximum: 100000000,
        title: l === 'de' ? 'Gebühr' : 'Fee',
        description:
          l === 'de'
            ? 'Wird mit der Entscheidung festgesetzt. 0, wenn nichts erhoben wird.'
            : 'Set together with the decision.',
      },
      valid_until: { type: 'string', format: 'date', title: l === 'de' ? 'Befristet bis' : 'Valid until' },
    },
  }),
};
const person = (id) => (id === null ? null : { id, name: people.find((each) => each.id === id)?.name ?? id });
const derivation = [
  {
    de: 'Der Bescheid wurde am 9. März 2026 zur Post gegeben.',
    en: 'The notice was posted on 9 March 2026.',
    norm: '§ 41 Abs. 2 Satz 1 VwVfG',
  },
  {
    de: 'Er gilt am vierten Tag danach als bekannt gegeben, das ist Freitag, der 13. März 2026.',
    en: 'It counts as notified on the fourth day after that, Friday, 13 March 2026.',
    norm: '§ 41 Abs. 2 Satz 1 VwVfG',
  },
  {
    de: 'Der Tag der Bekanntgabe zählt nicht mit; die Frist beginnt am 14. März 2026.',
    en: 'The day of notification does not count; the period begins on 14 March 2026.',
    norm: '§ 187 Abs. 1 BGB',
  },
  {
    de: 'Ein Monat endet mit Ablauf des 13. April 2026.',
    en: 'One month ends at the end of 13 April 2026.',
    norm: '§ 188 Abs. 2 BGB',
  },
];
const subjects = [
  'Heimatverein Musterstadt e. V., Festwiese am Sportplatz',
  'Freiwillige Feuerwehr Altdorf, Sportplatz',
  'Familie Schneider, Lindenweg 12',
  'Ortsteil Neuendorf, Anger',
  'Schützenverein 1891 e. V., Schützenplatz mit einem sehr langen Ortsnamen und Zufahrt über den Mühlweg',
  'Jugendclub Biederitz, Elbwiese',
];
const kinds = ['confirm', 'draft', 'sign', 'confirm', 'sign', 'draft'];
const dues = ['2026-03-12', '2026-03-16', '2026-03-17', '2026-03-20', null, '2026-04-02'];
const cases = subjects.map((subject, index) => ({
  id: `018f-case-${index + 1}`,
  n: index + 1,
  subject,
  number: index === 5 ? null : `32.1-2026/0000${index + 1}`,
  kind: kinds[index],
  due: dues[index],
  assignee: index < 2 ? 'jan' : null,
  open: true,
  version: 7,
  notes: [],
  documents: [],
  incidents: [],
  outcome: null,
  changed: now(),
  excluded: index === 2 ? ['jan'] : [],
  task: 3,
}));
cases[0].notes.push({
  number: 1,
  by: person('jan'),
  at: '2026-03-05T10:20:00Z',
  text: 'Herr Beispiel ruft an: Der Lageplan kommt per E-Mail nach.\nEr ist bis Freitag erreichbar.',
});
for (const each of cases) {
  each.documents.push(
    {
      number: 1,
      title: 'Antrag',
      media_type: 'text/html',
      size: 18_400,
      direction: 'incoming',
      addressee: null,
      on: '2026-03-02',
      step: null,
      by: null,
      hash: 'ab12',
      dispatch: null,
    },
    {
      number: 2,
      title: 'Eingangsbestätigung',
      media_type: 'text/html',
      size: 4_100,
      direction: 'outgoing',
      addressee: 'Erika Beispiel\nLindenweg 4\n39999 Musterstadt',
      on: '2026-03-03',
      step: 'intake/letter',
      by: null,
      hash: 'cd34',
      dispatch: {
        on: '2026-03-03',
        way: 'post',
        notified_on: '2026-03-07',
        derivation: [],
        by: person('jan'),
      },
    },
  );
  if (each.n % 2 === 0)
    each.documents.push({
      number: 3,
      title: 'Bescheid Brauchtumsfeuer',
      media_type: 'text/html',
      size: 22_000,
      direction: 'outgoing',
      addressee: 'Erika Beispiel\nLindenweg 4\n39999 Musterstadt',
      on: '2026-03-13',
      step: 'notice/letter',
      by: null,
      hash: 'ef56',
      dispatch: null,
    });
}
cases[3].incidents.push({
  number: 1,
  since: '2026-03-15T06:00:00Z',
  step: 'lateness',
  code: 'RuleFailed',
  message: T(
    'Die Regel „Anmeldefrist prüfen“ ist fehlgeschlagen.',
    'The rule “Check the advance notice” failed.',
  ),
  help: T(
    'Prüfen Sie den Tag des Feuers in den Daten; danach „Erneut versuchen“.',
    'Check the day of the fire, then try again.',
  ),
  details: 'rules/lateness.rhai:4:12: days_before ist negativ (-3)',
});
const audit = Array.from({ length: 24 }, (_, index) => ({
  position: 24 - index,
  at: new Date(clock - index * 3_600_000).toISOString(),
  actor: people[index % 3].name,
  what:
    index % 5 === 4
      ? T('Verfahren „Brauchtumsfeuer anmelden“ in Einsatz genommen', 'Process deployed')
      : T('Aufgabe „Vollständigkeit prüfen“ erledigt', 'Task done'),
  case: index % 5 === 4 ? null : cases[index % 6].id,
}));
const files = (root) => {
  const out = {};
  const walk = (dir) => {
    for (const name of readdirSync(dir).sort()) {
      const path = join(dir, name);
      if (statSync(path).isDirectory()) walk(path);
      else out[relative(root, path)] = readFileSync(path, 'utf8');
    }
  };
  walk(root);
  return out;
};
const exampleFiles = () => files(EXAMPLE);
let deployed = '1.0.0';
const settings = { procedure: 'permit', fee_cents: 3000 };
const problems = [
  {
    file: 'process.yaml',
    line: 128,
    column: 9,
    length: 12,
    severity: 'warning',
    code: 'legal_basis_missing',
    message: T('Dieser Schritt nennt keine Rechtsgrundlage.', 'This step names no legal basis.'),
    help: T(
      'Tragen Sie „legal_basis“ ein, wenn der Schritt auf einer Vorschrift beruht.',
      'Add `legal_basis`.',
    ),
    step: 'late',
  },
  {
    file: 'forms/late.yaml',
    line: 3,
    column: 1,
    length: 4,
    severity: 'error',
    code: 'unknown_key',
    message: T('„helf“ ist hier kein Schlüssel.', '`helf` is no key here.'),
    help: T('Meinten Sie „help“?', 'Did you mean `help`?'),
    step: 'late',
  },
  {
    file: 'process.yaml',
    line: 185,
    column: 5,
    length: 8,
    severity: 'warning',
    code: 'scenario_missing',
    message: T('Kein Szenario erreicht diesen Schritt.', 'No scenario reaches this step.'),
    help: null,
    step: 'request/await',
  },
];
const detail = (lang) => ({
  id: 'bonfire',
  title: TITLE,
  version: deployed,
  release: `bonfire-${deployed}`,
  legal_basis: ['SOG LSA', 'KrWG § 28', 'VwVfG § 35'],
  roles: roles.slice(0, 2),
  data_schema: schemaIn(lang),
  outline,
  graph,
  settings: {
    schema: {
      type: 'object',
      required: ['fee_cents'],
      properties: {
        procedure: choice(lang, 'Verfahrensart nach Ortsrecht', {
          permit: T('Erlaubnis nötig', 'permit needed'),
          notification: T('Anzeige genügt', 'notice is enough'),
        }),
        fee_cents: {
          type: 'integer',
          'x-format': 'money',
          minimum: 0,
          maximum: 1000000,
          title: 'Gebühr der Erlaubnis',
          description: 'Nach der Kostensatzung oder der AllGO LSA.',
        },
        documents_period: {
          type: 'string',
          'x-format': 'period',
          maxLength: 40,
          title: 'Frist für nachgeforderte Unterlagen',
        },
        contact: {
          type: 'string',
          'x-format': 'lines',
          maxLength: 500,
          title: 'Ansprechstelle in Schreiben',
        },
        parishes: {
          type: 'array',
          maxItems: 5,
          title: 'Ortsteile',
          items: {
            type: 'object',
            required: ['name'],
            properties: {
              name: { type: 'string', maxLength: 80, title: 'Name' },
              distance_m: { type: 'integer', minimum: 0, title: 'Mindestabstand in m' },
            },
          },
        },
      },
    },
    values: settings,
    defaults: {
      procedure: 'permit',
      fee_cents: 3000,
      documents_period: '2 weeks',
      contact: 'Ordnungsamt',
      parishes: [{ name: 'Altdorf', distance_m: 50 }],
    },
  },
  blocks: [
    { id: 'intake', version: '1.0.0', title: T('Eingang', 'Intake') },
    { id: 'completeness-check', version: '1.0.0', title: T('Vollständigkeitsprüfung', 'Completeness check') },
  ],
  files: Object.entries(exampleFiles()).map(([path, text]) => ({ path, size: text.length })),
  problems: problems.slice(0, 1),
});
const taskId = (each) => `${each.id}.${each.task}`;
const entry = (each, who) => {
  const form = forms[each.kind]('de');
  return {
    id: taskId(each),
    case: each.id,
    title: form.title,
    process: 'bonfire',
    process_title: TITLE,
    number: each.number,
    subject: each.subject,
    role: each.kind === 'sign' ? 'lead' : 'clerk',
    assignee: person(each.assignee),
    due: each.due,
    deadline:
      each.n === 1
        ? { title: T('Widerspruchsfrist', 'Period for objection'), end: '2026-04-13' }
        : each.n === 4
          ? { title: T('Frist für Unterlagen', 'Period for documents'), end: null }
          : null,
    opened_at: now(),
    excluded: each.excluded.includes(who),
    columns: {
      organizer: application.organizer,
      place: application.place,
      event_date: application.event_date,
      visitors: 250,
    },
  };
};
const caseDetail = (each, lang, at) => ({
  id: each.id,
  process: 'bonfire',
  process_title: TITLE,
  release: `bonfire-${deployed}`,
  release_version: deployed,
  number: each.number,
  subject: each.subject,
  open: each.open,
  outcome: each.outcome,
  channel: 'manual',
  received_on: '2026-03-02',
  started_at: '2026-03-02T08:00:00Z',
  ended_at: null,
  version: at ? 3 : each.version,
  at: at ?? null,
  data: { ...application, organizer: each.subject },
  data_schema: schemaIn(lang),
  results: {
    lateness: { days_before: 59, late: false },
    completeness: { states: { site_plan: 'present' }, missing_text: '' },
  },
  tasks: each.open
    ? [
        {
          id: taskId(each),
          step: forms[each.kind]('de').step,
          title: forms[each.kind]('de').title,
          role: 'clerk',
          assignee: person(each.assignee),
          due: each.due,
          excluded: false,
        },
      ]
    : [],
  deadlines: [
    {
      instance: 12,
      name: 'final',
      title: T('Widerspruchsfrist', 'Period for objection'),
      step: 'notice/await',
      step_title: T('Bestandskraft abwarten', 'Wait until final'),
      period: '1 month',
      running: true,
      awaits_dispatch_of: null,
      start: '2026-03-14',
      raw_end: '2026-04-13',
      end: '2026-04-13',
      derivation,
    },
    {
      instance: 13,
      name: 'expired',
      title: T('Frist für Unterlagen', 'Period for documents'),
      step: 'request/await',
      step_title: T('Auf Unterlagen warten', 'Wait for documents'),
      period: '2 weeks',
      running: false,
      awaits_dispatch_of: 'request/letter',
      start: null,
      raw_end: null,
      end: null,
      derivation: [],
    },
  ],
  waits: [
    {
      step: 'request/await',
      step_title: T('Auf Unterlagen warten', 'Wait for documents'),
      for: [
        { name: 'documents-received', kind: 'message', message: 'documents-received' },
        { name: 'expired', kind: 'deadline' },
      ],
    },
  ],
  messages: [],
  accepts: [
    { name: 'documents-received', title: T('Unterlagen eingegangen', 'Documents received') },
    { name: 'withdrawal', title: T('Antragsrücknahme', 'Withdrawal') },
  ],
  documents: each.documents,
  notes: each.notes,
  incidents: each.incidents,
  course: {
    visited: {
      intake: 1,
      'intake/route': 1,
      'intake/check': 1,
      register: 1,
      'register/number': 1,
      lateness: 1,
      'in-time': 1,
      completeness: 2,
      'completeness/propose': 2,
      'completeness/confirm': 2,
      'completeness/route': 1,
    },
    ways: [
      ['intake', 'register'],
      ['intake/route', 'intake/check'],
      ['register', 'lateness'],
      ['lateness', 'in-time'],
      ['in-time', 'completeness'],
      ['completeness/propose', 'completeness/confirm'],
    ],
    active: ['completeness', 'completeness/confirm'],
  },
  permissions: { note: true, document: true, dispatch: true, message: true, retry: true },
});
const page = (items, capped = false) => ({ items, next: null, total: items.length, total_capped: capped });

// ---- routes
const sessions = new Map();
const streams = new Set();
let position = 100;
const turn = (each) => {
  each.version += 1;
  each.changed = now();
  position += 1;
  for (const stream of streams)
    stream.write(
      `event: turn\nid: ${position}\ndata: ${JSON.stringify({ position, case: each.id, version: each.version })}\n\n`,
    );
};
class Refused extends Error {
  constructor(status, code, detailText, extra = {}) {
    super(code);
    this.body = { type: 'about:blank', title: code, status, code, detail: detailText, ...extra };
  }
}
const find = (id) =>
  cases.find((each) => each.id === id) ??
  (() => {
    throw new Refused(404, 'CaseUnknown', 'Diesen Vorgang gibt es nicht.');
  })();
const findTask = (id) =>
  cases.find((each) => each.open && taskId(each) === id) ??
  (() => {
    throw new Refused(409, 'TaskNotOpen', 'Diese Aufgabe ist nicht mehr offen.');
  })();
const sessionOf = (id) => ({
  tenant: { id: 'musterstadt', title: T('Stadt Musterstadt', 'Town of Musterstadt'), land: 'ST' },
  person: people.find((each) => each.id === id),
  now: now(),
  demo: true,
  permissions: { start: ['bonfire'], deploy: id !== 'jan', administer: id === 'admin' },
});
const blocks = () =>
  readdirSync(BLOCKS)
    .filter((name) => existsSync(join(BLOCKS, name, 'block.yaml')))
    .map((id) => {
      const text = readFileSync(join(BLOCKS, id, 'block.yaml'), 'utf8');
      const line = (key) =>
        /\{ de: "?([^,"}]*)"?, en: "?([^"}]*)"? \}/
          .exec(new RegExp(`^${key}:.*$`, 'm').exec(text)?.[0] ?? '')
          ?.slice(1) ?? [id, id];
      const summary = /summary:\n {2}de: (.*)\n {2}en: (.*)/.exec(text) ?? ['', '', ''];
      const law = /legal_basis: \[(.*)\]/.exec(text)?.[1]?.split(', ') ?? [];
      return {
        id,
        version: '1.0.0',
        title: T(line('title')[0].trim(), line('title')[1].trim()),
        summary: T(summary[1], summary[2]),
        category: /^category: (.*)$/m.exec(text)?.[1] ?? 'other',
        icon: null,
        legal_basis: law,
        parameters: {
          type: 'object',
          required: ['matter'],
          properties: {
            matter: {
              type: 'string',
              title: 'Anliegen',
              description: 'Worum es geht, wie es im Betreff steht.',
            },
          },
        },
        outcomes: [{ id: 'done', title: T('erledigt', 'done') }],
        messages: [],
        installed_at: now(),
        used_by: ['bonfire'],
        readme:
          '# Baustein\n\n## Was er tut\nEr **prüft** und schreibt `result.outcome`.\n\n## Wann man ihn nimmt\n- bei Anträgen\n- bei Anzeigen\n',
      };
    });

const ROUTES = [
  [
    'GET',
    '/tenants',
    () => [
      { id: 'musterstadt', title: T('Stadt Musterstadt', 'Town of Musterstadt') },
      { id: 'altdorf', title: T('Gemeinde Altdorf', 'Municipality of Altdorf') },
    ],
  ],
  [
    'GET',
    '/tasks/counts',
    (r) => {
      const mine = cases.filter((c) => c.open && c.assignee === r.who);
      return {
        mine: mine.length,
        unassigned: cases.filter((c) => c.open && c.assignee === null).length,
        overdue: mine.filter((c) => c.due !== null && c.due < today()).length,
      };
    },
  ],
  [
    'GET',
    '/tasks',
    (r) => {
      const view = r.query.get('view') ?? 'mine';
      const q = (r.query.get('q') ?? '').toLowerCase();
      const before = r.query.get('due_before');
      const rows = cases.filter(
        (c) =>
          c.open &&
          (view === 'mine' ? c.assignee === r.who : view === 'unassigned' ? c.assignee === null : true) &&
          `${c.subject} ${c.number}`.toLowerCase().includes(q) &&
          (!before || (c.due && c.due < before)),
      );
      return page(rows.map((c) => entry(c, r.who)));
    },
  ],
  [
    'GET',
    '/tasks/:id',
    (r) => {
      const each = findTask(r.id);
      const form = forms[each.kind](r.lang);
      const excluded = each.excluded.includes(r.who);
      const mine = each.assignee === null || each.assignee === r.who;
      return {
        ...entry(each, r.who),
        help: form.help,
        step: form.step,
        step_title: form.title,
        version: each.version,
        form: { schema: { type: 'object', properties: form.properties, required: [] } },
        required: form.required,
        hidden: form.hidden?.(form.values) ?? [],
        values: form.values,
        show: form.show,
        may: {
          claim: each.assignee === null && !excluded,
          release: mine && !excluded && each.assignee !== null,
          complete: mine && !excluded,
          why_not: excluded
            ? T(
                'Vier-Augen-Prinzip: Wer hieran schon mitgewirkt hat, darf diesen Schritt nicht selbst vornehmen. Eine andere Person muss ihn übernehmen.',
                'Four eyes.',
              )
            : mine
              ? null
              : T('Die Aufgabe hat jemand anderes übernommen.', 'Taken by another.'),
        },
      };
    },
  ],
  [
    'POST',
    '/tasks/:id/preview',
    (r) => {
      const form = forms[findTask(r.id).kind](r.lang);
      const hidden = form.hidden?.(r.body.values) ?? [];
      return { hidden, required: form.required.filter((name) => !hidden.includes(name)) };
    },
  ],
  [
    'POST',
    '/tasks/:id/claim',
    (r) => {
      const each = findTask(r.id);
      each.assignee = r.who;
      turn(each);
      return { version: each.version };
    },
  ],
  [
    'POST',
    '/tasks/:id/release',
    (r) => {
      const each = findTask(r.id);
      each.assignee = null;
      turn(each);
      return { version: each.version };
    },
  ],
  [
    'POST',
    '/tasks/:id/delegate',
    (r) => {
      const each = findTask(r.id);
      each.assignee = r.body.to;
      turn(each);
      return { version: each.version };
    },
  ],
  [
    'POST',
    '/tasks/:id/complete',
    (r) => {
      const each = findTask(r.id);
      if (r.body.seen < each.version)
        throw new Refused(409, 'Stale', 'Die angezeigten Angaben wurden inzwischen geändert.');
      const form = forms[each.kind](r.lang);
      const hidden = form.hidden?.(r.body.values) ?? [];
      const all = { ...form.values, ...r.body.values };
      const misfits = form.required
        .filter((name) => !hidden.includes(name) && !all[name] && all[name] !== 0)
        .map((name) => ({
          at: `/${name}`,
          code: 'required',
          message: T('Diese Angabe fehlt.', 'This is missing.'),
        }));
      if (String(all.completeness_remark ?? '').includes('FEHLER'))
        misfits.push({
          at: '/completeness_remark',
          code: 'invalid',
          message: T('Der Text enthält ein verbotenes Wort.', 'Forbidden word.'),
        });
      if (misfits.length)
        throw new Refused(422, 'ValuesInvalid', 'Einige Angaben passen nicht.', { misfits });
      each.task += 1;
      each.kind = each.kind === 'confirm' ? 'draft' : 'sign';
      each.assignee = each.kind === 'sign' ? null : r.who;
      if (each.kind === 'sign') each.excluded = [r.who];
      turn(each);
      const next = each.kind === 'sign' ? cases.find((c) => c.open && c.assignee === r.who) : each;
      return { version: each.version, case: each.id, next: next ? taskId(next) : null };
    },
  ],
  [
    'GET',
    '/cases',
    (r) =>
      page(
        cases
          .filter(
            (c) =>
              (r.query.get('open') === null || String(c.open) === r.query.get('open')) &&
              `${c.subject} ${c.number}`.toLowerCase().includes((r.query.get('q') ?? '').toLowerCase()),
          )
          .map((c) => ({
            id: c.id,
            process: 'bonfire',
            process_title: TITLE,
            number: c.number,
            subject: c.subject,
            open: c.open,
            outcome: c.outcome,
            received_on: '2026-03-02',
            started_at: '2026-03-02T08:00:00Z',
            changed_at: c.changed,
            ended_at: null,
            columns: entry(c, r.who).columns,
          })),
      ),
  ],
  [
    'POST',
    '/cases',
    (r) => {
      if (r.body.data.organizer === 'FEHLER')
        throw new Refused(422, 'ValuesInvalid', 'Einige Angaben passen nicht.', {
          misfits: [
            {
              at: '/organizer',
              code: 'invalid',
              message: T('Diesen Veranstalter gibt es nicht.', 'Unknown organiser.'),
            },
          ],
        });
      const each = {
        ...structuredClone(cases[5]),
        id: `018f-case-${cases.length + 1}`,
        n: cases.length + 1,
        subject: `${r.body.data.organizer}, ${r.body.data.place}`,
        number: `32.1-2026/0000${cases.length + 1}`,
        kind: 'confirm',
        assignee: null,
        due: today(),
        excluded: [],
      };
      cases.push(each);
      turn(each);
      return { case: each.id, version: 1 };
    },
  ],
  [
    'GET',
    '/cases/:id',
    (r) => {
      if ((r.query.get('at') ?? '9') < '2026-03-02')
        throw new Refused(404, 'CaseUnknown', 'Diesen Vorgang gibt es nicht.');
      return caseDetail(find(r.id), r.lang, r.query.get('at'));
    },
  ],
  [
    'GET',
    '/cases/:id/journal',
    () =>
      page(
        [7, 6, 5, 4, 3, 2, 1].map((version) => ({
          version,
          at: `2026-03-${String(version * 2).padStart(2, '0')}T09:15:00Z`,
          actor:
            version % 3 === 0
              ? { kind: 'engine', id: 'engine', name: 'System' }
              : { kind: 'person', id: 'jan', name: 'Jan Berger' },
          sentences: [
            T('Aufgabe „Vollständigkeit prüfen“ erledigt.', 'Task “Check completeness” done.'),
            T('Frist „Unterlagen“ gesetzt: Ende 30.03.2026.', 'Deadline set.'),
          ],
          events: [{ TaskCompleted: { instance: version } }],
        })),
      ),
  ],
  [
    'POST',
    '/cases/:id/notes',
    (r) => {
      const each = find(r.id);
      each.notes.push({ number: each.notes.length + 1, by: person(r.who), at: now(), text: r.body.text });
      turn(each);
      return { version: each.version, number: each.notes.length };
    },
  ],
  [
    'POST',
    '/cases/:id/documents',
    (r) => {
      const each = find(r.id);
      each.documents.push({
        ...each.documents[0],
        number: each.documents.length + 1,
        title: 'Hochgeladenes Dokument',
      });
      turn(each);
      return { version: each.version, number: each.documents.length };
    },
  ],
  [
    'POST',
    '/cases/:id/documents/:n/dispatch',
    (r) => {
      const each = find(r.id);
      if (r.body.on > today())
        throw new Refused(409, 'DayInFuture', 'Der Tag des Versands liegt in der Zukunft.');
      each.documents[Number(r.n) - 1].dispatch = {
        on: r.body.on,
        way: r.body.way,
        notified_on: '2026-03-20',
        derivation: derivation.slice(0, 2),
        by: person(r.who),
      };
      turn(each);
      return { version: each.version, notified_on: '2026-03-20', derivation: derivation.slice(0, 2) };
    },
  ],
  [
    'POST',
    '/cases/:id/messages',
    (r) => {
      const each = find(r.id);
      turn(each);
      return { version: each.version };
    },
  ],
  [
    'POST',
    '/cases/:id/incidents/:n/retry',
    (r) => {
      const each = find(r.id);
      each.incidents = [];
      turn(each);
      return { version: each.version };
    },
  ],
  [
    'GET',
    '/deadlines',
    (r) =>
      page(
        cases
          .flatMap((c) => [
            {
              case: c.id,
              number: c.number,
              subject: c.subject,
              process: 'bonfire',
              instance: 12,
              name: 'final',
              title: T('Widerspruchsfrist', 'Period for objection'),
              end: c.n === 2 ? null : `2026-0${c.n === 1 ? 3 : 4}-1${c.n}`,
            },
          ])
          .filter((d) => !r.query.get('until') || (d.end && d.end <= r.query.get('until'))),
      ),
  ],
  [
    'GET',
    '/incidents',
    () =>
      page(
        cases.flatMap((c) =>
          c.incidents.map((i) => ({
            ...i,
            case: c.id,
            case_number: c.number,
            subject: c.subject,
            process: 'bonfire',
          })),
        ),
      ),
  ],
  [
    'GET',
    '/post',
    () =>
      page(
        cases.flatMap((c) =>
          c.documents
            .filter((d) => d.direction === 'outgoing' && !d.dispatch)
            .map((d) => ({
              case: c.id,
              document: d.number,
              title: d.title,
              addressee: d.addressee,
              since: '2026-03-13T10:00:00Z',
              case_number: c.number,
            })),
        ),
      ),
  ],
  [
    'GET',
    '/processes',
    () => [
      {
        id: 'bonfire',
        title: TITLE,
        version: deployed,
        release: `bonfire-${deployed}`,
        deployed_at: '2026-03-01T07:00:00Z',
        deployed_by: 'Alex Admin',
        open_cases: cases.length,
        current: true,
        legal_basis: ['SOG LSA', 'KrWG § 28', 'VwVfG § 35'],
      },
      {
        id: 'bonfire',
        title: TITLE,
        version: '0.9.0',
        release: 'bonfire-0.9.0',
        deployed_at: '2026-01-10T07:00:00Z',
        deployed_by: 'Alex Admin',
        open_cases: 2,
        current: false,
        legal_basis: ['SOG LSA'],
      },
    ],
  ],
  ['POST', '/processes/check', (r) => ({ problems, process: detail(r.lang) })],
  [
    'POST',
    '/processes/deploy',
    (r) => {
      if (r.body.reason === 'nein')
        throw new Refused(422, 'NotDeployable', 'Ein Szenario ist nicht bestanden.', {
          problems,
          scenarios: [
            { title: 'Der Verein bekommt die Erlaubnis', passed: true },
            {
              title: 'Niemand zeichnet seinen eigenen Entwurf',
              passed: false,
              failed_at: 'scenarios/07-four-eyes.yaml:14',
            },
          ],
        });
      deployed = '1.1.0';
      return {
        release: 'bonfire-1.1.0',
        version: deployed,
        problems: [],
        scenarios: [
          { title: 'Der Verein bekommt die Erlaubnis', passed: true },
          { title: 'Niemand zeichnet seinen eigenen Entwurf', passed: true },
        ],
      };
    },
  ],
  ['GET', '/processes/:id', (r) => detail(r.lang)],
  [
    'PUT',
    '/processes/:id/settings',
    (r) => {
      Object.assign(settings, r.body.values);
      return {};
    },
  ],
  [
    'GET',
    '/drafts',
    () => [
      { id: 'bonfire', title: TITLE, source: 'example' },
      { id: 'tree-felling', title: T('Baumfällgenehmigung', 'Tree felling permit'), source: 'example' },
    ],
  ],
  ['GET', '/drafts/:id', () => ({ files: exampleFiles() })],
  ['GET', '/blocks', blocks],
  [
    'POST',
    '/blocks',
    () => {
      throw new Refused(422, 'NotInstallable', 'Der Baustein hat Fehler.', { problems });
    },
  ],
  ['GET', '/people', () => people],
  [
    'PUT',
    '/people/:id',
    (r) => {
      const known = people.find((each) => each.id === r.id);
      const rest = { name: r.body.name, roles: r.body.roles, active: r.body.active };
      if (known) Object.assign(known, rest);
      else people.push({ id: r.id, ...rest });
      return people.find((each) => each.id === r.id);
    },
  ],
  ['GET', '/roles', () => roles],
  ['GET', '/audit', () => page(audit)],
  ['GET', '/clock', () => ({ now: now() })],
  [
    'POST',
    '/clock',
    (r) => {
      const [count, unit] = r.body.advance.split(' ');
      clock +=
        Number(count) * { hour: 3.6e6, day: 8.64e7, week: 6.048e8, month: 2.592e9 }[unit.replace(/s$/, '')];
      return { now: now() };
    },
  ],
  ['POST', '/session/password', () => null],
];

const CSP =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:";
const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

function send(response, status, body) {
  const problem = status >= 400;
  response.writeHead(status, { 'content-type': problem ? 'application/problem+json' : 'application/json' });
  response.end(body === undefined || body === null ? '' : JSON.stringify(body));
}

function serveFile(url, response) {
  const wanted = normalize(join(DIST, decodeURIComponent(url.pathname)));
  const file =
    wanted.startsWith(DIST) && existsSync(wanted) && statSync(wanted).isFile()
      ? wanted
      : join(DIST, 'index.html');
  response.writeHead(200, {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': CSP,
  });
  createReadStream(file).pipe(response);
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return request.headers['content-type']?.includes('json') && text ? JSON.parse(text) : {};
}

async function answer(request, response) {
  const url = new URL(request.url, 'http://localhost');
  if (!url.pathname.startsWith('/api/v1/')) return serveFile(url, response);
  const path = url.pathname.slice('/api/v1'.length);
  const token = /fachwerk_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1];
  const body = await readBody(request);
  const lang = request.headers['accept-language']?.startsWith('en') ? 'en' : 'de';
  if (request.method !== 'GET' && request.headers['x-fachwerk'] !== '1')
    throw new Refused(403, 'Forgery', 'X-Fachwerk fehlt.');
  if (path === '/session' && request.method === 'POST') {
    if (body.password !== 'demo' || !people.some((each) => each.id === body.person && each.active))
      throw new Refused(401, 'LoginFailed', 'Falsch.');
    const fresh = Math.random().toString(36).slice(2);
    sessions.set(fresh, body.person);
    response.setHeader('set-cookie', `fachwerk_session=${fresh}; HttpOnly; SameSite=Strict; Path=/`);
    return send(response, 200, sessionOf(body.person));
  }
  const who = sessions.get(token);
  if (!who && path !== '/tenants') throw new Refused(401, 'NotLoggedIn', 'Nicht angemeldet.');
  if (path === '/session' && request.method === 'DELETE') {
    sessions.delete(token);
    return response.writeHead(204).end();
  }
  if (path === '/session') return send(response, 200, sessionOf(who));
  if (path === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write(': hello\n\n');
    streams.add(response);
    request.on('close', () => streams.delete(response));
    return undefined;
  }
  const file = /^\/processes\/[^/]+\/files\/(.+)$/.exec(path);
  if (file) {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    return response.end(exampleFiles()[decodeURIComponent(file[1])] ?? '');
  }
  if (request.method === 'GET' && /^\/cases\/[^/]+\/documents\/\d+$/.test(path)) {
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': 'sandbox',
    });
    return response.end('<!doctype html><title>Schreiben</title><h1>Schreiben</h1>');
  }
  for (const [method, pattern, run] of ROUTES) {
    const names = [];
    const match = new RegExp(
      `^${pattern.replace(/:(\w+)/g, (_, name) => {
        names.push(name);
        return '([^/]+)';
      })}$`,
    ).exec(path);
    if (match && method === request.method) {
      const values = Object.fromEntries(
        names.map((name, index) => [name, decodeURIComponent(match[index + 1])]),
      );
      const result = run({ ...values, body, query: url.searchParams, who, lang });
      return result === null ? response.writeHead(204).end() : send(response, 200, result);
    }
  }
  throw new Refused(404, 'NotFound', 'Das gibt es nicht.');
}

createServer((request, response) => {
  answer(request, response).catch((error) => {
    if (error instanceof Refused) return send(response, error.body.status, error.body);
    console.error(error);
    return send(response, 500, { title: 'Fault', status: 500, code: 'Fault' });
  });
}).listen(PORT, '127.0.0.1', () => console.log(`mock server on http://127.0.0.1:${PORT}`));
