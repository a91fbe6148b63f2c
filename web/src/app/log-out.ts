import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';

import { logOut } from '../api/commands';
import { dropDrafts } from '../inbox/draft';

/** Ends the session, and forgets what the person saw and typed. */
export function useLogOut(): () => Promise<void> {
  const router = useRouter();
  const client = useQueryClient();
  return async () => {
    await logOut();
    dropDrafts(window.sessionStorage);
    await router.navigate({ to: '/login', ignoreBlocker: true });
    client.clear();
  };
}
