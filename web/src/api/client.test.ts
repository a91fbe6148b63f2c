import { describe, expect, it } from 'vitest';

import { commandId, href } from './client';
import { ApiProblem, isProblem, problemFrom, UNREADABLE } from './problem';

describe('addresses', () => {
  it('are filled and escaped', () => {
    expect(href('/cases/{id}/documents/{n}', { id: 'a/b', n: 3 })).toBe('/api/v1/cases/a%2Fb/documents/3');
    expect(href('/events', {})).toBe('/api/v1/events');
  });
});

describe('command ids', () => {
  it('are UUIDs of version 7, each another', () => {
    const ids = Array.from({ length: 50 }, commandId);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(50);
  });
});

describe('problems', () => {
  const misfits = [{ at: '/a', code: 'required', message: { de: 'fehlt', en: 'missing' } }];
  const cases: [string, number, unknown, Partial<ApiProblem>][] = [
    [
      'of the server',
      422,
      { title: 'T', detail: 'D', code: 'ValuesInvalid', misfits },
      { code: 'ValuesInvalid', detail: 'D', misfits },
    ],
    ['without detail', 409, { title: 'T', code: 'Stale' }, { code: 'Stale', detail: 'T', misfits: [] }],
    ['a limit', 413, { code: 'BodyTooLarge', limit: 'body_bytes' }, { limit: 'body_bytes', detail: null }],
    ['that is no problem document', 502, '<html>', { code: UNREADABLE, detail: null }],
    ['empty', 500, undefined, { code: UNREADABLE }],
  ];
  for (const [name, status, body, expected] of cases) {
    it(name, () => expect(problemFrom(status, body)).toMatchObject({ status, ...expected }));
  }

  it('are known by their code', () => {
    const stale = problemFrom(409, { code: 'Stale' });
    expect([
      isProblem(stale),
      isProblem(stale, 'Stale'),
      isProblem(stale, 'Other'),
      isProblem(new Error('x')),
    ]).toEqual([true, true, false, false]);
  });
});
