import type { LawRow } from '../api/shapes';
import { useSpeech } from '../texts/language';
import { Alert } from './alert';

/** What somebody should check before they sign: rows of legal data that nobody has checked, or that are disputed. */
export function DoubtfulLaw({ rows }: { rows: LawRow[] }) {
  const { t } = useSpeech();
  const doubtful = rows.filter((row) => row.disputed || !row.checked);
  if (doubtful.length === 0) return null;
  return (
    <Alert tone={doubtful.some((row) => row.disputed) ? 'warning' : 'info'} title={t.law.doubtful}>
      <p className="kern-body">{t.law.doubtfulHint}</p>
      <ul>
        {doubtful.map((row) => (
          <li key={`${row.table}/${row.id}`}>
            {row.norm ?? (row.table === 'texts' ? t.law.words : row.id)} (
            {row.disputed ? t.law.disputed : t.law.unchecked})
          </li>
        ))}
      </ul>
    </Alert>
  );
}
