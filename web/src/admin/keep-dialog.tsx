import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { commandId } from '../api/client';
import { type KeepingAct, keepCases } from '../api/commands';
import { keptListQuery, type KeptFilter } from '../api/queries';
import type { KeepingOutcome, KeptCase } from '../api/shapes';
import { CommandDialog } from '../parts/command-dialog';
import { Dialog } from '../parts/dialog';
import { LinesField } from '../parts/field';
import { Loaded } from '../parts/loaded';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';
import { extentOf } from './extent';

const WITH_REASON: KeepingAct[] = ['ask', 'withdraw', 'hold', 'lift'];
/** So many cases are taken at once; the server takes no more. */
const AT_ONCE = 50;

interface KeepProps {
  act: KeepingAct;
  /** Whether whoever asks may confirm it as well, there being nobody else. */
  alone: boolean;
  onDone: (outcome: KeepingOutcome) => void;
  onClose: () => void;
}

/** The same is done about several cases: about some, or about all of a list. */
export function KeepDialog({ cases, ...rest }: KeepProps & { cases: KeptCase[] | KeptFilter }) {
  return Array.isArray(cases) ? <Ask cases={cases} {...rest} /> : <AskAll filter={cases} {...rest} />;
}

/** All of a list are read first: what is done is done to exactly the cases that the dialog tells of. */
function AskAll({ filter, ...rest }: KeepProps & { filter: KeptFilter }) {
  const words = useSpeech().t.keeping;
  const query = useQuery(keptListQuery(filter));
  if (query.isSuccess) return <Ask cases={query.data} {...rest} />;
  return (
    <Dialog title={words.acts[rest.act]} open onClose={rest.onClose}>
      <Loaded query={query}>{() => null}</Loaded>
    </Dialog>
  );
}

function Ask({ act, cases, alone: isAlone, onDone, onClose }: KeepProps & { cases: KeptCase[] }) {
  const { t, say, list, day } = useSpeech();
  const words = t.keeping;
  const [reason, setReason] = useState('');
  const [alone, setAlone] = useState('');
  const withReason = WITH_REASON.includes(act);
  const flaw = withReason && reason.trim() === '' ? t.form.required : undefined;
  const more = {
    ...(withReason && { reason: reason.trim() }),
    ...(act === 'erase' && alone.trim() !== '' && { alone: alone.trim() }),
  };
  const { processes, first, last, going } = extentOf(cases, say);
  const ended = [
    first === undefined || last === undefined ? '' : words.endedBetween(day(first), day(last)),
    going === 0 ? '' : words.goOn(going),
  ];
  return (
    <CommandDialog
      title={words.acts[act]}
      hint={words.hints[act]}
      done={(outcome) => words.outcome(outcome.done, outcome.troubles.length)}
      act={words.deeds[act](cases.length)}
      ready={flaw === undefined}
      run={async () => {
        const outcome: KeepingOutcome = { done: 0, troubles: [] };
        for (let from = 0; from < cases.length; from += AT_ONCE) {
          const some = cases.slice(from, from + AT_ONCE).map((row) => row.id);
          const { done, troubles } = await keepCases(commandId(), { cases: some, what: act, ...more });
          outcome.done += done;
          outcome.troubles.push(...troubles);
        }
        onDone(outcome);
        return outcome;
      }}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <Facts
            items={[
              { title: words.lists, value: String(cases.length) },
              { title: words.process, value: list(processes) },
              { title: words.endedTitle, value: ended.filter((each) => each !== '').join('; ') },
            ]}
          />
          {withReason && (
            <LinesField
              id="keep-reason"
              label={t.case.correct.reason}
              help={act === 'ask' ? words.askReasonHelp : words.reasonHelp}
              required
              value={reason}
              error={tried ? flaw : undefined}
              onChange={setReason}
            />
          )}
          {act === 'erase' && isAlone && (
            <LinesField
              id="keep-alone"
              label={words.aloneReason}
              help={words.aloneHelp}
              value={alone}
              onChange={setAlone}
            />
          )}
        </>
      )}
    </CommandDialog>
  );
}
