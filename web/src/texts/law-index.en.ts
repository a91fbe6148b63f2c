import type { lawIndex as german } from './law-index.de';
import { plural } from './plural';

export const lawIndex: typeof german = {
  intro:
    'Which blocks, processes, legal data, texts and running deadlines rest on a norm, and what has to be looked at for a key day.',
  norm: 'Norm',
  normHelp: 'For example: § 41 Abs. 2 VwVfG, § 31 VII VwVfG, VwGO, KAG-LSA.',
  on: 'Key day',
  onHelp: 'Optional. Shows which legal data begin or end on that day, and deadlines that end on it or later.',
  ask: 'Look up',
  all: 'All laws',
  laws: 'Laws that are cited here',
  lawsEmpty: 'No block and no process names a norm yet.',
  law: 'Law',
  count: 'Places',
  found: (count: number) => `${plural(count, 'place', 'places')}.`,
  nothing: 'Nothing here rests on it.',
  nothingHelp: 'Asking less precisely, for example for the law alone, may find something.',
  groups: {
    turning: 'What changes on the key day',
    blocks: 'Building blocks',
    processes: 'Processes',
    law: 'Legal data',
    texts: 'Texts and letters',
    open: 'Open cases',
  },
  turningEmpty: 'No row of legal data on this norm begins or ends on that day.',
  columns: {
    place: 'Place',
    norms: 'Norm',
    fit: 'Match',
    file: 'File',
    process: 'Process',
    by: 'Rests on it by',
    open: 'Open cases',
    case: 'Case',
    deadline: 'Deadline',
    end: 'Last day',
    would: 'Would be',
  },
  fits: { same: 'exactly this', inside: 'contained in it', around: 'wider' },
  kinds: {
    process: 'process as a whole',
    block: 'block as a whole',
    step: 'step',
    act: 'act',
    table: 'row of a decision table',
    law: 'row',
    text: 'text',
  },
  stepOf: (step: string) => `step “${step}”`,
  line: (file: string, line: number) => `${file}, line ${line}`,
  itself: 'the process itself',
  byBlock: (block: string) => `block “${block}”`,
  unseen: 'not visible to you',
  turns: 'begins or ends on the key day',
  holdsNot: 'does not hold on the key day',
  openHint:
    'Counted by process: all open cases of a process that rests on the norm, even when the step is done already. The deadlines below are found exactly.',
  openEmpty: 'No process in use rests on it.',
  deadlines: 'Running deadlines',
  deadlinesHint:
    'By which norms a deadline was reckoned stands in its derivation; for a remedy it also counts what the act rests on.',
  deadlinesLook: 'Look for deadlines',
  deadlinesMore: 'Look at more deadlines',
  deadlinesEmpty: 'None of the deadlines that were looked at rests on it.',
  lookedAt: (count: number) => `${plural(count, 'running deadline', 'running deadlines')} looked at.`,
  print: 'Print',
  of: (norm: string) => `What rests on ${norm}?`,
  ahead: {
    look: 'See what it touches',
    title: 'What the row touches',
    hint: 'Running deadlines do not follow an own row by themselves. Here you see which would end on another day by it, so that somebody decides.',
    uses: (count: number) =>
      count === 0
        ? 'No other place rests on the norm of this row.'
        : `${plural(count, 'other place rests', 'other places rest')} on the norm of this row.`,
    processes: (names: string) => `Processes: ${names}`,
    none: (count: number) =>
      `None of ${plural(count, 'running deadline', 'running deadlines')} looked at would end on another day.`,
    some: (count: number) =>
      `${plural(count, 'running deadline', 'running deadlines')} would end on another day:`,
    unseen: (count: number) => `And ${plural(count, 'deadline', 'deadlines')} in cases that you do not see.`,
    moved: (title: string, is: string, would: string) => `${title}: ${would} instead of ${is}`,
    stopped: (title: string, is: string) => `${title}: would not run (now until ${is})`,
    more: 'Look at more deadlines',
  },
};
