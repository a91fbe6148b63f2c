// Entries of a form as data: where a value stands, and what to send.
import type { Values } from '../../api/shapes';
import { type Demands, isBlank, isListLike } from './check';
import type { Field } from './profile';

/** The values with which a form begins: what is proposed, else the default of the field. */
export function beginWith(fields: Field[], proposed: Values): Values {
  const values: Values = {};
  for (const field of fields) {
    const value = proposed[field.name] ?? field.fallback;
    if (value !== undefined) values[field.name] = value;
    else if (field.shape.kind === 'boolean' && field.required) values[field.name] = false;
    else if (isListLike(field.shape) && field.required) values[field.name] = [];
    else if (field.shape.kind === 'object') {
      const inner = beginWith(field.shape.fields, {});
      if (field.required || Object.keys(inner).length > 0) values[field.name] = inner;
    }
  }
  return values;
}

/** The values that the person sees: an option that is closed now is not shown, so it is not chosen either. */
export function withoutClosed(values: Values, closed: Demands['closed']): Values {
  const isClosed = (name: string, value: unknown) =>
    typeof value === 'string' && (closed[name] ?? []).includes(value);
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => !isClosed(name, value)));
}

/**
 * What is sent: every field that the person saw. An emptied field that held a proposal is sent as null, so that the
 * proposal does not stand in for what was deleted.
 */
export function toSend(
  fields: Field[],
  values: Values,
  hidden: ReadonlySet<string>,
  proposed: Values,
): Values {
  const sent: Values = {};
  for (const field of fields) {
    if (hidden.has(field.name)) continue;
    const value = values[field.name];
    if (!isBlank(value) || Array.isArray(value)) sent[field.name] = value;
    else if (!isBlank(proposed[field.name])) sent[field.name] = null;
  }
  return sent;
}

/** Data for a new case: empty optional fields are left out, in objects too. */
export function compact(values: Values): Values {
  const kept: Values = {};
  for (const [name, value] of Object.entries(values)) {
    if (Array.isArray(value)) kept[name] = value;
    else if (typeof value === 'object' && value !== null) kept[name] = compact(value as Values);
    else if (!isBlank(value)) kept[name] = value;
  }
  return kept;
}

/** The id of the control of a field, so that a link in the list of errors can lead to it. */
export function controlId(prefix: string, at: string): string {
  return `${prefix}${at.replaceAll('/', '-')}`;
}
