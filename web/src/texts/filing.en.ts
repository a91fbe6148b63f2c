import type { filing as german } from './filing.de';

export const filing: typeof german = {
  takeOut: 'Take out',
  takeOutOf: (title) => `Take out “${title}”`,
  move: 'Move',
  hint: 'For a document that does not belong into this file. The file keeps that it was here, who took it out and why; it cannot be looked at here any more.',
  where: 'Where does it belong?',
  toCase: 'to another case',
  toNone: 'to no case',
  which: 'To which case?',
  takenOut: 'The document is taken out of the file.',
  moved: 'The document is taken out and will be in the other case in a moment.',
  badge: 'taken out',
  badgeMoved: 'moved',
  how: (day, name) => `on ${day} by ${name}`,
};
