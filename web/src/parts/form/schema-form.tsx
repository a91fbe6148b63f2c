// Draws a form from its fields. Controlled: the page holds the values, so that it can keep and restore them.
import { type ReactNode, useState } from 'react';

import type { Values } from '../../api/shapes';
import { formatPeriod, moneyToInput, parseMoney } from '../../texts/format';
import { useSpeech } from '../../texts/language';
import { Button } from '../button';
import { DayField } from '../day-field';
import { DocumentsField } from '../documents-field';
import {
  CheckField,
  ChecksField,
  FieldError,
  type FieldFrame,
  FieldHelp,
  LabelText,
  LinesField,
  RadioField,
  SelectField,
  TextField,
  useRefused,
} from '../field';
import type { Demands, Flaw } from './check';
import { closingOf, demandsOf, isClosed } from './check';
import type { Field, Shape } from './profile';
import { beginWith, controlId } from './values';

interface SchemaFormProps {
  /** Before every id, so that two forms on a page do not meet. */
  prefix: string;
  fields: Field[];
  values: Values;
  demands: Demands;
  flaws: Flaw[];
  onChange: (values: Values) => void;
  /** Where the object stands that this form fills; empty for the whole. */
  at?: string;
}

/** The fields of an object, one below the other. */
export function SchemaForm({ prefix, fields, values, demands, flaws, onChange, at = '' }: SchemaFormProps) {
  const { t, list } = useSpeech();
  return (
    <div className="fw-form">
      {fields
        .filter((field) => !demands.hidden.has(field.name))
        .map((field) => {
          const place = `${at}/${field.name}`;
          return (
            <ShapeField
              key={field.name}
              frame={{
                id: controlId(prefix, place),
                label: field.title,
                help: isClosed(field, demands)
                  ? t.form.noneOpenBecauseOf(
                      list(closingOf(field, fields, demands).map((each) => each.title)),
                    )
                  : (field.help ?? undefined),
                error: flaws.find((flaw) => flaw.at === place)?.message,
                required: demands.required.has(field.name),
              }}
              shape={openOptions(field.shape, demands.closed[field.name])}
              at={place}
              prefix={prefix}
              flaws={flaws}
              value={values[field.name]}
              onChange={(value) => onChange({ ...values, [field.name]: value })}
            />
          );
        })}
    </div>
  );
}

/** A choice without the options that cannot be chosen now. */
function openOptions(shape: Shape, closed: string[] = []): Shape {
  if (shape.kind !== 'choice' || closed.length === 0) return shape;
  return { ...shape, options: shape.options.filter((option) => !closed.includes(option.id)) };
}

interface ShapeProps {
  frame: FieldFrame;
  shape: Shape;
  at: string;
  prefix: string;
  flaws: Flaw[];
  value: unknown;
  onChange: (value: unknown) => void;
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** At most so many options stand in sight; more are a list that opens. */
const MOST_RADIOS = 6;

function ShapeField({ frame, shape, at, prefix, flaws, value, onChange }: ShapeProps) {
  const { t, language } = useSpeech();
  switch (shape.kind) {
    case 'line':
    case 'expression':
      return (
        <TextField
          {...frame}
          value={asText(value)}
          onChange={onChange}
          short={shape.max !== null && shape.max <= 12}
        />
      );
    case 'email':
      return <TextField {...frame} type="email" value={asText(value)} onChange={onChange} />;
    case 'period': {
      const said = formatPeriod(asText(value), language);
      const help = [frame.help, said !== asText(value) ? `= ${said}.` : '', t.form.periodHelp]
        .filter(Boolean)
        .join(' ');
      return <TextField {...frame} help={help} short value={asText(value)} onChange={onChange} />;
    }
    case 'time':
      return (
        <TextField
          {...frame}
          help={frame.help ?? t.form.timeHelp}
          short
          value={asText(value)}
          onChange={onChange}
        />
      );
    case 'lines':
      return (
        <LinesField
          {...frame}
          value={asText(value)}
          onChange={onChange}
          {...(shape.max === null ? {} : { limit: shape.max })}
        />
      );
    case 'date':
      return <DayField {...frame} value={asText(value)} onChange={onChange} />;
    case 'money':
      return <MoneyField frame={frame} value={value} onChange={onChange} />;
    case 'integer':
      return (
        <TextField
          {...frame}
          short
          inputMode="numeric"
          value={typeof value === 'number' ? String(value) : asText(value)}
          onChange={(typed) => onChange(/^-?\d{1,15}$/.test(typed.trim()) ? Number(typed) : typed)}
        />
      );
    case 'boolean':
      return <CheckField {...frame} value={value === true} onChange={onChange} />;
    case 'choice': {
      const props = { ...frame, options: shape.options, value: asText(value), onChange };
      return shape.options.length <= MOST_RADIOS ? (
        <RadioField {...props} />
      ) : (
        <SelectField {...props} empty={t.word.choose} />
      );
    }
    case 'choices':
      return (
        <ChecksField
          {...frame}
          options={shape.options}
          value={Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []}
          onChange={onChange}
        />
      );
    case 'documents':
      return (
        <DocumentsField
          {...frame}
          options={shape.options}
          value={Array.isArray(value) ? value.filter((each): each is number => typeof each === 'number') : []}
          onChange={onChange}
        />
      );
    case 'words':
      return <WordsField frame={frame} value={value} onChange={onChange} />;
    case 'object':
      return (
        <Nested frame={frame}>
          <SchemaForm
            prefix={prefix}
            fields={shape.fields}
            values={asValues(value)}
            demands={demandsOf(shape.fields)}
            flaws={flaws}
            at={at}
            onChange={onChange}
          />
        </Nested>
      );
    case 'list':
      return (
        <ListField
          frame={frame}
          shape={shape}
          at={at}
          prefix={prefix}
          flaws={flaws}
          value={value}
          onChange={onChange}
        />
      );
    case 'unknown':
      return (
        <div>
          <p className="kern-label">{frame.label}</p>
          <p className="kern-hint">{t.form.unknownField}</p>
        </div>
      );
  }
}

function asValues(value: unknown): Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Values) : {};
}

