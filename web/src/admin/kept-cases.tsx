import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { KeepingAct } from '../api/commands';
import { keptCasesQuery, type KeptFilter } from '../api/queries';
import type { KeepingOverview, KeptCase } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { CheckField, SelectField } from '../parts/field';
import { LoadedPages } from '../parts/loaded';
import { useSpeech } from '../texts/language';
import { KeepDialog, type NamedTrouble } from './keep-dialog';

const LISTS = ['over', 'asked', 'held'] as const;
/** What is offered, in this order, for each list. */
const ACTS: Record<(typeof LISTS)[number], KeepingAct[]> = {
  over: ['ask', 'offer', 'taken', 'refused', 'hold', 'lift'],
  asked: ['erase', 'withdraw', 'hold'],
  held: ['lift'],
};

/** Cases on their way to their erasure, and what is done about several of them at once. */
export function KeptCases({ overview }: { overview: KeepingOverview }) {
  const { t, say, instant, day } = useSpeech();
  const words = t.keeping;
  const withPeriod = overview.processes.filter((row) => row.retention != null);
  const [list, setList] = useState<(typeof LISTS)[number]>('over');
  const firstProcess = withPeriod[0]?.process ?? '';
  const [process, setProcess] = useState(firstProcess);
  const [chosen, choose] = useState<ReadonlyMap<string, KeptCase>>(new Map());
  const [all, setAll] = useState(false);
  // Nothing is chosen beforehand: what cannot be undone is never one press away.
  const [act, setAct] = useState<KeepingAct>();
  const [asks, ask] = useState(false);
  const [tried, setTried] = useState(false);
  const [troubles, setTroubles] = useState<NamedTrouble[]>([]);
  const filter: KeptFilter = { list, ...(list === 'over' && { process }) };
  const query = useInfiniteQuery({ ...keptCasesQuery(filter), enabled: list !== 'over' || process !== '' });
  const name = (row: KeptCase) => row.number ?? row.subject ?? words.withoutNumber;
  const startAnew = () => {
    setAct(undefined);
    choose(new Map());
    setAll(false);
    setTried(false);
  };
  if (process !== firstProcess && withPeriod.every((row) => row.process !== process)) {
    // A period was set or taken away: the list is that of the process that the field names, and nothing else is chosen.
    setProcess(firstProcess);
    if (list === 'over') {
      ask(false);
      startAnew();
    }
  }
  const someChosen = all || chosen.size > 0;
  const flaw = !someChosen ? words.nothingChosen : act === undefined ? t.form.required : undefined;
  const turnTo = (next: (typeof LISTS)[number]) => {
    setList(next);
    startAnew();
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
            const next = new Map(chosen);
            if (!next.delete(row.id)) next.set(row.id, row);
            choose(next);
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
    <section className="fw-section" aria-labelledby="kept-cases">
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
            startAnew();
            setTroubles([]);
          }}
        />
      )}
      {troubles.length > 0 && (
        <Alert tone="warning" title={words.troubles}>
          <ul>
            {troubles.map((trouble) => (
              <li key={trouble.case}>
                {trouble.name}: {say(trouble.why)}
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
                  value={act ?? ''}
                  empty={t.word.choose}
                  options={ACTS[list].map((id) => ({ id, title: words.acts[id] }))}
                  onChange={(value) => setAct(ACTS[list].find((each) => each === value))}
                  error={tried ? flaw : undefined}
                />
                <div>
                  <Button look="primary" onClick={() => (flaw === undefined ? ask(true) : setTried(true))}>
                    {words.go}
                  </Button>
                </div>
              </>
            )
          }
        </LoadedPages>
      )}
      {asks && act !== undefined && (
        <KeepDialog
          act={act}
          cases={all ? filter : [...chosen.values()]}
          alone={overview.alone}
          onDone={setTroubles}
          onClose={(begun) => {
            ask(false);
            if (begun) startAnew();
          }}
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
