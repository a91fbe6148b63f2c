import type { RunEntry } from '../api/shapes';
import type { Tone } from '../parts/alert';
import { Badge } from '../parts/badge';
import { useSpeech } from '../texts/language';

const TONES: Record<RunEntry['stage'], Tone> = {
  planned: 'info',
  opening: 'info',
  open: 'warning',
  signing: 'info',
  ended: 'success',
  stopped: 'danger',
};

/** Where a run is, and how far. */
export function StageBadge({ run }: { run: RunEntry }) {
  const { t } = useSpeech();
  const works = run.stage === 'opening' || run.stage === 'signing';
  return (
    <span className="fw-due">
      <Badge tone={TONES[run.stage]}>{t.runs.stages[run.stage]}</Badge>
      {works && (
        <span className="fw-due__day" role="status">
          {t.runs.progress(run.done, run.of)}
        </span>
      )}
    </span>
  );
}
