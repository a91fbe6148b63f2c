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
  resumed: 'Fristen und Versand laufen wieder.',
};
