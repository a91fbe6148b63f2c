import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { distrustPublisher } from '../api/commands';
import { publishersQuery } from '../api/queries';
import type { Publisher } from '../api/shapes';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { useSpeech } from '../texts/language';
import { ConfirmDialog } from './confirm-dialog';
import { PublisherDialog } from './publisher-dialog';

/** Whose packages of blocks the authority takes. */
export function PublishersPart() {
  const { t, instant } = useSpeech();
  const words = t.packages;
  const query = useQuery(publishersQuery);
  const [adds, add] = useState(false);
  const [removed, remove] = useState<Publisher | null>(null);
  const columns: Column<Publisher>[] = [
    { id: 'name', title: words.name, header: true, cell: (row) => row.name },
    { id: 'key', title: words.key, cell: (row) => <code className="fw-hash">{row.key}</code> },
    { id: 'since', title: words.since, cell: (row) => `${instant(row.at)}, ${words.by} ${row.by}` },
    {
      id: 'action',
      title: words.action,
      quiet: true,
      cell: (row) => (
        <Button small icon="close" onClick={() => remove(row)} aria-label={words.removeOf(row.name)}>
          {words.remove}
        </Button>
      ),
    },
  ];
  return (
    <section className="fw-section">
      <div className="fw-area-head">
        <div>
          <h2 className="kern-heading-small">{words.publishers}</h2>
          <p className="kern-body">{words.publishersIntro}</p>
        </div>
        <Button icon="add" onClick={() => add(true)}>
          {words.add}
        </Button>
      </div>
      <Loaded query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{words.none}</p>
          ) : (
            <DataTable caption={words.publishers} columns={columns} rows={rows} rowKey={(row) => row.key} />
          )
        }
      </Loaded>
      {adds && <PublisherDialog onClose={() => add(false)} />}
      {removed !== null && (
        <ConfirmDialog
          title={words.removeOf(removed.name)}
          warning={words.removeWarning}
          act={words.remove}
          done={words.removed}
          resource="publishers"
          command={() => distrustPublisher(removed.key)}
          onClose={() => remove(null)}
        />
      )}
    </section>
  );
}
