// Which fields and options are shown and which are needed depends on what is entered. The rules for it run on the server.
import { useEffect, useMemo, useRef, useState } from 'react';

import { lookAtForm } from '../api/commands';
import type { FormLook, TaskDetail, Values } from '../api/shapes';
import type { Demands } from '../parts/form/check';

/** How long nobody types before the server is asked. */
const PAUSE_MS = 250;

/** What the form asks, given the entries so far. `reveal` shows fields that a refused attempt turned out to need. */
export function useDemands(task: TaskDetail, edits: Values, values: Values) {
  const [told, setTold] = useState<FormLook | null>(null);
  const [revealed, setRevealed] = useState<string[]>([]);
  const latest = useRef(values);
  useEffect(() => {
    latest.current = values;
  });
  const typed = JSON.stringify(edits);
  useEffect(() => {
    if (typed === '{}' || !task.dynamic) return;
    let over = false;
    const timer = window.setTimeout(() => {
      lookAtForm(task.id, latest.current).then(
        (answer) => {
          if (!over) setTold(answer);
        },
        // Without an answer the form stays as it is; the server looks again when it is sent.
        () => undefined,
      );
    }, PAUSE_MS);
    return () => {
      over = true;
      window.clearTimeout(timer);
    };
  }, [task.id, task.dynamic, typed]);

  const current = typed === '{}' || told === null ? task : told;
  const demands = useMemo<Demands>(
    () => ({
      required: new Set(current.required),
      hidden: new Set(current.hidden.filter((field) => !revealed.includes(field))),
      closed: current.closed,
      closedBy: current.closed_by,
    }),
    [current, revealed],
  );
  return {
    demands,
    reveal: (fields: string[]) => setRevealed((old) => [...new Set([...old, ...fields])]),
  };
}
