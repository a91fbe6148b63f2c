import { describe, expect, it } from 'vitest';

import { clockOf } from './clock';

describe('the clock of the server', () => {
  const check = (last: string, now: string, expected: ReturnType<typeof clockOf>) =>
    it(`${now} after ${last}`, () => expect(clockOf(last, Date.parse(now))).toBe(expected));
  check('2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z', null);
  check('2026-03-02T08:00:00Z', '2026-03-02T09:00:00Z', null);
  check('2026-03-02T08:00:00Z', '2026-03-02T07:59:00Z', null);
  check('2026-03-02T08:00:00Z', '2026-03-02T09:00:01Z', 'ahead');
  check('2026-03-02T08:00:00Z', '2026-03-02T07:58:59Z', 'behind');
});
