import { useState } from 'react';

import { href } from '../api/client';
import { useToday } from '../api/session';
import type { CaseDetail, CaseDocument } from '../api/shapes';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { Icon } from '../parts/icon';
import { useSpeech } from '../texts/language';
import { type DocumentAct, DocumentActions, DocumentDialog, staysInHouse } from './document-actions';
import { UploadDialog } from './upload-dialog';

/** A link that opens a document beside the application. */
export function DocumentLink({
  caseId,
  number,
  children,
  label,
}: {
  caseId: string;
  number: number;
  children: React.ReactNode;
  label?: string;
}) {
  return (
    <a
      className="kern-link fw-document-link"
      href={href('/cases/{id}/documents/{n}', { id: caseId, n: number })}
      target="_blank"
      rel="noreferrer"
      aria-label={label}
    >
      {children}
      <Icon name="open-in-new" size="small" />
    </a>
  );
}

/** The documents as short links, the newest first. */
export function DocumentLinks({ caseId, documents }: { caseId: string; documents: CaseDocument[] }) {
  const { t, day } = useSpeech();
  const filed = documents.filter((document) => document.taken_out === null);
  if (filed.length === 0) return <p className="fw-muted">{t.documents.empty}</p>;
  return (
    <ul className="fw-plain-list">
      {filed.toReversed().map((document) => (
        <li key={document.number}>
          <DocumentLink caseId={caseId} number={document.number}>
            {document.title}
          </DocumentLink>
          <span className="fw-sub">
            {t.documents.directions[document.direction]}, {day(document.on)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The documents of a case, with their dispatch. */
export function DocumentsPart({ detail, frozen }: { detail: CaseDetail; frozen: boolean }) {
  const { t, day, size, list } = useSpeech();
  const [uploading, setUploading] = useState(false);
  const [open, setOpen] = useState<DocumentAct | null>(null);
  const columns: Column<CaseDocument>[] = [
    {
      id: 'title',
      title: t.documents.columns.title,
      header: true,
      cell: (row) => (
        <>
          <DocumentTitle caseId={detail.id} document={row} />
          <span className="fw-sub">
            {row.addressee !== null && `${t.documents.to(row.addressee.split(/[\n,]/)[0] ?? '')} · `}
            {size(row.size)}
            {row.enclosures.length > 0 &&
              ` · ${t.documents.with(list(row.enclosures.map((enclosure) => enclosure.title)))}`}
            {row.paper !== null && ` · ${t.incoming.paper.shown(row.paper)}`}
          </span>
        </>
      ),
    },
    {
      id: 'direction',
      title: t.documents.columns.direction,
      cell: (row) => t.documents.directions[row.direction],
    },
    { id: 'on', title: t.documents.columns.on, cell: (row) => day(row.on) },
    {
      id: 'dispatch',
      title: t.documents.columns.dispatch,
      cell: (row) => <DispatchState document={row} />,
    },
    {
      id: 'action',
      title: t.documents.columns.action,
      quiet: true,
      cell: (row) => !frozen && <DocumentActions detail={detail} document={row} onOpen={setOpen} />,
    },
  ];
  return (
    <>
      {detail.documents.length === 0 ? (
        <p className="fw-muted">{t.documents.empty}</p>
      ) : (
        <DataTable
          caption={t.documents.title}
          columns={columns}
          rows={detail.documents}
          rowKey={(row) => String(row.number)}
        />
      )}
      {detail.permissions.document && !frozen && (
        <p className="fw-actions fw-no-print">
          <Button icon="drive-folder-upload" onClick={() => setUploading(true)}>
            {t.documents.upload}
          </Button>
        </p>
      )}
      {uploading && <UploadDialog caseId={detail.id} onClose={() => setUploading(false)} />}
      {open && <DocumentDialog detail={detail} open={open} onClose={() => setOpen(null)} />}
    </>
  );
}

/** What it is called; what was taken out cannot be opened, and says who did so and why. */
function DocumentTitle({ caseId, document }: { caseId: string; document: CaseDocument }) {
  const { t, day } = useSpeech();
  const { number, title, taken_out: out } = document;
  if (out === null)
    return (
      <DocumentLink caseId={caseId} number={number}>
        {number}. {title}
      </DocumentLink>
    );
  return (
    <>
      {number}. {title} <Badge>{out.moved ? t.filing.badgeMoved : t.filing.badge}</Badge>
      <span className="fw-sub">
        {t.filing.how(day(out.on), out.by.name)}: {out.reason}
      </span>
    </>
  );
}

function DispatchState({ document }: { document: CaseDocument }) {
  const { t, day } = useSpeech();
  if (staysInHouse(document)) return <Badge>{t.documents.late.stays}</Badge>;
  if (document.direction !== 'outgoing' || document.taken_out !== null) return null;
  const dispatch = document.dispatch;
  if (dispatch === null)
    return (
      <Badge tone="warning" icon="mail">
        {t.documents.toDispatch}
      </Badge>
    );
  return (
    <>
      {t.documents.dispatched(day(dispatch.on), t.documents.ways[dispatch.way] ?? dispatch.way)}
      {dispatch.not_arrived ? (
        <>
          <Badge tone="warning">{t.documents.notArrived}</Badge>
          {document.may_record_dispatch && (
            <Badge tone="warning" icon="mail">
              {t.documents.toDispatch}
            </Badge>
          )}
        </>
      ) : (
        <Notified dispatch={dispatch} />
      )}
      {dispatch.received_on !== null && (
        <span className="fw-sub">{t.documents.received(day(dispatch.received_on))}</span>
      )}
    </>
  );
}

/** When it counts as notified, or what is waited for before it does. */
function Notified({ dispatch }: { dispatch: NonNullable<CaseDocument['dispatch']> }) {
  const { t, day } = useSpeech();
  const today = useToday();
  if (dispatch.notified_on !== null)
    return <span className="fw-sub">{t.documents.notified(day(dispatch.notified_on))}</span>;
  const until = dispatch.awaited?.until ?? null;
  if (until !== null && until < today)
    return <Badge tone="danger">{t.documents.awaitedOver(day(until))}</Badge>;
  return (
    <>
      <Badge tone="warning">{t.documents.awaited[dispatch.awaited?.proof ?? 'receipt']}</Badge>
      {until !== null && <span className="fw-sub">{t.documents.awaitedUntil(day(until))}</span>}
    </>
  );
}
