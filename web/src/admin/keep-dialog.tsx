import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { commandId } from '../api/client';
import { type KeepingAct, keepCases } from '../api/commands';
import { keptListQuery, type KeptFilter } from '../api/queries';
import type { KeepingTrouble, KeptCase } from '../api/shapes';
import { CommandDialog } from '../parts/command-dialog';
import { Dialog } from '../parts/dialog';
import { LinesField } from '../parts/field';
import { Loaded } from '../parts/loaded';
import { explain } from '../parts/problem';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';
import { extentOf } from './extent';
import { type Came, Pieces } from './pieces';

const WITH_REASON: KeepingAct[] = ['ask', 'withdraw', 'hold', 'lift'];

/** A case of which it could not be done, by the name that people know. */
export interface NamedTrouble extends KeepingTrouble {
  name: string;
}

interface KeepProps {
  act: KeepingAct;
  /** Whether whoever asks may confirm it as well, there being nobody else. */
  alone: boolean;
  /** What could not be done; also when the dialog was closed meanwhile. */
  onDone: (troubles: NamedTrouble[]) => void;
  /** Whether it was begun with. */
  onClose: (begun: boolean) => void;
}

/** The same is done about several cases: about some, or about all of a list. */
export function KeepDialog({ cases, ...rest }: KeepProps & { cases: KeptCase[] | KeptFilter }) {
  return Array.isArray(cases) ? <Ask cases={cases} {...rest} /> : <AskAll filter={cases} {...rest} />;
}

/** All of a list are read first: what is done is done to exactly the cases that the dialog tells of. */
function AskAll({ filter, ...rest }: KeepProps & { filter: KeptFilter }) {
  const words = useSpeech().t.keeping;
  const query = useQuery(keptListQuery(filter));
  if (query.isSuccess && query.data.length > 0) return <Ask cases={query.data} {...rest} />;
  return (
    <Dialog title={words.acts[rest.act]} open onClose={() => rest.onClose(false)}>
      {/* Somebody else may have been faster. */}
      <Loaded query={query}>{() => <p className="kern-body">{words.empty[filter.list]}</p>}</Loaded>
    </Dialog>
  );
}

function Ask({ act, cases: given, alone: isAlone, onDone, onClose }: KeepProps & { cases: KeptCase[] }) {
  const { t, say, list, day } = useSpeech();
  const words = t.keeping;
  const [reason, setReason] = useState('');
  const [alone, setAlone] = useState('');
  // What it is done to is what the dialog told when it came, whatever is read anew meanwhile.
  const [{ cases, pieces }] = useState(() => {
    const ids = given.map((row) => row.id);
    return { cases: given, pieces: new Pieces<KeepingTrouble>(ids, commandId) };
  });
  const [sent, setSent] = useState(0);
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
      done={({ done, troubles, left, error }: Came<KeepingTrouble>) => ({
        tone: troubles.length === 0 && left === 0 ? 'success' : 'warning',
        title: left === 0 ? words.outcome(done, troubles.length) : words.stopped(done, cases.length),
        ...(error !== undefined && { text: explain(error, t) }),
      })}
      act={words.deeds[act](cases.length)}
      ready={flaw === undefined}
      run={async () => {
        const send = (command: string, some: string[]) =>
          keepCases(command, { cases: some, what: act, ...more });
        const came = await pieces.run(send, setSent);
        onDone(came.troubles.map((trouble) => ({ ...trouble, name: nameOf(cases, trouble.case) })));
        return came;
      }}
      onClose={() => {
        // What is brought to its end behind a closed dialog closes no other one.
        if (pieces.isStopped) return;
        pieces.stop();
        onClose(pieces.isBegun);
      }}
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
          {/* Always there: screen readers only notice what changes inside what they know. */}
          <p className="kern-body" role="status">
            {sent > 0 && words.progress(sent, cases.length)}
          </p>
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

/** What people call a case; its id when it has neither number nor subject. */
function nameOf(cases: KeptCase[], id: string): string {
  const row = cases.find((each) => each.id === id);
  return row?.number ?? row?.subject ?? id;
}
