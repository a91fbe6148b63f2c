import { useMutation, useQueryClient } from '@tanstack/react-query';

import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';

interface ConfirmDialogProps {
  title: string;
  /** What follows from it. */
  warning: string;
  /** What else one should know before. */
  more?: string;
  /** The word on the button that does it. */
  act: string;
  /** What is said when it is done. */
  done: string;
  /** The resource whose lists are read again. */
  resource: string;
  command: () => Promise<unknown>;
  onClose: () => void;
}

/** Asks once more before something is taken away. */
export function ConfirmDialog({
  title,
  warning,
  more,
  act,
  done,
  resource,
  command,
  onClose,
}: ConfirmDialogProps) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const run = useMutation({
    mutationFn: command,
    onSuccess: () => {
      notify({ tone: 'success', title: done });
      void client.invalidateQueries({ queryKey: [resource] });
      onClose();
    },
  });
  return (
    <Dialog
      title={title}
      open
      role="alertdialog"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button look="primary" pending={run.isPending} onClick={() => run.mutate()}>
            {act}
          </Button>
        </>
      }
    >
      {run.isError && <ProblemAlert error={run.error} />}
      <p className="kern-body">{warning}</p>
      {more && <p className="kern-body">{more}</p>}
    </Dialog>
  );
}
