import { fiction } from './fiction.en';
import type { margins as de } from './margins.de';

export const margins: typeof de = {
  begin: 'Counted from',
  beginsWithDay: 'the first day on (it counts)',
  until: 'End with its time',
  grace: 'Grace for post not yet registered',
  graceUntil: (day: string) => `until ${day}; the deadline does not become longer by it`,
  inGrace: (day: string) => `Grace until ${day}: what came in time still counts.`,
  warn: 'Warning',
  warned: 'Warning',
  warnedSince: (day: string) => `Warned since ${day}`,
  extendableOnce: 'fixed by law: can be extended once before its end, never suspended',
  /** What its end grants, when nothing is decided by then. */
  fiction,
};
