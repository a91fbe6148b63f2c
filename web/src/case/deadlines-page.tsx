import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';

import { deadlinesQuery, processesQuery } from '../api/queries';
import type { DeadlineEntry } from '../api/shapes';
import { DueBadge } from '../parts/badge';
import { CaseLabel } from '../parts/case-label';
import { type Column, DataTable } from '../parts/data-table';
import { DayFilter, FilterBar } from '../parts/filter-bar';
import { LoadedPages, Loading } from '../parts/loaded';
import { Margins } from '../parts/margins';
import { Page } from '../parts/page';
import { useSpeech } from '../texts/language';

/** The deadlines of all cases: those that run, those that do not yet, those that are suspended. */
export function DeadlinesPage() {
  const { t } = useSpeech();
  const { until } = useSearch({ from: '/shell/deadlines' });
  const navigate = useNavigate({ from: '/deadlines' });
  const query = useInfiniteQuery(deadlinesQuery('running', until));
  return (
    <Page title={t.deadlines.title} wide>
      <p className="kern-body">{t.deadlines.intro}</p>
      <FilterBar
        active={until === undefined ? 0 : 1}
        onReset={() => void navigate({ search: {}, replace: true })}
      >
        <DayFilter
          id="filter-until"
          label={t.deadlines.until}
          value={until ?? ''}
          onChange={(day) =>
            void navigate({ search: { until: day === '' ? undefined : day }, replace: true })
          }
        />
      </FilterBar>
      <h2 className="kern-heading-small">{t.deadlines.running}</h2>
      <LoadedPages query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{until === undefined ? t.deadlines.empty : t.deadlines.emptyFiltered}</p>
          ) : (
            <Rows caption={t.deadlines.running} rows={rows} />
          )
        }
      </LoadedPages>
      {/* Without an end they fit no day, and nobody may lose sight of them. */}
      <WithoutEnd state="waiting" title={t.deadlines.notYet} intro={t.deadlines.notYetIntro} />
      <WithoutEnd state="suspended" title={t.deadlines.suspended} intro={t.deadlines.suspendedIntro} />
    </Page>
  );
}

/** Those that have no end; nothing when there are none. */
function WithoutEnd({
  state,
  title,
  intro,
}: {
  state: 'waiting' | 'suspended';
  title: string;
  intro: string;
}) {
  const query = useInfiniteQuery(deadlinesQuery(state));
  return (
    <LoadedPages query={query}>
      {(rows) =>
        rows.length > 0 && (
          <>
            <h2 className="kern-heading-small">{title}</h2>
            <p className="kern-body">{intro}</p>
            <Rows caption={title} rows={rows} />
          </>
        )
      }
    </LoadedPages>
  );
}

function Rows({ caption, rows }: { caption: string; rows: DeadlineEntry[] }) {
  const { t, say } = useSpeech();
  const { data: processes, isPending } = useQuery(processesQuery);
  // Without the names of the processes there would be ids, also on paper.
  if (isPending) return <Loading />;
  const processTitle = (id: string) => {
    const process = processes?.find((each) => each.id === id);
    return process ? say(process.title) : id;
  };
  const columns: Column<DeadlineEntry>[] = [
    {
      id: 'end',
      title: t.deadlines.columns.end,
      cell: (row) =>
        row.suspended ? (
          <strong>{t.case.beside.rests}</strong>
        ) : row.end === null ? (
          <strong>{t.due.waits}</strong>
        ) : (
          <>
            <DueBadge day={row.end} />
            <Margins end={row.end} warnOn={row.warn_on} graceUntil={row.grace_until} />
          </>
        ),
    },
    {
      id: 'title',
      title: t.deadlines.columns.title,
      header: true,
      cell: (row) => (
        <Link
          to="/cases/$id"
          params={{ id: row.case }}
          search={{ tab: 'deadlines' }}
          className="kern-link fw-row-link"
        >
          {say(row.title)}
        </Link>
      ),
    },
    {
      id: 'case',
      title: t.deadlines.columns.case,
      cell: (row) => <CaseLabel number={row.number} subject={row.subject} />,
    },
    { id: 'process', title: t.deadlines.columns.process, cell: (row) => processTitle(row.process) },
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      rowKey={(row) => `${row.case}.${row.instance}.${row.name}`}
    />
  );
}
