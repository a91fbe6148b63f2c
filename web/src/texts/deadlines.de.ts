// Fristen.

export const deadlines = {
  title: 'Fristen',
  intro: 'Die Fristen aller Vorgänge: laufende, solche, die noch nicht laufen, und ruhende.',
  running: 'Laufende Fristen',
  until: 'Fristende bis',
  columns: { end: 'Fristende', title: 'Frist', case: 'Vorgang', process: 'Verfahren' },
  empty: 'Es läuft keine Frist.',
  emptyFiltered: 'Bis zu diesem Tag endet keine Frist.',
  none: 'In diesem Vorgang läuft keine Frist.',
  end: 'Fristende',
  start: 'Beginn',
  rawEnd: 'Ende vor Verschiebung',
  period: 'Dauer',
  step: 'Schritt',
  derivation: 'So ist die Frist berechnet',
  waits: (what: string) =>
    `Läuft noch nicht: Die Frist beginnt, wenn der Versand des Schreibens aus „${what}“ vermerkt ist.`,
  over: 'abgelaufen oder aufgehoben',
  notYet: 'Läuft noch nicht',
  notYetIntro:
    'Diese Fristen beginnen erst, wenn das Schreiben, von dem sie abhängen, verschickt und der Versand vermerkt ist. Liegt es noch im Postausgang?',
  suspended: 'Ruhende Fristen',
  suspendedIntro:
    'Diese Fristen ruhen: Sie haben kein Ende, bis sie am Vorgang unter „Weitere Aktionen“ weiterlaufen.',
  ended: 'Beendet',
  passed: (day: string) => `Abgelaufen mit dem Ende des Tages: ${day}.`,
  settled: (instant: string) => `Erledigt am ${instant}, bevor sie abgelaufen war.`,
  attacked: (instant: string) => `Beendet am ${instant}: Ein Rechtsbehelf ist eingegangen.`,
  notArrived: (instant: string) => `Hinfällig seit ${instant}: Das Schreiben ist nicht angekommen.`,
  runsOn: (day: string) => `Läuft nach dem Ende des Vorgangs weiter, bis zum Ende des Tages: ${day}.`,
  recordNow: 'Versand vermerken',
  print: 'Fristberechnung drucken',
};
