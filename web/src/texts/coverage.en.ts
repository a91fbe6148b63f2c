import type { coverage as german } from './coverage.de';
import { plural } from './plural';

export const coverage: typeof german = {
  show: 'Show coverage',
  hide: 'Hide coverage',
  title: 'Coverage by scenarios',
  intro:
    'What the scenarios of this process reach, and what none of them ever did. What is inside a building block is tested by its own scenarios.',
  playing: 'Playing the scenarios …',
  figure: (reached, of) => `${reached} of ${of}`,
  scenarios: 'Scenarios passed',
  all: 'The scenarios reach everything.',
  gaps: (count) => plural(count, 'gap', 'gaps'),
  gapsTitle: (count) => `Never reached by a scenario: ${count}`,
  missed: 'never reached',
  legend: 'Dotted and with ∅: no scenario went this way.',
  failed: (titles) => `Failed: ${titles}. What would come after it is not counted.`,
};
