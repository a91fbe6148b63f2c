// A point of a coverage, for tests.
import type { CoveragePoint } from '../api/shapes';

export const point = (
  kind: CoveragePoint['kind'],
  step: string | null,
  more: Partial<CoveragePoint>,
): CoveragePoint => ({
  kind,
  step,
  outcome: null,
  when: null,
  handler: null,
  to: null,
  table: null,
  row: null,
  count: 0,
  gap: false,
  text: { de: 'x', en: 'x' },
  file: 'process.yaml',
  line: 1,
  ...more,
});
