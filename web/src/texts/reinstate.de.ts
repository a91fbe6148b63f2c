// Was versäumt wurde und nachgeholt werden darf.

export const reinstate = {
  act: 'Wiedereinsetzung gewähren',
  hint: 'Wer ohne Verschulden gehindert war, eine Frist einzuhalten, darf das Versäumte nachholen. Ob es so war, entscheiden Sie; die Fristen für den Antrag prüft das System. Ein verspäteter Rechtsbehelf gilt danach als rechtzeitig; eine andere Frist läuft wieder: dort, wo noch auf sie gewartet wird, sonst geht der Vorgang zu dem Schritt zurück, der gewartet hat. Führt kein Weg zurück, lässt sich eine Frist, die die Behörde gesetzt hatte, trotzdem verlängern; was seit ihrem Ende geschehen ist, bleibt dann bestehen, und eine Störung bittet Sie, nachzusehen. Über die Wiedereinsetzung in die Klagefrist entscheidet das Gericht (§ 60 Abs. 4 VwGO).',
  which: 'Versäumt',
  one: (title: string, of: string, day: string) => `${title}: ${of} (bis ${day})`,
  how: 'Warum',
  restoration: 'Wiedereinsetzung in den vorigen Stand',
  extension:
    'rückwirkende Verlängerung einer Frist, die die Behörde gesetzt hatte (§ 31 Abs. 7 Satz 2 VwVfG)',
  obstacleEnded: 'Hindernis weggefallen am',
  appliedOn: 'Beantragt oder nachgeholt am',
  forceMajeure: 'Höhere Gewalt',
  forceMajeureYes: 'Höhere Gewalt hat den Antrag innerhalb eines Jahres verhindert',
  normHelp: 'Ohne Angabe die Vorschrift, nach der die Fristen geprüft werden.',
  done: 'Das Versäumte darf nachgeholt werden.',
};
