// Problems of a check, brought to the steps that they concern. Pure.
import type { CoveragePoint, Diagnostic, Graph, Outline } from '../api/shapes';
import type { Texts } from '../texts/de';

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

const SEVERITIES = ['error', 'concern', 'warning'] as const;

export function countBySeverity(problems: Diagnostic[]): Record<(typeof SEVERITIES)[number], number> {
  const count = (of: string) => problems.filter((problem) => problem.severity === of).length;
  return { error: count('error'), concern: count('concern'), warning: count('warning') };
}

/** „1 Fehler, 2 Hinweise“; empty when nothing was found. */
export function countText(problems: Diagnostic[], t: Texts): string {
  const { error, concern, warning } = countBySeverity(problems);
  const told = [
    error > 0 ? t.designer.errors(error) : '',
    concern > 0 ? t.designer.concerns(concern) : '',
    warning > 0 ? t.designer.warnings(warning) : '',
  ];
  return told.filter(Boolean).join(', ');
}

/** Whether a person's reason is enough to put it to use all the same. */
export function onlyConcerns(problems: Diagnostic[]): boolean {
  const { error, concern } = countBySeverity(problems);
  return error === 0 && concern > 0;
}

/** Errors before concerns before warnings, then by place, so that the list reads like the files. */
export function inOrder(problems: Diagnostic[]): Diagnostic[] {
  const rank = (problem: Diagnostic) => SEVERITIES.indexOf(problem.severity);
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
