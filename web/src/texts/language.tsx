// The language of the page: which one, the words in it, and how to say texts of the server in it.
import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';

import { setApiLanguage } from '../api/client';
import type { Text } from '../api/shapes';
import { de, type Texts } from './de';
import { en } from './en';
import * as format from './format';
import type { Language } from './format';

const CATALOGUES: Record<Language, Texts> = { de, en };
const KEY = 'fachwerk.language';

export interface Speech {
  language: Language;
  /** The words of the application. */
  t: Texts;
  /** A text of the server in this language. */
  say: (text: Text) => string;
  day: (day: string) => string;
  dayLong: (day: string) => string;
  month: (day: string) => string;
  instant: (instant: string) => string;
  money: (cents: number) => string;
  number: (value: number) => string;
  size: (bytes: number) => string;
  period: (period: string) => string;
  list: (items: string[]) => string;
  setLanguage: (language: Language) => void;
}

const SpeechContext = createContext<Speech | null>(null);

function remembered(): Language {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'en' ? 'en' : 'de';
  } catch {
    // Storage may be forbidden in this browser; German is what most need.
    return 'de';
  }
}

setApiLanguage(remembered());

export function SpeechProvider({ children, onChange }: { children: ReactNode; onChange: () => void }) {
  const [language, choose] = useState<Language>(remembered);

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const setLanguage = useCallback(
    (next: Language) => {
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // Not remembered then; the switch still works for this page.
      }
      setApiLanguage(next);
      choose(next);
      onChange();
    },
    [onChange],
  );

  const speech = useMemo<Speech>(
    () => ({
      language,
      t: CATALOGUES[language],
      say: (text) => text[language] || text.de,
      day: (day) => format.formatDay(day, language),
      dayLong: (day) => format.formatDayLong(day, language),
      month: (day) => format.formatMonth(day, language),
      instant: (instant) => format.formatInstant(instant, language),
      money: (cents) => format.formatMoney(cents, language),
      number: (value) => format.formatNumber(value, language),
      size: (bytes) => format.formatSize(bytes, language),
      period: (period) => format.formatPeriod(period, language),
      list: (items) => format.formatList(items, language),
      setLanguage,
    }),
    [language, setLanguage],
  );
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  const speech = use(SpeechContext);
  if (speech === null) throw new Error('useSpeech outside of SpeechProvider');
  return speech;
}
