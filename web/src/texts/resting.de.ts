// Deadlines and letters that rest after a restore or a jump of the clock.

export const resting = {
  title: 'Fristen und Versand ruhen',
  why: {
    restored: (since: string) =>
      `Fristen und Versand ruhen seit ${since}: Die Daten wurden aus einer Sicherung zurückgeholt.`,
    clock_jumped: (since: string) =>
      `Fristen und Versand ruhen seit ${since}: Die Uhr des Servers ist um mehr als eine Stunde gesprungen.`,
  },
  ask: 'Bitte wenden Sie sich an die Administration.',
  resume: 'Weiterlaufen lassen',
  warning:
    'Danach geschieht sofort, was bis jetzt fällig ist: Fristen laufen ab, Schreiben werden erstellt. Prüfen Sie vorher, ob die Uhr des Servers stimmt und was seit der Sicherung schon hinausgegangen ist.',
  times: (last: string, now: string) => `Zuletzt gespeichert: ${last}. Uhr des Servers: ${now}.`,
  clock: {
    behind:
      'Die Uhr geht nach, oder sie ging vor, als zuletzt gespeichert wurde. Stellen Sie sie zuerst richtig, sonst ruhen Fristen und Versand bald wieder.',
    ahead:
      'Dazwischen liegt mehr als eine Stunde: Das ist richtig, wenn so lange niemand gearbeitet hat oder eine ältere Sicherung zurückgeholt wurde. Sonst geht die Uhr vor; stellen Sie sie zuerst richtig.',
  },
  resumed: 'Fristen und Versand laufen wieder.',
};
