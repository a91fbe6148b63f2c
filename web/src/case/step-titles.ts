import { useQuery } from '@tanstack/react-query';

import { processQuery } from '../api/queries';
import type { CaseDetail } from '../api/shapes';
import { useSpeech } from '../texts/language';

/**
 * How the steps of the release of a case are called. What a step wrote stands under its key: its name without what is
 * around it, with `_` for `-`.
 */
export function useStepTitles(detail: Pick<CaseDetail, 'process' | 'release'>): (step: string) => string {
  const { say } = useSpeech();
  const { data } = useQuery(processQuery(detail.process, detail.release));
  return (step) => {
    const nodes = data?.graph.nodes ?? [];
    const node = nodes.find((each) => each.id === step) ?? nodes.find((each) => keyOf(each.id) === step);
    return node ? say(node.title) : step;
  };
}

const keyOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replaceAll('-', '_');
