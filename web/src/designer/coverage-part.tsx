import type { UseQueryResult } from '@tanstack/react-query';

import type { CoveragePoint, ProcessCoverage } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Badge } from '../parts/badge';
import { Loaded } from '../parts/loaded';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';
import { failedTitles, gapsOf } from './coverage';

interface CoverageProps {
  query: UseQueryResult<ProcessCoverage>;
  onPlace: (file: string, line: number) => void;
  onStep: (step: string) => void;
}

/** What the scenarios reach, in figures, and everything that none ever did, in words. */
export function CoveragePart({ query, onPlace, onStep }: CoverageProps) {
  const { t } = useSpeech();
  return (
    <section className="fw-panel fw-coverage">
      <h2 className="fw-panel__title">{t.coverage.title}</h2>
      <p className="fw-sub">{t.coverage.intro}</p>
      <Loaded query={query} label={t.coverage.playing}>
        {(coverage) => <Covered coverage={coverage} onPlace={onPlace} onStep={onStep} />}
      </Loaded>
    </section>
  );
}

function Covered({
  coverage,
  onPlace,
  onStep,
}: Omit<CoverageProps, 'query'> & { coverage: ProcessCoverage }) {
  const { t, say, list } = useSpeech();
  const failed = failedTitles(coverage);
  const gaps = gapsOf(coverage);
  const all = coverage.scenarios.length;
  const figures = coverage.figures.map(({ title, reached, of }) => ({
    title: say(title),
    value: t.coverage.figure(reached, of),
  }));
  return (
    <>
      <Facts
        items={[
          { title: t.coverage.scenarios, value: t.coverage.figure(all - failed.length, all) },
          ...figures,
        ]}
      />
      {failed.length > 0 && <Alert tone="danger" title={t.coverage.failed(list(failed))} />}
      {gaps.length === 0 ? (
        <Alert tone="success" title={t.coverage.all} />
      ) : (
        <details className="fw-details" open>
          <summary>
            <h3 className="fw-panel__title">{t.coverage.gapsTitle(gaps.length)}</h3>
          </summary>
          <ol className="fw-plain-list">
            {gaps.map((gap, index) => (
              <li key={index} className="fw-problem">
                <p>{say(gap.text)}</p>
                <p className="fw-problem__places">
                  <button
                    type="button"
                    className="fw-link-button"
                    onClick={() => onPlace(gap.file, gap.line)}
                  >
                    {gap.file}, {t.designer.line(gap.line)}
                  </button>
                  <ToStep gap={gap} onStep={onStep} />
                </p>
              </li>
            ))}
          </ol>
        </details>
      )}
    </>
  );
}

function ToStep({ gap, onStep }: { gap: CoveragePoint; onStep: (step: string) => void }) {
  const { t } = useSpeech();
  const step = gap.step ?? null;
  if (step === null) return null;
  return (
    <button type="button" className="fw-link-button" onClick={() => onStep(step)}>
      {t.designer.showStep}: {step}
    </button>
  );
}

/** What was never reached at one step. */
export function Gaps({ gaps }: { gaps: CoveragePoint[] }) {
  const { t, say } = useSpeech();
  if (gaps.length === 0) return null;
  return (
    <ul className="fw-outline__problems">
      {gaps.map((gap, index) => (
        <li key={index}>
          <Badge icon="question-mark">{t.coverage.missed}</Badge> {say(gap.text)}
        </li>
      ))}
    </ul>
  );
}
