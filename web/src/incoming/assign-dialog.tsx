import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { assignItem } from '../api/commands';
import { targetsQuery } from '../api/queries';
import type { IncomingItem, ItemTarget } from '../api/shapes';
import { CommandDialog } from '../parts/command-dialog';
import { RadioField, TextField } from '../parts/field';
import { SearchField } from '../parts/filter-bar';
import { InterruptsField } from '../parts/interrupts-field';
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
  const [sure, setSure] = useState(false);
  const [typed, setReason] = useState<string | null>(null);
  const target = targets.find((each) => each.case === to);
  const proposed = target?.number ? words.reason(target.number) : words.reasonPlain;
  const reason = typed ?? proposed;
  const asks = target !== undefined && target.expects.length > 0;
  const interrupts = target?.expects.some((each) => each.message === as && each.interrupts) ?? false;
  return (
    <CommandDialog
      title={words.title}
      hint={words.hint}
      done={words.done}
      act={words.act}
      ready={target !== undefined && (!asks || as !== '') && (!interrupts || sure) && reason.trim() !== ''}
      run={(command) =>
        assignItem(item.id, command, {
          case: to,
          ...(asks && as !== ONLY_DOCUMENTS ? { message: as, sure } : {}),
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
              setSure(false);
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
                setAs(proposedOf(targets.find((each) => each.case === id)));
                setSure(false);
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
              onChange={(message) => {
                setAs(message);
                setSure(false);
              }}
            />
          )}
          {interrupts && (
            <InterruptsField
              id="assign-sure"
              value={sure}
              error={tried && !sure ? t.form.required : undefined}
              onChange={setSure}
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

/** What it most likely is: the only thing that is waited for, unless taking it may end what is under way. */
function proposedOf(target: ItemTarget | undefined): string {
  const [only, ...more] = target?.expects ?? [];
  return only && more.length === 0 && !only.passed && !only.interrupts ? only.message : '';
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
