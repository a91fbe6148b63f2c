import { useState } from 'react';

import { placePaper } from '../api/commands';
import { CommandDialog } from '../parts/command-dialog';
import { TextField } from '../parts/field';
import { useSpeech } from '../texts/language';

/** Where the original of a document lies on paper, wherever the document is by now. */
export function PaperDialog({
  caseId,
  document,
  onClose,
}: {
  caseId: string;
  document: { number: number; title: string; paper: string | null };
  onClose: () => void;
}) {
  const { t } = useSpeech();
  const words = t.incoming.paper;
  const [place, setPlace] = useState(document.paper ?? '');
  return (
    <CommandDialog
      title={words.of(document.title)}
      done={words.done}
      act={t.act.save}
      ready
      run={(command) => placePaper(caseId, document.number, command, place.trim())}
      onClose={onClose}
    >
      {() => (
        <TextField
          id="paper-place"
          label={words.label}
          help={words.help}
          maxLength={300}
          value={place}
          onChange={setPlace}
        />
      )}
    </CommandDialog>
  );
}
