// Legal data that somebody has to check.

export const law = {
  instruction: 'Rechtsbehelfsbelehrung',
  doubtful: 'Rechtsgrundlagen, die noch zu prüfen sind',
  doubtfulHint:
    'Was hier steht, hat noch niemand mit dem verkündeten Gesetz verglichen, oder Quellen widersprechen sich. Bitte prüfen, bevor Sie unterschreiben; das Rechtsamt kann es klären.',
  words: 'Wortlaut der Belehrung',
  unchecked: 'ungeprüft',
  disputed: 'umstritten',
};
