import { use } from 'react';

import { useToday } from '../api/session';
import { useSpeech } from '../texts/language';
import { AsOf, Badge } from './badge';

interface MarginsProps {
  end: string | null;
  /** The day from which on people are warned. */
  warnOn: string | null;
  graceUntil?: string | null;
}

/** That a deadline is near, as its process says, or that it is waited for what came in time. Nothing else. */
export function Margins({ end, warnOn, graceUntil = null }: MarginsProps) {
  const { t, day } = useSpeech();
  const today = useToday();
  const now = use(AsOf) ?? today;
  if (end === null) return null;
  if (now > end) {
    return graceUntil !== null && <Badge tone="info">{t.margins.inGrace(day(graceUntil))}</Badge>;
  }
  return (
    warnOn !== null && now >= warnOn && <Badge tone="warning">{t.margins.warnedSince(day(warnOn))}</Badge>
  );
}
