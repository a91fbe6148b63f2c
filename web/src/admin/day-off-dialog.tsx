import { useState } from 'react';

import { addDayOff } from '../api/commands';
import { CommandDialog } from '../parts/command-dialog';
import { DayField } from '../parts/day-field';
import { TextField } from '../parts/field';
import { useSpeech } from '../texts/language';

/** Adds a day on which the authority's periods do not end. */
export function DayOffDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const words = t.authority;
  const [day, setDay] = useState('');
  const [name, setName] = useState('');
  const wrong = {
    day: day === '' ? words.dayMissing : undefined,
    name: name.trim() === '' ? words.dayNameMissing : undefined,
  };
  return (
    <CommandDialog
      title={words.addDay}
      hint={words.addDayHint}
      done={words.dayAdded}
      act={t.act.save}
      ready={Object.values(wrong).every((each) => each === undefined)}
      run={(command) => addDayOff(command, day, { de: name.trim(), en: name.trim() })}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <DayField
            id="day-off"
            label={words.day}
            required
            value={day}
            error={tried ? wrong.day : undefined}
            onChange={setDay}
          />
          <TextField
            id="day-off-name"
            label={words.dayName}
            required
            maxLength={100}
            value={name}
            error={tried ? wrong.name : undefined}
            onChange={setName}
          />
        </>
      )}
    </CommandDialog>
  );
}
