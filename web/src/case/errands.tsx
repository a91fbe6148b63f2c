import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { withdrawErrand } from '../api/commands';
import type { CaseDetail, CaseErrand } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { DueBadge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { notify } from '../parts/notices';
import { Section } from '../parts/page';
import { explain } from '../parts/problem';
import { dayOf } from '../texts/format';
import { useSpeech } from '../texts/language';

/** What of a question stands in the name of its button, in characters. */
const SHORT = 60;

/** Questions and resubmissions that are open; nothing when there is none. */
export function Errands({ detail, frozen }: { detail: CaseDetail; frozen: boolean }) {
  const { t, say, day } = useSpeech();
  const words = t.case.beside;
  if (detail.errands.length === 0) return null;
  const roleName = (id: string) => {
    const role = detail.roles.find((each) => each.id === id);
    return role ? say(role.title) : id;
  };
  const columns: Column<CaseErrand>[] = [
    {
      id: 'what',
      title: words.columns.what,
      header: true,
      cell: (row) => (
        <>
          {words.kinds[row.kind]}:{' '}
          {row.task === null || frozen ? (
            row.text
          ) : (
            <Link to="/tasks/$id" params={{ id: row.task }} className="kern-link">
              {row.text}
            </Link>
          )}
          <span className="fw-sub">{words.from(row.by.name, day(dayOf(row.since)))}</span>
        </>
      ),
    },
    {
      id: 'when',
      title: words.columns.when,
      cell: (row) =>
        row.comes_back_on === null ? <DueBadge day={row.due} /> : words.comesBack(day(row.comes_back_on)),
    },
    { id: 'who', title: words.columns.who, cell: (row) => row.assignee?.name ?? roleName(row.role) },
    ...(frozen
      ? []
      : [
          {
            id: 'act',
            title: words.columns.act,
            cell: (row: CaseErrand) => row.may_withdraw && <Withdraw caseId={detail.id} errand={row} />,
          },
        ]),
  ];
  return (
    <Section title={words.title}>
      <DataTable
        caption={words.title}
        columns={columns}
        rows={detail.errands}
        rowKey={(row) => String(row.number)}
      />
    </Section>
  );
}

function Withdraw({ caseId, errand }: { caseId: string; errand: CaseErrand }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const withdraw = useCommand({
    run: (command) => withdrawErrand(caseId, errand.number, command),
    onSuccess: () => notify({ tone: 'success', title: t.case.beside.withdrawn }),
    onError: (error) => notify({ tone: 'danger', title: explain(error, t) }),
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['cases'] });
      void client.invalidateQueries({ queryKey: ['tasks'] });
    },
  });
  return (
    <Button
      small
      pending={withdraw.isPending}
      aria-label={t.case.beside.withdrawOf(errand.text.slice(0, SHORT))}
      onClick={() => withdraw.mutate()}
    >
      {t.case.beside.withdraw}
    </Button>
  );
}
