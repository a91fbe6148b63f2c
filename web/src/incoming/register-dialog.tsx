import { useState } from 'react';

import { registerItem } from '../api/commands';
import { useToday } from '../api/session';
import { CommandDialog } from '../parts/command-dialog';
import { DayField } from '../parts/day-field';
import { Field, SelectField, TextField } from '../parts/field';
import { useSpeech } from '../texts/language';

const CHANNELS = ['counter', 'post', 'fax', 'email'] as const;

/** Somebody hands something in, or it came by post. */
export function RegisterDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const words = t.incoming.register;
  const today = useToday();
  const [files, setFiles] = useState<File[]>([]);
  const [subject, setSubject] = useState('');
  const [sender, setSender] = useState('');
  const [email, setEmail] = useState('');
  const [paper, setPaper] = useState('');
  const [channel, setChannel] = useState<string>('counter');
  const [received, setReceived] = useState(today);
  const nothing = files.length === 0 && paper.trim() === '';
  const wrongDay = received === '' ? t.form.notDay : received > today ? words.future : undefined;
  return (
    <CommandDialog
      title={words.act}
      hint={words.hint}
      done={words.done}
      act={words.act}
      ready={!nothing && subject.trim() !== '' && wrongDay === undefined}
      run={(command) =>
        registerItem(command, files, {
          subject: subject.trim(),
          sender: sender.trim(),
          email: email.trim(),
          paper: paper.trim(),
          channel,
          received_on: received,
        })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <Field
            id="item-files"
            label={words.files}
            help={words.filesHelp}
            error={tried && nothing ? words.nothing : undefined}
          >
            {(control) => (
              <input
                {...control}
                className="kern-form-input__input"
                type="file"
                multiple
                onChange={(event) => {
                  const chosen = Array.from(event.target.files ?? []);
                  setFiles(chosen);
                  // The name of a file is often a good subject; what was typed stays.
                  if (chosen[0] && subject === '') setSubject(chosen[0].name.replace(/\.[^.]+$/, ''));
                }}
              />
            )}
          </Field>
          <TextField
            id="item-subject"
            label={words.subject}
            required
            maxLength={300}
            value={subject}
            error={tried && subject.trim() === '' ? t.form.required : undefined}
            onChange={setSubject}
          />
          <TextField
            id="item-sender"
            label={words.sender}
            maxLength={200}
            value={sender}
            onChange={setSender}
          />
          <TextField
            id="item-email"
            label={words.email}
            type="email"
            maxLength={200}
            value={email}
            onChange={setEmail}
          />
          <SelectField
            id="item-channel"
            label={words.channel}
            required
            value={channel}
            options={CHANNELS.map((id) => ({ id, title: words.channels[id] }))}
            onChange={setChannel}
          />
          <DayField
            id="item-received"
            label={words.received}
            help={words.receivedHelp}
            required
            value={received}
            error={tried ? wrongDay : undefined}
            onChange={setReceived}
          />
          <TextField
            id="item-paper"
            label={words.paper}
            help={words.paperHelp}
            maxLength={300}
            value={paper}
            onChange={setPaper}
          />
        </>
      )}
    </CommandDialog>
  );
}
