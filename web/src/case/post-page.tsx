import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { printPost } from '../api/commands';
import { postQuery } from '../api/queries';
import type { PostEntry } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { Dialog } from '../parts/dialog';
import { LoadedPages, type PagedQuery } from '../parts/loaded';
import { Page } from '../parts/page';
import { PdfView } from '../parts/pdf-view';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';
import { DispatchDialog, type Letter } from './dispatch-dialog';
import { DocumentLink } from './document-list';

const keyOf = (row: { case: string; document: number }): string => `${row.case}.${row.document}`;

/** Letters that wait to leave the house. */
export function PostPage() {
  const { t } = useSpeech();
  const query = useInfiniteQuery(postQuery);
  return (
    <Page title={t.post.title} wide>
      <p className="kern-body">{t.post.intro}</p>
      <PostList query={query} empty={t.post.empty} />
    </Page>
  );
}

/** A list of such letters, to be printed together and recorded as sent. */
export function PostList({ query, empty }: { query: PagedQuery<PostEntry>; empty: string }) {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [dispatching, setDispatching] = useState<Letter[] | null>(null);
  return (
    <>
      <LoadedPages query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{empty}</p>
          ) : (
            <Letters rows={rows} chosen={chosen} onChoose={setChosen} onDispatch={setDispatching} />
          )
        }
      </LoadedPages>
      {/* Not inside the list: the answer must stay in sight when the last letter has left it. */}
      {dispatching && (
        <DispatchDialog
          letters={dispatching}
          onClose={() => setDispatching(null)}
          onDone={(failed) => setChosen(new Set(failed.map(keyOf)))}
        />
      )}
    </>
  );
}

interface LettersProps {
  rows: PostEntry[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
  onDispatch: (letters: Letter[]) => void;
}

function Letters({ rows, chosen, onChoose, onDispatch }: LettersProps) {
  const { t, instant, day } = useSpeech();
  const letter = (row: PostEntry): Letter => ({
    case: row.case,
    document: row.document,
    title: row.title,
    label: row.case_number ?? t.inbox.noNumber,
  });
  const chosenRows = rows.filter((row) => chosen.has(keyOf(row)));
  const toggle = (key: string) => {
    const next = new Set(chosen);
    if (!next.delete(key)) next.add(key);
    onChoose(next);
  };
  const all = chosenRows.length === rows.length;
  const columns: Column<PostEntry>[] = [
    {
      id: 'select',
      title: t.post.columns.select,
      quiet: true,
      head: (
        <input
          type="checkbox"
          className="kern-form-check__checkbox fw-check-small"
          aria-label={t.post.selectAll}
          checked={all}
          onChange={() => onChoose(all ? new Set() : new Set(rows.map(keyOf)))}
        />
      ),
      cell: (row) => (
        <input
          type="checkbox"
          className="kern-form-check__checkbox fw-check-small"
          aria-label={t.post.selectOne(row.title, row.case_number ?? t.inbox.noNumber)}
          checked={chosen.has(keyOf(row))}
          onChange={() => toggle(keyOf(row))}
        />
      ),
    },
    {
      id: 'title',
      title: t.post.columns.title,
      header: true,
      cell: (row) => (
        <DocumentLink caseId={row.case} number={row.document}>
          {row.title}
        </DocumentLink>
      ),
    },
    {
      id: 'addressee',
      title: t.post.columns.addressee,
      cell: (row) => <span className="fw-lines-shown">{row.addressee ?? ''}</span>,
    },
    {
      id: 'case',
      title: t.post.columns.case,
      cell: (row) => (
        <Link
          to="/cases/$id"
          params={{ id: row.case }}
          search={{ tab: 'documents' }}
          className="kern-link fw-number"
        >
          {row.case_number ?? t.inbox.noNumber}
        </Link>
      ),
    },
    {
      id: 'since',
      title: t.post.columns.since,
      cell: (row) => (row.since.length > 10 ? instant(row.since) : day(row.since)),
    },
    {
      id: 'action',
      title: t.post.columns.action,
      quiet: true,
      cell: (row) => (
        <Button
          small
          onClick={() => onDispatch([letter(row)])}
          aria-label={t.documents.recordOf(`${row.title}, ${row.case_number ?? t.inbox.noNumber}`)}
        >
          {t.post.record}
        </Button>
      ),
    },
  ];
  const labelOf = (id: string, number: number) => {
    const row = chosenRows.find((row) => row.case === id && row.document === number);
    return row ? `${row.title}, ${row.case_number ?? t.inbox.noNumber}` : '';
  };
  const print = useMutation({
    mutationFn: () => printPost(chosenRows.map((row) => ({ case: row.case, document: row.document }))),
  });
  return (
    <>
      <div className="fw-bulk">
        <Button pending={print.isPending} disabled={chosenRows.length === 0} onClick={() => print.mutate()}>
          {t.preview.print}
        </Button>
        <Button
          look={chosenRows.length > 0 ? 'primary' : 'secondary'}
          icon="mail"
          disabled={chosenRows.length === 0}
          onClick={() => onDispatch(chosenRows.map(letter))}
        >
          {t.post.record}
        </Button>
        <span className="fw-muted" role="status">
          {chosenRows.length > 0 && t.post.selected(chosenRows.length)}
        </span>
      </div>
      <DataTable caption={t.post.title} columns={columns} rows={rows} rowKey={keyOf} />
      {!print.isIdle && !print.isPending && (
        <Dialog title={t.preview.together} open wide onClose={print.reset}>
          {print.isError && <ProblemAlert error={print.error} />}
          {print.isSuccess && (
            <>
              <p className="kern-body">{t.preview.togetherHint}</p>
              {print.data.left_out.length > 0 && (
                <Alert tone="warning" title={t.post.leftOut}>
                  <ul className="fw-plain-list">
                    {print.data.left_out.map(({ case: id, letter: number, title }) => (
                      <li key={`${id}.${number}.${title}`}>{t.post.leftOutOf(title, labelOf(id, number))}</li>
                    ))}
                  </ul>
                </Alert>
              )}
              <PdfView title={t.post.title} file={t.post.title} pdf={print.data.pdf} />
            </>
          )}
        </Dialog>
      )}
    </>
  );
}
