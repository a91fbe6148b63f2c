import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { draftsQuery, processesQuery } from '../api/queries';
import { useSession } from '../api/session';
import type { ProcessEntry } from '../api/shapes';
import { type Column, DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { Page, Section } from '../parts/page';
import { useSpeech } from '../texts/language';
import { Drafts } from './drafts';

/** The processes in use, and the examples that could be. */
export function DesignerPage() {
  const { t } = useSpeech();
  const processes = useQuery(processesQuery);
  const { permissions } = useSession();
  const drafts = useQuery({ ...draftsQuery, enabled: permissions.deploy });
  return (
    <Page title={t.designer.title} wide>
      {permissions.deploy && (
        <p className="kern-body">
          <Link to="/admin/$area" params={{ area: 'law-index' }} className="kern-link">
            {t.admin.areas['law-index']}
          </Link>
        </p>
      )}
      <Section title={t.designer.deployed}>
        <Loaded query={processes}>
          {(all) => {
            const current = all.filter((process) => process.current);
            return current.length === 0 ? (
              <p className="fw-empty">{t.designer.empty}</p>
            ) : (
              <ProcessTable rows={current} />
            );
          }}
        </Loaded>
      </Section>
      {permissions.deploy && (
        <Section title={t.designer.drafts}>
          <p className="kern-body">{t.designer.draftsIntro}</p>
          <Loaded query={drafts}>{(all) => <Drafts drafts={all} processes={processes.data ?? []} />}</Loaded>
        </Section>
      )}
    </Page>
  );
}

function ProcessTable({ rows }: { rows: ProcessEntry[] }) {
  const { t, say, instant, list, number } = useSpeech();
  const columns: Column<ProcessEntry>[] = [
    {
      id: 'title',
      title: t.designer.columns.title,
      header: true,
      cell: (row) => (
        <Link to="/designer/$id" params={{ id: row.id }} className="kern-link fw-row-link">
          {say(row.title)}
        </Link>
      ),
    },
    { id: 'version', title: t.designer.columns.version, cell: (row) => row.version },
    { id: 'deployed', title: t.designer.columns.deployed, cell: (row) => instant(row.deployed_at) },
    { id: 'cases', title: t.designer.columns.cases, numeric: true, cell: (row) => number(row.open_cases) },
    { id: 'legal', title: t.designer.columns.legal, cell: (row) => list(row.legal_basis) },
  ];
  return (
    <DataTable caption={t.designer.deployed} columns={columns} rows={rows} rowKey={(row) => row.release} />
  );
}
