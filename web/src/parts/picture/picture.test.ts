import { describe, expect, it } from 'vitest';

import type { Graph, GraphNode } from '../../api/shapes';
import { de } from '../../texts/de';
import { courseMarks, goneWays } from './course';
import { centreOf, fromElk, homeOf, linesOf, pathThrough, toElk } from './layout';

const node = (id: string, parent: string | null = null, handlers: GraphNode['handlers'] = []): GraphNode => ({
  id,
  parent,
  kind: 'task',
  title: { de: id, en: id },
  block: null,
  handlers,
});
const edge = (from: string, to: string) => ({ id: `${from}>${to}`, from, to, outcome: null, handler: null });

const graph: Graph = {
  nodes: [
    node('a'),
    node('b'),
    node('b/c', 'b'),
    node('b/d', 'b', [{ name: 'expired', kind: 'deadline', interrupt: true }]),
    node('lost', 'nowhere'),
  ],
  edges: [edge('a', 'b'), edge('b/c', 'b/d'), edge('b/d', 'a'), edge('a', 'missing')],
};

describe('to ELK', () => {
  const asked = toElk(
    graph,
    (each) => each.title.de,
    () => '',
  );

  it('nests what is inside a scope', () => {
    const tree = (asked.children ?? []).map((each) => [
      each.id,
      (each.children ?? []).map((inner) => inner.id),
    ]);
    expect(tree).toEqual([
      ['a', []],
      ['b', ['b/c', 'b/d']],
      ['lost', []],
    ]);
  });

  it('puts an edge where both its ends are, and leaves out what leads nowhere', () => {
    expect((asked.edges ?? []).map((each) => each.id)).toEqual(['a>b', 'b/d>a']);
    expect(asked.children?.[1]?.edges?.map((each) => each.id)).toEqual(['b/c>b/d']);
  });

  it('makes room for handlers and for the title of a scope', () => {
    const [plain, withHandler] = asked.children?.[1]?.children ?? [];
    expect((withHandler?.height ?? 0) - (plain?.height ?? 0)).toBe(20);
    expect(asked.children?.[1]?.width).toBeUndefined();
    expect(asked.children?.[1]?.layoutOptions?.['elk.padding']).toBe('[top=70,left=16,bottom=16,right=16]');
  });

  it('gives labels room', () => {
    const labelled = toElk(
      graph,
      () => 'x',
      (each) => (each.to === 'b' ? 'ja' : ''),
    );
    expect(labelled.edges?.[0]?.labels).toEqual([{ text: 'ja', width: 22, height: 18 }]);
    expect(labelled.edges?.[1]?.labels).toEqual([]);
  });

  const homes: [string, string, string | null][] = [
    ['a', 'b', null],
    ['b/c', 'b/d', 'b'],
    ['b/c', 'a', null],
    ['b', 'b/c', null],
  ];
  const parents = new Map(graph.nodes.map((each) => [each.id, each.parent]));
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
  const picture = fromElk(graph, {
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
        id: 'a>b',
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
        edge: edge('a', 'b'),
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
      'lost: pale, nicht durchlaufen',
    ]);
  });

  it('knows the ways that were gone', () => {
    expect([...goneWays(course)]).toEqual(['a→b']);
  });
});
