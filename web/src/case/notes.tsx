import { useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';

import { addNote } from '../api/commands';
import type { Note } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Button } from '../parts/button';
import { LinesField } from '../parts/field';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';

/** The longest note that the engine takes, in characters. */
const NOTE_MAX = 20_000;

/** File notes, the newest first. */
export function NoteList({ notes }: { notes: Note[] }) {
  const { t, instant } = useSpeech();
  if (notes.length === 0) return <p className="fw-muted">{t.notes.empty}</p>;
  return (
    <ol className="fw-notes">
      {notes.toReversed().map((note) => (
        <li key={note.number}>
          <p className="fw-lines-shown">{note.text}</p>
          <p className="fw-sub">{t.notes.by(note.by.name, instant(note.at))}</p>
        </li>
      ))}
    </ol>
  );
}

/** Writes a note to the file. */
export function NoteForm({ caseId, folded }: { caseId: string; folded?: boolean }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [open, setOpen] = useState(folded !== true);
  const [text, setText] = useState('');
  const [missing, setMissing] = useState(false);
  const add = useCommand({
    run: (command) => addNote(caseId, command, text.trim()),
    onSuccess: () => {
      setText('');
      setMissing(false);
      setOpen(folded !== true);
      notify({ tone: 'success', title: t.notes.added });
      void client.invalidateQueries({ queryKey: ['cases', 'one', caseId] });
    },
  });
  if (!open) {
    return (
      <Button small icon="edit" onClick={() => setOpen(true)}>
        {t.notes.add}
      </Button>
    );
  }
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setMissing(text.trim() === '');
    if (text.trim() !== '') add.mutate();
  };
  return (
    <form className="fw-form fw-no-print" noValidate onSubmit={submit}>
      {add.isError && <ProblemAlert error={add.error} />}
      <LinesField
        id={`note-${caseId}`}
        label={t.notes.add}
        help={t.notes.textHelp}
        required
        limit={NOTE_MAX}
        value={text}
        onChange={setText}
        error={missing ? t.form.required : undefined}
      />
      <div>
        <Button type="submit" pending={add.isPending}>
          {t.notes.submit}
        </Button>
      </div>
    </form>
  );
}
