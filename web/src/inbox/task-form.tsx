import { useQueryClient } from '@tanstack/react-query';
import { useBlocker, useNavigate } from '@tanstack/react-router';
import { useMemo, useRef, useState } from 'react';

import { completeTask, previewTask } from '../api/commands';
import { isProblem } from '../api/problem';
import { useSession } from '../api/session';
import type { Completed, TaskDetail, Values } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { PreviewButton } from '../parts/letter-preview';
import { findFlaws, type Flaw } from '../parts/form/check';
import { FlawSummary } from '../parts/form/flaw-summary';
import { flawsFrom } from '../parts/form/misfits';
import { readFields } from '../parts/form/profile';
import { SchemaForm } from '../parts/form/schema-form';
import { beginWith, toSend, withoutClosed } from '../parts/form/values';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { DataFacts } from '../parts/values';
import { useSpeech } from '../texts/language';
import { draftKey, dropDraft } from './draft';
import { useCompleteKey } from './complete-key';
import { changed } from './edits';
import { ShownLetters, useShownLetters } from './shown-letters';
import { useDraft } from './use-draft';
import { useDemands } from './use-demands';

/** What is to be entered, and the button that sends it. */
export function TaskForm({ task }: { task: TaskDetail }) {
  const { t, say } = useSpeech();
  return (
    <section className="fw-split__main" aria-labelledby="task-form-title">
      <h2 id="task-form-title" className="kern-heading-small">
        {t.task.form}
      </h2>
      {task.help && <p className="kern-body fw-help">{say(task.help)}</p>}
      {task.may.complete ? <OpenForm task={task} /> : <ReadOnly task={task} />}
    </section>
  );
}

function ReadOnly({ task }: { task: TaskDetail }) {
  const { t, say } = useSpeech();
  const fields = readFields(task.form.schema);
  return (
    <>
      <Alert tone="info" title={task.may.why_not ? say(task.may.why_not) : t.task.claimFirst} />
      <DataFacts fields={fields} values={task.values} />
    </>
  );
}

function OpenForm({ task }: { task: TaskDetail }) {
  const speech = useSpeech();
  const { t, say, instant } = speech;
  const session = useSession();
  const fields = useMemo(() => readFields(task.form.schema), [task.form.schema]);
  const key = draftKey(session.tenant.id, session.person.id, task.id);
  const draft = useDraft(key);
  const proposed = useMemo(() => beginWith(fields, task.values), [fields, task.values]);
  const values: Values = { ...proposed, ...draft.edits };
  const { demands, reveal } = useDemands(task, draft.edits, values);
  const [flaws, setFlaws] = useState<Flaw[]>([]);
  const [attempt, setAttempt] = useState(0);
  const moved = useMoved(task, draft.dirty);
  const complete = useComplete(task, key, draft.clear);
  const [asking, setAsking] = useState(false);
  const ends = task.ends_case.includes(typeof values.outcome === 'string' ? values.outcome : '');

  const seen = withoutClosed(values, demands.closed);
  const entered = () => toSend(fields, seen, demands.hidden, task.values);
  const letters = useShownLetters(task, fields, entered());

  /** Whether what was entered can be sent; otherwise the form says why not. */
  const check = () => {
    const found = findFlaws(fields, seen, demands, speech);
    setFlaws(found);
    if (found.length > 0) setAttempt((count) => count + 1);
    return found.length === 0;
  };

  /** Shows what the server says against what was entered, if it is that. */
  const tell = (error: Error) => {
    if (!isProblem(error, 'ValuesInvalid')) return false;
    const told = flawsFrom(error.misfits, fields, say);
    reveal(told.map((flaw) => flaw.at.split('/')[1] ?? ''));
    setFlaws(told);
    setAttempt((count) => count + 1);
    return true;
  };

  const submit = (sure = false) => {
    if (complete.isPending || !check()) return;
    if (ends && task.unsent.length > 0 && !sure) {
      setAsking(true);
      return;
    }
    const sent = entered();
    complete.mutate({ values: sent, shown: letters.of(sent) }, { onError: (error) => void tell(error) });
  };

  const form = useRef<HTMLFormElement>(null);
  useCompleteKey(form, () => submit());

  return (
    <form
      ref={form}
      className="fw-task-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      {draft.restored !== null && (
        <Alert tone="info" title={t.task.draftRestored(instant(draft.restored))} role="status">
          <div>
            <Button small onClick={draft.discard}>
              {t.task.draftDiscard}
            </Button>
          </div>
        </Alert>
      )}
      {(moved || isProblem(complete.error, 'Stale')) && (
        <Alert tone="warning" title={t.task.stale} role="alert" />
      )}
      {isProblem(complete.error, 'TaskNotOpen') && (
        <Alert tone="warning" title={t.task.gone} role="alert">
          <p className="kern-body">{t.task.goneHint}</p>
        </Alert>
      )}
      {complete.isError && !isProblem(complete.error, 'ValuesInvalid', 'Stale', 'TaskNotOpen') && (
        <ProblemAlert error={complete.error} />
      )}
      <FlawSummary prefix="task" flaws={flaws} attempt={attempt} />
      {fields.length === 0 && <p className="fw-muted">{t.form.nothing}</p>}
      <SchemaForm
        prefix="task"
        fields={fields}
        values={values}
        demands={demands}
        flaws={flaws}
        onChange={(next) => {
          draft.change(changed(proposed, next));
          setFlaws((old) => old.filter((flaw) => next[name(flaw)] === values[name(flaw)]));
        }}
      />
      <ShownLetters letters={letters} />
      <div className="fw-submit">
        <Button look="primary" type="submit" pending={complete.isPending} aria-keyshortcuts="Control+Enter">
          {t.task.complete}
        </Button>
        {task.makes_letters && !task.signs && (
          <PreviewButton run={() => previewTask(task.id, entered())} check={check} onError={tell} />
        )}
        <span className="fw-muted">
          {t.task.completeHint}
          {draft.dirty && ` · ${t.task.draftKept}`}
        </span>
      </div>
      {asking && (
        <UnsentDialog
          letters={task.unsent}
          onClose={() => setAsking(false)}
          onGoOn={() => {
            setAsking(false);
            submit(true);
          }}
        />
      )}
      <LeaveGuard task={task} dirty={draft.dirty && !complete.isSuccess} onDiscard={draft.discard} />
    </form>
  );
}

