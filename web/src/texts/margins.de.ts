// What lies around the end of a deadline: how it begins, warnings before its end, grace after it.

import { fiction } from './fiction.de';

export const margins = {
  begin: 'Beginn der Zählung',
  beginsWithDay: 'mit dem ersten Tag (er zählt mit)',
  until: 'Ende mit Uhrzeit',
  grace: 'Karenz für noch nicht erfasste Post',
  graceUntil: (day: string) => `bis ${day}; die Frist wird dadurch nicht länger`,
  inGrace: (day: string) => `Karenz bis ${day}: Was rechtzeitig einging, zählt noch.`,
  warn: 'Vorwarnung',
  warned: 'Vorwarnung',
  warnedSince: (day: string) => `Vorwarnung seit ${day}`,
  extendableOnce: 'gesetzliche Frist: vor ihrem Ablauf einmal verlängerbar, ruht nicht',
  /** What its end grants, when nothing is decided by then. */
  fiction,
};
