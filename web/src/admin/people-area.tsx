import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { peopleQuery, rolesQuery } from '../api/queries';
import type { ListedPerson, Person, Role } from '../api/shapes';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { useSpeech } from '../texts/language';
import { PersonDialog } from './person-dialog';

/** Who may log in, and as what. */
export function PeopleArea() {
  const { t, say, list } = useSpeech();
  const people = useQuery(peopleQuery);
  const roles = useQuery(rolesQuery);
  const [edited, setEdited] = useState<Person | 'new' | null>(null);
  const titleOf = (id: string, known: Role[]) => {
    const role = known.find((each) => each.id === id);
    return role ? say(role.title) : id;
  };
  const columns: Column<ListedPerson>[] = [
    {
      id: 'name',
      title: t.admin.people.columns.name,
      header: true,
      cell: (row) => (
        <>
          {row.name}
          {row.technical && <span className="fw-sub">{t.admin.people.technical}</span>}
        </>
      ),
    },
    { id: 'id', title: t.admin.people.columns.id, cell: (row) => <code>{row.id}</code> },
    {
      id: 'roles',
      title: t.admin.people.columns.roles,
      cell: (row) => list(row.roles.map((role) => titleOf(role, roles.data ?? []))) || t.word.none,
    },
    {
      id: 'state',
      title: t.admin.people.columns.state,
      cell: (row) =>
        row.active ? (
          <Badge tone="success" icon="check">
            {t.admin.people.active}
          </Badge>
        ) : (
          <Badge icon="close">{t.admin.people.inactive}</Badge>
        ),
    },
    {
      id: 'action',
      title: t.admin.people.columns.action,
      quiet: true,
      cell: (row) => (
        <Button small icon="edit" onClick={() => setEdited(row)} aria-label={t.admin.people.editOf(row.name)}>
          {t.admin.people.edit}
        </Button>
      ),
    },
  ];
  return (
    <>
      <div className="fw-area-head">
        <p className="kern-body">
          {t.admin.people.intro}{' '}
          <Link to="/substitutions" className="kern-link">
            {t.substitution.title}
          </Link>
        </p>
        <Button look="primary" icon="add" onClick={() => setEdited('new')}>
          {t.admin.people.add}
        </Button>
      </div>
      <Loaded query={people}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{t.admin.people.empty}</p>
          ) : (
            <DataTable
              caption={t.admin.areas.people}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
            />
          )
        }
      </Loaded>
      {edited !== null && (
        <PersonDialog
          person={edited === 'new' ? null : edited}
          roles={roles.data ?? []}
          taken={people.data?.map((person) => person.id) ?? []}
          onClose={() => setEdited(null)}
        />
      )}
    </>
  );
}
