import { useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useRef, useState } from 'react';

import { issueToken } from '../api/commands';
import type { Person } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { DayField } from '../parts/day-field';
import { Dialog } from '../parts/dialog';
import { ChecksField, Field, SelectField, TextField } from '../parts/field';
import { ProblemAlert } from '../parts/problem';
import { useCopy } from '../parts/use-copy';
import { isDay, lengthOf } from '../texts/format';
import { useSpeech } from '../texts/language';

const LONGEST_NAME = 100;

interface TokenDialogProps {
  people: Person[];
  titleOf: (role: string) => string;
  onClose: () => void;
}

/** Issues a token; afterwards it shows the secret, this once. */
export function TokenDialog({ people, titleOf, onClose }: TokenDialogProps) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [person, setPerson] = useState('');
  const [roles, setRoles] = useState<string[]>([]);
  const [until, setUntil] = useState('');
  const [tried, setTried] = useState(false);
  const issue = useCommand({
    run: (command) => issueToken(command, { person, name: name.trim(), roles, until }),
    onSuccess: () => void client.invalidateQueries({ queryKey: ['tokens'] }),
    // The secret must not stay in memory when the window is closed.
    gcTime: 0,
  });
  if (issue.isSuccess) return <SecretDialog secret={issue.data.secret} onClose={onClose} />;
  const long = lengthOf(name.trim());
  const wrong = {
    name: long === 0 || long > LONGEST_NAME ? t.admin.tokens.nameWrong : undefined,
    person: person === '' ? t.admin.tokens.personMissing : undefined,
    until: !isDay(until) ? t.admin.tokens.untilMissing : undefined,
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(wrong).every((each) => each === undefined)) issue.mutate();
  };
  const held = people.find((each) => each.id === person)?.roles ?? [];
  return (
    <Dialog
      title={t.admin.tokens.add}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button look="primary" type="submit" form="token" pending={issue.isPending}>
            {t.admin.tokens.issue}
          </Button>
        </>
      }
    >
      <form id="token" className="fw-form" noValidate onSubmit={submit}>
        {issue.isError && <ProblemAlert error={issue.error} />}
        <TextField
          id="token-name"
          label={t.admin.tokens.name}
          help={t.admin.tokens.nameHelp}
          required
          value={name}
          error={tried ? wrong.name : undefined}
          onChange={setName}
        />
        <SelectField
          id="token-person"
          label={t.admin.tokens.person}
          help={t.admin.tokens.personHelp}
          required
          empty={t.word.choose}
          value={person}
          options={people.map((each) => ({ id: each.id, title: `${each.name} (${each.id})` }))}
          error={tried ? wrong.person : undefined}
          onChange={(next) => {
            setPerson(next);
            setRoles([]);
          }}
        />
        {person !== '' && held.length === 0 && <p className="kern-body">{t.admin.tokens.rolesNone}</p>}
        {held.length > 0 && (
          <ChecksField
            id="token-roles"
            label={t.admin.tokens.roles}
            help={t.admin.tokens.rolesHelp}
            silent
            value={roles}
            options={held.map((role) => ({ id: role, title: titleOf(role) }))}
            onChange={setRoles}
          />
        )}
        <DayField
          id="token-until"
          label={t.admin.tokens.until}
          help={t.admin.tokens.untilHelp}
          required
          value={until}
          error={tried ? wrong.until : undefined}
          onChange={setUntil}
        />
      </form>
    </Dialog>
  );
}

function SecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useSpeech();
  const field = useRef<HTMLInputElement>(null);
  const { copied, copy } = useCopy();
  return (
    <Dialog
      title={t.admin.tokens.issued}
      open
      // It does not go away by a click beside it: it is shown only once.
      role="alertdialog"
      onClose={onClose}
      footer={
        <Button look="primary" onClick={onClose}>
          {t.admin.tokens.finish}
        </Button>
      }
    >
      <Alert tone="warning" title={t.admin.tokens.once} />
      <Field id="token-secret" label={t.admin.tokens.secret} required>
        {(control) => (
          <input
            {...control}
            ref={field}
            className="kern-form-input__input"
            readOnly
            value={secret}
            onFocus={(event) => event.target.select()}
          />
        )}
      </Field>
      <Button
        icon="check"
        onClick={() => {
          // Where it cannot be copied people do it themselves.
          field.current?.select();
          void copy(secret);
        }}
      >
        {t.admin.tokens.copy}
      </Button>
      <p className="kern-body" role="status">
        {copied === true && t.admin.tokens.copied}
        {copied === false && t.admin.tokens.notCopied}
      </p>
    </Dialog>
  );
}
