import { describe, expect, it } from 'vitest';

import { de } from './de';
import { nearness } from './due';
import { en } from './en';

/** All words of a catalogue by their path; functions are called with small numbers and names. */
function words(catalogue: object, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(catalogue) as [string, unknown][]) {
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'string') found.set(at, value);
    else if (typeof value === 'function') {
      for (const count of [1, 2]) {
        const args = Array.from({ length: value.length }, () => count);
        found.set(`${at}(${count})`, String((value as (...args: unknown[]) => unknown)(...args)));
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [inner, word] of words(value, at)) found.set(inner, word);
    }
  }
  return found;
}

describe('catalogues', () => {
  const german = words(de);
  const english = words(en);

  it('have the same words in both languages', () => {
    expect([...english.keys()]).toEqual([...german.keys()]);
  });

  it('have no empty word', () => {
    const empty = [...german, ...english].filter(([, word]) => word.trim() === '').map(([path]) => path);
    expect(empty).toEqual([]);
  });

  it('use the quotation marks of their language', () => {
    const wrong = [
      ...[...german].filter(([, word]) => /["”]|“[A-Za-zÄÖÜ]/.test(word)),
      ...[...english].filter(([, word]) => /["„]/.test(word)),
    ];
    expect(wrong).toEqual([]);
  });

  it('write umlauts', () => {
    // Words that only occur when somebody typed ae, oe or ue for an umlaut.
    const typed = /\b(fuer|ueber|koennen|muessen|waehlen|Aenderung|pruefen|loeschen|moeglich)\b/i;
    expect([...german].filter(([, word]) => typed.test(word))).toEqual([]);
  });

  it('use the words of the house', () => {
    // „Release“, „User“ and the like are not what a clerk says; a step is signed off, a period is „Frist“.
    const foreign =
      /\b(Release|User|Deadline|Task|Case|Inbox|Tenant|Deployment|Login|Account|Workflow|Ticket)\b/;
    expect([...german].filter(([, word]) => foreign.test(word))).toEqual([]);
  });

  it('are really translated', () => {
    // Some Länder have the same name in both.
    const copied = [...german]
      .filter(([path]) => !path.startsWith('authority.lands.'))
      .filter(([path, word]) => english.get(path) === word && word.length > 12 && /[a-z]{4}/.test(word))
      .map(([path]) => path);
    expect(copied).toEqual([]);
  });
});

describe('how near a day is', () => {
  const today = '2026-03-16';
  const cases: [string | null, string, string, string][] = [
    ['2026-03-13', 'overdue', 'überfällig seit 3 Tagen', 'overdue for 3 days'],
    ['2026-03-15', 'overdue', 'überfällig seit 1 Tag', 'overdue for 1 day'],
    ['2026-03-16', 'soon', 'heute', 'today'],
    ['2026-03-17', 'soon', 'morgen', 'tomorrow'],
    ['2026-03-19', 'near', 'in 3 Tagen', 'in 3 days'],
    ['2026-03-23', 'near', 'in 7 Tagen', 'in 7 days'],
    ['2026-03-24', 'later', 'in 8 Tagen', 'in 8 days'],
    [null, 'none', 'ohne Termin', 'no date'],
    ['irgendwann', 'none', 'ohne Termin', 'no date'],
  ];
  for (const [day, urgency, german, english] of cases) {
    it(day ?? 'no day', () => {
      expect(nearness(day, today, de)).toEqual({ urgency, words: german });
      expect(nearness(day, today, en)).toEqual({ urgency, words: english });
    });
  }
});
