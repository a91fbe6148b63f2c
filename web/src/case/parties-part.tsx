// Who takes part in a case: added, changed and removed by whoever has part in the process.
import { useState } from 'react';

import { addParty, changeParty, removeParty } from '../api/commands';
import type { CaseDetail, CaseParty } from '../api/shapes';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { LinesField, SelectField, TextField } from '../parts/field';
import { Section } from '../parts/page';
import { useSpeech } from '../texts/language';
import { CommandDialog } from '../parts/command-dialog';
import { ReasonDialog } from '../parts/reason-dialog';

interface Entered {
  kind: string;
  name: string;
  address: string;
  email: string;
  represents: string;
}

export function PartiesPart({ detail, frozen }: { detail: CaseDetail; frozen: boolean }) {
  const { t, say, day } = useSpeech();
  const [open, setOpen] = useState<React.ReactNode>(null);
  const close = () => setOpen(null);
  if (detail.party_kinds.length === 0) return null;
  const may = detail.permissions.parties && !frozen;
  const nameOf = (number: number) => detail.parties.find((each) => each.number === number)?.name ?? '?';
  const columns: Column<CaseParty>[] = [
    {
      id: 'name',
      title: t.acts.party,
      header: true,
      cell: (row) => (
        <>
          {row.name}
          <span className="fw-sub">
            {say(row.kind_title)},{' '}
            {row.until === null
              ? t.acts.since(day(row.since))
              : t.acts.during(day(row.since), day(row.until))}
          </span>
        </>
      ),
    },
    { id: 'address', title: t.acts.address, cell: (row) => row.address.join(', ') },
    {
      id: 'represents',
      title: t.acts.represents,
      cell: (row) =>
        row.represents.length > 0 ? (
          row.represents.map(nameOf).join(', ')
        ) : (
          <span className="fw-muted">{t.acts.nobody}</span>
        ),
    },
    ...(may || detail.parties.some((party) => party.removed !== null)
      ? [
          {
            id: 'may',
            title: t.acts.possible,
            cell: (row: CaseParty) =>
              row.removed !== null ? (
                <>
                  <Badge>{t.acts.removed}</Badge>
                  <span className="fw-sub">{row.removed}</span>
                </>
              ) : (
                may && (
                  <span className="fw-actions">
                    <Button
                      small
                      aria-label={t.acts.changeOf(row.name)}
                      onClick={() => setOpen(<PartyDialog detail={detail} party={row} onClose={close} />)}
                    >
                      {t.acts.change}
                    </Button>
                    <Button
                      small
                      aria-label={t.acts.removeOf(row.name)}
                      onClick={() =>
                        setOpen(
                          <ReasonDialog
                            title={t.acts.removeOf(row.name)}
                            hint={t.acts.removeHint}
                            done={t.acts.partyRemoved}
                            act={t.acts.remove}
                            run={(command, reason) => removeParty(detail.id, row.number, command, reason)}
                            onClose={close}
                          />,
                        )
                      }
                    >
                      {t.acts.remove}
                    </Button>
                  </span>
                )
              ),
          },
        ]
      : []),
  ];
  return (
    <Section
      title={t.acts.parties}
      actions={
        may && (
          <Button small onClick={() => setOpen(<PartyDialog detail={detail} onClose={close} />)}>
            {t.acts.add}
          </Button>
        )
      }
    >
      {detail.parties.length === 0 ? (
        <p className="fw-muted">{t.acts.noParties}</p>
      ) : (
        <DataTable
          caption={t.acts.parties}
          columns={columns}
          rows={detail.parties}
          rowKey={(row) => String(row.number)}
        />
      )}
      {open}
    </Section>
  );
}

/** Adds a party; with one given, changes it for a reason. */
function PartyDialog({
  detail,
  party,
  onClose,
}: {
  detail: CaseDetail;
  party?: CaseParty;
  onClose: () => void;
}) {
  const { t } = useSpeech();
  const [entered, setEntered] = useState<Entered>({
    kind: party?.kind ?? detail.party_kinds[0]?.id ?? '',
    name: party?.name ?? '',
    address: party?.address.join('\n') ?? '',
    email: party?.email ?? '',
    represents: party?.represents[0]?.toString() ?? '',
  });
  const body = {
    kind: entered.kind,
    name: entered.name.trim(),
    address: entered.address
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    ...(entered.email.trim() === '' ? {} : { email: entered.email.trim() }),
    represents: representsOf(party, entered.represents),
  };
  const ready = body.name !== '';
  const fields = (tried: boolean) => (
    <PartyFields detail={detail} party={party} entered={entered} tried={tried} onChange={setEntered} />
  );
  return party === undefined ? (
    <CommandDialog
      title={t.acts.add}
      done={t.acts.partyAdded}
      act={t.acts.add}
      ready={ready}
      run={(command) => addParty(detail.id, command, body)}
      onClose={onClose}
    >
      {fields}
    </CommandDialog>
  ) : (
    <ReasonDialog
      title={t.acts.changeOf(party.name)}
      done={t.acts.partyChanged}
      act={t.acts.change}
      ready={ready}
      run={(command, reason) => changeParty(detail.id, party.number, command, { party: body, reason })}
      onClose={onClose}
    >
      {fields}
    </ReasonDialog>
  );
}

/** Whoever acts for several stays so, unless another one is chosen. */
function representsOf(party: CaseParty | undefined, chosen: string): number[] {
  if (chosen === '') return [];
  const before = party?.represents ?? [];
  return before[0]?.toString() === chosen ? before : [Number(chosen)];
}

function PartyFields({
  detail,
  party,
  entered,
  tried,
  onChange,
}: {
  detail: CaseDetail;
  party: CaseParty | undefined;
  entered: Entered;
  tried: boolean;
  onChange: (entered: Entered) => void;
}) {
  const { t, say } = useSpeech();
  const set = (part: Partial<Entered>) => onChange({ ...entered, ...part });
  const others = detail.parties.filter((each) => each.removed === null && each.number !== party?.number);
  return (
    <>
      {party === undefined && (
        <SelectField
          id="party-kind"
          label={t.acts.kind}
          required
          value={entered.kind}
          options={detail.party_kinds.map((kind) => ({ id: kind.id, title: say(kind.title) }))}
          onChange={(kind) => set({ kind })}
        />
      )}
      <TextField
        id="party-name"
        label={t.acts.name}
        required
        value={entered.name}
        error={tried && entered.name.trim() === '' ? t.form.required : undefined}
        onChange={(name) => set({ name })}
      />
      <LinesField
        id="party-address"
        label={t.acts.address}
        help={t.acts.addressHelp}
        value={entered.address}
        onChange={(address) => set({ address })}
      />
      <TextField
        id="party-email"
        label={t.acts.email}
        value={entered.email}
        onChange={(email) => set({ email })}
      />
      {others.length > 0 && (
        <SelectField
          id="party-represents"
          label={t.acts.represents}
          help={t.acts.representsHelp}
          value={entered.represents}
          empty={t.acts.nobody}
          options={others.map((each) => ({ id: each.number.toString(), title: each.name }))}
          onChange={(represents) => set({ represents })}
        />
      )}
    </>
  );
}
