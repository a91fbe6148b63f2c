import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { changeItem, type ItemSaid, joinItems, splitItem } from '../api/commands';
import { incomingQuery } from '../api/queries';
import type { IncomingItem } from '../api/shapes';
import { CommandDialog } from '../parts/command-dialog';
import { ChecksField, RadioField, TextField } from '../parts/field';
import { SearchField } from '../parts/filter-bar';
import { ProblemAlert } from '../parts/problem';
import { ReasonDialog } from '../parts/reason-dialog';
import { useSpeech } from '../texts/language';
import { ItemFields, itemSaid, useItemFlaws } from './item-fields';

/** Confirms the day of receipt, and corrects what is known of an item. */
export function ChangeDialog({ item, onClose }: { item: IncomingItem; onClose: () => void }) {
  const { t } = useSpeech();
  const words = t.incoming.item;
  const [about, setAbout] = useState<ItemSaid>({
    subject: item.subject ?? '',
    sender: item.sender ?? '',
    email: item.email ?? '',
    received_on: item.received_on,
  });
  const [reason, setReason] = useState('');
  // What the dialog shows, also when the item changes meanwhile.
  const [seen] = useState(item.version);
  const flaws = useItemFlaws(about);
  const moved = item.day_confirmed && about.received_on !== item.received_on;
  return (
    <CommandDialog
      title={item.day_confirmed ? words.change : words.confirm}
      {...(item.day_confirmed && { hint: words.changeHint })}
      done={words.changed}
      act={item.day_confirmed ? t.act.save : words.confirm}
      ready={Object.keys(flaws).length === 0 && (!moved || reason.trim() !== '')}
      run={(command) => changeItem(item.id, command, { ...itemSaid(about), reason: reason.trim(), seen })}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <ItemFields value={about} flaws={tried ? flaws : {}} onChange={setAbout} />
          {item.day_confirmed && (
            <TextField
              id="change-reason"
              label={words.why}
              required={moved}
              maxLength={2000}
              value={reason}
              error={tried && moved && reason.trim() === '' ? t.form.required : undefined}
              onChange={setReason}
            />
          )}
        </>
      )}
    </CommandDialog>
  );
}

/** Some documents become an item of their own. */
export function SplitDialog({ item, onClose }: { item: IncomingItem; onClose: () => void }) {
  const { t } = useSpeech();
  const words = t.incoming.split;
  const [chosen, setChosen] = useState<string[]>([]);
  const [subject, setSubject] = useState(item.subject ?? '');
  const some = chosen.length > 0 && chosen.length < item.documents_shown.length;
  return (
    <ReasonDialog
      title={words.title}
      hint={words.hint}
      done={words.done}
      act={words.act}
      ready={some && subject.trim() !== ''}
      run={(command, reason) =>
        splitItem(item.id, command, { documents: chosen.map(Number), subject: subject.trim(), reason })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <ChecksField
            id="split-documents"
            label={words.which}
            required
            value={chosen}
            options={item.documents_shown.map(({ number, title }) => ({ id: String(number), title }))}
            error={tried && !some ? words.some : undefined}
            onChange={setChosen}
          />
          <TextField
            id="split-subject"
            label={words.subject}
            required
            maxLength={300}
            value={subject}
            error={tried && subject.trim() === '' ? t.form.required : undefined}
            onChange={setSubject}
          />
        </>
      )}
    </ReasonDialog>
  );
}

/** Two items are parts of one sending. */
export function JoinDialog({ item, onClose }: { item: IncomingItem; onClose: () => void }) {
  const { t, day } = useSpeech();
  const words = t.incoming.join;
  const [sought, setSought] = useState('');
  const query = useInfiniteQuery(incomingQuery('waiting', sought.trim() === '' ? undefined : sought));
  const others = (query.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((other) => other.id !== item.id && !other.under_way);
  const [into, setInto] = useState('');
  return (
    <ReasonDialog
      title={words.title}
      hint={words.hint}
      done={words.done}
      act={words.act}
      ready={into !== ''}
      run={(command, reason) => joinItems(item.id, command, { into, reason })}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <SearchField
            id="join-search"
            label={t.incoming.search}
            value={sought}
            onChange={(text) => {
              setSought(text);
              // What is chosen is what is seen.
              setInto('');
            }}
          />
          {query.isError && <ProblemAlert error={query.error} />}
          {query.isSuccess && (
            <p
              className={others.length === 0 || query.hasNextPage ? 'fw-muted' : 'kern-sr-only'}
              role="status"
            >
              {others.length === 0 ? words.none : query.hasNextPage ? words.more : words.found(others.length)}
            </p>
          )}
          {others.length > 0 && (
            <RadioField
              id="join-into"
              label={words.which}
              required
              value={into}
              options={others.map((other) => ({
                id: other.id,
                title: [day(other.received_on), other.subject, other.sender].filter(Boolean).join(' · '),
              }))}
              error={tried && into === '' ? words.choose : undefined}
              onChange={setInto}
            />
          )}
        </>
      )}
    </ReasonDialog>
  );
}
