import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';

import { claimTask } from '../api/commands';
import {
  countsQuery,
  processesQuery,
  processQuery,
  type TaskFilter,
  tasksQuery,
  type View,
} from '../api/queries';
import { useSession } from '../api/session';
import type { InboxEntry } from '../api/shapes';
import type { InboxSearch } from '../app/router';
import { Badge, DueBadge } from '../parts/badge';
import { Button } from '../parts/button';
import { CaseLabel } from '../parts/case-label';
import { type Column, DataTable } from '../parts/data-table';
import { SelectField } from '../parts/field';
import { ColumnFilter, DayFilter, FilterBar, SearchField, withColumn } from '../parts/filter-bar';
import { type Field, readFields } from '../parts/form/profile';
import { Icon } from '../parts/icon';
import { LoadedPages } from '../parts/loaded';
import { Margins } from '../parts/margins';
import { notify } from '../parts/notices';
import { Page } from '../parts/page';
import { explain } from '../parts/problem';
import { columnSort, SortFields, type Sorting, sortingOf, withoutColumns } from '../parts/sorting';
import { TabItem, TabLinks } from '../parts/tab-links';
import { valueText } from '../parts/values';
import { type Speech, useSpeech } from '../texts/language';
import { useKeptFocus, useNewRows } from './live-list';

const VIEWS: View[] = ['mine', 'unassigned', 'all'];
/** At most so many declared columns beside the fixed ones; more would not fit. */
const MOST_COLUMNS = 3;

export function InboxPage() {
  const { t } = useSpeech();
  const search = useSearch({ from: '/shell/inbox' });
  const filter = filterOf(search);
  const query = useInfiniteQuery(tasksQuery(filter));
  const declared = useDeclared(search.process);
  useNewRows(query.data?.pages[0]?.items, JSON.stringify(filter), query.data?.pages.length);
  const box = useKeptFocus(query.data);
  const filtered = countFilters(search) > 0;

  return (
    <Page
      title={t.inbox.title}
      wide
      actions={
        <Link to="/start" className="kern-btn kern-btn--primary">
          <Icon name="add" />
          <span className="kern-label">{t.inbox.start}</span>
        </Link>
      }
    >
      <Views current={filter.view} />
      <Filters search={search} declared={declared} />
      <div ref={box} tabIndex={-1} className="fw-list">
        <LoadedPages query={query}>
          {(rows, total, capped) =>
            rows.length === 0 ? (
              <Empty view={filter.view} filtered={filtered} />
            ) : (
              <>
                <p className="fw-count-line">{t.inbox.count(total, capped)}</p>
                <TaskTable
                  rows={rows}
                  declared={declared}
                  sorting={sortingOf(search, 'due')}
                  caption={`${t.inbox.title}: ${t.inbox.views[filter.view]}`}
                />
              </>
            )
          }
        </LoadedPages>
      </div>
    </Page>
  );
}

function filterOf(search: InboxSearch): TaskFilter {
  return {
    view: search.view ?? 'mine',
    ...sortingOf(search, 'due'),
    ...(search.process === undefined ? {} : { process: search.process }),
    ...(search.q === undefined ? {} : { q: search.q }),
    ...(search.due === undefined ? {} : { due_before: search.due }),
    ...(search.process === undefined || search.columns === undefined ? {} : { columns: search.columns }),
  };
}

function countFilters(search: InboxSearch): number {
  const plain = [search.process, search.q, search.due].filter((value) => value !== undefined).length;
  return plain + (search.process === undefined ? 0 : Object.keys(search.columns ?? {}).length);
}

/** The columns that a process declares for lists; none without a process. */
export function useDeclared(process: string | undefined): Field[] {
  const { data } = useQuery({ ...processQuery(process ?? ''), enabled: process !== undefined });
  return process === undefined || !data ? [] : readFields(data.data_schema).filter((field) => field.list);
}

function Views({ current }: { current: View }) {
  const { t } = useSpeech();
  const { data: counts } = useQuery(countsQuery);
  const count = (view: View) =>
    view === 'mine' ? counts?.mine : view === 'unassigned' ? counts?.unassigned : undefined;
  const titleOf = (view: View) => {
    const counted = count(view);
    if (counted === undefined) return t.inbox.views[view];
    return `${t.inbox.views[view]} (${t.word.counted(counted.count, counted.capped)})`;
  };
  return (
    <TabLinks label={t.inbox.viewsLabel}>
      {VIEWS.map((view) => (
        <TabItem key={view}>
          <Link
            from="/inbox"
            to="/inbox"
            search={(before) => ({ ...before, view })}
            className="fw-tab"
            aria-current={view === current ? 'page' : undefined}
            title={t.inbox.viewHints[view]}
          >
            {titleOf(view)}
          </Link>
        </TabItem>
      ))}
    </TabLinks>
  );
}

