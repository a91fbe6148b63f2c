import { useQuery } from '@tanstack/react-query';

import { caseQuery } from '../api/queries';
import type { CaseDetail, TaskDetail } from '../api/shapes';
import { DeadlineCard } from '../case/deadline-card';
import { DocumentLinks } from '../case/document-list';
import { NoteForm, NoteList } from '../case/notes';
import { useStepTitles } from '../case/step-titles';
import { readFields } from '../parts/form/profile';
import { Loaded } from '../parts/loaded';
import { DataFacts, Facts } from '../parts/values';
import { useSpeech } from '../texts/language';

/** What one must know to do the task: shown values, deadlines, documents, notes, the data of the case. */
export function TaskContext({ task }: { task: TaskDetail }) {
  const { t, say } = useSpeech();
  const query = useQuery(caseQuery(task.case));
  return (
    <aside className="fw-split__side" aria-labelledby="task-context-title">
      <h2 id="task-context-title" className="kern-heading-small">
        {t.task.context}
      </h2>
      {task.show.length > 0 && (
        <section className="fw-panel">
          <h3 className="fw-panel__title">{t.task.shown}</h3>
          <Facts
            items={task.show.map((shown) => ({
              title: say(shown.title),
              value: <span className="fw-lines-shown">{shown.text === '' ? t.word.none : shown.text}</span>,
            }))}
          />
        </section>
      )}
      <Loaded query={query}>{(detail) => <CaseContext detail={detail} />}</Loaded>
    </aside>
  );
}

function CaseContext({ detail }: { detail: CaseDetail }) {
  const { t } = useSpeech();
  const titleOf = useStepTitles(detail);
  return (
    <>
      <section className="fw-panel">
        <h3 className="fw-panel__title">{t.deadlines.title}</h3>
        {detail.deadlines.length === 0 ? (
          <p className="fw-muted">{t.deadlines.none}</p>
        ) : (
          detail.deadlines.map((deadline) => (
            <DeadlineCard
              key={`${deadline.instance}.${deadline.name}`}
              deadline={deadline}
              level={4}
              folded
              titleOf={titleOf}
            />
          ))
        )}
      </section>
      <section className="fw-panel">
        <h3 className="fw-panel__title">{t.documents.title}</h3>
        <DocumentLinks caseId={detail.id} documents={detail.documents} />
      </section>
      <section className="fw-panel">
        <h3 className="fw-panel__title">{t.notes.title}</h3>
        <NoteList notes={detail.notes} />
        {detail.permissions.note && <NoteForm caseId={detail.id} folded />}
      </section>
      <details className="fw-panel fw-details" open>
        <summary>
          <h3 className="fw-panel__title">{t.case.data}</h3>
        </summary>
        <DataFacts fields={readFields(detail.data_schema)} values={detail.data} />
      </details>
    </>
  );
}
