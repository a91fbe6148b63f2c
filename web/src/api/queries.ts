// What is read: one query a resource. Keys begin with the resource, so an event invalidates by its first word.
import { infiniteQueryOptions, queryOptions, keepPreviousData } from '@tanstack/react-query';

import { api, take, takeWithTag } from './client';
import { isProblem } from './problem';
import type {
  AuditEntry,
  CaseEntry,
  Certificate,
  DeadlineEntry,
  IncidentEntry,
  IncomingEntry,
  InboxEntry,
  JournalEntry,
  KeptCase,
  MessageEntry,
  Page,
  PostEntry,
  RestingDeadlines,
  RunEntry,
  Session,
} from './shapes';

export type View = 'mine' | 'unassigned' | 'all';
/** `due`, `opened`, `newest`, `number`, `deadline`, or `column.<name>`. */
export type Sort = string;

export interface TaskFilter {
  view: View;
  process?: string;
  q?: string;
  due_before?: string;
  sort: Sort;
  descending?: boolean;
  /** By declared column. */
  columns?: Record<string, string>;
}

export interface CaseFilter {
  open?: boolean;
  process?: string;
  q?: string;
  sort?: Sort;
  descending?: boolean;
  columns?: Record<string, string>;
}

const LIMIT = 50;

function columnQuery(columns: Record<string, string> | undefined): Record<string, string> {
  const entries = Object.entries(columns ?? {}).filter(([, value]) => value !== '');
  return Object.fromEntries(entries.map(([name, value]) => [`filter.${name}`, value]));
}

function pages<T>(key: readonly unknown[], fetchPage: (cursor: string | undefined) => Promise<Page<T>>) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam }: { pageParam: string | null }) => fetchPage(pageParam ?? undefined),
    initialPageParam: null as string | null,
    getNextPageParam: (last: Page<T>) => last.next,
  });
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await take(api.GET('/session'), true);
    } catch (error) {
      if (isProblem(error) && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});

export const tenantsQuery = queryOptions({
  queryKey: ['tenants'],
  queryFn: () => take(api.GET('/tenants')),
  retry: false,
});

export const countsQuery = queryOptions({
  queryKey: ['tasks', 'counts'],
  queryFn: () => take(api.GET('/tasks/counts')),
});

export function tasksQuery(filter: TaskFilter) {
  const { columns, ...query } = filter;
  return pages<InboxEntry>(['tasks', 'list', filter], (cursor) =>
    take(
      api.GET('/tasks', { params: { query: { ...query, ...columnQuery(columns), cursor, limit: LIMIT } } }),
    ),
  );
}

export function taskQuery(id: string) {
  return queryOptions({
    queryKey: ['tasks', 'one', id],
    queryFn: () => take(api.GET('/tasks/{id}', { params: { path: { id } } })),
  });
}

export function casesQuery(filter: CaseFilter) {
  const { columns, ...query } = filter;
  return pages<CaseEntry>(['cases', 'list', filter], (cursor) =>
    take(
      api.GET('/cases', { params: { query: { ...query, ...columnQuery(columns), cursor, limit: LIMIT } } }),
    ),
  );
}

/** A case, as it is now or as it was at an instant. */
export function caseQuery(id: string, at?: string) {
  return queryOptions({
    queryKey: ['cases', 'one', id, at ?? null],
    queryFn: () => take(api.GET('/cases/{id}', { params: { path: { id }, query: { at } } })),
  });
}

export function endedDeadlinesQuery(id: string, at?: string) {
  return queryOptions({
    queryKey: ['cases', 'ended-deadlines', id, at ?? null],
    queryFn: () => take(api.GET('/cases/{id}/ended-deadlines', { params: { path: { id }, query: { at } } })),
  });
}

export function journalQuery(id: string) {
  return pages<JournalEntry>(['cases', 'journal', id], (cursor) =>
    take(api.GET('/cases/{id}/journal', { params: { path: { id }, query: { cursor } } })),
  );
}

export function deadlinesQuery(state: 'running' | 'suspended' | 'waiting', until?: string) {
  return pages<DeadlineEntry>(['deadlines', state, until ?? null], (cursor) =>
    take(api.GET('/deadlines', { params: { query: { state, until, cursor, limit: LIMIT } } })),
  );
}

/** The figures of the months between two days. */
export function statisticsQuery(months: { from: string; until: string }) {
  return queryOptions({
    queryKey: ['statistics', months],
    queryFn: () => take(api.GET('/statistics', { params: { query: months } })),
  });
}

