import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useMemo, useState } from 'react';

import { saveSettings } from '../api/commands';
import { isProblem } from '../api/problem';
import { useSession } from '../api/session';
import type { ProcessDetail, Values } from '../api/shapes';
import { Button } from '../parts/button';
import { demandsOf, findFlaws, type Flaw } from '../parts/form/check';
import { FlawSummary } from '../parts/form/flaw-summary';
import { flawsFrom } from '../parts/form/misfits';
import { readFields } from '../parts/form/profile';
import { SchemaForm } from '../parts/form/schema-form';
import { compact } from '../parts/form/values';
import { ProblemAlert } from '../parts/problem';
import { DataFacts } from '../parts/values';
import { useSpeech } from '../texts/language';
import type { Model } from './model';

/** What an authority sets without touching the process. */
export function SettingsView({ model }: { model: Model }) {
  const { t } = useSpeech();
  const session = useSession();
  const { process } = model;
  const fields = useMemo(() => readFields(process?.settings.schema), [process]);
  if (process === null || fields.length === 0) return <p className="fw-empty">{t.designer.settingsNone}</p>;
  const values = { ...process.settings.defaults, ...process.settings.values };
  return (
    <section className="fw-narrow">
      <h2 className="kern-heading-small">{t.designer.settings}</h2>
      <p className="kern-body">
        {model.files === null ? t.designer.settingsIntro : t.designer.settingsDraft}
      </p>
      {model.files === null && session.permissions.administer ? (
        <SettingsForm key={process.release} process={process} tag={model.tag} begin={values} />
      ) : (
        <DataFacts fields={fields} values={values} />
      )}
    </section>
  );
}

function SettingsForm({
  process,
  tag,
  begin,
}: {
  process: ProcessDetail;
  tag: string | null;
  begin: Values;
}) {
  const speech = useSpeech();
  const { t, say } = speech;
  const client = useQueryClient();
  const fields = useMemo(() => readFields(process.settings.schema), [process]);
  const [values, setValues] = useState(begin);
  const [flaws, setFlaws] = useState<Flaw[]>([]);
  const [attempt, setAttempt] = useState(0);
  const save = useMutation({
    mutationFn: () => saveSettings(process.id, compact(values), tag),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['processes'] });
    },
    onError: (error) => {
      // Somebody else was faster; the page shows what they set once it is asked for.
      if (isProblem(error, 'Changed')) void client.invalidateQueries({ queryKey: ['processes'] });
      if (!isProblem(error, 'ValuesInvalid')) return;
      setFlaws(flawsFrom(error.misfits, fields, say));
      setAttempt((count) => count + 1);
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const found = findFlaws(fields, values, demandsOf(fields), speech);
    setFlaws(found);
    if (found.length > 0) setAttempt((count) => count + 1);
    else save.mutate();
  };
  return (
    <form className="fw-form" noValidate onSubmit={submit}>
      <FlawSummary prefix="setting" flaws={flaws} attempt={attempt} />
      {isProblem(save.error, 'Changed') ? (
        <ProblemAlert
          error={save.error}
          onRetry={() => {
            setValues(begin);
            save.reset();
          }}
        />
      ) : (
        save.isError && !isProblem(save.error, 'ValuesInvalid') && <ProblemAlert error={save.error} />
      )}
      <SchemaForm
        prefix="setting"
        fields={fields}
        values={values}
        demands={demandsOf(fields)}
        flaws={flaws}
        onChange={(next) => {
          setValues(next);
          if (save.isSuccess) save.reset();
        }}
      />
      <div className="fw-submit">
        <Button look="primary" type="submit" pending={save.isPending}>
          {t.act.save}
        </Button>
        {/* Here, where one looks: the form is long, and the top of the page far away. */}
        <span role="status">{save.isSuccess && t.designer.settingsSaved}</span>
      </div>
    </form>
  );
}
