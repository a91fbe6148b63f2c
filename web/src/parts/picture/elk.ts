// Runs ELK in a worker, so that a large process does not stop the page.
import ELK from 'elkjs/lib/elk-api.js';
import workerUrl from 'elkjs/lib/elk-worker.min.js?url';

import type { ElkIn, ElkOut } from './layout';

let elk: InstanceType<typeof ELK> | null = null;

/** Places for a graph. Rejects when ELK cannot; the outline shows the process then. */
export async function place(graph: ElkIn): Promise<ElkOut> {
  elk ??= new ELK({ workerFactory: () => new Worker(workerUrl) });
  const answer: unknown = await elk.layout(graph);
  return answer as ElkOut;
}
