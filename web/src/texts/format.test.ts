import { describe, expect, it } from 'vitest';

import {
  addDays,
  dayOf,
  daysBetween,
  formatDay,
  formatDayLong,
  formatInstant,
  formatMonth,
  formatMoney,
  formatPeriod,
  formatSize,
  isDay,
  lengthOf,
  moneyToInput,
  parseMoney,
} from './format';

// Intl separates numbers from their units by spaces that do not break; people type ordinary ones.
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

function check(name: string, run: () => unknown, expected: unknown): void {
  it(name, () => {
    const result = run();
    expect(typeof result === 'string' ? plain(result) : result).toEqual(expected);
  });
}

describe('days', () => {
  check('German', () => formatDay('2026-03-02', 'de'), '02.03.2026');
  check('a month in German', () => formatMonth('2026-03-01', 'de'), 'März 2026');
  check('a month in English', () => formatMonth('2026-03-01', 'en'), 'March 2026');
  check('English', () => formatDay('2026-03-02', 'en'), '2 Mar 2026');
  check('no day stays as it is', () => formatDay('2026-02-30', 'de'), '2026-02-30');
  check('with weekday', () => formatDayLong('2026-03-02', 'de'), 'Mo., 02.03.2026');
  check('with weekday, English', () => formatDayLong('2026-03-02', 'en'), 'Mon, 2 Mar 2026');
  check('leap day', () => [isDay('2024-02-29'), isDay('2026-02-29'), isDay('2026-3-2'), isDay('')], [
    true,
    false,
    false,
    false,
  ]);
  check('while the year is typed', () => ['0002-12-05', '0020-12-05', '0202-12-05'].map(isDay), [
    true,
    true,
    true,
  ]);
  check('over the change to summer time', () => daysBetween('2026-03-28', '2026-03-30'), 2);
  check('backwards', () => daysBetween('2026-03-02', '2026-02-28'), -2);
  check('no day', () => daysBetween('2026-03-02', 'bald'), null);
  check('over the end of a year', () => addDays('2025-12-31', 1), '2026-01-01');
});

describe('instants', () => {
  check('winter time', () => formatInstant('2026-03-02T08:05:00Z', 'de'), '02.03.2026, 09:05 Uhr');
  check('summer time', () => formatInstant('2026-07-01T08:05:00Z', 'en'), '1 Jul 2026, 10:05');
  check('after midnight in Germany', () => dayOf('2026-03-01T23:30:00Z'), '2026-03-02');
  check('no instant', () => formatInstant('gestern', 'de'), 'gestern');
});

describe('money', () => {
  check('shown', () => formatMoney(123450, 'de'), '1.234,50 €');
  check('shown in English', () => formatMoney(123450, 'en'), '€1,234.50');
  check('in a field', () => [moneyToInput(5, 'de'), moneyToInput(-1250, 'de'), moneyToInput(1250, 'en')], [
    '0,05',
    '-12,50',
    '12.50',
  ]);
  const read: [string, 'de' | 'en', number | null][] = [
    ['30', 'de', 3000],
    ['12,5', 'de', 1250],
    ['1.234,50 €', 'de', 123450],
    ['1234,50', 'de', 123450],
    ['-3', 'de', -300],
    ['12.5', 'de', null],
    ['1.23', 'de', null],
    ['1,234', 'de', null],
    ['1,234', 'en', 123400],
    ['1,234.5', 'en', 123450],
    ['12,50', 'en', null],
    ['abc', 'de', null],
    ['', 'de', null],
    ['99999999999999999', 'de', null],
  ];
  for (const [typed, language, cents] of read)
    check(`„${typed}“ (${language})`, () => parseMoney(typed, language), cents);
});

describe('others', () => {
  check(
    'periods',
    () =>
      ['4 weeks', '1 month', '5 working days', 'P4W', '3 wochen', '1 Werktag'].map((each) =>
        formatPeriod(each, 'de'),
      ),
    ['4 Wochen', '1 Monat', '5 Arbeitstage', 'P4W', '3 Wochen', '1 Werktag'],
  );
  check('periods, English', () => formatPeriod('1 Arbeitstag', 'en'), '1 working day');
  check(
    'sizes',
    () => [formatSize(900, 'de'), formatSize(18_400, 'de'), formatSize(1_250_000, 'de')].map(plain),
    ['900 Byte', '18,4 kB', '1,3 MB'],
  );
  check('characters are counted as the server counts them', () => lengthOf('Bäume 🌳'), 7);
});
