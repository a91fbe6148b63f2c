// A process for the mock server: the bonfire example, shortened, as outline and graph.
const T = (de, en) => ({ de, en });

/** [id, kind, title, then: {outcome: target} | target | null, options] */
const STEPS = [
  [
    'intake',
    'block',
    T('Eingang', 'Intake'),
    { accepted: 'register', duplicate: 'end-duplicate', 'not-responsible': 'hand-over' },
    {
      block: 'intake',
      law: ['VwVfG § 24 Abs. 3'],
      steps: [
        [
          'route',
          'choose',
          T('Muss jemand prüfen?', 'Does somebody have to check?'),
          { typed: null, else: 'check' },
        ],
        [
          'check',
          'task',
          T('Eingang prüfen', 'Check the entry'),
          null,
          { role: 'Sachbearbeitung Ordnungsamt' },
        ],
      ],
    },
  ],
  [
    'register',
    'block',
    T('Aktenzeichen vergeben', 'Register the case'),
    'lateness',
    {
      block: 'register-case',
      steps: [['number', 'number', T('Nummer ziehen', 'Draw the number'), null]],
    },
  ],
  [
    'lateness',
    'compute',
    T('Anmeldefrist prüfen', 'Check the advance notice'),
    'in-time',
    { law: ['Gefahrenabwehrverordnung der Gemeinde'] },
  ],
  [
    'in-time',
    'choose',
    T('Rechtzeitig angemeldet?', 'Registered in time?'),
    { late: 'late', else: 'completeness' },
  ],
  [
    'late',
    'task',
    T('Verspätete Anmeldung', 'Late registration'),
    { examine: 'completeness', 'too-late': 'draft' },
    { role: 'Sachbearbeitung Ordnungsamt' },
  ],
  [
    'completeness',
    'block',
    T('Vollständigkeitsprüfung', 'Completeness check'),
    { complete: 'examine', incomplete: 'request' },
    {
      block: 'completeness-check',
      law: ['VwVfG § 24', 'VwVfG § 26'],
      steps: [
        ['propose', 'compute', T('Vorschlag berechnen', 'Compute the proposal'), 'confirm'],
        [
          'confirm',
          'task',
          T('Vollständigkeit prüfen', 'Check completeness'),
          'route',
          { role: 'Sachbearbeitung Ordnungsamt' },
        ],
        ['route', 'choose', T('Fehlt etwas?', 'Is anything missing?'), null],
      ],
    },
  ],
  [
    'request',
    'block',
    T('Unterlagen nachfordern', 'Request documents'),
    { received: 'completeness', expired: 'draft' },
    {
      block: 'request-documents',
      law: ['VwVfG § 26 Abs. 2'],
      handlers: [{ name: 'documents-received', kind: 'message', interrupt: true, to: null }],
      steps: [
        ['letter', 'effect', T('Nachforderung schreiben', 'Write the request'), 'await'],
        [
          'await',
          'wait',
          T('Auf Unterlagen warten', 'Wait for documents'),
          null,
          {
            handlers: [{ name: 'expired', kind: 'deadline', interrupt: true, to: null }],
          },
        ],
      ],
    },
  ],
  [
    'examine',
    'fork',
    T('Fachliche Prüfung', 'Examination'),
    'draft',
    {
      steps: [
        [
          'fire-brigade',
          'block',
          T('Beteiligung der Feuerwehr', 'Participation of the fire brigade'),
          null,
          { block: 'participation' },
        ],
        [
          'regulatory',
          'group',
          T('Ordnungsrechtliche Prüfung', 'Regulatory examination'),
          null,
          {
            steps: [
              ['requirements', 'decide', T('Anforderungen prüfen', 'Check the requirements'), 'assessment'],
              [
                'assessment',
                'task',
                T('Ordnungsrechtlich prüfen', 'Regulatory examination'),
                null,
                { role: 'Sachbearbeitung Ordnungsamt' },
              ],
            ],
          },
        ],
      ],
    },
  ],
  [
    'draft',
    'block',
    T('Entscheidung entwerfen', 'Draft the decision'),
    { grant: 'sign', refuse: 'sign', settled: 'closing' },
    { block: 'draft-decision', law: ['VwVfG § 39'] },
  ],
  [
    'sign',
    'block',
    T('Schlusszeichnung (Vier-Augen-Prinzip)', 'Sign-off (four eyes)'),
    { signed: 'notice', returned: 'draft' },
    { block: 'four-eyes' },
  ],
  [
    'notice',
    'block',
    T('Bescheid bekannt geben', 'Notify the act'),
    { final: 'closing', objected: 'end-objected' },
    {
      block: 'notify',
      law: ['VwVfG § 41'],
      steps: [
        ['letter', 'effect', T('Bescheid schreiben', 'Write the notice'), 'await'],
        [
          'await',
          'wait',
          T('Bestandskraft abwarten', 'Wait until final'),
          null,
          {
            handlers: [
              { name: 'final', kind: 'deadline', interrupt: true, to: null },
              { name: 'objection', kind: 'message', interrupt: true, to: null },
            ],
          },
        ],
      ],
    },
  ],
  ['closing', 'block', T('Zu den Akten', 'File the case'), 'end-closed', { block: 'close-case' }],
  ['hand-over', 'effect', T('Abgabe mitteilen', 'Tell that it was handed over'), 'end-handed-over'],
  ['end-closed', 'end', T('Ende: erledigt', 'End: done'), null],
  ['end-duplicate', 'end', T('Ende: Doppel', 'End: duplicate'), null],
  ['end-objected', 'end', T('Ende: Widerspruch', 'End: objection'), null],
  ['end-handed-over', 'end', T('Ende: abgegeben', 'End: handed over'), null],
];

