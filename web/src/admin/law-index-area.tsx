import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type SubmitEvent, useState } from 'react';

import { isProblem } from '../api/problem';
import { lawIndexQuery, restingDeadlinesQuery } from '../api/queries';
import type { CitedLaw, LawIndexAnswer, LawUse, RestingDeadline, RestingProcess } from '../api/shapes';
import { useSession } from '../api/session';
import { Alert } from '../parts/alert';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { DayField } from '../parts/day-field';
import { TextField } from '../parts/field';
import { Loaded, Loading } from '../parts/loaded';
import { explain, ProblemAlert } from '../parts/problem';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';

/** What rests on a norm, and what a change on a key day touches. */
export function LawIndexArea() {
  const { t } = useSpeech();
  const { norm = '', on = '' } = useSearch({ from: '/shell/admin/$area' });
  const query = useQuery(lawIndexQuery(norm, on));
  const unreadable = isProblem(query.error, 'CitationUnreadable') ? query.error : null;
  return (
    <>
      <p className="kern-body">{t.lawIndex.intro}</p>
      <AskForm
        key={`${norm} ${on}`}
        norm={norm}
        on={on}
        error={unreadable === null ? undefined : t.lawIndex.unreadable(norm)}
      />
      {unreadable === null ? (
        <Loaded query={query}>
          {(answer) => (norm === '' ? <Laws laws={answer.laws} /> : <Found answer={answer} on={on} />)}
        </Loaded>
      ) : (
        <Alert tone="warning" role="alert" title={t.lawIndex.unreadable(norm)}>
          <p className="kern-body">{explain(unreadable, t)}</p>
        </Alert>
      )}
    </>
  );
}

function AskForm({ norm, on, error }: { norm: string; on: string; error: string | undefined }) {
  const { t } = useSpeech();
  const words = t.lawIndex;
  const navigate = useNavigate({ from: '/admin/$area' });
  const [typed, setTyped] = useState(norm);
  const [day, setDay] = useState(on);
  const ask = (event: SubmitEvent) => {
    event.preventDefault();
    if (day !== '' && !isDay(day)) return;
    const asked = typed.trim();
    void navigate({
      search: { norm: asked === '' ? undefined : asked, on: day === '' ? undefined : day },
    });
  };
  return (
    <form role="search" className="fw-filter fw-no-print" onSubmit={ask}>
      <div className="fw-filter__fields fw-filter__fields--open">
        <TextField
          id="law-norm"
          label={words.norm}
          help={words.normHelp}
          silent
          value={typed}
          error={error}
          onChange={setTyped}
        />
        <DayField id="law-on" label={words.on} help={words.onHelp} silent value={day} onChange={setDay} />
        <Button look="primary" type="submit" icon="search">
          {words.ask}
        </Button>
      </div>
    </form>
  );
}

function Laws({ laws }: { laws: CitedLaw[] }) {
  const { t, number } = useSpeech();
  const words = t.lawIndex;
  if (laws.length === 0) return <p className="fw-empty">{words.lawsEmpty}</p>;
  const columns: Column<CitedLaw>[] = [
    {
      id: 'law',
      title: words.law,
      header: true,
      cell: (row) => (
        <Link
          to="/admin/$area"
          params={{ area: 'law-index' }}
          search={{ norm: row.law }}
          className="kern-link"
        >
          {row.law}
        </Link>
      ),
    },
    { id: 'count', title: words.count, numeric: true, cell: (row) => number(row.count) },
  ];
  return (
    <>
      <h2 className="kern-heading-medium">{words.laws}</h2>
      <DataTable caption={words.laws} columns={columns} rows={laws} rowKey={(row) => row.law} />
    </>
  );
}

