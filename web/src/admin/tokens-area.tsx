import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { revokeToken } from '../api/commands';
import { peopleQuery, rolesQuery, tokensQuery } from '../api/queries';
import type { Token } from '../api/shapes';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { useSpeech } from '../texts/language';
import { ConfirmDialog } from './confirm-dialog';
import { TokenDialog } from './token-dialog';

/** What programs prove themselves with. */
export function TokensArea() {
  const { t, say, day, instant, list } = useSpeech();
  const tokens = useQuery(tokensQuery);
  const people = useQuery(peopleQuery);
  const roles = useQuery(rolesQuery);
  const [issuing, setIssuing] = useState(false);
  const [revoked, setRevoked] = useState<Token | null>(null);
  const titleOf = (id: string) => {
    const role = roles.data?.find((each) => each.id === id);
    return role ? say(role.title) : id;
  };
  const columns: Column<Token>[] = [
    { id: 'name', title: t.admin.tokens.columns.name, header: true, cell: (row) => row.name },
    { id: 'prefix', title: t.admin.tokens.columns.prefix, cell: (row) => <code>{row.prefix}</code> },
    { id: 'person', title: t.admin.tokens.columns.person, cell: (row) => row.person.name },
    {
      id: 'roles',
      title: t.admin.tokens.columns.roles,
      cell: (row) => list(row.roles.map(titleOf)) || t.word.none,
    },
    { id: 'until', title: t.admin.tokens.columns.until, cell: (row) => day(row.until) },
    {
      id: 'used',
      title: t.admin.tokens.columns.used,
      cell: (row) => (row.last_used_at === null ? t.admin.tokens.never : instant(row.last_used_at)),
    },
    {
      id: 'state',
      title: t.admin.tokens.columns.state,
      cell: (row) =>
        row.valid ? (
          <Badge tone="success" icon="check">
            {t.admin.tokens.valid}
          </Badge>
        ) : (
          <Badge icon="close">{t.admin.tokens.over}</Badge>
        ),
    },
    {
      id: 'action',
      title: t.admin.tokens.columns.action,
      quiet: true,
      cell: (row) => (
        <Button
          small
          icon="close"
          onClick={() => setRevoked(row)}
          aria-label={t.admin.tokens.revokeOf(row.name)}
        >
          {t.admin.tokens.revoke}
        </Button>
      ),
    },
  ];
  return (
    <>
      <div className="fw-area-head">
        <p className="kern-body">{t.admin.tokens.intro}</p>
        <Button look="primary" icon="add" onClick={() => setIssuing(true)}>
          {t.admin.tokens.add}
        </Button>
      </div>
      <Loaded query={tokens}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{t.admin.tokens.empty}</p>
          ) : (
            <DataTable
              caption={t.admin.areas.tokens}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
            />
          )
        }
      </Loaded>
      {issuing && (
        <TokenDialog
          people={people.data?.filter((person) => person.active) ?? []}
          titleOf={titleOf}
          onClose={() => setIssuing(false)}
        />
      )}
      {revoked !== null && (
        <ConfirmDialog
          title={t.admin.tokens.revokeOf(revoked.name)}
          warning={t.admin.tokens.revokeWarning}
          act={t.admin.tokens.revoke}
          done={t.admin.tokens.revoked(revoked.name)}
          resource="tokens"
          command={() => revokeToken(revoked.id)}
          onClose={() => setRevoked(null)}
        />
      )}
    </>
  );
}
