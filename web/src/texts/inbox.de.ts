// Aufgaben, Formulare und neue Vorgänge.
import { plural } from './plural';

export const inbox = {
  title: 'Aufgaben',
  views: { mine: 'Meine', unassigned: 'Offene', all: 'Alle' },
  viewsLabel: 'Welche Aufgaben',
  viewHints: {
    mine: 'Aufgaben, die Sie übernommen haben',
    unassigned: 'Aufgaben, die noch niemand übernommen hat',
    all: 'alle Aufgaben, die Ihre Rollen sehen dürfen',
  },
  filter: 'Filter',
  filterActive: (count: number) => `${plural(count, 'Filter', 'Filter')} aktiv`,
  process: 'Verfahren',
  allProcesses: 'alle Verfahren',
  text: 'Suchtext',
  textHelp: 'Aktenzeichen, Betreff oder Name',
  dueBefore: 'Fällig vor dem',
  columns: {
    due: 'Fällig',
    task: 'Aufgabe',
    case: 'Vorgang',
    process: 'Verfahren',
    who: 'Zuständig',
    action: 'Aktion',
  },
  count: (count: number, capped: boolean) =>
    capped ? `mindestens ${count} Aufgaben` : plural(count, 'Aufgabe', 'Aufgaben'),
  deadline: (title: string, day: string) => `Frist „${title}“: ${day}`,
  deadlineWaiting: (title: string) => `Frist „${title}“ läuft noch nicht`,
  excluded: 'Vier-Augen-Prinzip: nicht durch Sie',
  excludedHint:
    'Sie haben an diesem Vorgang schon mitgewirkt oder danach Angaben oder Beteiligte geändert. Diese Aufgabe muss eine andere Person erledigen.',
  claim: 'Übernehmen',
  claimOf: (title: string, subject: string) => `Übernehmen: ${title}, ${subject}`,
  claimed: (title: string) => `Übernommen: ${title}`,
  noNumber: 'noch ohne Aktenzeichen',
  noSubject: 'ohne Betreff',
  role: (role: string) => `Rolle ${role}`,
  empty: {
    mine: 'Sie haben keine Aufgaben übernommen. Unter „Offene“ sehen Sie, was wartet.',
    unassigned: 'Zurzeit liegt keine offene Aufgabe für Ihre Rollen vor.',
    all: 'Es gibt gerade keine Aufgaben.',
    filtered: 'Zu diesen Filtern gibt es keine Aufgabe.',
  },
  start: 'Neuen Vorgang beginnen',
  more: (shown: number, total: string) => `${shown} von ${total} angezeigt`,
};

export const start = {
  title: 'Neuen Vorgang beginnen',
  choose: 'Welches Verfahren?',
  none: 'Mit Ihren Rollen können Sie keinen Vorgang beginnen.',
  received: 'Tag des Eingangs',
  receivedHelp: 'Der Tag, an dem der Antrag wirklich eingegangen ist; von ihm laufen Fristen.',
  retired: (title: string) =>
    `„${title}“ ist außer Betrieb genommen; neue Vorgänge lassen sich damit nicht anlegen.`,
  draftDay: (day: string) =>
    day === ''
      ? 'Der Tag des Eingangs fehlt darin.'
      : `Auch der Tag des Eingangs ist von damals: ${day}. Bitte prüfen.`,
  receivedFuture: 'Der Tag des Eingangs liegt in der Zukunft.',
  longAgo: (day: string) => `Der Tag des Eingangs liegt mehr als ein Jahr zurück: ${day}`,
  reallyLongAgo: 'Der Antrag ist wirklich an diesem Tag eingegangen.',
  confirmLongAgo: 'Bitte den Tag berichtigen oder bestätigen.',
  data: 'Angaben',
  submit: 'Vorgang anlegen',
  done: 'Der Vorgang ist angelegt.',
  legal: (norms: string) => `Rechtsgrundlage: ${norms}`,
  change: 'Anderes Verfahren wählen',
};

export const form = {
  check: (count: number) =>
    count === 1 ? 'Bitte prüfen Sie eine Angabe' : `Bitte prüfen Sie ${count} Angaben`,
  required: 'Diese Angabe fehlt.',
  noneOpen: 'Mit den übrigen Angaben steht hier nichts zur Wahl. Bitte diese prüfen.',
  noneOpenBecauseOf: (fields: string) =>
    fields === ''
      ? 'Mit den übrigen Angaben steht hier nichts zur Wahl. Bitte diese prüfen.'
      : `Mit dem, was bei „${fields}“ eingetragen ist, steht hier nichts zur Wahl. Bitte prüfen.`,
  closes: (choice: string) => `Mit dieser Angabe steht bei „${choice}“ nichts zur Wahl.`,
  tooLong: (limit: number) => `Höchstens ${limit} Zeichen.`,
  tooFew: (limit: number) =>
    limit === 1 ? 'Mindestens ein Eintrag ist nötig.' : `Mindestens ${limit} Einträge sind nötig.`,
  tooShort: (limit: number) => `Mindestens ${limit} Zeichen.`,
  tooSmall: (limit: string) => `Mindestens ${limit}.`,
  tooLarge: (limit: string) => `Höchstens ${limit}.`,
  notMoney: 'Das ist kein Betrag. Schreiben Sie zum Beispiel 1.234,50.',
  notNumber: 'Das ist keine ganze Zahl.',
  notDay: 'Das ist kein Tag. Schreiben Sie zum Beispiel 02.03.2026.',
  noDate: (date: number, month: string, days: number) =>
    `Den ${date}. ${month} gibt es nicht. Dieser Monat hat ${days} Tage.`,
  noMonth: (month: number) =>
    `Einen ${month}. Monat gibt es nicht. Zuerst kommt der Tag, dann der Monat: zum Beispiel 02.03.2026.`,
  dayShape: 'TT.MM.JJJJ',
  notTime: 'Das ist keine Uhrzeit. Schreiben Sie zum Beispiel 18:30.',
  notEmail: 'Das ist keine E-Mail-Adresse.',
  notPattern: 'Die Angabe hat nicht die verlangte Form.',
  notDigits: (count: number) => `Hier werden genau ${count} Ziffern gebraucht.`,
  notPeriod: 'Das ist kein Zeitraum. Schreiben Sie zum Beispiel: 4 Wochen.',
  notAbove: 'Das passt zu keinem Feld dieses Formulars.',
  periodHelp: 'Zum Beispiel: 2 Wochen, 1 Monat, 5 Arbeitstage',
  timeHelp: 'Zum Beispiel 18:30',
  entry: (n: number) => `Eintrag ${n}`,
  addEntry: 'Eintrag hinzufügen',
  removeEntry: (n: number) => `Eintrag ${n} entfernen`,
  noEntries: 'Noch kein Eintrag.',
  unknownField: 'Dieses Feld kann hier nicht bearbeitet werden.',
  noDocuments: 'In der Akte liegt noch kein Dokument.',
  nothing: 'Hier ist nichts einzutragen.',
  german: 'Deutsch',
  english: 'Englisch',
  calendar: 'Kalender öffnen',
  calendarTitle: 'Kalender',
  previousMonth: 'Vorheriger Monat',
  nextMonth: 'Nächster Monat',
};