const name = (flaw: Flaw): string => flaw.at.split('/')[1] ?? '';

/** Whether what the form shows has changed since somebody began to type. */
function useMoved(task: TaskDetail, dirty: boolean): boolean {
  const shown = JSON.stringify([task.show.map((each) => each.value), task.values]);
  const [begun, setBegun] = useState(shown);
  if (!dirty && begun !== shown) setBegun(shown);
  return dirty && begun !== shown;
}

/** Sends the entries; then on to the next task. */
function useComplete(task: TaskDetail, key: string, clear: () => void) {
  const { t, say, list } = useSpeech();
  const client = useQueryClient();
  const navigate = useNavigate();
  // Whoever goes on with another case must see it: a list of clerks' tasks looks much the same from case to case.
  const wayOn = ({ next, case: own, now }: Completed) => {
    const ofOwn = next?.startsWith(`${own}.`) === true;
    const whereabouts = ofOwn
      ? t.task.next
      : [
          !now.open && t.task.nowEnded,
          now.with.length > 0 && t.task.nowWith(list(now.with.map((role) => say(role.title)))),
          now.with.length === 0 && now.under_way && t.task.nowUnderWay,
          now.open && now.with.length === 0 && !now.under_way && t.task.nowWaits,
        ];
    const letters = now.letters > 0 && t.task.nowLetters(now.letters);
    const goesOn = !ofOwn && (next === null ? t.task.noNext : t.task.nextOfOther);
    return [whereabouts, letters, goesOn]
      .flat()
      .filter((text) => text !== false)
      .join(' ');
  };
  return useCommand({
    run: (command, { values, shown }: { values: Values; shown: string | null }) =>
      completeTask(task.id, command, { values, seen: task.version, shown }),
    onSuccess: async (answer) => {
      dropDraft(window.sessionStorage, key);
      clear();
      notify({
        tone: 'success',
        title: t.task.done(say(task.title)),
        text: wayOn(answer),
        survives: 1,
      });
      if (answer.next === null) await navigate({ to: '/inbox', ignoreBlocker: true });
      else await navigate({ to: '/tasks/$id', params: { id: answer.next }, ignoreBlocker: true });
      void client.invalidateQueries({ queryKey: ['tasks'] });
      void client.invalidateQueries({ queryKey: ['cases'] });
      void client.invalidateQueries({ queryKey: ['post'] });
    },
    onError: (error) => {
      if (isProblem(error, 'LettersChanged'))
        void client.invalidateQueries({ queryKey: ['letters', task.id] });
      if (isProblem(error, 'Stale', 'TaskNotOpen', 'ClaimedByAnother')) {
        if (!isProblem(error, 'TaskNotOpen'))
          void client.invalidateQueries({ queryKey: ['tasks', 'one', task.id] });
        void client.invalidateQueries({ queryKey: ['cases', 'one', task.case] });
      }
    },
  });
}

/** The case can end by this, and letters still wait to be sent: a warning, no ban. */
function UnsentDialog({
  letters,
  onClose,
  onGoOn,
}: {
  letters: string[];
  onClose: () => void;
  onGoOn: () => void;
}) {
  const { t } = useSpeech();
  return (
    <Dialog
      title={t.case.unsentTitle}
      role="alertdialog"
      open
      onClose={onClose}
      footer={
        <>
          <Button look="primary" onClick={onClose}>
            {t.act.cancel}
          </Button>
          <Button onClick={onGoOn}>{t.case.unsentGoOn}</Button>
        </>
      }
    >
      <p className="kern-body">{t.case.unsentText}</p>
      <ul className="kern-list kern-list--bullet">
        {letters.map((letter, index) => (
          <li key={index}>{letter}</li>
        ))}
      </ul>
    </Dialog>
  );
}

/** Asks before entries are left behind. A look at the own case needs no question: the draft is there on return. */
function LeaveGuard({ task, dirty, onDiscard }: { task: TaskDetail; dirty: boolean; onDiscard: () => void }) {
  const { t } = useSpeech();
  const blocker = useBlocker({
    shouldBlockFn: ({ next }) =>
      dirty && next.pathname !== `/cases/${task.case}` && next.pathname !== '/login',
    enableBeforeUnload: dirty,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return (
    <Dialog
      title={t.task.leaveTitle}
      role="alertdialog"
      open
      onClose={blocker.reset}
      footer={
        <>
          <Button onClick={blocker.reset}>{t.task.stay}</Button>
          <Button
            onClick={() => {
              onDiscard();
              blocker.proceed();
            }}
          >
            {t.task.discard}
          </Button>
          <Button look="primary" onClick={blocker.proceed}>
            {t.task.leave}
          </Button>
        </>
      }
    >
      <p className="kern-body">{t.task.leaveText}</p>
    </Dialog>
  );
}
