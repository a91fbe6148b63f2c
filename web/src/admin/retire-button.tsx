import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { Button } from '../parts/button';
import { notify } from '../parts/notices';
import { explain } from '../parts/problem';
import { useSpeech } from '../texts/language';
import { ConfirmDialog } from './confirm-dialog';

/** One of the two ways: what is written on the button, read out, said when it is done, and asked of the server. */
interface Way {
  act: string;
  label: string;
  done: string;
  command: () => Promise<unknown>;
}

interface RetireButtonProps {
  retired: boolean;
  retire: Way & { warning: string };
  reinstate: Way;
  /** The resource whose lists are read again. */
  resource: string;
}

/** Takes something out of use, after asking, or brings it back. */
export function RetireButton({ retired, retire, reinstate, resource }: RetireButtonProps) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const bringBack = useMutation({
    mutationFn: reinstate.command,
    onSuccess: () => {
      notify({ tone: 'success', title: reinstate.done });
      void client.invalidateQueries({ queryKey: [resource] });
    },
    onError: (error) => notify({ tone: 'danger', title: explain(error, t) }),
  });
  const way = retired ? reinstate : retire;
  return (
    <>
      <Button
        small
        icon={retired ? 'autorenew' : 'close'}
        pending={bringBack.isPending}
        aria-label={way.label}
        onClick={() => (retired ? bringBack.mutate() : setAsked(true))}
      >
        {way.act}
      </Button>
      {asked && (
        <ConfirmDialog
          title={retire.label}
          warning={retire.warning}
          act={retire.act}
          done={retire.done}
          resource={resource}
          command={retire.command}
          onClose={() => setAsked(false)}
        />
      )}
    </>
  );
}
