// The examples that come with the program: whole procedures first, the rest folded by its kind, all of it to be searched.
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import type { DraftEntry, ProcessEntry } from '../api/shapes';
import { Badge } from '../parts/badge';
import { TextField } from '../parts/field';
import { useSpeech } from '../texts/language';
import { type DraftGroup, groupDrafts } from './draft-groups';

export function Drafts({ drafts, processes }: { drafts: DraftEntry[]; processes: ProcessEntry[] }) {
  const { t, say, language } = useSpeech();
  const [sought, setSought] = useState('');
  if (drafts.length === 0) return <p className="fw-muted">{t.designer.noDrafts}</p>;
  const groups = groupDrafts(drafts, { sought, say, language });
  return (
    <>
      <TextField
        id="draft-search"
        label={t.designer.draftSearch}
        silent
        value={sought}
        onChange={setSought}
      />
      {groups.length === 0 && <p className="fw-empty">{t.designer.draftNone}</p>}
      {groups.map((group) => (
        <Group key={group.id} group={group} open={sought !== ''} processes={processes} />
      ))}
    </>
  );
}

function Group({ group, open, processes }: { group: DraftGroup; open: boolean; processes: ProcessEntry[] }) {
  const { t } = useSpeech();
  const title = t.designer.draftGroupCount(t.designer.draftGroups[group.id], group.drafts.length);
  const list = (
    <ul className="fw-choices">
      {group.drafts.map((draft) => (
        <Draft key={draft.id} draft={draft} processes={processes} />
      ))}
    </ul>
  );
  if (group.id === 'procedure') {
    return (
      <>
        <h3 className="kern-heading-small">{title}</h3>
        {list}
      </>
    );
  }
  return (
    // Whoever searches sees what is found; a new search opens the group again.
    <details className="fw-details" key={String(open)} open={open}>
      <summary>{title}</summary>
      {list}
    </details>
  );
}

function Draft({ draft, processes }: { draft: DraftEntry; processes: ProcessEntry[] }) {
  const { t, say } = useSpeech();
  const used = processes.find((process) => process.id === draft.id && process.current);
  return (
    <li>
      <Link
        to="/designer/$id"
        params={{ id: draft.id }}
        search={{ draft: true }}
        className="kern-link fw-choices__link"
      >
        {say(draft.title)}
      </Link>
      {draft.summary !== null && <span className="fw-sub">{say(draft.summary)}</span>}
      <span className="fw-sub">
        {used ? (
          <Badge tone="success">{t.designer.inUse(used.version)}</Badge>
        ) : (
          <Badge>{t.designer.notInUse}</Badge>
        )}
      </span>
    </li>
  );
}
