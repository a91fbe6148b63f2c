import { expect, test } from 'vitest';

import type { DraftEntry } from '../api/shapes';
import { groupDrafts } from './draft-groups';

const draft = (id: string, title: string, group: DraftEntry['group'], summary?: string): DraftEntry => ({
  id,
  title: { de: title, en: title },
  group,
  summary: summary === undefined ? null : { de: summary, en: summary },
  source: 'example',
});

const DRAFTS = [
  draft('10-cycles', 'Sondernutzung', 'pattern'),
  draft('02-split', 'Straßenfest', 'pattern', 'Two paths begin at once'),
  draft('fire', 'Brauchtumsfeuer', 'procedure', 'Osterfeuer und ähnliche'),
  draft('fine', 'Ärgernis', 'procedure'),
  draft('09-merge', 'Sondernutzung', 'pattern'),
];

function check(sought: string, expected: Record<string, string[]>) {
  const groups = groupDrafts(DRAFTS, { sought, say: (text) => text.de, language: 'de' });
  expect(Object.fromEntries(groups.map((group) => [group.id, group.drafts.map((each) => each.id)]))).toEqual(
    expected,
  );
}

test('drafts are grouped, sorted and searched', () => {
  check('', { procedure: ['fine', 'fire'], pattern: ['09-merge', '10-cycles', '02-split'] });
  check('OSTER', { procedure: ['fire'] });
  check('paths  once', { pattern: ['02-split'] });
  check('09', { pattern: ['09-merge'] });
  check('nirgends', {});
});
