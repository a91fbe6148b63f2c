import { expect, test } from 'vitest';

import type { KeptCase } from '../api/shapes';
import { extentOf } from './extent';

const row = (process: string, ended_at: string | null): KeptCase => ({
  id: `${process} ${ended_at ?? ''}`,
  process: { de: process, en: process },
  number: null,
  subject: null,
  ended_at,
  kept_until: null,
  basis: null,
  hold: null,
  archive: 'none',
  asked: null,
});

test.each([
  ['nothing', [], { processes: [], first: undefined, last: undefined, going: 0 }],
  [
    'one that goes on',
    [row('Hund', null)],
    { processes: ['Hund'], first: undefined, last: undefined, going: 1 },
  ],
  [
    'each process once, the days in their order, the day that it was here',
    [
      row('Osterfeuer', '2021-05-02T08:00:00Z'),
      row('Hund', '2019-12-31T23:30:00Z'),
      row('Osterfeuer', '2020-05-02T08:00:00Z'),
      row('Hund', null),
    ],
    { processes: ['Hund', 'Osterfeuer'], first: '2020-01-01', last: '2021-05-02', going: 1 },
  ],
])('%s', (_, cases, expected) => {
  expect(extentOf(cases, (text) => text.de)).toEqual(expected);
});
