export const proof = {
  verdicts: {
    sound: {
      title: 'Nachgewiesen',
      text: 'Jeder Vorgang kann enden, und jeder Schritt kann erreicht werden, was auch in den Daten steht.',
    },
    not_decided: {
      title: 'Nicht entschieden',
      text: 'Der Nachweis ist an eine Grenze gestoßen; welche, steht unten bei den Problemen.',
    },
    possibly_unsound: {
      title: 'Möglicherweise fehlerhaft',
      text: 'Der Ablauf lässt etwas zu, das nicht sein soll. Ob die Daten es ausschließen, ist nicht bekannt.',
    },
    unsound: {
      title: 'Fehlerhaft',
      text: 'Es gibt einen Verlauf, der nicht sein soll, oder etwas, zu dem es nie kommt.',
    },
  },
  unread: 'Ob jeder Vorgang enden kann, wird nachgewiesen, sobald keine Fehler mehr da sind.',
  show: 'Verlauf zeigen',
  showOf: (code: string, step: string) => `Verlauf zeigen: ${code}, ${step}`,
  runTo: (title: string) => `So kommt es dazu: ${title}`,
  played: 'durchgespielt',
  playedText: 'Das Programm hat diesen Verlauf durchgespielt.',
  possible: 'nach dem Ablauf möglich',
  possibleText:
    'Mit keinen der versuchten Werte kam ein Vorgang dorthin; die Daten schließen es vielleicht aus.',
  stop: (at: number, of: number) => `${at} von ${of}`,
  back: 'Zurück',
  on: 'Weiter',
  play: 'Abspielen',
  pause: 'Anhalten',
  again: 'Noch einmal',
  close: 'Verlauf schließen',
  here: ' – damit ist es so, wie das Problem es beschreibt.',
  scenario: 'Als Szenario',
  scenarioText:
    'Diese Datei spielt den Verlauf. Im Ordner „scenarios“ des Verfahrens hält sie fest, was falsch ist; ist der Fehler behoben, schlägt sie fehl und sagt, was jetzt ist.',
  copy: 'Kopieren',
  copied: 'Kopiert.',
  notCopied: 'Das Kopieren hat nicht geklappt. Bitte markieren und selbst kopieren.',
};
