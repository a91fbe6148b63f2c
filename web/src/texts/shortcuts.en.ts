// Keys that do something, and what they do.
import type { shortcuts as german } from './shortcuts.de';

export const shortcuts: typeof german = {
  title: 'Keyboard shortcuts',
  complete: 'Complete the task',
  help: 'Show this overview',
  search: 'Go to the search field',
  keys: { ctrl: 'Ctrl', enter: 'Enter' },
  single: 'Use shortcuts of a single character',
  singleHelp: 'Switch off if you use speech control, or if the characters get in your way.',
  where: { everywhere: 'everywhere', task: 'in a task', list: 'in lists' },
};
