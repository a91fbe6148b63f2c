import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';

import { giveUp, recordMessage, retryIncident } from '../api/commands';
import { caseQuery, rolesQuery } from '../api/queries';
import { useToday } from '../api/session';
import type { CaseDetail, CaseIncident, CaseTask, Wait } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Alert } from '../parts/alert';
import { Badge, DueBadge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { DayField } from '../parts/day-field';
import { Dialog } from '../parts/dialog';
import { LinesField, SelectField } from '../parts/field';
import { InterruptsField } from '../parts/interrupts-field';
import { notify } from '../parts/notices';
import { Section } from '../parts/page';
import { ProblemAlert } from '../parts/problem';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { ReasonDialog } from '../parts/reason-dialog';
import { ActsPart } from './acts-part';
import { Corrections } from './corrections';
import { DeadlineCard } from './deadline-card';
import { Errands } from './errands';
import { PartiesPart } from './parties-part';
import { Relations } from './relations';
import { RuleFiction, Unsettled } from './rule-fiction';
import { useStepTitles } from './step-titles';

/** How a case stands: what is wrong, what is to be done, what it waits for, what is running out. */
export function Overview({ detail, frozen }: { detail: CaseDetail; frozen: boolean }) {
  const { t } = useSpeech();
  const titleOf = useStepTitles(detail);
  return (
    <>
      {detail.incidents.map((incident, index) => (
        // Trying again in vain makes another incident of the same; it keeps its place, and the button its focus.
        <Incident key={`${incident.code} ${index}`} detail={detail} incident={incident} frozen={frozen} />
      ))}
      {/* With an incident about it there is one place already. */}
      {detail.incidents.every((incident) => doubtedAct(incident) === null) && (
        <Unsettled detail={detail} frozen={frozen} />
      )}
      <Relations detail={detail} frozen={frozen} />
      <div className="fw-overview">
        <Section title={t.case.tasks}>
          <Tasks tasks={detail.tasks} />
        </Section>
        <Section title={t.deadlines.title} className="fw-no-print">
          {detail.deadlines.length === 0 ? (
            <p className="fw-muted">{t.deadlines.none}</p>
          ) : (
            detail.deadlines.map((deadline) => (
              <DeadlineCard
                key={`${deadline.instance}.${deadline.name}`}
                deadline={deadline}
                level={3}
                folded
                titleOf={titleOf}
              />
            ))
          )}
        </Section>
      </div>
      <Errands detail={detail} frozen={frozen} />
      <ActsPart detail={detail} frozen={frozen} />
      <PartiesPart detail={detail} frozen={frozen} />
      <Waits detail={detail} frozen={frozen} stepTitle={titleOf} />
      {!frozen && <Corrections detail={detail} />}
    </>
  );
}

function Tasks({ tasks }: { tasks: CaseTask[] }) {
  const { t, say } = useSpeech();
  const { data: roles } = useQuery(rolesQuery);
  if (tasks.length === 0) return <p className="fw-muted">{t.case.noTasks}</p>;
  const roleName = (id: string) => {
    const role = roles?.find((each) => each.id === id);
    return role ? say(role.title) : id;
  };
  const columns: Column<CaseTask>[] = [
    {
      id: 'task',
      title: t.inbox.columns.task,
      header: true,
      cell: (row) => (
        <>
          <Link to="/tasks/$id" params={{ id: row.id }} className="kern-link fw-row-link">
            {say(row.title)}
          </Link>
          {row.apart && (
            <span className="fw-sub">
              {say(row.apart.title)}: {row.apart.text}
            </span>
          )}
        </>
      ),
    },
    { id: 'due', title: t.inbox.columns.due, cell: (row) => <DueBadge day={row.due} /> },
    {
      id: 'who',
      title: t.inbox.columns.who,
      cell: (row) => (
        <>
          {row.assignee ? row.assignee.name : roleName(row.role)}
          {row.excluded && (
            <span className="fw-sub">
              <Badge tone="warning">{t.inbox.excluded}</Badge>
            </span>
          )}
        </>
      ),
    },
  ];
  return <DataTable caption={t.case.tasks} columns={columns} rows={tasks} rowKey={(row) => row.id} />;
}

function Waits({
  detail,
  frozen,
  stepTitle,
}: {
  detail: CaseDetail;
  frozen: boolean;
  stepTitle: (step: string) => string;
}) {
  const { t, say, day } = useSpeech();
  const [recording, setRecording] = useState(false);
  const titleOf = (name: string) => {
    const known = detail.accepts.find((each) => each.name === name)?.title;
    return known ? say(known) : name;
  };
  const words = (wait: Wait['for'][number]): string => {
    if (wait.kind === 'message') return t.case.waitFor.message(titleOf(wait.message ?? wait.name));
    if (wait.kind === 'dispatch')
      return t.case.waitFor.dispatch(wait.step === null ? wait.name : stepTitle(wait.step));
    if (wait.kind === 'effect')
      return wait.name === 'letter' ? t.case.waitFor.letter : t.case.waitFor.outside(wait.name);
    if (wait.kind === 'signal') return t.case.waitFor.signal(wait.message ?? wait.name);
    if (wait.until !== null) return t.case.waitFor.until(say(wait.until));
    if (wait.condition !== null) return t.case.waitFor.condition(say(wait.condition));
    if (wait.kind !== 'deadline') return t.case.waitFor.other[wait.kind];
    const deadline = detail.deadlines.find((each) => each.name === wait.name);
    return t.case.waitFor.deadline(deadline ? say(deadline.title) : wait.name);
  };
  const canRecord = detail.permissions.message && detail.accepts.length > 0 && !frozen;
  if (detail.waits.length === 0 && detail.messages.length === 0 && !canRecord) return null;
  return (
    <Section
      title={t.case.waits}
      actions={
        canRecord && (
          <Button icon="mail" small onClick={() => setRecording(true)}>
            {t.case.recordMessage}
          </Button>
        )
      }
    >
      {detail.waits.length === 0 ? (
        <p className="fw-muted">{t.case.waitsNone}</p>
      ) : (
        <ul className="kern-list kern-list--bullet">
          {detail.waits.map((wait) => (
            <li key={wait.step}>
              <strong>{say(wait.step_title)}</strong>:{' '}
              {[...new Set(wait.for.map(words))].join(t.case.waitFor.or)}
            </li>
          ))}
        </ul>
      )}
      {detail.messages.length > 0 && (
        <>
          <h3 className="fw-panel__title">{t.case.messagesKept}</h3>
          <ul className="kern-list kern-list--bullet">
            {detail.messages.map((message, index) => (
              <li key={index}>
                {t.case.messageKept(
                  message.title ? say(message.title) : message.name,
                  day(message.received_on),
                )}
              </li>
            ))}
          </ul>
        </>
      )}
      {recording && <MessageDialog detail={detail} onClose={() => setRecording(false)} />}
    </Section>
  );
}

function MessageDialog({ detail, onClose }: { detail: CaseDetail; onClose: () => void }) {
  const { t, say } = useSpeech();
  const today = useToday();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [sure, setSure] = useState(false);
  const [tried, setTried] = useState(false);
  const [received, setReceived] = useState(today);
  const [text, setText] = useState('');
  const record = useCommand({
    run: (command) =>
      recordMessage(detail.id, command, {
        name,
        payload: text.trim() === '' ? {} : { text: text.trim() },
        received_on: received,
      }),
    onSuccess: () => {
      notify({ tone: 'success', title: t.case.messageDone });
      void client.invalidateQueries({ queryKey: ['cases'] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      onClose();
    },
  });
  const chosen = detail.accepts.find((each) => each.name === name);
  const ready = chosen !== undefined && isDay(received) && (!chosen.interrupts || sure);
  return (
    <Dialog
      title={t.case.recordMessage}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button
            look="primary"
            pending={record.isPending}
            onClick={() => {
              setTried(true);
              if (ready) record.mutate();
            }}
          >
            {t.case.recordMessage}
          </Button>
        </>
      }
    >
      {record.isError && <ProblemAlert error={record.error} />}
      <SelectField
        id="message-name"
        label={t.case.whichMessage}
        required
        value={name}
        empty={t.word.choose}
        error={tried && name === '' ? t.form.required : undefined}
        options={detail.accepts.map((each) => ({
          id: each.name,
          title: each.title ? say(each.title) : each.name,
        }))}
        onChange={(next) => {
          setName(next);
          setSure(false);
        }}
      />
      {chosen?.interrupts && (
        <InterruptsField
          id="message-sure"
          value={sure}
          error={tried && !sure ? t.form.required : undefined}
          onChange={setSure}
        />
      )}
      <DayField
        id="message-received"
        at="received_on"
        label={t.case.messageReceived}
        required
        value={received}
        error={tried && !isDay(received) ? t.form.notDay : undefined}
        onChange={setReceived}
      />
      <LinesField id="message-text" label={t.case.messageText} value={text} onChange={setText} />
    </Dialog>
  );
}

function Incident({
  detail,
  incident,
  frozen,
}: {
  detail: CaseDetail;
  incident: CaseIncident;
  frozen: boolean;
}) {
  const { t, say, instant } = useSpeech();
  const client = useQueryClient();
  const [givesUp, setGivesUp] = useState(false);
  const doubted = doubtedAct(incident);
  const retry = useCommand({
    run: (command) => retryIncident(detail.id, incident.number, command),
    onSuccess: async () => {
      // The turn is committed; whether it helped stands in the case.
      const now = await client.query({ ...caseQuery(detail.id), staleTime: 0 });
      notify(
        now.incidents.length === 0
          ? { tone: 'success', title: t.case.retried }
          : { tone: 'warning', title: t.case.stillStuck },
      );
      void client.invalidateQueries({ queryKey: ['incidents'] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
    },
  });
  return (
    <Alert tone="danger" title={`${t.case.incident(incident.number)}: ${say(incident.message)}`} heading={2}>
      <p className="fw-sub">
        {t.case.incidentSince(instant(incident.since))} · {t.failure.code(incident.code)}
      </p>
      <p className="kern-body">
        <strong>{t.case.incidentHelp}:</strong> {say(incident.help)}
      </p>
      {incident.details != null && incident.details !== '' && (
        <details className="fw-details">
          <summary>{t.case.incidentDetails}</summary>
          <pre className="fw-pre">
            {typeof incident.details === 'string'
              ? incident.details
              : JSON.stringify(incident.details, null, 2)}
          </pre>
        </details>
      )}
      {retry.isError && <ProblemAlert error={retry.error} />}
      {doubted !== null && !stillRuns(incident) && (
        <RuleFiction detail={detail} act={doubted} frozen={frozen} />
      )}
      {doubted === null && detail.permissions.retry && !frozen && (
        <div className="fw-actions">
          <Button icon="autorenew" pending={retry.isPending} onClick={() => retry.mutate()}>
            {t.case.retry}
          </Button>
          {incident.gives_up !== null && <Button onClick={() => setGivesUp(true)}>{t.acts.giveUp}</Button>}
        </div>
      )}
      {givesUp && incident.gives_up !== null && (
        <GiveUpDialog
          caseId={detail.id}
          instance={incident.gives_up}
          onClose={() => {
            setGivesUp(false);
          }}
        />
      )}
    </Alert>
  );
}

/** The kind of act of which it is open whether silence has granted it; null: the incident is about something else. */
function doubtedAct({ code, details }: CaseIncident): string | null {
  if (code !== 'fiction_in_doubt' || typeof details !== 'object' || details === null) return null;
  return 'act' in details && typeof details.act === 'string' ? details.act : null;
}

/** Whether it can still be decided in time: what holds is said only afterwards. */
function stillRuns({ details }: CaseIncident): boolean {
  if (typeof details !== 'object' || details === null || !('doubt' in details)) return false;
  return typeof details.doubt === 'object' && details.doubt !== null && 'still_runs' in details.doubt;
}

/** A correction, a letter that goes out anew or one beside the steps does not get done. */
function GiveUpDialog({
  caseId,
  instance,
  onClose,
}: {
  caseId: string;
  instance: number;
  onClose: () => void;
}) {
  const { t } = useSpeech();
  return (
    <ReasonDialog
      title={t.acts.giveUpTitle}
      hint={t.acts.giveUpHint}
      done={t.acts.givenUp}
      act={t.acts.giveUp}
      run={(command, reason) => giveUp(caseId, instance, command, reason)}
      onClose={onClose}
    />
  );
}
