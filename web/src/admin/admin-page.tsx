import { Link, useParams } from '@tanstack/react-router';

import { useSession } from '../api/session';
import { ADMIN_AREAS, type AdminArea } from '../app/router';
import { NotFound } from '../app/failure';
import { Alert } from '../parts/alert';
import { Page } from '../parts/page';
import { TabItem, TabLinks } from '../parts/tab-links';
import { useSpeech } from '../texts/language';
import { AuditArea } from './audit-area';
import { AuthorityArea } from './authority-area';
import { BlocksArea } from './blocks-area';
import { ErasuresArea } from './erasures-area';
import { IncidentsArea } from './incidents-area';
import { KeepingArea } from './keeping-area';
import { LawArea } from './law-area';
import { LawIndexArea } from './law-index-area';
import { MessagesArea } from './messages-area';
import { NodesArea } from './nodes-area';
import { PeopleArea } from './people-area';
import { ReleasesArea } from './releases-area';
import { TokensArea } from './tokens-area';

const AREAS: Record<AdminArea, () => React.ReactNode> = {
  blocks: BlocksArea,
  processes: ReleasesArea,
  authority: AuthorityArea,
  law: LawArea,
  'law-index': LawIndexArea,
  people: PeopleArea,
  tokens: TokensArea,
  incidents: IncidentsArea,
  messages: MessagesArea,
  keeping: KeepingArea,
  erasures: ErasuresArea,
  audit: AuditArea,
  nodes: NodesArea,
};

/** What administrators look after. */
export function AdminPage() {
  const { t } = useSpeech();
  const session = useSession();
  const { area: asked } = useParams({ from: '/shell/admin/$area' });
  const area = ADMIN_AREAS.find((each) => each === asked);
  if (area === undefined) return <NotFound />;
  const { administer, deploy } = session.permissions;
  const areas = ADMIN_AREAS.filter((each) => administer || (deploy && each === 'law-index'));
  if (!areas.includes(area)) {
    return (
      <Page title={t.admin.title}>
        <Alert tone="warning" title={t.admin.forbidden} />
      </Page>
    );
  }
  const Area = AREAS[area];
  return (
    <Page key={area} title={t.admin.areas[area]} above={t.admin.title} wide>
      <TabLinks label={t.admin.areasLabel}>
        {areas.map((each) => (
          <TabItem key={each}>
            <Link
              to="/admin/$area"
              params={{ area: each }}
              className="fw-tab"
              aria-current={each === area ? 'page' : undefined}
            >
              {t.admin.areas[each]}
            </Link>
          </TabItem>
        ))}
      </TabLinks>
      <Area />
    </Page>
  );
}