function Found({ answer, on }: { answer: LawIndexAnswer; on: string }) {
  const { t } = useSpeech();
  const words = t.lawIndex;
  const { uses, norm } = answer;
  const of = (wanted: (use: LawUse) => boolean) => uses.filter(wanted);
  const groups: { id: 'blocks' | 'processes' | 'law' | 'texts'; rows: LawUse[] }[] = [
    { id: 'blocks', rows: of((use) => use.source.kind === 'block' && use.kind !== 'text') },
    {
      id: 'processes',
      rows: of((use) => use.source.kind === 'process' && !isText(use) && use.kind !== 'law'),
    },
    // What is told under the key day already is not told again.
    { id: 'law', rows: of((use) => use.kind === 'law' && use.row?.turns !== true) },
    { id: 'texts', rows: of(isText) },
  ];
  return (
    <>
      <div className="fw-area-head">
        <h2 className="kern-heading-medium">{words.of(norm)}</h2>
        <div className="fw-actions fw-no-print">
          <Button look="tertiary" small onClick={() => window.print()}>
            {words.print}
          </Button>
          <Link to="/admin/$area" params={{ area: 'law-index' }} search={{}} className="kern-link">
            {words.all}
          </Link>
        </div>
      </div>
      <p className={uses.length === 0 ? 'fw-empty' : 'fw-count-line'} role="status">
        {uses.length === 0 ? `${words.nothing} ${words.nothingHelp}` : words.found(uses.length)}
      </p>
      {on !== '' && <Turning uses={of((use) => use.row?.turns === true)} />}
      {groups
        .filter(({ rows }) => rows.length > 0)
        .map(({ id, rows }) => (
          <section key={id}>
            <h3 className="kern-heading-small">{words.groups[id]}</h3>
            <Uses caption={words.groups[id]} uses={rows} />
          </section>
        ))}
      <section>
        <h3 className="kern-heading-small">{words.groups.open}</h3>
        <Processes processes={answer.processes} />
        <Deadlines norm={norm} on={on} />
      </section>
    </>
  );
}

const isText = (use: LawUse) => use.kind === 'text';

function Turning({ uses }: { uses: LawUse[] }) {
  const { t } = useSpeech();
  const words = t.lawIndex;
  return (
    <section>
      <h3 className="kern-heading-small">{words.groups.turning}</h3>
      {uses.length === 0 ? (
        <p className="fw-empty">{words.turningEmpty}</p>
      ) : (
        <Uses caption={words.groups.turning} uses={uses} />
      )}
    </section>
  );
}

function Uses({ caption, uses }: { caption: string; uses: LawUse[] }) {
  const { t } = useSpeech();
  const words = t.lawIndex;
  const columns: Column<LawUse>[] = [
    { id: 'place', title: words.columns.place, header: true, cell: (use) => <PlaceCell use={use} /> },
    {
      id: 'norms',
      title: words.columns.norms,
      cell: (use) => (
        <>
          {use.norms.join('; ')}
          <span className="fw-sub">{words.fits[use.fit]}</span>
        </>
      ),
    },
    {
      id: 'file',
      title: words.columns.file,
      cell: (use) => <span className="fw-break">{words.line(use.file, use.line)}</span>,
    },
  ];
  const rows = uses.map((use, index) => ({ ...use, key: `${index} ${use.file} ${use.line}` }));
  return <DataTable caption={caption} columns={columns} rows={rows} rowKey={(use) => use.key} />;
}

/** What it is, with a way there. */
function PlaceCell({ use }: { use: LawUse }) {
  const { t, say, day } = useSpeech();
  const words = t.lawIndex;
  const what = use.title === null || use.kind === use.source.kind ? words.kinds[use.kind] : say(use.title);
  const sub = [
    use.kind === use.source.kind || use.title === null || use.kind === 'step' ? '' : words.kinds[use.kind],
    use.step === null ? '' : words.stepOf(use.step),
  ];
  if (use.row !== null) {
    const { row } = use;
    const [from, to] = [row.valid_from, row.valid_to];
    return (
      <>
        <LawLink table={row.table} id={row.id} known={row.table_title !== null} />
        <span className="fw-sub">
          {row.table_title === null ? row.table : say(row.table_title)},{' '}
          {t.law.validity(from && day(from), to && day(to))}
        </span>
        <span className="fw-badges">
          {row.turns && <Badge tone="info">{words.turns}</Badge>}
          {row.holds === false && <Badge>{words.holdsNot}</Badge>}
          {row.checked_by === null && <Badge tone="warning">{t.law.unchecked}</Badge>}
          {row.disputed && <Badge tone="warning">{t.law.disputed}</Badge>}
          {row.own && <Badge>{t.law.own}</Badge>}
        </span>
      </>
    );
  }
  return (
    <>
      <SourceLink use={use} />: {what}
      <span className="fw-sub">{sub.filter((part) => part !== '').join(', ')}</span>
    </>
  );
}

function LawLink({ table, id, known }: { table: string; id: string; known: boolean }) {
  const { permissions } = useSession();
  if (!known || !permissions.administer) return <span className="fw-break">{id}</span>;
  return (
    <Link
      to="/admin/$area"
      params={{ area: 'law' }}
      search={{ table, row: id }}
      className="kern-link fw-break"
    >
      {id}
    </Link>
  );
}

