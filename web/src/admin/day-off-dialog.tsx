import { useState } from 'react';

import { addDayOff } from '../api/commands';
import { CommandDialog } from '../parts/command-dialog';
import { DayField } from '../parts/day-field';
import { TextField } from '../parts/field';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';

/** Adds a public holiday that was ordered for one day. */
export function DayOffDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const words = t.authority;
  const [day, setDay] = useState('');
  const [name, setName] = useState('');
  const [norm, setNorm] = useState('');
  const wrong = {
    day: !isDay(day) ? words.dayMissing : undefined,
    name: name.trim() === '' ? words.dayNameMissing : undefined,
    norm: norm.trim() === '' ? words.dayNormMissing : undefined,
  };
  return (
    <CommandDialog
      title={words.addDay}
      hint={words.addDayHint}
      done={words.dayAdded}
      act={t.act.save}
      ready={Object.values(wrong).every((each) => each === undefined)}
      run={(command) =>
        addDayOff(command, day, { name: { de: name.trim(), en: name.trim() }, norm: norm.trim() })
      }
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
          <TextField
            id="day-off-norm"
            label={words.dayNorm}
            help={words.dayNormHelp}
            required
            maxLength={200}
            value={norm}
            error={tried ? wrong.norm : undefined}
            onChange={setNorm}
          />
        </>
      )}
    </CommandDialog>
  );
}
