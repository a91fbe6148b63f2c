// A letter before it is made.

export const preview = {
  open: 'Vorschau',
  title: 'Vorschau der Schreiben',
  none: 'Mit diesen Angaben entsteht kein Schreiben.',
  hint: 'So würde das Schreiben jetzt erstellt. Es ist noch nicht erstellt, und der Vorgang bleibt, wie er ist.',
  toBeSigned:
    'Das Schreiben muss noch gezeichnet werden. Darunter steht dann der Name der Person, die zeichnet.',
  trouble: 'So käme das Schreiben nicht zustande',
  signed: 'Was gezeichnet wird',
  signedHint:
    'Versandt wird genau dieses Schreiben. Ändert sich vorher noch etwas daran, wird neu gezeichnet.',
  withdrawn: 'Bitte noch einmal zeichnen',
  page: (title: string) => `Schreiben „${title}“`,
  to: (name: string) => `an ${name}`,
  draft: 'Entwurf',
  together: 'Schreiben drucken',
  togetherHint:
    'Bitte in Originalgröße drucken, auch beidseitig: Jedes Schreiben und jede Anlage beginnt auf einem eigenen Blatt. Der Versand ist damit noch nicht vermerkt.',
  save: 'Speichern',
  saveOf: (title: string) => `„${title}“ speichern`,
  print: 'Drucken',
  printOf: (title: string) => `„${title}“ drucken`,
};
