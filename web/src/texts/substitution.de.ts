// Who does the work of somebody who is away.

export const substitution = {
  title: 'Vertretung',
  intro:
    'Wer vertritt, hat für diese Tage auch die Rollen der abwesenden Person und kann Aufgaben übernehmen, die sie gerade hat. Administration und Verfahrensgestaltung gehen nicht mit über. Gehandelt wird im eigenen Namen: Das Vier-Augen-Prinzip gilt weiter.',
  empty: 'Es ist keine Vertretung eingetragen.',
  add: 'Vertretung eintragen',
  save: 'Eintragen',
  columns: {
    absent: 'Abwesend',
    substitute: 'Vertretung durch',
    from: 'Von',
    until: 'Bis einschließlich',
    state: 'Stand',
    action: 'Aktion',
  },
  now: 'läuft',
  later: 'kommt noch',
  absent: 'Wer ist abwesend?',
  substitute: 'Wer vertritt?',
  substituteHelp:
    'Eine Vertretung der Vertretung gibt es nicht: Ist auch sie abwesend, tragen Sie jemand anderen ein.',
  from: 'Erster Tag',
  until: 'Letzter Tag',
  personMissing: 'Bitte eine Person wählen.',
  dayMissing: 'Bitte einen Tag angeben.',
  fromWrong: 'Der erste Tag liegt nicht in der Vergangenheit.',
  untilWrong: 'Der letzte Tag liegt nicht vor dem ersten, und höchstens ein Jahr danach.',
  begun: (substitute: string, absent: string, from: string, until: string) =>
    `${substitute} vertritt ${absent} vom ${from} bis ${until}.`,
  lacking: 'In dieser Zeit bleiben Aufgaben ohne Zuständige',
  lackingText:
    'Die Vertretung ist eingetragen. Damit kein Vorgang liegen bleibt, geben Sie einer weiteren Person die Rolle, oder wählen Sie jemand anderen.',
  end: 'Beenden',
  endOf: (absent: string, substitute: string) => `Vertretung von ${absent} durch ${substitute} beenden`,
  endWarning: (substitute: string) =>
    `${substitute} verliert damit sofort die Rollen der abwesenden Person. Schon übernommene Aufgaben gehen nicht von selbst zurück.`,
  ended: 'Die Vertretung ist beendet.',
  youStandIn: (absent: string, until: string) =>
    `Sie vertreten ${absent} bis ${until}. Übernommene Aufgaben von ${absent} stehen unter „Alle“.`,
  youAreAway: (substitute: string, until: string) => `${substitute} vertritt Sie bis ${until}.`,
};
