import { useQuery } from '@tanstack/react-query';

import { nodesQuery } from '../api/queries';
import type { ServerNode } from '../api/shapes';
import { Badge } from '../parts/badge';
import { type Column, DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';

/** The servers on the database: what one looks at while upgrading. */
export function NodesArea() {
  const { t, instant } = useSpeech();
  const words = t.admin.nodes;
  const query = useQuery(nodesQuery);
  const columns: Column<ServerNode>[] = [
    {
      id: 'server',
      title: words.columns.server,
      header: true,
      cell: (row) => (
        <>
          {row.host ?? words.unnamed}
          <span className="fw-sub">
            {row.process === null ? row.id : words.process(row.process)}
            {row.here && `, ${words.here}`}
          </span>
        </>
      ),
    },
    { id: 'version', title: words.columns.version, cell: (row) => row.version },
    {
      id: 'state',
      title: words.columns.state,
      cell: (row) =>
        row.lives ? (
          <Badge tone="success">{words.lives}</Badge>
        ) : (
          <Badge tone="warning">{words.notSeen}</Badge>
        ),
    },
    { id: 'since', title: words.columns.since, cell: (row) => instant(row.since) },
    { id: 'seen', title: words.columns.seen, cell: (row) => instant(row.seen_at) },
    { id: 'formats', title: words.columns.formats, cell: (row) => words.formats(row.reads, row.writes) },
  ];
  return (
    <>
      <p className="kern-body">{words.intro}</p>
      <Loaded query={query}>
        {({ nodes, written, formats, schema }) => {
          const since = formats.find((each) => each.format === written)?.since;
          const format = since === undefined ? String(written) : words.writtenSince(written, instant(since));
          return (
            <>
              <Facts
                items={[
                  { title: words.written, value: format },
                  { title: words.schema, value: String(schema) },
                ]}
              />
              {nodes.length === 0 ? (
                <p className="fw-empty">{words.empty}</p>
              ) : (
                <DataTable
                  caption={t.admin.areas.nodes}
                  columns={columns}
                  rows={nodes}
                  rowKey={(row) => row.id}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </>
  );
}
