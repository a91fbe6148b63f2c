// A PDF in the viewer of the browser, to be read, printed and saved.
import { useEffect, useRef } from 'react';

import { useSpeech } from '../texts/language';
import { Button } from './button';

interface PdfViewProps {
  /** What it is called. */
  title: string;
  /** What stands below the title. */
  sub?: string | null;
  /** The name of the file it is saved as, without its end. */
  file: string;
  /** Its bytes, in base64. */
  pdf: string;
}

/** It is shown and saved by an address of its bytes, which is gone with the view. */
export function PdfView({ title, sub, file, pdf }: PdfViewProps) {
  const { t } = useSpeech();
  const frame = useRef<HTMLIFrameElement>(null);
  const address = useRef('');
  useEffect(() => {
    const bytes = Uint8Array.from(atob(pdf), (letter) => letter.charCodeAt(0));
    const made = URL.createObjectURL(new Blob([bytes], { type: 'application/pdf' }));
    address.current = made;
    if (frame.current) frame.current.src = made;
    return () => URL.revokeObjectURL(made);
  }, [pdf]);
  const print = () => {
    try {
      frame.current?.contentWindow?.print();
    } catch {
      // The viewer of this browser lets nobody else print; in a window of its own it offers to.
      window.open(address.current);
    }
  };
  const save = () => {
    const link = document.createElement('a');
    link.href = address.current;
    link.download = `${file}.pdf`;
    link.click();
  };
  return (
    <section className="fw-letter">
      <div className="fw-letter__head">
        <h3 className="kern-heading-small">
          {title}
          {sub != null && <span className="fw-sub">{sub}</span>}
        </h3>
        <span className="fw-actions">
          <Button small aria-label={t.preview.printOf(title)} onClick={print}>
            {t.preview.print}
          </Button>
          <Button small aria-label={t.preview.saveOf(title)} onClick={save}>
            {t.preview.save}
          </Button>
        </span>
      </div>
      <iframe ref={frame} className="fw-letter__page" title={t.preview.page(title)} />
    </section>
  );
}
