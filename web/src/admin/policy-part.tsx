import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { setPolicy } from '../api/commands';
import { policyQuery } from '../api/queries';
import type { HousePolicy } from '../api/shapes';
import { Button } from '../parts/button';
import { CommandDialog } from '../parts/command-dialog';
import { CheckField, ChecksField, TextField } from '../parts/field';
import { Loaded } from '../parts/loaded';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';

type Kind = HousePolicy['document_kinds'][number];
const KINDS: Kind[] = ['pdf', 'image', 'office', 'text', 'data', 'mail', 'archive'];
/** Limits are typed in megabytes. */
const MEGABYTE = 1_000_000;

/** What holds for all cases of the authority. */
export function PolicyPart() {
  const { t, list } = useSpeech();
  const words = t.keeping;
  const query = useQuery(policyQuery);
  const [asks, ask] = useState(false);
  const size = (bytes: number | null | undefined) =>
    bytes == null ? words.noLimit : words.megabytes(Math.ceil(bytes / MEGABYTE));
  return (
    <section className="fw-section" aria-labelledby="policy">
      <h2 id="policy" className="kern-heading-medium">
        {words.policy}
      </h2>
      <Loaded query={query}>
        {({ policy, used_bytes }) => (
          <>
            <Facts
              items={[
                {
                  title: words.archiveTitle,
                  value: policy.archive_first ? words.archiveFirstOn : words.archiveFirstOff,
                },
                {
                  title: words.kinds,
                  value: list(policy.document_kinds.map((kind) => words.kindChoices[kind])),
                },
                {
                  title: t.priority.title,
                  value: policy.digital_first === true ? t.priority.on : t.priority.off,
                },
                { title: words.caseLimit, value: size(policy.case_bytes) },
                {
                  title: words.authorityLimit,
                  value: words.used(size(policy.authority_bytes), size(used_bytes)),
                },
              ]}
            />
            <div>
              <Button look="secondary" onClick={() => ask(true)}>
                {words.policyOf}
              </Button>
            </div>
            {asks && <PolicyDialog policy={policy} onClose={() => ask(false)} />}
          </>
        )}
      </Loaded>
    </section>
  );
}

/** A limit as it is typed; none when nothing is. */
const typed = (bytes: number | null | undefined) => (bytes == null ? '' : String(bytes / MEGABYTE));

/** The limit that was typed, in bytes; undefined when it is no number. */
function limitOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const number = /^\d{1,9}([.,]\d{1,6})?$/.test(text.trim()) ? Number(text.trim().replace(',', '.')) : 0;
  return number > 0 ? Math.round(number * MEGABYTE) : undefined;
}

function PolicyDialog({ policy, onClose }: { policy: HousePolicy; onClose: () => void }) {
  const { t } = useSpeech();
  const words = t.keeping;
  const [archiveFirst, setArchiveFirst] = useState(policy.archive_first);
  const [digitalFirst, setDigitalFirst] = useState(policy.digital_first ?? false);
  const [kinds, setKinds] = useState<string[]>(policy.document_kinds);
  const [ofCase, setOfCase] = useState(typed(policy.case_bytes));
  const [ofAll, setOfAll] = useState(typed(policy.authority_bytes));
  const [caseBytes, allBytes] = [limitOf(ofCase), limitOf(ofAll)];
  const flaw = (limit: number | null | undefined) => (limit === undefined ? words.limitWrong : undefined);
  const noKind = kinds.length === 0 ? words.kindNeeded : undefined;
  return (
    <CommandDialog
      title={words.policyOf}
      done={words.policyDone}
      act={words.save}
      ready={caseBytes !== undefined && allBytes !== undefined && noKind === undefined}
      run={(command) =>
        setPolicy(command, {
          archive_first: archiveFirst,
          digital_first: digitalFirst,
          document_kinds: KINDS.filter((kind) => kinds.includes(kind)),
          case_bytes: caseBytes ?? null,
          authority_bytes: allBytes ?? null,
        })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <CheckField
            id="archive-first"
            label={words.archiveFirst}
            help={words.archiveFirstHelp}
            value={archiveFirst}
            onChange={setArchiveFirst}
          />
          <CheckField
            id="digital-first"
            label={t.priority.digitalFirst}
            help={t.priority.digitalFirstHelp}
            value={digitalFirst}
            onChange={setDigitalFirst}
          />
          <ChecksField
            id="kinds"
            label={words.kinds}
            help={words.kindsHelp}
            required
            value={kinds}
            options={KINDS.map((id) => ({ id, title: words.kindChoices[id] }))}
            error={tried ? noKind : undefined}
            onChange={setKinds}
          />
          <TextField
            id="case-limit"
            label={words.caseLimit}
            help={words.limitHelp}
            inputMode="decimal"
            short
            value={ofCase}
            error={tried ? flaw(caseBytes) : undefined}
            onChange={setOfCase}
          />
          <TextField
            id="authority-limit"
            label={words.authorityLimit}
            help={words.limitHelp}
            inputMode="decimal"
            short
            value={ofAll}
            error={tried ? flaw(allBytes) : undefined}
            onChange={setOfAll}
          />
        </>
      )}
    </CommandDialog>
  );
}
