import { type ReactNode, useState } from 'react';

import type { LetterPreview } from '../api/shapes';
import { LinesField } from './field';
import { useSpeech } from '../texts/language';
import { CommandDialog, type CommandDialogProps } from './command-dialog';

interface ReasonDialogProps<Answer> extends Omit<
  CommandDialogProps<Answer>,
  'ready' | 'run' | 'preview' | 'children'
> {
  /** Where the reason can be read later, when it is not the journal of the case. */
  reasonHelp?: string;
  /** Whether everything besides the reason is there. */
  ready?: boolean;
  run: (command: string, reason: string) => Promise<Answer>;
  /** The letters that would come of it, where some do. */
  preview?: (reason: string) => Promise<LetterPreview>;
  /** What else is asked; told whether somebody has tried to send it. */
  children?: (tried: boolean) => ReactNode;
}

/** Something that needs a reason, which then stands in the journal or the audit list. */
export function ReasonDialog<Answer>({
  reasonHelp,
  ready = true,
  run,
  preview,
  children,
  ...frame
}: ReasonDialogProps<Answer>) {
  const { t } = useSpeech();
  const [reason, setReason] = useState('');
  const missing = reason.trim() === '';
  return (
    <CommandDialog
      {...frame}
      ready={ready && !missing}
      run={(command) => run(command, reason.trim())}
      {...(preview && { preview: () => preview(reason.trim()) })}
    >
      {(tried) => (
        <>
          {children?.(tried)}
          <LinesField
            id="reason"
            label={t.case.correct.reason}
            help={reasonHelp ?? t.case.correct.reasonHelp}
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
