// Days, instants, money and numbers as people in Germany (or readers of English) write them. Pure.

export type Language = 'de' | 'en';

/** The locale that a language is written in. */
export function localeOf(language: Language): string {
  return language === 'de' ? 'de-DE' : 'en-GB';
}

const ZONE = 'Europe/Berlin';
const formats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(localeOf(language), options);
  formats.set(key, made);
  return made;
}

/** Milliseconds of a day `2026-03-02` at midnight UTC; null when it is none. */
function dayToUtc(day: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (!match) return null;
  const [year, month, date] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const back = new Date(0);
  // Not `Date.UTC`: it takes the year 2, which stands there while 2026 is typed, for 1902.
  const utc = back.setUTCFullYear(year, month - 1, date);
  const same =
    back.getUTCFullYear() === year && back.getUTCMonth() === month - 1 && back.getUTCDate() === date;
  return same ? utc : null;
}

export function isDay(text: string): boolean {
  return dayToUtc(text) !== null;
}

/** `2026-03-02` as „02.03.2026“ or "2 Mar 2026"; anything else as it is. */
export function formatDay(day: string, language: Language): string {
  const utc = dayToUtc(day);
  if (utc === null) return day;
  const options: Intl.DateTimeFormatOptions =
    language === 'de'
      ? { day: '2-digit', month: '2-digit', year: 'numeric', timeZone: 'UTC' }
      : { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' };
  return dateFormat(language, options).format(utc);
}

/** The month of a day: „März 2026“. */
export function formatMonth(day: string, language: Language): string {
  const utc = dayToUtc(day);
  if (utc === null) return day;
  return dateFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(utc);
}

/** With the day of the week: „Mo., 02.03.2026“. */
export function formatDayLong(day: string, language: Language): string {
  const utc = dayToUtc(day);
  if (utc === null) return day;
  const weekday = dateFormat(language, { weekday: 'short', timeZone: 'UTC' }).format(utc);
  return language === 'de'
    ? `${weekday.replace(/\.?$/, '.')}, ${formatDay(day, language)}`
    : `${weekday}, ${formatDay(day, language)}`;
}

/** An instant in German legal time: „02.03.2026, 09:12 Uhr“. */
export function formatInstant(instant: string, language: Language): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const day = formatDay(dayOf(instant), language);
  const time = dateFormat(language, { hour: '2-digit', minute: '2-digit', timeZone: ZONE }).format(date);
  return language === 'de' ? `${day}, ${time} Uhr` : `${day}, ${time}`;
}

/** An instant in German legal time as spreadsheets take it: „02.03.2026 09:12“. */
export function formatStamp(instant: string, language: Language): string {
  const date = new Date(instant);
  if (Number.isNaN(date.getTime())) return instant;
  const time = dateFormat(language, { hour: '2-digit', minute: '2-digit', timeZone: ZONE }).format(date);
  return `${formatDay(dayOf(instant), language)} ${time}`;
}

/** The day in Germany on which an instant lies, as `2026-03-02`. */
export function dayOf(instant: string | number): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    timeZone: ZONE,
  }).formatToParts(new Date(instant));
  const get = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${get('year')}-${get('month')}-${get('day')}`;
}

/** How many days from one day to another; negative when it lies before; null when one is no day. */
export function daysBetween(from: string, to: string): number | null {
  const [a, b] = [dayToUtc(from), dayToUtc(to)];
  return a === null || b === null ? null : Math.round((b - a) / 86_400_000);
}

/** The day so many days later (or earlier). */
export function addDays(day: string, days: number): string {
  const utc = dayToUtc(day);
  return utc === null ? day : new Date(utc + days * 86_400_000).toISOString().slice(0, 10);
}

/** Cents as „1.234,50 €“. */
export function formatMoney(cents: number, language: Language): string {
  return new Intl.NumberFormat(localeOf(language), { style: 'currency', currency: 'EUR' }).format(
    cents / 100,
  );
}

/** Cents as they stand in an input field: „1234,50“. */
export function moneyToInput(cents: number, language: Language): string {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.trunc(Math.abs(cents) / 100);
  const rest = String(Math.abs(cents) % 100).padStart(2, '0');
  return `${sign}${whole}${language === 'de' ? ',' : '.'}${rest}`;
}

/** What somebody typed as an amount, in cents; null when it is none. Whole cents only, no rounding. */
export function parseMoney(typed: string, language: Language): number | null {
  const bare = typed.replace(/[\s€]/g, '').replace(/EUR$/i, '');
  const [group, decimal] = language === 'de' ? ['.', ','] : [',', '.'];
  const pattern = new RegExp(`^(-?)(\\d{1,3}(?:\\${group}\\d{3})+|\\d+)(?:\\${decimal}(\\d{1,2}))?$`);
  const match = pattern.exec(bare);
  if (!match) return null;
  const whole = Number((match[2] ?? '').replaceAll(group, ''));
  const cents = Number((match[3] ?? '').padEnd(2, '0'));
  const amount = whole * 100 + cents;
  if (!Number.isSafeInteger(amount)) return null;
  return match[1] === '-' ? -amount : amount;
}

export function formatNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(localeOf(language)).format(value);
}

/** Bytes as people read them: „1,2 MB“. */
export function formatSize(bytes: number, language: Language): string {
  const [value, unit] =
    bytes < 1000
      ? [bytes, 'byte']
      : bytes < 1_000_000
        ? [bytes / 1000, 'kilobyte']
        : [bytes / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(localeOf(language), {
    style: 'unit',
    unit,
    unitDisplay: 'short',
    maximumFractionDigits: 1,
  }).format(value);
}

const UNITS: Record<string, { de: [string, string]; en: [string, string] }> = {
  hour: { de: ['Stunde', 'Stunden'], en: ['hour', 'hours'] },
  day: { de: ['Tag', 'Tage'], en: ['day', 'days'] },
  'working day': { de: ['Arbeitstag', 'Arbeitstage'], en: ['working day', 'working days'] },
  'working day including Saturdays': {
    de: ['Werktag', 'Werktage'],
    en: ['working day including Saturdays', 'working days including Saturdays'],
  },
  week: { de: ['Woche', 'Wochen'], en: ['week', 'weeks'] },
  month: { de: ['Monat', 'Monate'], en: ['month', 'months'] },
  year: { de: ['Jahr', 'Jahre'], en: ['year', 'years'] },
};

const UNIT_OF = new Map(
  Object.values(UNITS).flatMap((unit) =>
    [...unit.de, ...unit.en].map((word) => [word.toLowerCase(), unit] as const),
  ),
);

/** A period as the server reads it, in words of a language: `4 weeks`, `4 Wochen`; null when it is none. */
export function readPeriod(text: string, language: Language): string | null {
  const match = /^(\d{1,6}) ?(\D+)$/.exec(text.trim().replace(/\s+/g, ' '));
  const unit = UNIT_OF.get(match?.[2]?.toLowerCase() ?? '');
  const count = Number(match?.[1]);
  if (unit === undefined || count === 0) return null;
  return `${count} ${unit[language][count === 1 ? 0 : 1]}`;
}

/** `4 weeks` as „4 Wochen“; what it does not know stays as it is. */
export function formatPeriod(period: string, language: Language): string {
  return readPeriod(period, language) ?? period;
}

/** How many characters a text has, as the server counts them (code points). */
export function lengthOf(text: string): number {
  return Array.from(text).length;
}

/** Names as a sentence lists them: „A, B und C“. */
export function formatList(items: string[], language: Language): string {
  return new Intl.ListFormat(localeOf(language), { type: 'conjunction' }).format(items);
}
