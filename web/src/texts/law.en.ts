import type { law as german } from './law.de';

export const law: typeof german = {
  instruction: 'Instruction on remedies',
  doubtful: 'Legal data that still have to be checked',
  doubtfulHint:
    'Nobody has compared this with the promulgated law yet, or sources disagree. Please check before you sign; the legal office can settle it.',
  words: 'words of the instruction',
  unchecked: 'not checked',
  disputed: 'disputed',
};
