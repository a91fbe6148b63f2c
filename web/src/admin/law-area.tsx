import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { removeLawRow } from '../api/commands';
import { lawQuery } from '../api/queries';
import type { LegalRow, LegalTable } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { SelectField } from '../parts/field';
import { FilterBar, SearchField } from '../parts/filter-bar';
import { Loaded } from '../parts/loaded';
import { useSpeech } from '../texts/language';
import { ConfirmDialog } from './confirm-dialog';
import { LawRowDialog } from './law-row-dialog';

type State = 'all' | 'unchecked' | 'disputed' | 'own';
const STATES: State[] = ['all', 'unchecked', 'disputed', 'own'];

/** Law as data: what was compared with the promulgated text, by whom, and what the authority has set itself. */
export function LawArea() {
  const { t } = useSpeech();
  const query = useQuery(lawQuery);
  return (
    <>
      <div className="fw-area-head">
        <p className="kern-body">{t.law.intro}</p>
      </div>
      <Loaded query={query}>{({ tables }) => <Tables tables={tables} />}</Loaded>
    </>
  );
}

function Tables({ tables }: { tables: LegalTable[] }) {
  const { t, say } = useSpeech();
  const words = t.law;
  const asked = useSearch({ from: '/shell/admin/$area' });
  const [name, setName] = useState(asked.table ?? tables[0]?.name ?? '');
  const [state, setState] = useState<State>('all');
  const [search, setSearch] = useState(asked.row ?? '');
  const [edited, edit] = useState<LegalRow | 'new' | null>(null);
  const [removed, remove] = useState<LegalRow | null>(null);
  const table = tables.find((each) => each.name === name);
  if (table === undefined) return null;
  const shown = table.rows.filter((row) => isIn(row, state) && matches(row, search));
  const unread = tables.flatMap((each) => each.rows.filter((row) => row.unread).map((row) => row.id));
  return (
    <>
      {unread.length > 0 && (
        <Alert tone="warning" title={words.unreadTitle}>
          <p className="kern-body">
            {words.unreadText} {unread.join(', ')}
          </p>
        </Alert>
      )}
      <FilterBar
        active={(state === 'all' ? 0 : 1) + (search === '' ? 0 : 1)}
        onReset={() => {
          setState('all');
          setSearch('');
        }}
      >
        <SelectField
          id="law-table"
          label={words.table}
          silent
          value={name}
          options={tables.map((each) => ({ id: each.name, title: say(each.title) }))}
          onChange={setName}
        />
        <SelectField
          id="law-state"
          label={words.state}
          silent
          value={state}
          options={STATES.map((id) => ({ id, title: words.states[id] }))}
          onChange={(next) => setState(next as State)}
        />
        <SearchField id="law-search" label={words.search} value={search} onChange={setSearch} />
      </FilterBar>
      <p className="fw-count-line" role="status">
        {shown.length === 0 ? words.noMatch : words.count(shown.length, table.rows.length)}{' '}
        {words.keyDay(say(table.key_day))}
      </p>
      {shown.length > 0 && <Rows table={table} rows={shown} onEdit={edit} onRemove={remove} />}
      <div>
        <Button look="secondary" icon="add" onClick={() => edit('new')}>
          {words.add}
        </Button>
      </div>
      {edited !== null && (
        <LawRowDialog table={table} row={edited === 'new' ? null : edited} onClose={() => edit(null)} />
      )}
      {removed !== null && (
        <ConfirmDialog
          title={words.takeBackOf(removed.id)}
          warning={words.takeBackWarning}
          act={words.takeBack}
          done={words.takenBack}
          resource="law"
          command={() => removeLawRow(table.name, removed.id)}
          onClose={() => remove(null)}
        />
      )}
    </>
  );
}

interface RowsProps {
  table: LegalTable;
  rows: LegalRow[];
  onEdit: (row: LegalRow) => void;
  onRemove: (row: LegalRow) => void;
}

function Rows({ table, rows, onEdit, onRemove }: RowsProps) {
  const { t, say, day } = useSpeech();
  const words = t.law;
  const text = (row: LegalRow, field: string) => {
    const said = row.row[field];
    return typeof said === 'string' ? said : null;
  };
  const columns: Column<LegalRow>[] = [
    {
      id: 'row',
      title: words.columns.row,
      header: true,
      cell: (row) => (
        <>
          <span className="fw-break">{row.id}</span>
          <span className="fw-sub">{summary(row, table, say)}</span>
        </>
      ),
    },
    { id: 'norm', title: words.columns.norm, cell: (row) => <Norm norm={text(row, 'norm') ?? ''} /> },
    {
      id: 'validity',
      title: words.columns.validity,
      cell: (row) => {
        const [from, to] = [text(row, 'valid_from'), text(row, 'valid_to')];
        return words.validity(from && day(from), to && day(to));
      },
    },
    {
      id: 'state',
      title: words.columns.state,
      cell: (row) => {
        const checked = text(row, 'checked_by');
        return (
          <div className="fw-badges">
            {checked === null ? (
              <Badge tone="warning">{words.unchecked}</Badge>
            ) : (
              <Badge tone="success">{words.checkedBy(checked)}</Badge>
            )}
            {row.row.disputed === true && <Badge tone="warning">{words.disputed}</Badge>}
            {row.own && <Badge>{row.built_in ? `${words.own}, ${words.replaced}` : words.own}</Badge>}
            {row.unread && <Badge tone="danger">{words.unread}</Badge>}
          </div>
        );
      },
    },
    {
      id: 'action',
      title: words.columns.action,
      quiet: true,
      cell: (row) => (
        <div className="fw-actions">
          <Button small icon="edit" onClick={() => onEdit(row)} aria-label={words.editOf(row.id)}>
            {words.edit}
          </Button>
          {row.own && (
            <Button small icon="close" onClick={() => onRemove(row)} aria-label={words.takeBackOf(row.id)}>
              {words.takeBack}
            </Button>
          )}
        </div>
      ),
    },
  ];
  return <DataTable caption={say(table.title)} columns={columns} rows={rows} rowKey={(row) => row.id} />;
}

/** A norm, with the way to what else rests on it. */
function Norm({ norm }: { norm: string }) {
  const { t } = useSpeech();
  if (norm === '') return null;
  return (
    <Link
      to="/admin/$area"
      params={{ area: 'law-index' }}
      search={{ norm }}
      className="kern-link"
      title={t.lawIndex.of(norm)}
    >
      {norm}
    </Link>
  );
}

/** What a row is about, in a line: what can be chosen in it. */
function summary(row: LegalRow, table: LegalTable, say: ReturnType<typeof useSpeech>['say']): string {
  const parts = table.fields.flatMap((field) => {
    const said = row.row[field.name];
    const choice = field.choices.find((each) => each.id === said);
    if (choice) return [say(choice.title)];
    return field.kind === 'line' && field.name !== 'norm' && typeof said === 'string' ? [said] : [];
  });
  return parts.join(' · ');
}

function isIn(row: LegalRow, state: State): boolean {
  switch (state) {
    case 'unchecked':
      return typeof row.row.checked_by !== 'string';
    case 'disputed':
      return row.row.disputed === true;
    case 'own':
      return row.own;
    case 'all':
      return true;
  }
}

function matches(row: LegalRow, search: string): boolean {
  const text = `${row.id} ${JSON.stringify(row.row)}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
