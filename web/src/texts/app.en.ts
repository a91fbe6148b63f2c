// What stands on every page: menu, login, failures, short words.
import type {
  app as germanApp,
  act as germanAct,
  word as germanWord,
  due as germanDue,
  failure as germanFailure,
  login as germanLogin,
  password as germanPassword,
  helpPage as germanHelpPage,
} from './app.de';
import { plural } from './plural';

export const app: typeof germanApp = {
  code: 'en',
  name: 'Fachwerk',
  skip: 'Skip to content',
  menu: 'Menu',
  mainNavigation: 'Main navigation',
  loading: 'Loading …',
  nav: {
    inbox: 'Tasks',
    cases: 'Cases',
    deadlines: 'Deadlines',
    post: 'Outgoing post',
    statistics: 'Statistics',
    designer: 'Processes',
    admin: 'Administration',
    help: 'Help',
  },
  overdueHint: (count) => `${count} of them overdue`,
  lettersHint: (count) => plural(count, 'letter waits to be sent', 'letters wait to be sent'),
  openTasks: (count) => plural(count, 'task of your own', 'tasks of your own'),
  account: 'Account',
  accountOf: (name) => `Account of ${name}`,
  logout: 'Log out',
  changePassword: 'Change password',
  language: 'Deutsch',
  languageHint: 'Auf Deutsch umschalten',
  shortcuts: 'Keyboard shortcuts',
  newTasks: (count) => plural(count, 'new task in the list.', 'new tasks in the list.'),
  offline: 'No connection to the server. You see the last known state.',
  online: 'The connection to the server is back.',
  demo: 'Demo',
  demoHint: 'Everything here is invented; feel free to try it out.',
  clock: (instant) => `Server clock: ${instant}`,
  clockAdvance: 'Move clock',
  clockBy: 'Move forward by how much?',
  clockAdvanced: (instant) => `The clock now says ${instant}.`,
  clockChoices: { '1 hour': '1 hour', '1 day': '1 day', '1 week': '1 week', '1 month': '1 month' },
};

export const act: typeof germanAct = {
  save: 'Save',
  cancel: 'Cancel',
  close: 'Close',
  retry: 'Try again',
  more: 'Load more',
  open: 'Open',
  print: 'Print',
  add: 'Add',
  remove: 'Remove',
  reset: 'Reset',
  back: 'Back',
  search: 'Search',
  change: 'Change',
  details: 'Details',
};

export const word: typeof germanWord = {
  printed: (authority, day) => `${authority}, printed on ${day}`,
  yes: 'yes',
  no: 'no',
  none: 'not given',
  nobody: 'nobody',
  and: 'and',
  optional: 'optional',
  choose: 'Please choose',
  all: 'all',
  of: (some, all) => `${some} of ${all}`,
  atLeast: (count) => `at least ${count}`,
  counted: (count, capped) => (capped ? `over ${count}` : String(count)),
  unknown: 'unknown',
  system: 'System',
  connectors: { letter: 'letters' },
  chars: (left) => (left >= 0 ? `${left} characters left.` : `${-left} characters too many.`),
};

export const due: typeof germanDue = {
  overdue: (days) => `overdue for ${plural(days, 'day', 'days')}`,
  today: 'today',
  tomorrow: 'tomorrow',
  inDays: (days) => `in ${days} days`,
  none: 'no date',
  waits: 'not running yet',
};

export const failure: typeof germanFailure = {
  title: 'That did not work',
  loading: 'The data could not be loaded.',
  unreachable: 'The server does not answer. Check the connection and try again; your entries are kept.',
  server:
    'An error occurred on the server. It has been logged; try again in a few minutes or tell the administrator.',
  forbidden: 'You are not allowed to do this.',
  tooMany: 'Too many requests in a short time. Please wait a moment.',
  tooLarge: 'The file or entry is too large.',
  limit: (name) => `Limit reached: ${name}.`,
  code: (code) => `Error code: ${code}`,
  crash:
    'This page could not be shown. Your entries in tasks are kept. Reload the page; if that does not help, tell the administrator.',
  reload: 'Reload page',
  notFound: 'There is no such page',
  notFoundHint: 'The address may be incomplete, or the entry has been removed.',
  toInbox: 'To the tasks',
};

export const login: typeof germanLogin = {
  title: 'Log in',
  tenant: 'Tenant',
  tenantHelp: 'Short name of your authority',
  name: 'User name',
  password: 'Password',
  submit: 'Log in',
  wrong: 'User name or password is wrong.',
  expired:
    'Your session has ended. Log in to go on at the same place; what you had begun to enter is still there.',
  missing: 'Please fill in all fields.',
  demoTitle: 'Demo accounts',
  demoPassword: 'Password for all: demo',
  demoRoles: {
    jan: 'clerk',
    ole: 'clerk',
    lea: 'team lead',
    petra: 'post room',
    mia: 'team lead',
    dora: 'process designer',
    admin: 'administrator',
  },
  showPassword: 'Show password',
};

export const password: typeof germanPassword = {
  title: 'Change password',
  old: 'Old password',
  new: 'New password',
  repeat: 'Repeat new password',
  help: 'At least 12 characters. A sequence of words is easy to remember.',
  different: 'The two new passwords are not the same.',
  short: 'The new password needs at least 12 characters.',
  done: 'Your password has been changed.',
  firstTitle: 'Choose a password of your own',
  first:
    'Your present password was given by the administration. Please choose one that only you know; then you can go on.',
};

export const helpPage: typeof germanHelpPage = {
  title: 'Help',
  areas: 'Areas',
  shortcuts: 'Keyboard shortcuts',
  panel: 'Help for this page',
};
