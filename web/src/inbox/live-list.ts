// A list that changes while somebody reads it: news are read out, the focus stays where it is.
import { type RefObject, useEffect, useRef } from 'react';

import { announce } from '../parts/notices';
import { useSpeech } from '../texts/language';

/** How many of these rows were not there before. */
export function countNew(before: ReadonlySet<string>, now: { id: string }[]): number {
  return now.filter((row) => !before.has(row.id)).length;
}

/** Says how many tasks are new since the list was last read with the same filter. */
export function useNewRows(
  rows: { id: string }[] | undefined,
  filter: string,
  pages: number | undefined,
): void {
  const { t } = useSpeech();
  const before = useRef<{ filter: string; ids: Set<string> } | null>(null);
  useEffect(() => {
    if (rows === undefined) return;
    const known = before.current;
    if (known?.filter === filter) {
      const count = countNew(known.ids, rows);
      if (count > 0) announce(t.app.newTasks(count));
      for (const row of rows) known.ids.add(row.id);
    } else {
      before.current = { filter, ids: new Set(rows.map((row) => row.id)) };
    }
  }, [rows, filter, pages, t]);
}

/** When the row with the focus vanishes (somebody else did the task), the list takes the focus, not the page. */
export function useKeptFocus(data: unknown): RefObject<HTMLDivElement | null> {
  const box = useRef<HTMLDivElement>(null);
  const inside = useRef(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const enter = () => (inside.current = true);
    const leave = (event: FocusEvent) => {
      // A removed element loses the focus to nobody; that is not leaving.
      if (event.relatedTarget !== null) inside.current = element.contains(event.relatedTarget as Node);
    };
    element.addEventListener('focusin', enter);
    element.addEventListener('focusout', leave);
    return () => {
      element.removeEventListener('focusin', enter);
      element.removeEventListener('focusout', leave);
    };
  }, []);
  useEffect(() => {
    if (inside.current && document.activeElement === document.body)
      box.current?.focus({ preventScroll: true });
  }, [data]);
  return box;
}
