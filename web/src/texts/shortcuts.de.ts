// Keys that do something, and what they do.

export const shortcuts = {
  title: 'Tastenkürzel',
  complete: 'Aufgabe erledigen',
  help: 'Diese Übersicht zeigen',
  search: 'Zum Suchfeld springen',
  keys: { ctrl: 'Strg', enter: 'Eingabe' },
  single: 'Kürzel aus einem einzelnen Zeichen verwenden',
  singleHelp: 'Ausschalten, wenn Sie Sprachsteuerung benutzen oder die Zeichen sonst stören.',
  where: { everywhere: 'überall', task: 'in einer Aufgabe', list: 'in Listen' },
};
