import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { findingsQuery } from '../api/queries';
import type { Diagnostic, ProblemFix } from '../api/shapes';
import { Badge } from '../parts/badge';
import { Icon } from '../parts/icon';
import { useSpeech } from '../texts/language';
import { FixProposal } from './fix';
import { countBySeverity, countText, inOrder } from './problems';

interface ProblemListProps {
  problems: Diagnostic[];
  onPlace: (file: string, line: number) => void;
  onStep?: (step: string) => void;
  /** Plays the run to a problem. */
  onRun?: (problem: Diagnostic) => void;
  /** Takes a suggestion over. */
  onFix?: ((fix: ProblemFix) => void) | undefined;
  fixing?: boolean;
}

/** All problems of a check: what, why, what to do, and where. */
export function ProblemList({ problems, onPlace, onStep, onRun, onFix, fixing }: ProblemListProps) {
  const { t } = useSpeech();
  if (problems.length === 0) {
    return (
      <p className="fw-fine">
        <Icon name="success" /> {t.designer.noProblems}
      </p>
    );
  }
  const { error, concern } = countBySeverity(problems);
  return (
    <details className="fw-details fw-problems" open={error + concern > 0}>
      <summary>
        <h2 className="fw-panel__title">
          {t.designer.problems}: {countText(problems, t)}
        </h2>
      </summary>
      <ol className="fw-plain-list">
        {inOrder(problems).map((problem, index) => (
          <ProblemItem
            key={index}
            problem={problem}
            onPlace={onPlace}
            onStep={onStep}
            onRun={onRun}
            onFix={onFix}
            fixing={fixing}
          />
        ))}
      </ol>
    </details>
  );
}

/** One problem. Without a way to show its place, the place is only told. */
export function ProblemItem({
  problem,
  onPlace,
  onStep,
  onRun,
  onFix,
  fixing = false,
}: {
  problem: Diagnostic;
  onPlace?: (file: string, line: number) => void;
  onStep?: ((step: string) => void) | undefined;
  onRun?: ((problem: Diagnostic) => void) | undefined;
  onFix?: ((fix: ProblemFix) => void) | undefined;
  fixing?: boolean | undefined;
}) {
  const { t, say } = useSpeech();
  const step = problem.step ?? null;
  return (
    <li className="fw-problem">
      <p>
        <Badge tone={problem.severity === 'warning' ? 'warning' : 'danger'}>
          {t.designer.severities[problem.severity]}
        </Badge>{' '}
        {say(problem.message)}
      </p>
      {problem.help && <p className="fw-sub">{say(problem.help)}</p>}
      {problem.fix && <FixProposal fix={problem.fix} onTake={onFix} pending={fixing} />}
      <p className="fw-problem__places">
        {onPlace ? (
          <button
            type="button"
            className="fw-link-button"
            onClick={() => onPlace(problem.file, problem.line)}
          >
            {t.designer.place(problem.file, problem.line, problem.column)}
          </button>
        ) : (
          <span>{t.designer.place(problem.file, problem.line, problem.column)}</span>
        )}
        {step !== null && onStep && (
          <button type="button" className="fw-link-button" onClick={() => onStep(step)}>
            {t.designer.showStep}: {step}
          </button>
        )}
        {problem.run && onRun && (
          <button
            type="button"
            className="fw-link-button"
            aria-label={t.proof.showOf(problem.code, step ?? problem.file)}
            onClick={() => onRun(problem)}
          >
            {t.proof.show}
          </button>
        )}
        <Code code={problem.code} />
      </p>
    </li>
  );
}

/** The code of a problem; where it is explained, a link that leads there and loses nothing of what was begun here. */
function Code({ code }: { code: string }) {
  const { t, say } = useSpeech();
  const { data } = useQuery(findingsQuery);
  const explained = data?.topics.flatMap((topic) => topic.findings).find((each) => each.code === code);
  if (explained === undefined) return <code className="fw-muted">{code}</code>;
  return (
    <Link to="/help/findings" hash={code} className="kern-link fw-explained" target="_blank" rel="noreferrer">
      <code>{code}</code>
      <Icon name="open-in-new" size="small" />
      <span className="kern-sr-only">{t.findings.explained(say(explained.title))}</span>
    </Link>
  );
}
