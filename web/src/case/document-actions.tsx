// What can be done with a document of a case: a button each, and its dialog.
import type { ReactNode } from 'react';

import type { CaseDeadline, CaseDetail, CaseDocument } from '../api/shapes';
import { PaperDialog } from '../incoming/paper-dialog';
import { Button } from '../parts/button';
import { useSpeech } from '../texts/language';
import { DispatchCorrectionDialog } from './dispatch-correction';
import { DispatchDialog, type Letter } from './dispatch-dialog';
import { NotArrivedDialog } from './not-arrived-dialog';
import { ReceiptDialog } from './receipt-dialog';
import { TakeOutDialog } from './take-out-dialog';

type Act = 'dispatch' | 'late' | 'receipt' | 'notArrived' | 'correct' | 'paper' | 'takeOut';

export interface DocumentAct {
  act: Act;
  document: CaseDocument;
}

/** Ways by which a letter may be received or retrieved later than the law presumes. */
const MAY_COME_LATER = new Set([
  'post',
  'post-abroad',
  'electronic',
  'registered-letter',
  'de-mail',
  'portal',
  'mailbox',
]);

const mayComeLater = ({ direction, dispatch }: CaseDocument): boolean =>
  direction === 'outgoing' &&
  dispatch !== null &&
  dispatch.received_on === null &&
  (dispatch.awaited !== null || MAY_COME_LATER.has(dispatch.way));

/** A letter that stays in the house because silence has granted what it decides; it may have left before. */
export const staysInHouse = (document: CaseDocument): boolean =>
  document.may_record_dispatch && document.direction === 'internal';

/** The deadlines that begin when a letter has left the house. */
function startedBy(document: Pick<CaseDocument, 'step'>, deadlines: CaseDeadline[]): CaseDeadline[] {
  return deadlines.filter(
    ({ awaits_dispatch_of: of }) => of !== null && document.step !== null && of === document.step,
  );
}

/** The buttons of a document. */
export function DocumentActions({
  detail,
  document,
  onOpen,
}: {
  detail: CaseDetail;
  document: CaseDocument;
  onOpen: (act: DocumentAct) => void;
}) {
  const { t } = useSpeech();
  const words = t.documents;
  const { permissions } = detail;
  const { title, taken_out: out } = document;
  const stays = staysInHouse(document);
  const possible: [Act, boolean, string, string][] = [
    ['dispatch', document.may_record_dispatch && !stays, words.record, words.recordOf(title)],
    ['late', stays, words.late.act, words.late.of(title)],
    ['receipt', permissions.dispatch && mayComeLater(document), words.receipt, words.receiptOf(title)],
    ['notArrived', document.may_record_not_arrived, words.lost.act, words.lost.of(title)],
    [
      'correct',
      permissions.correct_dispatch && document.dispatch !== null && out === null,
      words.correct,
      words.correctOf(title),
    ],
    [
      'paper',
      permissions.document && document.paper !== null && out === null,
      t.incoming.paper.act,
      t.incoming.paper.actOf(title),
    ],
    ['takeOut', document.may_take_out, t.filing.takeOut, t.filing.takeOutOf(title)],
  ];
  return (
    <span className="fw-actions">
      {possible.map(
        ([act, may, name, full]) =>
          may && (
            <Button
              key={act}
              small
              {...((act === 'dispatch' || act === 'late' || act === 'receipt') && { icon: 'mail' as const })}
              onClick={() => onOpen({ act, document })}
              aria-label={full}
            >
              {name}
            </Button>
          ),
      )}
    </span>
  );
}

/** The dialog of what was chosen. */
export function DocumentDialog({
  detail,
  open: { act, document },
  onClose,
}: {
  detail: CaseDetail;
  open: DocumentAct;
  onClose: () => void;
}): ReactNode {
  const { say } = useSpeech();
  const letter = (): Letter => {
    const task = detail.tasks.find((each) => each.step === document.step);
    return {
      case: detail.id,
      document: document.number,
      title: document.title,
      label: task ? say(task.title) : (document.step ?? ''),
      periods: startedBy(document, detail.deadlines).map(({ title, period }) => ({
        title: say(title),
        period: say(period),
      })),
    };
  };
  switch (act) {
    case 'dispatch':
    case 'late':
      return <DispatchDialog letters={[letter()]} late={act === 'late'} onClose={onClose} />;
    case 'receipt':
      return <ReceiptDialog caseId={detail.id} document={document} onClose={onClose} />;
    case 'notArrived':
      return <NotArrivedDialog caseId={detail.id} document={document} onClose={onClose} />;
    case 'correct':
      return (
        document.dispatch && (
          <DispatchCorrectionDialog
            detail={detail}
            document={document}
            dispatch={document.dispatch}
            onClose={onClose}
          />
        )
      );
    case 'paper':
      return <PaperDialog caseId={detail.id} document={document} onClose={onClose} />;
    case 'takeOut':
      return <TakeOutDialog detail={detail} document={document} onClose={onClose} />;
  }
}
