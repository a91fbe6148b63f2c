import type { reinstate as de } from './reinstate.de';

export const reinstate: typeof de = {
  act: 'Grant restoration',
  hint: 'Whoever was kept from a deadline without fault may make up for what they missed. Whether it was so is yours to decide; the limits for applying are checked. A late remedy then counts as in time; another deadline runs again: where it is still waited for, else the case goes back to the step that waited. Where there is no way back, what the authority had set can be extended all the same; what has happened since its end stays, and an incident asks you to look. On restoration into the period for an action the court decides (§ 60 (4) VwGO).',
  which: 'Missed',
  one: (title: string, of: string, day: string) => `${title}: ${of} (until ${day})`,
  how: 'Why',
  restoration: 'restoration (Wiedereinsetzung)',
  extension: 'extending afterwards what the authority had set (§ 31 (7) sentence 2 VwVfG)',
  obstacleEnded: 'Obstacle ended on',
  appliedOn: 'Applied for or made up for on',
  forceMajeure: 'Force majeure',
  forceMajeureYes: 'Force majeure kept them from applying within a year',
  normHelp: 'When left empty, the provision by which the limits are checked.',
  done: 'What was missed may be made up for.',
};
