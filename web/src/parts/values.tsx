// Shows data by its schema: names, then values as people write them.
import type { ReactNode } from 'react';

import type { Values } from '../api/shapes';
import { type Speech, useSpeech } from '../texts/language';
import { isDay } from '../texts/format';
import type { Field, Shape } from './form/profile';

/** A list of names and values. */
export function Facts({ items }: { items: { title: string; value: ReactNode }[] }) {
  return (
    <dl className="kern-description-list fw-facts">
      {items.map((item, index) => (
        <div className="kern-description-list-item" key={`${item.title}-${index}`}>
          <dt className="kern-description-list-item__key">{item.title}</dt>
          <dd className="kern-description-list-item__value">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/**
 * The data of an object: the fields that have a value. What no field takes comes last, under its own name, unless only
 * what has a title is wanted.
 */
export function DataFacts({
  fields,
  values,
  onlyKnown = false,
}: {
  fields: Field[];
  values: Values;
  onlyKnown?: boolean;
}) {
  const speech = useSpeech();
  const known = new Set(fields.map((field) => field.name));
  const rest = onlyKnown ? [] : Object.keys(values).filter((name) => !known.has(name));
  const items = [
    ...fields
      .filter((field) => values[field.name] !== undefined && values[field.name] !== null)
      .map((field) => ({
        title: field.title,
        value: valueNode(field.shape, values[field.name], speech, onlyKnown),
      })),
    ...rest.map((name) => ({ title: name, value: looseNode(values[name], speech) })),
  ];
  if (items.length === 0) return <p className="fw-muted">{speech.t.word.none}</p>;
  return <Facts items={items} />;
}

/** A single value as one line of text. */
export function valueText(shape: Shape, value: unknown, speech: Speech): string {
  const { t } = speech;
  if (value === undefined || value === null || value === '') return t.word.none;
  switch (shape.kind) {
    case 'boolean':
      return value === true ? t.word.yes : t.word.no;
    case 'date':
      return typeof value === 'string' ? speech.dayLong(value) : looseText(value, speech);
    case 'money':
      return typeof value === 'number' ? speech.money(value) : looseText(value, speech);
    case 'integer':
      return typeof value === 'number' ? speech.number(value) : looseText(value, speech);
    case 'period':
      return typeof value === 'string' ? speech.period(value) : looseText(value, speech);
    case 'choice':
      return shape.options.find((option) => option.id === value)?.title ?? looseText(value, speech);
    case 'choices':
    case 'documents': {
      const ids = (Array.isArray(value) ? value : []).map((id: unknown) =>
        typeof id === 'number' ? String(id) : id,
      );
      if (ids.length === 0) return t.word.none;
      return speech.list(
        ids.map((id) => shape.options.find((option) => option.id === id)?.title ?? looseText(id, speech)),
      );
    }
    default:
      return looseText(value, speech);
  }
}

function valueNode(shape: Shape, value: unknown, speech: Speech, onlyKnown: boolean): ReactNode {
  if (shape.kind === 'object' && isObject(value))
    return <DataFacts fields={shape.fields} values={value} onlyKnown={onlyKnown} />;
  if (shape.kind === 'list' && Array.isArray(value)) {
    if (value.length === 0) return speech.t.word.none;
    return (
      <ul className="fw-plain-list">
        {value.map((item: unknown, index) => (
          <li key={index}>{valueNode(shape.item, item, speech, onlyKnown)}</li>
        ))}
      </ul>
    );
  }
  return <span className="fw-lines-shown">{valueText(shape, value, speech)}</span>;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value whose schema is not known (results of steps). */
export function looseText(value: unknown, speech: Speech): string {
  if (value === null || value === undefined || value === '') return speech.t.word.none;
  if (typeof value === 'boolean') return value ? speech.t.word.yes : speech.t.word.no;
  if (typeof value === 'number') return speech.number(value);
  if (typeof value === 'string') return isDay(value) ? speech.dayLong(value) : value;
  return JSON.stringify(value);
}

/** The same, lists and objects spread out. */
export function looseNode(value: unknown, speech: Speech): ReactNode {
  if (Array.isArray(value)) {
    if (value.length === 0) return speech.t.word.none;
    return (
      <ul className="fw-plain-list">
        {value.map((item: unknown, index) => (
          <li key={index}>{looseNode(item, speech)}</li>
        ))}
      </ul>
    );
  }
  if (isObject(value)) {
    return (
      <Facts
        items={Object.entries(value).map(([title, inner]) => ({ title, value: looseNode(inner, speech) }))}
      />
    );
  }
  return <span className="fw-lines-shown">{looseText(value, speech)}</span>;
}
