import type { ProcessDetail } from '../api/shapes';
import { Badge } from '../parts/badge';
import { useSpeech } from '../texts/language';

const TONES = {
  sound: 'success',
  not_decided: 'warning',
  possibly_unsound: 'warning',
  unsound: 'danger',
} as const;

/** What is proven of a process as a whole; without one, that nothing can be. */
export function SoundnessLine({ process }: { process: ProcessDetail | null }) {
  const { t } = useSpeech();
  if (process === null) return <p className="fw-sub">{t.proof.unread}</p>;
  const { title, text } = t.proof.verdicts[process.soundness];
  return (
    <p className="fw-verdict">
      <Badge tone={TONES[process.soundness]}>{title}</Badge> <span>{text}</span>
    </p>
  );
}
