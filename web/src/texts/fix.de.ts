export const fix = {
  title: 'Vorschlag',
  removed: 'entfällt',
  added: 'neu',
  where: (file: string, line: number) => `${file}, ab Zeile ${line}`,
  more: (lines: number) => (lines === 1 ? '… und eine weitere Zeile' : `… und ${lines} weitere Zeilen`),
  take: 'Vorschlag übernehmen',
  takeOf: (title: string) => `Vorschlag übernehmen: ${title}`,
  taken: (title: string) => `Übernommen: ${title}`,
  undone: (title: string) => `Zurückgenommen: ${title}`,
  undo: 'Rückgängig',
  onlyHere:
    'Geändert ist der Entwurf in diesem Fenster, bis die Seite neu geladen wird. Die Dateien, aus denen er stammt, bleiben unverändert.',
  misfit: 'Der Vorschlag passt nicht mehr zu den Dateien. Bitte erneut prüfen.',
};
