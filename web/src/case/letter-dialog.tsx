import { useState } from 'react';

import { previewLetter, writeLetter } from '../api/commands';
import { useSession } from '../api/session';
import type { CaseDetail } from '../api/shapes';
import { DocumentsField } from '../parts/documents-field';
import { LinesField, TextField } from '../parts/field';
import { useSpeech } from '../texts/language';
import { CommandDialog } from '../parts/command-dialog';

/** What the engine takes at most, in characters. */
const MAX = { address: 1000, subject: 300, body: 50_000 };

/** Whom the case has written to last, line by line. */
function lastAddressee(detail: CaseDetail): string {
  const last = detail.documents
    .toReversed()
    .find((document) => document.addressee !== null && document.taken_out === null);
  return (last?.addressee ?? '').split(', ').join('\n');
}

/** A letter beside the steps of the process. */
export function LetterDialog({ detail, onClose }: { detail: CaseDetail; onClose: () => void }) {
  const { t, say, day } = useSpeech();
  const words = t.case.beside;
  const session = useSession();
  const [addressee, setAddressee] = useState(() => lastAddressee(detail));
  const [sender, setSender] = useState(() => say(session.tenant.title));
  const [subject, setSubject] = useState('');
  const [body, setBody] = useState('');
  const [enclosures, setEnclosures] = useState<number[]>([]);
  const letter = {
    addressee: addressee.trim(),
    sender: sender.trim(),
    subject: subject.trim(),
    body,
    enclosures,
  };
  const missing = (text: string, tried: boolean) =>
    tried && text.trim() === '' ? t.form.required : undefined;
  return (
    <CommandDialog
      title={words.act.letter}
      hint={words.letterHint}
      done={words.written}
      act={words.write}
      wide
      ready={[addressee, subject, body].every((text) => text.trim() !== '')}
      run={(command) => writeLetter(detail.id, command, letter)}
      preview={() => previewLetter(detail.id, letter)}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <LinesField
            id="letter-addressee"
            label={words.addressee}
            help={words.addresseeHelp}
            required
            limit={MAX.address}
            value={addressee}
            error={missing(addressee, tried)}
            onChange={setAddressee}
          />
          <LinesField
            id="letter-sender"
            label={words.sender}
            help={words.senderHelp}
            rows={2}
            limit={MAX.address}
            value={sender}
            onChange={setSender}
          />
          <TextField
            id="letter-subject"
            label={words.subject}
            required
            maxLength={MAX.subject}
            value={subject}
            error={missing(subject, tried)}
            onChange={setSubject}
          />
          <LinesField
            id="letter-body"
            label={words.body}
            help={words.bodyHelp}
            required
            rows={8}
            limit={MAX.body}
            value={body}
            error={missing(body, tried)}
            onChange={setBody}
          />
          <DocumentsField
            id="letter-enclosures"
            label={words.enclosures}
            help={words.enclosuresHelp}
            options={detail.documents
              .filter((document) => document.taken_out === null)
              .map(({ number, title, on }) => ({ id: String(number), title: `${title} (${day(on)})` }))}
            value={enclosures}
            onChange={setEnclosures}
          />
        </>
      )}
    </CommandDialog>
  );
}
