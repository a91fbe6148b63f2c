// What whoever ends a case should know: what has not left the house, and what runs on by law.
import type { ActAddressee, CaseDetail } from '../api/shapes';
import { Alert } from '../parts/alert';
import { useSpeech } from '../texts/language';

/** Whether the period for a remedy has been neither used nor closed by finality. */
export const isPeriodOpen = (row: ActAddressee): boolean =>
  row.remedy_ends !== null && row.final_since === null && row.remedies.every((remedy) => remedy.late);

export function EndWarnings({ detail }: { detail: CaseDetail }) {
  const { t, say, day } = useSpeech();
  const unsent = detail.documents.filter(
    (document) =>
      document.direction === 'outgoing' &&
      (document.dispatch === null || (document.dispatch.not_arrived && document.may_record_dispatch)) &&
      document.taken_out === null,
  );
  const periods = detail.acts.flatMap((act) =>
    act.addressees.filter(isPeriodOpen).map((row) => ({
      key: `${act.number}/${row.party}`,
      text: t.acts.runsUntil(say(act.title), row.name, day(row.remedy_ends ?? '')),
    })),
  );
  return (
    <>
      {unsent.length > 0 && (
        <Alert tone="warning" title={t.case.unsentTitle}>
          <ul className="kern-list kern-list--bullet">
            {unsent.map((letter) => (
              <li key={letter.number}>{letter.title}</li>
            ))}
          </ul>
        </Alert>
      )}
      {periods.length > 0 && (
        <Alert tone="warning" title={t.acts.runsOnTitle}>
          <ul className="kern-list kern-list--bullet">
            {periods.map((period) => (
              <li key={period.key}>{period.text}</li>
            ))}
          </ul>
          <p className="kern-body">{t.acts.runsOnText}</p>
        </Alert>
      )}
    </>
  );
}
