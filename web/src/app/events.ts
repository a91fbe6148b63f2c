// What happens elsewhere reaches this page: the stream of turns, turned into queries that are read again.
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { href } from '../api/client';
import type { TurnEvent } from '../api/shapes';
import { announce } from '../parts/notices';
import { useSpeech } from '../texts/language';

/** At least so long between two rounds of reading again, however much happens. */
const ROUND_MS = 1_500;
/** How long to wait before a stream that the server closed is opened again. */
const REOPEN_MS = 5_000;

/** Lists that any turn may change. */
const LISTS = ['deadlines', 'incoming', 'post', 'incidents', 'audit'];
/** What a turn of the authority itself may change. */
const OF_AUTHORITY = ['people', 'roles', 'tokens', 'blocks', 'publishers', 'processes', 'runs'];
/** Stands for the authority among the ids of cases. */
const AUTHORITY = '';

/** Reads again what the turns of these cases may have changed. Only what is on the screen is fetched. */
export function readAgain(client: QueryClient, cases: ReadonlySet<string>): void {
  void client.invalidateQueries({
    predicate: ({ queryKey }) => {
      const [resource, sort, id, at] = queryKey;
      if (LISTS.includes(String(resource))) return true;
      if (OF_AUTHORITY.includes(String(resource))) return cases.has(AUTHORITY);
      if (resource !== 'tasks' && resource !== 'cases') return false;
      if (sort === 'list' || sort === 'counts') return true;
      // A state of the past does not change.
      if (resource === 'cases')
        return typeof id === 'string' && cases.has(id) && (at === null || at === undefined);
      return typeof id === 'string' && cases.has(id.slice(0, id.lastIndexOf('.')));
    },
  });
}

/** Keeps the page up to date while it is shown. */
export function useEvents(): void {
  const client = useQueryClient();
  const { t } = useSpeech();
  useEffect(() => {
    let source: EventSource | null = null;
    let round: number | undefined;
    let reopen: number | undefined;
    let lost = false;
    let changed = new Set<string>();

    const open = () => {
      source = new EventSource(href('/events', {}));
      source.addEventListener('turn', (event) => {
        const turn = JSON.parse(String(event.data)) as TurnEvent;
        // Without a case it was about the authority itself: people, blocks, releases, settings.
        changed.add(turn.case ?? AUTHORITY);
        round ??= window.setTimeout(() => {
          round = undefined;
          const cases = changed;
          changed = new Set();
          readAgain(client, cases);
        }, ROUND_MS);
      });
      source.addEventListener('open', () => {
        if (lost) {
          lost = false;
          announce(t.app.online);
          // The server sends what was missed; lists are read again anyway, in case it kept less than that.
          readAgain(client, new Set());
        }
      });
      source.addEventListener('error', () => {
        if (!lost) {
          lost = true;
          announce(t.app.offline);
        }
        if (source?.readyState === EventSource.CLOSED) reopen = window.setTimeout(open, REOPEN_MS);
      });
    };
    open();
    return () => {
      source?.close();
      window.clearTimeout(round);
      window.clearTimeout(reopen);
    };
  }, [client, t]);
}
