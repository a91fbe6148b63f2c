import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { auditQuery } from '../api/queries';
import type { AuditEntry } from '../api/shapes';
import { type Column, DataTable } from '../parts/data-table';
import { LoadedPages } from '../parts/loaded';
import { actorName } from '../texts/actor';
import { useSpeech } from '../texts/language';

/** What happened in this tenant, in order. */
export function AuditArea() {
  const { t, say, instant, number } = useSpeech();
  const query = useInfiniteQuery(auditQuery);
  const columns: Column<AuditEntry>[] = [
    {
      id: 'position',
      title: t.admin.audit.columns.position,
      numeric: true,
      header: true,
      cell: (row) => number(row.position),
    },
    { id: 'at', title: t.admin.audit.columns.at, cell: (row) => instant(row.at) },
    { id: 'actor', title: t.admin.audit.columns.actor, cell: (row) => actorName(row.actor, t) },
    { id: 'what', title: t.admin.audit.columns.what, cell: (row) => say(row.what) },
    {
      id: 'case',
      title: t.admin.audit.columns.case,
      cell: (row) =>
        row.case !== null &&
        row.may_open && (
          <Link to="/cases/$id" params={{ id: row.case }} className="kern-link">
            {t.admin.audit.toCase}
            <span className="kern-sr-only"> {number(row.position)}</span>
          </Link>
        ),
    },
  ];
  return (
    <>
      <p className="kern-body">{t.admin.audit.intro}</p>
      <LoadedPages query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{t.admin.audit.empty}</p>
          ) : (
            <DataTable
              caption={t.admin.areas.audit}
              columns={columns}
              rows={rows}
              rowKey={(row) => String(row.position)}
            />
          )
        }
      </LoadedPages>
    </>
  );
}
