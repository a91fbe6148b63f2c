import { useState } from 'react';

import { addDayOff } from '../api/commands';
import { isProblem } from '../api/problem';
import { CommandDialog } from '../parts/command-dialog';
import { DayField } from '../parts/day-field';
import { CheckField, TextField } from '../parts/field';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';

/** Adds a public holiday that was ordered for one day. */
export function DayOffDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const words = t.authority;
  const [day, setDay] = useState('');
  const [name, setName] = useState('');
  const [norm, setNorm] = useState('');
  // The day that the server asks about, and whether it is meant all the same.
  const [doubted, setDoubted] = useState('');
  const [sure, setSure] = useState(false);
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
      run={async (command) => {
        try {
          const said = { name: { de: name.trim(), en: name.trim() }, norm: norm.trim() };
          await addDayOff(command, day, { ...said, sure: sure && doubted === day });
        } catch (error) {
          if (isProblem(error, 'ValuesInvalid') && error.misfits.some(({ at }) => at === '/sure')) {
            setDoubted(day);
            setSure(false);
          }
          throw error;
        }
      }}
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
          {doubted !== '' && doubted === day && (
            <CheckField id="day-off-sure" at="sure" label={words.daySure} value={sure} onChange={setSure} />
          )}
        </>
      )}
    </CommandDialog>
  );
}
