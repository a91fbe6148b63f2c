import { type ReactNode, useState } from 'react';

import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { Button } from './button';
import { DayField } from './day-field';
import { useDebounced } from './debounced';
import { SelectField, TextField } from './field';
import type { Field } from './form/profile';

/** The filters of a list; on a narrow screen behind a button. */
export function FilterBar({
  active,
  onReset,
  children,
}: {
  active: number;
  onReset: () => void;
  children: ReactNode;
}) {
  const { t } = useSpeech();
  const [open, setOpen] = useState(false);
  return (
    <search className="fw-filter">
      <div className="fw-filter__toggle">
        <Button icon="search" small aria-expanded={open} onClick={() => setOpen(!open)}>
          {active > 0 ? `${t.inbox.filter}: ${t.inbox.filterActive(active)}` : t.inbox.filter}
        </Button>
      </div>
      <div className={open ? 'fw-filter__fields fw-filter__fields--open' : 'fw-filter__fields'}>
        {children}
        {active > 0 && (
          <Button look="tertiary" icon="close" small onClick={onReset}>
            {t.act.reset}
          </Button>
        )}
      </div>
    </search>
  );
}

/** A text to search for. */
export function SearchField({
  id,
  label,
  help,
  value,
  onChange,
}: {
  id: string;
  label: string;
  help?: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const [typed, setTyped] = useDebounced(value, onChange);
  return (
    <TextField id={id} label={label} help={help} silent type="search" value={typed} onChange={setTyped} />
  );
}

/** A day to filter by; what is no day filters nothing, and is told. */
export function DayFilter({
  id,
  label,
  value,
  onChange,
}: {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
}) {
  const [typed, setTyped] = useDebounced(value, (next) => {
    if (next === '' || isDay(next)) onChange(next);
  });
  return <DayField id={id} label={label} silent value={typed} onChange={setTyped} />;
}

/** The filters by column with one of them changed; undefined when none is left. */
export function withColumn(
  columns: Record<string, string> | undefined,
  name: string,
  value: string,
): Record<string, string> | undefined {
  const next = new Map(Object.entries(columns ?? {}));
  if (value === '') next.delete(name);
  else next.set(name, value);
  return next.size === 0 ? undefined : Object.fromEntries(next);
}

/** The filter of a declared column, by the kind of its field. */
export function ColumnFilter({
  field,
  value,
  onChange,
}: {
  field: Field;
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useSpeech();
  const id = `filter-${field.name}`;
  if (field.shape.kind === 'choice') {
    return (
      <SelectField
        id={id}
        label={field.title}
        silent
        value={value}
        options={field.shape.options}
        empty={t.word.all}
        onChange={onChange}
      />
    );
  }
  if (field.shape.kind === 'boolean') {
    const options = [
      { id: 'true', title: t.word.yes },
      { id: 'false', title: t.word.no },
    ];
    return (
      <SelectField
        id={id}
        label={field.title}
        silent
        value={value}
        options={options}
        empty={t.word.all}
        onChange={onChange}
      />
    );
  }
  if (field.shape.kind === 'date') {
    return <DayFilter id={id} label={field.title} value={value} onChange={onChange} />;
  }
  return <SearchField id={id} label={field.title} value={value} onChange={onChange} />;
}
