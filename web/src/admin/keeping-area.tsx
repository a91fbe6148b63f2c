import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { setRetention } from '../api/commands';
import { keepingQuery } from '../api/queries';
import type { KeepingOverview, ProcessKeeping } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { CommandDialog } from '../parts/command-dialog';
import { type Column, DataTable } from '../parts/data-table';
import { CheckField, RadioField, TextField } from '../parts/field';
import { Loaded } from '../parts/loaded';
import { useSpeech } from '../texts/language';
import { KeptCases } from './kept-cases';
import { PolicyPart } from './policy-part';

/** How long cases are kept, and what is done about those that were kept long enough. */
export function KeepingArea() {
  const query = useQuery(keepingQuery);
  return <Loaded query={query}>{(overview) => <Overview overview={overview} />}</Loaded>;
}

function Overview({ overview }: { overview: KeepingOverview }) {
  const { t, say } = useSpeech();
  const words = t.keeping;
  const [set, ask] = useState<ProcessKeeping | null>(null);
  const columns: Column<ProcessKeeping>[] = [
    { id: 'process', title: words.columns.process, header: true, cell: (row) => say(row.title) },
    {
      id: 'retention',
      title: words.columns.retention,
      cell: ({ retention, own }) =>
        retention == null ? (
          <span className="fw-muted">{words.noRetention}</span>
        ) : (
          <>
            {words.period(retention.years, retention.from, retention.basis)}
            {own && <span className="fw-muted"> – {words.own}</span>}
          </>
        ),
    },
    {
      id: 'over',
      title: words.columns.over,
      numeric: true,
      cell: (row) => (row.over_capped ? t.word.atLeast(row.over) : row.over),
    },
    {
      id: 'action',
      title: words.columns.action,
      quiet: true,
      cell: (row) => (
        <Button small icon="edit" aria-label={words.setOf(say(row.title))} onClick={() => ask(row)}>
          {words.set}
        </Button>
      ),
    },
  ];
  return (
    <>
      <p className="kern-body">{words.intro}</p>
      {overview.alone && <Alert tone="info" title={words.alone} />}
      <section className="fw-section" aria-labelledby="retention">
        <h2 id="retention" className="kern-heading-medium">
          {words.processes}
        </h2>
        <DataTable
          caption={words.processes}
          columns={columns}
          rows={overview.processes}
          rowKey={(row) => row.process}
        />
      </section>
      <PolicyPart />
      <KeptCases overview={overview} />
      {set !== null && <RetentionDialog row={set} onClose={() => ask(null)} />}
    </>
  );
}

/** How long cases of a process are kept is set. */
function RetentionDialog({ row, onClose }: { row: ProcessKeeping; onClose: () => void }) {
  const { t, say } = useSpeech();
  const words = t.keeping;
  const known = row.retention;
  const [asProcess, setAsProcess] = useState(!row.own && known != null);
  const [years, setYears] = useState(known == null ? '' : String(known.years));
  const [from, setFrom] = useState<'year_end' | 'end'>(known?.from ?? 'year_end');
  const [basis, setBasis] = useState(known?.basis ?? '');
  const count = /^\d{1,3}$/.test(years.trim()) ? Number(years) : NaN;
  const yearsFlaw = count >= 1 && count <= 200 ? undefined : words.yearsWrong;
  const basisFlaw = basis.trim() === '' ? t.form.required : undefined;
  return (
    <CommandDialog
      title={words.setOf(say(row.title))}
      hint={words.setHint}
      done={words.setDone}
      act={words.save}
      ready={asProcess || (yearsFlaw === undefined && basisFlaw === undefined)}
      run={(command) =>
        setRetention(row.process, command, asProcess ? null : { years: count, from, basis: basis.trim() })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <CheckField
            id="as-process"
            label={words.asProcess}
            help={words.asProcessHelp}
            value={asProcess}
            onChange={setAsProcess}
          />
          {!asProcess && (
            <>
              <TextField
                id="years"
                label={words.years}
                required
                short
                inputMode="numeric"
                value={years}
                error={tried ? yearsFlaw : undefined}
                onChange={setYears}
              />
              <RadioField
                id="from"
                label={words.from}
                required
                value={from}
                options={(['year_end', 'end'] as const).map((id) => ({ id, title: words.fromChoices[id] }))}
                onChange={(value) => setFrom(value === 'end' ? 'end' : 'year_end')}
              />
              <TextField
                id="basis"
                label={words.basis}
                help={words.basisHelp}
                required
                maxLength={200}
                value={basis}
                error={tried ? basisFlaw : undefined}
                onChange={setBasis}
              />
            </>
          )}
        </>
      )}
    </CommandDialog>
  );
}
