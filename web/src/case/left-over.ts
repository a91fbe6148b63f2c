import type { Values } from '../api/shapes';
import type { Field } from '../parts/form/profile';

/** What of some values no field names; objects without anything left over, and nothing at all, are left out. */
export function leftOver(fields: Field[], values: Values): Values {
  const left: Values = {};
  for (const [name, value] of Object.entries(values)) {
    const shape = fields.find((field) => field.name === name)?.shape;
    if (value === null || value === undefined) continue;
    if (shape?.kind === 'object' && isObject(value)) {
      const inner = leftOver(shape.fields, value);
      if (Object.keys(inner).length > 0) left[name] = inner;
    } else if (shape?.kind === 'list' && shape.item.kind === 'object' && Array.isArray(value)) {
      const inside = shape.item.fields;
      const entries = value.map((entry: unknown) => (isObject(entry) ? leftOver(inside, entry) : {}));
      if (entries.some((entry) => Object.keys(entry).length > 0)) left[name] = entries;
    } else if (shape === undefined) {
      left[name] = value;
    }
  }
  return left;
}

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
