import { useEffect, useId, useRef } from 'react';

import type { FixChange, ProblemFix } from '../api/shapes';
import { Button } from '../parts/button';
import { useSpeech } from '../texts/language';
import type { Taken } from './taking';

/** So many lines of a change are shown. */
const MOST_LINES = 12;

interface FixProposalProps {
  fix: ProblemFix;
  /** Takes it over; without it the suggestion is only shown. */
  onTake: ((fix: ProblemFix) => void) | undefined;
  pending: boolean;
}

/** What could be done about a problem: the lines before and after. */
export function FixProposal({ fix, onTake, pending }: FixProposalProps) {
  const { t, say } = useSpeech();
  return (
    <div className="fw-fix">
      <p className="fw-sub">
        <strong>{t.fix.title}:</strong> {say(fix.title)}
      </p>
      {fix.changes.map((change) => (
        <Lines key={`${change.file}:${change.line}`} change={change} />
      ))}
      {onTake && (
        <p className="fw-no-print">
          <Button
            small
            icon="check"
            pending={pending}
            aria-label={t.fix.takeOf(say(fix.title))}
            onClick={() => onTake(fix)}
          >
            {t.fix.take}
          </Button>
        </p>
      )}
    </div>
  );
}

function Lines({ change: { file, line, before, after } }: { change: FixChange }) {
  const { t } = useSpeech();
  const where = useId();
  const all = [
    ...before.map((text) => ({ text, sign: '−', word: t.fix.removed, look: 'removed' })),
    ...after.map((text) => ({ text, sign: '+', word: t.fix.added, look: 'added' })),
  ];
  const beyond = all.length - MOST_LINES;
  return (
    <figure className="fw-fix__change" aria-labelledby={where}>
      <figcaption className="kern-hint" id={where}>
        {t.fix.where(file, line)}
      </figcaption>
      <ol className="fw-fix__lines">
        {all.slice(0, MOST_LINES).map(({ text, sign, word, look }, number) => (
          <li key={number} className={`fw-fix__line fw-fix__line--${look}`}>
            <span className="fw-fix__sign" aria-hidden="true">
              {sign}
            </span>
            <span className="kern-sr-only">{word}: </span>
            <code>{text}</code>
          </li>
        ))}
      </ol>
      {beyond > 0 && <p className="kern-hint">{t.fix.more(beyond)}</p>}
    </figure>
  );
}

/** What was taken over last, and the way back. Whoever did so reads on here, since the suggestion itself is gone. */
export function TakenFix({ taken, onUndo, pending }: { taken: Taken; onUndo: () => void; pending: boolean }) {
  const { t, say } = useSpeech();
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => {
    notice.current?.focus({ preventScroll: true });
    notice.current?.scrollIntoView({ block: 'nearest' });
  }, [taken]);
  const title = say(taken.title);
  return (
    <div className="fw-panel fw-fix__taken" tabIndex={-1} ref={notice}>
      <p>
        <strong>{taken.undone ? t.fix.undone(title) : t.fix.taken(title)}</strong>
      </p>
      {taken.before.length > 0 && (
        <>
          <p className="fw-sub">{t.fix.onlyHere}</p>
          <p className="fw-no-print">
            <Button small pending={pending} onClick={onUndo}>
              {t.fix.undo}
            </Button>
          </p>
        </>
      )}
    </div>
  );
}
