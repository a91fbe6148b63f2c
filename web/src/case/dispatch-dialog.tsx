import { skipToken, useQueries, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';

import { commandId } from '../api/client';
import { previewDispatch, recordDispatch } from '../api/commands';
import type { Dispatched } from '../api/shapes';
import { useToday } from '../api/session';
import { isAnswered, isProblem } from '../api/problem';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { Derivation } from '../parts/derivation';
import { Dialog } from '../parts/dialog';
import { explain } from '../parts/problem';
import { isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { DispatchFields, type Dispatching, dispatchSaid, fieldRefused } from './dispatch-fields';

/** A letter that leaves the house. */
export interface Letter {
  case: string;
  document: number;
  title: string;
  /** To which case or step it belongs. */
  label: string;
  /** The deadlines that wait for it, as far as they are known here. */
  periods?: { title: string; period: string }[];
}

interface Failed {
  letter: Letter;
  why: string;
}

/** Records when and how letters left; the answer says when they count as notified. */
export function DispatchDialog({
  letters,
  late = false,
  onClose,
  onDone,
}: {
  letters: Letter[];
  /** It was to stay in the house, and had left it before. */
  late?: boolean;
  onClose: () => void;
  onDone?: (failed: Letter[]) => void;
}) {
  const { t, dayLong } = useSpeech();
  const today = useToday();
  const client = useQueryClient();
  const [entered, setEntered] = useState<Dispatching>({ on: late ? '' : today, way: 'post', received: '' });
  const [pending, setPending] = useState(false);
  const [dayWrong, setDayWrong] = useState<string | undefined>(undefined);
  const [failed, setFailed] = useState<Failed[]>([]);
  const [answers, setAnswers] = useState<{ letter: Letter; answer: Dispatched }[]>([]);
  // One command a letter, also when the dialog is sent again after a failure.
  const commands = useRef(new Map<Letter, string>());
  const dispatch = dispatchSaid(entered);
  const ready = isDay(entered.on) && (entered.received === '' || isDay(entered.received));
  const foreseen = useQueries({
    queries: letters.map((letter) => ({
      queryKey: ['dispatch', letter.case, letter.document, dispatch],
      queryFn: ready ? () => previewDispatch(letter.case, letter.document, dispatch) : skipToken,
      retry: false,
    })),
  });
  const refused = foreseen
    .map((each) => each.error)
    .find((error) => isProblem(error, 'DayInFuture', 'DayTooEarly', 'DispatchInvalid'));
  const why = ready && refused ? explain(refused, t) : undefined;
  const field = fieldRefused(entered, today);
  const over = answers.length > 0 && failed.length === 0;

  const record = async () => {
    if (!ready) {
      setDayWrong(isDay(entered.on) ? undefined : t.form.notDay);
      return;
    }
    setDayWrong(undefined);
    setPending(true);
    const left = letters.filter((letter) => !answers.some((done) => done.letter === letter));
    const refused: Failed[] = [];
    // One after the other: letters of the same case would otherwise get in each other's way.
    for (const letter of left) {
      const command = commands.current.get(letter) ?? commandId();
      commands.current.set(letter, command);
      try {
        const answer = await recordDispatch(letter.case, letter.document, command, dispatch);
        setAnswers((all) => [...all, { letter, answer }]);
      } catch (error) {
        if (isAnswered(error)) commands.current.delete(letter);
        refused.push({ letter, why: explain(error, t) });
      }
    }
    setFailed(refused);
    setPending(false);
    for (const resource of ['cases', 'post', 'deadlines', 'tasks']) {
      void client.invalidateQueries({ queryKey: [resource] });
    }
    onDone?.(refused.map((each) => each.letter));
  };

  return (
    <Dialog
      title={late ? t.documents.late.act : t.documents.record}
      open
      onClose={onClose}
      footer={
        over ? (
          <Button look="primary" onClick={onClose}>
            {t.act.close}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t.act.cancel}</Button>
            <Button look="primary" pending={pending} onClick={() => void record()}>
              {late ? t.documents.late.act : t.documents.record}
            </Button>
          </>
        )
      }
    >
      {failed.length > 0 && (
        <Alert
          tone="danger"
          title={letters.length === 1 ? t.post.failed : t.post.partly(answers.length, failed.length)}
          role="alert"
        >
          <ul className="fw-plain-list">
            {failed.map(({ letter, why }) => (
              <li key={`${letter.case}.${letter.document}`}>
                <strong>{letter.title}</strong>: {why}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {over ? (
        <>
          <Alert
            tone="success"
            role="status"
            title={answers.length === 1 ? t.documents.recorded : t.documents.recordedMany(answers.length)}
          />
          {answers.map(({ letter, answer }) => (
            <section key={`${letter.case}.${letter.document}`}>
              <h3 className="fw-panel__title">{letter.title}</h3>
              <p className="kern-body">
                {answer.notified_on === null
                  ? t.documents.notYetNotified
                  : `${t.documents.notifiedOn}: ${dayLong(answer.notified_on)}`}
              </p>
              {answer.derivation.length > 0 && <Derivation sentences={answer.derivation} />}
              <Ends deadlines={answer.deadlines} />
            </section>
          ))}
        </>
      ) : (
        <>
          <ul className="fw-plain-list">
            {letters.map((letter, index) => (
              <li key={`${letter.case}.${letter.document}`}>
                <strong>{letter.title}</strong> <span className="fw-muted">{letter.label}</span>
                <Foreseen letter={letter} would={ready ? foreseen[index]?.data : undefined} />
              </li>
            ))}
          </ul>
          <p className="kern-hint">{t.documents.recordHelp}</p>
          <Alert tone="warning" title={late ? t.documents.late.warning : t.documents.recordForGood} />
          <DispatchFields
            value={entered}
            dayError={field === 'on' ? (why ?? dayWrong) : dayWrong}
            receivedError={field === 'received' ? why : undefined}
            receivedHelp={t.documents.receivedHelp}
            onChange={(next) => {
              setEntered(next);
              setDayWrong(undefined);
            }}
          />
        </>
      )}
    </Dialog>
  );
}

type Foreseeable = Awaited<ReturnType<typeof previewDispatch>>;

/** What will follow when a letter leaves as it is entered now; as long as that is not known, which deadlines begin. */
function Foreseen({ letter, would }: { letter: Letter; would: Foreseeable | undefined }) {
  const { t, dayLong } = useSpeech();
  if (would === undefined)
    return (letter.periods ?? []).map(({ title, period }) => (
      <p className="fw-sub" key={title}>
        {t.documents.begins(title, period)}
      </p>
    ));
  return (
    <>
      <p className="fw-sub">
        {would.notified_on === null
          ? t.documents.notYetNotified
          : `${t.documents.wouldBeNotified}: ${dayLong(would.notified_on)}`}
      </p>
      <Ends deadlines={would.deadlines} />
    </>
  );
}

/** When the deadlines end that run from a notification. */
function Ends({ deadlines }: { deadlines: Dispatched['deadlines'] }) {
  const { t, say, dayLong } = useSpeech();
  return deadlines.map(({ title, end }, index) => (
    <p className="fw-sub" key={index}>
      {t.documents.ends(say(title), dayLong(end))}
    </p>
  ));
}
