import { describe, expect, it } from 'vitest';

import type { CoveragePoint, Graph, ProcessCoverage } from '../api/shapes';
import { de } from '../texts/de';
import { gapMarks, gapsOf, missedWays } from './coverage';
import { point } from './made-point';
import { byStep } from './problems';

const node = (id: string, parent: string | null) => ({
  id,
  parent,
  kind: 'task' as const,
  title: { de: id, en: id },
  block: null,
  handlers: [],
});
const graph: Graph = { nodes: [node('a', null), node('a/b', 'a'), node('c', null)], edges: [] };
const coverage = (points: CoveragePoint[]): ProcessCoverage => ({ scenarios: [], figures: [], points });

describe('coverage on the picture', () => {
  const cases: [string, CoveragePoint[], Record<string, string>, string[]][] = [
    ['nothing is missed', [point('step', 'a', { count: 1 })], {}, []],
    ['a step', [point('step', 'c', { gap: true })], { c: 'nie erreicht' }, []],
    [
      'inside a block, told at the block too',
      [point('row', 'a/b', { gap: true, row: 1 }), point('row', 'a/b', { gap: true, row: 2 })],
      { 'a/b': '2 Lücken', a: '2 Lücken' },
      [],
    ],
    [
      'a way, unless another flow takes the same',
      [
        point('flow', 'a', { outcome: 'x', to: 'c', gap: true }),
        point('flow', 'a', { outcome: 'y', to: 'c', count: 1 }),
        point('flow', 'c', { to: 'a' }),
      ],
      { a: '1 Lücke' },
      ['c→a'],
    ],
    [
      'what can happen at any time',
      [point('handler', null, { handler: 'stop', to: 'c', gap: true })],
      { '@always': '1 Lücke' },
      ['@always→c'],
    ],
  ];
  for (const [name, points, marks, ways] of cases) {
    it(name, () => {
      const gaps = gapsOf(coverage(points));
      const found = gapMarks(gaps, byStep(gaps, graph), de);
      expect(Object.fromEntries([...found].map(([step, mark]) => [step, mark.words]))).toEqual(marks);
      expect([...missedWays(coverage(points)).keys()]).toEqual(ways);
    });
  }
});
