// The figures as one table for a spreadsheet: the parts of the page one below the other. `fachwerk statistics --format csv`
// prints the same (cli/src/work/figures.rs). Pure.
import type { Statistics } from '../api/shapes';
import { formatDay, formatStamp } from '../texts/format';
import type { Speech } from '../texts/language';

export type Row = (string | number | null)[];

/** `process`: only that one, as on the page; the tasks belong to all. */
export function tableOf(
  { from, until, today, processes, roles }: Statistics,
  process: string | undefined,
  { t, say, language }: Pick<Speech, 't' | 'say' | 'language'>,
): Row[] {
  const words = t.statistics;
  const { columns } = words;
  const day = (text: string) => formatDay(text, language);
  const durations = [words.inDays(columns.median), words.inDays(columns.most)];
  const shown = processes.filter((each) => process === undefined || each.process === process);
  const all: Row[] = [
    [words.title],
    [words.firstMonth, day(from)],
    [words.lastMonth, day(until)],
    [words.asOf, day(today)],
    [],
    [words.processes],
    [columns.process, columns.begun, columns.ended, columns.open, columns.overdue, ...durations],
    ...shown.map(({ title, open, overdue, whole }) => [
      say(title),
      whole.begun,
      whole.ended,
      open,
      overdue,
      whole.median_days,
      whole.most_days,
    ]),
    [],
    [words.months],
    [columns.process, columns.month, columns.begun, columns.ended, ...durations],
    ...shown.flatMap(({ title, months }) =>
      months.map(({ month, figures }) => [
        say(title),
        day(month),
        figures.begun,
        figures.ended,
        figures.median_days,
        figures.most_days,
      ]),
    ),
    [],
    [words.outcomes],
    [columns.process, columns.outcome, columns.count, words.inPercent(columns.share)],
    ...shown.flatMap(({ title, whole }) =>
      whole.outcomes.map((outcome) => [
        say(title),
        say(outcome.title),
        outcome.count,
        Math.round((outcome.count / whole.ended) * 100),
      ]),
    ),
  ];
  if (process !== undefined) return all;
  return [
    ...all,
    [],
    [words.roles],
    [columns.role, columns.tasks, columns.late, columns.oldest],
    ...roles.map(({ title, open, overdue, oldest }) => [
      say(title),
      open,
      overdue,
      oldest === null ? null : formatStamp(oldest, language),
    ]),
  ];
}
