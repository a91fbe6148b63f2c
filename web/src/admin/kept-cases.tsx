import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { commandId } from '../api/client';
import { type KeepingAct, keepCases } from '../api/commands';
import { fetchKeptCases, keptCasesQuery, type KeptFilter } from '../api/queries';
import type { KeepingOutcome, KeepingOverview, KeptCase } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { CommandDialog } from '../parts/command-dialog';
import { type Column, DataTable } from '../parts/data-table';
import { CheckField, LinesField, SelectField } from '../parts/field';
import { LoadedPages } from '../parts/loaded';
import { useSpeech } from '../texts/language';

const LISTS = ['over', 'asked', 'held'] as const;
/** What is offered, in this order, for each list. */
const ACTS: Record<(typeof LISTS)[number], KeepingAct[]> = {
  over: ['ask', 'offer', 'taken', 'refused', 'hold', 'lift'],
  asked: ['erase', 'withdraw', 'hold'],
  held: ['lift'],
};
const WITH_REASON: KeepingAct[] = ['ask', 'withdraw', 'hold', 'lift'];

/** Cases on their way to their erasure, and what is done about several of them at once. */
export function KeptCases({ overview }: { overview: KeepingOverview }) {
  const { t, say, instant, day } = useSpeech();
  const words = t.keeping;
  const withPeriod = overview.processes.filter((row) => row.retention != null);
  const [list, setList] = useState<(typeof LISTS)[number]>('over');
  const [process, setProcess] = useState(withPeriod[0]?.process ?? '');
  const [chosen, choose] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  const [act, setAct] = useState<KeepingAct>('ask');
  const [asks, ask] = useState(false);
  const [nothing, setNothing] = useState(false);
  const [troubles, setTroubles] = useState<KeepingOutcome['troubles']>([]);
  const filter: KeptFilter = { list, ...(list === 'over' && { process }) };
  const query = useInfiniteQuery({ ...keptCasesQuery(filter), enabled: list !== 'over' || process !== '' });
  const name = (row: KeptCase) => row.number ?? row.subject ?? words.withoutNumber;
  const turnTo = (next: (typeof LISTS)[number]) => {
    setList(next);
    setAct(ACTS[next][0] ?? 'ask');
    choose(new Set());
    setAll(false);
    setTroubles([]);
  };
  const columns: Column<KeptCase>[] = [
    {
      id: 'select',
      title: words.columns.select,
      quiet: true,
      cell: (row) => (
        <input
          type="checkbox"
          className="kern-form-check__checkbox"
          aria-label={words.choose(name(row))}
          checked={all || chosen.has(row.id)}
          disabled={all}
          onChange={() => {
            const next = new Set(chosen);
            if (!next.delete(row.id)) next.add(row.id);
            choose(next);
            setNothing(false);
          }}
        />
      ),
    },
    {
      id: 'case',
      title: words.columns.case,
      header: true,
      cell: (row) => (
        <>
          {name(row)}
          {row.number != null && row.subject != null && <span className="fw-muted"> – {row.subject}</span>}
          {list !== 'over' && <span className="fw-muted"> ({say(row.process)})</span>}
        </>
      ),
    },
    {
      id: 'ended',
      title: words.columns.ended,
      cell: (row) => (row.ended_at == null ? words.goesOn : instant(row.ended_at)),
    },
    {
      id: 'until',
      title: words.columns.until,
      cell: (row) =>
        row.kept_until == null ? words.noRetention : `${day(row.kept_until)} (${row.basis ?? ''})`,
    },
    { id: 'state', title: words.columns.state, cell: (row) => <State row={row} /> },
  ];
  return (
    <section aria-labelledby="kept-cases">
      <h2 id="kept-cases" className="kern-heading-medium">
        {words.lists}
      </h2>
      <SelectField
        id="kept-list"
        label={words.list}
        silent
        value={list}
        options={LISTS.map((id) => ({ id, title: words.listChoices[id] }))}
        onChange={(value) => turnTo(LISTS.find((each) => each === value) ?? 'over')}
      />
      {list === 'over' && withPeriod.length > 0 && (
        <SelectField
          id="kept-process"
          label={words.process}
          silent
          value={process}
          options={withPeriod.map((row) => ({ id: row.process, title: say(row.title) }))}
          onChange={(value) => {
            setProcess(value);
            choose(new Set());
          }}
        />
      )}
      {troubles.length > 0 && (
        <Alert tone="warning" title={words.troubles}>
          <ul>
            {troubles.map((trouble) => (
              <li key={trouble.case}>
                {trouble.case}: {say(trouble.why)}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {list === 'over' && process === '' ? (
        <p className="fw-empty">{words.empty.over}</p>
      ) : (
        <LoadedPages query={query}>
          {(rows) =>
            rows.length === 0 ? (
              <p className="fw-empty">{words.empty[list]}</p>
            ) : (
              <>
                <DataTable
                  caption={words.listChoices[list]}
                  columns={columns}
                  rows={rows}
                  rowKey={(row) => row.id}
                />
                <CheckField id="kept-all" label={words.all} value={all} onChange={setAll} />
                <SelectField
                  id="kept-act"
                  label={words.what}
                  silent
                  value={act}
                  options={ACTS[list].map((id) => ({ id, title: words.acts[id] }))}
                  onChange={(value) => setAct(ACTS[list].find((each) => each === value) ?? 'ask')}
                  error={nothing ? words.nothingChosen : undefined}
                />
                <div>
                  <Button
                    look="primary"
                    onClick={() => (all || chosen.size > 0 ? ask(true) : setNothing(true))}
                  >
                    {words.go}
                  </Button>
                </div>
              </>
            )
          }
        </LoadedPages>
      )}
      {asks && (
        <KeepDialog
          act={act}
          cases={all ? filter : [...chosen]}
          alone={overview.alone}
          onDone={(outcome) => {
            setTroubles(outcome.troubles);
            choose(new Set());
            setAll(false);
          }}
          onClose={() => ask(false)}
        />
      )}
    </section>
  );
}

/** What stands about the keeping of a case, a line each. */
function State({ row }: { row: KeptCase }) {
  const words = useSpeech().t.keeping;
  const lines = [
    row.hold == null ? '' : words.held(row.hold.reason),
    row.archive === 'none' ? '' : words.archive[row.archive],
    row.asked == null ? '' : words.asked(row.asked.by.name, row.asked.reason),
    row.asked?.exception == null ? '' : words.exception(row.asked.exception),
  ];
  return lines.filter((line) => line !== '').map((line) => <div key={line}>{line}</div>);
}

/** So many cases are taken at once; the server takes no more. */
const AT_ONCE = 50;

/** The same is done about cases: about some, or about all of a list, page by page. */
async function forAll(
  cases: string[] | KeptFilter,
  run: (some: string[]) => Promise<KeepingOutcome>,
): Promise<KeepingOutcome> {
  const sum: KeepingOutcome = { done: 0, troubles: [] };
  const add = async (some: string[]) => {
    if (some.length === 0) return;
    const outcome = await run(some);
    sum.done += outcome.done;
    sum.troubles.push(...outcome.troubles);
  };
  if (Array.isArray(cases)) {
    for (let from = 0; from < cases.length; from += AT_ONCE) await add(cases.slice(from, from + AT_ONCE));
    return sum;
  }
  // By the cursor: what could not be done stays in the list, and must not be met again.
  let cursor: string | undefined;
  do {
    const page = await fetchKeptCases(cases, cursor, AT_ONCE);
    await add(page.items.map((row) => row.id));
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return sum;
}

function KeepDialog({
  act,
  cases,
  alone: isAlone,
  onDone,
  onClose,
}: {
  act: KeepingAct;
  cases: string[] | KeptFilter;
  alone: boolean;
  onDone: (outcome: KeepingOutcome) => void;
  onClose: () => void;
}) {
  const { t } = useSpeech();
  const words = t.keeping;
  const [reason, setReason] = useState('');
  const [alone, setAlone] = useState('');
  const withReason = WITH_REASON.includes(act);
  const flaw = withReason && reason.trim() === '' ? t.form.required : undefined;
  const more = {
    ...(withReason && { reason: reason.trim() }),
    ...(act === 'erase' && alone.trim() !== '' && { alone: alone.trim() }),
  };
  return (
    <CommandDialog
      title={words.acts[act]}
      hint={words.hints[act]}
      done={(outcome) => words.outcome(outcome.done, outcome.troubles.length)}
      act={words.carryOut}
      ready={flaw === undefined}
      run={async () => {
        const outcome = await forAll(cases, (some) =>
          keepCases(commandId(), { cases: some, what: act, ...more }),
        );
        onDone(outcome);
        return outcome;
      }}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <p className="kern-body">{Array.isArray(cases) ? words.chosen(cases.length) : words.all}</p>
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
