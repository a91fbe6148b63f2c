import type { Outline } from '../api/shapes';
import { Badge } from '../parts/badge';
import { useSpeech } from '../texts/language';
import { StepFacts } from './outline-view';
import { Gaps } from './coverage-part';
import { findStep, type StepGaps, type StepProblems } from './problems';

/** What there is to say about the step that is selected in the picture. */
export function StepDetails({
  outline,
  step,
  byStep,
  gaps,
  onSelect,
}: {
  outline: Outline[];
  step: string | undefined;
  byStep: ReadonlyMap<string, StepProblems>;
  gaps: ReadonlyMap<string, StepGaps>;
  onSelect: (step: string) => void;
}) {
  const { t, say } = useSpeech();
  const item = step === undefined ? null : findStep(outline, step);
  if (item === null) return <p className="kern-hint">{t.designer.noSelection}</p>;
  const problems = byStep.get(item.step)?.own ?? [];
  return (
    <section className="fw-panel">
      <h3 className="fw-panel__title">
        {t.designer.selection}: {say(item.title)}
      </h3>
      <p className="fw-sub">
        {t.designer.kinds[item.kind]} · <code>{item.step}</code>
        {item.block && ` · ${say(item.block.title)} ${item.block.version}`}
      </p>
      {problems.map((problem, index) => (
        <p key={index}>
          <Badge tone={problem.severity === 'warning' ? 'warning' : 'danger'}>
            {t.designer.severities[problem.severity]}
          </Badge>{' '}
          {say(problem.message)}
        </p>
      ))}
      <Gaps gaps={gaps.get(item.step)?.own ?? []} />
      <p className="kern-body">{say(item.sentence)}</p>
      <StepFacts item={item} titles={(to) => findStep(outline, to)?.title ?? null} onSelect={onSelect} />
    </section>
  );
}
