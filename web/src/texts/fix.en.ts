import type { fix as german } from './fix.de';

export const fix: typeof german = {
  title: 'Suggestion',
  removed: 'removed',
  added: 'added',
  where: (file, line) => `${file}, from line ${line}`,
  more: (lines) => (lines === 1 ? '… and one more line' : `… and ${lines} more lines`),
  take: 'Apply suggestion',
  takeOf: (title) => `Apply suggestion: ${title}`,
  taken: (title) => `Applied: ${title}`,
  undone: (title) => `Undone: ${title}`,
  undo: 'Undo',
  onlyHere:
    'The draft is changed in this window until the page is loaded anew. The files that it comes from stay as they are.',
  misfit: 'The suggestion does not fit the files any more. Please check again.',
};
