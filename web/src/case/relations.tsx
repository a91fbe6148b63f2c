import { Link } from '@tanstack/react-router';

import type { CaseDetail } from '../api/shapes';
import { CaseLabel } from '../parts/case-label';
import { Section } from '../parts/page';
import { useSpeech } from '../texts/language';

/** The cases that this one was split from, split into or merged with; nothing when there is none. */
export function Relations({ detail }: { detail: CaseDetail }) {
  const { t } = useSpeech();
  const words = t.case.beside.relation;
  if (detail.relations.length === 0) return null;
  return (
    <Section title={words.title}>
      <ul className="fw-plain-list">
        {detail.relations.map(({ case: id, how, number, subject, visible, by, reason }) => (
          <li key={`${how}.${id}`}>
            {words.how[how]}:{' '}
            {visible ? (
              <Link
                to={how === 'post' ? '/incoming/$id' : '/cases/$id'}
                params={{ id }}
                className="kern-link"
              >
                <CaseLabel number={number} subject={subject} />
              </Link>
            ) : (
              <span className="fw-muted">{words.notVisible}</span>
            )}
            <span className="fw-sub">{words.because(by.name, reason)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
