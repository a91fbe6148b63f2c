import type { resting as german } from './resting.de';

export const resting: typeof german = {
  title: 'Deadlines and dispatch rest',
  why: {
    restored: (since) =>
      `Deadlines and dispatch rest since ${since}: the data were brought back from a backup.`,
    clock_jumped: (since) =>
      `Deadlines and dispatch rest since ${since}: the clock of the server jumped by more than an hour.`,
  },
  ask: 'Please turn to your administrators.',
  resume: 'Let them go on',
  warning:
    'What is due by now then happens at once: deadlines pass, letters are made. Check before whether the clock of the server is right, and what has gone out since the backup.',
  times: (last, now) => `Stored last: ${last}. Clock of the server: ${now}.`,
  clock: {
    behind:
      'The clock is behind, or it was ahead when something was stored last. Set it right first, else deadlines and dispatch will soon rest again.',
    ahead:
      'More than an hour lies in between: that is right when nobody has worked for so long, or an older backup was brought back. Otherwise the clock is ahead; set it right first.',
  },
  resumed: 'Deadlines and dispatch go on.',
};
