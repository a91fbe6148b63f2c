import { describe, expect, it } from 'vitest';

import type { Statistics } from '../api/shapes';
import { de } from '../texts/de';
import { csv } from './csv';
import { monthsOf, type Period } from './period';
import { tableOf } from './table';

describe('periods', () => {
  const check = (period: Period, today: string, from: string, until: string) =>
    it(`${period} of ${today}`, () => expect(monthsOf(period, today)).toEqual({ from, until }));
  check('year', '2026-11-26', '2025-12-01', '2026-11-01');
  check('year', '2026-12-31', '2026-01-01', '2026-12-01');
  check('quarter', '2026-02-01', '2025-12-01', '2026-02-01');
  check('quarter', '2026-03-31', '2026-01-01', '2026-03-01');
  check('month', '2026-03-31', '2026-03-01', '2026-03-01');
  check('thisYear', '2026-03-31', '2026-01-01', '2026-03-01');
  check('lastYear', '2026-03-31', '2025-01-01', '2025-12-01');
  check('five', '2026-03-31', '2021-04-01', '2026-03-01');
});

describe('csv', () => {
  const check = (name: string, rows: (string | number | null)[][], expected: string) =>
    it(name, () => expect(csv(rows)).toBe(`\uFEFF${expected}`));
  check(
    'cells',
    [
      ['a', 1, null],
      ['b', -2, 'c'],
    ],
    'a;1;\r\nb;-2;c\r\n',
  );
  check('what separates is put into quotes', [['a;b', 'c"d', 'e\nf']], '"a;b";"c""d";"e\nf"\r\n');
  check('nothing is carried out', [['=1+1', '@x', '-2', '+3']], "'=1+1;'@x;'-2;'+3\r\n");
});

describe('the table of a spreadsheet', () => {
  const text = (de: string) => ({ de, en: '…' });
  const speech = { t: de, say: (it: { de: string }) => it.de, language: 'de' as const };
  const none = { begun: 0, ended: 0, outcomes: [], median_days: null, most_days: null };
  const permit = {
    begun: 3,
    ended: 3,
    median_days: 2,
    most_days: 9,
    outcomes: [
      { outcome: 'granted', title: text('erteilt'), count: 2 },
      { outcome: 'refused', title: text('=abgelehnt'), count: 1 },
    ],
  };
  const march = { ...none, begun: 3, ended: 1, median_days: 2, most_days: 9 };
  const data: Statistics = {
    from: '2026-01-01',
    until: '2026-03-01',
    today: '2026-03-09',
    processes: [
      {
        process: 'permit',
        title: text('Genehmigung; Bau'),
        open: 2,
        overdue: 1,
        whole: permit,
        months: [{ month: '2026-03-01', figures: march }],
      },
      { process: 'tax', title: text('Steuer'), open: 0, overdue: 0, whole: none, months: [] },
    ],
    roles: [
      { role: 'clerk', title: text('Sachbearbeitung'), open: 2, overdue: 1, oldest: '2026-03-02T08:05:00Z' },
      { role: 'lead', title: text('Leitung'), open: 0, overdue: 0, oldest: null },
    ],
  };
  const head = [
    'Statistik',
    'Erster Monat;01.01.2026',
    'Letzter Monat;01.03.2026',
    'Stand;09.03.2026',
    '',
    'Verfahren im Zeitraum',
    'Verfahren;Begonnen;Abgeschlossen;Laufend (heute);Fristen überschritten (heute);Dauer: die Hälfte bis (Tage);Dauer: 9 von 10 bis (Tage)',
  ];
  const months = [
    '',
    'Nach Monaten',
    'Verfahren;Monat;Begonnen;Abgeschlossen;Dauer: die Hälfte bis (Tage);Dauer: 9 von 10 bis (Tage)',
  ];
  const outcomes = ['', 'Wie Vorgänge ausgingen', 'Verfahren;Ergebnis;Vorgänge;Anteil (%)'];
  const check = (name: string, process: string | undefined, expected: string[]) =>
    it(name, () =>
      expect(csv(tableOf(data, process, speech))).toBe(
        `\uFEFF${expected.map((line) => `${line}\r\n`).join('')}`,
      ),
    );
  // The same lines stand in the test of the command line, cli/src/work/figures.rs.
  check('all processes', undefined, [
    ...head,
    '"Genehmigung; Bau";3;3;2;1;2;9',
    'Steuer;0;0;0;0;;',
    ...months,
    '"Genehmigung; Bau";01.03.2026;3;1;2;9',
    ...outcomes,
    '"Genehmigung; Bau";erteilt;2;67',
    '"Genehmigung; Bau";\'=abgelehnt;1;33',
    '',
    'Aufgaben heute',
    'Rolle;Offene Aufgaben;davon überfällig;Älteste offen seit',
    'Sachbearbeitung;2;1;02.03.2026 09:05',
    'Leitung;0;0;',
  ]);
  check('one of them, as on the page', 'tax', [...head, 'Steuer;0;0;0;0;;', ...months, ...outcomes]);
});
