import { type ReactNode, useState } from 'react';

import { LinesField } from '../parts/field';
import { useSpeech } from '../texts/language';
import { CommandDialog, type CommandDialogProps } from './command-dialog';

interface ReasonDialogProps extends Omit<CommandDialogProps, 'ready' | 'run' | 'children'> {
  /** Whether everything besides the reason is there. */
  ready?: boolean;
  run: (command: string, reason: string) => Promise<unknown>;
  /** What else is asked; told whether somebody has tried to send it. */
  children?: (tried: boolean) => ReactNode;
}

/** Something that needs a reason, which then stands in the journal. */
export function ReasonDialog({ ready = true, run, children, ...frame }: ReasonDialogProps) {
  const { t } = useSpeech();
  const [reason, setReason] = useState('');
  const missing = reason.trim() === '';
  return (
    <CommandDialog {...frame} ready={ready && !missing} run={(command) => run(command, reason.trim())}>
      {(tried) => (
        <>
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
        </>
      )}
    </CommandDialog>
  );
}
