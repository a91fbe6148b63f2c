// What is said of the constructs of the language, and of correcting a case.

export const correct = {
  title: 'Eingreifen',
  reason: 'Begründung',
  reasonHelp: 'Steht mit Ihrem Namen im Verlauf des Vorgangs.',
  note: 'Vermerken',
  noteThat: (what: string) => `${what} vermerken`,
  triggerHint: 'Der Vorgang reagiert sofort darauf, wie es im Verfahren vorgesehen ist.',
  triggered: (what: string) => `Vermerkt: ${what}`,
  takeBack: (task: string) => `„${task}“ zurücknehmen`,
  takeBackHint:
    'Die Aufgabe wird wieder geöffnet; Ihre Eingaben bleiben als Vorschlag stehen. Das geht nur, solange daran noch nicht weitergearbeitet und nichts verschickt wurde.',
  takeBackAct: 'Zurücknehmen',
  takenBack: (task: string) => `„${task}“ ist wieder offen.`,
  changeData: 'Angaben ändern',
  changeDataHint:
    'Geänderte Angaben gelten ab jetzt. Was schon entschieden oder berechnet ist, bleibt, wie es ist. Wer ändert, nachdem der Entwurf begonnen wurde, kann ihn nicht mehr zeichnen (Vier-Augen-Prinzip).',
  receivedHelp:
    'Fristen, die schon gesetzt sind, verschieben sich nicht mit; bitte prüfen und bei Bedarf verlängern.',
  dataChanged: 'Die Angaben sind geändert.',
  save: 'Änderung speichern',
  end: 'Vorgang beenden',
  endHint:
    'Alle offenen Aufgaben und Fristen des Vorgangs enden damit. Rückgängig machen lässt sich das nicht.',
  endDone: 'Der Vorgang ist beendet.',
  outcome: 'Ergebnis in wenigen Worten',
  active: 'Aktive Schritte',
  acts: 'Möglich ist',
  skip: 'Überspringen',
  skipOf: (step: string) => `„${step}“ überspringen`,
  skipHint: 'Der Schritt wird nicht ausgeführt. Er zählt nicht als Anhörung, Unterschrift oder Versand.',
  skipped: (step: string) => `„${step}“ ist übersprungen.`,
  goesOn: 'Wie geht es weiter?',
  back: 'Zurückgehen',
  backOf: (step: string) => `Von „${step}“ zurückgehen`,
  backHint: 'Der Schritt endet hier, und der Vorgang geht zu einem früheren Schritt zurück.',
  backTo: 'Zurück zu',
  wentBack: 'Der Vorgang ist zurückgegangen.',
};

export const kinds = {
  task: 'Aufgabe',
  compute: 'Berechnung',
  decide: 'Entscheidungstabelle',
  number: 'Nummernvergabe',
  effect: 'Schreiben oder Übermittlung',
  issue: 'Bescheid erlassen',
  wait: 'Warten',
  choose: 'Verzweigung',
  fork: 'Gleichzeitige Wege',
  group: 'Gruppe',
  each: 'Für jeden Eintrag',
  adhoc: 'Auswahl durch die Sachbearbeitung',
  call: 'Eigener Vorgang',
  join: 'Zusammenführung',
  raise: 'Meldung',
  cancel: 'Beenden',
  compensate: 'Rückgängig machen',
  block: 'Baustein',
  end: 'Ende',
};

export const handlerKinds = {
  message: 'Eingang',
  deadline: 'Frist',
  dispatch: 'Versand',
  timer: 'Zeitpunkt',
  signal: 'Signal',
  error: 'Fehler',
  escalation: 'Eskalation',
  condition: 'Bedingung',
  byhand: 'Vermerk',
} as Record<string, string>;
