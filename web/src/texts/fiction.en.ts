import type { fiction as de } from './fiction.de';

export const fiction: typeof de = {
  endGrants: (act: string) => `If nothing is decided by the end, “${act}” counts as granted.`,
  keptBy: 'Kept by',
  keptByNotification: 'notification of the decision within the period; that it is issued or sent does not do',
  keptByIssue: 'issue of the decision within the period',
  extension: 'Extension',
  extendable: (norm: string) => `once, with reasons, by a letter that is told before the end (${norm})`,
  extended: (norm: string) => `is extended; not possible again (${norm})`,
  notExtendable: 'not possible',
  note: 'Note',
  deemed: 'counts as granted',
  deemedSince: (day: string) => `Has counted as granted since ${day}, because nothing was decided in time.`,
  deemedHelp:
    'There is no notice of the authority. It can neither be refused nor granted once more; only withdrawal and revocation (§§ 48, 49 VwVfG) are possible. Its letters are certificates.',
  since: 'counts as granted since',
  certificate: 'Certificate',
  certificateTo: (name: string) => `Certificate to ${name}`,
  byLaw: 'by law',
};
