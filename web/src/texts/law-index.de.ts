// The law index: what rests on a norm.
import { plural } from './plural';

export const lawIndex = {
  intro:
    'Welche Bausteine, Verfahren, Rechtsdaten, Texte und laufenden Fristen auf einer Vorschrift beruhen, und was an einem Stichtag zu prüfen ist.',
  unreadable: (norm: string) => `„${norm}“ ist so keine Vorschrift, nach der gesucht werden kann.`,
  norm: 'Vorschrift',
  normHelp: 'Zum Beispiel: § 41 Abs. 2 VwVfG, § 31 VII VwVfG, VwGO, KAG-LSA.',
  on: 'Stichtag',
  onHelp:
    'Freiwillig. Zeigt, welche Rechtsdaten an diesem Tag beginnen oder enden, und Fristen, die an ihm oder später enden.',
  ask: 'Nachsehen',
  all: 'Alle Gesetze',
  laws: 'Gesetze, die hier vorkommen',
  lawsEmpty: 'Noch nennt kein Baustein und kein Verfahren eine Vorschrift.',
  law: 'Gesetz',
  count: 'Stellen',
  found: (count: number) => `${plural(count, 'Stelle', 'Stellen')}.`,
  nothing: 'Darauf beruht hier nichts.',
  nothingHelp: 'Vielleicht gibt es einen Treffer, wenn Sie weniger genau fragen, etwa nur nach dem Gesetz.',
  groups: {
    turning: 'Was sich am Stichtag ändert',
    blocks: 'Bausteine',
    processes: 'Verfahren',
    law: 'Rechtsdaten',
    texts: 'Texte und Schreiben',
    open: 'Laufende Vorgänge',
  },
  turningEmpty: 'Keine Zeile der Rechtsdaten zu dieser Vorschrift beginnt oder endet an diesem Tag.',
  columns: {
    place: 'Stelle',
    norms: 'Vorschrift',
    fit: 'Treffer',
    file: 'Datei',
    process: 'Verfahren',
    by: 'Beruht darauf durch',
    open: 'Laufende Vorgänge',
    case: 'Vorgang',
    deadline: 'Frist',
    end: 'Letzter Tag',
    would: 'Wäre dann',
  },
  fits: { same: 'genau diese', inside: 'darin enthalten', around: 'weiter gefasst' },
  kinds: {
    process: 'Verfahren im Ganzen',
    block: 'Baustein im Ganzen',
    step: 'Schritt',
    act: 'Bescheid',
    table: 'Zeile einer Entscheidungstabelle',
    law: 'Zeile',
    text: 'Text',
  },
  stepOf: (step: string) => `Schritt „${step}“`,
  line: (file: string, line: number) => `${file}, Zeile ${line}`,
  itself: 'das Verfahren selbst',
  byBlock: (block: string) => `Baustein „${block}“`,
  unseen: 'nicht einsehbar',
  turns: 'beginnt oder endet am Stichtag',
  holdsNot: 'gilt am Stichtag nicht',
  openHint:
    'Gezählt wird nach Verfahren: Alle laufenden Vorgänge eines Verfahrens, das auf der Vorschrift beruht, auch wenn der Schritt schon erledigt ist. Genau gesucht wird unten bei den Fristen.',
  openEmpty: 'Kein Verfahren im Einsatz beruht darauf.',
  deadlines: 'Laufende und wartende Fristen',
  waiting: 'läuft noch nicht (Versand nicht vermerkt)',
  deadlinesHint:
    'Nach welchen Vorschriften eine Frist berechnet ist, steht in ihrer Herleitung; bei Rechtsbehelfsfristen zählt auch, worauf der Bescheid beruht. Fristen, die auf den Versand eines Schreibens warten, stehen am Ende: Sie würden darauf beruhen, wenn das Schreiben heute hinausginge, auf welchem Weg auch immer.',
  deadlinesLook: 'Fristen suchen',
  deadlinesMore: 'Weitere Fristen durchsehen',
  deadlinesEmpty: 'Keine der durchgesehenen Fristen beruht darauf.',
  lookedAt: (count: number) => `${plural(count, 'Frist', 'Fristen')} durchgesehen.`,
  print: 'Drucken',
  of: (norm: string) => `Was beruht auf ${norm}?`,
  ahead: {
    look: 'Auswirkungen ansehen',
    title: 'Was die Zeile berührt',
    hint: 'Laufende Fristen folgen einer eigenen Zeile nicht von selbst. Hier steht, welche nach ihr an einem anderen Tag enden würden, damit jemand entscheidet. Fristen, die noch nicht laufen, beginnen nach ihr.',
    uses: (count: number) =>
      count === 0
        ? 'Keine weitere Stelle beruht auf der Vorschrift dieser Zeile.'
        : `${plural(count, 'weitere Stelle beruht', 'weitere Stellen beruhen')} auf der Vorschrift dieser Zeile.`,
    processes: (names: string) => `Verfahren: ${names}`,
    none: (count: number) =>
      `Keine von ${plural(count, 'durchgesehenen Frist', 'durchgesehenen Fristen')} würde an einem anderen Tag enden.`,
    some: (count: number) => `${plural(count, 'Frist würde', 'Fristen würden')} an einem anderen Tag enden:`,
    unseen: (count: number) =>
      `Dazu ${plural(count, 'Frist', 'Fristen')} in Vorgängen, die Sie nicht einsehen.`,
    moved: (title: string, is: string, would: string) => `${title}: ${would} statt ${is}`,
    stopped: (title: string, is: string) => `${title}: liefe nicht (bisher bis ${is})`,
    waiting: (title: string) => `${title}: läuft noch nicht; der Versand ist nicht vermerkt`,
    more: 'Weitere Fristen durchsehen',
  },
};
