import { useState } from 'react';

import { setLawRow } from '../api/commands';
import type { LegalField, LegalRow, LegalTable } from '../api/shapes';
import { CommandDialog } from '../parts/command-dialog';
import { DayField } from '../parts/day-field';
import { CheckField, LinesField, SelectField, TextField } from '../parts/field';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { LawAheadPart } from './law-ahead-part';

type Said = Record<string, unknown>;

/** A text in both languages, as far as it is typed. */
interface Both {
  de?: string;
  en?: string;
}

interface LawRowDialogProps {
  table: LegalTable;
  /** None: a new one. */
  row: LegalRow | null;
  onClose: () => void;
}

/** Corrects a row of legal data, or adds one. */
export function LawRowDialog({ table, row, onClose }: LawRowDialogProps) {
  const { t, say } = useSpeech();
  const words = t.law;
  const [id, setId] = useState(row?.id ?? '');
  const [draft, setDraft] = useState<Said>(() => typed(table, row?.row ?? { disputed: false }));
  const [checked, check] = useState(false);
  const flaws = Object.fromEntries(
    table.fields.flatMap((field) => {
      const flaw = flawOf(field, draft[field.name]);
      return flaw === undefined ? [] : [[field.name, flaw === 'notDay' ? t.form.notDay : words[flaw]]];
    }),
  );
  const taken = row === null && table.rows.some((each) => each.id === id);
  const wrongId = !/^[a-z0-9-]+$/.test(id) ? words.idMissing : taken ? words.idTaken : undefined;
  return (
    <CommandDialog
      title={row === null ? words.addTo(say(table.title)) : words.editOf(row.id)}
      hint={words.hint}
      done={words.saved}
      act={t.act.save}
      ready={wrongId === undefined && Object.keys(flaws).length === 0}
      run={(command) => setLawRow(command, table.name, id, { row: read(table, draft), checked })}
      onClose={onClose}
      wide
    >
      {(tried) => (
        <>
          {row === null && (
            <TextField
              id="law-id"
              label={words.id}
              help={words.idHelp}
              required
              value={id}
              error={tried ? wrongId : undefined}
              onChange={setId}
            />
          )}
          {table.fields.map((field) => (
            <LawField
              key={field.name}
              field={field}
              value={draft[field.name]}
              error={tried ? flaws[field.name] : undefined}
              onChange={(value) => setDraft({ ...draft, [field.name]: value })}
            />
          ))}
          <CheckField
            id="law-checked"
            label={words.checked}
            help={words.checkedHelp}
            value={checked}
            onChange={check}
          />
          <LawAheadPart
            table={table.name}
            id={id}
            row={() => (wrongId === undefined && Object.keys(flaws).length === 0 ? read(table, draft) : null)}
          />
        </>
      )}
    </CommandDialog>
  );
}

interface LawFieldProps {
  field: LegalField;
  value: unknown;
  error: string | undefined;
  onChange: (value: unknown) => void;
}

function LawField({ field, value, error, onChange }: LawFieldProps) {
  const { t, say } = useSpeech();
  const title = say(field.title);
  // What else a row needs depends on the others; the server says it.
  const frame = {
    id: `law-${field.name}`,
    label: title,
    error,
    required: field.name === 'source',
    silent: true,
  };
  const text = typeof value === 'string' ? value : '';
  switch (field.kind) {
    case 'flag':
      return <CheckField {...frame} value={value === true} onChange={onChange} />;
    case 'day':
      return <DayField {...frame} value={text} onChange={onChange} />;
    case 'choice':
      return (
        <SelectField
          {...frame}
          empty={t.word.none}
          value={text}
          options={field.choices.map((choice) => ({ id: choice.id, title: say(choice.title) }))}
          onChange={onChange}
        />
      );
    case 'both': {
      const both = (value ?? {}) as Both;
      return (
        <>
          <LinesField
            {...frame}
            rows={2}
            value={both.de ?? ''}
            onChange={(de) => onChange({ ...both, de })}
          />
          <LinesField
            {...frame}
            id={`law-${field.name}-en`}
            label={t.law.english(title)}
            rows={2}
            value={both.en ?? ''}
            onChange={(en) => onChange({ ...both, en })}
          />
        </>
      );
    }
    case 'number':
      return <TextField {...frame} short inputMode="numeric" value={text} onChange={onChange} />;
    case 'list':
      return <LinesField {...frame} help={t.law.listHelp} value={text} onChange={onChange} />;
    case 'data':
      return <LinesField {...frame} help={t.law.dataHelp} value={text} onChange={onChange} />;
    case 'long':
      return <LinesField {...frame} value={text} onChange={onChange} />;
    case 'line':
      return <TextField {...frame} value={text} onChange={onChange} />;
  }
}

/** What is said as it is typed. */
function typed(table: LegalTable, row: Said): Said {
  const as = (field: LegalField, value: unknown) => {
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number') return value.toString();
    if (field.kind === 'list') return (value as string[]).join('\n');
    return field.kind === 'data' ? JSON.stringify(value, null, 2) : value;
  };
  return Object.fromEntries(table.fields.map((field) => [field.name, as(field, row[field.name])]));
}

/** What was typed as it is said; what is blank is not said. */
function read(table: LegalTable, draft: Said): Said {
  const said = table.fields.flatMap((field): [string, unknown][] => {
    const value = draft[field.name];
    if (field.kind === 'both') {
      const { de = '', en = '' } = (value ?? {}) as Both;
      const [german, english] = [de.trim(), en.trim()];
      return german === '' ? [] : [[field.name, { de: german, en: english === '' ? german : english }]];
    }
    if (field.kind === 'flag') return value === undefined ? [] : [[field.name, value]];
    const text = typeof value === 'string' ? value.trim() : '';
    if (text === '') return [];
    if (field.kind === 'number') return [[field.name, Number(text)]];
    if (field.kind === 'list') return [[field.name, text.split(/\s*\n\s*/)]];
    return [[field.name, field.kind === 'data' ? (JSON.parse(text) as unknown) : text]];
  });
  return Object.fromEntries(said);
}

function flawOf(
  field: LegalField,
  value: unknown,
): 'sourceMissing' | 'dataWrong' | 'numberWrong' | 'notDay' | undefined {
  const text = typeof value === 'string' ? value.trim() : '';
  if (field.name === 'source' && text === '') return 'sourceMissing';
  if (field.kind === 'number' && text !== '' && !/^\d+$/.test(text)) return 'numberWrong';
  if (field.kind === 'day' && text !== '' && !isDay(text)) return 'notDay';
  if (field.kind === 'data' && text !== '') {
    try {
      JSON.parse(text);
    } catch {
      return 'dataWrong';
    }
  }
  return undefined;
}
