// Der Postausgang: was das Haus noch verlassen muss.
import { plural } from './plural';

export const post = {
  title: 'Postausgang',
  intro:
    'Schreiben, die auf den Versand warten. Drucken oder öffnen Sie sie, verschicken Sie sie und vermerken Sie dann den Versand: Erst damit laufen die Fristen.',
  columns: {
    select: 'Auswahl',
    title: 'Schreiben',
    addressee: 'Empfänger',
    case: 'Vorgang',
    since: 'Liegt seit',
    action: 'Aktion',
  },
  selectOne: (title: string, number: string) => `${title}, ${number} auswählen`,
  selectAll: 'Alle auswählen',
  selected: (count: number) => plural(count, 'Schreiben ausgewählt', 'Schreiben ausgewählt'),
  record: 'Versand vermerken',
  leftOut: 'Bitte einzeln drucken und beilegen:',
  leftOutOf: (title: string, letter: string) => `„${title}“ zu ${letter}`,
  empty: 'Kein Schreiben wartet auf den Versand.',
  failed: 'Der Versand ist nicht vermerkt:',
  partly: (done: number, failed: number) =>
    `${plural(done, 'Schreiben', 'Schreiben')} vermerkt, ${failed} nicht. Die übrigen sind noch ausgewählt:`,
};
