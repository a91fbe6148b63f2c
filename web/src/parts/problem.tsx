import { useEffect } from 'react';

import { ApiProblem, UNREACHABLE } from '../api/problem';
import type { Misfit } from '../api/shapes';
import type { Texts } from '../texts/de';
import { useSpeech } from '../texts/language';
import { Alert } from './alert';
import { Button } from './button';
import { placeOf, useRefusal } from './refusable';

/** What to tell the person about a failed request: the words of the server where it has some. */
export function explain(error: unknown, t: Texts): string {
  if (!(error instanceof ApiProblem)) return t.failure.server;
  if (error.code === UNREACHABLE) return t.failure.unreachable;
  // The detail names the values as programs do; the words alone are for people.
  if (error.misfits.length > 0)
    return [...new Set(error.misfits.map(({ message }) => message[t.app.code]))].join(' ');
  if (error.detail !== null && error.status < 500) return error.detail;
  if (error.status === 403) return t.failure.forbidden;
  if (error.status === 413) return t.failure.tooLarge;
  if (error.status === 429) return t.failure.tooMany;
  return t.failure.server;
}

/** What does not fit, by the labels of the fields as far as they are there. */
function Misfits({
  misfits,
  labelOf,
}: {
  misfits: Misfit[];
  labelOf: (place: string) => string | undefined;
}) {
  const { say } = useSpeech();
  const lines = misfits.map(({ at, message }) => {
    const label = labelOf(placeOf(at));
    return label === undefined ? say(message) : `${label}: ${say(message)}`;
  });
  return (
    <ul className="fw-plain-list">
      {[...new Set(lines)].map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

/** A failed request as a box, with a way to try again. */
export function ProblemAlert({
  error,
  title,
  onRetry,
}: {
  error: unknown;
  title?: string;
  onRetry?: () => void;
}) {
  const { t } = useSpeech();
  const known = error instanceof ApiProblem ? error : null;
  const { labelOf, tell } = useRefusal();
  useEffect(() => {
    tell(known?.misfits ?? []);
    return () => tell([]);
  }, [known, tell]);
  return (
    <Alert tone="danger" title={title ?? t.failure.title} role="alert">
      {known !== null && known.misfits.length > 0 ? (
        <Misfits misfits={known.misfits} labelOf={labelOf} />
      ) : (
        <p className="kern-body">{explain(error, t)}</p>
      )}
      {known?.limit && <p className="kern-body">{t.failure.limit(known.limit)}</p>}
      {known && known.code !== UNREACHABLE && (
        <p className="kern-body kern-body--small kern-body--muted">{t.failure.code(known.code)}</p>
      )}
      {/* Whoever may not see it will not see it a second time either. */}
      {onRetry && known?.status !== 403 && (
        <div>
          <Button onClick={onRetry} icon="autorenew">
            {t.act.retry}
          </Button>
        </div>
      )}
    </Alert>
  );
}
