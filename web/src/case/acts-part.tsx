// The acts of a case: whom they are for, when they were notified, whether they are final.
import { useState } from 'react';

import { correctAct, previewAnew, previewCorrection, recordRemedy, sendAnew } from '../api/commands';
import { useToday } from '../api/session';
import type { ActAddressee, CaseAct, CaseDetail } from '../api/shapes';
import { Badge, DueBadge } from '../parts/badge';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { DayField } from '../parts/day-field';
import { Derivation } from '../parts/derivation';
import { DoubtfulLaw } from '../parts/doubtful-law';
import { SelectField, TextField } from '../parts/field';
import { Section } from '../parts/page';
import { Facts } from '../parts/values';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { CommandDialog } from '../parts/command-dialog';
import { DocumentLink } from './document-list';
import { isPeriodOpen } from './end-warnings';
import { ReasonDialog } from '../parts/reason-dialog';

export function ActsPart({ detail, frozen }: { detail: CaseDetail; frozen: boolean }) {
  const { t } = useSpeech();
  const [open, setOpen] = useState<React.ReactNode>(null);
  if (detail.acts.length === 0) return null;
  return (
    <Section title={t.acts.title}>
      {detail.acts.map((act) => (
        <Act key={act.number} detail={detail} act={act} frozen={frozen} onOpen={setOpen} />
      ))}
      {open}
    </Section>
  );
}

