import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { incomingQuery, refusedPostQuery } from '../api/queries';
import { useToday } from '../api/session';
import type { IncomingEntry } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { RadioField } from '../parts/field';
import { SearchField } from '../parts/filter-bar';
import { LoadedPages } from '../parts/loaded';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem';
import { daysBetween } from '../texts/format';
import { useSpeech } from '../texts/language';
import { RegisterDialog } from './register-dialog';

/** What has come in and belongs to no case yet, the oldest first. */
export function IncomingPage() {
  const { t } = useSpeech();
  const words = t.incoming;
  const { state, q } = useSearch({ from: '/shell/incoming' });
  const navigate = useNavigate({ from: '/incoming' });
  const query = useInfiniteQuery(incomingQuery(state ?? 'waiting', q));
  const [registering, setRegistering] = useState(false);
  return (
    <Page
      title={words.title}
      wide
      actions={
        <Button look="primary" icon="add" onClick={() => setRegistering(true)}>
          {words.register.act}
        </Button>
      }
    >
      <p className="kern-body">{words.intro}</p>
      <Refused />
      <div className="fw-filter-bar">
        <SearchField
          id="incoming-search"
          label={words.search}
          value={q ?? ''}
          onChange={(text) =>
            void navigate({ search: { state, q: text === '' ? undefined : text }, replace: true })
          }
        />
        <RadioField
          id="incoming-state"
          label={words.states}
          required
          value={state ?? 'waiting'}
          options={[
            { id: 'waiting', title: words.waiting },
            { id: 'done', title: words.done },
          ]}
          onChange={(next) => void navigate({ search: { q, state: next === 'done' ? 'done' : undefined } })}
        />
      </div>
      <LoadedPages query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">
              {q !== undefined ? words.noneFound : state === 'done' ? words.emptyDone : words.empty}
            </p>
          ) : (
            <Items rows={rows} />
          )
        }
      </LoadedPages>
      {registering && <RegisterDialog onClose={() => setRegistering(false)} />}
    </Page>
  );
}

/** Files that could not be taken from a source; a person must do something about them. */
function Refused() {
  const { t } = useSpeech();
  const words = t.incoming.refusedFiles;
  const { data, error } = useQuery(refusedPostQuery);
  if (error !== null) return <ProblemAlert error={error} />;
  if (data === undefined || data.length === 0) return null;
  return (
    <Alert tone="warning" title={words.title(data.length)}>
      <p>{words.text}</p>
      <ul className="kern-list kern-list--bullet">
        {data.map((file) => (
          <li key={`${file.source}/${file.name ?? ''}`}>
            {file.name ?? file.source}: {file.why}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function Items({ rows }: { rows: IncomingEntry[] }) {
  const { t, day, say } = useSpeech();
  const today = useToday();
  const words = t.incoming;
  const age = (row: IncomingEntry) => {
    const days = daysBetween(row.received_on, today) ?? 0;
    return days > 0 ? words.age(days) : words.today;
  };
  const columns: Column<IncomingEntry>[] = [
    {
      id: 'received',
      title: words.columns.received,
      cell: (row) => (
        <>
          {day(row.received_on)}
          {row.open && <span className="fw-sub">{age(row)}</span>}
        </>
      ),
    },
    {
      id: 'subject',
      title: words.columns.subject,
      header: true,
      cell: (row) => (
        <>
          <Link to="/incoming/$id" params={{ id: row.id }} className="kern-link">
            {row.subject ?? words.noSubject}
          </Link>
          <span className="fw-sub">{words.documents(row.documents)}</span>
        </>
      ),
    },
    { id: 'sender', title: words.columns.sender, cell: (row) => row.sender ?? words.noSender },
    {
      id: 'channel',
      title: words.columns.channel,
      cell: (row) => (
        <>
          {say(row.channel_title)}
          {row.source !== null && <span className="fw-sub">{row.source}</span>}
        </>
      ),
    },
    {
      id: 'todo',
      title: rows.some((row) => row.open) ? words.columns.todo : words.columns.outcome,
      cell: (row) => <Todo row={row} />,
    },
  ];
  return <DataTable caption={words.title} columns={columns} rows={rows} rowKey={(row) => row.id} />;
}

function Todo({ row }: { row: IncomingEntry }) {
  const { t, say } = useSpeech();
  const words = t.incoming;
  if (!row.open) return row.outcome_title === null ? null : say(row.outcome_title);
  return (
    <>
      {row.under_way ? (
        <Badge>{words.todo.underWay}</Badge>
      ) : row.day_confirmed ? (
        words.todo.assign
      ) : (
        <Badge tone="warning">{words.todo.confirm}</Badge>
      )}
      {row.assignee !== null && <span className="fw-sub">{words.takenBy(row.assignee.name)}</span>}
    </>
  );
}
