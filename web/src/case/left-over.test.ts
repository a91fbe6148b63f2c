import { expect, test } from 'vitest';

import type { Values } from '../api/shapes';
import { readFields } from '../parts/form/profile';
import { leftOver } from './left-over';

const fields = readFields({
  type: 'object',
  properties: {
    draft: {
      type: 'object',
      title: 'Entwurf',
      properties: { fee: { type: 'integer', title: 'Gebühr', 'x-format': 'money' } },
    },
    rounds: {
      type: 'array',
      title: 'Runden',
      items: { type: 'object', properties: { outcome: { type: 'string', title: 'Ergebnis' } } },
    },
  },
});

function check(values: Values, expected: Values) {
  expect(leftOver(fields, values)).toEqual(expected);
}

test('what a field names is not left over', () => {
  check({}, {});
  check({ draft: { fee: 3000 } }, {});
  check({ draft: { fee: 3000, proposed_fee: 3000, kept: null } }, { draft: { proposed_fee: 3000 } });
  check({ facts: { day: '2026-02-20' }, nothing: null }, { facts: { day: '2026-02-20' } });
  check({ rounds: [{ outcome: 'met' }, { outcome: 'met' }] }, {});
  check({ rounds: [{ outcome: 'met' }, { outcome: 'met', key: 1 }] }, { rounds: [{}, { key: 1 }] });
});
