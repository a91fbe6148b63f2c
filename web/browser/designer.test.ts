// The designer in every state: no rule of axe broken, nothing wider than the window, nothing cut off in large letters.
import type { CoveragePoint } from '../src/api/shapes';
import { point } from '../src/designer/made-point';
import { checkAll, picture, press, type State, TROUBLE } from './look';

const gap = (
  kind: CoveragePoint['kind'],
  step: string | null,
  more: Partial<CoveragePoint>,
  text: CoveragePoint['text'],
) => point(kind, step, { gap: true, line: 271, ...more, text });
/** A process whose scenarios leave something of every kind out. */
const GAPS = {
  status: 200,
  body: {
    scenarios: [
      { title: 'Granted', passed: true, failed_at: null },
      { title: 'Refused', passed: false, failed_at: 'scenarios/refused.yaml:9:5: waiting' },
    ],
    figures: [
      { title: { de: 'Schritte', en: 'steps' }, reached: 38, of: 39 },
      { title: { de: 'Wege', en: 'flows' }, reached: 46, of: 47 },
    ],
    points: [
      gap('step', 'hand-over', {}, { de: 'Der Schritt „Abgabe“', en: 'The step “Hand over”' }),
      gap(
        'flow',
        'draft',
        { outcome: 'part', to: 'instruction' },
        { de: 'Der Weg von „Entwurf“ bei „part“', en: 'The flow from “Draft” on `part`' },
      ),
      gap(
        'row',
        'proposal',
        { table: 'decisions/proposal.yaml', row: 3 },
        {
          de: 'Die Zeile 3 der Tabelle „decisions/proposal.yaml“',
          en: 'Row 3 of the table `decisions/proposal.yaml`',
        },
      ),
      gap(
        'handler',
        null,
        { handler: 'withdrawal', to: 'closing' },
        { de: 'Die Reaktion „withdrawal“', en: 'The reaction `withdrawal`' },
      ),
    ],
  },
};

const STATES: State[] = [
  { name: 'designer', person: 'dora', at: '/designer' },
  {
    name: 'designer-search',
    person: 'dora',
    at: '/designer',
    by: async (page, t) => {
      await page.getByLabel(t.designer.draftSearch).fill('two paths');
      await page.getByText(t.designer.draftGroups.pattern).waitFor();
    },
  },
  {
    name: 'designer-search-nothing',
    person: 'dora',
    at: '/designer',
    by: async (page, t) => {
      await page.getByLabel(t.designer.draftSearch).fill('nichtsdergleichen');
      await page.getByText(t.designer.draftNone).waitFor();
    },
  },
  {
    name: 'designer-empty',
    person: 'dora',
    at: '/designer',
    answers: { '/processes': { status: 200, body: [] }, '/drafts': { status: 200, body: [] } },
  },
  { name: 'process-both', person: 'dora', at: '/designer/bonfire', by: picture },
  { name: 'process-canvas', person: 'dora', at: '/designer/bonfire?view=canvas&step=draft', by: picture },
  { name: 'process-coverage', person: 'dora', at: '/designer/bonfire?coverage=true', by: picture },
  {
    name: 'process-coverage-gaps',
    person: 'dora',
    at: '/designer/bonfire?coverage=true&step=draft',
    by: picture,
    answers: { '/processes/*/coverage': GAPS },
  },
  {
    name: 'process-coverage-outline',
    person: 'dora',
    at: '/designer/bonfire?view=outline&coverage=true',
    answers: { '/processes/*/coverage': GAPS },
  },
  { name: 'process-outline', person: 'dora', at: '/designer/bonfire?view=outline&step=draft' },
  { name: 'process-files', person: 'dora', at: '/designer/bonfire?view=files&file=process.yaml&line=20' },
  { name: 'process-settings', person: 'admin', at: '/designer/bonfire?view=settings' },
  { name: 'draft', person: 'dora', at: '/designer/bonfire?draft=true', by: picture },
  {
    name: 'draft-deploy',
    person: 'dora',
    at: '/designer/bonfire?draft=true',
    by: async (page, t) => {
      await picture(page);
      await press((t) => t.designer.deploy)(page, t);
    },
  },
  { name: 'process-error', person: 'dora', at: '/designer/bonfire', answers: { '/processes/*': TROUBLE } },
];

checkAll(STATES);
