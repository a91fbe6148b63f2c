import { useState } from 'react';

import { href } from '../api/client';
import type { IncomingItem } from '../api/shapes';
import { DocumentLink } from '../case/document-list';
import { Alert } from '../parts/alert';
import { Section } from '../parts/page';
import { useSpeech } from '../texts/language';

type ItemDocument = IncomingItem['documents_shown'][number];

type Kind = 'pdf' | 'picture' | 'text' | 'none';

/** As what the server lets a document be shown; whatever else it sends is only to be saved. */
function kindOf(mediaType: string): Kind {
  const kind = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  if (kind === 'application/pdf') return navigator.pdfViewerEnabled ? 'pdf' : 'none';
  if (['image/png', 'image/jpeg', 'image/gif', 'image/webp'].includes(kind)) return 'picture';
  return kind === 'text/plain' ? 'text' : 'none';
}

/** What came in, to be read beside what is known of it. */
export function ItemPreview({ item, document }: { item: IncomingItem; document: ItemDocument }) {
  const { t } = useSpeech();
  const words = t.incoming.preview;
  return (
    <Section title={words.title} className="fw-no-print">
      <p className="kern-body">
        <DocumentLink caseId={item.id} number={document.number}>
          {document.title}
        </DocumentLink>
      </p>
      <Shown key={document.number} item={item} document={document} />
    </Section>
  );
}

function Shown({ item, document }: { item: IncomingItem; document: ItemDocument }) {
  const { t } = useSpeech();
  const words = t.incoming.preview;
  const [broken, setBroken] = useState(false);
  const address = href('/cases/{id}/documents/{n}', { id: item.id, n: document.number });
  if (broken) return <Alert tone="warning" title={words.broken} />;
  switch (kindOf(document.media_type)) {
    case 'pdf':
      // The viewers of browsers do not work in a sandbox; the server sends it with a policy that lets nothing run.
      // Its page needs the whole width.
      return (
        <iframe
          className="fw-letter__page"
          src={`${address}#navpanes=0&view=FitH`}
          title={words.of(document.title)}
        />
      );
    case 'text':
      return <iframe className="fw-letter__page" sandbox="" src={address} title={words.of(document.title)} />;
    case 'picture':
      return (
        <img
          className="fw-scan"
          src={address}
          alt={words.of(document.title)}
          onError={() => setBroken(true)}
        />
      );
    case 'none':
      return <Alert tone="info" title={words.none} />;
  }
}
