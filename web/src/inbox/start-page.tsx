import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type SyntheticEvent, useMemo, useState } from 'react';

import { beginWithItem, startCase } from '../api/commands';
import { isProblem } from '../api/problem';
import { itemQuery, processesQuery, processQuery, startableQuery } from '../api/queries';
import { useSession, useToday } from '../api/session';
import type { IncomingItem, ProcessDetail, Values } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { DayField } from '../parts/day-field';
import { CheckField } from '../parts/field';
import { demandsOf, findFlaws, type Flaw } from '../parts/form/check';
import { FlawSummary } from '../parts/form/flaw-summary';
import { flawsFrom } from '../parts/form/misfits';
import { readFields } from '../parts/form/profile';
import { SchemaForm } from '../parts/form/schema-form';
import { beginWith, compact } from '../parts/form/values';
import { Loaded } from '../parts/loaded';
import { notify } from '../parts/notices';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem';
import { dayFlaw } from '../texts/day';
import { addDays, isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { draftKey, dropDraft } from './draft';
import { useDraft } from './use-draft';

/** Begins a case by hand: which process, when it came in, what it says. */
export function StartPage() {
  const { t } = useSpeech();
  const { process, item } = useSearch({ from: '/shell/start' });
  return (
    <Page title={t.start.title}>
      {item !== undefined ? (
        <StartWithItem item={item} process={process} />
      ) : process === undefined ? (
        <ChooseProcess />
      ) : (
        <StartForm key={process} process={process} />
      )}
    </Page>
  );
}

function ChooseProcess() {
  const { t, say, list } = useSpeech();
  const session = useSession();
  const query = useQuery(processesQuery);
  return (
    <Loaded query={query}>
      {(processes) => {
        const mine = processes.filter((each) => each.current && session.permissions.start.includes(each.id));
        if (mine.length === 0) return <p className="kern-body">{t.start.none}</p>;
        return (
          <>
            <h2 className="kern-heading-small">{t.start.choose}</h2>
            <ul className="fw-choices">
              {mine.map((each) => (
                <li key={each.id}>
                  <Link to="/start" search={{ process: each.id }} className="kern-link fw-choices__link">
                    {say(each.title)}
                  </Link>
                  {each.legal_basis.length > 0 && (
                    <span className="fw-sub">{t.start.legal(list(each.legal_basis))}</span>
                  )}
                </li>
              ))}
            </ul>
          </>
        );
      }}
    </Loaded>
  );
}

function StartForm({ process }: { process: string }) {
  const { t, say } = useSpeech();
  const query = useQuery(processQuery(process));
  const all = useQuery(processesQuery);
  const listed = all.data?.find((each) => each.id === process);
  // An address may be kept longer than a process is in use.
  if (listed && !listed.current)
    return (
      <Alert tone="info" title={t.start.retired(say(listed.title))}>
        <p>
          <Link to="/start" search={{}} className="kern-link">
            {t.start.change}
          </Link>
        </p>
      </Alert>
    );
  return (
    <Loaded query={all}>
      {() => <Loaded query={query}>{(detail) => <DataForm detail={detail} />}</Loaded>}
    </Loaded>
  );
}

/** Begins a case with an item of the incoming post; of any process, because post comes for all of them. */
function StartWithItem({ item: id, process }: { item: string; process: string | undefined }) {
  const { t, say } = useSpeech();
  const words = t.incoming.begin;
  const item = useQuery(itemQuery(id));
  const startable = useQuery(startableQuery);
  const detail = useQuery({ ...processQuery(process ?? ''), enabled: process !== undefined });
  return (
    <Loaded query={item}>
      {(item) => (
        <>
          <p className="kern-body">{words.of(item.subject ?? t.incoming.noSubject)}</p>
          {process !== undefined ? (
            <Loaded query={detail}>
              {(detail) => <DataForm key={process} detail={detail} item={item} />}
            </Loaded>
          ) : (
            <Loaded query={startable}>
              {(all) =>
                all.length === 0 ? (
                  <p className="kern-body">{words.none}</p>
                ) : (
                  <>
                    <h2 className="kern-heading-small">{words.choose}</h2>
                    <ul className="fw-choices">
                      {all.map((each) => (
                        <li key={each.process}>
                          <Link
                            to="/start"
                            search={{ item: id, process: each.process }}
                            className="kern-link fw-choices__link"
                          >
                            {say(each.title)}
                          </Link>
                        </li>
                      ))}
                    </ul>
                  </>
                )
              }
            </Loaded>
          )}
        </>
      )}
    </Loaded>
  );
}

// Beside the data fields in the draft; no field can be called so.
const RECEIVED = '@received';
const LONG_AGO = '@long-ago';

function DataForm({ detail, item }: { detail: ProcessDetail; item?: IncomingItem }) {
  const speech = useSpeech();
  const { t, say, list, dayLong, instant } = speech;
  const session = useSession();
  const today = useToday();
  const client = useQueryClient();
  const navigate = useNavigate();
  const fields = useMemo(() => readFields(detail.data_schema), [detail.data_schema]);
  const key = draftKey(
    session.tenant.id,
    session.person.id,
    `start:${detail.id}${item === undefined ? '' : `:${item.id}`}`,
  );
  const draft = useDraft(key);
  const { [RECEIVED]: kept, ...edits } = draft.edits;
  const received = item?.received_on ?? (typeof kept === 'string' ? kept : today);
  const values: Values = { ...beginWith(fields, {}), ...edits };
  const longAgo = isDay(received) && received < addDays(today, -365);
  const [confirmed, setConfirmed] = useState('');
  const [flaws, setFlaws] = useState<Flaw[]>([]);
  const [attempt, setAttempt] = useState(0);

  const start = useCommand({
    run: (command): Promise<{ case: string }> =>
      item !== undefined
        ? beginWithItem(item.id, command, {
            process: detail.id,
            data: compact(values),
            reason: t.incoming.begin.reason,
          })
        : startCase(command, {
            process: detail.id,
            channel: 'manual',
            data: compact(values),
            received_on: received,
          }),
    onSuccess: async (answer: { case: string }) => {
      dropDraft(window.sessionStorage, key);
      notify({ tone: 'success', title: t.start.done, survives: 1 });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      void client.invalidateQueries({ queryKey: ['cases'] });
      void client.invalidateQueries({ queryKey: ['incoming'] });
      // Whoever works in the post room does not see the case.
      if (item !== undefined) return navigate({ to: '/incoming/$id', params: { id: item.id } });
      await navigate({ to: '/cases/$id', params: { id: answer.case } });
    },
    onError: (error) => {
      if (!isProblem(error, 'ValuesInvalid')) return;
      const told = flawsFrom(error.misfits, fields, say);
      // The day of receipt is no field of the process.
      const named = told.map((flaw) =>
        flaw.at === '/received_on' ? { ...flaw, at: `/${RECEIVED}`, title: t.start.received } : flaw,
      );
      setFlaws(named);
      setAttempt((count) => count + 1);
    },
  });

  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const found = findFlaws(fields, values, demandsOf(fields), speech);
    const day: Flaw[] = !isDay(received)
      ? [{ at: `/${RECEIVED}`, title: t.start.received, message: dayFlaw(received, speech) ?? t.form.notDay }]
      : received > today
        ? [{ at: `/${RECEIVED}`, title: t.start.received, message: t.start.receivedFuture }]
        : longAgo && confirmed !== received
          ? [{ at: `/${LONG_AGO}`, title: t.start.received, message: t.start.confirmLongAgo }]
          : [];
    setFlaws([...day, ...found]);
    if (day.length + found.length > 0) setAttempt((count) => count + 1);
    else start.mutate();
  };

  return (
    <form className="fw-form" noValidate onSubmit={submit}>
      <div className="fw-start-head">
        <p className="kern-body kern-body--bold">{say(detail.title)}</p>
        {detail.legal_basis.length > 0 && <p className="fw-sub">{t.start.legal(list(detail.legal_basis))}</p>}
        <Link
          to="/start"
          search={item === undefined ? {} : { item: item.id }}
          className="kern-link kern-link--small"
        >
          {t.start.change}
        </Link>
      </div>
      {draft.restored !== null && (
        <Alert tone="info" title={t.task.draftRestored(instant(draft.restored))} role="status">
          {item === undefined && typeof kept === 'string' && kept !== today && (
            <p className="kern-body">{t.start.draftDay(kept === '' ? '' : dayLong(kept))}</p>
          )}
          <div>
            <Button
              small
              onClick={() => {
                draft.discard();
                setFlaws([]);
              }}
            >
              {t.task.draftDiscard}
            </Button>
          </div>
        </Alert>
      )}
      <FlawSummary prefix="start" flaws={flaws} attempt={attempt} heading={2} />
      {start.isError && !isProblem(start.error, 'ValuesInvalid') && <ProblemAlert error={start.error} />}
      {item === undefined && (
        <DayField
          id={`start-${RECEIVED}`}
          label={t.start.received}
          help={t.start.receivedHelp}
          required
          value={received}
          error={flaws.find((flaw) => flaw.at === `/${RECEIVED}`)?.message}
          onChange={(day) => draft.change({ ...draft.edits, [RECEIVED]: day })}
        />
      )}
      {longAgo && (
        <Alert tone="warning" title={t.start.longAgo(dayLong(received))}>
          <CheckField
            id={`start-${LONG_AGO}`}
            label={t.start.reallyLongAgo}
            value={confirmed === received}
            error={flaws.find((flaw) => flaw.at === `/${LONG_AGO}`)?.message}
            onChange={(yes) => setConfirmed(yes ? received : '')}
          />
        </Alert>
      )}
      <h2 className="kern-heading-small">{t.start.data}</h2>
      <SchemaForm
        prefix="start"
        fields={fields}
        values={values}
        demands={demandsOf(fields)}
        flaws={flaws}
        onChange={(next) => draft.change({ ...next, ...(kept === undefined ? {} : { [RECEIVED]: kept }) })}
      />
      <div className="fw-submit">
        <Button look="primary" type="submit" pending={start.isPending}>
          {t.start.submit}
        </Button>
      </div>
    </form>
  );
}
