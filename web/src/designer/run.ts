// A run that shows a problem, as the course of a case: what is in the picture at each of its stops. Pure.
import type { Course, ProblemRun } from '../api/shapes';

/** What the case has gone through when it stands at a stop, counted from 0. */
export function courseAt(run: ProblemRun, at: number): Course {
  const past = run.stops.slice(0, at + 1);
  const visited: Record<string, number> = {};
  for (const step of past.flatMap((stop) => stop.entered)) visited[step] = (visited[step] ?? 0) + 1;
  return { visited, ways: past.flatMap((stop) => stop.ways), active: past.at(-1)?.active ?? [] };
}

/** The step that should be in sight at a stop: what was entered last and still waits, else what waits, else what was entered. */
export function sightAt(run: ProblemRun, at: number): string | undefined {
  const stop = run.stops[at];
  if (stop === undefined) return undefined;
  return (
    stop.entered.findLast((step) => stop.active.includes(step)) ?? stop.active.at(-1) ?? stop.entered.at(-1)
  );
}
