import { useCallback, useState } from 'react';

import { useServerNow } from '../api/session';
import type { Values } from '../api/shapes';
import { dropDraft, loadDraft, saveDraft } from './draft';

export interface DraftState {
  /** The fields that were changed, with their entries. */
  edits: Values;
  dirty: boolean;
  /** When the entries were made that were found again; null when there were none. */
  restored: string | null;
  change: (edits: Values) => void;
  discard: () => void;
  /** The entries were sent. */
  clear: () => void;
}

/** The entries of a form, kept in this window with every change. */
export function useDraft(key: string): DraftState {
  const now = useServerNow();
  const [found] = useState(() => loadDraft(window.sessionStorage, key));
  const [edits, setEdits] = useState<Values>(found?.values ?? {});
  const [restored, setRestored] = useState(found?.at ?? null);
  const clear = useCallback(() => {
    setEdits({});
    setRestored(null);
  }, []);
  return {
    edits,
    dirty: Object.keys(edits).length > 0,
    restored,
    change: (next) => {
      setEdits(next);
      saveDraft(window.sessionStorage, key, { values: next, at: new Date(now()).toISOString() });
    },
    discard: () => {
      dropDraft(window.sessionStorage, key);
      clear();
    },
    clear,
  };
}
