// Letters as they would be made now. Nothing changes by looking at them.
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import type { LetterPreview } from '../api/shapes';
import { useSpeech } from '../texts/language';
import { Alert } from './alert';
import { Button } from './button';
import { Dialog } from './dialog';
import { DoubtfulLaw } from './doubtful-law';
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

function Letters({ preview }: { preview: LetterPreview }) {
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
        <Letter key={index} letter={letter} />
      ))}
    </>
  );
}

function Letter({ letter }: { letter: LetterPreview['letters'][number] }) {
  const { t } = useSpeech();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(600);
  return (
    <section className="fw-letter">
      <div className="fw-letter__head">
        <h3 className="kern-heading-small">
          {letter.title}
          {letter.addressee !== null && <span className="fw-sub">{t.preview.to(letter.addressee)}</span>}
        </h3>
        <Button
          small
          aria-label={t.preview.printOf(letter.title)}
          onClick={() => frame.current?.contentWindow?.print()}
        >
          {t.preview.print}
        </Button>
      </div>
      {/* No script runs in it; being of the same origin lets it be measured and printed. */}
      <iframe
        ref={frame}
        className="fw-letter__page"
        title={t.preview.page(letter.title)}
        sandbox="allow-same-origin allow-modals"
        srcDoc={letter.page}
        style={{ blockSize: `${height}px` }}
        onLoad={() => setHeight(frame.current?.contentDocument?.documentElement.scrollHeight ?? height)}
      />
    </section>
  );
}
