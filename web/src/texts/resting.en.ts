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
  resumed: 'Deadlines and dispatch go on.',
};
