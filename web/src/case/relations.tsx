import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { CaseDetail } from '../api/shapes';
import { GiveBackDialog } from '../incoming/give-back-dialog';
import { Button } from '../parts/button';
import { CaseLabel } from '../parts/case-label';
import { Section } from '../parts/page';
import { useSpeech } from '../texts/language';

/** The cases that this one was split from, split into or merged with; nothing when there is none. */
export function Relations({ detail, frozen }: { detail: CaseDetail; frozen: boolean }) {
  const { t } = useSpeech();
  const [givingBack, setGivingBack] = useState<string | null>(null);
  const words = t.case.beside.relation;
  if (detail.relations.length === 0) return null;
  return (
    <Section title={words.title}>
      <ul className="fw-plain-list">
        {detail.relations.map(
          ({ case: id, how, number, subject, visible, by, reason, may_give_back: mayGiveBack }) => (
            <li key={`${how}.${id}`}>
              {words.how[how]}:{' '}
              {visible ? (
                <Link
                  to={how === 'post' || how === 'given-back' ? '/incoming/$id' : '/cases/$id'}
                  params={{ id }}
                  className="kern-link"
                >
                  <CaseLabel number={number} subject={subject} />
                </Link>
              ) : (
                <span className="fw-muted">{words.notVisible}</span>
              )}
              <span className="fw-sub">{words.because(by.name, reason)}</span>
              {mayGiveBack && !frozen && (
                <Button small aria-label={t.incoming.giveBack.of(reason)} onClick={() => setGivingBack(id)}>
                  {t.incoming.giveBack.act}
                </Button>
              )}
            </li>
          ),
        )}
      </ul>
      {givingBack !== null && (
        <GiveBackDialog caseId={detail.id} item={givingBack} onClose={() => setGivingBack(null)} />
      )}
    </Section>
  );
}
