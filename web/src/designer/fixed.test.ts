import { expect, it } from 'vitest';

import type { FixChange } from '../api/shapes';
import { fixed } from './fixed';

const change = (line: number, before: string[], after: string[], file = 'a'): FixChange => ({
  file,
  line,
  before,
  after,
});

function check(text: string, changes: FixChange[], expected: string | null) {
  const fix = { title: { de: 'x', en: 'x' }, changes };
  const files = { a: text, b: 'other\n' };
  expect(fixed(files, fix)).toEqual(expected === null ? null : { a: expected, b: 'other\n' });
}

it('replaces lines', () => {
  check('1\n2\n3\n', [change(2, ['2'], ['zwei'])], '1\nzwei\n3\n');
  check('1\n2\n3', [change(3, ['3'], ['drei', 'vier'])], '1\n2\ndrei\nvier');
});

it('deletes lines, each by its number before', () => {
  check('1\n2\n3\n4\n', [change(1, ['1'], []), change(3, ['3', '4'], [])], '2\n');
});

it('keeps the ends of lines', () => {
  check('1\r\n2\r\n3\r\n', [change(2, ['2'], ['zwei'])], '1\r\nzwei\r\n3\r\n');
});

it('changes nothing that is not as it was', () => {
  check('1\n2\n', [change(2, ['3'], ['drei'])], null);
  check('1\n2\n', [change(2, ['2', '', ''], [])], null);
  check('1\n', [change(1, ['1'], ['eins'], 'c')], null);
  check('1\n', [change(1, ['1'], ['eins']), change(1, ['x'], [], 'b')], null);
});
