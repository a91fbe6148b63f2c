import { giveItemBack } from '../api/commands';
import { ReasonDialog } from '../parts/reason-dialog';
import { useSpeech } from '../texts/language';

/** An item was assigned to a case by mistake: all that came with it waits in the incoming post again. */
export function GiveBackDialog({
  caseId,
  item,
  onClose,
}: {
  caseId: string;
  item: string;
  onClose: () => void;
}) {
  const { t } = useSpeech();
  const words = t.incoming.giveBack;
  return (
    <ReasonDialog
      title={words.title}
      hint={words.hint}
      done={words.done}
      act={words.act}
      run={(command, reason) => giveItemBack(caseId, item, command, reason)}
      onClose={onClose}
    />
  );
}
