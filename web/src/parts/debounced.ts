import { useEffect, useRef, useState } from 'react';

/** How long nobody types before a search begins. */
const PAUSE_MS = 300;

/** A text that is passed on when typing pauses. Follows the outside value when that changes by itself. */
export function useDebounced(
  value: string,
  pass: (value: string) => void,
): [string, (value: string) => void] {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  const passing = useRef(pass);
  useEffect(() => {
    passing.current = pass;
  });
  if (seen !== value) {
    setSeen(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = window.setTimeout(() => passing.current(typed), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [typed, value]);
  return [typed, setTyped];
}
