import { useQuery } from '@tanstack/react-query';

import { CertificatePart } from '../admin/certificate-part';
import type { ApiProblem } from '../api/problem';
import { erasureQuery } from '../api/queries';
import { useSession } from '../api/session';
import { Loaded } from '../parts/loaded';
import { Page } from '../parts/page';
import { useSpeech } from '../texts/language';

/** A case that was erased: that it was and when, and for administrators its certificate. */
export function ErasedCase({ id, problem }: { id: string; problem: ApiProblem }) {
  const { t } = useSpeech();
  const { permissions } = useSession();
  return (
    <Page title={t.case.erased} wide>
      <p className="kern-body">{problem.detail}</p>
      {permissions.administer && <Proof id={id} />}
    </Page>
  );
}

function Proof({ id }: { id: string }) {
  const query = useQuery(erasureQuery(id));
  return <Loaded query={query}>{(certificate) => <CertificatePart certificate={certificate} />}</Loaded>;
}
