import { useEffect, useRef, useState } from 'react';

import type { ProblemRun } from '../api/shapes';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { announce } from '../parts/notices';
import { useCopy } from '../parts/use-copy';
import { useSpeech } from '../texts/language';

/** So long a stop is shown while the run goes on by itself, in milliseconds. */
const PACE = 1_500;

interface RunPlayerProps {
  run: ProblemRun;
  /** What it shows. */
  title: string;
  /** The stop that the picture shows, counted from 0. */
  at: number;
  onAt: (at: number) => void;
  onClose: () => void;
}

/** Plays the run to a problem on the picture, stop by stop. */
export function RunPlayer({ run, title, at, onAt, onClose }: RunPlayerProps) {
  const { t, say } = useSpeech();
  const heading = useRef<HTMLHeadingElement>(null);
  const [going, setGoing] = useState(false);
  const last = run.stops.length - 1;
  // Whoever asked for it reads on here, and afterwards there.
  const asked = useRef<Element | null>(null);
  useEffect(() => {
    if (!(document.activeElement instanceof HTMLElement && document.activeElement.closest('.fw-run')))
      asked.current = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    // At the top, so that the picture below it is in sight as well.
    heading.current?.scrollIntoView({ block: 'start' });
  }, [run]);
  const close = () => {
    onClose();
    if (asked.current instanceof HTMLElement) asked.current.focus();
  };
  const go = (to: number) => {
    const stop = run.stops[to];
    if (stop === undefined) return;
    onAt(to);
    announce(`${t.proof.stop(to + 1, last + 1)}: ${say(stop.said)}`);
  };
  const by = (to: number) => {
    setGoing(false);
    go(to);
  };
  useEffect(() => {
    if (!going) return;
    const timer = setTimeout(() => {
      if (at >= last) setGoing(false);
      else go(at + 1);
    }, PACE);
    return () => clearTimeout(timer);
  });
  const play = () => {
    if (at >= last) go(0);
    setGoing(true);
  };
  return (
    <section className="fw-panel fw-run" aria-labelledby="run-title">
      <h3 className="fw-panel__title" id="run-title" tabIndex={-1} ref={heading}>
        {t.proof.runTo(title)}
      </h3>
      <p className="fw-sub">
        {run.played ? (
          <Badge tone="danger">{t.proof.played}</Badge>
        ) : (
          <Badge tone="warning">{t.proof.possible}</Badge>
        )}{' '}
        {run.played ? t.proof.playedText : t.proof.possibleText}
      </p>
      <p className="fw-actions fw-no-print">
        <Button small icon="chevron-left" aria-disabled={at === 0} onClick={() => by(at - 1)}>
          {t.proof.back}
        </Button>
        {last > 0 && (
          <Button small look="primary" onClick={going ? () => setGoing(false) : play}>
            {going ? t.proof.pause : at >= last ? t.proof.again : t.proof.play}
          </Button>
        )}
        <Button small icon="chevron-right" aria-disabled={at >= last} onClick={() => by(at + 1)}>
          {t.proof.on}
        </Button>
        <Button small icon="close" onClick={close}>
          {t.proof.close}
        </Button>
      </p>
      <ol className="fw-run__stops">
        {run.stops.map((stop, number) => (
          <li key={number} aria-current={number === at ? 'step' : undefined}>
            <button type="button" className="fw-link-button" onClick={() => by(number)}>
              {say(stop.said)}
            </button>
            {number === last && <span className="fw-sub">{t.proof.here}</span>}
          </li>
        ))}
      </ol>
      {run.scenario !== null && <RunScenario text={run.scenario} />}
    </section>
  );
}

/** The run as a file that can be put among the scenarios. */
function RunScenario({ text }: { text: string }) {
  const { t } = useSpeech();
  const { copied, copy } = useCopy();
  return (
    <details className="fw-details">
      <summary>{t.proof.scenario}</summary>
      <p className="kern-hint">{t.proof.scenarioText}</p>
      <pre className="fw-run__scenario">{text}</pre>
      <Button small icon="check" onClick={() => void copy(text)}>
        {t.proof.copy}
      </Button>
      <p className="kern-body" role="status">
        {copied === true && t.proof.copied}
        {copied === false && t.proof.notCopied}
      </p>
    </details>
  );
}
