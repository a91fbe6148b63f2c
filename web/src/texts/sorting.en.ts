import type { sorting as german } from './sorting.de';

export const sorting: typeof german = {
  by: 'Sort by',
  words: {
    due: 'due date',
    priority: 'priority',
    deadline: 'next deadline',
    opened: 'arrival of the task',
    number: 'file number',
    newest: 'newest first',
  },
  direction: 'Direction',
  directions: { up: 'ascending', down: 'descending' },
  sortBy: (title) => `Sort by ${title}`,
};
