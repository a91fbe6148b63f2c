import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';

import { type CaseFilter, casesQuery, processesQuery, processQuery } from '../api/queries';
import type { CaseEntry, Text } from '../api/shapes';
import type { CasesSearch } from '../app/router';
import { Badge } from '../parts/badge';
import { type Column, DataTable } from '../parts/data-table';
import { SelectField } from '../parts/field';
import { ColumnFilter, FilterBar, SearchField, withColumn } from '../parts/filter-bar';
import { type Field, readFields } from '../parts/form/profile';
import { LoadedPages } from '../parts/loaded';
import { Page } from '../parts/page';
import { columnSort, SortFields, type Sorting, sortingOf, withoutColumns } from '../parts/sorting';
import { valueText } from '../parts/values';
import { useSpeech } from '../texts/language';

/** At most so many declared columns beside the fixed ones. */
const MOST_COLUMNS = 3;

export function CasesPage() {
  const { t } = useSpeech();
  const search = useSearch({ from: '/shell/cases' });
  const query = useInfiniteQuery(casesQuery(filterOf(search)));
  const { data: process } = useQuery({
    ...processQuery(search.process ?? ''),
    enabled: search.process !== undefined,
  });
  const declared =
    search.process === undefined || !process
      ? []
      : readFields(process.data_schema).filter((field) => field.list);
  return (
    <Page title={t.cases.title} wide>
      <Filters search={search} declared={declared} />
      <LoadedPages query={query}>
        {(rows, total, capped) =>
          rows.length === 0 ? (
            <p className="fw-empty">{t.cases.empty}</p>
          ) : (
            <>
              <p className="fw-count-line">{t.cases.count(total, capped)}</p>
              <CaseTable rows={rows} declared={declared} sorting={sortingOf(search, 'newest')} />
            </>
          )
        }
      </LoadedPages>
    </Page>
  );
}

function filterOf(search: CasesSearch): CaseFilter {
  const state = search.state ?? 'open';
  return {
    ...(state === 'all' ? {} : { open: state === 'open' }),
    ...(search.process === undefined ? {} : { process: search.process }),
    ...(search.q === undefined ? {} : { q: search.q }),
    ...sortingOf(search, 'newest'),
    ...(search.process === undefined || search.columns === undefined ? {} : { columns: search.columns }),
  };
}

function Filters({ search, declared }: { search: CasesSearch; declared: Field[] }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate({ from: '/cases' });
  const { data: processes } = useQuery(processesQuery);
  const set = (change: Partial<CasesSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const active =
    [search.process, search.q, search.state].filter((value) => value !== undefined).length +
    Object.keys(search.columns ?? {}).length;
  const seen = new Map((processes ?? []).map((process) => [process.id, say(process.title)]));
  return (
    <FilterBar
      active={active}
      onReset={() => void navigate({ search: withoutColumns(search), replace: true })}
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
        options={[...seen].map(([id, title]) => ({ id, title }))}
        onChange={(process) =>
          set({
            process: process === '' ? undefined : process,
            columns: undefined,
            ...withoutColumns(search),
          })
        }
      />
      <SelectField
        id="filter-state"
        label={t.cases.filterOpen}
        silent
        value={search.state ?? 'open'}
        options={[
          { id: 'open', title: t.cases.openOnly },
          { id: 'closed', title: t.cases.closedOnly },
          { id: 'all', title: t.cases.allStates },
        ]}
        onChange={(state) => set({ state: state === 'open' ? undefined : (state as CasesSearch['state']) })}
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
        sorting={sortingOf(search, 'newest')}
        words={['newest', 'number', 'deadline']}
        declared={declared}
        onChange={set}
      />
    </FilterBar>
  );
}

function CaseTable({ rows, declared, sorting }: { rows: CaseEntry[]; declared: Field[]; sorting: Sorting }) {
  const navigate = useNavigate({ from: '/cases' });
  const speech = useSpeech();
  const { t, say, day, instant } = speech;
  const columns: Column<CaseEntry>[] = [
    {
      id: 'number',
      title: t.cases.columns.number,
      header: true,
      sort: 'number',
      cell: (row) => (
        <Link to="/cases/$id" params={{ id: row.id }} className="kern-link fw-row-link fw-number">
          {row.number ?? t.inbox.noNumber}
        </Link>
      ),
    },
    { id: 'subject', title: t.cases.columns.subject, cell: (row) => row.subject ?? '' },
    { id: 'process', title: t.cases.columns.process, cell: (row) => say(row.process_title) },
    ...declared.slice(0, MOST_COLUMNS).map((field): Column<CaseEntry> => ({
      id: `declared-${field.name}`,
      title: field.title,
      sort: columnSort(field),
      numeric: field.shape.kind === 'integer' || field.shape.kind === 'money',
      cell: (row) => valueText(field.shape, row.columns[field.name], speech),
    })),
    {
      id: 'state',
      title: t.cases.columns.state,
      cell: (row) => (
        <>
          <CaseState open={row.open} outcome={row.outcome_title ?? null} />
          {row.stuck && (
            <span className="fw-sub">
              <Badge tone="danger" icon="danger">
                {t.cases.stuck}
              </Badge>
            </span>
          )}
        </>
      ),
    },
    {
      id: 'received',
      title: t.cases.columns.received,
      cell: (row) => day(row.received_on),
    },
    { id: 'changed', title: t.cases.columns.changed, cell: (row) => instant(row.changed_at) },
  ];
  return (
    <DataTable
      caption={t.cases.title}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.id}
      sorting={sorting}
      onSort={(next) => void navigate({ search: (before) => ({ ...before, ...next }), replace: true })}
    />
  );
}

/** Whether a case runs, or how it ended. */
export function CaseState({ open, outcome }: { open: boolean; outcome: Text | null }) {
  const { t, say } = useSpeech();
  if (open)
    return (
      <Badge tone="info" icon="autorenew">
        {t.cases.open}
      </Badge>
    );
  return (
    <Badge tone="success" icon="check">
      {outcome === null ? t.cases.closed : t.cases.closedWith(say(outcome))}
    </Badge>
  );
}
