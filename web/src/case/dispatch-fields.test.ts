import { expect, it } from 'vitest';

import { type Dispatching, fieldRefused } from './dispatch-fields';

const today = '2026-03-04';
const cases: [string, Partial<Dispatching>, 'on' | 'received'][] = [
  ['a dispatch in the future', { on: '2026-03-05' }, 'on'],
  ['a dispatch before the letter', { on: '2026-03-01' }, 'on'],
  ['a receipt in the future', { on: '2026-03-03', received: '2026-03-05' }, 'received'],
  ['a receipt before the dispatch', { on: '2026-03-03', received: '2026-03-02' }, 'received'],
  ['a dispatch in the future, and a receipt before it', { on: '2026-03-06', received: '2026-03-02' }, 'on'],
];
for (const [name, entered, field] of cases)
  it(`${name} is told at its field`, () =>
    expect(fieldRefused({ on: '', way: 'post', received: '', ...entered }, today)).toBe(field));
