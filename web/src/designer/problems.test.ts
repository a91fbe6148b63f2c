import { describe, expect, it } from 'vitest';

import type { Diagnostic, Graph, Outline } from '../api/shapes';
import { de } from '../texts/de';
import { byStep, countBySeverity, countText, findStep, inOrder, onlyConcerns, stepsAround } from './problems';

const problem = (
  step: string | null,
  severity: Diagnostic['severity'] = 'error',
  line = 1,
  file = 'process.yaml',
): Diagnostic => ({
  file,
  line,
  column: 1,
  length: 1,
  severity,
  code: 'x',
  message: { de: 'x', en: 'x' },
  help: null,
  step,
  run: null,
  fix: null,
});
const node = (id: string, parent: string | null) => ({
  id,
  parent,
  kind: 'task' as const,
  title: { de: id, en: id },
  block: null,
  handlers: [],
});
const graph: Graph = {
  nodes: [node('a', null), node('a/b', 'a'), node('a/b/c', 'a/b'), node('d', null)],
  edges: [],
};
const item = (step: string, children: Outline[] = []): Outline => ({
  step,
  title: { de: step, en: step },
  kind: 'task',
  sentence: { de: '', en: '' },
  block: null,
  legal_basis: [],
  flows: [],
  rules: [],
  handlers: [],
  children,
});
const outline = [item('a', [item('a/b', [item('a/b/c')])]), item('d')];

describe('problems by step', () => {
  const cases: [string, Diagnostic[], Record<string, [number, number]>][] = [
    ['none', [], {}],
    ['of no step', [problem(null)], {}],
    ['of an unknown step', [problem('gone')], {}],
    ['at the top', [problem('d')], { d: [1, 0] }],
    [
      'deep inside counts for all around',
      [problem('a/b/c'), problem('a/b/c')],
      { 'a/b/c': [2, 0], 'a/b': [0, 2], a: [0, 2] },
    ],
    ['own and inside', [problem('a'), problem('a/b')], { a: [1, 1], 'a/b': [1, 0] }],
  ];
  for (const [name, problems, expected] of cases) {
    it(name, () => {
      const found = [...byStep(problems, graph)].map(([step, each]) => [
        step,
        [each.own.length, each.inside],
      ]);
      expect(Object.fromEntries(found)).toEqual(expected);
    });
  }
});

describe('lists', () => {
  it('counts', () => {
    const found = [problem(null), problem(null, 'warning'), problem(null)];
    expect(countBySeverity(found)).toEqual({ error: 2, concern: 0, warning: 1 });
    expect(countText([...found, problem(null, 'concern')], de)).toBe('2 Fehler, 1 Bedenken, 1 Hinweis');
    expect(countText([], de)).toBe('');
  });

  it('knows when a reason is enough', () => {
    const concern = problem(null, 'concern');
    expect(onlyConcerns([concern, problem(null, 'warning')])).toBe(true);
    expect(onlyConcerns([concern, problem(null)])).toBe(false);
    expect(onlyConcerns([problem(null, 'warning')])).toBe(false);
  });

  it('puts errors first, then reads like the files', () => {
    const list = [
      problem('1', 'warning', 1),
      problem('2', 'error', 9),
      problem('3', 'error', 2),
      problem('4', 'error', 1, 'z.yaml'),
    ];
    expect(inOrder(list).map((each) => each.step)).toEqual(['3', '2', '4', '1']);
  });
});

describe('outline', () => {
  const around: [string, string[]][] = [
    ['a', []],
    ['a/b', ['a']],
    ['a/b/c', ['a', 'a/b']],
    ['gone', []],
  ];
  for (const [step, expected] of around)
    it(`around ${step}`, () => expect(stepsAround(outline, step)).toEqual(expected));

  it('finds steps at any depth', () => {
    expect([findStep(outline, 'a/b/c')?.step, findStep(outline, 'gone')]).toEqual(['a/b/c', null]);
  });
});
