// Who did something, in words.
import type { JournalEntry } from '../api/shapes';
import type { Texts } from './de';

/** A connector is the system too; its name helps whoever looks for an error. */
export function actorName({ kind, name }: JournalEntry['actor'], t: Texts): string {
  if (kind === 'person') return name;
  if (kind === 'engine') return t.word.system;
  return `${t.word.system} (${t.word.connectors[name] ?? name})`;
}
