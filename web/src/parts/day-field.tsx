// A day (or an instant) typed in parts, in the order of the language, or picked from a calendar.
import {
  type DateValue,
  parseDate,
  parseDateTime,
  toCalendarDate,
  toCalendarDateTime,
  type CalendarDateTime,
} from '@internationalized/date';
import {
  Button as AriaButton,
  Calendar,
  CalendarCell,
  CalendarGrid,
  DateInput,
  DatePicker,
  DateSegment,
  Dialog,
  Group,
  Heading,
  Label,
  Popover,
} from 'react-aria-components';

import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { FieldError, type FieldFrame, FieldHelp, LabelText } from './field';
import { Icon } from './icon';

function describedBy({ id, help, error }: FieldFrame): string | undefined {
  return [help ? `${id}-help` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
}

/** A day as `2026-03-02`; empty while it is not complete. */
export function DayField({
  value,
  onChange,
  ...frame
}: FieldFrame & { value: string; onChange: (value: string) => void }) {
  return (
    <DateControl
      {...frame}
      granularity="day"
      value={isDay(value) ? parseDate(value) : null}
      onChange={(next) => onChange(next ? toCalendarDate(next).toString() : '')}
    />
  );
}

/** A local day and time of day as `2026-03-02T09:00`. */
export function MomentField({
  value,
  onChange,
  ...frame
}: FieldFrame & { value: string; onChange: (value: string) => void }) {
  let moment: CalendarDateTime | null = null;
  try {
    moment = value === '' ? null : parseDateTime(value);
  } catch {
    // Not a moment: the field stays empty.
  }
  return (
    <DateControl
      {...frame}
      granularity="minute"
      value={moment}
      onChange={(next) => onChange(next ? toCalendarDateTime(next).toString().slice(0, 16) : '')}
    />
  );
}

function DateControl({
  value,
  onChange,
  granularity,
  ...frame
}: FieldFrame & {
  value: DateValue | null;
  onChange: (value: DateValue | null) => void;
  granularity: 'day' | 'minute';
}) {
  const { t } = useSpeech();
  // While a year is typed it goes through one of two digits: what it stays at when the field is left is one of this century.
  const completeYear = () => {
    if (value !== null && value.year < 100) onChange(value.add({ years: 2000 }));
  };
  return (
    <DatePicker
      className={`kern-form-input fw-date${frame.error ? ' kern-form-input--error' : ''}`}
      id={`${frame.id}-group`}
      value={value}
      onChange={onChange}
      onBlur={completeYear}
      granularity={granularity}
      hourCycle={24}
      hideTimeZone
      shouldForceLeadingZeros
      isInvalid={frame.error !== undefined}
      isRequired={frame.required}
      validationBehavior="aria"
      aria-describedby={describedBy(frame)}
    >
      <Label className="kern-label">
        <LabelText {...frame} />
      </Label>
      <FieldHelp id={frame.id} help={frame.help} />
      <div id={frame.id}>
        <Group className="fw-date__group">
          <DateInput className={`fw-date__input${frame.error ? ' fw-date__input--error' : ''}`}>
            {(segment) => <DateSegment className="fw-date__segment" segment={segment} />}
          </DateInput>
          <AriaButton className="kern-btn kern-btn--secondary fw-date__button" aria-label={t.form.calendar}>
            <Icon name="calendar-today" />
          </AriaButton>
        </Group>
      </div>
      <FieldError id={frame.id} error={frame.error} />
      <Popover className="fw-popover">
        <Dialog className="fw-calendar">
          <Calendar>
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
        </Dialog>
      </Popover>
    </DatePicker>
  );
}
