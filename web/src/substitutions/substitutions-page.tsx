import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { endSubstitution } from '../api/commands';
import { substitutionsQuery } from '../api/queries';
import { useSession } from '../api/session';
import type { Substitution } from '../api/shapes';
import { ConfirmDialog } from '../admin/confirm-dialog';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { Page } from '../parts/page';
import { useSpeech } from '../texts/language';
import { SubstitutionDialog } from './substitution-dialog';

/** Who stands in for whom: for oneself, for administrators of all. */
export function SubstitutionsPage() {
  const { t, day } = useSpeech();
  const session = useSession();
  const client = useQueryClient();
  const all = useQuery(substitutionsQuery);
  const [adding, setAdding] = useState(false);
  const [ended, setEnded] = useState<Substitution | null>(null);
  const mayEnd = (row: Substitution) => session.permissions.administer || row.absent.id === session.person.id;
  const columns: Column<Substitution>[] = [
    {
      id: 'absent',
      title: t.substitution.columns.absent,
      header: true,
      cell: (row) => row.absent.name,
    },
    { id: 'substitute', title: t.substitution.columns.substitute, cell: (row) => row.substitute.name },
    { id: 'from', title: t.substitution.columns.from, cell: (row) => day(row.from) },
    { id: 'until', title: t.substitution.columns.until, cell: (row) => day(row.until) },
    {
      id: 'state',
      title: t.substitution.columns.state,
      cell: (row) =>
        row.now ? (
          <Badge tone="success" icon="check">
            {t.substitution.now}
          </Badge>
        ) : (
          <Badge icon="calendar-today">{t.substitution.later}</Badge>
        ),
    },
    {
      id: 'action',
      title: t.substitution.columns.action,
      quiet: true,
      cell: (row) =>
        mayEnd(row) && (
          <Button
            small
            icon="close"
            onClick={() => setEnded(row)}
            aria-label={t.substitution.endOf(row.absent.name, row.substitute.name)}
          >
            {t.substitution.end}
          </Button>
        ),
    },
  ];
  return (
    <Page
      title={t.substitution.title}
      wide
      actions={
        <Button look="primary" icon="add" onClick={() => setAdding(true)}>
          {t.substitution.add}
        </Button>
      }
    >
      <p className="kern-body">{t.substitution.intro}</p>
      <Loaded query={all}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{t.substitution.empty}</p>
          ) : (
            <DataTable
              caption={t.substitution.title}
              columns={columns}
              rows={rows}
              rowKey={(row) => String(row.number)}
            />
          )
        }
      </Loaded>
      {adding && <SubstitutionDialog onClose={() => setAdding(false)} />}
      {ended !== null && (
        <ConfirmDialog
          title={t.substitution.endOf(ended.absent.name, ended.substitute.name)}
          warning={t.substitution.endWarning(ended.substitute.name)}
          act={t.substitution.end}
          done={t.substitution.ended}
          resource="substitutions"
          command={async () => {
            await endSubstitution(ended.number);
            void client.invalidateQueries({ queryKey: ['session'] });
          }}
          onClose={() => setEnded(null)}
        />
      )}
    </Page>
  );
}
