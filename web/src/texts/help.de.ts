// The help, in German: short, one area each. Paragraphs and lists of plain text.

export interface HelpArea {
  title: string;
  paragraphs: string[];
  points: string[];
}

export const help = {
  inbox: {
    title: 'Aufgaben',
    paragraphs: [
      'Hier steht, was zu tun ist. „Meine“ sind die Aufgaben, die Sie übernommen haben, „Offene“ hat noch niemand übernommen.',
      'Neue Aufgaben erscheinen von selbst. Was Sie gerade lesen oder schreiben, wird dadurch nicht gestört.',
    ],
    points: [
      '„Übernehmen“ sagt den anderen, dass Sie daran arbeiten.',
      'Fällig ist der Tag, bis zu dem die Aufgabe erledigt sein soll. Darunter steht, wenn es eine gibt, die nächste gesetzliche Frist des Vorgangs.',
      '„Vier-Augen-Prinzip: nicht durch Sie“ heißt: Sie haben an diesem Vorgang schon mitgewirkt, eine andere Person muss entscheiden.',
      'Wählen Sie ein Verfahren im Filter, dann erscheinen auch dessen eigene Spalten.',
    ],
  },
  task: {
    title: 'Eine Aufgabe erledigen',
    paragraphs: [
      'Links steht das Formular, rechts alles, was Sie dazu wissen müssen: Angaben, Fristen mit Berechnung, Dokumente und Vermerke.',
      'Vorschläge des Systems stehen schon im Formular. Prüfen Sie sie; Sie verantworten, was Sie abschicken.',
    ],
    points: [
      'Mit Strg + Eingabe erledigen Sie die Aufgabe, ohne zur Maus zu greifen.',
      'Entsteht aus der Aufgabe ein Schreiben, zeigt „Vorschau“, wie es mit Ihren Angaben aussehen wird. Sie ändert nichts.',
      'Was Sie tippen, wird in diesem Fenster gesichert. Es bleibt erhalten, wenn Sie die Seite neu laden oder die Sitzung abläuft.',
      'Nach dem Abschicken öffnet sich die nächste Aufgabe. Gibt es keine, steht oben, bei wem der Vorgang jetzt liegt und ob ein Schreiben im Postausgang wartet.',
    ],
  },
  incoming: {
    title: 'Posteingang',
    paragraphs: [
      'Ein Eingang ist, was gekommen ist und noch zu keinem Vorgang gehört: am Schalter, aus dem Scan-Ordner oder per E-Mail. Er wartet mit dem wahren Tag seines Eingangs; nach ihm richten sich Fristen, auch wenn er später zugeordnet wird. Den Posteingang sieht nur die Poststelle.',
    ],
    points: [
      'Bei Gescanntem und E-Mails ist der Tag ein Vorschlag. Vergleichen Sie ihn mit dem Eingangsstempel und bestätigen Sie ihn; erst dann lässt sich der Eingang zuordnen.',
      '„Zuordnen“ gibt die Dokumente in die Akte. Wählen Sie dabei, ob es das ist, worauf der Vorgang wartet: Dann gilt es als am Tag des Eingangs eingegangen.',
      '„Vorgang beginnen“ öffnet das Formular des Verfahrens; Dokumente, Tag und Weg gehen mit.',
      '„Aufteilen“ macht aus einem Eingang zwei, „Zusammenführen“ aus zweien einen. „Aussondern oder weiterleiten“ verlangt einen Grund. Verloren geht dabei nichts: Was war, steht im Verlauf.',
      'PDF und Bilder stehen in der Vorschau neben den Angaben; bei mehreren Dokumenten wählt „Zeigen“ eines aus.',
      'Falsch zugeordnet? „Zuordnung zurücknehmen“ am erledigten Eingang oder auf der Seite des Vorgangs (wer dort berichtigen darf): Alles liegt wieder im Posteingang, mit seinem Tag. Hat der Vorgang es schon als Antwort genommen, sagt eine Störung, was zu tun ist.',
    ],
  },
  cases: {
    title: 'Vorgänge',
    paragraphs: [
      'Ein Vorgang ist ein Antrag oder eine Anzeige mit allem, was dazu gehört: Daten, Fristen, Dokumente, Vermerke und Verlauf.',
    ],
    points: [
      '„Früherer Stand“ zeigt den Vorgang, wie er an einem bestimmten Tag zu einer bestimmten Uhrzeit war.',
      'Zu jeder Frist steht Satz für Satz, wie sie berechnet ist und nach welcher Vorschrift.',
      '„Vorgang drucken“ druckt alle Teile nacheinander. „Weitere Zwischenergebnisse“ (womit nur Regeln und Anbindungen arbeiten) wird nicht gedruckt.',
      '„Weitere Aktionen“: Rückfrage, Wiedervorlage, eigenes Schreiben, Dokument; Fristen verlängern, ruhen oder weiterlaufen lassen; einen Teil abtrennen oder den Vorgang mit einem anderen verbinden.',
      'Ein Dokument, das in diese Akte nicht gehört, kann entnehmen oder in den richtigen Vorgang verschieben, wer berichtigen darf. Die Akte hält fest, dass es hier lag.',
      '„Eingreifen“ am Ende der Übersicht: Eine eigene Erledigung können Sie zurücknehmen, solange nichts daraus geworden ist. Wer berichtigen darf, kann einen Schritt überspringen, zu einem früheren zurückgehen, Angaben ändern oder den Vorgang beenden, jeweils mit Begründung. Eine Unterschrift nach dem Vier-Augen-Prinzip lässt sich nicht überspringen.',
    ],
  },
  deadlines: {
    title: 'Fristen',
    paragraphs: [
      'Die Seite zeigt die gesetzlichen Fristen in drei Abschnitten: laufende, solche, die noch nicht laufen, und ruhende. „Läuft noch nicht“ heißt: Die Frist beginnt erst, wenn der Versand eines Schreibens vermerkt ist.',
    ],
    points: [
      'Fällt ein Fristende auf einen Samstag, Sonntag oder Feiertag, steht hier schon der nächste Werktag; die Berechnung im Vorgang nennt den Grund.',
    ],
  },
  post: {
    title: 'Postausgang',
    paragraphs: [
      'Hier liegen fertige Schreiben, bis sie das Haus verlassen. Erst der vermerkte Versand setzt Fristen in Gang.',
    ],
    points: [
      'Tragen Sie den Tag ein, an dem das Schreiben wirklich zur Post ging, nicht den Tag, an dem Sie es vermerken.',
      'Vor dem Vermerk sehen Sie, wann das Schreiben als bekannt gegeben gelten wird und wann die Fristen enden, die damit beginnen.',
      'Mehrere Schreiben mit gleichem Tag und Weg können Sie zusammen vermerken.',
      'Kam eines zurück? Im Vorgang unter „Dokumente“ steht dafür „Nicht angekommen“, beim Bescheid „Erneut versenden“.',
    ],
  },
  designer: {
    title: 'Verfahren',
    paragraphs: [
      'Ein Verfahren besteht aus Schritten und Bausteinen. Bild und Gliederung zeigen dasselbe: Was Sie im einen wählen, ist auch im anderen gewählt.',
      '„Prüfen“ nennt alle Probleme mit Datei und Zeile. „In Einsatz nehmen“ prüft noch einmal und lässt alle Szenarien laufen; besteht eines nicht, ändert sich nichts.',
    ],
    points: [
      'Laufende Vorgänge bleiben bei der Version, mit der sie begonnen haben.',
      'Unter „Einstellungen“ steht, was Ihre Behörde festlegt, ohne das Verfahren zu ändern: Gebühren, Fristen, Anschriften.',
    ],
  },
  admin: {
    title: 'Verwaltung',
    paragraphs: ['Bausteine, Personen, Störungen und Protokoll dieses Mandanten.'],
    points: [
      'Eine Störung heißt: Ein Vorgang kommt ohne Hilfe nicht weiter. Beheben Sie die Ursache, dann „Erneut versuchen“.',
      'Personen werden nicht gelöscht, sondern deaktiviert; in alten Vorgängen bleibt lesbar, wer gehandelt hat.',
    ],
  },
};