export const task = {
  choice: 'Was ist als Nächstes zu tun?',
  choiceHint: 'Sie wählen die Schritte und ihre Reihenfolge. Jeder Schritt kann mehrmals begonnen werden.',
  choiceStep: 'Schritt',
  choiceState: 'Stand',
  choiceAct: 'Beginnen',
  begin: 'Beginnen',
  beginOf: (step: string) => `„${step}“ beginnen`,
  begun: (step: string) => `Begonnen: ${step}`,
  underWay: 'läuft',
  timesBegun: (count: number) => (count === 0 ? 'noch nicht begonnen' : `${count}-mal begonnen`),
  finishGroup: 'Abschnitt beenden',
  form: 'Zu erledigen',
  context: 'Zum Vorgang',
  shown: 'Angaben dazu',
  claim: 'Aufgabe übernehmen',
  release: 'Zurückgeben',
  free: 'Freigeben',
  changedSince: 'Geändert, seit der vorige Schritt begonnen wurde',
  changedBy: (what: string, name: string, at: string) => `${what} – ${name}, ${at}`,
  delegate: 'Weitergeben',
  delegateTo: 'An wen?',
  delegated: (name: string) => `Die Aufgabe ist an ${name} weitergegeben.`,
  released: 'Die Aufgabe ist zurückgegeben und wieder für alle offen.',
  complete: 'Erledigen',
  completeHint: 'Strg + Eingabe',
  claimFirst: 'Übernehmen Sie die Aufgabe, um sie zu bearbeiten.',
  assignedTo: (name: string) => `Übernommen von ${name}`,
  assignedToYou: 'Von Ihnen übernommen',
  unassigned: 'Noch nicht übernommen',
  due: 'Fällig',
  done: (title: string) => `Erledigt: ${title}`,
  next: 'Das ist die nächste Aufgabe dieses Vorgangs.',
  nextOfOther: 'Die nächste Aufgabe gehört zu einem anderen Vorgang – bitte das Aktenzeichen beachten.',
  noNext: 'Für Sie liegt keine weitere Aufgabe vor.',
  nowWith: (roles: string) => `Der Vorgang liegt jetzt bei: ${roles}.`,
  nowEnded: 'Der Vorgang ist abgeschlossen.',
  nowWaits: 'Der Vorgang wartet; worauf, steht in seiner Übersicht.',
  nowUnderWay: 'Der nächste Schritt wird noch vorbereitet; er erscheint am Vorgang, sobald er fertig ist.',
  nowLetters: (count: number) =>
    count === 1
      ? 'Ein Schreiben des Vorgangs liegt im Postausgang.'
      : `${count} Schreiben des Vorgangs liegen im Postausgang.`,
  draftRestored: (instant: string) =>
    `Ihre Eingaben vom ${instant} sind wieder da. Sie sind noch nicht abgeschickt.`,
  draftDiscard: 'Eingaben verwerfen',
  draftKept: 'Entwurf in diesem Fenster gesichert',
  stale:
    'Die Angaben des Vorgangs wurden inzwischen geändert. Sie sind neu geladen, Ihre Eingaben stehen noch da. Bitte prüfen Sie beides und schicken Sie noch einmal ab.',
  gone: 'Diese Aufgabe ist nicht mehr offen',
  goneHint: 'Jemand hat sie erledigt, oder der Vorgang ist weitergegangen. Der Vorgang zeigt den Stand.',
  goneKept: 'Das hatten Sie eingegeben',
  goneKeptHint:
    'Es ist nicht abgeschickt. Sie können es von hier kopieren, zum Beispiel in eine Notiz des Vorgangs; beim Abmelden geht es verloren.',
  toCase: 'Zum Vorgang',
  leaveTitle: 'Aufgabe verlassen?',
  leaveText:
    'Ihre Eingaben sind noch nicht abgeschickt. Sie bleiben in diesem Fenster gesichert, bis Sie sich abmelden.',
  stay: 'Hier bleiben',
  leave: 'Verlassen, Entwurf behalten',
  discard: 'Verlassen und verwerfen',
  revealed: 'Zu Ihrer Auswahl gehören weitere Felder. Sie stehen jetzt im Formular.',
};
