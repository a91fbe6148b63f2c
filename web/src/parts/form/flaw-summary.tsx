import { useEffect, useRef } from 'react';

import { useSpeech } from '../../texts/language';
import { Alert } from '../alert';
import type { Flaw } from './check';
import { controlId } from './values';

/** Moves the focus to the control of a field, wherever inside it the keyboard belongs. */
export function focusControl(id: string): void {
  const target = document.getElementById(id) ?? document.getElementById(`${id}-group`);
  const control = target?.matches('input, textarea, select, button')
    ? target
    : target?.querySelector<HTMLElement>('input, textarea, select, [tabindex="0"], button');
  (control ?? target)?.focus();
  (control ?? target)?.scrollIntoView({ block: 'center' });
}

/** The list of all that is to be corrected, each a link to its field. Takes the focus when it appears anew. */
export function FlawSummary({
  prefix,
  flaws,
  attempt,
  heading = 3,
}: {
  prefix: string;
  flaws: Flaw[];
  attempt: number;
  /** One below the heading that it stands under. */
  heading?: 2 | 3;
}) {
  const { t } = useSpeech();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (attempt > 0) box.current?.focus();
  }, [attempt]);
  if (flaws.length === 0) return null;
  return (
    <Alert tone="danger" title={t.form.check(flaws.length)} heading={heading} focusRef={box} role="alert">
      <ul className="fw-flaws">
        {flaws.map((flaw) => {
          const id = controlId(prefix, flaw.at);
          return (
            <li key={flaw.at + flaw.message}>
              <a
                className="kern-link kern-link--no-visited-state"
                href={`#${id}`}
                onClick={(event) => {
                  event.preventDefault();
                  focusControl(id);
                }}
              >
                {flaw.title === '' ? flaw.message : `${flaw.title}: ${flaw.message}`}
              </a>
            </li>
          );
        })}
      </ul>
    </Alert>
  );
}
