import type { substitution as german } from './substitution.de';

export const substitution: typeof german = {
  title: 'Substitution',
  intro:
    'Whoever stands in also has the roles of the absent person on these days, and can take over tasks that they hold. Administration and process design are not passed on. People act in their own name: four-eyes still counts.',
  empty: 'No substitution is recorded.',
  add: 'Record a substitution',
  save: 'Record',
  columns: {
    absent: 'Away',
    substitute: 'Stands in',
    from: 'From',
    until: 'Up to and including',
    state: 'State',
    action: 'Action',
  },
  now: 'running',
  later: 'to come',
  absent: 'Who is away?',
  substitute: 'Who stands in?',
  substituteHelp: 'It goes no further: if the substitute is away as well, record somebody else.',
  from: 'First day',
  until: 'Last day',
  personMissing: 'Please choose a person.',
  dayMissing: 'Please give a day.',
  fromWrong: 'The first day is not in the past.',
  untilWrong: 'The last day is not before the first, and at most a year after it.',
  begun: (substitute, absent, from, until) =>
    `${substitute} stands in for ${absent} from ${from} to ${until}.`,
  lacking: 'During this time tasks are left without anybody',
  lackingText:
    'The substitution is recorded. So that no case is left lying, give another person the role, or choose somebody else.',
  end: 'End',
  endOf: (absent, substitute) => `End the substitution of ${absent} by ${substitute}`,
  endWarning: (substitute) =>
    `${substitute} loses the roles of the absent person at once. Tasks that were taken over do not go back by themselves.`,
  ended: 'The substitution is over.',
  youStandIn: (absent, until) =>
    `You stand in for ${absent} until ${until}. Tasks that ${absent} holds are under “All”.`,
  youAreAway: (substitute, until) => `${substitute} stands in for you until ${until}.`,
};
