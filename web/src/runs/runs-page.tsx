import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { runsQuery } from '../api/queries';
import { useSession } from '../api/session';
import type { RunEntry } from '../api/shapes';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { LoadedPages } from '../parts/loaded';
import { Page } from '../parts/page';
import { useSpeech } from '../texts/language';
import { PlanDialog } from './plan-dialog';
import { StageBadge } from './stage';

/** The mass runs of the processes that one takes part in. */
export function RunsPage() {
  const { t, say } = useSpeech();
  const session = useSession();
  const query = useInfiniteQuery(runsQuery);
  const [planning, setPlanning] = useState(false);
  const columns: Column<RunEntry>[] = [
    { id: 'number', title: t.runs.columns.number, numeric: true, cell: (row) => row.number },
    {
      id: 'title',
      title: t.runs.columns.title,
      header: true,
      cell: (row) => (
        <Link to="/runs/$number" params={{ number: String(row.number) }} className="kern-link">
          {row.title}
        </Link>
      ),
    },
    { id: 'process', title: t.runs.columns.process, cell: (row) => say(row.process_title) },
    { id: 'stage', title: t.runs.columns.stage, cell: (row) => <StageBadge run={row} /> },
    { id: 'count', title: t.runs.columns.count, numeric: true, cell: (row) => row.count },
    { id: 'failed', title: t.runs.columns.failed, numeric: true, cell: (row) => row.failed },
    { id: 'by', title: t.runs.columns.by, cell: (row) => row.by?.name ?? '' },
  ];
  return (
    <Page
      title={t.runs.title}
      wide
      actions={
        session.permissions.start.length > 0 && (
          <Button look="primary" icon="add" onClick={() => setPlanning(true)}>
            {t.runs.add}
          </Button>
        )
      }
    >
      <p className="kern-body">{t.runs.intro}</p>
      <LoadedPages query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{t.runs.empty}</p>
          ) : (
            <DataTable
              caption={t.runs.title}
              columns={columns}
              rows={rows}
              rowKey={(row) => String(row.number)}
            />
          )
        }
      </LoadedPages>
      {planning && <PlanDialog onClose={() => setPlanning(false)} />}
    </Page>
  );
}
