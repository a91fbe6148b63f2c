import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { reinstateProcess, retireProcess } from '../api/commands';
import { processesQuery } from '../api/queries';
import type { ProcessEntry } from '../api/shapes';
import { Badge } from '../parts/badge';
import { type Column, DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { useSpeech } from '../texts/language';
import { RetireButton } from './retire-button';

/** Every release that is in use or still has running cases. */
export function ReleasesArea() {
  const { t, say, instant, number } = useSpeech();
  const query = useQuery(processesQuery);
  const columns: Column<ProcessEntry>[] = [
    {
      id: 'title',
      title: t.admin.processes.columns.title,
      header: true,
      cell: (row) => (
        <Link
          to="/designer/$id"
          params={{ id: row.id }}
          search={{ release: row.release }}
          className="kern-link fw-row-link"
        >
          {say(row.title)}
        </Link>
      ),
    },
    { id: 'version', title: t.admin.processes.columns.version, cell: (row) => row.version },
    { id: 'since', title: t.admin.processes.columns.since, cell: (row) => instant(row.deployed_at) },
    { id: 'by', title: t.admin.processes.columns.by, cell: (row) => row.deployed_by },
    {
      id: 'cases',
      title: t.admin.processes.columns.cases,
      numeric: true,
      cell: (row) => number(row.open_cases),
    },
    {
      id: 'state',
      title: t.admin.processes.columns.state,
      cell: (row) =>
        row.current ? (
          <Badge tone="success">{t.admin.processes.current}</Badge>
        ) : (
          <Badge>{row.open_cases === 0 ? t.admin.processes.retired : t.admin.processes.former}</Badge>
        ),
    },
    {
      id: 'action',
      title: t.admin.processes.columns.action,
      quiet: true,
      cell: (row) => {
        const title = say(row.title);
        return (
          <RetireButton
            retired={!row.current}
            resource="processes"
            retire={{
              act: t.admin.processes.retire,
              label: t.admin.processes.retireOf(title),
              warning: t.admin.processes.retireWarning,
              done: t.admin.processes.retireDone(title),
              command: () => retireProcess(row.id),
            }}
            reinstate={{
              act: t.admin.processes.reinstate,
              label: t.admin.processes.reinstateOf(title),
              done: t.admin.processes.reinstateDone(title),
              command: () => reinstateProcess(row.id),
            }}
          />
        );
      },
    },
  ];
  return (
    <>
      <p className="kern-body">{t.admin.processes.intro}</p>
      <Loaded query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{t.admin.processes.empty}</p>
          ) : (
            <DataTable
              caption={t.admin.areas.processes}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.release}
            />
          )
        }
      </Loaded>
    </>
  );
}
