import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { discardMessage, readdressMessage } from '../api/commands';
import { messagesQuery } from '../api/queries';
import type { MessageEntry } from '../api/shapes';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { TextField } from '../parts/field';
import { LoadedPages } from '../parts/loaded';
import { ReasonDialog } from '../parts/reason-dialog';
import { useSpeech } from '../texts/language';

type Act = 'key' | 'discard';

/** So many characters has a key. */
const MAX_KEY = 500;

/** What came for a key that no case waits for. */
export function MessagesArea() {
  const { t, say, instant } = useSpeech();
  const words = t.admin.messages;
  const query = useInfiniteQuery(messagesQuery);
  const [asked, ask] = useState<{ act: Act; message: MessageEntry } | null>(null);
  const columns: Column<MessageEntry>[] = [
    {
      id: 'message',
      title: words.columns.message,
      header: true,
      cell: (row) => say(row.title),
    },
    { id: 'key', title: words.columns.key, cell: (row) => row.key },
    { id: 'since', title: words.columns.since, cell: (row) => instant(row.since) },
    {
      id: 'awaited',
      title: words.columns.awaited,
      cell: (row) => (row.awaited.length === 0 ? words.noneAwaited : row.awaited.join(', ')),
    },
    {
      id: 'action',
      title: words.columns.action,
      quiet: true,
      cell: (message) => (
        <span className="fw-actions">
          <Button
            small
            icon="edit"
            aria-label={words.readdressOf(message.key)}
            onClick={() => ask({ act: 'key', message })}
          >
            {words.readdress}
          </Button>
          <Button
            small
            icon="close"
            aria-label={words.discardOf(message.key)}
            onClick={() => ask({ act: 'discard', message })}
          >
            {words.discard}
          </Button>
        </span>
      ),
    },
  ];
  return (
    <>
      <p className="kern-body">{words.intro}</p>
      <LoadedPages query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{words.empty}</p>
          ) : (
            <DataTable
              caption={t.admin.areas.messages}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.id}
            />
          )
        }
      </LoadedPages>
      {asked?.act === 'key' && <KeyDialog message={asked.message} onClose={() => ask(null)} />}
      {asked?.act === 'discard' && (
        <ReasonDialog
          title={words.discardOf(asked.message.key)}
          hint={words.discardHint}
          reasonHelp={words.reasonHelp}
          done={words.discarded(asked.message.key)}
          act={words.discard}
          run={(command, reason) => discardMessage(asked.message.id, command, reason)}
          onClose={() => ask(null)}
        />
      )}
    </>
  );
}

/** The key of a message is corrected: it goes to whoever waits for the right one. */
function KeyDialog({ message, onClose }: { message: MessageEntry; onClose: () => void }) {
  const { t } = useSpeech();
  const words = t.admin.messages;
  const [key, setKey] = useState(message.key);
  const wanted = key.trim();
  const flaw = wanted === '' ? t.form.required : wanted === message.key ? words.sameKey : undefined;
  return (
    <ReasonDialog
      title={words.readdressOf(message.key)}
      hint={words.readdressHint}
      reasonHelp={words.reasonHelp}
      done={words.readdressed(wanted)}
      act={words.readdress}
      ready={flaw === undefined}
      run={(command, reason) => readdressMessage(message.id, command, { key: wanted, reason })}
      onClose={onClose}
    >
      {(tried) => (
        <TextField
          id="message-key"
          label={words.newKey}
          help={message.awaited.length > 0 ? words.awaitedHelp(message.awaited.join(', ')) : undefined}
          required
          maxLength={MAX_KEY}
          value={key}
          error={tried ? flaw : undefined}
          onChange={setKey}
        />
      )}
    </ReasonDialog>
  );
}
