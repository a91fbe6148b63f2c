import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { casesQuery } from '../api/queries';
import { RadioField } from '../parts/field';
import { SearchField } from '../parts/filter-bar';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';

/** So many cases are offered at once; a search finds the others. */
const OFFERED = 8;

interface CaseChoiceProps {
  id: string;
  label: string;
  /** The case that is not offered. */
  except: string;
  /** Whether only cases are offered that go on. */
  openOnly?: boolean;
  value: string;
  /** Whether somebody has tried to go on without a choice. */
  tried: boolean;
  onChange: (id: string) => void;
}

/** Another case, found by its number or by what else is known of it. */
export function CaseChoice({ id, label, except, openOnly, value, tried, onChange }: CaseChoiceProps) {
  const { t } = useSpeech();
  const words = t.case.beside.relation;
  const [sought, setSought] = useState('');
  const found = useInfiniteQuery(
    casesQuery({ q: sought === '' ? undefined : sought, open: openOnly ? true : undefined }),
  );
  const others = (found.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((other) => other.id !== except)
    .slice(0, OFFERED);
  const chosen = others.some((other) => other.id === value);
  return (
    <>
      <SearchField
        id={`${id}-search`}
        label={words.search}
        value={sought}
        onChange={(text) => {
          setSought(text);
          // What is chosen is what is seen.
          onChange('');
        }}
      />
      {found.isError && <ProblemAlert error={found.error} />}
      <p className={others.length === 0 ? 'fw-muted' : 'kern-sr-only'} role="status">
        {found.isSuccess &&
          (others.length > 0 ? words.found(others.length) : openOnly ? words.noneFound : words.noOther)}
      </p>
      {others.length > 0 && (
        <RadioField
          id={id}
          label={label}
          required
          value={value}
          options={others.map((other) => ({
            id: other.id,
            title: [other.number ?? t.inbox.noNumber, other.subject].filter(Boolean).join(' · '),
          }))}
          error={tried && !chosen ? words.chooseCase : undefined}
          onChange={onChange}
        />
      )}
    </>
  );
}
