// What the server found, brought to the fields of the page.
import type { Misfit, Text } from '../../api/shapes';
import type { Flaw } from './check';
import type { Field, Shape } from './profile';

/** The title of the field at a JSON pointer; empty when no field is there. */
export function titleAt(fields: Field[], at: string): string {
  const [name, ...rest] = at.split('/').slice(1);
  const field = fields.find((each) => each.name === name);
  if (!field) return '';
  const inner = titleIn(field.shape, rest);
  return inner === '' ? field.title : inner;
}

function titleIn(shape: Shape, rest: string[]): string {
  if (rest.length === 0) return '';
  if (shape.kind === 'object') return titleAt(shape.fields, `/${rest.join('/')}`);
  if (shape.kind === 'list') return titleIn(shape.item, rest.slice(1));
  return '';
}

/** The findings of the server as flaws of the form. */
export function flawsFrom(misfits: Misfit[], fields: Field[], say: (text: Text) => string): Flaw[] {
  return misfits.map((misfit) => {
    const title = titleAt(fields, misfit.at);
    const place = title === '' && misfit.at !== '' ? misfit.at.slice(1) : title;
    return { at: misfit.at, title: place, message: say(misfit.message) };
  });
}
