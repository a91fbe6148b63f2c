import { describe, expect, it } from 'vitest';

import type { Graph, GraphEdge, GraphNode, Handler, Outline, StepKind } from '../../api/shapes';
import { de } from '../../texts/de';
import { courseMarks, goneWays } from './course';
import { ALWAYS, draw, openFor, parentsOf, type Subject } from './drawn';
import { centreOf, fromElk, homeOf, linesOf, pathThrough, toElk } from './layout';

const text = (said: string) => ({ de: said, en: said });
const handler = (name: string, interrupt = true): Handler => ({
  name,
  title: text(`T ${name}`),
  kind: 'deadline',
  interrupt,
  to: null,
  sentence: text(''),
  rules: [],
});
const node = (
  id: string,
  parent: string | null = null,
  kind: StepKind = 'task',
  handlers: Handler[] = [],
): GraphNode => ({
  id,
  parent,
  kind,
  title: text(id),
  block: null,
  handlers,
});
const edge = (from: string | null, to: string, more: Partial<GraphEdge> = {}): GraphEdge => ({
  id: `${from}>${to}${more.outcome ?? more.handler ?? more.when ?? ''}`,
  from,
  to,
  outcome: null,
  handler: null,
  when: null,
  when_sentence: null,
  ...more,
});
const outline = (step: string, outcomes: Record<string, string>): Outline => ({
  step,
  title: text(step),
  kind: 'task',
  sentence: text(''),
  block: null,
  legal_basis: [],
  flows: Object.entries(outcomes).map(([outcome, title]) => ({
    outcome,
    outcome_title: text(title),
    when: null,
    when_sentence: null,
    to: null,
    leaves: false,
    leaves_with: null,
  })),
  rules: [],
  handlers: [],
  children: [],
});

const graph: Graph = {
  nodes: [
    node('a'),
    node('b', null, 'block'),
    node('b/c', 'b'),
    node('b/d', 'b', 'block', [handler('expired'), handler('reminder', false)]),
    node('b/d/e', 'b/d'),
    node('g', null, 'group'),
    node('g/h', 'g'),
    node('lost', 'nowhere'),
  ],
  edges: [
    edge('a', 'b', { outcome: 'yes' }),
    edge('a', 'b', { outcome: 'maybe' }),
    edge('a', 'g', { outcome: 'no' }),
    edge('b/c', 'b/d'),
    edge('b/d', 'b/c', { handler: 'expired' }),
    edge('g', 'a', { when: 'application.visitors > settings.insurance_from' }),
    edge('g', 'b'),
    edge('a', 'missing'),
    edge(null, 'a', { handler: 'withdrawal' }),
  ],
};
const words = { t: de, say: (said: { de: string }) => said.de };
const subject: Subject = {
  graph,
  outline: [outline('a', { yes: 'ja', no: 'nein' })],
  handlers: [handler('withdrawal')],
};

