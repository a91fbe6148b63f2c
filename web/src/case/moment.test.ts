import { describe, expect, it } from 'vitest';

import { instantOf } from './moment';

describe('German local time as an instant', () => {
  const cases: [string, string | null][] = [
    ['2026-01-15T09:00', '2026-01-15T08:00:00.000Z'],
    ['2026-07-15T09:00', '2026-07-15T07:00:00.000Z'],
    ['2026-03-29T01:59', '2026-03-29T00:59:00.000Z'],
    ['2026-03-29T03:00', '2026-03-29T01:00:00.000Z'],
    // The hour from two to three comes twice; the first counts.
    ['2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T03:00', '2026-10-25T02:00:00.000Z'],
    ['2026-13-01T09:00', null],
    ['gestern', null],
    ['', null],
  ];
  for (const [local, instant] of cases)
    it(local === '' ? 'nothing' : local, () => expect(instantOf(local)).toBe(instant));
});
