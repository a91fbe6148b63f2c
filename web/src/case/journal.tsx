import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { journalQuery } from '../api/queries';
import type { CaseDetail, JournalEntry } from '../api/shapes';
import { LoadedPages } from '../parts/loaded';
import { actorName } from '../texts/actor';
import { useSpeech } from '../texts/language';

/** What happened, in plain words, the newest first. */
export function Journal({ detail }: { detail: CaseDetail }) {
  const { t } = useSpeech();
  const query = useInfiniteQuery(journalQuery(detail.id));
  return (
    <section className="fw-section">
      <h3 className="fw-panel__title">{t.course.journal}</h3>
      <LoadedPages query={query}>
        {(rows) => {
          const shown = detail.at === null ? rows : rows.filter((row) => row.version <= detail.version);
          if (shown.length === 0) return <p className="fw-muted">{t.course.empty}</p>;
          return (
            <ol className="fw-journal">
              {shown.map((row) => (
                <Turn key={row.version} caseId={detail.id} row={row} />
              ))}
            </ol>
          );
        }}
      </LoadedPages>
    </section>
  );
}

function Turn({ caseId, row }: { caseId: string; row: JournalEntry }) {
  const { t, say, instant } = useSpeech();
  return (
    <li className="fw-journal__turn">
      <p className="fw-sub">
        {instant(row.at)}, {t.course.by(actorName(row.actor, t))}
      </p>
      <ul className="fw-plain-list">
        {row.sentences.map((sentence, index) => (
          <li key={index}>{say(sentence)}</li>
        ))}
      </ul>
      <p className="fw-journal__tools fw-no-print">
        <Link
          to="/cases/$id"
          params={{ id: caseId }}
          search={(before) => ({ ...before, at: row.at })}
          className="kern-link kern-link--small"
          aria-label={`${t.course.showAt}: ${instant(row.at)}`}
        >
          {t.course.showAt}
        </Link>
      </p>
      {row.events.length > 0 && (
        <details className="fw-details fw-no-print">
          <summary>{t.course.events}</summary>
          <pre className="fw-pre">{JSON.stringify(row.events, null, 2)}</pre>
        </details>
      )}
    </li>
  );
}
