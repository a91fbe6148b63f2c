import { recordNotArrived } from '../api/commands';
import type { CaseDocument } from '../api/shapes';
import { ReasonDialog } from '../parts/reason-dialog';
import { useSpeech } from '../texts/language';

/** A letter that is none of an act came back, or did not reach anybody otherwise: it has notified nobody. */
export function NotArrivedDialog({
  caseId,
  document,
  onClose,
}: {
  caseId: string;
  document: CaseDocument;
  onClose: () => void;
}) {
  const { t } = useSpeech();
  const words = t.documents.lost;
  return (
    <ReasonDialog
      title={words.title(document.title)}
      hint={words.hint}
      done={words.done}
      act={words.record}
      reasonHelp={words.reasonHelp}
      run={(command, reason) => recordNotArrived(caseId, document.number, command, reason)}
      onClose={onClose}
    />
  );
}
