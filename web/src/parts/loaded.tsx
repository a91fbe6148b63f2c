import type { UseInfiniteQueryResult, UseQueryResult, InfiniteData } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import type { Page as Portion } from '../api/shapes';
import { useSpeech } from '../texts/language';
import { Button } from './button';
import { Page } from './page';
import { ProblemAlert } from './problem';

/** Shown while something is loaded. Appears late, so that quick answers do not flicker. */
export function Loading({ label }: { label?: string }) {
  const { t } = useSpeech();
  return (
    <div className="fw-loading" role="status">
      <span className="kern-loader kern-loader--visible fw-loading__ring" aria-hidden="true" />
      <span>{label ?? t.app.loading}</span>
    </div>
  );
}

/** The data of a query, or that it is loading, or why it could not be loaded. */
export function Loaded<T>({
  query,
  label,
  children,
}: {
  query: UseQueryResult<T>;
  /** What is said while it takes long. */
  label?: string;
  children: (data: T) => ReactNode;
}) {
  const { t } = useSpeech();
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return (
      <ProblemAlert error={query.error} title={t.failure.loading} onRetry={() => void query.refetch()} />
    );
  }
  return <Loading {...(label === undefined ? {} : { label })} />;
}

/** The same for what is a whole page: it has a heading also while it is loading and when it could not be loaded. */
export function LoadedPage<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}) {
  const { t } = useSpeech();
  if (query.data !== undefined) return children(query.data);
  if (query.isError) {
    return (
      <Page title={t.failure.title}>
        <ProblemAlert error={query.error} title={t.failure.loading} onRetry={() => void query.refetch()} />
      </Page>
    );
  }
  return (
    <>
      {/* Takes no focus: that belongs to the heading that is coming. */}
      <h1 className="kern-sr-only">{t.app.loading}</h1>
      <Loading />
    </>
  );
}

export type PagedQuery<T> = UseInfiniteQueryResult<InfiniteData<Portion<T>>>;

/** The rows of a list so far, or that it is loading, or why not. */
export function LoadedPages<T>({
  query,
  children,
}: {
  query: PagedQuery<T>;
  children: (rows: T[], total: number, capped: boolean) => ReactNode;
}) {
  const { t } = useSpeech();
  const first = query.data?.pages[0];
  if (first !== undefined) {
    const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
    return (
      <>
        {children(rows, first.total, first.total_capped)}
        {query.hasNextPage && (
          <p className="fw-more">
            <span className="fw-muted">
              {t.inbox.more(
                rows.length,
                first.total_capped ? t.word.atLeast(first.total) : String(first.total),
              )}
            </span>
            <Button pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t.act.more}
            </Button>
          </p>
        )}
      </>
    );
  }
  if (query.isError) {
    return (
      <ProblemAlert error={query.error} title={t.failure.loading} onRetry={() => void query.refetch()} />
    );
  }
  return <Loading />;
}
