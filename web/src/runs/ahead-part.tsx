import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import { previewRun, previewRunLetters } from '../api/commands';
import type { RunDetail, RunForecast } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { PreviewButton } from '../parts/letter-preview';
import { Section } from '../parts/page';
import { ProblemAlert } from '../parts/problem';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';
import { base64Of, inPieces } from './file';
import { FileField } from './file-field';

/** So many cases without an obstacle are shown as samples. */
const SAMPLES = 5;

/** What would come of a run before it begins. Nothing is stored. */
export function AheadPart({ run }: { run: RunDetail }) {
  const { t } = useSpeech();
  const [file, setFile] = useState<File | null>(null);
  const [done, setDone] = useState(0);
  const rows = run.kind === 'rows';
  const look = useMutation({
    mutationFn: async () => {
      const sent = file ? await base64Of(file) : null;
      const items = await inPieces(
        run.count,
        (from, limit) => previewRun(run.number, { from, limit, file: sent }),
        setDone,
      );
      return { items, file: sent };
    },
  });
  return (
    <Section title={t.runs.ahead.title} className="fw-no-print">
      <p className="kern-body">{t.runs.ahead.intro}</p>
      {rows && (
        <FileField
          id="run-ahead-file"
          label={t.runs.fileAgain}
          help={t.runs.fileAgainHelp}
          onChange={(chosen) => {
            setFile(chosen);
            look.reset();
          }}
        />
      )}
      <p>
        <Button
          icon="visibility"
          pending={look.isPending}
          disabled={rows && file === null}
          onClick={() => look.mutate()}
        >
          {t.runs.ahead.look}
        </Button>
      </p>
      {look.isPending && (
        <p className="fw-muted" role="status">
          {t.runs.loading(done, run.count)}
        </p>
      )}
      {look.isError && <ProblemAlert error={look.error} />}
      {look.isSuccess && <Forecast run={run} items={look.data.items} file={look.data.file} />}
    </Section>
  );
}

function Forecast({ run, items, file }: { run: RunDetail; items: RunForecast[]; file: string | null }) {
  const { t, say, money } = useSpeech();
  const troubled = items.filter((item) => item.troubles.length > 0 || !item.to_be_signed);
  const good = items.filter((item) => item.troubles.length === 0 && item.to_be_signed);
  const sum = good.reduce((all, item) => all + item.fee, 0);
  const letters = good.reduce((all, item) => all + item.letters, 0);
  const columns: Column<RunForecast>[] = [
    { id: 'place', title: t.runs.columnsOfCase.place, numeric: true, cell: (row) => row.place },
    {
      id: 'case',
      title: t.runs.columnsOfCase.case,
      header: true,
      cell: (row) => [row.number, row.subject].filter((part) => part !== null).join(', ') || '–',
    },
    { id: 'fee', title: t.runs.columnsOfCase.fee, numeric: true, cell: (row) => money(row.fee) },
    {
      id: 'state',
      title: t.runs.columnsOfCase.state,
      cell: (row) =>
        row.troubles.length > 0
          ? row.troubles.map((trouble) => say(trouble)).join(' ')
          : row.to_be_signed
            ? t.runs.ahead.toBeSigned
            : t.runs.ahead.held,
    },
    {
      id: 'letter',
      title: t.runs.columnsOfCase.letter,
      quiet: true,
      cell: (row) =>
        row.letters > 0 && (
          <PreviewButton
            run={() => previewRunLetters(run.number, { place: row.place, file })}
            check={() => true}
          />
        ),
    },
  ];
  const shown = [...troubled, ...good.slice(0, SAMPLES)];
  return (
    <>
      <Facts
        items={[
          { title: t.runs.ahead.toBeSigned, value: good.length },
          { title: t.runs.ahead.letters, value: letters },
          { title: t.runs.ahead.sum, value: money(sum) },
          { title: t.runs.ahead.troubles, value: troubled.length },
        ]}
      />
      {troubled.length === 0 && <Alert tone="success" role="status" title={t.runs.ahead.none} />}
      <DataTable
        caption={t.runs.ahead.title}
        columns={columns}
        rows={shown}
        rowKey={(row) => String(row.place)}
      />
      {items.length > shown.length && (
        <p className="fw-muted">{t.runs.ahead.more(items.length - shown.length)}</p>
      )}
    </>
  );
}