const titles = (steps) => new Map(steps.map((step) => [step[0], step[2]]));

function build(steps, parent, graph) {
  const known = titles(steps);
  const path = (id) => (parent ? `${parent}/${id}` : id);
  return steps.map(([id, kind, title, then, options = {}]) => {
    const step = path(id);
    const flows =
      then === null
        ? [{ outcome: null, to: null, leaves: parent !== null }]
        : typeof then === 'string'
          ? [{ outcome: null, to: path(then), leaves: false }]
          : Object.entries(then).map(([outcome, to]) => ({
              outcome,
              to: to === null ? null : path(to),
              leaves: to === null,
            }));
    graph.nodes.push({
      id: step,
      parent,
      kind,
      title,
      block: options.block ?? null,
      handlers: options.handlers ?? [],
    });
    for (const flow of flows) {
      if (flow.to)
        graph.edges.push({
          id: `${step}:${flow.outcome ?? ''}`,
          from: step,
          to: flow.to,
          outcome: flow.outcome,
          handler: null,
        });
    }
    const next = flows.find((flow) => flow.to);
    const target = next ? known.get(next.to.split('/').at(-1)) : null;
    const who = options.role ? T(`${options.role}: `, 'Clerk: ') : T('', '');
    const sentence = T(
      `${who.de}${title.de}.${flows.length === 1 && target ? ` Danach weiter mit „${target.de}“.` : ''}`,
      `${who.en}${title.en}.${flows.length === 1 && target ? ` Then on to “${target.en}”.` : ''}`,
    );
    const children = options.steps ? build(options.steps, step, graph) : [];
    return {
      step,
      title,
      kind,
      sentence,
      legal_basis: options.law ?? [],
      flows,
      handlers: options.handlers ?? [],
      children,
      block: options.block ? { id: options.block, version: '1.0.0', title } : null,
    };
  });
}

export function processModel() {
  const graph = { nodes: [], edges: [] };
  const outline = build(STEPS, null, graph);
  return { graph, outline };
}
