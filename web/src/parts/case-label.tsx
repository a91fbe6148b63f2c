import { useSpeech } from '../texts/language';

/** How a case is called: its file number and what it is about. */
export function CaseLabel({ number, subject }: { number: string | null; subject: string | null }) {
  const { t } = useSpeech();
  return (
    <span className="fw-case-label">
      <span className={number === null ? 'fw-muted' : 'fw-number'}>{number ?? t.inbox.noNumber}</span>
      {subject !== null && (
        <>
          {' '}
          <span className="fw-subject">{subject}</span>
        </>
      )}
    </span>
  );
}
