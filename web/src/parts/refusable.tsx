// What the server finds fault with is said at the field, and by its label wherever it is said: what knows the fields and
// what knows the answer meet here.
import { createContext, type ReactNode, type RefObject, use, useEffect, useMemo, useState } from 'react';

import type { Misfit } from '../api/shapes';

interface Refusal {
  misfits: Misfit[];
  /** The label of the field that stands for a place in what is sent. */
  labelOf: (place: string) => string | undefined;
  enrol: (place: string, label: string) => () => void;
  tell: (misfits: Misfit[]) => void;
}

const NOWHERE: Refusal = {
  misfits: [],
  labelOf: () => undefined,
  enrol: () => () => undefined,
  tell: () => undefined,
};

const RefusalContext = createContext<Refusal>(NOWHERE);

export const useRefusal = (): Refusal => use(RefusalContext);

/** `/applicant/name` as the ids of fields say it. */
export const placeOf = (at: string): string => at.slice(1).replaceAll('/', '-');

/** Around fields and the alert that says what was refused. Leads to the first field that is told to be wrong. */
export function Refusable({ root, children }: { root?: RefObject<HTMLElement | null>; children: ReactNode }) {
  const [misfits, tell] = useState<Misfit[]>([]);
  const [{ labelOf, enrol }] = useState(labels);
  useEffect(() => {
    if (misfits.length > 0) root?.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [misfits, root]);
  const refusal = useMemo(() => ({ misfits, labelOf, enrol, tell }), [misfits, labelOf, enrol]);
  return <RefusalContext value={refusal}>{children}</RefusalContext>;
}

function labels(): Pick<Refusal, 'labelOf' | 'enrol'> {
  const known = new Map<string, string>();
  return {
    // What is wrong inside a list is said at the list.
    labelOf: (place) => known.get(place) ?? known.get(place.replace(/-\d+$/, '')),
    enrol: (place, label) => {
      known.set(place, label);
      return () => known.delete(place);
    },
  };
}
