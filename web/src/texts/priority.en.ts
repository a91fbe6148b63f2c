import type { priority as german } from './priority.de';

export const priority: typeof german = {
  first: (why) => `Priority: ${why}`,
  until: (why, day) => `Priority: ${why}, ${day}`,
  title: 'Priority',
  digitalFirst: 'What professionals send digitally first',
  digitalFirstHelp:
    'For lists sorted by priority: first what has a consequence for the authority, then what planners, companies and other professionals have sent digitally, then by the day of receipt. Applications of citizens are not told apart by whether they come on paper.',
  on: 'Professionals go first when they send digitally.',
  off: 'All by the day of receipt.',
};
