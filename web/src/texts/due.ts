// How near a day is, in words and in urgency. Pure: today is an argument.
import type { Texts } from './de';
import { daysBetween } from './format';

/** How urgent it is; never shown by colour alone, the words say the same. */
export type Urgency = 'overdue' | 'soon' | 'near' | 'later' | 'none';

export interface Nearness {
  urgency: Urgency;
  words: string;
}

/** Days up to which a date is near enough to stand out. */
const NEAR_DAYS = 7;

/** What to say about a due day on a given day. Days beyond two weeks are left to the date itself. */
export function nearness(day: string | null, today: string, t: Texts): Nearness {
  const left = day === null ? null : daysBetween(today, day);
  if (left === null) return { urgency: 'none', words: t.due.none };
  if (left < 0) return { urgency: 'overdue', words: t.due.overdue(-left) };
  if (left === 0) return { urgency: 'soon', words: t.due.today };
  if (left === 1) return { urgency: 'soon', words: t.due.tomorrow };
  return { urgency: left <= NEAR_DAYS ? 'near' : 'later', words: t.due.inDays(left) };
}
