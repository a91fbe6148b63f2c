// What was missed and may be made up for: restoration, or an extension of what is over.
import { useState } from 'react';

import { reinstate } from '../api/commands';
import { useToday } from '../api/session';
import type { CaseDetail } from '../api/shapes';
import { DayField } from '../parts/day-field';
import { ChecksField, RadioField, SelectField, TextField } from '../parts/field';
import { ReasonDialog } from '../parts/reason-dialog';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';

/** The longest norm that the engine takes, in characters. */
const NORM_MAX = 200;

export function ReinstateDialog({ detail, onClose }: { detail: CaseDetail; onClose: () => void }) {
  const { t, say, day } = useSpeech();
  const words = t.reinstate;
  const today = useToday();
  const [at, setAt] = useState('0');
  const [how, setHow] = useState('restoration');
  const [ended, setEnded] = useState('');
  const [applied, setApplied] = useState(today);
  const [until, setUntil] = useState('');
  const [force, setForce] = useState<string[]>([]);
  const [norm, setNorm] = useState('');
  const chosen = detail.reinstatable[Number(at)];
  const extending = how === 'extension' && chosen?.extendable === true;
  const past = (value: string) =>
    !isDay(value) ? t.form.notDay : value > today ? t.case.beside.notToday : undefined;
  const ready = extending ? isDay(until) : past(ended) === undefined && past(applied) === undefined;
  return (
    <ReasonDialog
      title={words.act}
      hint={words.hint}
      done={words.done}
      act={words.act}
      ready={chosen !== undefined && ready}
      run={async (command, reason) =>
        chosen &&
        reinstate(detail.id, command, {
          ...(chosen.act === null
            ? { step: chosen.step, name: chosen.name }
            : { act: chosen.act, party: chosen.party }),
          ...(extending
            ? { until }
            : { obstacle_ended_on: ended, applied_on: applied, force_majeure: force.length > 0 }),
          ...(norm.trim() === '' ? {} : { norm: norm.trim() }),
          reason,
        })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <SelectField
            id="reinstate-which"
            label={words.which}
            required
            value={at}
            options={detail.reinstatable.map((each, index) => ({
              id: String(index),
              title: words.one(say(each.title), say(each.of), day(each.end)),
            }))}
            onChange={setAt}
          />
          {chosen?.extendable === true && (
            <RadioField
              id="reinstate-how"
              label={words.how}
              required
              value={how}
              options={[
                { id: 'restoration', title: words.restoration },
                { id: 'extension', title: words.extension },
              ]}
              onChange={setHow}
            />
          )}
          {extending ? (
            <DayField
              id="reinstate-until"
              label={t.case.beside.newEnd}
              required
              value={until}
              error={tried && !isDay(until) ? t.form.notDay : undefined}
              onChange={setUntil}
            />
          ) : (
            <>
              <DayField
                id="reinstate-ended"
                at="obstacle_ended_on"
                label={words.obstacleEnded}
                required
                value={ended}
                error={tried ? past(ended) : undefined}
                onChange={setEnded}
              />
              <DayField
                id="reinstate-applied"
                at="applied_on"
                label={words.appliedOn}
                required
                value={applied}
                error={tried ? past(applied) : undefined}
                onChange={setApplied}
              />
              <ChecksField
                id="reinstate-force"
                label={words.forceMajeure}
                value={force}
                options={[{ id: 'yes', title: words.forceMajeureYes }]}
                onChange={setForce}
              />
            </>
          )}
          <TextField
            id="norm"
            label={t.case.beside.norm}
            help={words.normHelp}
            maxLength={NORM_MAX}
            value={norm}
            onChange={setNorm}
          />
        </>
      )}
    </ReasonDialog>
  );
}
