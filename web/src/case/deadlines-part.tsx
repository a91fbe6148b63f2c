import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { endedDeadlinesQuery } from '../api/queries';
import type { CaseDeadline, CaseDetail, EndedDeadline } from '../api/shapes';
import { Button } from '../parts/button';
import { Loaded } from '../parts/loaded';
import { useSpeech } from '../texts/language';
import { DeadlineCard } from './deadline-card';
import { useStepTitles } from './step-titles';

/** All deadlines of a case with their derivations: those that run, those that do not yet, those that ended. */
export function DeadlinesPart({ detail }: { detail: CaseDetail }) {
  const { t } = useSpeech();
  const titleOf = useStepTitles(detail);
  const ended = useQuery(endedDeadlinesQuery(detail.id, detail.at ?? undefined));
  const waiting = detail.deadlines.filter((deadline) => deadline.awaits_dispatch_of !== null);
  const begun = detail.deadlines.filter((deadline) => deadline.awaits_dispatch_of === null);
  const suspended = begun.filter((deadline) => deadline.suspended_since !== null);
  const running = begun.filter((deadline) => deadline.suspended_since === null);
  const some = detail.deadlines.length + (ended.data?.length ?? 0) > 0;
  return (
    <>
      {running.length === 0 && <p className="fw-muted">{t.deadlines.none}</p>}
      <Cards deadlines={running} titleOf={titleOf} />
      <Cards title={t.deadlines.notYet} deadlines={waiting} titleOf={titleOf} />
      <Cards title={t.deadlines.suspended} deadlines={suspended} titleOf={titleOf} />
      <Loaded query={ended}>
        {(gone) => <Cards title={t.deadlines.ended} deadlines={gone} titleOf={titleOf} />}
      </Loaded>
      {some && (
        <p className="fw-actions fw-no-print">
          <Button small onClick={printPart}>
            {t.deadlines.print}
          </Button>
          {waiting.length > 0 && (
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
      )}
    </>
  );
}

interface CardsProps {
  title?: string;
  deadlines: (CaseDeadline | EndedDeadline)[];
  titleOf: (step: string) => string;
}

function Cards({ title, deadlines, titleOf }: CardsProps) {
  if (deadlines.length === 0) return null;
  return (
    <>
      {title !== undefined && <h3 className="kern-heading-small">{title}</h3>}
      {deadlines.map((deadline) => (
        <DeadlineCard
          key={`${deadline.instance}.${deadline.name}.${'ended_at' in deadline ? deadline.ended_at : ''}`}
          deadline={deadline}
          level={title === undefined ? 3 : 4}
          titleOf={titleOf}
        />
      ))}
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