export const incidentsQuery = pages<IncidentEntry>(['incidents'], (cursor) =>
  take(api.GET('/incidents', { params: { query: { cursor } } })),
);

export const messagesQuery = pages<MessageEntry>(['messages'], (cursor) =>
  take(api.GET('/messages', { params: { query: { cursor } } })),
);

export const erasuresQuery = pages<Certificate>(['erasures'], (cursor) =>
  take(api.GET('/erasures', { params: { query: { cursor } } })),
);

export const erasureQuery = (id: string) =>
  queryOptions({
    queryKey: ['erasures', 'one', id],
    queryFn: () => take(api.GET('/erasures/{case}', { params: { path: { case: id } } })),
  });

export const keepingQuery = queryOptions({
  queryKey: ['keeping'],
  queryFn: () => take(api.GET('/keeping')),
});

export const lawQuery = queryOptions({
  queryKey: ['law'],
  queryFn: () => take(api.GET('/law')),
});

export const lawIndexQuery = (norm: string, on: string) =>
  queryOptions({
    queryKey: ['law', 'index', norm, on],
    queryFn: () =>
      take(
        api.GET('/law/index', {
          params: { query: { ...(norm === '' ? {} : { norm }), ...(on === '' ? {} : { on }) } },
        }),
      ),
  });

export const restingDeadlinesQuery = (norm: string, on: string) =>
  infiniteQueryOptions({
    queryKey: ['law', 'deadlines', norm, on],
    queryFn: ({ pageParam }: { pageParam: string | null }) =>
      take(
        api.GET('/law/index/deadlines', {
          params: { query: { norm, ...(on === '' ? {} : { on }), cursor: pageParam ?? undefined } },
        }),
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last: RestingDeadlines) => last.next,
  });

export const authorityQuery = (year?: number) =>
  queryOptions({
    queryKey: ['authority', year],
    queryFn: () => take(api.GET('/authority', { params: { query: year === undefined ? {} : { year } } })),
    placeholderData: keepPreviousData,
  });

export const policyQuery = queryOptions({
  queryKey: ['policy'],
  queryFn: () => take(api.GET('/policy')),
});

export interface KeptFilter {
  list: 'over' | 'asked' | 'held';
  process?: string;
}

const fetchKeptCases = (
  filter: KeptFilter,
  cursor: string | undefined,
  { limit = LIMIT, ...more }: { limit?: number; signal?: AbortSignal } = {},
) => take(api.GET('/keeping/cases', { params: { query: { ...filter, cursor, limit } }, ...more }));

export const keptCasesQuery = (filter: KeptFilter) =>
  pages<KeptCase>(['keeping', 'cases', filter], (cursor) => fetchKeptCases(filter, cursor));

/** So many rows the server gives at once. */
const MOST_ROWS = 200;

