import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { deployFiles } from '../api/commands';
import { isProblem } from '../api/problem';
import type { Diagnostic, Files, ScenarioResult } from '../api/shapes';
import { useCommand } from '../api/use-command';
import { Alert } from '../parts/alert';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { LinesField } from '../parts/field';
import { Loading } from '../parts/loaded';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';
import { ProblemList } from './problem-list';
import { onlyConcerns } from './problems';

interface DeployProps {
  title: string;
  files: Files;
  onClose: () => void;
  onPlace: (file: string, line: number) => void;
}

/** Puts a draft to use, or says what stands against it. */
export function DeployDialog({ title, files, onClose, onPlace }: DeployProps) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [tried, setTried] = useState(false);
  const deploy = useCommand({
    run: (command) => deployFiles(command, files, reason.trim() === '' ? undefined : reason.trim()),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['processes'] });
      void client.invalidateQueries({ queryKey: ['session'] });
    },
  });
  const refused = isProblem(deploy.error, 'NotDeployable') ? deploy.error : null;
  // Concerns, unlike errors, are outweighed by a reason.
  const concerned =
    refused !== null &&
    onlyConcerns(refused.problems) &&
    refused.scenarios.every((scenario) => scenario.passed);
  const asking = deploy.isIdle || concerned || (deploy.isError && refused === null);
  const missing = concerned && reason.trim() === '';
  return (
    <Dialog
      title={t.designer.deployTitle(title)}
      open
      wide
      onClose={onClose}
      footer={
        <>
          {asking && <Button onClick={onClose}>{t.act.cancel}</Button>}
          {/* One button all the time: it keeps the focus. */}
          <Button
            look="primary"
            pending={deploy.isPending}
            onClick={() => (!asking ? onClose() : missing ? setTried(true) : deploy.mutate())}
          >
            {concerned ? t.designer.deployDespite : asking ? t.designer.deploy : t.act.close}
          </Button>
        </>
      }
    >
      {asking && (
        <>
          {deploy.isError && !concerned && <ProblemAlert error={deploy.error} />}
          {!concerned && <p className="kern-body">{t.designer.deployText}</p>}
        </>
      )}
      {deploy.isPending && <Loading label={t.designer.deploying} />}
      {deploy.isSuccess && (
        <>
          <Alert tone="success" role="status" title={t.designer.deployedDone(deploy.data.version)} />
          <Result problems={deploy.data.problems} scenarios={deploy.data.scenarios} onPlace={onPlace} />
        </>
      )}
      {refused && (
        <>
          <Alert
            tone={concerned ? 'warning' : 'danger'}
            role="alert"
            title={concerned ? t.designer.deployConcerns : t.designer.deployRefused}
          >
            {!concerned && refused.detail !== null && <p className="kern-body">{refused.detail}</p>}
            <p className="kern-body">
              {concerned ? t.designer.deployConcernsText : t.designer.deployRefusedText}
            </p>
          </Alert>
          <Result problems={refused.problems} scenarios={refused.scenarios} onPlace={onPlace} />
          {concerned && (
            <LinesField
              id="deploy-reason"
              label={t.designer.deployReason}
              help={t.designer.deployReasonHelp}
              required
              value={reason}
              error={tried && missing ? t.form.required : undefined}
              onChange={setReason}
            />
          )}
        </>
      )}
    </Dialog>
  );
}

function Result({
  problems,
  scenarios,
  onPlace,
}: {
  problems: Diagnostic[];
  scenarios: ScenarioResult[];
  onPlace: (file: string, line: number) => void;
}) {
  const { t } = useSpeech();
  const passed = scenarios.filter((scenario) => scenario.passed).length;
  return (
    <>
      {problems.length > 0 && <ProblemList problems={problems} onPlace={onPlace} />}
      {scenarios.length > 0 && (
        <section>
          <h3 className="fw-panel__title">
            {t.designer.scenarios}: {t.designer.scenarioCount(passed, scenarios.length)}
          </h3>
          <ul className="fw-plain-list">
            {scenarios.map((scenario) => (
              <li key={scenario.title}>
                <Badge tone={scenario.passed ? 'success' : 'danger'}>
                  {scenario.passed ? t.designer.scenarioPassed : t.designer.scenarioFailed}
                </Badge>{' '}
                {scenario.title}
                {scenario.failed_at != null && <span className="fw-sub">{scenario.failed_at}</span>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}
