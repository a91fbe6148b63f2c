import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type SyntheticEvent, useState } from 'react';

import { checkRows, planRun } from '../api/commands';
import { isProblem } from '../api/problem';
import { processesQuery } from '../api/queries';
import { useSession } from '../api/session';
import type { CheckedRows, RunKind } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { Dialog } from '../parts/dialog';
import { CheckField, RadioField, SelectField, TextField } from '../parts/field';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';
import { base64Of } from './file';
import { FileField } from './file-field';

const KINDS: RunKind[] = ['rows', 'message', 'signatures'];

/** Plans a run: which process, which cases. A file is checked first, and nothing begins. */
export function PlanDialog({ onClose }: { onClose: () => void }) {
  const { t, say } = useSpeech();
  const navigate = useNavigate();
  const client = useQueryClient();
  const session = useSession();
  const processes = useQuery(processesQuery);
  const [title, setTitle] = useState('');
  const [process, setProcess] = useState('');
  const [kind, setKind] = useState<RunKind>('rows');
  const [file, setFile] = useState<File | null>(null);
  const [message, setMessage] = useState('');
  const [find, setFind] = useState('');
  const [tried, setTried] = useState(false);
  const [again, setAgain] = useState(false);
  const check = useMutation({
    mutationFn: async (chosen: File) => checkRows({ process, file: await base64Of(chosen) }),
  });
  const plan = useCommand({
    run: async (command) =>
      planRun(command, {
        title: title.trim(),
        process,
        kind,
        ...(kind === 'rows' && file ? { file: await base64Of(file) } : {}),
        ...(kind === 'message' ? { message: message.trim() } : {}),
        ...(kind !== 'rows' && find.trim() !== '' ? { q: find.trim() } : {}),
        again,
      }),
    onSuccess: ({ number, count }) => {
      notify({ tone: 'success', title: t.runs.plan.done(count) });
      void client.invalidateQueries({ queryKey: ['runs'] });
      void navigate({ to: '/runs/$number', params: { number: String(number) } });
    },
  });
  const mine =
    processes.data?.filter((each) => each.current && session.permissions.start.includes(each.id)) ?? [];
  const wrong = {
    title: title.trim() === '' ? t.form.required : undefined,
    process: process === '' ? t.form.required : undefined,
    file: kind === 'rows' && file === null ? t.form.required : undefined,
    message: kind === 'message' && message.trim() === '' ? t.form.required : undefined,
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (Object.values(wrong).every((each) => each === undefined)) plan.mutate();
  };
  return (
    <Dialog
      title={t.runs.add}
      open
      wide
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          {kind === 'rows' && file !== null && process !== '' && (
            <Button icon="checklist" pending={check.isPending} onClick={() => check.mutate(file)}>
              {t.runs.plan.check}
            </Button>
          )}
          <Button look="primary" type="submit" form="run" pending={plan.isPending}>
            {t.runs.add}
          </Button>
        </>
      }
    >
      <form id="run" className="fw-form" noValidate onSubmit={submit}>
        {plan.isError && <ProblemAlert error={plan.error} />}
        {isProblem(plan.error, 'RunDoubled') && (
          <CheckField id="run-again" label={t.runs.plan.again} value={again} onChange={setAgain} />
        )}
        {check.isError && <ProblemAlert error={check.error} />}
        {processes.isError && <ProblemAlert error={processes.error} />}
        <TextField
          id="run-title"
          label={t.runs.plan.name}
          help={t.runs.plan.nameHelp}
          required
          value={title}
          error={tried ? wrong.title : undefined}
          onChange={setTitle}
        />
        <SelectField
          id="run-process"
          label={t.runs.plan.process}
          required
          empty={t.word.choose}
          value={process}
          options={mine.map((each) => ({ id: each.id, title: say(each.title) }))}
          error={tried ? wrong.process : undefined}
          onChange={(id) => {
            setProcess(id);
            setAgain(false);
          }}
        />
        <RadioField
          id="run-kind"
          label={t.runs.plan.kind}
          required
          value={kind}
          options={KINDS.map((id) => ({ id, title: t.runs.plan.kinds[id] }))}
          onChange={(id) => {
            setKind(KINDS.find((each) => each === id) ?? 'rows');
            setAgain(false);
          }}
        />
        {kind === 'rows' && (
          <FileField
            id="run-file"
            label={t.runs.plan.file}
            help={t.runs.plan.fileHelp}
            error={tried ? wrong.file : undefined}
            onChange={(chosen) => {
              setFile(chosen);
              setAgain(false);
              check.reset();
            }}
          />
        )}
        {kind === 'message' && (
          <TextField
            id="run-message"
            label={t.runs.plan.message}
            help={t.runs.plan.messageHelp}
            required
            value={message}
            error={tried ? wrong.message : undefined}
            onChange={setMessage}
          />
        )}
        {kind !== 'rows' && (
          <TextField
            id="run-find"
            label={t.runs.plan.find}
            help={t.runs.plan.findHelp}
            value={find}
            onChange={setFind}
          />
        )}
        {check.isSuccess && <Checked rows={check.data} />}
      </form>
    </Dialog>
  );
}

/** What a file says: that it is good, or each fault with its place. */
function Checked({ rows }: { rows: CheckedRows }) {
  const { t, say } = useSpeech();
  if (rows.all_faults === 0) {
    return <Alert tone="success" role="status" title={t.runs.plan.good(rows.rows)} />;
  }
  const columns: Column<CheckedRows['faults'][number]>[] = [
    { id: 'line', title: t.runs.plan.fault.line, numeric: true, header: true, cell: (row) => row.line },
    { id: 'column', title: t.runs.plan.fault.column, cell: (row) => row.column ?? '' },
    { id: 'why', title: t.runs.plan.fault.why, cell: (row) => say(row.why) },
  ];
  return (
    <>
      <Alert tone="danger" role="alert" title={t.runs.plan.faults(rows.all_faults)} />
      <DataTable
        caption={t.runs.plan.faults(rows.all_faults)}
        columns={columns}
        rows={rows.faults}
        rowKey={(row) => `${row.line}.${row.column ?? ''}.${row.why.de}`}
      />
    </>
  );
}