/** All of a list at this moment, read anew each time: something is about to be done to them. */
export const keptListQuery = (filter: KeptFilter) =>
  queryOptions({
    // No part of `keeping`: it must not change under whoever has the dialog open.
    queryKey: ['kept-list', filter],
    // Reading ends when the dialog is closed.
    queryFn: async ({ signal }) => {
      const cases: KeptCase[] = [];
      let cursor: string | undefined;
      do {
        const page = await fetchKeptCases(filter, cursor, { limit: MOST_ROWS, signal });
        cases.push(...page.items);
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      return cases;
    },
    gcTime: 0,
    staleTime: Infinity,
  });

export const nodesQuery = queryOptions({
  queryKey: ['nodes'],
  queryFn: () => take(api.GET('/nodes')),
  // Whoever upgrades waits for a server to come or go, and no event tells that.
  refetchInterval: 10_000,
});

export const postQuery = pages<PostEntry>(['post'], (cursor) =>
  take(api.GET('/post', { params: { query: { cursor } } })),
);

export function incomingQuery(state: 'waiting' | 'done', q?: string) {
  return pages<IncomingEntry>(['incoming', 'list', state, q ?? ''], (cursor) =>
    take(api.GET('/incoming', { params: { query: { state, q, cursor, limit: LIMIT } } })),
  );
}

export function itemQuery(id: string) {
  return queryOptions({
    queryKey: ['incoming', 'one', id],
    queryFn: () => take(api.GET('/incoming/{id}', { params: { path: { id } } })),
  });
}

export function targetsQuery(q: string) {
  return queryOptions({
    queryKey: ['incoming', 'targets', q],
    queryFn: () => take(api.GET('/incoming/targets', { params: { query: { q } } })),
    enabled: q.trim() !== '',
  });
}

export const refusedPostQuery = queryOptions({
  queryKey: ['incoming', 'refused'],
  queryFn: () => take(api.GET('/incoming/refused')),
});

export const startableQuery = queryOptions({
  queryKey: ['incoming', 'processes'],
  queryFn: () => take(api.GET('/incoming/processes')),
});

export const processesQuery = queryOptions({
  queryKey: ['processes', 'list'],
  queryFn: () => take(api.GET('/processes')),
});

export function processQuery(id: string, release?: string) {
  return queryOptions({
    queryKey: ['processes', 'one', id, release ?? null],
    queryFn: () => takeWithTag(api.GET('/processes/{id}', { params: { path: { id }, query: { release } } })),
    // A release never changes; without one it is whatever is in use now.
    staleTime: release === undefined ? 60_000 : Infinity,
  });
}

/** What the scenarios of a release reach; a release never changes. */
export function coverageQuery(id: string, release: string | undefined) {
  return queryOptions({
    queryKey: ['processes', 'coverage', id, release ?? null],
    queryFn: () =>
      take(api.GET('/processes/{id}/coverage', { params: { path: { id }, query: { release } } })),
    staleTime: Infinity,
  });
}

export function processFileQuery(id: string, path: string, release: string) {
  return queryOptions({
    queryKey: ['processes', 'file', id, path, release],
    queryFn: () =>
      take(
        api.GET('/processes/{id}/files/{path}', {
          params: { path: { id, path }, query: { release } },
          parseAs: 'text',
        }),
      ),
    staleTime: Infinity,
  });
}

export const draftsQuery = queryOptions({
  queryKey: ['drafts', 'list'],
  queryFn: () => take(api.GET('/drafts')),
});

export function draftQuery(id: string) {
  return queryOptions({
    queryKey: ['drafts', 'one', id],
    queryFn: () => take(api.GET('/drafts/{id}', { params: { path: { id } } })),
    staleTime: Infinity,
  });
}

/** What the check says about files: reading, though it is a POST. */
export function checkedQuery(id: string, files: Record<string, string> | undefined) {
  return queryOptions({
    queryKey: ['checked', id],
    queryFn: () => take(api.POST('/processes/check', { body: { files: files ?? {} } })),
    enabled: files !== undefined,
    staleTime: Infinity,
  });
}

/** What each code means; the server says the same as long as it runs. */
export const findingsQuery = queryOptions({
  queryKey: ['findings'],
  queryFn: () => take(api.GET('/findings')),
  staleTime: Infinity,
});

export const blocksQuery = queryOptions({
  queryKey: ['blocks'],
  queryFn: () => take(api.GET('/blocks')),
});

export const publishersQuery = queryOptions({
  queryKey: ['publishers'],
  queryFn: () => take(api.GET('/publishers')),
});

export const peopleQuery = queryOptions({
  queryKey: ['people'],
  queryFn: () => take(api.GET('/people')),
  retry: false,
});

export const heldTasksQuery = (id: string) =>
  queryOptions({
    queryKey: ['people', id, 'tasks'],
    queryFn: () => take(api.GET('/people/{id}/tasks', { params: { path: { id } } })),
    retry: false,
  });

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: () => take(api.GET('/roles')),
  staleTime: 60_000,
});

export const substitutionsQuery = queryOptions({
  queryKey: ['substitutions'],
  queryFn: () => take(api.GET('/substitutions')),
});

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: () => take(api.GET('/tokens')),
});

export const auditQuery = pages<AuditEntry>(['audit'], (cursor) =>
  take(api.GET('/audit', { params: { query: { cursor } } })),
);

/** The mass runs, the newest first. */
export const runsQuery = pages<RunEntry>(['runs', 'list'], (cursor) =>
  take(api.GET('/runs', { params: { query: { cursor, limit: LIMIT } } })),
);

export const runQuery = (number: number) =>
  queryOptions({
    queryKey: ['runs', 'one', number],
    queryFn: () => take(api.GET('/runs/{number}', { params: { path: { number } } })),
  });

/** So many letters of a run are shown, and printed, at once. */
const LETTERS = 200;

export const runPostQuery = (number: number) =>
  pages<PostEntry>(['post', 'run', number], (cursor) =>
    take(
      api.GET('/runs/{number}/post', {
        params: { path: { number }, query: { cursor, limit: LETTERS } },
      }),
    ),
  );