describe('drawn', () => {
  const check = (name: string, open: string[], nodes: string[], edges: string[]) =>
    it(name, () => {
      const drawn = draw(subject, new Set(open), words);
      expect(
        drawn.nodes.map(
          (each) =>
            `${each.id}${each.foldable ? (each.open ? ' -' : ' +') : ''}${each.inside > 0 ? each.inside : ''}`,
        ),
      ).toEqual(nodes);
      expect(drawn.edges.map((each) => `${each.from} > ${each.to}: ${each.text}`)).toEqual(edges);
    });
  const outer = [
    'a > b: ja · maybe',
    'a > g: nein',
    'g > a: application.visitors > settings…',
    'g > b: sonst',
    `${ALWAYS} > a: T withdrawal`,
  ];
  check('blocks are folded, groups are not', [], ['a', 'b +3', 'g1', 'g/h', 'lost', ALWAYS], outer);
  check(
    'an open block shows its steps, not those of the blocks in it',
    ['b'],
    ['a', 'b -3', 'b/c', 'b/d +1', 'g1', 'g/h', 'lost', ALWAYS],
    [...outer.slice(0, 2), 'b/c > b/d: ', 'b/d > b/c: T expired', ...outer.slice(2)],
  );
  check(
    'what is open inside a folded block stays hidden',
    ['b/d'],
    ['a', 'b +3', 'g1', 'g/h', 'lost', ALWAYS],
    outer,
  );

  it('says a rule as a sentence where there is one, and keeps the whole of it', () => {
    const said = 'Die Höhe des Holzstoßes ist mindestens 300 cm';
    const edges = [
      edge('a', 'b', { when: 'application.height >= 300', when_sentence: { de: said, en: '' } }),
    ];
    const drawn = draw(
      { graph: { nodes: [node('a'), node('b')], edges }, outline: [], handlers: [] },
      new Set(),
      words,
    );
    expect(drawn.edges.map(({ text, full }) => [text, full])).toEqual([
      ['Die Höhe des Holzstoßes ist min…', said],
    ]);
  });

  it('tells handlers in words, those beside the step as such', () => {
    const drawn = draw(subject, new Set(['b']), words);
    expect(drawn.nodes.find((each) => each.id === 'b/d')?.handlers).toEqual([
      { name: 'expired', text: 'Frist: T expired', beside: false },
      { name: 'reminder', text: 'Frist: T reminder', beside: true },
    ]);
  });

  it('leaves out what can happen at any time when nothing can', () => {
    const drawn = draw({ ...subject, handlers: [] }, new Set(), words);
    expect(drawn.nodes.some((each) => each.id === ALWAYS)).toBe(false);
    expect(drawn.edges.some((each) => each.from === ALWAYS)).toBe(false);
  });

  const opened: [string[], string[]][] = [
    [['a'], []],
    [['g/h'], []],
    [['b/d/e'], ['b/d', 'b']],
    [['gone'], []],
  ];
  for (const [steps, blocks] of opened)
    it(`open for ${steps.join()}`, () => expect([...openFor(graph, steps)]).toEqual(blocks));
});

const drawn = draw(subject, new Set(['b', 'b/d']), words);

describe('to ELK', () => {
  const asked = toElk(drawn);

  it('nests what is inside a scope', () => {
    const tree = (asked.children ?? []).map((each) => [
      each.id,
      (each.children ?? []).map((inner) => inner.id),
    ]);
    expect(tree).toEqual([
      ['a', []],
      ['b', ['b/c', 'b/d']],
      ['g', ['g/h']],
      ['lost', []],
      [ALWAYS, []],
    ]);
  });

  it('puts an edge where both its ends are', () => {
    expect((asked.edges ?? []).map((each) => `${each.sources.join()}>${each.targets.join()}`)).toEqual([
      'a>b',
      'a>g',
      'g>a',
      'g>b',
      `${ALWAYS}>a`,
    ]);
    expect(
      asked.children?.[1]?.edges?.map((each) => `${each.sources.join()}>${each.targets.join()}`),
    ).toEqual(['b/c>b/d', 'b/d>b/c']);
  });

  it('makes room for the title of a scope, its button and its handlers', () => {
    const inner = asked.children?.[1]?.children?.[1];
    expect(inner?.width).toBeUndefined();
    expect(inner?.layoutOptions?.['elk.padding']).toBe('[top=140,left=16,bottom=16,right=16]');
  });

  it('gives labels room', () => {
    expect(asked.edges?.[1]?.labels).toEqual([{ text: 'nein', width: 36, height: 18 }]);
    expect(asked.children?.[1]?.edges?.[0]?.labels).toEqual([]);
  });

  const homes: [string, string, string | null][] = [
    ['a', 'b', null],
    ['b/c', 'b/d', 'b'],
    ['b/d/e', 'b/c', 'b'],
    ['b/c', 'a', null],
    ['b', 'b/c', null],
  ];
  const parents = parentsOf(graph.nodes);
  for (const [from, to, home] of homes)
    it(`home of ${from} > ${to}`, () => expect(homeOf({ from, to }, parents)).toBe(home));

  it('does not run in circles', () => {
    expect(
      homeOf(
        { from: 'x', to: 'y' },
        new Map([
          ['x', 'y'],
          ['y', 'x'],
        ]),
      ),
    ).toBe('y');
  });

  const lines: [string, number][] = [
    ['kurz', 1],
    ['Ordnungsrechtliche Prüfung', 2],
    ['Donaudampfschifffahrtsgesellschaftskapitän', 1],
    ['eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn', 3],
  ];
  for (const [title, count] of lines) it(`lines of ${title}`, () => expect(linesOf(title)).toBe(count));
});

