import type { findings as german } from './findings.de';

export const findings: typeof german = {
  title: 'What the check finds',
  text: 'Before a process is put to use it is checked on all ways whether cases can end, whether data are there when they are needed, whether the law of procedure is kept, and whether there are enough people. Here it says of each message what it means and what to do.',
  severities:
    'An error stops a deployment. So does a concern, unless a person says why it may be all the same. A warning does not stop it. What the data may exclude counts one less than is said here.',
  meaning: 'Meaning',
  consequence: 'Consequence',
  remedy: 'What to do',
  before: 'Before',
  after: 'After',
  both: 'The same before and after',
  none: 'There is no such file here.',
  legend: 'In the example − stands before lines that go, and + before lines that come.',
  gone: 'goes:',
  come: 'comes:',
  example: 'Example',
  frame: 'What all examples share',
  frameText:
    'The file “process.yaml” of an example goes on where the following one ends. “people.yaml” says who has which roles, “settings.yaml” what the authority has set.',
  explained: (title) => `explanation: ${title} (new window)`,
};
