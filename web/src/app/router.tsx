// Addresses and their pages. Filters and tabs live in the address, so that a link shows what its sender saw.
import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';

import { sessionQuery, type Sort, type View } from '../api/queries';
import { Crash, CrashPage, NotFoundPage } from './failure';
import { type Period, PERIODS } from '../statistics/period';
import { HelpPage } from './help';
import { LoginPage } from './login';
import { Shell } from './shell';

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

function oneOf<T extends string>(value: unknown, choices: readonly T[]): T | undefined {
  return choices.find((choice) => choice === value);
}

/** How a list may be sorted: by one of some words, or by a declared column. */
function sort(value: unknown, words: readonly string[]): Sort | undefined {
  return typeof value === 'string' && (words.includes(value) || /^column\../.test(value)) ? value : undefined;
}

function columns(value: unknown): Record<string, string> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = Object.entries(value).flatMap(([name, each]): [string, string][] => {
    const said = text(each);
    return said === undefined ? [] : [[name, said]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const rootRoute = createRootRouteWithContext<{ client: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: CrashPage,
});

export interface LoginSearch {
  back?: string;
  expired?: boolean;
}

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  component: LoginPage,
  validateSearch: (search: Record<string, unknown>): LoginSearch => {
    const back = text(search.back);
    // Only addresses of this application; `//host` would be another one.
    const safe = back?.startsWith('/') === true && !/^\/[/\\]/.test(back);
    return { ...(safe ? { back } : {}), ...(search.expired === true ? { expired: true } : {}) };
  },
});

const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  component: Shell,
  errorComponent: CrashPage,
  beforeLoad: async ({ context, location }) => {
    const session = await context.client.query({ ...sessionQuery, staleTime: 'static' });
    if (session === null) throw redirect({ to: '/login', search: { back: location.href } });
  },
});

const indexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/inbox' });
  },
});

export interface InboxSearch {
  view?: View;
  process?: string;
  q?: string;
  due?: string;
  sort?: Sort;
  descending?: boolean;
  columns?: Record<string, string>;
}

const inboxRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/inbox',
  component: lazyRouteComponent(() => import('../inbox/inbox-page'), 'InboxPage'),
  validateSearch: (search: Record<string, unknown>): InboxSearch => ({
    view: oneOf(search.view, ['mine', 'unassigned', 'all']),
    process: text(search.process),
    q: text(search.q),
    due: text(search.due),
    sort: sort(search.sort, ['due', 'priority', 'opened', 'number', 'deadline']),
    descending: search.descending === true ? true : undefined,
    columns: columns(search.columns),
  }),
});

const taskRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/tasks/$id',
  component: lazyRouteComponent(() => import('../inbox/task-page'), 'TaskPage'),
});

const startRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/start',
  component: lazyRouteComponent(() => import('../inbox/start-page'), 'StartPage'),
  validateSearch: (search: Record<string, unknown>): { process?: string; item?: string } => ({
    process: text(search.process),
    item: text(search.item),
  }),
});

export interface CasesSearch {
  state?: 'open' | 'closed' | 'all';
  process?: string;
  q?: string;
  sort?: Sort;
  descending?: boolean;
  columns?: Record<string, string>;
}

const casesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/cases',
  component: lazyRouteComponent(() => import('../case/cases-page'), 'CasesPage'),
  validateSearch: (search: Record<string, unknown>): CasesSearch => ({
    state: oneOf(search.state, ['open', 'closed', 'all']),
    process: text(search.process),
    q: text(search.q),
    sort: sort(search.sort, ['newest', 'number', 'deadline']),
    descending: search.descending === true ? true : undefined,
    columns: columns(search.columns),
  }),
});

export const CASE_TABS = ['overview', 'data', 'deadlines', 'documents', 'notes', 'course'] as const;
export type CaseTab = (typeof CASE_TABS)[number];

const caseRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/cases/$id',
  component: lazyRouteComponent(() => import('../case/case-page'), 'CasePage'),
  validateSearch: (search: Record<string, unknown>): { tab?: CaseTab; at?: string } => ({
    tab: oneOf(search.tab, CASE_TABS),
    at: text(search.at),
  }),
});

const deadlinesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/deadlines',
  component: lazyRouteComponent(() => import('../case/deadlines-page'), 'DeadlinesPage'),
  validateSearch: (search: Record<string, unknown>): { until?: string } => ({ until: text(search.until) }),
});

const incomingRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/incoming',
  component: lazyRouteComponent(() => import('../incoming/incoming-page'), 'IncomingPage'),
  validateSearch: (search: Record<string, unknown>): { state?: 'done'; q?: string } => ({
    state: oneOf(search.state, ['done']),
    q: text(search.q),
  }),
});

const itemRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/incoming/$id',
  component: lazyRouteComponent(() => import('../incoming/item-page'), 'ItemPage'),
});

const postRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/post',
  component: lazyRouteComponent(() => import('../case/post-page'), 'PostPage'),
});

export interface StatisticsSearch {
  period?: Period;
  process?: string;
}

const statisticsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/statistics',
  component: lazyRouteComponent(() => import('../statistics/statistics-page'), 'StatisticsPage'),
  validateSearch: (search: Record<string, unknown>): StatisticsSearch => ({
    period: oneOf(search.period, PERIODS),
    process: text(search.process),
  }),
});

const designerRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/designer',
  component: lazyRouteComponent(() => import('../designer/designer-page'), 'DesignerPage'),
});

export const PROCESS_VIEWS = ['both', 'canvas', 'outline', 'files', 'settings'] as const;
export type ProcessView = (typeof PROCESS_VIEWS)[number];

export interface ProcessSearch {
  view?: ProcessView;
  step?: string;
  file?: string;
  line?: number;
  draft?: boolean;
  release?: string;
  coverage?: boolean;
}

const processRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/designer/$id',
  component: lazyRouteComponent(() => import('../designer/process-page'), 'ProcessPage'),
  validateSearch: (search: Record<string, unknown>): ProcessSearch => ({
    view: oneOf(search.view, PROCESS_VIEWS),
    step: text(search.step),
    file: text(search.file),
    line: typeof search.line === 'number' ? search.line : undefined,
    draft: search.draft === true ? true : undefined,
    release: text(search.release),
    coverage: search.coverage === true ? true : undefined,
  }),
});

export const ADMIN_AREAS = [
  'blocks',
  'processes',
  'authority',
  'law',
  'law-index',
  'people',
  'tokens',
  'incidents',
  'messages',
  'keeping',
  'erasures',
  'audit',
  'nodes',
] as const;
export type AdminArea = (typeof ADMIN_AREAS)[number];

export interface AdminSearch {
  /** What is looked up in the law index, and on which day. */
  norm?: string;
  on?: string;
  /** Which row of legal data is shown. */
  table?: string;
  row?: string;
}

const adminIndexRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/admin',
  beforeLoad: () => {
    throw redirect({ to: '/admin/$area', params: { area: 'blocks' } });
  },
});

const adminRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/admin/$area',
  component: lazyRouteComponent(() => import('../admin/admin-page'), 'AdminPage'),
  validateSearch: (search: Record<string, unknown>): AdminSearch => ({
    norm: text(search.norm),
    on: text(search.on),
    table: text(search.table),
    row: text(search.row),
  }),
});

const substitutionsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/substitutions',
  component: lazyRouteComponent(() => import('../substitutions/substitutions-page'), 'SubstitutionsPage'),
});

const runsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/runs',
  component: lazyRouteComponent(() => import('../runs/runs-page'), 'RunsPage'),
});

const runRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/runs/$number',
  component: lazyRouteComponent(() => import('../runs/run-page'), 'RunPage'),
});

const helpRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/help',
  component: HelpPage,
});

const findingsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/help/findings',
  component: lazyRouteComponent(() => import('../designer/findings-page'), 'FindingsPage'),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  shellRoute.addChildren([
    indexRoute,
    inboxRoute,
    taskRoute,
    startRoute,
    casesRoute,
    caseRoute,
    deadlinesRoute,
    incomingRoute,
    itemRoute,
    postRoute,
    statisticsRoute,
    designerRoute,
    processRoute,
    adminIndexRoute,
    adminRoute,
    substitutionsRoute,
    runsRoute,
    runRoute,
    helpRoute,
    findingsRoute,
  ]),
]);

export function makeRouter(client: QueryClient) {
  return createRouter({
    routeTree,
    context: { client },
    defaultPreload: false,
    scrollRestoration: true,
    defaultPendingMs: 400,
    defaultNotFoundComponent: NotFoundPage,
    defaultErrorComponent: Crash,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