describe('from ELK', () => {
  const picture = fromElk(drawn, {
    id: 'picture',
    children: [
      { id: 'a', x: 10, y: 20, width: 200, height: 60 },
      {
        id: 'b',
        x: 0,
        y: 120,
        width: 240,
        height: 300,
        children: [{ id: 'b/c', x: 16, y: 70, width: 200, height: 60 }],
      },
      { id: 'unknown', x: 0, y: 0 },
    ],
    edges: [
      {
        id: 'a>gno',
        sections: [{ startPoint: { x: 1, y: 2 }, bendPoints: [{ x: 1, y: 5 }], endPoint: { x: 9, y: 5 } }],
        labels: [{ x: 3, y: 4 }],
      },
      { id: 'b/d>a' },
    ],
  });

  it('keeps outer before inner, and knows scopes', () => {
    expect(picture.nodes.map((placed) => [placed.node.id, placed.scope])).toEqual([
      ['a', false],
      ['b', true],
      ['b/c', false],
    ]);
  });

  it('keeps the way and the place of the label', () => {
    expect(picture.edges).toEqual([
      {
        edge: { id: 'a>gno', from: 'a', to: 'g', text: 'nein', full: 'nein', handler: false },
        points: [
          { x: 1, y: 2 },
          { x: 1, y: 5 },
          { x: 9, y: 5 },
        ],
        label: { x: 3, y: 4 },
      },
    ]);
  });

  const centres: [string, { x: number; y: number } | null][] = [
    ['a', { x: 110, y: 50 }],
    ['b', { x: 120, y: 220 }],
    ['b/c', { x: 116, y: 220 }],
    ['nowhere', null],
  ];
  for (const [id, centre] of centres)
    it(`centre of ${id}`, () => expect(centreOf(picture, id)).toEqual(centre));
});

describe('ways as SVG', () => {
  const cases: [{ x: number; y: number }[], string][] = [
    [[], ''],
    [
      [
        { x: 0, y: 0 },
        { x: 0, y: 10 },
      ],
      'M0,0L0,10',
    ],
    [
      [
        { x: 0, y: 0 },
        { x: 0, y: 20 },
        { x: 20, y: 20 },
      ],
      'M0,0L0,12Q0,20 8,20L20,20',
    ],
    [
      [
        { x: 0, y: 0 },
        { x: 0, y: 4 },
        { x: 20, y: 4 },
      ],
      'M0,0L0,2Q0,4 2,4L20,4',
    ],
    [
      [
        { x: 0, y: 0 },
        { x: 0, y: 0 },
        { x: 5, y: 0 },
      ],
      'M0,0L5,0',
    ],
  ];
  for (const [points, path] of cases)
    it(path === '' ? 'nothing' : path, () => expect(pathThrough(points)).toBe(path));
});

describe('course', () => {
  const course = { visited: { a: 1, 'b/c': 2 }, ways: [['a', 'b']], active: ['b', 'b/d'] };

  it('marks every step by a word', () => {
    const marks = courseMarks(graph, course, de);
    expect([...marks].map(([id, mark]) => `${id}: ${mark.look}, ${mark.words}`)).toEqual([
      'a: visited, erledigt',
      'b: active, hier steht der Vorgang',
      'b/c: visited, 2-mal durchlaufen',
      'b/d: active, hier steht der Vorgang',
      'b/d/e: pale, nicht durchlaufen',
      'g: pale, nicht durchlaufen',
      'g/h: pale, nicht durchlaufen',
      'lost: pale, nicht durchlaufen',
    ]);
  });

  it('knows the ways that were gone', () => {
    expect([...goneWays(course)]).toEqual([['a→b', 'gone']]);
  });
});
