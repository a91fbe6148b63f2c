import { useQuery } from '@tanstack/react-query';

import { processQuery } from '../api/queries';
import type { CaseDetail } from '../api/shapes';
import { useSpeech } from '../texts/language';

/** How the steps of the release of a case are called. */
export function useStepTitles(detail: Pick<CaseDetail, 'process' | 'release'>): (step: string) => string {
  const { say } = useSpeech();
  const { data } = useQuery(processQuery(detail.process, detail.release));
  return (step) => {
    const node = data?.graph.nodes.find((each) => each.id === step);
    return node ? say(node.title) : step;
  };
}
