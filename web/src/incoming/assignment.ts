// As what an item goes to a case: something that it waits for, a remedy against one of its acts, or just documents.
import type { Assignment, ItemTarget } from '../api/shapes';

export const ONLY_DOCUMENTS = '-';
/** It may be a remedy; somebody who takes part in the process looks. */
export const PERHAPS = '?';

/** How the choice names a remedy; no message can be called so. */
export const remedyId = ({ act, party }: { act: number; party: number }): string => `remedy:${act}:${party}`;

/** Whether it has to be said as what an item goes to a case. */
export const asks = (target: ItemTarget): boolean =>
  target.expects.length > 0 || target.acts.length > 0 || target.may_be_remedy;

/** What it most likely is: the only thing that is waited for, unless taking it may end what is under way, or there are acts. */
export function proposedOf(target: ItemTarget | undefined): string {
  const [only, ...more] = target?.expects ?? [];
  if (!target || !only || more.length > 0 || target.acts.length > 0 || target.may_be_remedy) return '';
  return only.passed || only.interrupts ? '' : only.message;
}

export interface RemedySaid {
  kind: 'objection' | 'action';
  /** The day on which the court received an action. */
  court: string;
}

/** What is sent for a choice, besides case and reason. */
export function said(
  target: ItemTarget,
  as: string,
  { sure, kind, court }: RemedySaid & { sure: boolean },
): Pick<Assignment, 'message' | 'sure' | 'remedy' | 'may_be_remedy'> {
  const act = target.acts.find((each) => remedyId(each) === as);
  if (act) {
    const { act: number, party } = act;
    return { remedy: { act: number, party, kind, ...(kind === 'action' ? { received_on: court } : {}) } };
  }
  if (as === PERHAPS) return { may_be_remedy: true };
  return as === ONLY_DOCUMENTS || as === '' ? {} : { message: as, sure };
}
