import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';

import { completeTask, startStep } from '../api/commands';
import type { TaskDetail } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';

type Choice = TaskDetail['choices'][number];

/** A person chooses which steps are done, in which order, and when it is enough (ad-hoc group). */
export function StepChoice({ task }: { task: TaskDetail }) {
  const { t, say } = useSpeech();
  const client = useQueryClient();
  const navigate = useNavigate();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ['tasks'] });
    void client.invalidateQueries({ queryKey: ['cases'] });
  };
  const begin = useCommand({
    run: (command, choice: Choice) => startStep(task.id, command, choice.id),
    onSuccess: (_, choice) => {
      notify({ tone: 'success', title: t.task.begun(say(choice.title)) });
      refresh();
    },
  });
  const finish = useCommand({
    run: (command) => completeTask(task.id, command, { values: {}, seen: task.version, shown: null }),
    onSuccess: async (answer) => {
      notify({ tone: 'success', title: t.task.done(say(task.title)), survives: 1 });
      refresh();
      if (answer.next === null) await navigate({ to: '/inbox' });
      else await navigate({ to: '/tasks/$id', params: { id: answer.next } });
    },
  });
  const columns: Column<Choice>[] = [
    { id: 'step', title: t.task.choiceStep, header: true, cell: (row) => say(row.title) },
    {
      id: 'state',
      title: t.task.choiceState,
      cell: (row) => (row.active > 0 ? t.task.underWay : t.task.timesBegun(row.begun)),
    },
    ...(task.may.complete
      ? [
          {
            id: 'act',
            title: t.task.choiceAct,
            cell: (row: Choice) => (
              <Button
                small
                pending={begin.isPending && begin.variables.id === row.id}
                aria-label={t.task.beginOf(say(row.title))}
                onClick={() => begin.mutate(row)}
              >
                {t.task.begin}
              </Button>
            ),
          },
        ]
      : []),
  ];
  return (
    <section className="fw-split__main" aria-labelledby="choice-title">
      <h2 id="choice-title" className="kern-heading-small">
        {t.task.choice}
      </h2>
      <p className="kern-body">{t.task.choiceHint}</p>
      {!task.may.complete && (
        <Alert tone="info" title={task.may.why_not ? say(task.may.why_not) : t.task.claimFirst} />
      )}
      {begin.isError && <ProblemAlert error={begin.error} />}
      {finish.isError && <ProblemAlert error={finish.error} />}
      <DataTable caption={t.task.choice} columns={columns} rows={task.choices} rowKey={(row) => row.id} />
      {task.may.complete && (
        <div className="fw-submit">
          <Button look="primary" pending={finish.isPending} onClick={() => finish.mutate()}>
            {t.task.finishGroup}
          </Button>
        </div>
      )}
    </section>
  );
}
