import { Link } from '@tanstack/react-router';

import type { CaseDetail } from '../api/shapes';
import { Button } from '../parts/button';
import { useSpeech } from '../texts/language';
import { DeadlineCard } from './deadline-card';
import { useStepTitles } from './step-titles';

/** All deadlines of a case with their derivations. */
export function DeadlinesPart({ detail }: { detail: CaseDetail }) {
  const { t } = useSpeech();
  const titleOf = useStepTitles(detail);
  if (detail.deadlines.length === 0) return <p className="fw-muted">{t.deadlines.none}</p>;
  const waiting = detail.deadlines.some((deadline) => deadline.awaits_dispatch_of !== null);
  return (
    <>
      {detail.deadlines.map((deadline) => (
        <DeadlineCard
          key={`${deadline.instance}.${deadline.name}`}
          deadline={deadline}
          level={3}
          titleOf={titleOf}
        />
      ))}
      <p className="fw-actions fw-no-print">
        <Button small onClick={printPart}>
          {t.deadlines.print}
        </Button>
        {waiting && (
          <Link
            to="/cases/$id"
            params={{ id: detail.id }}
            search={{ tab: 'documents' }}
            className="kern-link"
          >
            {t.deadlines.recordNow}
          </Link>
        )}
      </p>
    </>
  );
}

/** Prints the part that is on the screen, not the whole case (see print.css). */
function printPart(): void {
  const root = document.documentElement;
  root.dataset.print = 'part';
  window.addEventListener('afterprint', () => delete root.dataset.print, { once: true });
  window.print();
}
