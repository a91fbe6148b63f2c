import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';

import { changePassword } from '../api/commands';
import { sessionQuery } from '../api/queries';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { PasswordField } from '../parts/field';
import { notify } from '../parts/notices';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem';
import { lengthOf } from '../texts/format';
import { useSpeech } from '../texts/language';
import { LanguageSwitch } from './language-switch';
import { useLogOut } from './log-out';

/** The least length of a password; the server checks it too. */
export const SHORTEST_PASSWORD = 12;

/** Changes one's own password. */
export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const change = useChange(onClose);
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
      <PasswordForm change={change} />
    </Dialog>
  );
}

/** Somebody else gave the password: before anything else the person chooses one of their own. */
export function FirstPasswordPage() {
  const { t } = useSpeech();
  const client = useQueryClient();
  const change = useChange(() => void client.invalidateQueries({ queryKey: sessionQuery.queryKey }));
  const leave = useLogOut();
  return (
    <div className="fw-login">
      <header className="fw-login__bar">
        <span className="fw-brand">{t.app.name}</span>
        <LanguageSwitch />
      </header>
      <main className="fw-main">
        <Page title={t.password.firstTitle}>
          <Alert tone="info" title={t.password.first} />
          <PasswordForm change={change} />
          <p className="fw-actions">
            <Button look="primary" type="submit" form="password-form" pending={change.isPending}>
              {t.act.save}
            </Button>
            <Button icon="logout" onClick={() => void leave()}>
              {t.app.logout}
            </Button>
          </p>
        </Page>
      </main>
    </div>
  );
}

function useChange(onDone: () => void) {
  const { t } = useSpeech();
  return useMutation({
    mutationFn: changePassword,
    onSuccess: () => {
      notify({ tone: 'success', title: t.password.done });
      onDone();
    },
  });
}

function PasswordForm({ change }: { change: ReturnType<typeof useChange> }) {
  const { t } = useSpeech();
  const [old, setOld] = useState('');
  const [fresh, setFresh] = useState('');
  const [repeat, setRepeat] = useState('');
  const [tried, setTried] = useState(false);
  const short = lengthOf(fresh) < SHORTEST_PASSWORD;
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (old !== '' && !short && fresh === repeat && !change.isPending) change.mutate({ old, new: fresh });
  };
  return (
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
  );
}
