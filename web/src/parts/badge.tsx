import { createContext, type ReactNode, use } from 'react';

import { nearness, type Urgency } from '../texts/due';
import { useSpeech } from '../texts/language';
import { useToday } from '../api/session';
import type { Tone } from './alert';
import { Icon, type IconName } from './icon';

/** A word with a symbol. Without a tone it is neutral. */
export function Badge({ tone, icon, children }: { tone?: Tone; icon?: IconName; children: ReactNode }) {
  const symbol = icon ?? tone;
  return (
    <span
      className={
        tone ? `kern-badge kern-badge--small kern-badge--${tone}` : 'kern-badge kern-badge--small fw-badge'
      }
    >
      {symbol && <Icon name={symbol} size="small" />}
      <span className="kern-label kern-label--small">{children}</span>
    </span>
  );
}

const TONES: Record<Urgency, { tone?: Tone; icon?: IconName }> = {
  overdue: { tone: 'danger' },
  soon: { tone: 'warning' },
  near: { tone: 'info', icon: 'calendar-today' },
  later: { icon: 'calendar-today' },
  none: {},
};

/** The day that counts as today where a past state is shown; null: today. */
export const AsOf = createContext<string | null>(null);

/** How near a due day is: symbol and words, then the day itself. */
export function DueBadge({ day }: { day: string | null }) {
  const { t, dayLong } = useSpeech();
  const today = useToday();
  const asOf = use(AsOf);
  const { urgency, words } = nearness(day, asOf ?? today, t);
  if (day === null) return <span className="fw-muted">{words}</span>;
  return (
    <span className="fw-due">
      <Badge {...TONES[urgency]}>{words}</Badge>
      <span className="fw-due__day">{dayLong(day)}</span>
    </span>
  );
}
