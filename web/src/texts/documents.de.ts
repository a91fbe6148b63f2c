// Die Akte eines Vorgangs: Dokumente mit ihrem Versand, Vermerke, Verlauf.
import { ways } from './ways.de';
import { plural } from './plural';

export const documents = {
  title: 'Dokumente',
  empty: 'Zu diesem Vorgang gibt es noch keine Dokumente.',
  columns: { title: 'Dokument', direction: 'Art', on: 'Datum', dispatch: 'Versand', action: 'Aktion' },
  directions: { incoming: 'Eingang', outgoing: 'Ausgang', internal: 'intern' },
  to: (addressee: string) => `an ${addressee}`,
  open: (title: string) => `${title} öffnen`,
  openShort: 'Öffnen',
  upload: 'Dokument hinzufügen',
  file: 'Datei',
  fileHelp: (size: string) => `Eine Datei, höchstens ${size}.`,
  fileMissing: 'Bitte wählen Sie eine Datei.',
  name: 'Titel',
  nameHelp: 'So steht es in der Akte.',
  direction: 'Art des Dokuments',
  cameInOn: 'Eingegangen am',
  cameInOnHelp: 'Der Tag, an dem es wirklich eingegangen ist, auch wenn es erst heute erfasst wird.',
  uploaded: 'Das Dokument ist in der Akte.',
  toDispatch: 'noch nicht versandt',
  dispatched: (day: string, way: string) => `versandt am ${day}, ${way}`,
  notified: (day: string) => `bekannt gegeben am ${day}`,
  notArrived: 'nicht angekommen',
  lost: {
    act: 'Nicht angekommen',
    of: (title: string) => `Als nicht angekommen vermerken: ${title}`,
    title: (title: string) => `„${title}“ ist nicht angekommen`,
    hint: 'Für ein Schreiben, das zurückkam oder den Empfänger sonst nicht erreicht hat. Es hat dann niemandem etwas bekannt gegeben: Fristen, die davon liefen, warten auf den nächsten Versand, und eine Fristverlängerung, die es mitteilen sollte, gilt nicht. Ist eine solche Frist schon verstrichen, entsteht eine Störung zum Prüfen. Das Schreiben liegt danach wieder im Postausgang und geht noch einmal hinaus. Soll es anders lauten, zu dem Schritt zurückgehen, der es gefertigt hat: Dann bleibt dieses im Haus, und ein neues entsteht.',
    reasonHelp:
      'Woher Sie es wissen, zum Beispiel: Rückläufer vom 3. Dezember, unbekannt verzogen. Steht im Verlauf.',
    record: 'Als nicht angekommen vermerken',
    done: 'Vermerkt: Das Schreiben ist nicht angekommen.',
  },
  late: {
    act: 'Versand nachtragen',
    of: (title: string) => `Versand nachtragen: ${title}`,
    stays: 'bleibt im Haus: gilt schon kraft Gesetzes',
    warning:
      'Dieses Schreiben bleibt im Haus, weil die Genehmigung inzwischen kraft Gesetzes als erteilt gilt. Tragen Sie den Versand nur nach, wenn es vorher wirklich hinausgegangen war, mit dem Tag, an dem es abging.',
  },
  record: 'Versand vermerken',
  with: (titles: string) => `mit Anlagen: ${titles}`,
  recordOf: (title: string) => `Versand vermerken: ${title}`,
  recordHelp:
    'Vom Tag des Versands hängt ab, wann das Schreiben als bekannt gegeben gilt und wann Fristen laufen.',
  recordForGood:
    'Prüfen Sie Tag und Weg; bei einem Bescheid beginnt damit auch die Rechtsbehelfsfrist. Berichtigen kann den Vermerk nur, wer Vorgänge berichtigen darf.',
  begins: (title: string, period: string) => `Damit beginnt die Frist „${title}“ (${period}).`,
  ends: (title: string, end: string) => `Die Frist „${title}“ endet am ${end}.`,
  on: 'Tag des Versands',
  way: 'Versandweg',
  ways,
  receivedOn: 'Nachgewiesener Zugang',
  receivedHelp:
    'Nur ausfüllen, wenn der Tag belegt ist, zum Beispiel durch Rückschein, Zustellungsurkunde oder Abrufprotokoll. Steht der Nachweis noch aus, lassen Sie das Feld leer und vermerken den Zugang, sobald er da ist.',
  awaited: {
    receipt: 'noch nicht bekannt gegeben: Der Nachweis des Zugangs fehlt',
    service: 'noch nicht bekannt gegeben: Der Nachweis der Zustellung fehlt',
    retrieval: 'noch nicht bekannt gegeben: noch nicht abgerufen',
  } as Record<string, string>,
  awaitedUntil: (day: string) => `Abruf möglich bis ${day}`,
  awaitedOver: (day: string) =>
    `nicht bekannt gegeben: Der Abruf war nur bis ${day} möglich. Bekanntgabe wiederholen`,
  notYetNotified: 'Es läuft noch keine Frist.',
  correct: 'Versand berichtigen',
  correctOf: (title: string) => `Versand berichtigen: ${title}`,
  correctHelp:
    'Geben Sie an, wie es wirklich war. Der Tag der Bekanntgabe und die Fristen, die davon abhängen, werden neu berechnet. Ist eine Frist schon verstrichen, die danach später endet, entsteht eine Störung zum Prüfen.',
  correctReceivedHelp: 'Leer lassen, wenn kein Zugang nachgewiesen ist.',
  correctNothing: 'So ist der Versand schon vermerkt.',
  corrected: 'Der Versand ist berichtigt.',
  received: (day: string) => `Zugang nachgewiesen am ${day}`,
  receipt: 'Zugang vermerken',
  receiptOf: (title: string) => `Zugang vermerken: ${title}`,
  receiptHelp:
    'Beim Abruf über ein Portal und im Postfach: der Tag des Abrufs. Im Steuer- und Sozialrecht nur vermerken, wenn bestritten wird, dass die Benachrichtigung rechtzeitig ankam, und das nicht zu widerlegen ist. Ein späterer Zugang als gesetzlich vermutet verschiebt den Tag der Bekanntgabe und die Fristen, die davon abhängen; ein früherer ändert nichts. Ist eine solche Frist schon verstrichen, entsteht eine Störung zum Prüfen.',
  receiptRecorded: 'Der nachgewiesene Zugang ist vermerkt.',
  recorded: 'Der Versand ist vermerkt.',
  recordedMany: (count: number) => `Der Versand von ${plural(count, 'Schreiben', 'Schreiben')} ist vermerkt.`,
  notifiedOn: 'Gilt als bekannt gegeben am',
  wouldBeNotified: 'Gilt dann als bekannt gegeben am',
  hash: 'Prüfsumme',
};

export const notes = {
  title: 'Aktenvermerke',
  empty: 'Noch kein Aktenvermerk.',
  add: 'Aktenvermerk schreiben',
  text: 'Vermerk',
  textHelp: 'Wer hat wann was gesagt oder entschieden? Vermerke lassen sich nicht löschen.',
  submit: 'Vermerk zur Akte nehmen',
  added: 'Der Vermerk ist in der Akte.',
  by: (name: string, instant: string) => `${name}, ${instant}`,
};

export const course = {
  title: 'Verlauf',
  picture: 'Bild des Verfahrens',
  journal: 'Was geschah',
  by: (name: string) => `durch ${name}`,
  events: 'Technische Ereignisse',
  version: (n: number) => `Stand ${n}`,
  visited: 'erledigt',
  visitedTimes: (count: number) => `${count}-mal durchlaufen`,
  active: 'hier steht der Vorgang',
  notVisited: 'nicht durchlaufen',
  legend: 'Zeichenerklärung',
  showAt: 'Stand danach ansehen',
  empty: 'Noch ist nichts geschehen.',
};
