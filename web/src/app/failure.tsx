import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';

import { Button } from '../parts/button';
import { Page } from '../parts/page';
import { ProblemAlert } from '../parts/problem';
import { isProblem } from '../api/problem';
import { useSpeech } from '../texts/language';

/** There is no page at this address; outside of the frame of the pages. */
export function NotFoundPage() {
  return (
    <main className="fw-main">
      <NotFound />
    </main>
  );
}

/** The same, where the frame is there already. */
export function NotFound() {
  const { t } = useSpeech();
  return (
    <Page title={t.failure.notFound}>
      <p className="kern-body">{t.failure.notFoundHint}</p>
      <p>
        <Link to="/inbox" className="kern-link">
          {t.failure.toInbox}
        </Link>
      </p>
    </Page>
  );
}

/** A page failed: our bug, or a server that does not answer; outside of the frame of the pages. */
export function CrashPage({ error }: { error: unknown }) {
  return (
    <main className="fw-main">
      <Crash error={error} />
    </main>
  );
}

/** The same, where the frame is there already. */
export function Crash({ error }: { error: unknown }) {
  const { t } = useSpeech();
  useEffect(() => {
    console.error(error);
  }, [error]);
  const reload = () => window.location.reload();
  return (
    <Page title={t.failure.title}>
      {isProblem(error) ? (
        <ProblemAlert error={error} onRetry={reload} />
      ) : (
        <>
          <p className="kern-body">{t.failure.crash}</p>
          <div>
            <Button look="primary" onClick={reload}>
              {t.failure.reload}
            </Button>
          </div>
        </>
      )}
    </Page>
  );
}
