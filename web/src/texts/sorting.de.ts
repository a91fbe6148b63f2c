// In which order lists are shown.

export const sorting = {
  by: 'Sortieren nach',
  words: {
    due: 'Fälligkeit',
    priority: 'Rangfolge',
    deadline: 'nächste Frist',
    opened: 'Eingang der Aufgabe',
    number: 'Aktenzeichen',
    newest: 'neueste zuerst',
  },
  direction: 'Reihenfolge',
  directions: { up: 'aufsteigend', down: 'absteigend' },
  sortBy: (title: string) => `Sortieren nach ${title}`,
};
