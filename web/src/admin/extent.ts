import type { KeptCase } from '../api/shapes';
import { dayOf } from '../texts/format';

/** What several cases come to, for whoever is about to do the same about all of them. */
export function extentOf(cases: KeptCase[], say: (text: KeptCase['process']) => string) {
  const processes = [...new Set(cases.map((row) => say(row.process)))].sort((a, b) => a.localeCompare(b));
  const days = cases.flatMap((row) => (row.ended_at == null ? [] : [dayOf(row.ended_at)])).sort();
  return { processes, first: days[0], last: days.at(-1), going: cases.length - days.length };
}
