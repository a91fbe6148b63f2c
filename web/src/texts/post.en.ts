// The outgoing post: what still has to leave the house.
import type { post as german } from './post.de';
import { plural } from './plural';

export const post: typeof german = {
  title: 'Outgoing post',
  intro:
    'Letters that wait to be dispatched. Print or open them, send them, then record the dispatch: only that starts the periods.',
  columns: {
    select: 'Selection',
    title: 'Letter',
    addressee: 'Addressee',
    case: 'Case',
    since: 'Waiting since',
    action: 'Action',
  },
  selectOne: (title, number) => `Select ${title}, ${number}`,
  selectAll: 'Select all',
  selected: (count) => plural(count, 'letter selected', 'letters selected'),
  record: 'Record dispatch',
  leftOut: 'Please print by itself and enclose:',
  leftOutOf: (title: string, letter: string) => `“${title}” for ${letter}`,
  empty: 'No letter waits to be dispatched.',
  failed: 'The dispatch is not recorded:',
  partly: (done, failed) =>
    `${plural(done, 'letter', 'letters')} recorded, ${failed} not. The others are still selected:`,
};
