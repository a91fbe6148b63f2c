// Days as people type them or paste them from letters: read in either language, whichever the page speaks. Pure.
import type { Texts } from './de';
import { isDay, type Language, localeOf } from './format';

/** What a text says as a day: the day `2026-03-02`, or why it is none. */
type ReadDay =
  | { day: string }
  | { wrong: 'unread' }
  | { wrong: 'month'; month: number }
  /** The month has no such day; `first` is the first day of the month. */
  | { wrong: 'date'; date: number; first: string };

const UNREAD: ReadDay = { wrong: 'unread' };

/** „Samstag, den“, "Mo.," and the like before a day. */
const LEAD = /^(?:\p{L}+\.?,\s*)?(?:den\s+|der\s+|am\s+)?/iu;
const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})$/;
const PARTS = /^(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4}|\d{2})$/;
const DIGITS = /^(\d{2})(\d{2})((?:19|20)?\d{2})$/;
const WORDS = /^(\d{1,2})\.?\s+(\p{L}{3,})\.?\s+(\d{4})$/u;

const MONTHS: readonly (readonly string[])[] = [
  ['januar', 'january', 'jänner'],
  ['februar', 'february'],
  ['märz', 'march', 'maerz', 'mrz'],
  ['april'],
  ['mai', 'may'],
  ['juni', 'june'],
  ['juli', 'july'],
  ['august'],
  ['september'],
  ['oktober', 'october'],
  ['november'],
  ['dezember', 'december'],
];

/** What somebody typed as a day. The day of the month comes first, as Germans and the British write it. */
function readDay(text: string): ReadDay {
  const bare = text.trim().replace(LEAD, '');
  const iso = ISO.exec(bare);
  if (iso) return dayFrom(iso[3], Number(iso[2]), iso[1]);
  const words = WORDS.exec(bare);
  if (words) {
    const name = (words[2] ?? '').toLowerCase();
    const month = MONTHS.findIndex((names) => names.some((each) => each.startsWith(name)));
    return month < 0 ? UNREAD : dayFrom(words[1], month + 1, words[3]);
  }
  const parts = PARTS.exec(bare) ?? DIGITS.exec(bare);
  return parts ? dayFrom(parts[1], Number(parts[2]), parts[3]) : UNREAD;
}

function dayFrom(date = '', month: number, year = ''): ReadDay {
  // Two digits are a year of this century; in a letter of today nothing else is meant.
  const full = year.length === 2 ? `20${year}` : year;
  if (full.startsWith('0')) return UNREAD;
  if (month < 1 || month > 12) return { wrong: 'month', month };
  const first = `${full}-${String(month).padStart(2, '0')}`;
  const day = `${first}-${date.padStart(2, '0')}`;
  return isDay(day) ? { day } : { wrong: 'date', date: Number(date), first: `${first}-01` };
}

/** What somebody typed, as it is kept: the day when it is one, else as it stands, so that nothing else is taken for it. */
export function keptDay(text: string): string {
  const read = readDay(text);
  return 'day' in read ? read.day : text.trim();
}

/** What is wrong with what somebody typed as a day; null when nothing is. */
export function dayFlaw(text: string, { t, language }: { t: Texts; language: Language }): string | null {
  const read = readDay(text);
  if ('day' in read) return null;
  if (read.wrong === 'unread') return t.form.notDay;
  if (read.wrong === 'month') return t.form.noMonth(read.month);
  const first = new Date(`${read.first}T00:00:00Z`);
  const month = new Intl.DateTimeFormat(localeOf(language), {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(first);
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate();
  return t.form.noDate(read.date, month, days);
}

/** A day as it stands in an input field: „02.03.2026“ or "02/03/2026". */
export function dayToInput(day: string, language: Language): string {
  const [year, month, date] = day.split('-');
  return isDay(day) ? [date, month, year].join(language === 'de' ? '.' : '/') : day;
}
