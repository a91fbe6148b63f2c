// Reads the closed profile of JSON Schema that the server speaks (objects, lists, texts, whole numbers, yes/no,
// choices) into fields that can be drawn. Nothing is evaluated: no `anyOf`, no `if`, no code made from a schema.
//
// Why not JSON Forms: its validator (Ajv) compiles schemas with `new Function`, which the content security policy of
// the server forbids; whether a field is shown or required is decided by the server anyway; and the profile has only
// twelve kinds of field.

export interface Choice {
  id: string;
  title: string;
}

/** What may stand in a field. */
export type Shape =
  | {
      kind: 'line' | 'lines' | 'email' | 'expression' | 'period';
      min: number;
      max: number | null;
      pattern: string | null;
    }
  | { kind: 'date' }
  | { kind: 'time' }
  | { kind: 'integer' | 'money'; min: number | null; max: number | null }
  | { kind: 'boolean' }
  | { kind: 'choice' | 'choices'; options: Choice[] }
  /** Documents of the file, by their numbers; the ids of the options are these numbers as text. */
  | { kind: 'documents'; options: Choice[] }
  | { kind: 'words' }
  | { kind: 'object'; fields: Field[] }
  | { kind: 'list'; item: Shape; min: number; max: number | null }
  | { kind: 'unknown' };

export interface Field {
  name: string;
  title: string;
  help: string | null;
  required: boolean;
  /** A column and filter of lists. */
  list: boolean;
  fallback: unknown;
  shape: Shape;
}

type Raw = Record<string, unknown>;

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const count = (value: unknown): number | null => (typeof value === 'number' ? value : null);

/** A limit against schemas nested without end. */
const DEEPEST = 12;

/** The fields of an object schema, in the order in which people see them. */
export function readFields(schema: unknown, depth = 0): Field[] {
  if (!isRaw(schema) || !isRaw(schema.properties) || depth > DEEPEST) return [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).map(([name, property]) => {
    const raw = isRaw(property) ? property : {};
    return {
      name,
      title: text(raw.title) ?? name,
      help: text(raw.description),
      required: required.includes(name),
      list: raw['x-list'] === true,
      fallback: raw.default,
      shape: readShape(raw, depth + 1),
    };
  });
}

function readShape(raw: Raw, depth: number): Shape {
  if (depth > DEEPEST) return { kind: 'unknown' };
  switch (raw.type) {
    case 'string':
      return readText(raw);
    case 'integer':
      return {
        kind: raw['x-format'] === 'money' ? 'money' : 'integer',
        min: count(raw.minimum),
        max: count(raw.maximum),
      };
    case 'boolean':
      return { kind: 'boolean' };
    case 'array': {
      const item = isRaw(raw.items) ? raw.items : {};
      if (raw['x-format'] === 'documents') return { kind: 'documents', options: readNumbered(item) };
      if (Array.isArray(item.enum)) return { kind: 'choices', options: readOptions(item) };
      return {
        kind: 'list',
        item: readShape(item, depth + 1),
        min: count(raw.minItems) ?? 0,
        max: count(raw.maxItems),
      };
    }
    case 'object':
      if (raw['x-format'] === 'words') return { kind: 'words' };
      return { kind: 'object', fields: readFields(raw, depth) };
    default:
      return { kind: 'unknown' };
  }
}

function readText(raw: Raw): Shape {
  if (Array.isArray(raw.enum)) return { kind: 'choice', options: readOptions(raw) };
  const format = text(raw.format) ?? text(raw['x-format']);
  if (format === 'date') return { kind: 'date' };
  if (format === 'time' || raw['x-format'] === 'time') return { kind: 'time' };
  const size = { min: count(raw.minLength) ?? 0, max: count(raw.maxLength), pattern: text(raw.pattern) };
  switch (format) {
    case 'lines':
    case 'email':
    case 'expression':
    case 'period':
      return { kind: format, ...size };
    default:
      return { kind: 'line', ...size };
  }
}

function readOptions(raw: Raw): Choice[] {
  const titles = isRaw(raw['x-titles']) ? raw['x-titles'] : {};
  const ids = Array.isArray(raw.enum) ? raw.enum.filter((id): id is string => typeof id === 'string') : [];
  return ids.map((id) => ({ id, title: text(titles[id]) ?? id }));
}

function readNumbered(raw: Raw): Choice[] {
  const titles = isRaw(raw['x-titles']) ? raw['x-titles'] : {};
  const numbers = Array.isArray(raw.enum)
    ? raw.enum.filter((number): number is number => typeof number === 'number')
    : [];
  return numbers.map((number) => ({
    id: String(number),
    title: text(titles[String(number)]) ?? String(number),
  }));
}
