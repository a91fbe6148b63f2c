// What a person may do to a case besides its tasks: note something that it reacts to, take back, correct.
import { useMemo, useState } from 'react';

import { changeData, endCase, moveStep, skipStep, takeBackTask, triggerByHand } from '../api/commands';
import { useToday } from '../api/session';
import type { CaseDetail, Values } from '../api/shapes';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { DayField } from '../parts/day-field';
import { SelectField, TextField } from '../parts/field';
import { readFields } from '../parts/form/profile';
import { SchemaForm } from '../parts/form/schema-form';
import { beginWith, toSend } from '../parts/form/values';
import { Section } from '../parts/page';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { ReasonDialog } from '../parts/reason-dialog';
import { EndWarnings } from './end-warnings';

type Active = CaseDetail['active'][number];
type WayBack = Active['back_to'][number];

/** Nothing of it is shown to somebody who can do none of it. */
export function Corrections({ detail }: { detail: CaseDetail }) {
  const { t, say } = useSpeech();
  const [open, setOpen] = useState<React.ReactNode>(null);
  const close = () => setOpen(null);
  const may = detail.permissions.correct;
  if (!may && detail.triggers.length === 0 && detail.done_tasks.length === 0) return null;
  return (
    <Section title={t.case.correct.title} className="fw-no-print">
      <div className="fw-actions">
        {detail.triggers.map((trigger) => (
          <Button
            key={`${trigger.instance}.${trigger.name}`}
            onClick={() =>
              setOpen(
                <ReasonDialog
                  title={say(trigger.title)}
                  hint={t.case.correct.triggerHint}
                  done={t.case.correct.triggered(say(trigger.title))}
                  act={t.case.correct.note}
                  run={(command, reason) =>
                    triggerByHand(detail.id, trigger.instance, trigger.name, command, reason)
                  }
                  onClose={close}
                />,
              )
            }
          >
            {t.case.correct.noteThat(say(trigger.title))}
          </Button>
        ))}
        {detail.done_tasks.map((task) => (
          <Button
            key={task.id}
            onClick={() =>
              setOpen(
                <ReasonDialog
                  title={t.case.correct.takeBack(say(task.title))}
                  hint={t.case.correct.takeBackHint}
                  done={t.case.correct.takenBack(say(task.title))}
                  act={t.case.correct.takeBackAct}
                  run={(command, reason) => takeBackTask(task.id, command, reason)}
                  onClose={close}
                />,
              )
            }
          >
            {t.case.correct.takeBack(say(task.title))}
          </Button>
        ))}
        {may && (
          <>
            <Button onClick={() => setOpen(<DataDialog detail={detail} onClose={close} />)}>
              {t.case.correct.changeData}
            </Button>
            <Button onClick={() => setOpen(<EndDialog detail={detail} onClose={close} />)}>
              {t.case.correct.end}
            </Button>
          </>
        )}
      </div>
      {may && detail.active.length > 0 && <ActiveSteps detail={detail} onOpen={setOpen} onClose={close} />}
      {open}
    </Section>
  );
}

function ActiveSteps({
  detail,
  onOpen,
  onClose,
}: {
  detail: CaseDetail;
  onOpen: (dialog: React.ReactNode) => void;
  onClose: () => void;
}) {
  const { t, say } = useSpeech();
  const columns: Column<Active>[] = [
    {
      id: 'step',
      title: t.case.correct.step,
      header: true,
      cell: (row) => (
        <>
          {say(row.title)}
          {row.inside !== null && say(row.inside) !== say(row.title) && (
            <span className="fw-sub">{say(row.inside)}</span>
          )}
        </>
      ),
    },
    {
      id: 'acts',
      title: t.case.correct.acts,
      cell: (row) =>
        !row.may_skip && row.back_to.length === 0 ? (
          <span className="fw-muted">{t.case.correct.none}</span>
        ) : (
          <span className="fw-actions">
            {row.may_skip && (
              <Button
                small
                aria-label={t.case.correct.skipOf(say(row.title))}
                onClick={() => onOpen(<SkipDialog detail={detail} step={row} onClose={onClose} />)}
              >
                {t.case.correct.skip}
              </Button>
            )}
            {row.back_to.length > 0 && (
              <Button
                small
                aria-label={t.case.correct.backOf(say(row.title))}
                onClick={() => onOpen(<BackDialog detail={detail} step={row} onClose={onClose} />)}
              >
                {t.case.correct.back}
              </Button>
            )}
          </span>
        ),
    },
  ];
  return (
    <DataTable
      caption={t.case.correct.active}
      columns={columns}
      rows={detail.active}
      rowKey={(row) => String(row.instance)}
    />
  );
}

