// Who is logged in, and what day it is there: the clock of the server counts, not that of this machine.
import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';

import { sessionQuery } from './queries';
import type { Session } from './shapes';
import { dayOf } from '../texts/format';

/** The session inside the pages that need one; the router lets nobody there without. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error('no session');
  return data;
}

/** Milliseconds now on the clock of the server. */
export function useServerNow(): () => number {
  const { data, dataUpdatedAt } = useQuery(sessionQuery);
  const said = data?.now;
  return useCallback(
    () => (said === undefined ? Date.now() : Date.parse(said) + (Date.now() - dataUpdatedAt)),
    [said, dataUpdatedAt],
  );
}

/** Today in Germany, as `2026-03-02`. */
export function useToday(): string {
  return dayOf(useServerNow()());
}
