import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { assignItem } from '../api/commands';
import { targetsQuery } from '../api/queries';
import type { IncomingItem, ItemTarget } from '../api/shapes';
import { CommandDialog } from '../parts/command-dialog';
import { RadioField, TextField } from '../parts/field';
import { SearchField } from '../parts/filter-bar';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';

const ONLY_DOCUMENTS = '-';

/** To which case an item belongs, and whether it is what that one waits for. */
export function AssignDialog({ item, onClose }: { item: IncomingItem; onClose: () => void }) {
  const { t, say } = useSpeech();
  const words = t.incoming.assign;
  const [sought, setSought] = useState('');
  const found = useQuery(targetsQuery(sought));
  const targets = sought.trim() === '' ? item.suggestions : (found.data ?? []);
  const [to, setTo] = useState('');
  const [as, setAs] = useState('');
  const [typed, setReason] = useState<string | null>(null);
  const target = targets.find((each) => each.case === to);
  const proposed = target?.number ? words.reason(target.number) : words.reasonPlain;
  const reason = typed ?? proposed;
  const asks = target !== undefined && target.expects.length > 0;
  return (
    <CommandDialog
      title={words.title}
      hint={words.hint}
      done={words.done}
      act={words.act}
      ready={target !== undefined && (!asks || as !== '') && reason.trim() !== ''}
      run={(command) =>
        assignItem(item.id, command, {
          case: to,
          ...(asks && as !== ONLY_DOCUMENTS ? { message: as } : {}),
          reason: reason.trim(),
        })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <SearchField
            id="assign-search"
            label={words.search}
            help={words.searchHelp}
            value={sought}
            onChange={(text) => {
              setSought(text);
              // What is chosen is what is seen.
              setTo('');
              setAs('');
            }}
          />
          {found.isError && <ProblemAlert error={found.error} />}
          <p className={targets.length === 0 ? 'fw-muted' : 'kern-sr-only'} role="status">
            {(sought.trim() === '' || found.isSuccess) &&
              (targets.length > 0 ? words.found(targets.length) : words.none)}
          </p>
          {targets.length > 0 && (
            <RadioField
              id="assign-case"
              label={words.which}
              required
              value={to}
              options={targets.map((each) => ({ id: each.case, title: titleOf(each, t, say) }))}
              error={tried && target === undefined ? words.choose : undefined}
              onChange={(id) => {
                setTo(id);
                const only = targets.find((each) => each.case === id)?.expects;
                setAs(only?.length === 1 && !only[0]?.passed ? (only[0]?.message ?? '') : '');
              }}
            />
          )}
          {asks && (
            <RadioField
              id="assign-as"
              label={words.as}
              required
              value={as}
              options={[
                ...target.expects.map((each) => ({
                  id: each.message,
                  title: each.passed ? `${say(each.title)} (${words.passed})` : say(each.title),
                })),
                { id: ONLY_DOCUMENTS, title: words.onlyDocuments },
              ]}
              error={tried && as === '' ? words.chooseAs : undefined}
              onChange={setAs}
            />
          )}
          <TextField
            id="assign-reason"
            label={t.case.correct.reason}
            required
            maxLength={2000}
            value={reason}
            error={tried && reason.trim() === '' ? t.form.required : undefined}
            onChange={setReason}
          />
        </>
      )}
    </CommandDialog>
  );
}

type Speech = ReturnType<typeof useSpeech>;

/** What names a case in the choice. */
function titleOf(target: ItemTarget, t: Speech['t'], say: Speech['say']): string {
  const words = t.incoming.assign;
  const said = [
    target.number ?? t.inbox.noNumber,
    target.subject,
    say(target.process_title),
    target.open ? null : words.ended,
  ];
  const why = target.why === null ? '' : ` – ${words.why[target.why]}`;
  return said.filter(Boolean).join(' · ') + why;
}
