import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';

import { claimTask, delegateTask, releaseTask } from '../api/commands';
import { isProblem } from '../api/problem';
import { peopleQuery, rolesQuery, taskQuery } from '../api/queries';
import { useSession } from '../api/session';
import type { TaskDetail } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Badge, DueBadge } from '../parts/badge';
import { Button } from '../parts/button';
import { CaseLabel } from '../parts/case-label';
import { Dialog } from '../parts/dialog';
import { SelectField } from '../parts/field';
import { LoadedPage } from '../parts/loaded';
import { notify } from '../parts/notices';
import { readFields } from '../parts/form/profile';
import { Page, Section } from '../parts/page';
import { explain, ProblemAlert } from '../parts/problem';
import { DataFacts } from '../parts/values';
import { useSpeech } from '../texts/language';
import { draftKey, loadDraft } from './draft';
import { StepChoice } from './step-choice';
import { TaskContext } from './task-context';
import { TaskForm } from './task-form';

export function TaskPage() {
  const { id } = useParams({ from: '/shell/tasks/$id' });
  return <TaskView key={id} id={id} />;
}

function TaskView({ id }: { id: string }) {
  const { t, say } = useSpeech();
  const query = useQuery(taskQuery(id));
  if (isProblem(query.error) && [404, 409].includes(query.error.status))
    return <Gone id={id} known={query.data} />;
  return (
    <LoadedPage query={query}>
      {(task) => (
        <TaskFrame task={task}>
          {task.withdrawn && (
            <Alert tone="warning" title={t.preview.withdrawn} heading={2}>
              <p className="kern-body">{say(task.withdrawn)}</p>
            </Alert>
          )}
          <ChangedSince task={task} />
          <div className="fw-split">
            {task.choices.length > 0 ? <StepChoice task={task} /> : <TaskForm task={task} />}
            <TaskContext task={task} />
          </div>
        </TaskFrame>
      )}
    </LoadedPage>
  );
}