function SourceLink({ use }: { use: LawUse }) {
  const { say } = useSpeech();
  const { permissions } = useSession();
  const title = say(use.source_title);
  if (use.source.kind === 'process') {
    const step = use.step === null ? {} : { step: use.step };
    return (
      <Link to="/designer/$id" params={{ id: use.source.id }} search={step} className="kern-link">
        {title}
      </Link>
    );
  }
  if (!permissions.administer) return title;
  return (
    <Link to="/admin/$area" params={{ area: 'blocks' }} className="kern-link">
      {title}
    </Link>
  );
}

function Processes({ processes }: { processes: RestingProcess[] }) {
  const { t, say } = useSpeech();
  const words = t.lawIndex;
  if (processes.length === 0) return <p className="fw-empty">{words.openEmpty}</p>;
  const columns: Column<RestingProcess>[] = [
    {
      id: 'process',
      title: words.columns.process,
      header: true,
      cell: (row) => (
        <Link to="/designer/$id" params={{ id: row.process }} className="kern-link">
          {say(row.title)}
        </Link>
      ),
    },
    {
      id: 'by',
      title: words.columns.by,
      cell: (row) => [...(row.itself ? [words.itself] : []), ...row.blocks.map(words.byBlock)].join(', '),
    },
    {
      id: 'open',
      title: words.columns.open,
      numeric: true,
      cell: (row) =>
        row.open === null ? (
          words.unseen
        ) : (
          <Link to="/cases" search={{ state: 'open', process: row.process }} className="kern-link">
            {row.open_capped ? t.word.atLeast(row.open) : row.open}
            <span className="kern-sr-only"> {say(row.title)}</span>
          </Link>
        ),
    },
  ];
  return (
    <>
      <p className="kern-body">{words.openHint}</p>
      <DataTable
        caption={words.groups.open}
        columns={columns}
        rows={processes}
        rowKey={(row) => row.process}
      />
    </>
  );
}

function Deadlines({ norm, on }: { norm: string; on: string }) {
  const { t } = useSpeech();
  const words = t.lawIndex;
  const [asked, setAsked] = useState(false);
  return (
    <>
      <h4 className="kern-title">{words.deadlines}</h4>
      <p className="kern-body">{words.deadlinesHint}</p>
      {asked ? (
        <DeadlineList norm={norm} on={on} />
      ) : (
        <div className="fw-no-print">
          <Button look="secondary" icon="search" onClick={() => setAsked(true)}>
            {words.deadlinesLook}
          </Button>
        </div>
      )}
    </>
  );
}

function DeadlineList({ norm, on }: { norm: string; on: string }) {
  const { t, say, day } = useSpeech();
  const words = t.lawIndex;
  const query = useInfiniteQuery(restingDeadlinesQuery(norm, on));
  if (query.data === undefined) {
    if (!query.isError) return <Loading />;
    return (
      <ProblemAlert error={query.error} title={t.failure.loading} onRetry={() => void query.refetch()} />
    );
  }
  const rows = query.data.pages.flatMap((page) => page.items);
  const lookedAt = query.data.pages.reduce((sum, page) => sum + page.looked_at, 0);
  const columns: Column<RestingDeadline>[] = [
    {
      id: 'case',
      title: words.columns.case,
      header: true,
      cell: (row) => (
        <Link to="/cases/$id" params={{ id: row.case }} search={{ tab: 'deadlines' }} className="kern-link">
          {row.number ?? row.case}
        </Link>
      ),
    },
    { id: 'deadline', title: words.columns.deadline, cell: (row) => say(row.title) },
    {
      id: 'end',
      title: words.columns.end,
      cell: (row) => (row.state === 'waiting' ? words.waiting : row.end && day(row.end)),
    },
    {
      id: 'norms',
      title: words.columns.norms,
      cell: (row) => (
        <>
          {row.norms.join('; ')}
          <span className="fw-sub">{words.fits[row.fit]}</span>
        </>
      ),
    },
  ];
  return (
    <>
      <p className="fw-count-line" role="status">
        {rows.length === 0 ? `${words.deadlinesEmpty} ` : ''}
        {words.lookedAt(lookedAt)}
      </p>
      {rows.length > 0 && (
        <DataTable
          caption={words.deadlines}
          columns={columns}
          rows={rows}
          rowKey={(row) => `${row.case} ${row.title.de} ${row.end ?? ''}`}
        />
      )}
      {query.hasNextPage && (
        <p className="fw-more fw-no-print">
          <Button pending={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            {words.deadlinesMore}
          </Button>
        </p>
      )}
    </>
  );
}
