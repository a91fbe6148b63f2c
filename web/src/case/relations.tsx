import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { CaseDetail } from '../api/shapes';
import { GiveBackDialog } from '../incoming/give-back-dialog';
import { Button } from '../parts/button';
import { CaseLabel } from '../parts/case-label';
import { Section } from '../parts/page';
import { useSpeech } from '../texts/language';

type Related = CaseDetail['relations'][number];

const isItem = ({ how }: Related) => how === 'post' || how === 'given-back';

/**
 * The items of the incoming post that came to a case, and the cases that it was split from, split into or merged with; nothing
 * when there is none.
 */
export function Relations({ detail, frozen }: { detail: CaseDetail; frozen: boolean }) {
  const { t } = useSpeech();
  const words = t.case.beside.relation;
  const parts = [
    { title: words.items, rows: detail.relations.filter(isItem) },
    { title: words.title, rows: detail.relations.filter((each) => !isItem(each)) },
  ];
  return parts
    .filter(({ rows }) => rows.length > 0)
    .map(({ title, rows }) => (
      <Section key={title} title={title}>
        <RelatedList caseId={detail.id} rows={rows} frozen={frozen} />
      </Section>
    ));
}

function RelatedList({ caseId, rows, frozen }: { caseId: string; rows: Related[]; frozen: boolean }) {
  const { t } = useSpeech();
  const [givingBack, setGivingBack] = useState<string | null>(null);
  const words = t.case.beside.relation;
  return (
    <>
      <ul className="fw-plain-list">
        {rows.map((row) => (
          <li key={`${row.how}.${row.case}`}>
            {words.how[row.how]}:{' '}
            {row.visible ? (
              <Link
                to={isItem(row) ? '/incoming/$id' : '/cases/$id'}
                params={{ id: row.case }}
                className="kern-link"
              >
                <CaseLabel number={row.number} subject={row.subject} />
              </Link>
            ) : (
              <span className="fw-muted">{isItem(row) ? words.itemNotVisible : words.notVisible}</span>
            )}
            <span className="fw-sub">{words.because(row.by.name, row.reason)}</span>
            {row.may_give_back && !frozen && (
              <Button
                small
                aria-label={t.incoming.giveBack.of(row.reason)}
                onClick={() => setGivingBack(row.case)}
              >
                {t.incoming.giveBack.act}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {givingBack !== null && (
        <GiveBackDialog caseId={caseId} item={givingBack} onClose={() => setGivingBack(null)} />
      )}
    </>
  );
}