function Filters({ search, declared }: { search: InboxSearch; declared: Field[] }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate({ from: '/inbox' });
  const { data: processes } = useQuery(processesQuery);
  const set = (change: Partial<InboxSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const current = (processes ?? []).filter((process) => process.current);
  return (
    <FilterBar
      active={countFilters(search)}
      onReset={() =>
        void navigate({
          search: { view: search.view, ...withoutColumns(search) },
          replace: true,
        })
      }
    >
      <SearchField
        id="filter-q"
        label={t.inbox.text}
        value={search.q ?? ''}
        onChange={(q) => set({ q: q.trim() === '' ? undefined : q.trim() })}
      />
      <SelectField
        id="filter-process"
        label={t.inbox.process}
        silent
        value={search.process ?? ''}
        empty={t.inbox.allProcesses}
        options={current.map((process) => ({ id: process.id, title: say(process.title) }))}
        onChange={(process) =>
          set({
            process: process === '' ? undefined : process,
            columns: undefined,
            ...withoutColumns(search),
          })
        }
      />
      <DayFilter
        id="filter-due"
        label={t.inbox.dueBefore}
        value={search.due ?? ''}
        onChange={(due) => set({ due: due === '' ? undefined : due })}
      />
      {declared.map((field) => (
        <ColumnFilter
          key={field.name}
          field={field}
          value={search.columns?.[field.name] ?? ''}
          onChange={(value) => set({ columns: withColumn(search.columns, field.name, value) })}
        />
      ))}
      <SortFields
        sorting={sortingOf(search, 'due')}
        words={['due', 'priority', 'deadline', 'opened', 'number']}
        declared={declared}
        onChange={set}
      />
    </FilterBar>
  );
}

function Empty({ view, filtered }: { view: View; filtered: boolean }) {
  const { t } = useSpeech();
  return (
    <div className="fw-empty">
      <Icon name={filtered ? 'search' : 'checklist'} size="large" />
      <p className="kern-body">{filtered ? t.inbox.empty.filtered : t.inbox.empty[view]}</p>
      {view === 'mine' && !filtered && (
        <Link to="/inbox" search={{ view: 'unassigned' }} className="kern-btn kern-btn--secondary">
          <span className="kern-label">{t.inbox.views.unassigned}</span>
        </Link>
      )}
    </div>
  );
}

function TaskTable({
  rows,
  declared,
  sorting,
  caption,
}: {
  rows: InboxEntry[];
  declared: Field[];
  sorting: Sorting;
  caption: string;
}) {
  const navigate = useNavigate({ from: '/inbox' });
  const speech = useSpeech();
  const { t, say } = speech;
  const columns: Column<InboxEntry>[] = [
    { id: 'due', title: t.inbox.columns.due, sort: 'due', cell: (row) => <Due row={row} /> },
    {
      id: 'task',
      title: t.inbox.columns.task,
      header: true,
      cell: (row) => (
        <>
          <Link to="/tasks/$id" params={{ id: row.id }} className="kern-link fw-row-link">
            {say(row.title)}
          </Link>
          {declared.length === 0 && <span className="fw-sub">{say(row.process_title)}</span>}
        </>
      ),
    },
    {
      id: 'case',
      title: t.inbox.columns.case,
      sort: 'number',
      cell: (row) => <CaseLabel number={row.number} subject={row.subject} />,
    },
    ...declared.slice(0, MOST_COLUMNS).map((field): Column<InboxEntry> => ({
      id: `declared-${field.name}`,
      title: field.title,
      sort: columnSort(field),
      numeric: field.shape.kind === 'integer' || field.shape.kind === 'money',
      cell: (row) => declaredText(field, row, speech),
    })),
    { id: 'who', title: t.inbox.columns.who, cell: (row) => <Who row={row} /> },
    { id: 'action', title: t.inbox.columns.action, quiet: true, cell: (row) => <RowAction row={row} /> },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      sorting={sorting}
      onSort={(next) => void navigate({ search: (before) => ({ ...before, ...next }), replace: true })}
    />
  );
}

function declaredText(field: Field, row: InboxEntry, speech: Speech): string {
  return valueText(field.shape, row.columns[field.name], speech);
}

function Due({ row }: { row: InboxEntry }) {
  const { t, say, day } = useSpeech();
  return (
    <>
      <DueBadge day={row.due} />
      {row.deadline && (
        <span className="fw-sub">
          {row.deadline.end === null
            ? t.inbox.deadlineWaiting(say(row.deadline.title))
            : t.inbox.deadline(say(row.deadline.title), day(row.deadline.end))}
        </span>
      )}
      {row.deadline && <Margins end={row.deadline.end} warnOn={row.deadline.warn_on} />}
      {row.priority && (
        <span className="fw-sub">
          {row.priority.on === null
            ? t.priority.first(say(row.priority.why))
            : t.priority.until(say(row.priority.why), day(row.priority.on))}
        </span>
      )}
    </>
  );
}

function Who({ row }: { row: InboxEntry }) {
  const { t } = useSpeech();
  if (row.excluded) {
    return (
      <span title={t.inbox.excludedHint}>
        <Badge tone="warning" icon="visibility">
          {t.inbox.excluded}
        </Badge>
      </span>
    );
  }
  return row.assignee ? row.assignee.name : <span className="fw-muted">{t.task.unassigned}</span>;
}

function RowAction({ row }: { row: InboxEntry }) {
  const { t, say } = useSpeech();
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const claim = useMutation({
    mutationFn: () => claimTask(row.id),
    onSuccess: async () => {
      notify({ tone: 'success', title: t.inbox.claimed(say(row.title)), survives: 1 });
      await navigate({ to: '/tasks/$id', params: { id: row.id } });
    },
    onError: (error) => notify({ tone: 'danger', title: explain(error, t) }),
    onSettled: () => void client.invalidateQueries({ queryKey: ['tasks'] }),
  });
  const subject = row.subject ?? row.number ?? t.inbox.noSubject;
  if (row.assignee === null && !row.excluded) {
    return (
      <Button
        small
        pending={claim.isPending}
        aria-label={t.inbox.claimOf(say(row.title), subject)}
        onClick={() => claim.mutate()}
      >
        {t.inbox.claim}
      </Button>
    );
  }
  const mine = row.assignee?.id === session.person.id;
  return (
    <Link
      to="/tasks/$id"
      params={{ id: row.id }}
      className={`kern-btn kern-btn--x-small ${mine ? 'kern-btn--secondary' : 'kern-btn--tertiary'}`}
      aria-label={`${t.act.open}: ${say(row.title)}, ${subject}`}
    >
      <span className="kern-label">{t.act.open}</span>
    </Link>
  );
}
