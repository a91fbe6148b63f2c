import type { DraftEntry, Text } from '../api/shapes';

/** Whole procedures first: they are what a newcomer looks for. */
const GROUPS = ['procedure', 'administration', 'construct', 'pattern'] as const;

export interface DraftGroup {
  id: (typeof GROUPS)[number];
  drafts: DraftEntry[];
}

interface View {
  sought: string;
  say: (text: Text) => string;
  language: string;
}

/** The drafts in which all sought words stand, by kind, each kind by title; kinds without any are left out. */
export function groupDrafts(drafts: DraftEntry[], { sought, say, language }: View): DraftGroup[] {
  const words = sought.toLocaleLowerCase(language).split(/\s+/u);
  const found = drafts.filter((draft) => {
    const summary = draft.summary === null ? '' : say(draft.summary);
    const told = `${say(draft.title)} ${summary} ${draft.id}`.toLocaleLowerCase(language);
    return words.every((word) => told.includes(word));
  });
  const order = new Intl.Collator(language, { numeric: true });
  const byTitle = (a: DraftEntry, b: DraftEntry) =>
    order.compare(say(a.title), say(b.title)) || order.compare(a.id, b.id);
  const groups = GROUPS.map((id) => ({
    id,
    drafts: found.filter((draft) => draft.group === id).sort(byTitle),
  }));
  return groups.filter((group) => group.drafts.length > 0);
}
