import { describe, expect, it } from 'vitest';

import type { ProblemRun } from '../api/shapes';
import { courseAt, sightAt } from './run';

const said = { de: '', en: '' };
const RUN: ProblemRun = {
  played: true,
  scenario: null,
  stops: [
    { said, entered: ['a'], ways: [], active: ['a'] },
    {
      said,
      entered: ['b', 'c'],
      ways: [
        ['a', 'b'],
        ['a', 'c'],
      ],
      active: ['b', 'c'],
    },
    { said, entered: ['m', 'a'], ways: [['b', 'm']], active: ['c', 'm'] },
    { said, entered: [], ways: [], active: [] },
  ],
};

describe('a run in the picture', () => {
  it('shows what was gone through up to a stop', () => {
    expect([0, 1, 2].map((at) => courseAt(RUN, at))).toEqual([
      { visited: { a: 1 }, ways: [], active: ['a'] },
      {
        visited: { a: 1, b: 1, c: 1 },
        ways: [
          ['a', 'b'],
          ['a', 'c'],
        ],
        active: ['b', 'c'],
      },
      {
        visited: { a: 2, b: 1, c: 1, m: 1 },
        ways: [
          ['a', 'b'],
          ['a', 'c'],
          ['b', 'm'],
        ],
        active: ['c', 'm'],
      },
    ]);
  });

  it('brings into sight where it stands', () => {
    expect([0, 1, 2, 3, 4].map((at) => sightAt(RUN, at))).toEqual(['a', 'c', 'm', undefined, undefined]);
  });
});
