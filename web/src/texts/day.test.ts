import { expect, it } from 'vitest';

import { dayFlaw, dayToInput, keptDay } from './day';
import { de } from './de';
import { en } from './en';

/** What is kept of a text, and what is said against it in both languages. */
function check(
  text: string,
  kept: string,
  german: string | null = null,
  english: string | null = null,
): void {
  it(text === '' ? 'nothing' : text, () =>
    expect([
      keptDay(text),
      dayFlaw(text, { t: de, language: 'de' }),
      dayFlaw(text, { t: en, language: 'en' }),
    ]).toEqual([kept, german, english]),
  );
}

const unread = (text: string, kept = text) => check(text, kept, de.form.notDay, en.form.notDay);

for (const text of [
  '28.11.2026',
  ' 28.11.2026 ',
  '28. 11. 2026',
  '28.11.26',
  '281126',
  '28112026',
  '28/11/2026',
  '28-11-2026',
  '2026-11-28',
  '28. November 2026',
  '28 Nov 2026',
  '28. Nov. 2026',
  'Sa., 28.11.2026',
  'Samstag, den 28. November 2026',
  'den 28.11.2026',
])
  check(text, '2026-11-28');
check('2.3.2026', '2026-03-02');
check('1. Mrz. 2026', '2026-03-01');
check('29.02.2028', '2028-02-29');

check(
  '31.11.2026',
  '31.11.2026',
  'Den 31. November 2026 gibt es nicht. Dieser Monat hat 30 Tage.',
  'There is no 31 November 2026. That month has 30 days.',
);
check(
  '311126',
  '311126',
  'Den 31. November 2026 gibt es nicht. Dieser Monat hat 30 Tage.',
  'There is no 31 November 2026. That month has 30 days.',
);
check(
  '29. Februar 2026',
  '29. Februar 2026',
  'Den 29. Februar 2026 gibt es nicht. Dieser Monat hat 28 Tage.',
  'There is no 29 February 2026. That month has 28 days.',
);
check(
  '2026-02-30',
  '2026-02-30',
  'Den 30. Februar 2026 gibt es nicht. Dieser Monat hat 28 Tage.',
  'There is no 30 February 2026. That month has 28 days.',
);
check(
  '32.01.2026',
  '32.01.2026',
  'Den 32. Januar 2026 gibt es nicht. Dieser Monat hat 31 Tage.',
  'There is no 32 January 2026. That month has 31 days.',
);
check(
  '11/28/2026',
  '11/28/2026',
  'Einen 28. Monat gibt es nicht. Zuerst kommt der Tag, dann der Monat: zum Beispiel 02.03.2026.',
  'There is no month 28. The day comes first, then the month: for example 28/11/2026.',
);
unread('28.11.');
unread('28.11.226');
unread('28.11.0026');
unread('bald');
// Eight digits that are no day of this or the last century are not taken for one of the Middle Ages.
unread('20121128');
unread('');

it('as it stands in the field', () =>
  expect([
    dayToInput('2026-03-02', 'de'),
    dayToInput('2026-03-02', 'en'),
    dayToInput('31.11.', 'de'),
  ]).toEqual(['02.03.2026', '02/03/2026', '31.11.']));
