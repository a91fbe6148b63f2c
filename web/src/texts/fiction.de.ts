// Genehmigungsfiktion: what silence grants.

export const fiction = {
  endGrants: (act: string) =>
    `Ist bis zum Ende nicht entschieden, gilt „${act}“ als erteilt (Genehmigungsfiktion).`,
  keptBy: 'Gewahrt durch',
  keptByNotification: 'Bekanntgabe der Entscheidung innerhalb der Frist; Erlass oder Absendung genügt nicht',
  keptByIssue: 'Erlass der Entscheidung innerhalb der Frist',
  extension: 'Verlängerung',
  extendable: (norm: string) =>
    `einmal, mit Gründen, durch ein Schreiben, das vor dem Ende mitgeteilt ist (${norm})`,
  extended: (norm: string) => `ist verlängert; nicht noch einmal möglich (${norm})`,
  notExtendable: 'nicht möglich',
  note: 'Hinweis',
  deemed: 'gilt als erteilt',
  deemedSince: (day: string) => `Gilt seit ${day} als erteilt, weil nicht rechtzeitig entschieden wurde.`,
  deemedHelp:
    'Es gibt keinen Bescheid der Behörde. Versagen oder noch einmal erteilen ist nicht mehr möglich; in Betracht kommen nur Rücknahme und Widerruf (§§ 48, 49 VwVfG). Die Schreiben hierzu sind Bescheinigungen.',
  since: 'gilt als erteilt seit',
  certificate: 'Bescheinigung',
  certificateTo: (name: string) => `Bescheinigung an ${name}`,
  byLaw: 'kraft Gesetzes',
};
