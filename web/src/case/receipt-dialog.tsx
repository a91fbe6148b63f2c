import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { recordReceipt } from '../api/commands';
import type { CaseDocument } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { DayField } from '../parts/day-field';
import { Derivation } from '../parts/derivation';
import { Dialog } from '../parts/dialog';
import { ProblemAlert } from '../parts/problem';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';

/** Records when a letter was received, as is proven; the answer says when it counts as notified now. */
export function ReceiptDialog({
  caseId,
  document,
  onClose,
}: {
  caseId: string;
  document: CaseDocument;
  onClose: () => void;
}) {
  const { t, dayLong } = useSpeech();
  const client = useQueryClient();
  const [on, setOn] = useState('');
  const [missing, setMissing] = useState(false);
  const record = useCommand({
    run: (command) => recordReceipt(caseId, document.number, command, on),
    onSuccess: () => {
      for (const resource of ['cases', 'deadlines', 'incidents', 'tasks']) {
        void client.invalidateQueries({ queryKey: [resource] });
      }
    },
  });
  const submit = () => {
    setMissing(!isDay(on));
    if (isDay(on)) record.mutate();
  };
  return (
    <Dialog
      title={t.documents.receiptOf(document.title)}
      open
      onClose={onClose}
      footer={
        record.isSuccess ? (
          <Button look="primary" onClick={onClose}>
            {t.act.close}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t.act.cancel}</Button>
            <Button look="primary" pending={record.isPending} onClick={submit}>
              {t.documents.receipt}
            </Button>
          </>
        )
      }
    >
      {record.isError && <ProblemAlert error={record.error} />}
      {record.isSuccess ? (
        <>
          <Alert tone="success" role="status" title={t.documents.receiptRecorded} />
          <p className="kern-body">
            {record.data.notified_on === null
              ? t.documents.notYetNotified
              : `${t.documents.notifiedOn}: ${dayLong(record.data.notified_on)}`}
          </p>
          <Derivation sentences={record.data.derivation} />
        </>
      ) : (
        <>
          <p className="kern-hint">{t.documents.receiptHelp}</p>
          <DayField
            id="receipt-on"
            label={t.documents.receivedOn}
            required
            value={on}
            onChange={setOn}
            error={missing ? t.form.notDay : undefined}
          />
        </>
      )}
    </Dialog>
  );
}
