import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { correctDispatch } from '../api/commands';
import type { CaseDetail, CaseDocument } from '../api/shapes';
import { DayField } from '../parts/day-field';
import { SelectField } from '../parts/field';
import { ReasonDialog } from '../parts/reason-dialog';
import { useSpeech } from '../texts/language';

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
  const [on, setOn] = useState<string>(dispatch.on);
  const [way, setWay] = useState(dispatch.way);
  const [received, setReceived] = useState<string>(dispatch.received_on ?? '');
  const same = on === dispatch.on && way === dispatch.way && received === (dispatch.received_on ?? '');
  return (
    <ReasonDialog
      title={t.documents.correctOf(document.title)}
      hint={t.documents.correctHelp}
      done={t.documents.corrected}
      act={t.documents.correct}
      ready={on !== '' && !same}
      run={async (command, reason) => {
        const answer = await correctDispatch(detail.id, document.number, command, {
          on,
          way,
          ...(received === '' ? {} : { received_on: received }),
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
        <>
          <DayField
            id="correction-on"
            label={t.documents.on}
            required
            value={on}
            onChange={setOn}
            error={
              tried && on === '' ? t.form.notDay : tried && same ? t.documents.correctNothing : undefined
            }
          />
          <SelectField
            id="correction-way"
            label={t.documents.way}
            required
            value={way}
            options={Object.entries(t.documents.ways).map(([id, title]) => ({ id, title }))}
            onChange={setWay}
          />
          <DayField
            id="correction-received"
            label={t.documents.receivedOn}
            help={t.documents.correctReceivedHelp}
            value={received}
            onChange={setReceived}
          />
        </>
      )}
    </ReasonDialog>
  );
}
