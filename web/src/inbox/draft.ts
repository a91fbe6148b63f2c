// Entries that were not sent yet, kept in this window so that neither a reload nor the end of a session loses them.
// The key names tenant and person: whoever logs in next in this window does not see them.
import type { Values } from '../api/shapes';

export interface Draft {
  /** Only the fields that were changed. */
  values: Values;
  /** When, as an instant. */
  at: string;
}

/** The part of `Storage` that is needed. */
export type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

const PREFIX = 'fachwerk.draft.';

export function draftKey(tenant: string, person: string, subject: string): string {
  return PREFIX + [tenant, person, subject].map(encodeURIComponent).join('/');
}

/** What was kept; null when nothing was, or when it cannot be read. */
export function loadDraft(store: Store, key: string): Draft | null {
  try {
    const kept: unknown = JSON.parse(store.getItem(key) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return null;
    const { values, at } = kept as Partial<Draft>;
    if (typeof values !== 'object' || Array.isArray(values) || typeof at !== 'string') return null;
    return Object.keys(values).length === 0 ? null : { values, at };
  } catch {
    return null;
  }
}

/** Keeps entries; nothing entered means nothing kept. Says whether it is kept now. */
export function saveDraft(store: Store, key: string, draft: Draft): boolean {
  try {
    if (Object.keys(draft.values).length === 0) {
      store.removeItem(key);
      return false;
    }
    store.setItem(key, JSON.stringify(draft));
    return true;
  } catch {
    // Full or forbidden: the entries are still in the form, only a reload would lose them.
    return false;
  }
}

export function dropDraft(store: Store, key: string): void {
  try {
    store.removeItem(key);
  } catch {
    // Then there is nothing to drop.
  }
}

/** At logout: everything. */
export function dropDrafts(store: Store): void {
  try {
    const keys = Array.from({ length: store.length }, (_, index) => store.key(index));
    for (const key of keys) if (key?.startsWith(PREFIX)) store.removeItem(key);
  } catch {
    // Then there is nothing to drop.
  }
}
