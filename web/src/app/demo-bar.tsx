import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { advanceClock } from '../api/commands';
import { useServerNow } from '../api/session';
import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { RadioField } from '../parts/field';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';

/** Says that this is a demo, and moves its clock. */
export function DemoBar() {
  const { t, instant } = useSpeech();
  const now = useServerNow();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [by, setBy] = useState('1 day');
  const advance = useMutation({
    mutationFn: () => advanceClock(by),
    onSuccess: async (clock) => {
      setOpen(false);
      await client.invalidateQueries();
      notify({ tone: 'info', title: t.app.clockAdvanced(instant(clock.now)) });
    },
  });
  return (
    <aside className="fw-demo" aria-label={t.app.demo}>
      <p>
        <strong>{t.app.demo}</strong> <span className="fw-demo__hint">{t.app.demoHint}</span>{' '}
        {t.app.clock(instant(new Date(now()).toISOString()))}
      </p>
      <Button look="tertiary" small onClick={() => setOpen(true)}>
        {t.app.clockAdvance}
      </Button>
      <Dialog
        title={t.app.clockAdvance}
        open={open}
        onClose={() => setOpen(false)}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>{t.act.cancel}</Button>
            <Button look="primary" pending={advance.isPending} onClick={() => advance.mutate()}>
              {t.app.clockAdvance}
            </Button>
          </>
        }
      >
        {advance.isError && <ProblemAlert error={advance.error} />}
        <RadioField
          id="clock-by"
          label={t.app.clockBy}
          required
          value={by}
          onChange={setBy}
          options={Object.entries(t.app.clockChoices).map(([id, title]) => ({ id, title }))}
        />
      </Dialog>
    </aside>
  );
}
