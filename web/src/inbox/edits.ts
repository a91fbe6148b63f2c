import type { Values } from '../api/shapes';

/** The fields in which the entries differ from what was proposed. */
export function changed(proposed: Values, values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([field, value]) => JSON.stringify(value) !== JSON.stringify(proposed[field]),
    ),
  );
}
