import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { installBlock, installPackage } from '../api/commands';
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

/** Installs a building block from a folder, or those of a package from its file; the server checks them first. */
export function InstallDialog({ what, onClose }: { what: 'folder' | 'package'; onClose: () => void }) {
  const { t } = useSpeech();
  const words =
    what === 'folder'
      ? { ...t.admin.blocks, file: t.admin.blocks.folder, help: t.admin.blocks.installHelp }
      : { ...t.packages, help: t.packages.installHelp };
  const client = useQueryClient();
  const [chosen, setChosen] = useState<FileList | null>(null);
  const [tried, setTried] = useState(false);
  const install = useMutation({
    mutationFn: async (files: FileList): Promise<string> => {
      if (what === 'folder') {
        const { id, version } = await installBlock(await readFolder(files));
        return t.admin.blocks.installed(id, version);
      }
      const { package: id, version, blocks } = await installPackage((await files.item(0)?.text()) ?? '');
      return t.packages.installed(
        id,
        version,
        blocks.map((block) => `${block.id} ${block.version}`).join(', '),
      );
    },
    onSuccess: (title) => {
      notify({ tone: 'success', title });
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
      title={words.install}
      open
      wide
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t.act.cancel}</Button>
          <Button look="primary" pending={install.isPending} onClick={submit}>
            {words.install}
          </Button>
        </>
      }
    >
      {install.isError && problems.length === 0 && <ProblemAlert error={install.error} />}
      {problems.length > 0 && (
        <>
          <Alert tone="danger" role="alert" title={words.refused} />
          <ol className="fw-plain-list">
            {problems.map((problem, index) => (
              <ProblemItem key={index} problem={problem} />
            ))}
          </ol>
        </>
      )}
      <Field
        id="block-files"
        label={words.file}
        help={words.help}
        required
        error={tried && chosen === null ? t.documents.fileMissing : undefined}
      >
        {(control) => (
          <input
            {...control}
            className="kern-form-input__input"
            type="file"
            // Not in React's list of attributes, but in every browser: choose a folder instead of a file.
            {...(what === 'folder' ? { webkitdirectory: '', multiple: true } : { accept: '.fwpkg,.json' })}
            onChange={(event) => setChosen(event.target.files)}
          />
        )}
      </Field>
    </Dialog>
  );
}
