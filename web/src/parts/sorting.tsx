// In which order a list is shown: chosen in its filters, or by the heads of its columns.
import { useSpeech } from '../texts/language';
import type { Texts } from '../texts/de';
import { SelectField } from './field';
import type { Field } from './form/profile';

/** By what, and whether the other way round. */
export interface Sorting {
  sort: string;
  descending?: boolean | undefined;
}

/** The order that an address names; else this one. */
export function sortingOf(search: Partial<Sorting>, otherwise: string): Sorting {
  const { sort = otherwise, descending } = search;
  return descending === true ? { sort, descending } : { sort };
}

/** The order without one by a declared column: another process has other columns. */
export function withoutColumns(search: Partial<Sorting>): {
  sort?: string | undefined;
  descending?: boolean | undefined;
} {
  return search.sort?.startsWith('column.') === true
    ? { sort: undefined, descending: undefined }
    : { sort: search.sort, descending: search.descending };
}

/** By what one sorts to have the order of a declared column. */
export function columnSort(field: Field): string {
  return `column.${field.name}`;
}

/** The order after somebody chose what to sort by: the same once more turns it round. */
export function turned(sorting: Sorting, sort: string): Sorting {
  const descending = sorting.sort === sort && sorting.descending !== true;
  return { sort, descending: descending ? true : undefined };
}

/** By what a list is sorted, and in which direction. */
export function SortFields({
  sorting,
  words,
  declared,
  onChange,
}: {
  sorting: Sorting;
  words: (keyof Texts['sorting']['words'])[];
  declared: Field[];
  onChange: (next: Sorting) => void;
}) {
  const { t } = useSpeech();
  const options = [
    ...words.map((id): { id: string; title: string } => ({ id, title: t.sorting.words[id] })),
    ...declared.map((field) => ({ id: columnSort(field), title: field.title })),
  ];
  return (
    <>
      <SelectField
        id="filter-sort"
        label={t.sorting.by}
        silent
        value={sorting.sort}
        options={options}
        onChange={(sort) => onChange({ sort, descending: undefined })}
      />
      {sorting.sort !== 'newest' && (
        <SelectField
          id="filter-direction"
          label={t.sorting.direction}
          silent
          value={sorting.descending === true ? 'down' : 'up'}
          options={(['up', 'down'] as const).map((id) => ({ id, title: t.sorting.directions[id] }))}
          onChange={(direction) =>
            onChange({ sort: sorting.sort, descending: direction === 'down' ? true : undefined })
          }
        />
      )}
    </>
  );
}