/**
 * An amount: typed as people write it, kept in cents; what is no amount is kept as typed and told. What was typed stays
 * in sight as long as it says the value, or „1,5“ would turn into „1,50“ under the cursor.
 */
function MoneyField({
  frame,
  value,
  onChange,
}: {
  frame: FieldFrame;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const { language } = useSpeech();
  const [typed, setTyped] = useState('');
  const read = (text: string): unknown => parseMoney(text, language) ?? text;
  const shown =
    read(typed) === value ? typed : typeof value === 'number' ? moneyToInput(value, language) : asText(value);
  return (
    <TextField
      {...frame}
      label={`${frame.label} (€)`}
      short
      inputMode="decimal"
      value={shown}
      onChange={(text) => {
        setTyped(text);
        onChange(read(text));
      }}
    />
  );
}

function WordsField({
  frame,
  value,
  onChange,
}: {
  frame: FieldFrame;
  value: unknown;
  onChange: (value: unknown) => void;
}) {
  const { t } = useSpeech();
  const words = asValues(value);
  return (
    <Nested frame={frame}>
      {(['de', 'en'] as const).map((language) => (
        <TextField
          key={language}
          id={language === 'de' ? frame.id : `${frame.id}-${language}`}
          label={language === 'de' ? t.form.german : t.form.english}
          required
          value={asText(words[language])}
          onChange={(typed) => onChange({ ...words, [language]: typed })}
        />
      ))}
    </Nested>
  );
}

function Nested({ frame: given, children }: { frame: FieldFrame; children: ReactNode }) {
  const frame = useRefused(given);
  return (
    <fieldset className="kern-fieldset fw-nested" id={`${frame.id}-group`}>
      <legend className="kern-label">
        <LabelText {...frame} />
      </legend>
      <FieldHelp id={frame.id} help={frame.help} />
      <div className="kern-fieldset__body">{children}</div>
      <FieldError id={frame.id} error={frame.error} />
    </fieldset>
  );
}

function ListField({
  frame,
  shape,
  at,
  prefix,
  flaws,
  value,
  onChange,
}: ShapeProps & { shape: Extract<Shape, { kind: 'list' }> }) {
  const { t } = useSpeech();
  const items: unknown[] = Array.isArray(value) ? value : [];
  const fresh = shape.item.kind === 'object' ? beginWith(shape.item.fields, {}) : '';
  return (
    <Nested frame={frame}>
      {items.length === 0 && <p className="kern-hint">{t.form.noEntries}</p>}
      {items.map((item, index) => (
        <div className="fw-entry" key={index}>
          <ShapeField
            frame={{
              id: controlId(prefix, `${at}/${index}`),
              label: t.form.entry(index + 1),
              error: flaws.find((flaw) => flaw.at === `${at}/${index}`)?.message,
              required: true,
            }}
            shape={shape.item}
            at={`${at}/${index}`}
            prefix={prefix}
            flaws={flaws}
            value={item}
            onChange={(next) => onChange(items.map((old, place) => (place === index ? next : old)))}
          />
          <Button
            look="tertiary"
            icon="close"
            small
            onClick={() => onChange(items.filter((_, place) => place !== index))}
          >
            {t.form.removeEntry(index + 1)}
          </Button>
        </div>
      ))}
      {(shape.max === null || items.length < shape.max) && (
        <div>
          <Button icon="add" small onClick={() => onChange([...items, fresh])}>
            {t.form.addEntry}
          </Button>
        </div>
      )}
    </Nested>
  );
}
