// What the page can say about entries before it asks the server. The server decides; this only saves a round trip.
import type { Texts } from '../../texts/de';
import { dayFlaw } from '../../texts/day';
import { formatMoney, formatNumber, isDay, type Language, lengthOf, readPeriod } from '../../texts/format';
import type { Values } from '../../api/shapes';
import type { Field, Shape } from './profile';

/** What is wrong with a field. `at` is a JSON pointer (`/applicant/name`), `title` the name of the field. */
export interface Flaw {
  at: string;
  title: string;
  message: string;
}

/** What a form asks besides its schema: the server says it for a task, the schema for everything else. */
export interface Demands {
  required: ReadonlySet<string>;
  hidden: ReadonlySet<string>;
  /** Options that cannot be chosen, by field. */
  closed: Readonly<Record<string, string[]>>;
  /** The fields on which it depends which options are closed, by field. */
  closedBy?: Readonly<Record<string, string[]>>;
}

export function demandsOf(fields: Field[]): Demands {
  return {
    required: new Set(fields.filter((field) => field.required).map((field) => field.name)),
    hidden: new Set(),
    closed: {},
  };
}

/** Whether no option of a choice is open, as other fields stand. */
export function isClosed(field: Field, demands: Demands): boolean {
  const closed = demands.closed[field.name] ?? [];
  const { shape } = field;
  return (
    shape.kind === 'choice' &&
    shape.options.length > 0 &&
    shape.options.every((option) => closed.includes(option.id))
  );
}

/** The fields that keep a choice from having an open option. */
export function closingOf(field: Field, fields: Field[], demands: Demands): Field[] {
  const names = demands.closedBy?.[field.name] ?? [];
  return fields.filter((each) => names.includes(each.name) && !demands.hidden.has(each.name));
}

/** An empty text, an empty list or nothing is no answer. */
export function isBlank(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (typeof value === 'string') return value.trim() === '';
  return Array.isArray(value) && value.length === 0;
}

/** Whether the server reads this as a period. */
export function isPeriod(text: string, language: Language): boolean {
  return readPeriod(text, language) !== null || ISO_PERIOD.test(text.trim());
}

/** Everything in the entries that cannot be right. */
export function findFlaws(
  fields: Field[],
  values: Values,
  demands: Demands,
  speech: { t: Texts; language: Language },
): Flaw[] {
  return fields
    .filter((field) => !demands.hidden.has(field.name))
    .flatMap((field) => {
      const at = `/${field.name}`;
      const value = values[field.name];
      // What cannot be chosen is not missing: what closes it has to be looked at.
      if (isBlank(value) && demands.required.has(field.name) && isClosed(field, demands)) {
        const { noneOpen, closes } = speech.t.form;
        const closing = closingOf(field, fields, demands);
        const told = closing.map((each) => ({
          at: `/${each.name}`,
          title: each.title,
          message: closes(field.title),
        }));
        return told.length > 0 ? told : [{ at, title: field.title, message: noneOpen }];
      }
      if (isBlank(value)) {
        const { shape } = field;
        if (!demands.required.has(field.name) || shape.kind === 'boolean') return [];
        if (!isListLike(shape)) return [{ at, title: field.title, message: speech.t.form.required }];
        return inShape(shape, [], at, field.title, speech);
      }
      return inShape(field.shape, value, at, field.title, speech);
    });
}

/** An empty list is an answer: there are none. */
export function isListLike(shape: Shape): boolean {
  return shape.kind === 'list' || shape.kind === 'choices' || shape.kind === 'documents';
}

function inShape(
  shape: Shape,
  value: unknown,
  at: string,
  title: string,
  speech: { t: Texts; language: Language },
): Flaw[] {
  const { t } = speech;
  if (shape.kind === 'object') {
    const inner = isValues(value) ? value : {};
    return findFlaws(shape.fields, inner, demandsOf(shape.fields), speech).map((flaw) => ({
      ...flaw,
      at: at + flaw.at,
    }));
  }
  if (shape.kind === 'list') {
    const items: unknown[] = Array.isArray(value) ? value : [];
    if (items.length < shape.min) return [{ at, title, message: t.form.tooFew(shape.min) }];
    return items.flatMap((item, index) =>
      inShape(shape.item, item, `${at}/${index}`, `${title} ${index + 1}`, speech),
    );
  }
  const message = wrongWith(shape, value, speech);
  return message === null ? [] : [{ at, title, message }];
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const TIME = /^([01][0-9]|2[0-3]):[0-5][0-9]$/;
const ISO_PERIOD = /^P\d+[DWMY]$/i;

function wrongWith(
  shape: Shape,
  value: unknown,
  { t, language }: { t: Texts; language: Language },
): string | null {
  const text = typeof value === 'string' ? value : '';
  switch (shape.kind) {
    case 'date':
      return isDay(text) ? null : (dayFlaw(text, { t, language }) ?? t.form.notDay);
    case 'time':
      return TIME.test(text) ? null : t.form.notTime;
    case 'email':
      return /^\S+@\S+$/.test(text) ? lengthFlaw(shape, text, t) : t.form.notEmail;
    case 'period':
      return isPeriod(text, language) ? null : t.form.notPeriod;
    case 'line':
    case 'lines':
    case 'expression':
      return lengthFlaw(shape, text, t) ?? patternFlaw(shape.pattern, text, t);
    case 'integer':
    case 'money': {
      if (typeof value !== 'number') return shape.kind === 'money' ? t.form.notMoney : t.form.notNumber;
      const show = (limit: number) =>
        shape.kind === 'money' ? formatMoney(limit, language) : formatNumber(limit, language);
      if (shape.min !== null && value < shape.min) return t.form.tooSmall(show(shape.min));
      if (shape.max !== null && value > shape.max) return t.form.tooLarge(show(shape.max));
      return null;
    }
    default:
      return null;
  }
}

function lengthFlaw(shape: { min: number; max: number | null }, text: string, t: Texts): string | null {
  const length = lengthOf(text);
  if (length < shape.min) return t.form.tooShort(shape.min);
  if (shape.max !== null && length > shape.max) return t.form.tooLong(shape.max);
  return null;
}

function patternFlaw(pattern: string | null, text: string, t: Texts): string | null {
  if (pattern === null) return null;
  try {
    if (new RegExp(pattern, 'u').test(text)) return null;
    const digits = /^\^(?:\[0-9\]|\\d)\{([0-9]+)\}\$$/u.exec(pattern)?.[1];
    return digits === undefined ? t.form.notPattern : t.form.notDigits(Number(digits));
  } catch {
    // The server's expressions are not always those of the browser; then only the server can tell.
    return null;
  }
}
