// Letters as they would be made now. Nothing changes by looking at them.
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import type { LetterPreview } from '../api/shapes';
import { useSpeech } from '../texts/language';
import { Alert } from './alert';
import { Button } from './button';
import { Dialog } from './dialog';
import { DoubtfulLaw } from './doubtful-law';
import { PdfView } from './pdf-view';
import { ProblemAlert } from './problem';

interface PreviewButtonProps {
  run: () => Promise<LetterPreview>;
  /** Whether what was entered can be sent at all; otherwise it says so where it was entered. */
  check: () => boolean;
  /** What the server says against what was entered; whether that is shown there. */
  onError?: (error: Error) => boolean;
}

/** Shows the letters that would come of what was entered. */
export function PreviewButton({ run, check, onError }: PreviewButtonProps) {
  const { t } = useSpeech();
  const [elsewhere, setElsewhere] = useState(false);
  const look = useMutation({
    mutationFn: run,
    onError: (error) => setElsewhere(onError?.(error) ?? false),
  });
  const { data, error } = look;
  const failed = error !== null && !elsewhere;
  return (
    <>
      <Button
        icon="visibility"
        pending={look.isPending}
        onClick={() => {
          if (check()) look.mutate();
        }}
      >
        {t.preview.open}
      </Button>
      {(data !== undefined || failed) && (
        <Dialog title={t.preview.title} open wide onClose={look.reset}>
          {failed ? <ProblemAlert error={error} /> : data && <Letters preview={data} />}
        </Dialog>
      )}
    </>
  );
}

/** Letters as they would be made, with what stands in their way. */
export function Letters({ preview }: { preview: LetterPreview }) {
  const { t, say } = useSpeech();
  const { letters, troubles, to_be_signed: toBeSigned } = preview;
  const made = letters.length > 0;
  return (
    <>
      {made && <p className="kern-body">{t.preview.hint}</p>}
      <DoubtfulLaw rows={preview.doubtful_law} />
      {made && toBeSigned && <Alert tone="info" title={t.preview.toBeSigned} />}
      {troubles.map((trouble, index) => (
        <Alert key={index} tone="warning" title={t.preview.trouble}>
          <p className="kern-body">{say(trouble)}</p>
        </Alert>
      ))}
      {!made && troubles.length === 0 && <Alert tone="info" title={t.preview.none} />}
      {letters.map((letter, index) => (
        <PdfView
          key={index}
          title={letter.title}
          sub={letter.addressee !== null ? t.preview.to(letter.addressee) : null}
          file={`${letter.title} (${t.preview.draft})`}
          pdf={letter.pdf}
        />
      ))}
    </>
  );
}
