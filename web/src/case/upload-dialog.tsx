import { useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';

import { addDocument } from '../api/commands';
import { useToday } from '../api/session';
import { useCommand } from '../api/use-command';
import { Button } from '../parts/button';
import { DayField } from '../parts/day-field';
import { Dialog } from '../parts/dialog';
import { Field, RadioField, TextField } from '../parts/field';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';

/** The longest title that the engine takes, in characters. */
const TITLE_MAX = 300;

/** Puts a file into the case. */
export function UploadDialog({ caseId, onClose }: { caseId: string; onClose: () => void }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [title, setTitle] = useState('');
  const [direction, setDirection] = useState('incoming');
  const today = useToday();
  const [received, setReceived] = useState(today);
  const [tried, setTried] = useState(false);
  const incoming = direction === 'incoming';
  const wrongDay = !incoming
    ? undefined
    : !isDay(received)
      ? t.form.notDay
      : received > today
        ? t.case.beside.notToday
        : undefined;
  const upload = useCommand({
    run: (command, chosen: File) =>
      addDocument(caseId, command, chosen, {
        title: title.trim(),
        direction,
        ...(incoming ? { received_on: received } : {}),
      }),
    onSuccess: () => {
      notify({ tone: 'success', title: t.documents.uploaded });
      void client.invalidateQueries({ queryKey: ['cases'] });
      onClose();
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setTried(true);
    if (file !== null && title.trim() !== '' && wrongDay === undefined) upload.mutate(file);
  };
  const fileError = tried && file === null ? t.documents.fileMissing : undefined;
  return (
    <Dialog
      title={t.documents.upload}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button look="primary" type="submit" form="upload" pending={upload.isPending}>
            {t.act.add}
          </Button>
        </>
      }
    >
      <form id="upload" className="fw-form" noValidate onSubmit={submit}>
        {upload.isError && <ProblemAlert error={upload.error} />}
        <Field id="upload-file" label={t.documents.file} required error={fileError}>
          {(control) => (
            <input
              {...control}
              className="kern-form-input__input"
              type="file"
              onChange={(event) => {
                const chosen = event.target.files?.[0] ?? null;
                setFile(chosen);
                // The name of the file is often a good title; what was typed stays.
                if (chosen && title === '') setTitle(chosen.name.replace(/\.[^.]+$/, ''));
              }}
            />
          )}
        </Field>
        <TextField
          id="upload-title"
          label={t.documents.name}
          help={t.documents.nameHelp}
          required
          maxLength={TITLE_MAX}
          value={title}
          error={tried && title.trim() === '' ? t.form.required : undefined}
          onChange={setTitle}
        />
        <RadioField
          id="upload-direction"
          label={t.documents.direction}
          required
          value={direction}
          options={(['incoming', 'outgoing', 'internal'] as const).map((id) => ({
            id,
            title: t.documents.directions[id],
          }))}
          onChange={setDirection}
        />
        {incoming && (
          <DayField
            id="upload-received"
            at="received_on"
            label={t.documents.cameInOn}
            help={t.documents.cameInOnHelp}
            required
            value={received}
            error={tried ? wrongDay : undefined}
            onChange={setReceived}
          />
        )}
      </form>
    </Dialog>
  );
}
