import { useState } from 'react';

import { trustPublisher } from '../api/commands';
import { CommandDialog } from '../parts/command-dialog';
import { TextField } from '../parts/field';
import { useSpeech } from '../texts/language';

/** Adds somebody whose packages of blocks the authority takes. */
export function PublisherDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const words = t.packages;
  const [name, setName] = useState('');
  const [typed, setTyped] = useState('');
  const key = typed.replace(/\s/g, '').toLowerCase();
  const wrong = {
    name: name.trim() === '' ? words.nameMissing : undefined,
    key: /^[0-9a-f]{64}$/.test(key) ? undefined : words.keyWrong,
  };
  return (
    <CommandDialog
      title={words.add}
      hint={words.publishersIntro}
      done={words.added}
      act={t.act.save}
      ready={Object.values(wrong).every((each) => each === undefined)}
      run={(command) => trustPublisher(command, key, name.trim())}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <TextField
            id="publisher-name"
            label={words.name}
            required
            maxLength={200}
            value={name}
            error={tried ? wrong.name : undefined}
            onChange={setName}
          />
          <TextField
            id="publisher-key"
            label={words.key}
            help={words.keyHelp}
            required
            value={typed}
            error={tried ? wrong.key : undefined}
            onChange={setTyped}
          />
        </>
      )}
    </CommandDialog>
  );
}
