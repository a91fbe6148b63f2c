import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { ConfirmDialog } from '../admin/confirm-dialog';
import { resumeWork } from '../api/commands';
import { useSession } from '../api/session';
import { Button } from '../parts/button';
import { Icon } from '../parts/icon';
import { useSpeech } from '../texts/language';

/** Says on every page that deadlines and letters rest; an administrator lets them go on. */
export function Resting() {
  const { t, instant } = useSpeech();
  const client = useQueryClient();
  const { halted, permissions } = useSession();
  const [asking, setAsking] = useState(false);
  if (halted === null) return null;
  return (
    <aside className="fw-resting fw-no-print" aria-label={t.resting.title}>
      <p>
        <Icon name="warning" size="small" /> {t.resting.why[halted.why](instant(halted.since))}{' '}
        {!permissions.administer && t.resting.ask}
      </p>
      {permissions.administer && (
        <Button small onClick={() => setAsking(true)}>
          {t.resting.resume}
        </Button>
      )}
      {asking && (
        <ConfirmDialog
          title={t.resting.resume}
          warning={t.resting.warning}
          act={t.resting.resume}
          done={t.resting.resumed}
          resource="session"
          command={async () => {
            await resumeWork();
            void client.invalidateQueries();
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </aside>
  );
}