/** What was changed since the step before was begun: whoever signs must look at it. */
function ChangedSince({ task }: { task: TaskDetail }) {
  const { t, say, instant } = useSpeech();
  if (task.changed.length === 0) return null;
  return (
    <Alert tone="warning" title={t.task.changedSince} heading={2}>
      <ul>
        {task.changed.map((change) => (
          <li key={`${change.at}.${change.by.id}.${change.what.de}`}>
            {t.task.changedBy(say(change.what), change.by.name, instant(change.at))}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

/**
 * The task is not open any more; the case, whose id its own begins with, says how things stand. What was typed and not sent
 * is shown, so that nobody has to type it again.
 */
function Gone({ id, known }: { id: string; known: TaskDetail | undefined }) {
  const { t } = useSpeech();
  const session = useSession();
  const [kept] = useState(() =>
    loadDraft(window.sessionStorage, draftKey(session.tenant.id, session.person.id, id)),
  );
  const dot = id.lastIndexOf('.');
  return (
    <Page title={t.task.gone}>
      <p className="kern-body">{t.task.goneHint}</p>
      <p className="fw-actions">
        {dot > 0 && (
          <Link to="/cases/$id" params={{ id: id.slice(0, dot) }} className="kern-btn kern-btn--primary">
            <span className="kern-label">{t.task.toCase}</span>
          </Link>
        )}
        <Link to="/inbox" className="kern-btn kern-btn--secondary">
          <span className="kern-label">{t.failure.toInbox}</span>
        </Link>
      </p>
      {kept !== null && (
        <Section title={t.task.goneKept}>
          <p className="kern-body">{t.task.goneKeptHint}</p>
          <DataFacts fields={known ? readFields(known.form.schema) : []} values={kept.values} />
        </Section>
      )}
    </Page>
  );
}

function TaskFrame({ task, children }: { task: TaskDetail; children: React.ReactNode }) {
  const { t, say } = useSpeech();
  return (
    <Page
      title={say(task.title)}
      wide
      above={
        <>
          <Link to="/cases/$id" params={{ id: task.case }} className="kern-link kern-link--small">
            <CaseLabel number={task.number} subject={task.subject} />
          </Link>
          <span className="fw-muted"> · {say(task.process_title)}</span>
        </>
      }
    >
      <div className="fw-task-bar">
        <span className="fw-fact">
          <span className="fw-muted">{t.task.due}</span> <DueBadge day={task.due} />
        </span>
        <Assignment task={task} />
      </div>
      {children}
    </Page>
  );
}

function Assignment({ task }: { task: TaskDetail }) {
  const { t } = useSpeech();
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [delegating, setDelegating] = useState(false);
  const mine = task.assignee?.id === session.person.id;
  const onError = (error: unknown) => notify({ tone: 'danger', title: explain(error, t) });
  const onSettled = () => void client.invalidateQueries({ queryKey: ['tasks'] });
  const claim = useMutation({ mutationFn: () => claimTask(task.id), onError, onSettled });
  const release = useMutation({
    mutationFn: () => releaseTask(task.id),
    onSuccess: async () => {
      notify({ tone: 'success', title: t.task.released, survives: mine ? 1 : 0 });
      if (mine) await navigate({ to: '/inbox' });
    },
    onError,
    onSettled,
  });
  return (
    <>
      <span className="fw-fact">
        {task.excluded ? (
          <Badge tone="warning">{t.inbox.excluded}</Badge>
        ) : mine ? (
          t.task.assignedToYou
        ) : task.assignee ? (
          t.task.assignedTo(task.assignee.name)
        ) : (
          <RoleName role={task.role} />
        )}
      </span>
      <span className="fw-task-bar__actions">
        {task.may.claim && !mine && (
          <Button look="primary" small pending={claim.isPending} onClick={() => claim.mutate()}>
            {t.task.claim}
          </Button>
        )}
        {task.may.release && task.assignee && (
          <Button look="tertiary" small pending={release.isPending} onClick={() => release.mutate()}>
            {mine ? t.task.release : t.task.free}
          </Button>
        )}
        {task.may.delegate && (
          <Button look="tertiary" small onClick={() => setDelegating(true)}>
            {t.task.delegate}
          </Button>
        )}
      </span>
      {delegating && <DelegateDialog task={task} onClose={() => setDelegating(false)} />}
    </>
  );
}

function RoleName({ role }: { role: string }) {
  const { t, say } = useSpeech();
  const { data } = useQuery(rolesQuery);
  const title = data?.find((each) => each.id === role)?.title;
  return (
    <>
      {t.task.unassigned} <span className="fw-muted">({title ? say(title) : t.inbox.role(role)})</span>
    </>
  );
}

function DelegateDialog({ task, onClose }: { task: TaskDetail; onClose: () => void }) {
  const { t } = useSpeech();
  const session = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const people = useQuery(peopleQuery);
  const [to, setTo] = useState('');
  const [tried, setTried] = useState(false);
  const able = (people.data ?? []).filter(
    (person) => person.active && person.id !== session.person.id && person.roles.includes(task.role),
  );
  const delegate = useMutation({
    mutationFn: () => delegateTask(task.id, to),
    onSuccess: async () => {
      const name = able.find((person) => person.id === to)?.name ?? to;
      notify({ tone: 'success', title: t.task.delegated(name), survives: 1 });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      await navigate({ to: '/inbox' });
    },
  });
  return (
    <Dialog
      title={t.task.delegate}
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button
            look="primary"
            pending={delegate.isPending}
            onClick={() => {
              setTried(true);
              if (to !== '') delegate.mutate();
            }}
          >
            {t.task.delegate}
          </Button>
        </>
      }
    >
      {people.isError && <ProblemAlert error={people.error} />}
      {delegate.isError && <ProblemAlert error={delegate.error} />}
      {people.data && able.length === 0 ? (
        <Alert tone="info" title={t.word.nobody} />
      ) : (
        <SelectField
          id="delegate-to"
          label={t.task.delegateTo}
          required
          value={to}
          empty={t.word.choose}
          options={able.map((person) => ({ id: person.id, title: person.name }))}
          error={tried && to === '' ? t.form.required : undefined}
          onChange={setTo}
        />
      )}
    </Dialog>
  );
}
