import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';

import { beginSubstitution } from '../api/commands';
import { peopleQuery } from '../api/queries';
import { useSession, useToday } from '../api/session';
import type { BegunSubstitution } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { DayField } from '../parts/day-field';
import { Dialog } from '../parts/dialog';
import { SelectField } from '../parts/field';
import { ProblemAlert } from '../parts/problem';
import { daysBetween, isDay } from '../texts/format';
import { useSpeech } from '../texts/language';

const LONGEST_DAYS = 365;

/** Lets somebody stand in; afterwards it says what nobody can do meanwhile. */
export function SubstitutionDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const session = useSession();
  const today = useToday();
  const people = useQuery(peopleQuery);
  const [absent, setAbsent] = useState(session.person.id);
  const [substitute, setSubstitute] = useState('');
  const [from, setFrom] = useState(today);
  const [until, setUntil] = useState('');
  const [tried, setTried] = useState(false);
  const begin = useCommand({
    run: (command) => beginSubstitution(command, { absent, substitute, from, until }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['substitutions'] });
      void client.invalidateQueries({ queryKey: ['session'] });
    },
  });
  if (begin.isSuccess) return <Begun begun={begin.data} onClose={onClose} />;
  const wrong = {
    absent: absent === '' ? t.substitution.personMissing : undefined,
    substitute: substitute === '' ? t.substitution.personMissing : undefined,
    from: !isDay(from) ? t.substitution.dayMissing : from < today ? t.substitution.fromWrong : undefined,
    until: !isDay(until)
      ? t.substitution.dayMissing
      : until < from || (daysBetween(from, until) ?? 0) > LONGEST_DAYS
        ? t.substitution.untilWrong
        : undefined,
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(wrong).every((each) => each === undefined)) begin.mutate();
  };
  const active = people.data?.filter((person) => person.active && !person.technical) ?? [];
  const option = (person: { id: string; name: string }) => ({ id: person.id, title: person.name });
  return (
    <Dialog
      title={t.substitution.add}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button look="primary" type="submit" form="substitution" pending={begin.isPending}>
            {t.substitution.save}
          </Button>
        </>
      }
    >
      <form id="substitution" className="fw-form" noValidate onSubmit={submit}>
        {begin.isError && <ProblemAlert error={begin.error} />}
        {people.isError && <ProblemAlert error={people.error} />}
        {session.permissions.administer && (
          <SelectField
            id="substitution-absent"
            label={t.substitution.absent}
            required
            empty={t.word.choose}
            value={absent}
            options={active.map(option)}
            error={tried ? wrong.absent : undefined}
            onChange={setAbsent}
          />
        )}
        <SelectField
          id="substitution-substitute"
          label={t.substitution.substitute}
          help={t.substitution.substituteHelp}
          required
          empty={t.word.choose}
          value={substitute}
          options={active.filter((person) => person.id !== absent).map(option)}
          error={tried ? wrong.substitute : undefined}
          onChange={setSubstitute}
        />
        <DayField
          id="substitution-from"
          label={t.substitution.from}
          required
          value={from}
          error={tried ? wrong.from : undefined}
          onChange={setFrom}
        />
        <DayField
          id="substitution-until"
          label={t.substitution.until}
          required
          value={until}
          error={tried ? wrong.until : undefined}
          onChange={setUntil}
        />
      </form>
    </Dialog>
  );
}

function Begun({ begun, onClose }: { begun: BegunSubstitution; onClose: () => void }) {
  const { t, say, day } = useSpeech();
  const { substitution: it, lacking } = begun;
  return (
    <Dialog
      title={t.substitution.add}
      open
      onClose={onClose}
      footer={
        <Button look="primary" onClick={onClose}>
          {t.act.close}
        </Button>
      }
    >
      <Alert
        tone="success"
        role="status"
        title={t.substitution.begun(it.substitute.name, it.absent.name, day(it.from), day(it.until))}
      />
      {lacking.length > 0 && (
        <Alert tone="warning" role="alert" title={t.substitution.lacking}>
          <p className="kern-body">{t.substitution.lackingText}</p>
          {lacking.map(({ title, problems }, index) => (
            <section key={index}>
              <h3 className="fw-panel__title">{say(title)}</h3>
              <ul className="kern-list kern-list--bullet">
                {problems.map((problem, number) => (
                  <li key={number}>{say(problem)}</li>
                ))}
              </ul>
            </section>
          ))}
        </Alert>
      )}
    </Dialog>
  );
}
