// What is taken up first.

export const priority = {
  first: (why: string) => `Vorrang: ${why}`,
  until: (why: string, day: string) => `Vorrang: ${why}, ${day}`,
  title: 'Rangfolge',
  digitalFirst: 'Digital Eingereichtes von beruflichen Absendern zuerst',
  digitalFirstHelp:
    'Gilt für die Sortierung „Rangfolge“: zuerst, was für die Behörde Folgen hat, dann, was Planungsbüros, Betriebe und andere beruflich und digital eingereicht haben, dann nach dem Tag des Eingangs. Anträge von Bürgerinnen und Bürgern werden nicht danach unterschieden, ob sie auf Papier kommen.',
  on: 'Berufliche Absender gehen vor, wenn sie digital einreichen.',
  off: 'Alle nach dem Tag des Eingangs.',
};
