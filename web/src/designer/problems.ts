// Problems of a check, brought to the steps that they concern. Pure.
import type { CoveragePoint, Diagnostic, Graph, Outline } from '../api/shapes';

/** What concerns a step. */
export interface AtStep<T> {
  /** The step itself. */
  own: T[];
  /** So many things concern steps inside it, however deep. */
  inside: number;
}

export type StepProblems = AtStep<Diagnostic>;
export type StepGaps = AtStep<CoveragePoint>;

/** What concerns every step that something concerns, or that holds such a step. */
export function byStep<T extends { step?: string | null | undefined }>(
  things: T[],
  graph: Graph,
): Map<string, AtStep<T>> {
  const parents = new Map(graph.nodes.map((node) => [node.id, node.parent]));
  const found = new Map<string, AtStep<T>>();
  const at = (step: string): AtStep<T> => {
    const known = found.get(step);
    if (known) return known;
    const fresh: AtStep<T> = { own: [], inside: 0 };
    found.set(step, fresh);
    return fresh;
  };
  for (const thing of things) {
    const step = thing.step ?? null;
    if (step === null || !parents.has(step)) continue;
    at(step).own.push(thing);
    const seen = new Set([step]);
    for (let up = parents.get(step) ?? null; up !== null && !seen.has(up); up = parents.get(up) ?? null) {
      seen.add(up);
      at(up).inside += 1;
    }
  }
  return found;
}

export function countBySeverity(problems: Diagnostic[]): { errors: number; warnings: number } {
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  return { errors, warnings: problems.length - errors };
}

/** Errors before warnings, then by place, so that the list reads like the files. */
export function inOrder(problems: Diagnostic[]): Diagnostic[] {
  const rank = (problem: Diagnostic) => (problem.severity === 'error' ? 0 : 1);
  return problems.toSorted(
    (a, b) => rank(a) - rank(b) || a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column,
  );
}

/** The steps around a step, from the outside in; empty when it is at the top or not there. */
export function stepsAround(outline: Outline[], step: string): string[] {
  for (const item of outline) {
    if (item.step === step) return [];
    const inner = stepsAround(item.children, step);
    if (inner.length > 0 || item.children.some((child) => child.step === step)) return [item.step, ...inner];
  }
  return [];
}

/** A step of the outline, wherever it stands. */
export function findStep(outline: Outline[], step: string): Outline | null {
  for (const item of outline) {
    if (item.step === step) return item;
    const inner = findStep(item.children, step);
    if (inner) return inner;
  }
  return null;
}
