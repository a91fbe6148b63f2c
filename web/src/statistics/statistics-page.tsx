import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';

import { statisticsQuery } from '../api/queries';
import { useSession, useToday } from '../api/session';
import type {
  MonthStatistics,
  OutcomeCount,
  ProcessStatistics,
  RoleStatistics,
  Statistics,
} from '../api/shapes';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { SelectField } from '../parts/field';
import { FilterBar } from '../parts/filter-bar';
import { Loaded } from '../parts/loaded';
import { Page, Section } from '../parts/page';
import { type Speech, useSpeech } from '../texts/language';
import { csv } from './csv';
import { monthsOf, type Period, PERIODS } from './period';
import { tableOf } from './table';

/** What began, ended and waits, for whoever leads. */
export function StatisticsPage() {
  const { t, say, month, day } = useSpeech();
  const session = useSession();
  const today = useToday();
  const { period = 'year', process } = useSearch({ from: '/shell/statistics' });
  const query = useQuery({
    ...statisticsQuery(monthsOf(period, today)),
    enabled: session.permissions.statistics,
  });
  if (!session.permissions.statistics) {
    return (
      <Page title={t.statistics.title}>
        <Alert tone="warning" title={t.statistics.forbidden} />
      </Page>
    );
  }
  return (
    <Page
      title={t.statistics.title}
      wide
      actions={query.data && <Actions data={query.data} process={process} />}
    >
      <p className="fw-only-print">{t.word.printed(say(session.tenant.title), day(today))}</p>
      <p className="kern-body">{t.statistics.intro}</p>
      <Filters period={period} process={process} processes={query.data?.processes ?? []} />
      <Loaded query={query}>
        {(data) => {
          const shown = data.processes.filter((each) => process === undefined || each.process === process);
          return (
            <>
              <p className="fw-count-line">{t.statistics.span(month(data.from), month(data.until))}</p>
              <Processes rows={shown} />
              {shown.length === 1 && shown[0] && <OneProcess of={shown[0]} />}
              {process === undefined && <Roles rows={data.roles} />}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

function Actions({ data, process }: { data: Statistics; process: string | undefined }) {
  const speech = useSpeech();
  const { t } = speech;
  return (
    <>
      <Button look="tertiary" small onClick={() => window.print()}>
        {t.statistics.print}
      </Button>
      <Button look="tertiary" icon="download" small onClick={() => save(data, process, speech)}>
        {t.statistics.export}
      </Button>
    </>
  );
}

function save(data: Statistics, process: string | undefined, speech: Speech): void {
  const file = new Blob([csv(tableOf(data, process, speech))], { type: 'text/csv;charset=utf-8' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `${speech.t.statistics.file}-${data.from.slice(0, 7)}-${data.until.slice(0, 7)}.csv`;
  link.click();
  URL.revokeObjectURL(link.href);
}

function Filters({
  period,
  process,
  processes,
}: {
  period: Period;
  process: string | undefined;
  processes: ProcessStatistics[];
}) {
  const { t, say } = useSpeech();
  const navigate = useNavigate({ from: '/statistics' });
  const active = (period === 'year' ? 0 : 1) + (process === undefined ? 0 : 1);
  return (
    <FilterBar active={active} onReset={() => void navigate({ search: {}, replace: true })}>
      <SelectField
        id="filter-period"
        label={t.statistics.period}
        silent
        value={period}
        options={PERIODS.map((id) => ({ id, title: t.statistics.periods[id] }))}
        onChange={(next) =>
          void navigate({ search: (before) => ({ ...before, period: next as Period }), replace: true })
        }
      />
      <SelectField
        id="filter-process"
        label={t.statistics.process}
        silent
        value={process ?? ''}
        empty={t.statistics.allProcesses}
        options={processes.map((each) => ({ id: each.process, title: say(each.title) }))}
        onChange={(next) =>
          void navigate({
            search: (before) => ({ ...before, process: next === '' ? undefined : next }),
            replace: true,
          })
        }
      />
    </FilterBar>
  );
}

function Processes({ rows }: { rows: ProcessStatistics[] }) {
  const { t, say, number } = useSpeech();
  const titles = t.statistics.columns;
  const columns: Column<ProcessStatistics>[] = [
    {
      id: 'process',
      title: titles.process,
      header: true,
      cell: (row) => (
        <Link
          from="/statistics"
          to="/statistics"
          search={(before) => ({ ...before, process: row.process })}
          className="kern-link fw-row-link"
        >
          {say(row.title)}
        </Link>
      ),
    },
    { id: 'begun', title: titles.begun, numeric: true, cell: (row) => number(row.whole.begun) },
    { id: 'ended', title: titles.ended, numeric: true, cell: (row) => number(row.whole.ended) },
    { id: 'open', title: titles.open, numeric: true, cell: (row) => number(row.open) },
    { id: 'overdue', title: titles.overdue, numeric: true, cell: (row) => number(row.overdue) },
    {
      id: 'median',
      title: titles.median,
      numeric: true,
      cell: (row) => <Days days={row.whole.median_days} />,
    },
    { id: 'most', title: titles.most, numeric: true, cell: (row) => <Days days={row.whole.most_days} /> },
  ];
  return (
    <Section title={t.statistics.processes}>
      {rows.length === 0 ? (
        <p className="fw-empty">{t.statistics.empty}</p>
      ) : (
        <>
          <DataTable
            caption={t.statistics.processes}
            columns={columns}
            rows={rows}
            rowKey={(row) => row.process}
          />
          <p className="fw-muted">{t.statistics.durationHelp}</p>
        </>
      )}
    </Section>
  );
}

function Days({ days }: { days: number | null }) {
  const { t } = useSpeech();
  return days === null ? '–' : t.statistics.days(days);
}

/** The months of a process, and how its cases ended. */
function OneProcess({ of }: { of: ProcessStatistics }) {
  const { t, say, month, number } = useSpeech();
  const titles = t.statistics.columns;
  const months: Column<MonthStatistics>[] = [
    { id: 'month', title: titles.month, header: true, cell: (row) => month(row.month) },
    { id: 'begun', title: titles.begun, numeric: true, cell: (row) => number(row.figures.begun) },
    { id: 'ended', title: titles.ended, numeric: true, cell: (row) => number(row.figures.ended) },
    {
      id: 'median',
      title: titles.median,
      numeric: true,
      cell: (row) => <Days days={row.figures.median_days} />,
    },
    { id: 'most', title: titles.most, numeric: true, cell: (row) => <Days days={row.figures.most_days} /> },
  ];
  const outcomes: Column<OutcomeCount>[] = [
    { id: 'outcome', title: titles.outcome, header: true, cell: (row) => say(row.title) },
    { id: 'count', title: titles.count, numeric: true, cell: (row) => number(row.count) },
    {
      id: 'share',
      title: titles.share,
      numeric: true,
      cell: (row) => `${Math.round((row.count / of.whole.ended) * 100)} %`,
    },
  ];
  const [byMonth, byOutcome] = [t.statistics.months, t.statistics.outcomes].map((title) =>
    t.statistics.of(title, say(of.title)),
  ) as [string, string];
  return (
    <>
      <Section title={byMonth}>
        {of.months.length === 0 ? (
          <p className="fw-empty">{t.statistics.monthsEmpty}</p>
        ) : (
          <DataTable caption={byMonth} columns={months} rows={of.months} rowKey={(row) => row.month} />
        )}
      </Section>
      <Section title={byOutcome}>
        {of.whole.outcomes.length === 0 ? (
          <p className="fw-empty">{t.statistics.outcomesEmpty}</p>
        ) : (
          <DataTable
            caption={byOutcome}
            columns={outcomes}
            rows={of.whole.outcomes}
            rowKey={(row) => row.outcome}
          />
        )}
      </Section>
    </>
  );
}

function Roles({ rows }: { rows: RoleStatistics[] }) {
  const { t, say, instant, number } = useSpeech();
  const titles = t.statistics.columns;
  const columns: Column<RoleStatistics>[] = [
    { id: 'role', title: titles.role, header: true, cell: (row) => say(row.title) },
    { id: 'tasks', title: titles.tasks, numeric: true, cell: (row) => number(row.open) },
    { id: 'late', title: titles.late, numeric: true, cell: (row) => number(row.overdue) },
    { id: 'oldest', title: titles.oldest, cell: (row) => (row.oldest === null ? '–' : instant(row.oldest)) },
  ];
  return (
    <Section title={t.statistics.roles}>
      {rows.length === 0 ? (
        <p className="fw-empty">{t.statistics.rolesEmpty}</p>
      ) : (
        <DataTable caption={t.statistics.roles} columns={columns} rows={rows} rowKey={(row) => row.role} />
      )}
    </Section>
  );
}
