import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { beginRun, stopRun } from '../api/commands';
import { runQuery } from '../api/queries';
import type { RunDetail } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { CommandDialog } from '../parts/command-dialog';
import { type Column, DataTable } from '../parts/data-table';
import { LoadedPage } from '../parts/loaded';
import { Page, Section } from '../parts/page';
import { ReasonDialog } from '../parts/reason-dialog';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';
import { AheadPart } from './ahead-part';
import { base64Of } from './file';
import { FileField } from './file-field';
import { RunPost } from './run-post';
import { SignPart } from './sign-part';
import { StageBadge } from './stage';

/** A mass run: what it is about, what would come of it, its signature, what stayed behind, what is to be sent. */
export function RunPage() {
  const { number } = useParams({ from: '/shell/runs/$number' });
  const query = useQuery(runQuery(Number(number)));
  return <LoadedPage query={query}>{(run) => <RunView key={run.number} run={run} />}</LoadedPage>;
}

function RunView({ run }: { run: RunDetail }) {
  const { t, say } = useSpeech();
  const [open, setOpen] = useState<'begin' | 'stop' | null>(null);
  const over = run.stage === 'ended' || run.stage === 'stopped';
  const goesOn = run.stage === 'opening' && run.kind === 'rows';
  const close = () => setOpen(null);
  return (
    <Page
      title={run.title}
      above={
        <Link to="/runs" className="kern-link">
          {t.runs.title}
        </Link>
      }
      wide
      actions={
        <span className="fw-no-print fw-actions">
          <Button look="tertiary" onClick={() => window.print()}>
            {t.runs.print}
          </Button>
          {!over && (
            <Button icon="close" onClick={() => setOpen('stop')}>
              {t.runs.stop}
            </Button>
          )}
          {run.takes_part && (run.stage === 'planned' || goesOn) && (
            <Button look="primary" onClick={() => setOpen('begin')}>
              {goesOn ? t.runs.goOn : t.runs.begin}
            </Button>
          )}
        </span>
      }
    >
      <About run={run} />
      {run.takes_part && run.stage === 'planned' && <AheadPart run={run} />}
      {run.takes_part && run.stage === 'open' && <SignPart run={run} />}
      <Failures run={run} />
      {run.takes_part && run.signed !== null && <RunPost number={run.number} />}
      {open === 'begin' && <BeginDialog run={run} goesOn={goesOn} onClose={close} />}
      {open === 'stop' && (
        <ReasonDialog
          title={`${t.runs.stop}: ${run.title}`}
          hint={t.runs.stopHint}
          reasonHelp={t.runs.stopReasonHelp}
          act={t.runs.stop}
          done={t.runs.stopDone}
          run={(command, reason) => stopRun(run.number, command, reason)}
          onClose={close}
        />
      )}
      <p className="fw-only-print">{say(run.process_title)}</p>
    </Page>
  );
}

function About({ run }: { run: RunDetail }) {
  const { t, say, instant } = useSpeech();
  const hand = (hand: { by: { name: string } | null; at: string }) =>
    t.runs.byAt(hand.by?.name ?? '–', instant(hand.at));
  const kind = run.kind === 'message' ? t.runs.kind.message(run.message ?? '') : t.runs.kind[run.kind];
  const items = [
    { title: t.runs.columns.stage, value: <StageBadge run={run} /> },
    { title: t.runs.columns.process, value: say(run.process_title) },
    { title: t.runs.about, value: kind },
    { title: t.runs.columns.count, value: run.count },
    { title: t.runs.planned, value: hand(run) },
    ...(run.begun ? [{ title: t.runs.begun, value: hand(run.begun) }] : []),
    ...(run.signed ? [{ title: t.runs.signed, value: hand(run.signed) }] : []),
    ...(run.hash === null
      ? []
      : [{ title: t.runs.hash, value: <code className="fw-code">{run.hash}</code> }]),
    ...(run.signed ? [{ title: t.runs.takenOut, value: run.taken_out }] : []),
    ...(run.ended_at === null ? [] : [{ title: t.runs.ended, value: instant(run.ended_at) }]),
    ...(run.reason === null ? [] : [{ title: t.runs.reason, value: run.reason }]),
  ];
  return <Facts items={items} />;
}

function BeginDialog({ run, goesOn, onClose }: { run: RunDetail; goesOn: boolean; onClose: () => void }) {
  const { t } = useSpeech();
  const [file, setFile] = useState<File | null>(null);
  const rows = run.kind === 'rows';
  const hint = goesOn
    ? t.runs.goOnHint
    : run.kind === 'signatures'
      ? t.runs.beginOwnHint
      : t.runs.beginHint(run.count);
  return (
    <CommandDialog
      title={`${goesOn ? t.runs.goOn : t.runs.begin}: ${run.title}`}
      hint={hint}
      act={goesOn ? t.runs.goOn : t.runs.begin}
      done={t.runs.beginDone}
      ready={!rows || file !== null}
      run={async (command) => beginRun(run.number, command, file ? await base64Of(file) : null)}
      onClose={onClose}
    >
      {(tried) =>
        rows && (
          <FileField
            id="run-begin-file"
            label={t.runs.fileAgain}
            help={t.runs.fileAgainHelp}
            error={tried && file === null ? t.form.required : undefined}
            onChange={setFile}
          />
        )
      }
    </CommandDialog>
  );
}

type Trouble = RunDetail['failures'][number];

function Failures({ run }: { run: RunDetail }) {
  const { t, say } = useSpeech();
  const columns: Column<Trouble>[] = [
    { id: 'place', title: t.runs.columnsOfCase.place, numeric: true, cell: (row) => row.place },
    {
      id: 'case',
      title: t.runs.columnsOfCase.case,
      header: true,
      cell: (row) =>
        row.case === null ? (
          row.line === null ? (
            t.runs.notBegun
          ) : (
            t.runs.lineNotBegun(row.line)
          )
        ) : (
          <>
            <Link to="/cases/$id" params={{ id: row.case }} className="kern-link fw-number">
              {row.number ?? t.inbox.noNumber}
            </Link>
            {row.subject !== null && <span className="fw-sub">{row.subject}</span>}
          </>
        ),
    },
    {
      id: 'when',
      title: t.runs.when,
      cell: (row) => (row.after_signing ? t.runs.after : t.runs.before),
    },
    { id: 'why', title: t.runs.why, cell: (row) => say(row.why) },
  ];
  if (run.stage === 'planned') return null;
  return (
    <Section title={t.runs.failures}>
      {run.failures.length === 0 ? (
        <p className="fw-empty">{t.runs.failuresNone}</p>
      ) : (
        <>
          <Alert tone="warning" title={t.runs.failuresIntro} />
          <DataTable
            caption={t.runs.failures}
            columns={columns}
            rows={run.failures}
            rowKey={(row) => `${row.place}.${String(row.after_signing)}`}
          />
        </>
      )}
    </Section>
  );
}