function Act({
  detail,
  act,
  frozen,
  onOpen,
}: {
  detail: CaseDetail;
  act: CaseAct;
  frozen: boolean;
  onOpen: (dialog: React.ReactNode) => void;
}) {
  const { t, say, day, money } = useSpeech();
  const close = () => onOpen(null);
  const title = say(act.title);
  const issued = act.issued_on !== null && !frozen;
  const deemed = act.deemed;
  const columns: Column<ActAddressee>[] = [
    {
      id: 'name',
      title: t.acts.addressee,
      header: true,
      cell: (row) => (
        <>
          {row.name}
          {row.receiver !== null && <span className="fw-sub">{t.acts.receivedBy(row.receiver)}</span>}
        </>
      ),
    },
    {
      id: 'dispatch',
      title: t.acts.dispatched,
      cell: (row) => (
        <>
          {row.dispatched_on === null ? t.acts.notYet : day(row.dispatched_on)}
          {row.document !== null && (
            <span className="fw-sub">
              <DocumentLink
                caseId={detail.id}
                number={row.document}
                label={
                  deemed === null ? t.acts.letterTo(row.name) : t.margins.fiction.certificateTo(row.name)
                }
              >
                {deemed === null ? t.acts.letter : t.margins.fiction.certificate}
              </DocumentLink>
            </span>
          )}
        </>
      ),
    },
    {
      id: 'notified',
      title: t.acts.notified,
      cell: (row) => (
        <>
          {row.notified_on === null ? t.acts.notYet : day(row.notified_on)}
          {deemed !== null && row.notified_on === act.issued_on && (
            <span className="fw-sub">{t.margins.fiction.byLaw}</span>
          )}
        </>
      ),
    },
    {
      id: 'remedy',
      title: t.acts.remedyEnds,
      cell: (row) => <RemedyPeriod row={row} open={detail.open} />,
    },
    {
      id: 'state',
      title: t.acts.state,
      cell: (row) => (
        <div className="fw-standing">
          <Standing row={row} />
          {issued && detail.permissions.remedy && (
            <span className="fw-actions">
              <Button
                small
                aria-label={t.acts.recordRemedyOf(row.name)}
                onClick={() => onOpen(<RemedyDialog detail={detail} act={act} row={row} onClose={close} />)}
              >
                {t.acts.recordRemedy}
              </Button>
              {detail.permissions.parties && row.letters.length > 0 && (
                <Button
                  small
                  aria-label={t.acts.sendAnewTo(row.name)}
                  onClick={() =>
                    onOpen(<SendAnewDialog detail={detail} act={act} row={row} onClose={close} />)
                  }
                >
                  {t.acts.sendAnew}
                </Button>
              )}
            </span>
          )}
        </div>
      ),
    },
  ];
  return (
    <article className="fw-act">
      <h3 className="fw-panel__title">{t.acts.numbered(title, act.number)}</h3>
      {deemed !== null && act.issued_on !== null && (
        <>
          <p className="kern-body">
            <Badge tone="info">{t.margins.fiction.deemed}</Badge>{' '}
            {t.margins.fiction.deemedSince(day(act.issued_on))} {t.margins.fiction.deemedHelp}
          </p>
          <DoubtfulLaw rows={[deemed]} />
        </>
      )}
      <Facts
        items={[
          {
            title: deemed === null ? t.acts.issued : t.margins.fiction.since,
            value: act.issued_on === null ? t.acts.beingMade : day(act.issued_on),
          },
          { title: t.acts.law, value: act.law },
          { title: t.acts.sphere, value: act.transferred ? t.acts.transferred : t.acts.own },
          ...(act.fee === null ? [] : [{ title: t.acts.fee, value: money(act.fee) }]),
        ]}
      />
      {act.costs !== null && (
        <details className="fw-details">
          <summary>{t.acts.fee}</summary>
          <p className="kern-body fw-lines-shown">
            {[act.costs.basis, act.costs.calculation].filter((part) => part !== '').join('\n')}
          </p>
          {act.costs.due !== null && <p className="kern-body">{t.acts.until(day(act.costs.due))}</p>}
          <DoubtfulLaw rows={act.costs.law} />
        </details>
      )}
      {act.instruction !== null && (
        <details className="fw-details">
          <summary>{t.law.instruction}</summary>
          <p className="kern-body fw-lines-shown">{act.instruction.text}</p>
          <DoubtfulLaw rows={act.instruction.law} />
        </details>
      )}
      {act.conditions.length > 0 && (
        <>
          <p className="kern-label">{t.acts.conditions}</p>
          <ul className="fw-plain-list">
            {act.conditions.map((condition, index) => (
              <li key={index}>
                {condition.text}
                <span className="fw-sub">
                  {[
                    ...(condition.kind === null ? [] : [say(condition.kind)]),
                    ...(condition.due === null ? [] : [t.acts.until(day(condition.due))]),
                  ].join(', ')}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {act.addressees.length > 0 && (
        <DataTable
          caption={t.acts.addresseesOf(title)}
          columns={columns}
          rows={act.addressees}
          rowKey={(row) => String(row.party)}
        />
      )}
      {act.corrections.length > 0 && (
        <ul className="kern-list kern-list--bullet">
          {act.corrections.map((correction, index) => (
            <li key={index}>
              {t.acts.corrected(day(correction.on), correction.wrong, correction.right)}
              <span className="fw-sub">
                {correction.by.name}: {correction.reason}
              </span>
            </li>
          ))}
        </ul>
      )}
      {issued && deemed === null && detail.permissions.correct && (
        <Button small onClick={() => onOpen(<CorrectDialog detail={detail} act={act} onClose={close} />)}>
          {t.acts.correct}
        </Button>
      )}
    </article>
  );
}

function RemedyPeriod({ row, open }: { row: ActAddressee; open: boolean }) {
  const { t, day } = useSpeech();
  const today = useToday();
  if (row.remedy_ends === null) return t.acts.notRunning;
  const runs = isPeriodOpen(row);
  return (
    <>
      {runs && open ? <DueBadge day={row.remedy_ends} /> : day(row.remedy_ends)}
      {runs && !open && (
        <span className="fw-sub">{row.remedy_ends < today ? t.acts.ranOut : t.acts.runsOn}</span>
      )}
      {row.derivation.length > 0 && (
        <details className="fw-details">
          <summary>{t.deadlines.derivation}</summary>
          <Derivation sentences={row.derivation} />
        </details>
      )}
    </>
  );
}

function Standing({ row }: { row: ActAddressee }) {
  const { t, day } = useSpeech();
  return (
    <>
      {row.final_since !== null && <Badge tone="success">{t.acts.finalSince(day(row.final_since))}</Badge>}
      {row.remedies.map((remedy, index) => (
        <span key={index} className="fw-sub">
          <Badge {...(remedy.late ? {} : { tone: 'warning' })}>
            {t.acts.remedyOf(t.acts.remedies[remedy.kind], day(remedy.received_on))}
          </Badge>{' '}
          {remedy.late
            ? t.acts.late
            : remedy.reinstated_on === null
              ? t.acts.inTime
              : t.acts.reinstated(day(remedy.reinstated_on))}
        </span>
      ))}
    </>
  );
}

function RemedyDialog({
  detail,
  act,
  row,
  onClose,
}: {
  detail: CaseDetail;
  act: CaseAct;
  row: ActAddressee;
  onClose: () => void;
}) {
  const { t } = useSpeech();
  const today = useToday();
  const [kind, setKind] = useState<'objection' | 'action'>('objection');
  const [received, setReceived] = useState(today);
  return (
    <CommandDialog
      title={t.acts.recordRemedyOf(row.name)}
      hint={t.acts.remedyHint}
      done={t.acts.remedyRecorded}
      act={t.acts.recordRemedy}
      ready={isDay(received)}
      run={(command) =>
        recordRemedy(detail.id, act.number, command, { party: row.party, kind, received_on: received })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <SelectField
            id="remedy-kind"
            label={t.acts.whichRemedy}
            required
            value={kind}
            options={(['objection', 'action'] as const).map((id) => ({ id, title: t.acts.remedies[id] }))}
            onChange={(chosen) => setKind(chosen === 'action' ? 'action' : 'objection')}
          />
          <DayField
            id="remedy-received"
            at="received_on"
            label={t.acts.received}
            help={t.acts.receivedHelp}
            required
            value={received}
            error={tried && !isDay(received) ? t.form.notDay : undefined}
            onChange={setReceived}
          />
        </>
      )}
    </CommandDialog>
  );
}

/** The letters of one addressee of which one has come back; mostly there is one. */
function SendAnewDialog({
  detail,
  act,
  row,
  onClose,
}: {
  detail: CaseDetail;
  act: CaseAct;
  row: ActAddressee;
  onClose: () => void;
}) {
  const { t, day } = useSpeech();
  const letters = detail.documents.filter((document) => row.letters.includes(document.number));
  const newest = letters.at(-1);
  const [chosen, setChosen] = useState(newest === undefined ? '' : String(newest.number));
  const anew = (reason: string) => ({ party: row.party, document: Number(chosen), reason });
  return (
    <ReasonDialog
      title={t.acts.sendAnewTo(row.name)}
      hint={t.acts.sendAnewHint}
      done={t.acts.sendAnewDone}
      act={t.acts.sendAnew}
      run={(command, reason) => sendAnew(detail.id, act.number, command, anew(reason))}
      preview={(reason) => previewAnew(detail.id, act.number, anew(reason))}
      onClose={onClose}
    >
      {() =>
        letters.length > 1 && (
          <SelectField
            id="anew-letter"
            label={t.acts.whichLetter}
            required
            value={chosen}
            options={letters.map((letter) => ({
              id: String(letter.number),
              title:
                letter.dispatch === null
                  ? t.acts.letterUnsent(letter.title)
                  : t.acts.letterOf(letter.title, day(letter.dispatch.on)),
            }))}
            onChange={setChosen}
          />
        )
      }
    </ReasonDialog>
  );
}

function CorrectDialog({ detail, act, onClose }: { detail: CaseDetail; act: CaseAct; onClose: () => void }) {
  const { t, say } = useSpeech();
  const [wrong, setWrong] = useState('');
  const [right, setRight] = useState('');
  const [anew, setAnew] = useState('no');
  const correction = (reason: string) => ({
    wrong: wrong.trim(),
    right: right.trim(),
    reason,
    begins_anew: anew === 'yes',
  });
  const missing = (text: string, tried: boolean) =>
    tried && text.trim() === '' ? t.form.required : undefined;
  return (
    <ReasonDialog
      title={t.acts.correctOf(say(act.title))}
      hint={t.acts.correctHint}
      done={t.acts.correctDone}
      act={t.acts.correct}
      ready={wrong.trim() !== '' && right.trim() !== ''}
      run={(command, reason) => correctAct(detail.id, act.number, command, correction(reason))}
      preview={(reason) => previewCorrection(detail.id, act.number, correction(reason))}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <TextField
            id="act-wrong"
            label={t.acts.wrong}
            required
            value={wrong}
            error={missing(wrong, tried)}
            onChange={setWrong}
          />
          <TextField
            id="act-right"
            label={t.acts.right}
            required
            value={right}
            error={missing(right, tried)}
            onChange={setRight}
          />
          <SelectField
            id="act-anew"
            label={t.acts.anew}
            help={t.acts.anewHelp}
            required
            value={anew}
            options={[
              { id: 'no', title: t.acts.goesOn },
              { id: 'yes', title: t.acts.beginsAnew },
            ]}
            onChange={setAnew}
          />
        </>
      )}
    </ReasonDialog>
  );
}
