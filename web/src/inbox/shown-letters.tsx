import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { previewTask } from '../api/commands';
import { isProblem } from '../api/problem';
import type { LetterPreview, TaskDetail, Values } from '../api/shapes';
import type { Field } from '../parts/form/profile';
import { Letters } from '../parts/letter-preview';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';

/** How long nobody types before the letters are made anew. */
const PAUSE_MS = 600;

export interface ShownLettersState {
  /** Whether letters are signed by the task. */
  signs: boolean;
  preview: LetterPreview | undefined;
  error: Error | null;
  /** The hash of the letters that are shown, when these values are what they were made of. */
  of: (values: Values) => string | null;
}

/** The letters that somebody signs, as they are with what was entered; before anything is chosen, those of the first outcome. */
export function useShownLetters(task: TaskDetail, fields: Field[], entered: Values): ShownLettersState {
  const shape = fields.find((field) => field.name === 'outcome')?.shape;
  const first = shape?.kind === 'choice' ? shape.options[0]?.id : undefined;
  const chosen =
    first !== undefined && entered.outcome === undefined ? { ...entered, outcome: first } : entered;
  const asked = JSON.stringify(chosen);
  const [settled, settle] = useState(asked);
  useEffect(() => {
    if (settled === asked) return;
    const timer = window.setTimeout(() => settle(asked), PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [settled, asked]);
  const query = useQuery({
    queryKey: ['letters', task.id, task.version, settled],
    queryFn: () => previewTask(task.id, JSON.parse(settled) as Values),
    enabled: task.signs,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return {
    signs: task.signs,
    preview: query.data,
    error: query.error,
    of: (values) =>
      !query.isPlaceholderData && JSON.stringify(values) === settled ? (query.data?.shown ?? null) : null,
  };
}

/** What is signed: read it before. */
export function ShownLetters({ letters: { signs, preview, error } }: { letters: ShownLettersState }) {
  const { t } = useSpeech();
  // What is still missing in the form is said there.
  const failed = error !== null && !isProblem(error, 'ValuesInvalid');
  if (!signs || (preview === undefined && !failed)) return null;
  if (preview?.letters.length === 0 && preview.troubles.length === 0) return null;
  return (
    <section className="fw-section" aria-labelledby="signed-letters">
      <h3 id="signed-letters" className="kern-heading-small">
        {t.preview.signed}
      </h3>
      {preview !== undefined && preview.letters.length > 0 && (
        <p className="kern-body">{t.preview.signedHint}</p>
      )}
      {preview ? <Letters preview={preview} /> : <ProblemAlert error={error} />}
    </section>
  );
}
