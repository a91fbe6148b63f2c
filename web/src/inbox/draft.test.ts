import { describe, expect, it } from 'vitest';

import { draftKey, dropDraft, dropDrafts, loadDraft, saveDraft, type Store } from './draft';
import { changed } from './edits';
import { countNew } from './live-list';

/** A storage in memory; `full` refuses to write. */
function store(full = false): Store & { entries: Map<string, string> } {
  const entries = new Map<string, string>();
  return {
    entries,
    get length() {
      return entries.size;
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => {
      if (full) throw new DOMException('full', 'QuotaExceededError');
      entries.set(key, value);
    },
    removeItem: (key) => {
      entries.delete(key);
    },
  };
}

const at = '2026-03-16T08:12:00.000Z';
const key = draftKey('musterstadt', 'jan', '018f.3');

describe('drafts', () => {
  it('come back as they were kept', () => {
    const kept = store();
    expect(saveDraft(kept, key, { values: { remark: 'fehlt', fee: 0, list: [] }, at })).toBe(true);
    expect(loadDraft(kept, key)).toEqual({ values: { remark: 'fehlt', fee: 0, list: [] }, at });
  });

  it('are not seen by another person, nor in another task', () => {
    const kept = store();
    saveDraft(kept, key, { values: { remark: 'fehlt' }, at });
    expect(loadDraft(kept, draftKey('musterstadt', 'mia', '018f.3'))).toBeNull();
    expect(loadDraft(kept, draftKey('altdorf', 'jan', '018f.3'))).toBeNull();
    expect(loadDraft(kept, draftKey('musterstadt', 'jan', '018f.4'))).toBeNull();
  });

  it('cannot be confused by separators in names', () => {
    expect(draftKey('a/b', 'c', 'd')).not.toBe(draftKey('a', 'b/c', 'd'));
  });

  it('vanish when nothing is entered any more', () => {
    const kept = store();
    saveDraft(kept, key, { values: { remark: 'fehlt' }, at });
    expect(saveDraft(kept, key, { values: {}, at })).toBe(false);
    expect(kept.entries.size).toBe(0);
  });

  it('survive a full storage without an error', () => {
    expect(saveDraft(store(true), key, { values: { remark: 'fehlt' }, at })).toBe(false);
  });

  const unreadable = ['', 'null', '[]', '{', '{"values":[],"at":"x"}', '{"values":{"a":1}}', '"text"'];
  for (const text of unreadable) {
    it(`unreadable: ${text}`, () => {
      const kept = store();
      kept.entries.set(key, text);
      expect(loadDraft(kept, key)).toBeNull();
    });
  }

  it('are dropped one by one, and all at logout; other entries stay', () => {
    const kept = store();
    const second = draftKey('musterstadt', 'jan', 'start:bonfire');
    kept.entries.set('anderes', '1');
    for (const each of [key, second]) saveDraft(kept, each, { values: { a: 1 }, at });
    dropDraft(kept, key);
    expect([...kept.entries.keys()]).toEqual(['anderes', second]);
    saveDraft(kept, key, { values: { a: 1 }, at });
    dropDrafts(kept);
    expect([...kept.entries.keys()]).toEqual(['anderes']);
  });
});

describe('edits', () => {
  const proposed = { outcome: 'grant', fee: 3000, list: ['a'] };
  const cases: [string, Record<string, unknown>, Record<string, unknown>][] = [
    ['nothing changed', { outcome: 'grant', fee: 3000, list: ['a'] }, {}],
    ['a changed value', { ...proposed, fee: 0 }, { fee: 0 }],
    ['a cleared value', { ...proposed, outcome: '' }, { outcome: '' }],
    ['a new value', { ...proposed, remark: 'x' }, { remark: 'x' }],
    ['a changed list', { ...proposed, list: ['a', 'b'] }, { list: ['a', 'b'] }],
  ];
  for (const [name, values, expected] of cases)
    it(name, () => expect(changed(proposed, values)).toEqual(expected));
});

describe('new rows', () => {
  const cases: [string[], string[], number][] = [
    [[], [], 0],
    [['a'], ['a', 'b', 'c'], 2],
    [['a', 'b'], ['b'], 0],
  ];
  for (const [before, now, expected] of cases) {
    it(`${before.join()} then ${now.join()}`, () => {
      expect(
        countNew(
          new Set(before),
          now.map((id) => ({ id })),
        ),
      ).toBe(expected);
    });
  }
});