function SkipDialog({ detail, step, onClose }: { detail: CaseDetail; step: Active; onClose: () => void }) {
  const { t, say } = useSpeech();
  const [outcome, setOutcome] = useState('');
  const needed = step.outcomes.length > 0;
  return (
    <ReasonDialog
      title={t.case.correct.skipOf(say(step.title))}
      hint={t.case.correct.skipHint}
      done={t.case.correct.skipped(say(step.title))}
      act={t.case.correct.skip}
      ready={!needed || outcome !== ''}
      run={(command, reason) =>
        skipStep(detail.id, step.instance, command, {
          reason,
          ...(outcome === '' ? {} : { outcome }),
        })
      }
      onClose={onClose}
    >
      {(tried) =>
        needed && (
          <SelectField
            id="skip-outcome"
            label={t.case.correct.goesOn}
            required
            value={outcome}
            empty={t.word.choose}
            error={tried && outcome === '' ? t.form.required : undefined}
            options={step.outcomes.map((each) => ({ id: each.id, title: say(each.title) }))}
            onChange={setOutcome}
          />
        )
      }
    </ReasonDialog>
  );
}

function BackDialog({ detail, step, onClose }: { detail: CaseDetail; step: Active; onClose: () => void }) {
  const { t, say } = useSpeech();
  // Nothing is chosen for anybody: how far back a case goes is a decision.
  const [to, setTo] = useState('');
  const keyOf = (way: WayBack) => `${way.instance} ${way.id}`;
  const chosen = step.back_to.find((way) => keyOf(way) === to);
  return (
    <ReasonDialog
      title={t.case.correct.backOf(say(step.title))}
      hint={t.case.correct.backHint}
      done={t.case.correct.wentBack}
      act={t.case.correct.back}
      ready={chosen !== undefined}
      run={(command, reason) =>
        moveStep(detail.id, chosen?.instance ?? step.instance, command, { to: chosen?.id ?? '', reason })
      }
      onClose={onClose}
    >
      {(tried) => (
        <SelectField
          id="back-to"
          label={t.case.correct.backTo}
          required
          value={to}
          empty={t.word.choose}
          error={tried && chosen === undefined ? t.form.required : undefined}
          // The nearest first: mostly it is one step back.
          options={step.back_to.toReversed().map((way) => ({ id: keyOf(way), title: say(way.title) }))}
          onChange={setTo}
        />
      )}
    </ReasonDialog>
  );
}

function DataDialog({ detail, onClose }: { detail: CaseDetail; onClose: () => void }) {
  const { t } = useSpeech();
  const fields = useMemo(() => readFields(detail.data_schema), [detail.data_schema]);
  const given: Values = detail.data;
  const [values, setValues] = useState<Values>(() => beginWith(fields, given));
  const [received, setReceived] = useState(detail.received_on);
  const today = useToday();
  const wrongDay = !isDay(received) ? t.form.notDay : received > today ? t.start.receivedFuture : undefined;
  const changed = (): Values => {
    const now = toSend(fields, values, new Set(), given);
    const names = new Set([...Object.keys(now), ...fields.map((field) => field.name)]);
    const different = [...names].filter((name) => JSON.stringify(now[name]) !== JSON.stringify(given[name]));
    return Object.fromEntries(different.map((name) => [name, now[name] ?? null]));
  };
  const required = fields.filter((field) => field.required).map((field) => field.name);
  const demands = { hidden: new Set<string>(), required: new Set(required), closed: {} };
  return (
    <ReasonDialog
      title={t.case.correct.changeData}
      hint={t.case.correct.changeDataHint}
      done={t.case.correct.dataChanged}
      act={t.case.correct.save}
      run={(command, reason) =>
        changeData(detail.id, command, {
          fields: changed(),
          ...(received === detail.received_on ? {} : { received_on: received }),
          seen: detail.version,
          reason,
        })
      }
      ready={wrongDay === undefined}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <SchemaForm
            prefix="data"
            fields={fields}
            values={values}
            demands={demands}
            flaws={[]}
            onChange={setValues}
          />
          <DayField
            id="data-received"
            at="received_on"
            label={t.start.received}
            help={t.case.correct.receivedHelp}
            required
            value={received}
            error={tried ? wrongDay : undefined}
            onChange={setReceived}
          />
        </>
      )}
    </ReasonDialog>
  );
}

function EndDialog({ detail, onClose }: { detail: CaseDetail; onClose: () => void }) {
  const { t } = useSpeech();
  const [outcome, setOutcome] = useState('');
  return (
    <ReasonDialog
      title={t.case.correct.end}
      hint={t.case.correct.endHint}
      done={t.case.correct.endDone}
      act={t.case.correct.end}
      run={(command, reason) =>
        endCase(detail.id, command, {
          reason,
          ...(outcome.trim() === '' ? {} : { outcome: outcome.trim() }),
        })
      }
      onClose={onClose}
    >
      {() => (
        <>
          <EndWarnings detail={detail} />
          <TextField id="end-outcome" label={t.case.correct.outcome} value={outcome} onChange={setOutcome} />
        </>
      )}
    </ReasonDialog>
  );
}
