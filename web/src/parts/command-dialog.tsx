import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef, useState } from 'react';

import type { LetterPreview } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Button } from './button';
import { Dialog } from './dialog';
import { UNTAKEN } from './field';
import { PreviewButton } from './letter-preview';
import { type Notice, notify } from './notices';
import { ProblemAlert } from './problem';
import { useSpeech } from '../texts/language';

type Said = Pick<Notice, 'tone' | 'title' | 'text'>;

export interface CommandDialogProps<Answer> {
  title: string;
  /** What it means, before it is done. */
  hint?: string;
  /** What is said when it is done; with a tone when it is not all good. */
  done: string | ((answer: Answer) => string | Said);
  act: string;
  /** Whether everything that is needed is there. */
  ready: boolean;
  run: (command: string) => Promise<Answer>;
  /** The letters that would come of it, where some do. */
  preview?: () => Promise<LetterPreview>;
  onClose: () => void;
  wide?: boolean;
  /** What is asked; told whether somebody has tried to send it. */
  children: (tried: boolean) => ReactNode;
}

/** What a command may have changed. */
const CHANGED = [
  'cases',
  'incoming',
  'tasks',
  'incidents',
  'deadlines',
  'post',
  'messages',
  'keeping',
  'policy',
  'authority',
  'law',
  'session',
  'erasures',
  'audit',
  'runs',
];

/** Something that is asked of a case. */
export function CommandDialog<Answer>({
  title,
  hint,
  done,
  act,
  ready,
  run,
  preview,
  onClose,
  wide,
  children,
}: CommandDialogProps<Answer>) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [attempts, setAttempts] = useState(0);
  const content = useRef<HTMLDivElement>(null);
  // A dialog can be long: whoever cannot send it is led to what is missing.
  useEffect(() => {
    if (attempts > 0) content.current?.querySelector<HTMLElement>(`[aria-invalid=true], ${UNTAKEN}`)?.focus();
  }, [attempts]);
  const check = () => {
    const sendable = ready && content.current?.querySelector(UNTAKEN) === null;
    if (!sendable) setAttempts(attempts + 1);
    return sendable;
  };
  const carryOut = useCommand({
    run: (command) => run(command),
    onSuccess: (answer) => {
      const said = typeof done === 'string' ? done : done(answer);
      notify(typeof said === 'string' ? { tone: 'success', title: said } : said);
      for (const key of CHANGED) void client.invalidateQueries({ queryKey: [key] });
      onClose();
    },
  });
  return (
    <Dialog
      title={title}
      open
      onClose={onClose}
      wide={wide ?? false}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          {preview && <PreviewButton run={preview} check={check} />}
          <Button
            look="primary"
            pending={carryOut.isPending}
            onClick={() => {
              if (check()) carryOut.mutate();
            }}
          >
            {act}
          </Button>
        </>
      }
    >
      {carryOut.isError && <ProblemAlert error={carryOut.error} />}
      {hint && <p className="kern-body">{hint}</p>}
      <div ref={content} className="fw-dialog__content">
        {children(attempts > 0)}
      </div>
    </Dialog>
  );
}
