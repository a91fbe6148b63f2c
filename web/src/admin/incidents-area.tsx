import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { retryIncident } from '../api/commands';
import { incidentsQuery } from '../api/queries';
import type { IncidentEntry } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Button } from '../parts/button';
import { CaseLabel } from '../parts/case-label';
import { type Column, DataTable } from '../parts/data-table';
import { LoadedPages } from '../parts/loaded';
import { notify } from '../parts/notices';
import { explain } from '../parts/problem';
import { useSpeech } from '../texts/language';

/** Cases that cannot go on without help. */
export function IncidentsArea() {
  const { t, say, instant } = useSpeech();
  const query = useInfiniteQuery(incidentsQuery);
  const columns: Column<IncidentEntry>[] = [
    {
      id: 'what',
      title: t.admin.incidents.columns.what,
      header: true,
      cell: (row) => (
        <>
          {say(row.message)}
          <span className="fw-sub">
            {t.case.incidentHelp}: {say(row.help)}
          </span>
          <span className="fw-sub">
            {t.failure.code(row.code)}
            {row.step !== null && ` · ${row.step}`}
          </span>
        </>
      ),
    },
    {
      id: 'case',
      title: t.admin.incidents.columns.case,
      cell: (row) => (
        <Link to="/cases/$id" params={{ id: row.case }} className="kern-link">
          <CaseLabel number={row.case_number} subject={row.subject} />
        </Link>
      ),
    },
    { id: 'since', title: t.admin.incidents.columns.since, cell: (row) => instant(row.since) },
    {
      id: 'action',
      title: t.admin.incidents.columns.action,
      quiet: true,
      cell: (row) => <Retry row={row} />,
    },
  ];
  return (
    <>
      <p className="kern-body">{t.admin.incidents.intro}</p>
      <LoadedPages query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{t.admin.incidents.empty}</p>
          ) : (
            <DataTable
              caption={t.admin.areas.incidents}
              columns={columns}
              rows={rows}
              rowKey={(row) => `${row.case}.${row.number}`}
            />
          )
        }
      </LoadedPages>
    </>
  );
}

function Retry({ row }: { row: IncidentEntry }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const name = row.case_number ?? row.case;
  const retry = useCommand({
    run: (command) => retryIncident(row.case, row.number, command),
    // Who administers may not read the case itself: the list tells whether it is stuck again.
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['incidents'] });
      notify({ tone: 'success', title: t.admin.incidents.tried(name) });
    },
    onError: (error) => notify({ tone: 'danger', title: explain(error, t) }),
  });
  return (
    <Button
      small
      icon="autorenew"
      pending={retry.isPending}
      aria-label={t.admin.incidents.retryOf(name)}
      onClick={() => retry.mutate()}
    >
      {t.admin.incidents.retry}
    </Button>
  );
}
