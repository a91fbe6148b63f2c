import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { assignItem } from '../api/commands';
import { targetsQuery } from '../api/queries';
import type { IncomingItem, ItemTarget } from '../api/shapes';
import { CommandDialog } from '../parts/command-dialog';
import { DayField } from '../parts/day-field';
import { RadioField, SelectField, TextField } from '../parts/field';
import { SearchField } from '../parts/filter-bar';
import { InterruptsField } from '../parts/interrupts-field';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';
import { asks, ONLY_DOCUMENTS, PERHAPS, proposedOf, type RemedySaid, remedyId, said } from './assignment';

/** To which case an item belongs, and whether it is what that one waits for. */
export function AssignDialog({ item, onClose }: { item: IncomingItem; onClose: () => void }) {
  const { t, say, day } = useSpeech();
  const words = t.incoming.assign;
  const [sought, setSought] = useState('');
  const found = useQuery(targetsQuery(sought));
  const targets = sought.trim() === '' ? item.suggestions : (found.data ?? []);
  const [to, setTo] = useState('');
  const [as, setAs] = useState('');
  const [sure, setSure] = useState(false);
  const [remedy, setRemedy] = useState<RemedySaid>({ kind: 'objection', court: '' });
  const [typed, setReason] = useState<string | null>(null);
  const target = targets.find((each) => each.case === to);
  const proposed = target?.number ? words.reason(target.number) : words.reasonPlain;
  const reason = typed ?? proposed;
  const asked = target !== undefined && asks(target);
  const remedial = asked && (target.acts.length > 0 || target.may_be_remedy);
  const isRemedy = target?.acts.some((each) => remedyId(each) === as) ?? false;
  const courtMissing = isRemedy && remedy.kind === 'action' && remedy.court === '';
  const interrupts = target?.expects.some((each) => each.message === as && each.interrupts) ?? false;
  return (
    <CommandDialog
      title={words.title}
      hint={words.hint}
      done={words.done}
      act={words.act}
      ready={
        target !== undefined &&
        (!asked || as !== '') &&
        (!interrupts || sure) &&
        !courtMissing &&
        reason.trim() !== ''
      }
      run={(command) =>
        assignItem(item.id, command, {
          case: to,
          ...(target === undefined ? {} : said(target, as, { ...remedy, sure })),
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
          {asked && (
            <RadioField
              id="assign-as"
              label={remedial ? words.asRemedy : words.as}
              required
              value={as}
              options={[
                ...target.expects.map((each) => ({
                  id: each.message,
                  title: each.passed ? `${say(each.title)} (${words.passed})` : say(each.title),
                })),
                ...target.acts.map((each) => ({
                  id: remedyId(each),
                  title: words.remedy(say(each.title), day(each.issued_on), each.name),
                })),
                ...(target.may_be_remedy ? [{ id: PERHAPS, title: words.perhaps }] : []),
                { id: ONLY_DOCUMENTS, title: words.onlyDocuments },
              ]}
              error={tried && as === '' ? (remedial ? words.chooseAsRemedy : words.chooseAs) : undefined}
              onChange={(message) => {
                setAs(message);
                setSure(false);
              }}
            />
          )}
          {isRemedy && <RemedyFields value={remedy} missing={tried && courtMissing} onChange={setRemedy} />}
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

/** Which remedy it is; of an action the day at the court counts, not that of the item. */
function RemedyFields({
  value,
  missing,
  onChange,
}: {
  value: RemedySaid;
  missing: boolean;
  onChange: (value: RemedySaid) => void;
}) {
  const { t } = useSpeech();
  const words = t.incoming.assign;
  return (
    <>
      <SelectField
        id="assign-remedy"
        label={t.acts.whichRemedy}
        required
        value={value.kind}
        options={(['objection', 'action'] as const).map((id) => ({ id, title: t.acts.remedies[id] }))}
        onChange={(kind) => onChange({ ...value, kind: kind === 'action' ? 'action' : 'objection' })}
      />
      {value.kind === 'action' ? (
        <DayField
          id="assign-court"
          label={words.court}
          help={words.courtHelp}
          required
          value={value.court}
          error={missing ? t.form.notDay : undefined}
          onChange={(court) => onChange({ ...value, court })}
        />
      ) : (
        <p className="kern-hint">{words.objectionHint}</p>
      )}
    </>
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
