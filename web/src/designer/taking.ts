import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { checkFiles } from '../api/commands';
import { checkedQuery, draftQuery } from '../api/queries';
import type { Files, ProblemFix, Text } from '../api/shapes';
import { notify } from '../parts/notices';
import { explain } from '../parts/problem';
import { useSpeech } from '../texts/language';
import { fixed } from './fixed';

/** What was done last with a suggestion. */
export interface Taken {
  title: Text;
  /** Whether it was taken back. */
  undone: boolean;
  /** What was taken over and can be taken back, the last one last: its title, and the files before it. */
  before: { title: Text; files: Files }[];
}

/** Takes suggestions over into the files of a draft, which the page alone keeps, and back. Each time they are checked. */
export function useTaking(id: string, files: Files | undefined) {
  const { t } = useSpeech();
  const client = useQueryClient();
  const [taken, setTaken] = useState<Taken | null>(null);
  const put = useMutation({
    mutationFn: async (next: { files: Files; taken: Taken }) => ({
      ...next,
      answer: await checkFiles(next.files),
    }),
    onSuccess: (done) => {
      client.setQueryData(draftQuery(id).queryKey, { files: done.files });
      client.setQueryData(checkedQuery(id, undefined).queryKey, done.answer);
      setTaken(done.taken);
    },
    onError: (error) => notify({ tone: 'danger', title: explain(error, t) }),
  });
  const before = taken?.before ?? [];
  const take = (fix: ProblemFix) => {
    const after = files === undefined ? null : fixed(files, fix);
    if (files === undefined || after === null) notify({ tone: 'danger', title: t.fix.misfit });
    else {
      const { title } = fix;
      put.mutate({ files: after, taken: { title, undone: false, before: [...before, { title, files }] } });
    }
  };
  const undo = () => {
    const last = before.at(-1);
    if (last === undefined) return;
    put.mutate({
      files: last.files,
      taken: { title: last.title, undone: true, before: before.slice(0, -1) },
    });
  };
  return { taken, take, undo, pending: put.isPending };
}
