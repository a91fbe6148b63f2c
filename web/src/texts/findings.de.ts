export const findings = {
  title: 'Was die Prüfung findet',
  text: 'Vor jeder Inbetriebnahme wird für alle Wege geprüft, ob Vorgänge enden können, ob Angaben da sind, wenn sie gebraucht werden, ob das Verfahrensrecht eingehalten ist und ob die Personen reichen. Hier steht zu jeder Meldung, was sie bedeutet und was zu tun ist.',
  severities:
    'Ein Fehler verhindert die Inbetriebnahme. Ein Bedenken auch, solange niemand begründet, warum es so sein darf. Ein Hinweis verhindert sie nicht. Was die Daten vielleicht ausschließen, wiegt eine Stufe leichter als hier angegeben.',
  meaning: 'Bedeutung',
  consequence: 'Folge',
  remedy: 'Abhilfe',
  before: 'Vorher',
  after: 'Nachher',
  both: 'Vorher und nachher gleich',
  none: 'Diese Datei gibt es hier nicht.',
  legend: 'Im Beispiel steht − vor Zeilen, die entfallen, und + vor Zeilen, die hinzukommen.',
  gone: 'entfällt:',
  come: 'kommt hinzu:',
  example: 'Beispiel',
  frame: 'Was alle Beispiele gemeinsam haben',
  frameText:
    'Die Datei „process.yaml“ eines Beispiels setzt die folgende fort. In „people.yaml“ steht, wer welche Rollen hat, in „settings.yaml“, was die Behörde eingestellt hat.',
  explained: (title: string) => `Erklärung: ${title} (neues Fenster)`,
};
