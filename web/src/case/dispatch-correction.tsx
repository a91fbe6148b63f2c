import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { correctDispatch } from '../api/commands';
import type { CaseDetail, CaseDocument } from '../api/shapes';
import { ReasonDialog } from '../parts/reason-dialog';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { DispatchFields, type Dispatching, dispatchSaid } from './dispatch-fields';

/** What was noted of a dispatch was wrong: day, way or receipt. What runs from the notification is reckoned anew. */
export function DispatchCorrectionDialog({
  detail,
  document,
  dispatch,
  onClose,
}: {
  detail: CaseDetail;
  document: CaseDocument;
  dispatch: NonNullable<CaseDocument['dispatch']>;
  onClose: () => void;
}) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const before = { on: dispatch.on, way: dispatch.way, received: dispatch.received_on ?? '' };
  const [entered, setEntered] = useState<Dispatching>(before);
  const { on, way, received } = entered;
  const same = on === before.on && way === before.way && received === before.received;
  return (
    <ReasonDialog
      title={t.documents.correctOf(document.title)}
      hint={t.documents.correctHelp}
      done={t.documents.corrected}
      act={t.documents.correct}
      ready={isDay(on) && !same}
      run={async (command, reason) => {
        const answer = await correctDispatch(detail.id, document.number, command, {
          ...dispatchSaid(entered),
          reason,
        });
        for (const resource of ['cases', 'post', 'deadlines', 'incidents', 'tasks']) {
          void client.invalidateQueries({ queryKey: [resource] });
        }
        return answer;
      }}
      onClose={onClose}
    >
      {(tried) => (
        <DispatchFields
          value={entered}
          dayError={
            tried && !isDay(on) ? t.form.notDay : tried && same ? t.documents.correctNothing : undefined
          }
          receivedHelp={t.documents.correctReceivedHelp}
          onChange={setEntered}
        />
      )}
    </ReasonDialog>
  );
}
