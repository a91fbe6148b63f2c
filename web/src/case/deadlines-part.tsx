import { Link } from '@tanstack/react-router';
import { useQuery } from '@tanstack/react-query';

import { processQuery } from '../api/queries';
import type { CaseDetail } from '../api/shapes';
import { Button } from '../parts/button';
import { useSpeech } from '../texts/language';
import { DeadlineCard } from './deadline-card';

/** All deadlines of a case with their derivations. */
export function DeadlinesPart({ detail }: { detail: CaseDetail }) {
  const { t, say } = useSpeech();
  const { data: process } = useQuery(processQuery(detail.process, detail.release));
  if (detail.deadlines.length === 0) return <p className="fw-muted">{t.deadlines.none}</p>;
  const titleOf = (step: string) => {
    const node = process?.graph.nodes.find((each) => each.id === step);
    return node ? say(node.title) : step;
  };
  const waiting = detail.deadlines.some((deadline) => deadline.awaits_dispatch_of !== null);
  return (
    <>
      {detail.deadlines.map((deadline) => (
        <DeadlineCard
          key={`${deadline.instance}.${deadline.name}`}
          deadline={deadline}
          level={3}
          awaited={deadline.awaits_dispatch_of === null ? undefined : titleOf(deadline.awaits_dispatch_of)}
        />
      ))}
      <p className="fw-actions fw-no-print">
        <Button icon="download" small onClick={() => window.print()}>
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
