// A day, typed or pasted as people write it, or picked from a calendar.
import { parseDate } from '@internationalized/date';
import { useState } from 'react';
import {
  Button as AriaButton,
  Calendar,
  CalendarCell,
  CalendarGrid,
  Dialog,
  DialogTrigger,
  Heading,
  Popover,
} from 'react-aria-components';

import { dayFlaw, dayToInput, keptDay } from '../texts/day';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { Field, type FieldFrame, untaken, useRefused } from './field';
import { Icon } from './icon';

/** A day as `2026-03-02`; what is no day is kept as typed and told. */
export function DayField({
  value,
  onChange,
  ...given
}: FieldFrame & { value: string; onChange: (value: string) => void }) {
  const speech = useSpeech();
  const frame = useRefused<FieldFrame>(given);
  const [typed, setTyped] = useState('');
  // Nobody is told while they type that what they have so far is no day.
  const [left, setLeft] = useState(true);
  const flaw = value === '' ? null : dayFlaw(value, speech);
  const shown = keptDay(typed) === value ? typed : dayToInput(value, speech.language);
  const error = flaw !== null && (left || frame.error !== undefined) ? flaw : frame.error;
  return (
    <Field {...frame} error={error}>
      {(control) => (
        <div className="fw-day">
          <input
            {...control}
            className={`kern-form-input__input fw-day__input${error ? ' kern-form-input__input--error' : ''}`}
            type="text"
            autoComplete="off"
            placeholder={speech.t.form.dayShape}
            {...untaken(flaw)}
            value={shown}
            onChange={(event) => {
              setTyped(event.target.value);
              setLeft(false);
              onChange(keptDay(event.target.value));
            }}
            onKeyDown={(event) => {
              // A form is sent by it.
              if (event.key === 'Enter') setLeft(true);
            }}
            onBlur={() => {
              setTyped('');
              setLeft(true);
            }}
          />
          <CalendarButton
            value={value}
            onChange={(day) => {
              setTyped('');
              onChange(day);
            }}
          />
        </div>
      )}
    </Field>
  );
}

function CalendarButton({ value, onChange }: { value: string; onChange: (day: string) => void }) {
  const { t } = useSpeech();
  return (
    <DialogTrigger>
      <AriaButton className="kern-btn kern-btn--secondary fw-day__button" aria-label={t.form.calendar}>
        <Icon name="calendar-today" />
      </AriaButton>
      <Popover className="fw-popover">
        <Dialog className="fw-calendar" aria-label={t.form.calendarTitle}>
          {({ close }) => (
            <Calendar
              // Whoever has opened it by the keyboard goes on in it.
              // eslint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
              value={isDay(value) ? parseDate(value) : null}
              onChange={(day) => {
                onChange(day.toString());
                close();
              }}
            >
              <div className="fw-calendar__head">
                <AriaButton
                  slot="previous"
                  className="kern-btn kern-btn--tertiary"
                  aria-label={t.form.previousMonth}
                >
                  <Icon name="chevron-left" />
                </AriaButton>
                <Heading className="fw-calendar__month" />
                <AriaButton slot="next" className="kern-btn kern-btn--tertiary" aria-label={t.form.nextMonth}>
                  <Icon name="chevron-right" />
                </AriaButton>
              </div>
              <CalendarGrid>
                {(date) => <CalendarCell className="fw-calendar__cell" date={date} />}
              </CalendarGrid>
            </Calendar>
          )}
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}
