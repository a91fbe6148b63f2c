import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { giveErrand } from '../api/commands';
import { peopleQuery } from '../api/queries';
import { useSession, useToday } from '../api/session';
import type { CaseDetail } from '../api/shapes';
import { DayField } from '../parts/day-field';
import { LinesField, SelectField } from '../parts/field';
import { ProblemAlert } from '../parts/problem';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { CommandDialog } from '../parts/command-dialog';

/** The longest question that the engine takes, in characters. */
const QUESTION_MAX = 5000;

/** Asks somebody, or has the case come back on a day. */
export function ErrandDialog({
  detail,
  kind,
  onClose,
}: {
  detail: CaseDetail;
  kind: 'question' | 'resubmission';
  onClose: () => void;
}) {
  const { t, say } = useSpeech();
  const words = t.case.beside;
  const today = useToday();
  const session = useSession();
  const people = useQuery(peopleQuery);
  const asks = kind === 'question';
  const self = `person ${session.person.id}`;
  const able = (people.data ?? []).filter(
    (person) => person.active && person.roles.some((role) => detail.roles.some((of) => of.id === role)),
  );
  const options = [
    ...able.map((person) => ({ id: `person ${person.id}`, title: person.name })),
    ...detail.roles.map((role) => ({ id: `role ${role.id}`, title: words.toRole(say(role.title)) })),
  ];
  // A resubmission mostly comes back to whoever sets it.
  const [chosen, setChosen] = useState<string | null>(null);
  const to = chosen ?? (!asks && options.some((option) => option.id === self) ? self : '');
  const [text, setText] = useState('');
  const [on, setOn] = useState('');
  const wrongDay = asks
    ? on !== '' && (!isDay(on) || on < today)
      ? words.notPast
      : undefined
    : !isDay(on) || on <= today
      ? words.later
      : undefined;
  const [toKind, toId] = [to.split(' ')[0], to.slice(to.indexOf(' ') + 1)];
  return (
    <CommandDialog
      title={words.act[kind]}
      hint={asks ? words.questionHint : words.resubmissionHint}
      done={asks ? words.asked : words.noted}
      act={asks ? words.ask : words.note}
      ready={to !== '' && text.trim() !== '' && wrongDay === undefined}
      run={(command) =>
        giveErrand(detail.id, command, {
          kind,
          text: text.trim(),
          ...(toKind === 'person' ? { person: toId } : { role: toId }),
          ...(on === '' ? {} : { on }),
        })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          {people.isError && <ProblemAlert error={people.error} />}
          <SelectField
            id="errand-to"
            at={toKind === 'person' ? 'person' : 'role'}
            label={words.to}
            help={words.toHelp}
            required
            value={to}
            empty={t.word.choose}
            options={options}
            error={tried && to === '' ? t.form.required : undefined}
            onChange={setChosen}
          />
          <LinesField
            id="errand-text"
            label={asks ? words.question : words.resubmissionText}
            required
            limit={QUESTION_MAX}
            value={text}
            error={tried && text.trim() === '' ? t.form.required : undefined}
            onChange={setText}
          />
          <DayField
            id="errand-on"
            label={asks ? words.due : words.comesOn}
            required={!asks}
            value={on}
            error={tried ? wrongDay : undefined}
            onChange={setOn}
          />
        </>
      )}
    </CommandDialog>
  );
}
