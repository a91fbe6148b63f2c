import type { proof as german } from './proof.de';

export const proof: typeof german = {
  verdicts: {
    sound: {
      title: 'Proven',
      text: 'Every case can end, and every step can be reached, whatever the data are.',
    },
    not_decided: {
      title: 'Not decided',
      text: 'The proof came to a limit; the problems below say which.',
    },
    possibly_unsound: {
      title: 'Possibly unsound',
      text: 'The flow allows something that should not be. Whether the data exclude it is not known.',
    },
    unsound: {
      title: 'Unsound',
      text: 'There is a run that should not be, or something that never comes about.',
    },
  },
  unread: 'Whether every case can end is proven once there are no errors any more.',
  show: 'Show the run',
  showOf: (code, step) => `Show the run: ${code}, ${step}`,
  runTo: (title) => `This is how: ${title}`,
  played: 'played',
  playedText: 'The program has played this run.',
  possible: 'possible by the flow',
  possibleText: 'With none of the values that were tried a case came there; the data may exclude it.',
  stop: (at, of) => `${at} of ${of}`,
  back: 'Back',
  on: 'Next',
  play: 'Play',
  pause: 'Pause',
  again: 'Once more',
  close: 'Close the run',
  here: ' – now things are as the problem says.',
  scenario: 'As a scenario',
  scenarioText:
    'This file plays the run. In the folder `scenarios` of the process it records what is wrong; once the fault is mended it fails and says what is now.',
  copy: 'Copy',
  copied: 'Copied.',
  notCopied: 'Copying did not work. Please select and copy it by hand.',
};
