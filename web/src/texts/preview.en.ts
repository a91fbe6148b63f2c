import type { preview as german } from './preview.de';

export const preview: typeof german = {
  open: 'Preview',
  title: 'Preview of the letters',
  none: 'With these entries no letter is made.',
  hint: 'This is how the letter would be made now. It is not made yet, and the case stays as it is.',
  toBeSigned: 'The letter must be signed yet. The name of whoever signs will stand below it.',
  trouble: 'The letter could not be made so',
  signed: 'What is signed',
  signedHint: 'Exactly this letter is sent. If anything of it changes before, it is signed anew.',
  withdrawn: 'Please sign once more',
  page: (title) => `Letter “${title}”`,
  to: (name) => `to ${name}`,
  draft: 'draft',
  together: 'Print letters',
  togetherHint:
    'Please print at actual size, on both sides if you like: each letter and each enclosure begins on a sheet of its own. The dispatch is not recorded by this.',
  save: 'Save',
  saveOf: (title) => `Save “${title}”`,
  print: 'Print',
  printOf: (title) => `Print “${title}”`,
};
