import { describe, expect, it } from 'vitest';

import { csv } from './csv';
import { monthsOf, type Period } from './period';

describe('periods', () => {
  const check = (period: Period, today: string, from: string, until: string) =>
    it(`${period} of ${today}`, () => expect(monthsOf(period, today)).toEqual({ from, until }));
  check('year', '2026-11-26', '2025-12-01', '2026-11-01');
  check('year', '2026-12-31', '2026-01-01', '2026-12-01');
  check('quarter', '2026-02-01', '2025-12-01', '2026-02-01');
  check('quarter', '2026-03-31', '2026-01-01', '2026-03-01');
  check('month', '2026-03-31', '2026-03-01', '2026-03-01');
  check('thisYear', '2026-03-31', '2026-01-01', '2026-03-01');
  check('lastYear', '2026-03-31', '2025-01-01', '2025-12-01');
  check('five', '2026-03-31', '2021-04-01', '2026-03-01');
});

describe('csv', () => {
  const check = (name: string, rows: (string | number | null)[][], expected: string) =>
    it(name, () => expect(csv(rows)).toBe(`\uFEFF${expected}`));
  check(
    'cells',
    [
      ['a', 1, null],
      ['b', -2, 'c'],
    ],
    'a;1;\r\nb;-2;c\r\n',
  );
  check('what separates is put into quotes', [['a;b', 'c"d', 'e\nf']], '"a;b";"c""d";"e\nf"\r\n');
  check('nothing is carried out', [['=1+1', '@x', '-2', '+3']], "'=1+1;'@x;'-2;'+3\r\n");
});
