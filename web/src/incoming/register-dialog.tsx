import { useState } from 'react';

import { type ItemSaid, registerItem } from '../api/commands';
import { useToday } from '../api/session';
import { CommandDialog } from '../parts/command-dialog';
import { Field, SelectField, TextField } from '../parts/field';
import { useSpeech } from '../texts/language';
import { ItemFields, itemSaid, useItemFlaws } from './item-fields';

const CHANNELS = ['counter', 'post', 'fax', 'email'] as const;

/** Somebody hands something in, or it came by post. */
export function RegisterDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const words = t.incoming.register;
  const today = useToday();
  const [files, setFiles] = useState<File[]>([]);
  const [about, setAbout] = useState<ItemSaid>({ subject: '', sender: '', email: '', received_on: today });
  const [paper, setPaper] = useState('');
  const [channel, setChannel] = useState<string>('counter');
  const nothing = files.length === 0 && paper.trim() === '';
  const flaws = useItemFlaws(about);
  return (
    <CommandDialog
      title={words.act}
      hint={words.hint}
      done={words.done}
      act={words.act}
      ready={!nothing && Object.keys(flaws).length === 0}
      run={(command) => registerItem(command, files, { ...itemSaid(about), paper: paper.trim(), channel })}
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
                  if (chosen[0] && about.subject === '')
                    setAbout({ ...about, subject: chosen[0].name.replace(/\.[^.]+$/, '') });
                }}
              />
            )}
          </Field>
          <ItemFields value={about} flaws={tried ? flaws : {}} onChange={setAbout} />
          <SelectField
            id="item-channel"
            label={words.channel}
            required
            value={channel}
            options={CHANNELS.map((id) => ({ id, title: words.channels[id] }))}
            onChange={setChannel}
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
