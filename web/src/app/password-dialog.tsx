import { useMutation } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';

import { changePassword } from '../api/commands';
import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { PasswordField } from '../parts/field';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { lengthOf } from '../texts/format';
import { useSpeech } from '../texts/language';

/** The least length of a password; the server checks it too. */
export const SHORTEST_PASSWORD = 12;

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [repeat, setRepeat] = useState('');
  const [tried, setTried] = useState(false);
  const change = useMutation({
    mutationFn: () => changePassword({ old, new: fresh }),
    onSuccess: () => {
      notify({ tone: 'success', title: t.password.done });
      onClose();
    },
  });
  const short = lengthOf(fresh) < SHORTEST_PASSWORD;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (old !== '' && !short && fresh === repeat) change.mutate();
  };
  return (
    <Dialog
      title={t.password.title}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button look="primary" type="submit" form="password-form" pending={change.isPending}>
            {t.act.save}
          </Button>
        </>
      }
    >
      <form id="password-form" className="fw-form" noValidate onSubmit={submit}>
        {change.isError && <ProblemAlert error={change.error} />}
        <PasswordField
          id="old-password"
          label={t.password.old}
          required
          autoComplete="current-password"
          value={old}
          onChange={setOld}
          error={tried && old === '' ? t.form.required : undefined}
        />
        <PasswordField
          id="new-password"
          label={t.password.new}
          help={t.password.help}
          required
          autoComplete="new-password"
          value={fresh}
          onChange={setFresh}
          error={tried && short ? t.password.short : undefined}
        />
        <PasswordField
          id="repeat-password"
          label={t.password.repeat}
          required
          autoComplete="new-password"
          value={repeat}
          onChange={setRepeat}
          error={tried && repeat !== fresh ? t.password.different : undefined}
        />
      </form>
    </Dialog>
  );
}
