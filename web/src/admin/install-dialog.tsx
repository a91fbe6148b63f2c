import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { installBlock } from '../api/commands';
import { isProblem } from '../api/problem';
import type { Files } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { Dialog } from '../parts/dialog';
import { Field } from '../parts/field';
import { notify } from '../parts/notices';
import { ProblemAlert } from '../parts/problem';
import { ProblemItem } from '../designer/problem-list';
import { useSpeech } from '../texts/language';

/** The files of a chosen folder, their paths counted from inside it. */
async function readFolder(chosen: FileList): Promise<Files> {
  const entries = await Promise.all(
    [...chosen].map(async (file): Promise<[string, string]> => {
      const path = file.webkitRelativePath.split('/').slice(1).join('/') || file.name;
      return [path, await file.text()];
    }),
  );
  return Object.fromEntries(entries);
}

/** Installs a building block from a folder; the server checks it first. */
export function InstallDialog({ onClose }: { onClose: () => void }) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [chosen, setChosen] = useState<FileList | null>(null);
  const [tried, setTried] = useState(false);
  const install = useMutation({
    mutationFn: async (files: FileList) => installBlock(await readFolder(files)),
    onSuccess: (block) => {
      notify({ tone: 'success', title: t.admin.blocks.installed(block.id, block.version) });
      void client.invalidateQueries({ queryKey: ['blocks'] });
      onClose();
    },
  });
  const problems = isProblem(install.error) ? install.error.problems : [];
  const submit = () => {
    setTried(true);
    if (chosen !== null && chosen.length > 0) install.mutate(chosen);
  };
  return (
    <Dialog
      title={t.admin.blocks.install}
      open
      wide
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button look="primary" pending={install.isPending} onClick={submit}>
            {t.admin.blocks.install}
          </Button>
        </>
      }
    >
      {install.isError && problems.length === 0 && <ProblemAlert error={install.error} />}
      {problems.length > 0 && (
        <>
          <Alert tone="danger" role="alert" title={t.admin.blocks.refused} />
          <ol className="fw-plain-list">
            {problems.map((problem, index) => (
              <ProblemItem key={index} problem={problem} />
            ))}
          </ol>
        </>
      )}
      <Field
        id="block-folder"
        label={t.admin.blocks.folder}
        help={t.admin.blocks.installHelp}
        required
        error={tried && chosen === null ? t.documents.fileMissing : undefined}
      >
        {(control) => (
          <input
            {...control}
            className="kern-form-input__input"
            type="file"
            // Not in React's list of attributes, but in every browser: choose a folder instead of a file.
            {...{ webkitdirectory: '' }}
            multiple
            onChange={(event) => setChosen(event.target.files)}
          />
        )}
      </Field>
    </Dialog>
  );
}
