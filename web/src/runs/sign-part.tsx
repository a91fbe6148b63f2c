import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { listRunCases, previewTask, signRun } from '../api/commands';
import type { CaseToSign, RunDetail } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { CommandDialog } from '../parts/command-dialog';
import { type Column, DataTable } from '../parts/data-table';
import { PreviewButton } from '../parts/letter-preview';
import { Section } from '../parts/page';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';
import { inPieces } from './file';

/** The list of a run, to be signed once: each letter can be opened, and each case taken out. */
export function SignPart({ run }: { run: RunDetail }) {
  const { t } = useSpeech();
  const [done, setDone] = useState(0);
  const load = useMutation({
    mutationFn: () => inPieces(run.count, (from, limit) => listRunCases(run.number, from, limit), setDone),
  });
  return (
    <Section title={t.runs.sign.title}>
      {run.may_sign ? (
        <>
          <p className="kern-body">{t.runs.sign.intro}</p>
          <p className="fw-no-print">
            <Button icon="checklist" pending={load.isPending} onClick={() => load.mutate()}>
              {t.runs.sign.load}
            </Button>
          </p>
        </>
      ) : (
        <Alert tone="info" title={t.runs.sign.other} />
      )}
      {load.isPending && (
        <p className="fw-muted" role="status">
          {t.runs.loading(done, run.count)}
        </p>
      )}
      {load.isError && <ProblemAlert error={load.error} />}
      {load.isSuccess && <SignList run={run} items={load.data} />}
    </Section>
  );
}

function SignList({ run, items }: { run: RunDetail; items: CaseToSign[] }) {
  const { t, money } = useSpeech();
  const [out, setOut] = useState<ReadonlySet<number>>(new Set());
  const [signing, setSigning] = useState(false);
  const possible = items.filter((item) => item.task !== null && item.shown !== null);
  const chosen = possible.filter((item) => !out.has(item.place));
  const sum = money(chosen.reduce((all, item) => all + item.fee, 0));
  if (possible.length === 0) return <Alert tone="warning" title={t.runs.sign.none} />;
  return (
    <>
      <div className="fw-bulk">
        <Button
          look={chosen.length > 0 ? 'primary' : 'secondary'}
          icon="edit"
          disabled={chosen.length === 0}
          onClick={() => setSigning(true)}
        >
          {t.runs.sign.act(chosen.length)}
        </Button>
        <span className="fw-muted" role="status">
          {t.runs.sign.chosen(chosen.length, sum)}
        </span>
      </div>
      <CaseTable items={items} possible={possible} out={out} onOut={setOut} />
      {signing && (
        <CommandDialog
          title={t.runs.sign.act(chosen.length)}
          hint={t.runs.sign.hint(chosen.length, sum)}
          act={t.runs.sign.act(chosen.length)}
          done={t.runs.sign.done}
          ready
          run={(command) =>
            signRun(
              run.number,
              command,
              chosen.flatMap(({ task, version, shown }) =>
                task === null || shown === null ? [] : [{ task, version, shown }],
              ),
            )
          }
          onClose={() => setSigning(false)}
        >
          {() => null}
        </CommandDialog>
      )}
    </>
  );
}

interface CaseTableProps {
  items: CaseToSign[];
  possible: CaseToSign[];
  out: ReadonlySet<number>;
  onOut: (out: ReadonlySet<number>) => void;
}

function CaseTable({ items, possible, out, onOut }: CaseTableProps) {
  const { t, say, money } = useSpeech();
  const nameOf = (item: CaseToSign) => item.number ?? item.subject ?? String(item.place);
  const toggle = (place: number) => {
    const next = new Set(out);
    if (!next.delete(place)) next.add(place);
    onOut(next);
  };
  const columns: Column<CaseToSign>[] = [
    {
      id: 'take',
      title: t.runs.columnsOfCase.take,
      quiet: true,
      head: (
        <input
          type="checkbox"
          className="kern-form-check__checkbox fw-check-small"
          aria-label={t.runs.sign.takeAll}
          checked={possible.every((item) => !out.has(item.place))}
          onChange={() => onOut(out.size > 0 ? new Set() : new Set(possible.map((item) => item.place)))}
        />
      ),
      cell: (row) =>
        row.task !== null && (
          <input
            type="checkbox"
            className="kern-form-check__checkbox fw-check-small"
            aria-label={t.runs.sign.takeOf(nameOf(row))}
            checked={!out.has(row.place)}
            onChange={() => toggle(row.place)}
          />
        ),
    },
    { id: 'place', title: t.runs.columnsOfCase.place, numeric: true, cell: (row) => row.place },
    {
      id: 'case',
      title: t.runs.columnsOfCase.case,
      header: true,
      cell: (row) => (
        <>
          <Link to="/cases/$id" params={{ id: row.case }} className="kern-link fw-number">
            {row.number ?? t.inbox.noNumber}
          </Link>
          {row.subject !== null && <span className="fw-sub">{row.subject}</span>}
        </>
      ),
    },
    { id: 'fee', title: t.runs.columnsOfCase.fee, numeric: true, cell: (row) => money(row.fee) },
    {
      id: 'state',
      title: t.runs.columnsOfCase.state,
      cell: (row) =>
        row.why !== null ? (
          say(row.why)
        ) : row.doubtful ? (
          <Badge tone="warning">{t.runs.sign.doubtful}</Badge>
        ) : (
          t.runs.ahead.toBeSigned
        ),
    },
    {
      id: 'letter',
      title: t.runs.columnsOfCase.letter,
      quiet: true,
      cell: (row) => {
        const { task, outcome } = row;
        return (
          task !== null && (
            <PreviewButton
              run={() => previewTask(task, outcome === null ? {} : { outcome })}
              check={() => true}
            />
          )
        );
      },
    },
  ];
  return (
    <DataTable
      caption={t.runs.sign.title}
      columns={columns}
      rows={items}
      rowKey={(row) => String(row.place)}
    />
  );
}
