// The file of a case: documents with their dispatch, notes, course.
import type {
  documents as germanDocuments,
  notes as germanNotes,
  course as germanCourse,
} from './documents.de';
import { ways } from './ways.en';
import { plural } from './plural';

export const documents: typeof germanDocuments = {
  title: 'Documents',
  empty: 'This case has no documents yet.',
  columns: { title: 'Document', direction: 'Kind', on: 'Date', dispatch: 'Dispatch', action: 'Action' },
  directions: { incoming: 'incoming', outgoing: 'outgoing', internal: 'internal' },
  to: (addressee) => `to ${addressee}`,
  open: (title) => `Open ${title}`,
  openShort: 'Open',
  upload: 'Add document',
  file: 'File',
  fileHelp: (size) => `One file, at most ${size}.`,
  fileMissing: 'Please choose a file.',
  name: 'Title',
  nameHelp: 'As it stands in the file.',
  direction: 'Kind of document',
  cameInOn: 'Received on',
  cameInOnHelp: 'The day on which it really came in, even if it is recorded only today.',
  uploaded: 'The document is in the file.',
  toDispatch: 'not dispatched yet',
  dispatched: (day, way) => `dispatched on ${day}, ${way}`,
  notified: (day) => `notified on ${day}`,
  notArrived: 'did not arrive',
  lost: {
    act: 'Did not arrive',
    of: (title) => `Record that it did not arrive: ${title}`,
    title: (title) => `“${title}” did not arrive`,
    hint: 'For a letter that came back, or did not reach its addressee otherwise. It then has notified nobody: deadlines that ran from it wait for the next dispatch, and an extension that it was to tell does not hold. If such a deadline has passed already, an incident asks you to check. The letter then waits in the outgoing post again and goes out once more. If it shall say something else, go back to the step that has made it: then this one stays in the house, and another one is made.',
    reasonHelp:
      'How you know, for example: returned on 3 December, moved to an unknown address. It stands in the journal.',
    record: 'Record that it did not arrive',
    done: 'Recorded: the letter did not arrive.',
  },
  late: {
    act: 'Record dispatch late',
    of: (title) => `Record dispatch late: ${title}`,
    stays: 'stays in the house: granted by law already',
    warning:
      'This letter stays in the house because the permit counts as granted by law meanwhile. Record its dispatch only if it had really left before, with the day on which it left.',
  },
  record: 'Record dispatch',
  with: (titles: string) => `with enclosures: ${titles}`,
  recordOf: (title) => `Record dispatch: ${title}`,
  recordHelp: 'The day of dispatch decides when the letter counts as notified and when periods run.',
  recordForGood:
    'Check day and way; with an administrative act the period for a remedy begins as well. Only whoever may correct cases can correct it.',
  begins: (title, period) => `This begins the deadline “${title}” (${period}).`,
  ends: (title, end) => `The deadline “${title}” ends on ${end}.`,
  on: 'Day of dispatch',
  way: 'Way of dispatch',
  ways,
  receivedOn: 'Proven receipt',
  receivedHelp:
    'Only if there is proof of the day, for example a return receipt, a certificate of service or a log of the retrieval. While the proof is outstanding leave it empty, and record the receipt once it is there.',
  awaited: {
    receipt: 'not notified yet: proof of receipt is missing',
    service: 'not notified yet: proof of service is missing',
    retrieval: 'not notified yet: not retrieved yet',
  },
  awaitedUntil: (day) => `can be retrieved until ${day}`,
  awaitedOver: (day) => `not notified: it could be retrieved until ${day} only. Notify it anew`,
  notYetNotified: 'No period runs yet.',
  correct: 'Correct dispatch',
  correctOf: (title) => `Correct dispatch: ${title}`,
  correctHelp:
    'Say how it really was. The day of notification and the deadlines that depend on it are reckoned anew. If a deadline has passed that ends later by that, an incident asks you to check.',
  correctReceivedHelp: 'Leave empty when no receipt is proven.',
  correctNothing: 'The dispatch is recorded like that already.',
  corrected: 'The dispatch has been corrected.',
  received: (day) => `receipt proven on ${day}`,
  receipt: 'Record receipt',
  receiptOf: (title) => `Record receipt: ${title}`,
  receiptHelp:
    'For retrieval from a portal or a mailbox: the day of retrieval. In tax and social law only when it is contested that the notice came in time, and that cannot be disproved. A receipt later than the law presumes moves the day of notification and the deadlines that depend on it; an earlier one changes nothing. If such a deadline has passed already, an incident asks you to check.',
  receiptRecorded: 'The proven receipt has been recorded.',
  recorded: 'The dispatch has been recorded.',
  recordedMany: (count) => `The dispatch of ${plural(count, 'letter', 'letters')} has been recorded.`,
  notifiedOn: 'Counts as notified on',
  wouldBeNotified: 'Will then count as notified on',
  hash: 'Checksum',
};

export const notes: typeof germanNotes = {
  title: 'File notes',
  empty: 'No file note yet.',
  add: 'Write a file note',
  text: 'Note',
  textHelp: 'Who said or decided what, and when? Notes cannot be deleted.',
  submit: 'Add note to the file',
  added: 'The note is in the file.',
  by: (name, instant) => `${name}, ${instant}`,
};

export const course: typeof germanCourse = {
  title: 'Course',
  picture: 'Picture of the process',
  journal: 'What happened',
  by: (name) => `by ${name}`,
  events: 'Technical events',
  version: (n) => `State ${n}`,
  visited: 'done',
  visitedTimes: (count) => `passed ${count} times`,
  active: 'the case stands here',
  notVisited: 'not passed',
  legend: 'Legend',
  showAt: 'Show the state after this',
  empty: 'Nothing has happened yet.',
};
