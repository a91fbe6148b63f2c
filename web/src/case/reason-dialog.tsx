import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useRef, useState } from 'react';

import { commandId } from '../api/client';
import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { LinesField } from '../parts/field';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';

interface ReasonDialogProps {
  title: string;
  /** What it means, before it is done. */
  hint?: string;
  /** What is said when it is done. */
  done: string;
  act: string;
  /** Whether everything besides the reason is there. */
  ready?: boolean;
  run: (command: string, reason: string) => Promise<unknown>;
  onClose: () => void;
  /** What else is asked; told whether somebody has tried to send it. */
  children?: (tried: boolean) => ReactNode;
}

/** Something that needs a reason, which then stands in the journal. */
export function ReasonDialog({
  title,
  hint,
  done,
  act,
  ready = true,
  run,
  onClose,
  children,
}: ReasonDialogProps) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  // One id until there is an answer: sending again after a lost connection must not do it twice.
  const command = useRef(commandId());
  const carryOut = useMutation({
    mutationFn: () => run(command.current, reason.trim()),
    onSuccess: () => {
      notify({ tone: 'success', title: done });
      void client.invalidateQueries({ queryKey: ['cases'] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      void client.invalidateQueries({ queryKey: ['incidents'] });
      onClose();
    },
    onError: () => {
      command.current = commandId();
    },
  });
  const missing = reason.trim() === '';
  return (
    <Dialog
      title={title}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button
            look="primary"
            pending={carryOut.isPending}
            onClick={() => {
              setTried(true);
              if (!missing && ready) carryOut.mutate();
            }}
          >
            {act}
          </Button>
        </>
      }
    >
      {carryOut.isError && <ProblemAlert error={carryOut.error} />}
      {hint && <p className="kern-body">{hint}</p>}
      {children?.(tried)}
      <LinesField
        id="reason"
        label={t.case.correct.reason}
        help={t.case.correct.reasonHelp}
        required
        value={reason}
        error={tried && missing ? t.form.required : undefined}
        onChange={setReason}
      />
    </Dialog>
  );
}
