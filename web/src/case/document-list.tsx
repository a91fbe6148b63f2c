import { useState } from 'react';

import { href } from '../api/client';
import type { CaseDeadline, CaseDetail, CaseDocument } from '../api/shapes';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { Icon } from '../parts/icon';
import { useSpeech } from '../texts/language';
import { DispatchDialog } from './dispatch-dialog';
import { ReceiptDialog } from './receipt-dialog';
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
  if (documents.length === 0) return <p className="fw-muted">{t.documents.empty}</p>;
  return (
    <ul className="fw-plain-list">
      {documents.toReversed().map((document) => (
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

/** Ways by which a letter may be received later than the law presumes. */
const MAY_COME_LATER = new Set(['post', 'post-abroad', 'electronic', 'registered-letter']);

const deadlineKey = ({ instance, name }: CaseDeadline) => `${instance}.${name}`;

/** The deadlines that begin when a letter has left the house. */
export function startedBy(document: Pick<CaseDocument, 'step'>, deadlines: CaseDeadline[]): CaseDeadline[] {
  return deadlines.filter(
    ({ awaits_dispatch_of: of }) => of !== null && document.step !== null && of === document.step,
  );
}

/** The documents of a case, with their dispatch. */
export function DocumentsPart({ detail, frozen }: { detail: CaseDetail; frozen: boolean }) {
  const { t, day, size, say } = useSpeech();
  const [uploading, setUploading] = useState(false);
  const [dispatching, setDispatching] = useState<CaseDocument | null>(null);
  /** The deadlines that wait for the letter that is about to be recorded; afterwards they have an end. */
  const [starting, setStarting] = useState<ReadonlySet<string>>(new Set());
  const dispatch = (row: CaseDocument) => {
    setStarting(new Set(startedBy(row, detail.deadlines).map(deadlineKey)));
    setDispatching(row);
  };
  const [receiving, setReceiving] = useState<CaseDocument | null>(null);
  const columns: Column<CaseDocument>[] = [
    {
      id: 'title',
      title: t.documents.columns.title,
      header: true,
      cell: (row) => (
        <>
          <DocumentLink caseId={detail.id} number={row.number}>
            {row.number}. {row.title}
          </DocumentLink>
          <span className="fw-sub">
            {row.addressee !== null && `${t.documents.to(row.addressee.split(/[\n,]/)[0] ?? '')} · `}
            {size(row.size)}
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
      cell: (row) => {
        if (row.direction !== 'outgoing' || !detail.permissions.dispatch || frozen) return null;
        if (row.dispatch === null)
          return (
            <Button
              small
              icon="mail"
              onClick={() => dispatch(row)}
              aria-label={t.documents.recordOf(row.title)}
            >
              {t.documents.record}
            </Button>
          );
        if (row.dispatch.received_on !== null || !MAY_COME_LATER.has(row.dispatch.way)) return null;
        return (
          <Button
            small
            icon="mail"
            onClick={() => setReceiving(row)}
            aria-label={t.documents.receiptOf(row.title)}
          >
            {t.documents.receipt}
          </Button>
        );
      },
    },
  ];
  const title = (step: string | null) => {
    const task = detail.tasks.find((each) => each.step === step);
    return task ? say(task.title) : step;
  };
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
      {dispatching && (
        <DispatchDialog
          letters={[
            {
              case: detail.id,
              document: dispatching.number,
              title: dispatching.title,
              label: title(dispatching.step) ?? '',
              periods: detail.deadlines
                .filter((deadline) => starting.has(deadlineKey(deadline)))
                .map(({ title, period, end }) => ({ title: say(title), period: say(period), end })),
            },
          ]}
          onClose={() => setDispatching(null)}
        />
      )}
      {receiving && (
        <ReceiptDialog caseId={detail.id} document={receiving} onClose={() => setReceiving(null)} />
      )}
    </>
  );
}

function DispatchState({ document }: { document: CaseDocument }) {
  const { t, day } = useSpeech();
  if (document.direction !== 'outgoing') return null;
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
        <Badge tone="warning">{t.documents.notArrived}</Badge>
      ) : (
        <span className="fw-sub">{t.documents.notified(day(dispatch.notified_on))}</span>
      )}
      {dispatch.received_on !== null && (
        <span className="fw-sub">{t.documents.received(day(dispatch.received_on))}</span>
      )}
    </>
  );
}
