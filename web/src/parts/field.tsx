// One field of a form: label, help, error and what is typed, put together as KERN and screen readers expect it.
import { type ReactNode, useEffect, useState } from 'react';

import { lengthOf } from '../texts/format';
import { useSpeech } from '../texts/language';
import { Button } from './button';
import { Icon } from './icon';
import { placeOf, useRefusal } from './refusable';

/** What the control inside a field must carry. */
export interface ControlProps {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
  'aria-required'?: true;
}

export interface FieldFrame {
  id: string;
  label: string;
  /** Where it stands in what is sent, when that is not the end of its id: `item-subject` is sent as `subject`. */
  at?: string;
  help?: string | undefined;
  error?: string | undefined;
  required?: boolean;
  /** Whether fields that may stay empty say so. Filters do not. */
  silent?: boolean;
}

export function controlProps({ id, help, error, required }: FieldFrame): ControlProps {
  const described = [help ? `${id}-help` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return {
    id,
    ...(described ? { 'aria-describedby': described } : {}),
    ...(error ? { 'aria-invalid': true } : {}),
    ...(required ? { 'aria-required': true } : {}),
  };
}

/** What was entered in a control that the page cannot take; nothing is sent in its place. */
export const untaken = (flaw: string | null | undefined) => (flaw ? { 'data-untaken': '' } : {});

export const UNTAKEN = '[data-untaken]';

/** The frame with what the server says against what was sent, unless the page itself says something. */
export function useRefused<F extends FieldFrame>(frame: F): F {
  const { say } = useSpeech();
  const { misfits, enrol } = useRefusal();
  const place = frame.at ?? frame.id.slice(frame.id.indexOf('-') + 1);
  useEffect(() => enrol(place, frame.label), [enrol, place, frame.label]);
  const misfit = misfits.find(
    ({ at }) => placeOf(at) === place || placeOf(at).replace(/-\d+$/, '') === place,
  );
  return misfit !== undefined && frame.error === undefined ? { ...frame, error: say(misfit.message) } : frame;
}

export function LabelText({ label, required, silent }: Pick<FieldFrame, 'label' | 'required' | 'silent'>) {
  const { t } = useSpeech();
  if (required === true || silent) return label;
  return (
    <>
      {label} <span className="kern-label__optional">– {t.word.optional}</span>
    </>
  );
}

export function FieldError({ id, error }: { id: string; error: string | undefined }) {
  if (!error) return null;
  return (
    <p className="kern-error" id={`${id}-error`}>
      <Icon name="danger" />
      <span className="kern-body">{error}</span>
    </p>
  );
}

export function FieldHelp({ id, help }: { id: string; help: string | undefined }) {
  if (!help) return null;
  return (
    <div className="kern-hint" id={`${id}-help`}>
      {help}
    </div>
  );
}

/** The frame of a field with one control. */
export function Field({
  children,
  ...given
}: FieldFrame & { children: (control: ControlProps) => ReactNode }) {
  const frame = useRefused(given);
  return (
    <div className={`kern-form-input${frame.error ? ' kern-form-input--error' : ''}`}>
      <label className="kern-label" htmlFor={frame.id}>
        <LabelText {...frame} />
      </label>
      <FieldHelp id={frame.id} help={frame.help} />
      {children(controlProps(frame))}
      <FieldError id={frame.id} error={frame.error} />
    </div>
  );
}

function inputClass(error: string | undefined, width?: string): string {
  const classes = ['kern-form-input__input'];
  if (error) classes.push('kern-form-input__input--error');
  if (width) classes.push(width);
  return classes.join(' ');
}

interface TextProps extends FieldFrame {
  value: string;
  onChange: (value: string) => void;
  type?: 'text' | 'email' | 'password' | 'search';
  inputMode?: 'numeric' | 'decimal' | 'text';
  autoComplete?: string;
  maxLength?: number;
  short?: boolean;
  autoCapitalize?: 'none';
}

/** One line. */
export function TextField({
  value,
  onChange,
  type = 'text',
  inputMode,
  autoComplete,
  maxLength,
  short,
  autoCapitalize,
  ...given
}: TextProps) {
  const frame = useRefused<FieldFrame>(given);
  return (
    <Field {...frame}>
      {(control) => (
        <input
          {...control}
          className={inputClass(frame.error, short ? 'fw-short' : undefined)}
          type={type}
          inputMode={inputMode}
          autoComplete={autoComplete ?? 'off'}
          autoCapitalize={autoCapitalize}
          maxLength={maxLength}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}

/** A password, which can be made visible. */
export function PasswordField(props: Omit<TextProps, 'type'>) {
  const { t } = useSpeech();
  const [shown, show] = useState(false);
  const { value, onChange, autoComplete, ...given } = props;
  const frame = useRefused<FieldFrame>(given);
  return (
    <Field {...frame}>
      {(control) => (
        <div className="fw-password">
          <input
            {...control}
            className={inputClass(frame.error)}
            type={shown ? 'text' : 'password'}
            autoComplete={autoComplete}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <Button
            look="secondary"
            icon="visibility"
            iconOnly
            aria-pressed={shown}
            onClick={() => show(!shown)}
          >
            {t.login.showPassword}
          </Button>
        </div>
      )}
    </Field>
  );
}

interface LinesProps extends FieldFrame {
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  /** Shown as a count when it comes near. */
  limit?: number;
}

/** From which share of the limit on the count of characters is shown. */
const COUNT_FROM = 0.8;

/** How many lines fit without scrolling, and how many characters about fit into one. */
const MOST_ROWS = 16;
const CHARS = 70;

/** What is proposed is to be read before it is signed: about as many lines as the text takes, wrapped ones too. */
function linesOf(text: string): number {
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / CHARS)), 0);
}

/** Several lines; grows with what is typed. */
export function LinesField({ value, onChange, rows = 3, limit, ...given }: LinesProps) {
  const frame = useRefused<FieldFrame>(given);
  const { t } = useSpeech();
  const count = lengthOf(value);
  const near = limit !== undefined && count >= limit * COUNT_FROM;
  return (
    <Field {...frame}>
      {(control) => (
        <>
          <textarea
            {...control}
            className={`${inputClass(frame.error)} fw-lines`}
            rows={Math.max(rows, Math.min(linesOf(value) + 1, MOST_ROWS))}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          {near && <p className="fw-count">{t.word.chars(limit - count)}</p>}
        </>
      )}
    </Field>
  );
}

export interface Option {
  id: string;
  title: string;
}

interface ChoiceProps extends FieldFrame {
  value: string;
  options: Option[];
  onChange: (value: string) => void;
  /** What stands there when nothing is chosen; none when something always is. */
  empty?: string | undefined;
}

/** One of several, in a list that opens. */
export function SelectField({ value, options, onChange, empty, ...given }: ChoiceProps) {
  const frame = useRefused<FieldFrame>(given);
  return (
    <Field {...frame}>
      {(control) => (
        <div className="kern-form-input__select-wrapper">
          <select
            {...control}
            className={`kern-form-input__select${frame.error ? ' kern-form-input__select--error' : ''}`}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          >
            {empty !== undefined && <option value="">{empty}</option>}
            {options.map((option) => (
              <option key={option.id} value={option.id}>
                {option.title}
              </option>
            ))}
          </select>
        </div>
      )}
    </Field>
  );
}

/** A group of controls under one legend. The first control takes the id, so that a link can lead to it. */
export function FieldGroup({
  children,
  horizontal,
  ...given
}: FieldFrame & { children: ReactNode; horizontal?: boolean }) {
  const frame = useRefused(given);
  const control = controlProps(frame);
  return (
    <fieldset
      className={`kern-fieldset${frame.error ? ' kern-fieldset--error' : ''}`}
      id={`${frame.id}-group`}
      aria-describedby={control['aria-describedby']}
    >
      <legend className="kern-label">
        <LabelText {...frame} />
      </legend>
      <FieldHelp id={frame.id} help={frame.help} />
      <div className={`kern-fieldset__body${horizontal ? ' kern-fieldset__body--horizontal' : ''}`}>
        {children}
      </div>
      <FieldError id={frame.id} error={frame.error} />
    </fieldset>
  );
}

/** Options that fit on one line beside each other, in characters. */
const ONE_LINE = 72;

/** One of a few, all in sight. */
export function RadioField({ value, options, onChange, ...given }: Omit<ChoiceProps, 'empty'>) {
  const frame = useRefused<FieldFrame>(given);
  const length = options.reduce((sum, option) => sum + option.title.length + 6, 0);
  return (
    <FieldGroup {...frame} horizontal={length <= ONE_LINE}>
      {options.map((option, index) => {
        const id = index === 0 ? frame.id : `${frame.id}-${option.id}`;
        return (
          <div className="kern-form-check" key={option.id}>
            <input
              className={`kern-form-check__radio${frame.error ? ' kern-form-check__radio--error' : ''}`}
              type="radio"
              id={id}
              name={frame.id}
              value={option.id}
              checked={value === option.id}
              onChange={() => onChange(option.id)}
            />
            <label className="kern-label" htmlFor={id}>
              {option.title}
            </label>
          </div>
        );
      })}
    </FieldGroup>
  );
}

/** Any number of several. */
export function ChecksField({
  value,
  options,
  onChange,
  ...frame
}: FieldFrame & { value: string[]; options: Option[]; onChange: (value: string[]) => void }) {
  return (
    <FieldGroup {...frame}>
      {options.map((option, index) => {
        const id = index === 0 ? frame.id : `${frame.id}-${option.id}`;
        const chosen = value.includes(option.id);
        return (
          <div className="kern-form-check" key={option.id}>
            <input
              className="kern-form-check__checkbox"
              type="checkbox"
              id={id}
              checked={chosen}
              onChange={() =>
                onChange(
                  options
                    .map((each) => each.id)
                    .filter((each) => (each === option.id ? !chosen : value.includes(each))),
                )
              }
            />
            <label className="kern-label" htmlFor={id}>
              {option.title}
            </label>
          </div>
        );
      })}
    </FieldGroup>
  );
}

/** Yes or no. */
export function CheckField({
  value,
  onChange,
  ...given
}: FieldFrame & { value: boolean; onChange: (value: boolean) => void }) {
  const frame = useRefused<FieldFrame>(given);
  return (
    <div>
      <div className={`kern-form-check${frame.error ? ' kern-form-check--error' : ''}`}>
        <input
          {...controlProps(frame)}
          aria-required={undefined}
          className={`kern-form-check__checkbox${frame.error ? ' kern-form-check__checkbox--error' : ''}`}
          type="checkbox"
          checked={value}
          onChange={(event) => onChange(event.target.checked)}
        />
        <label className="kern-label" htmlFor={frame.id}>
          {frame.label}
        </label>
      </div>
      {frame.help && (
        <div className="fw-check-help">
          <FieldHelp id={frame.id} help={frame.help} />
        </div>
      )}
      <FieldError id={frame.id} error={frame.error} />
    </div>
  );
}
