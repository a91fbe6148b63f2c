import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { processQuery } from '../api/queries';
import type { CaseDetail, ProcessDetail } from '../api/shapes';
import { Loaded } from '../parts/loaded';
import { courseMarks, goneWays } from '../parts/picture/course';
import { ProcessPicture } from '../parts/picture/picture';
import { useSpeech } from '../texts/language';

/** The way of a case through its process. The journal below says the same in words. */
export default function CoursePicture({ detail }: { detail: CaseDetail }) {
  const { t } = useSpeech();
  const query = useQuery(processQuery(detail.process, detail.release));
  return (
    <section className="fw-section fw-no-print">
      <h3 className="fw-panel__title">{t.course.picture}</h3>
      <Loaded query={query}>{(process) => <Marked detail={detail} process={process} />}</Loaded>
    </section>
  );
}

function Marked({ detail, process }: { detail: CaseDetail; process: ProcessDetail }) {
  const { t } = useSpeech();
  const marks = useMemo(
    () => courseMarks(process.graph, detail.course, t),
    [process.graph, detail.course, t],
  );
  const ways = useMemo(() => goneWays(detail.course), [detail.course]);
  return (
    <ProcessPicture
      subject={process}
      label={t.course.picture}
      marks={marks}
      ways={ways}
      sight={innermost(detail.course.active)}
    />
  );
}

/** The deepest of the active steps: where the work is. */
function innermost(active: string[]): string | undefined {
  return active.toSorted((a, b) => b.split('/').length - a.split('/').length)[0];
}
