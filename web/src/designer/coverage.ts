// What no scenario ever reached, brought to steps and ways. Pure.
import type { CoveragePoint, ProcessCoverage } from '../api/shapes';
import { ALWAYS } from '../parts/picture/drawn';
import type { Mark, WayLook } from '../parts/picture/nodes';
import type { Texts } from '../texts/de';
import type { StepGaps } from './problems';

export function gapsOf(coverage: ProcessCoverage | undefined): CoveragePoint[] {
  return coverage?.points.filter((point) => point.gap) ?? [];
}

/** The ways of the picture that no scenario went, as `from→to`. */
export function missedWays(coverage: ProcessCoverage | undefined): Map<string, WayLook> {
  const counts = new Map<string, number>();
  for (const { kind, step, to, count } of coverage?.points ?? []) {
    if ((kind !== 'flow' && kind !== 'handler') || to === null) continue;
    const way = `${step ?? ALWAYS}→${to}`;
    counts.set(way, (counts.get(way) ?? 0) + count);
  }
  return new Map([...counts].filter(([, count]) => count === 0).map(([way]) => [way, 'missed']));
}

/** The marks of steps that were never reached, or at which something never was. */
export function gapMarks(
  gaps: CoveragePoint[],
  byStep: ReadonlyMap<string, StepGaps>,
  { coverage }: Texts,
): Map<string, Mark> {
  const marks = new Map<string, Mark>();
  const mark = (words: string): Mark => ({ look: 'missed', icon: 'question-mark', words });
  const always = gaps.filter((gap) => (gap.step ?? null) === null);
  if (always.length > 0) marks.set(ALWAYS, mark(coverage.gaps(always.length)));
  for (const [step, { own, inside }] of byStep) {
    const never = own.some((gap) => gap.kind === 'step');
    marks.set(step, mark(never ? coverage.missed : coverage.gaps(own.length + inside)));
  }
  return marks;
}

/** The scenarios that did not pass. */
export function failedTitles(coverage: ProcessCoverage): string[] {
  return coverage.scenarios.filter((scenario) => !scenario.passed).map((scenario) => scenario.title);
}
