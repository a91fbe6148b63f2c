import type { Diagnostic, Misfit, ProblemBody, ScenarioResult } from './shapes';

/** Codes that the application itself gives, besides those of the server. */
export const UNREACHABLE = 'Unreachable';
export const UNREADABLE = 'Unreadable';

/** A request that did not succeed, as the server (or the missing network) explains it. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly code: string;
  readonly detail: string | null;
  readonly misfits: Misfit[];
  readonly limit: string | null;
  readonly problems: Diagnostic[];
  readonly scenarios: ScenarioResult[];

  constructor(status: number, body: Partial<ProblemBody>) {
    super(body.detail ?? body.title ?? body.code ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? UNREADABLE;
    this.detail = body.detail ?? body.title ?? null;
    this.misfits = body.misfits ?? [];
    this.limit = body.limit ?? null;
    this.problems = body.problems ?? [];
    this.scenarios = body.scenarios ?? [];
  }
}

/** Whether the server has decided: it has not carried out what was asked, and will not. After a lost answer nobody knows. */
export function isAnswered(error: unknown): boolean {
  return error instanceof ApiProblem && error.status > 0 && error.status < 500;
}

/** What a body that is not what was promised is worth: whatever fields it has. */
export function problemFrom(status: number, body: unknown): ApiProblem {
  return new ApiProblem(status, typeof body === 'object' && body !== null ? body : {});
}

export function isProblem(error: unknown, ...codes: string[]): error is ApiProblem {
  return error instanceof ApiProblem && (codes.length === 0 || codes.includes(error.code));
}
