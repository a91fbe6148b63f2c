import { Link } from '@tanstack/react-router';

import { useSession } from '../api/session';
import { useSpeech } from '../texts/language';

/** Says on every page for whom one stands in today, and by whom one is stood in for. */
export function StandingIn() {
  const { t, day } = useSpeech();
  const { person, substitutions } = useSession();
  if (substitutions.length === 0) return null;
  return (
    <aside className="fw-standing-in fw-no-print" aria-label={t.substitution.title}>
      <ul className="fw-plain-list">
        {substitutions.map((it) => (
          <li key={it.number}>
            {it.substitute.id === person.id
              ? t.substitution.youStandIn(it.absent.name, day(it.until))
              : t.substitution.youAreAway(it.substitute.name, day(it.until))}
          </li>
        ))}
      </ul>
      <Link to="/substitutions" className="kern-link kern-link--small">
        {t.substitution.title}
      </Link>
    </aside>
  );
}
