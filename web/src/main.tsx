import './app/app.css';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nProvider } from 'react-aria-components';

import { setSessionLost } from './api/client';
import { ApiProblem } from './api/problem';
import { sessionQuery } from './api/queries';
import { makeRouter } from './app/router';
import { localeOf } from './texts/format';
import { SpeechProvider, useSpeech } from './texts/language';

/** A refusal will be the same the second time; a lost connection may not. */
const retry = (count: number, error: Error) =>
  count < 2 && error instanceof ApiProblem && (error.status === 0 || error.status >= 502);

const client = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 5_000, retry, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
const router = makeRouter(client);

let leaving = false;
setSessionLost(() => {
  // Several requests may find out at once.
  if (leaving || router.state.location.pathname === '/login') return;
  leaving = true;
  const back = router.state.location.href;
  void router.navigate({ to: '/login', search: { back, expired: true }, ignoreBlocker: true }).then(() => {
    leaving = false;
    // Only now: the pages that need a session are gone.
    client.setQueryData(sessionQuery.queryKey, null);
  });
});

function Application() {
  const { language } = useSpeech();
  return (
    <I18nProvider locale={localeOf(language)}>
      <RouterProvider router={router} />
    </I18nProvider>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('no #root in index.html');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <SpeechProvider onChange={() => void client.invalidateQueries()}>
        <Application />
      </SpeechProvider>
    </QueryClientProvider>
  </StrictMode>,
);
