// Documents that lie in the wrong file.

export const filing = {
  takeOut: 'Entnehmen',
  takeOutOf: (title: string) => `„${title}“ entnehmen`,
  move: 'Verschieben',
  hint: 'Für ein Dokument, das in diese Akte nicht gehört. Die Akte hält fest, dass es hier lag, wer es entnommen hat und warum; ansehen lässt es sich hier nicht mehr.',
  where: 'Wohin gehört es?',
  toCase: 'in einen anderen Vorgang',
  toNone: 'in keinen Vorgang',
  which: 'In welchen Vorgang?',
  takenOut: 'Das Dokument ist der Akte entnommen.',
  moved: 'Das Dokument ist entnommen und liegt gleich im anderen Vorgang.',
  badge: 'entnommen',
  badgeMoved: 'verschoben',
  how: (day: string, name: string) => `am ${day} von ${name}`,
};
