// Deadlines that people change: extended, suspended, resumed.
import { useState } from 'react';

import { extendDeadline, resumeDeadlines, suspendDeadlines } from '../api/commands';
import { useToday } from '../api/session';
import type { CaseDeadline, CaseDetail, Extended } from '../api/shapes';
import { DayField } from '../parts/day-field';
import { ChecksField, RadioField, SelectField, TextField } from '../parts/field';
import { isPeriod } from '../parts/form/check';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { ReasonDialog } from '../parts/reason-dialog';

/** The longest norm that the engine takes, in characters. */
const NORM_MAX = 200;

const keyOf = (deadline: CaseDeadline) => `${deadline.instance}.${deadline.name}`;

function NormField({
  help,
  value,
  onChange,
}: {
  help: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useSpeech();
  return (
    <TextField
      id="norm"
      label={t.case.beside.norm}
      help={help}
      maxLength={NORM_MAX}
      value={value}
      onChange={onChange}
    />
  );
}

const normOf = (norm: string) => (norm.trim() === '' ? {} : { norm: norm.trim() });

export function ExtendDialog({ detail, onClose }: { detail: CaseDetail; onClose: () => void }) {
  const { t, say, day, dayLong, language } = useSpeech();
  const words = t.case.beside;
  const able = detail.deadlines.filter((each) => each.running && each.extendable);
  const [key, setKey] = useState(() => (able[0] ? keyOf(able[0]) : ''));
  const [how, setHow] = useState('until');
  const [until, setUntil] = useState('');
  const [by, setBy] = useState('');
  const [norm, setNorm] = useState('');
  const chosen = able.find((each) => keyOf(each) === key);
  const amount = how === 'until' ? until : by.trim();
  const wrongPeriod =
    by.trim() === '' ? t.form.required : isPeriod(by, language) ? undefined : t.form.notPeriod;
  return (
    <ReasonDialog
      title={words.act.extend}
      hint={words.extendHint}
      done={(answer: Extended | undefined) =>
        answer?.end ? words.extendedUntil(dayLong(answer.end)) : words.extended
      }
      act={words.act.extend}
      ready={chosen !== undefined && (how === 'until' ? isDay(until) : wrongPeriod === undefined)}
      run={async (command, reason) =>
        chosen &&
        extendDeadline(detail.id, chosen.instance, chosen.name, command, {
          ...(how === 'until' ? { until: amount } : { by: amount }),
          ...normOf(norm),
          reason,
        })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <SelectField
            id="extend-which"
            label={words.deadline}
            required
            value={key}
            options={able.map((each) => ({
              id: keyOf(each),
              title: words.ends(say(each.title), each.end === null ? '' : day(each.end)),
            }))}
            onChange={setKey}
          />
          <RadioField
            id="extend-how"
            label={words.how}
            required
            value={how}
            options={[
              { id: 'until', title: words.until },
              { id: 'by', title: words.by },
            ]}
            onChange={setHow}
          />
          {how === 'until' ? (
            <DayField
              id="extend-until"
              label={words.newEnd}
              required
              value={until}
              error={tried && !isDay(until) ? t.form.notDay : undefined}
              onChange={setUntil}
            />
          ) : (
            <TextField
              id="extend-by"
              label={words.period}
              help={words.periodHelp}
              required
              value={by}
              error={tried ? wrongPeriod : undefined}
              onChange={setBy}
            />
          )}
          <NormField help={words.normHelp} value={norm} onChange={setNorm} />
        </>
      )}
    </ReasonDialog>
  );
}

/** Lets deadlines stop, or run on. */
export function StopDialog({
  detail,
  stop,
  onClose,
}: {
  detail: CaseDetail;
  stop: boolean;
  onClose: () => void;
}) {
  const { t, say, day } = useSpeech();
  const words = t.case.beside;
  const today = useToday();
  const able = detail.deadlines.filter((each) =>
    stop ? each.running && !each.statutory : each.suspended_since !== null,
  );
  const [keys, setKeys] = useState<string[]>([]);
  const [on, setOn] = useState(today);
  const [norm, setNorm] = useState('');
  const chosen = able.filter((each) => keys.includes(keyOf(each)));
  const wrongDay = !isDay(on) ? t.form.notDay : on > today ? words.notToday : undefined;
  const title = ({ title, end, suspended_since: since }: CaseDeadline) =>
    stop ? words.ends(say(title), end === null ? '' : day(end)) : words.restsOf(say(title), day(since ?? on));
  return (
    <ReasonDialog
      title={stop ? words.act.suspend : words.act.resume}
      hint={stop ? words.suspendHint : words.resumeHint}
      done={stop ? words.suspended : words.resumed}
      act={stop ? words.suspend : words.resume}
      ready={chosen.length > 0 && wrongDay === undefined}
      run={(command, reason) =>
        (stop ? suspendDeadlines : resumeDeadlines)(detail.id, command, {
          deadlines: chosen.map(({ instance, name }) => ({ instance, name })),
          on,
          ...normOf(norm),
          reason,
        })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <ChecksField
            id="stop-which"
            label={words.deadlines}
            required
            value={keys}
            options={able.map((each) => ({ id: keyOf(each), title: title(each) }))}
            error={tried && chosen.length === 0 ? words.chooseOne : undefined}
            onChange={setKeys}
          />
          <DayField
            id="stop-on"
            label={stop ? words.since : words.restsUntil}
            required
            value={on}
            error={tried ? wrongDay : undefined}
            onChange={setOn}
          />
          <NormField help={words.normAdvice} value={norm} onChange={setNorm} />
        </>
      )}
    </ReasonDialog>
  );
}
