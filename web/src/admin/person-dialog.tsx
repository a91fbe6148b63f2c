import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';

import { savePerson } from '../api/commands';
import { heldTasksQuery } from '../api/queries';
import type { Person, Role } from '../api/shapes';
import { SHORTEST_PASSWORD } from '../app/password-dialog';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { CheckField, ChecksField, PasswordField, TextField } from '../parts/field';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { lengthOf } from '../texts/format';
import { useSpeech } from '../texts/language';

const ID = /^[a-z0-9][a-z0-9.-]{0,59}$/;

interface PersonDialogProps {
  /** Null to add somebody. */
  person: Person | null;
  roles: Role[];
  taken: string[];
  onClose: () => void;
}

export function PersonDialog({ person, roles, taken, onClose }: PersonDialogProps) {
  const { t, say } = useSpeech();
  const client = useQueryClient();
  const [id, setId] = useState(person?.id ?? '');
  const [name, setName] = useState(person?.name ?? '');
  const [chosen, setChosen] = useState<string[]>(person?.roles ?? []);
  const [active, setActive] = useState(person?.active ?? true);
  const [password, setPassword] = useState('');
  const [technical, setTechnical] = useState(false);
  const [tried, setTried] = useState(false);
  const save = useMutation({
    mutationFn: () =>
      savePerson(id, { name: name.trim(), roles: chosen, active, ...(password === '' ? {} : { password }) }),
    onSuccess: (saved) => {
      notify({ tone: 'success', title: t.admin.people.saved(saved.name) });
      for (const key of ['people', 'tasks', 'cases']) void client.invalidateQueries({ queryKey: [key] });
      onClose();
    },
  });
  const wrong = {
    id:
      person !== null || (ID.test(id) && !taken.includes(id))
        ? undefined
        : taken.includes(id)
          ? t.admin.people.idTaken
          : t.admin.people.idWrong,
    name: name.trim() === '' ? t.form.required : undefined,
    password:
      ((person === null && !technical) || password !== '') && lengthOf(password) < SHORTEST_PASSWORD
        ? t.admin.people.passwordShort
        : undefined,
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(wrong).every((each) => each === undefined)) save.mutate();
  };
  // Roles that nobody defines any more stay visible as long as somebody holds them.
  const options = [
    ...roles.map((role) => ({ id: role.id, title: say(role.title) })),
    ...(person?.roles ?? [])
      .filter((role) => !roles.some((each) => each.id === role))
      .map((role) => ({ id: role, title: role })),
  ];
  return (
    <Dialog
      title={person === null ? t.admin.people.add : t.admin.people.editOf(person.name)}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button look="primary" type="submit" form="person" pending={save.isPending}>
            {t.act.save}
          </Button>
        </>
      }
    >
      <form id="person" className="fw-form" noValidate onSubmit={submit}>
        {save.isError && <ProblemAlert error={save.error} />}
        {person === null && (
          <TextField
            id="person-id"
            label={t.admin.people.id}
            help={t.admin.people.idHelp}
            required
            autoCapitalize="none"
            value={id}
            error={tried ? wrong.id : undefined}
            onChange={setId}
          />
        )}
        <TextField
          id="person-name"
          label={t.admin.people.name}
          required
          value={name}
          error={tried ? wrong.name : undefined}
          onChange={setName}
        />
        <ChecksField
          id="person-roles"
          label={t.admin.people.roles}
          silent
          value={chosen}
          options={options}
          onChange={setChosen}
        />
        {person === null && (
          <CheckField
            id="person-technical"
            label={t.admin.people.technical}
            help={t.admin.people.technicalHelp}
            value={technical}
            onChange={(next) => {
              setTechnical(next);
              setPassword('');
            }}
          />
        )}
        {!technical && (
          <PasswordField
            id="person-password"
            label={t.admin.people.password}
            help={person === null ? t.admin.people.passwordHelpNew : t.admin.people.passwordHelpEdit}
            required={person === null}
            autoComplete="new-password"
            value={password}
            error={tried ? wrong.password : undefined}
            onChange={setPassword}
          />
        )}
        <CheckField
          id="person-active"
          label={t.admin.people.isActive}
          help={t.admin.people.isActiveHelp}
          value={active}
          onChange={setActive}
        />
        {person !== null && person.active && !active && <HeldTasks person={person} />}
      </form>
    </Dialog>
  );
}

/** What becomes free when a person is deactivated. */
function HeldTasks({ person }: { person: Person }) {
  const { t, say } = useSpeech();
  const { data } = useQuery(heldTasksQuery(person.id));
  if (!data) return null;
  const words = t.admin.people;
  if (data.total === 0) return <p className="kern-body">{words.holdsNothing(person.name)}</p>;
  const more = data.total - data.tasks.length;
  return (
    <Alert tone="warning" title={words.holds(person.name, data.total)}>
      <p className="kern-body">{words.holdsHint}</p>
      <ul>
        {data.tasks.map((task, index) => (
          <li key={index}>{task.number === null ? say(task.title) : `${task.number}: ${say(task.title)}`}</li>
        ))}
        {more > 0 && <li>{words.holdsMore(more)}</li>}
      </ul>
    </Alert>
  );
}
