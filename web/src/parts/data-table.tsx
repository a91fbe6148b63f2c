import type { ReactNode } from 'react';

import { useSpeech } from '../texts/language';
import { type Sorting, turned } from './sorting';

export interface Column<T> {
  id: string;
  title: string;
  cell: (row: T) => ReactNode;
  /** The cell that names the row. */
  header?: boolean;
  numeric?: boolean;
  /** The title is only read out, not shown (selection, actions). */
  quiet?: boolean;
  /** What stands over the column instead of its title. */
  head?: ReactNode;
  /** By what the list is sorted when somebody chooses this column. */
  sort?: string;
}

interface DataTableProps<T> {
  caption: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  current?: (row: T) => boolean;
  /** How the list is sorted, and what to do when somebody wants it otherwise. */
  sorting?: Sorting;
  onSort?: (next: Sorting) => void;
}

/**
 * A list as a table; where there is no room for one, each row becomes a card (see parts.css). The roles stand in the
 * markup because browsers forget that a table is one when its display changes.
 */
export function DataTable<T>({
  caption,
  columns,
  rows,
  rowKey,
  current,
  sorting,
  onSort,
}: DataTableProps<T>) {
  return (
    <div className="fw-table-box">
      {/* eslint-disable jsx-a11y/no-redundant-roles */}
      <table className="kern-table kern-table--small fw-table" role="table">
        <caption className="kern-sr-only">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row" className="kern-table__row">
            {columns.map((column) => (
              <th
                key={column.id}
                role="columnheader"
                scope="col"
                aria-sort={directionOf(column, sorting)}
                className={`kern-table__header fw-col-${column.id}${column.numeric ? ' kern-table__header--numeric' : ''}`}
              >
                <Head column={column} sorting={sorting} onSort={onSort} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" className="kern-table__body">
          {rows.map((row) => (
            <tr
              key={rowKey(row)}
              role="row"
              className="kern-table__row"
              aria-current={current?.(row) ? 'true' : undefined}
            >
              {columns.map((column) => (
                <Cell key={column.id} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {/* eslint-enable jsx-a11y/no-redundant-roles */}
    </div>
  );
}

function directionOf<T>(
  column: Column<T>,
  sorting: Sorting | undefined,
): 'ascending' | 'descending' | undefined {
  if (sorting === undefined || column.sort !== sorting.sort) return undefined;
  return sorting.descending === true ? 'descending' : 'ascending';
}

/** What stands over a column; a button where the list can be sorted by it. */
function Head<T>({
  column,
  sorting,
  onSort,
}: {
  column: Column<T>;
  sorting: Sorting | undefined;
  onSort: ((next: Sorting) => void) | undefined;
}) {
  const { t } = useSpeech();
  if (column.head !== undefined) return column.head;
  if (column.quiet) return <span className="kern-sr-only">{column.title}</span>;
  const { sort } = column;
  if (sort === undefined || sorting === undefined || onSort === undefined) return column.title;
  const direction = directionOf(column, sorting);
  return (
    <button
      type="button"
      className="fw-sort"
      title={t.sorting.sortBy(column.title)}
      onClick={() => onSort(turned(sorting, sort))}
    >
      {column.title}
      {direction && <span aria-hidden="true">{direction === 'ascending' ? ' ↑' : ' ↓'}</span>}
    </button>
  );
}

function Cell<T>({ column, row }: { column: Column<T>; row: T }) {
  const classes = `kern-table__cell fw-col-${column.id}${column.numeric ? ' kern-table__cell--numeric' : ''}`;
  const label = column.quiet || column.header ? undefined : column.title;
  const content = <div className="fw-cell">{column.cell(row)}</div>;
  /* eslint-disable jsx-a11y/no-interactive-element-to-noninteractive-role */
  return column.header ? (
    <th scope="row" role="rowheader" className={`${classes} fw-cell-header`} data-label={label}>
      {content}
    </th>
  ) : (
    <td role="cell" className={classes} data-label={label}>
      {content}
    </td>
  );
  /* eslint-enable jsx-a11y/no-interactive-element-to-noninteractive-role */
}
