import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { ConfirmDialog } from '../admin/confirm-dialog';
import { resumeWork } from '../api/commands';
import { useServerNow, useSession } from '../api/session';
import { Button } from '../parts/button';
import { Icon } from '../parts/icon';
import { useSpeech } from '../texts/language';
import { clockOf } from './clock';

/** Says on every page that deadlines and letters rest; an administrator lets them go on. */
export function Resting() {
  const { t, instant } = useSpeech();
  const client = useQueryClient();
  const { halted, permissions } = useSession();
  const serverNow = useServerNow();
  const [asking, setAsking] = useState(false);
  if (halted === null) return null;
  const last = halted.last_turn_at;
  const now = serverNow();
  const clock = last === null ? null : clockOf(last, now);
  const times = last !== null && t.resting.times(instant(last), instant(new Date(now).toISOString()));
  const more = [times, clock !== null && t.resting.clock[clock]].filter((each) => each !== false).join(' ');
  return (
    <aside className="fw-resting fw-no-print" aria-label={t.resting.title}>
      <p>
        <Icon name="warning" size="small" /> {t.resting.why[halted.why](instant(halted.since))}{' '}
        {!permissions.administer && t.resting.ask}
      </p>
      {permissions.administer && (
        <Button
          small
          onClick={() => {
            setAsking(true);
            // Whoever decides needs the clock of now, and what was stored since the page was opened.
            void client.invalidateQueries({ queryKey: ['session'] });
          }}
        >
          {t.resting.resume}
        </Button>
      )}
      {asking && (
        <ConfirmDialog
          title={t.resting.resume}
          warning={t.resting.warning}
          more={more}
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
