import { describe, expect, it } from 'vitest';

import { changes, type Line } from './changes';

const said = (lines: Line[], sign: string) => lines.map(({ text, changed }) => (changed ? sign : ' ') + text);

function check(before: string, after: string, expected: [string[], string[]]): void {
  const found = changes(before, after);
  expect([said(found.before, '-'), said(found.after, '+')]).toEqual(expected);
}

describe('changes', () => {
  it('marks what goes and what comes', () => {
    check('a\nb\nc\n', 'a\nx\nc\n', [
      [' a', '-b', ' c'],
      [' a', '+x', ' c'],
    ]);
    check('a\nc', 'a\nb\nc', [
      [' a', ' c'],
      [' a', '+b', ' c'],
    ]);
    check('a\nb', 'b', [['-a', ' b'], [' b']]);
  });

  it('keeps as much as possible where lines are exchanged', () => {
    check('a\nb\nc', 'c\na\nb', [
      [' a', ' b', '-c'],
      ['+c', ' a', ' b'],
    ]);
  });

  it('knows texts that are empty or the same', () => {
    check('', 'a', [[], ['+a']]);
    check('a\n', '', [['-a'], []]);
    check('', '', [[], []]);
    check('a\n\nb', 'a\n\nb\n', [
      [' a', ' ', ' b'],
      [' a', ' ', ' b'],
    ]);
  });
});
