import { lazy, Suspense, useMemo } from 'react';

import type { Diagnostic, ProcessCoverage, ProcessDetail } from '../api/shapes';
import { Loading } from '../parts/loaded';
import { courseMarks, goneWays } from '../parts/picture/course';
import type { Mark, WayLook } from '../parts/picture/nodes';
import { useSpeech } from '../texts/language';
import { gapMarks, gapsOf, missedWays } from './coverage';
import { findStep, type StepGaps, type StepProblems } from './problems';
import { courseAt, sightAt } from './run';
import { RunPlayer } from './run-player';

const ProcessPicture = lazy(async () => ({
  default: (await import('../parts/picture/picture')).ProcessPicture,
}));

/** A problem whose run is played, and the stop at which it stands. */
export interface Played {
  problem: Diagnostic;
  at: number;
}

interface PictureProps {
  process: ProcessDetail;
  byStep: ReadonlyMap<string, StepProblems>;
  coverage: ProcessCoverage | undefined;
  gaps: ReadonlyMap<string, StepGaps>;
  played: Played | null;
  onPlayed: (played: Played | null) => void;
  selected: string | undefined;
  onSelect: (step: string) => void;
}

/** The picture of a process: with its problems, with what no scenario reached, or with the run to a problem. */
export function PicturePart(props: PictureProps) {
  const { process, coverage, played, onPlayed, selected, onSelect } = props;
  const { t, say } = useSpeech();
  const { marks, ways } = useMarks(props);
  const run = played?.problem.run ?? null;
  const step = played?.problem.step ?? null;
  const title = step === null ? null : (findStep(process.outline, step)?.title ?? null);
  return (
    <>
      {played !== null && run !== null && (
        <RunPlayer
          run={run}
          title={title === null ? (step ?? played.problem.code) : say(title)}
          at={played.at}
          onAt={(at) => onPlayed({ ...played, at })}
          onClose={() => onPlayed(null)}
        />
      )}
      <Suspense fallback={<Loading label={t.designer.layingOut} />}>
        <ProcessPicture
          subject={process}
          label={t.designer.canvas}
          marks={marks}
          ways={ways}
          selected={played !== null && run !== null ? sightAt(run, played.at) : selected}
          onSelect={onSelect}
        />
      </Suspense>
      {coverage !== undefined && played === null && <p className="kern-hint">{t.coverage.legend}</p>}
    </>
  );
}

function useMarks({ process, byStep, coverage, gaps, played }: PictureProps): {
  marks: ReadonlyMap<string, Mark>;
  ways: ReadonlyMap<string, WayLook>;
} {
  const { t } = useSpeech();
  const run = played?.problem.run ?? null;
  const at = played?.at ?? 0;
  return useMemo(() => {
    if (run !== null) {
      const course = courseAt(run, at);
      return { marks: courseMarks(process.graph, course, t), ways: goneWays(course) };
    }
    const marks = new Map<string, Mark>();
    for (const [step, problems] of byStep) {
      const count = problems.own.length + problems.inside;
      marks.set(step, { look: 'problem', icon: 'warning', words: t.designer.nodeProblems(count) });
    }
    for (const [step, mark] of gapMarks(gapsOf(coverage), gaps, t)) marks.set(step, mark);
    return { marks, ways: missedWays(coverage) };
  }, [process, byStep, coverage, gaps, run, at, t]);
}
