import { describe, expect, it } from 'vitest';

import { type Piece, readProse } from './read-prose';

describe('descriptions', () => {
  const cases: [string, string, Piece[]][] = [
    ['nothing', '', []],
    [
      'a paragraph over lines',
      'eins\nzwei\n\ndrei',
      [
        { kind: 'paragraph', text: 'eins zwei' },
        { kind: 'paragraph', text: 'drei' },
      ],
    ],
    [
      'headings',
      '# A\n## B\nText',
      [
        { kind: 'heading', depth: 1, text: 'A' },
        { kind: 'heading', depth: 2, text: 'B' },
        { kind: 'paragraph', text: 'Text' },
      ],
    ],
    [
      'a list with a wrapped item',
      '- eins\n  geht weiter\n- zwei',
      [{ kind: 'list', items: ['eins geht weiter', 'zwei'] }],
    ],
    [
      'a list right after a paragraph',
      'Text\n- eins',
      [
        { kind: 'paragraph', text: 'Text' },
        { kind: 'list', items: ['eins'] },
      ],
    ],
    ['program text stays as it is', '```yaml\na: 1\n\n# x\n```\n', [{ kind: 'code', text: 'a: 1\n\n# x' }]],
    ['program text without an end', '```\na', [{ kind: 'code', text: 'a' }]],
    [
      'a comment on a line is not shown',
      'eins\n<!-- von hier -->\nzwei <!-- x -->',
      [
        { kind: 'paragraph', text: 'eins' },
        { kind: 'paragraph', text: 'zwei <!-- x -->' },
      ],
    ],
    ['markup is text', '<b>x</b>', [{ kind: 'paragraph', text: '<b>x</b>' }]],
  ];
  for (const [name, text, pieces] of cases) it(name, () => expect(readProse(text)).toEqual(pieces));
});
