import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { previewLawRow } from '../api/commands';
import type { LegalRowTouches } from '../api/shapes';
import { Button } from '../parts/button';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';

interface LawAheadPartProps {
  table: string;
  id: string;
  /** What the row would say; none: it is not complete yet. */
  row: () => Record<string, unknown> | null;
}

/** What a row of legal data would touch, before it is set. */
export function LawAheadPart({ table, id, row }: LawAheadPartProps) {
  const { t } = useSpeech();
  const words = t.lawIndex.ahead;
  const look = useMutation({
    mutationFn: async ({ before, cursor }: { before: LegalRowTouches | null; cursor?: string }) => {
      const found = await previewLawRow(table, id, { row: row() ?? {} }, cursor);
      if (before === null) return found;
      // What comes next is added to what was found.
      return {
        ...found,
        deadlines: [...before.deadlines, ...found.deadlines],
        unseen: before.unseen + found.unseen,
        looked_at: before.looked_at + found.looked_at,
      };
    },
  });
  const found = look.data;
  return (
    <section aria-labelledby="law-ahead-title">
      <h3 id="law-ahead-title" className="kern-title">
        {words.title}
      </h3>
      <p className="kern-body">{words.hint}</p>
      <div>
        <Button
          look="secondary"
          icon="visibility"
          pending={look.isPending}
          onClick={() => row() !== null && look.mutate({ before: null })}
        >
          {words.look}
        </Button>
      </div>
      {look.isError && <ProblemAlert error={look.error} title={t.failure.loading} />}
      {found && (
        <div role="status">
          <Touches found={found} />
          {found.next !== null && (
            <Button
              small
              pending={look.isPending}
              onClick={() => found.next && look.mutate({ before: found, cursor: found.next })}
            >
              {words.more}
            </Button>
          )}
        </div>
      )}
    </section>
  );
}

function Touches({ found }: { found: LegalRowTouches }) {
  const { t, say, day } = useSpeech();
  const words = t.lawIndex.ahead;
  return (
    <>
      <p className="kern-body">
        {words.uses(found.uses.length)}{' '}
        {found.processes.length > 0 &&
          words.processes(found.processes.map((process) => say(process.title)).join(', '))}
      </p>
      <p className="kern-body">
        {found.deadlines.length === 0 ? words.none(found.looked_at) : words.some(found.deadlines.length)}
      </p>
      {found.deadlines.length > 0 && (
        <ul className="fw-plain-list">
          {found.deadlines.map((other) => (
            <li key={`${other.case} ${other.title.de}`}>
              <Link
                to="/cases/$id"
                params={{ id: other.case }}
                search={{ tab: 'deadlines' }}
                className="kern-link"
                target="_blank"
              >
                {other.number ?? other.case}
              </Link>
              {', '}
              {other.end === null
                ? words.waiting(say(other.title))
                : other.would_end === null
                  ? words.stopped(say(other.title), day(other.end))
                  : words.moved(say(other.title), day(other.end), day(other.would_end))}
            </li>
          ))}
        </ul>
      )}
      {found.unseen > 0 && <p className="kern-body">{words.unseen(found.unseen)}</p>}
    </>
  );
}
