import { useState } from 'react';

import { ruleFiction } from '../api/commands';
import type { CaseDetail } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { ReasonDialog } from '../parts/reason-dialog';
import { useSpeech } from '../texts/language';

/** Whether silence has granted an act: whoever may correct says so, with a reason. */
export function RuleFiction({ detail, act, frozen }: { detail: CaseDetail; act: string; frozen: boolean }) {
  const { t } = useSpeech();
  const [deemed, setDeemed] = useState<boolean | null>(null);
  return (
    <>
      {detail.permissions.correct && !frozen && (
        <div className="fw-actions">
          {[true, false].map((holds) => (
            <Button
              key={String(holds)}
              onClick={() => {
                setDeemed(holds);
              }}
            >
              {holds ? t.acts.deemed : t.acts.notDeemed}
            </Button>
          ))}
        </div>
      )}
      {deemed !== null && (
        <ReasonDialog
          title={deemed ? t.acts.deemed : t.acts.notDeemed}
          hint={deemed ? t.acts.deemedHint : t.acts.notDeemedHint}
          done={t.acts.ruled}
          act={deemed ? t.acts.deemed : t.acts.notDeemed}
          run={(command, reason) => ruleFiction(detail.id, command, { act, deemed, reason })}
          onClose={() => {
            setDeemed(null);
          }}
        />
      )}
    </>
  );
}

/** Acts whose period was left and has ended, though nothing was decided: nothing else is issued before somebody says what holds. */
export function Unsettled({ detail, frozen }: { detail: CaseDetail; frozen: boolean }) {
  const { t, say, day } = useSpeech();
  return detail.unsettled.map(({ act, title, since }) => (
    <Alert key={act} tone="warning" title={t.acts.unsettled(say(title))} heading={2}>
      <p className="kern-body">{t.acts.unsettledHelp(say(title), day(since))}</p>
      <RuleFiction detail={detail} act={act} frozen={frozen} />
    </Alert>
  ));
}
