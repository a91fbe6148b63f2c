// Deadlines.
import type { deadlines as german } from './deadlines.de';

export const deadlines: typeof german = {
  title: 'Deadlines',
  intro:
    'The deadlines of all cases: those that run, those that do not run yet, and those that are suspended.',
  running: 'Running deadlines',
  until: 'Ending by',
  columns: { end: 'End', title: 'Deadline', case: 'Case', process: 'Process' },
  empty: 'No deadline is running.',
  emptyFiltered: 'No deadline ends by that day.',
  none: 'No deadline is running in this case.',
  end: 'End',
  start: 'Start',
  rawEnd: 'End before moving',
  period: 'Period',
  step: 'Step',
  derivation: 'How the deadline was computed',
  waits: (what) =>
    `Not running yet: the period begins when the dispatch of the letter of “${what}” is recorded.`,
  over: 'over or lifted',
  notYet: 'Not running yet',
  notYetIntro:
    'These deadlines begin only when the letter that they depend on is sent and its dispatch is recorded. Does it still lie in the outgoing post?',
  suspended: 'Suspended deadlines',
  suspendedIntro:
    'These deadlines are suspended: they have no end until they go on, at the case under “More actions”.',
  ended: 'Ended',
  passed: (day) => `Passed at the end of the day: ${day}.`,
  settled: (instant) => `Settled on ${instant}, before it had passed.`,
  attacked: (instant) => `Ended on ${instant}: a remedy has come in.`,
  notArrived: (instant) => `Void since ${instant}: the letter did not arrive.`,
  runsOn: (day) => `Runs on after the end of the case, until the end of the day: ${day}.`,
  recordNow: 'Record dispatch',
  print: 'Print derivations',
};
