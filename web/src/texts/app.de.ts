// Was auf jeder Seite steht: Menü, Anmeldung, Fehler, kurze Wörter.
import type { Language } from './format';
import { plural } from './plural';

export const app = {
  /** Which of both languages of a text of the server is meant. */
  code: 'de' as Language,
  name: 'Fachwerk',
  skip: 'Zum Inhalt springen',
  menu: 'Menü',
  mainNavigation: 'Hauptnavigation',
  loading: 'Wird geladen …',
  nav: {
    inbox: 'Aufgaben',
    cases: 'Vorgänge',
    deadlines: 'Fristen',
    post: 'Postausgang',
    statistics: 'Statistik',
    designer: 'Verfahren',
    admin: 'Verwaltung',
    help: 'Hilfe',
  },
  overdueHint: (count: number) => `davon ${count} überfällig`,
  lettersHint: (count: number) =>
    plural(count, 'Schreiben wartet auf den Versand', 'Schreiben warten auf den Versand'),
  openTasks: (count: number) => plural(count, 'eigene Aufgabe', 'eigene Aufgaben'),
  account: 'Konto',
  accountOf: (name: string) => `Konto von ${name}`,
  logout: 'Abmelden',
  changePassword: 'Kennwort ändern',
  language: 'English',
  languageHint: 'Switch to English',
  shortcuts: 'Tastenkürzel',
  newTasks: (count: number) => plural(count, 'neue Aufgabe in der Liste.', 'neue Aufgaben in der Liste.'),
  offline: 'Keine Verbindung zum Server. Angezeigt wird der letzte bekannte Stand.',
  online: 'Die Verbindung zum Server besteht wieder.',
  demo: 'Demobetrieb',
  demoHint: 'Alles hier ist erfunden und darf ausprobiert werden.',
  clock: (instant: string) => `Uhr des Servers: ${instant}`,
  clockAdvance: 'Uhr vorstellen',
  clockBy: 'Um wie viel vorstellen?',
  clockAdvanced: (instant: string) => `Die Uhr steht jetzt auf ${instant}.`,
  clockChoices: {
    '1 hour': '1 Stunde',
    '1 day': '1 Tag',
    '1 week': '1 Woche',
    '1 month': '1 Monat',
  } as Record<string, string>,
};

export const act = {
  save: 'Speichern',
  cancel: 'Abbrechen',
  close: 'Schließen',
  retry: 'Erneut versuchen',
  more: 'Weitere laden',
  open: 'Öffnen',
  print: 'Drucken',
  add: 'Hinzufügen',
  remove: 'Entfernen',
  reset: 'Zurücksetzen',
  back: 'Zurück',
  search: 'Suchen',
  change: 'Ändern',
  details: 'Einzelheiten',
};

export const word = {
  printed: (authority: string, day: string) => `${authority}, gedruckt am ${day}`,
  yes: 'ja',
  no: 'nein',
  none: 'keine Angabe',
  nobody: 'niemand',
  and: 'und',
  optional: 'optional',
  choose: 'Bitte wählen',
  all: 'alle',
  of: (some: number, all: string) => `${some} von ${all}`,
  atLeast: (count: number) => `mindestens ${count}`,
  counted: (count: number, capped: boolean) => (capped ? `über ${count}` : String(count)),
  unknown: 'unbekannt',
  system: 'System',
  connectors: { letter: 'Schreiben' } as Record<string, string>,
  chars: (left: number) => (left >= 0 ? `Noch ${left} Zeichen frei.` : `${-left} Zeichen zu viel.`),
};

export const due = {
  overdue: (days: number) => `überfällig seit ${plural(days, 'Tag', 'Tagen')}`,
  today: 'heute',
  tomorrow: 'morgen',
  inDays: (days: number) => `in ${days} Tagen`,
  none: 'ohne Termin',
  waits: 'läuft noch nicht',
};

export const failure = {
  title: 'Das hat nicht geklappt',
  loading: 'Die Daten konnten nicht geladen werden.',
  unreachable:
    'Der Server antwortet nicht. Prüfen Sie die Verbindung und versuchen Sie es noch einmal; Ihre Eingaben bleiben erhalten.',
  server:
    'Auf dem Server ist ein Fehler aufgetreten. Er ist protokolliert; versuchen Sie es in ein paar Minuten noch einmal oder verständigen Sie die Administration.',
  forbidden: 'Dazu fehlt Ihnen die Berechtigung.',
  tooMany: 'Zu viele Anfragen in kurzer Zeit. Bitte einen Augenblick warten.',
  tooLarge: 'Die Datei oder Eingabe ist zu groß.',
  limit: (name: string) => `Erreichte Grenze: ${name}.`,
  code: (code: string) => `Fehlercode: ${code}`,
  crash:
    'Diese Seite konnte nicht angezeigt werden. Ihre Eingaben in Aufgaben sind gesichert. Laden Sie die Seite neu; hilft das nicht, verständigen Sie die Administration.',
  reload: 'Seite neu laden',
  notFound: 'Diese Seite gibt es nicht',
  notFoundHint: 'Vielleicht ist die Adresse unvollständig, oder der Eintrag wurde entfernt.',
  toInbox: 'Zu den Aufgaben',
};

export const login = {
  title: 'Anmelden',
  tenant: 'Mandant',
  tenantHelp: 'Kurzname Ihrer Behörde',
  name: 'Benutzername',
  password: 'Kennwort',
  submit: 'Anmelden',
  wrong: 'Benutzername oder Kennwort stimmen nicht.',
  expired:
    'Ihre Sitzung ist beendet. Melden Sie sich an, um an derselben Stelle weiterzuarbeiten; begonnene Eingaben sind noch da.',
  missing: 'Bitte füllen Sie alle Felder aus.',
  demoTitle: 'Demozugänge',
  demoPassword: 'Kennwort bei allen: demo',
  demoRoles: {
    jan: 'Sachbearbeitung',
    ole: 'Sachbearbeitung',
    lea: 'Sachgebietsleitung',
    petra: 'Poststelle',
    mia: 'Sachgebietsleitung',
    dora: 'Verfahrensgestaltung',
    admin: 'Administration',
  } as Record<string, string>,
  showPassword: 'Kennwort anzeigen',
};

export const password = {
  title: 'Kennwort ändern',
  old: 'Bisheriges Kennwort',
  new: 'Neues Kennwort',
  repeat: 'Neues Kennwort wiederholen',
  help: 'Mindestens 12 Zeichen. Eine Folge von Wörtern lässt sich gut merken.',
  different: 'Die beiden neuen Kennwörter sind nicht gleich.',
  short: 'Das neue Kennwort braucht mindestens 12 Zeichen.',
  done: 'Ihr Kennwort ist geändert.',
  firstTitle: 'Eigenes Kennwort wählen',
  first:
    'Ihr jetziges Kennwort hat die Administration vergeben. Bitte wählen Sie ein eigenes, das nur Sie kennen; danach geht es weiter.',
};

export const helpPage = {
  title: 'Hilfe',
  areas: 'Bereiche',
  shortcuts: 'Tastenkürzel',
  panel: 'Hilfe zu dieser Seite',
};
