import type { CaseDeadline, EndedDeadline } from '../api/shapes';
import { Badge, DueBadge } from '../parts/badge';
import { Margins } from '../parts/margins';
import { Derivation } from '../parts/derivation';
import { DoubtfulLaw } from '../parts/doubtful-law';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';

interface DeadlineCardProps {
  deadline: CaseDeadline | EndedDeadline;
  level: 3 | 4;
  /** Whether the derivation opens on demand. */
  folded?: boolean;
  /** How steps are called; the letter of one of them may have to leave first. */
  titleOf: (step: string) => string;
}

/** A deadline: when it ends, from when it runs, and how that was computed. */
export function DeadlineCard({ deadline, level, folded, titleOf }: DeadlineCardProps) {
  const { t, say, dayLong, instant } = useSpeech();
  const Title = level === 3 ? 'h3' : 'h4';
  const waits = deadline.awaits_dispatch_of;
  const moved = deadline.raw_end !== null && deadline.end !== null && deadline.raw_end !== deadline.end;
  const fictionFacts = (fiction: CaseDeadline['fiction']) => {
    if (fiction === null) return [];
    const { extension } = fiction;
    return [
      {
        title: t.margins.fiction.keptBy,
        value: fiction.kept_by_notification
          ? t.margins.fiction.keptByNotification
          : t.margins.fiction.keptByIssue,
      },
      {
        title: t.margins.fiction.extension,
        value:
          extension === null
            ? t.margins.fiction.notExtendable
            : fiction.extended
              ? t.margins.fiction.extended(extension)
              : t.margins.fiction.extendable(extension),
      },
      ...(fiction.note === null ? [] : [{ title: t.margins.fiction.note, value: say(fiction.note) }]),
    ];
  };
  const derivation = deadline.derivation.length > 0 && <Derivation sentences={deadline.derivation} />;
  return (
    <article className="fw-deadline">
      <Title className="fw-deadline__title">{say(deadline.title)}</Title>
      {'ended_at' in deadline ? (
        <p className="fw-deadline__end">
          <Ending deadline={deadline} />
        </p>
      ) : waits !== null ? (
        <p className="fw-deadline__end">{t.deadlines.waits(titleOf(waits))}</p>
      ) : deadline.suspended_since !== null ? (
        <p className="fw-deadline__end">
          <Badge tone="info">{t.case.beside.restsSince(dayLong(deadline.suspended_since))}</Badge>
        </p>
      ) : deadline.running ? (
        <p className="fw-deadline__end">
          <span className="kern-sr-only">{t.deadlines.end}: </span>
          <DueBadge day={deadline.end} />
          <Margins
            end={deadline.end}
            warnOn={deadline.warn_on[0] ?? null}
            graceUntil={deadline.grace_until}
          />
        </p>
      ) : (
        <p className="fw-deadline__end">
          <span className="fw-muted">{t.deadlines.over}</span>{' '}
          {deadline.end !== null && dayLong(deadline.end)}
        </p>
      )}
      {deadline.fiction !== null && !('ended_at' in deadline) && (
        <p className="kern-body">{t.margins.fiction.endGrants(say(deadline.fiction.title))}</p>
      )}
      {!folded && (
        <Facts
          items={[
            { title: t.deadlines.period, value: say(deadline.period) },
            ...(deadline.start === null
              ? []
              : [{ title: t.deadlines.start, value: dayLong(deadline.start) }]),
            ...(moved && deadline.raw_end !== null
              ? [{ title: t.deadlines.rawEnd, value: dayLong(deadline.raw_end) }]
              : []),
            ...(deadline.end === null ? [] : [{ title: t.deadlines.end, value: dayLong(deadline.end) }]),
            ...(deadline.until === null ? [] : [{ title: t.margins.until, value: instant(deadline.until) }]),
            ...(deadline.begins_with_day ? [{ title: t.margins.begin, value: t.margins.beginsWithDay }] : []),
            ...(deadline.grace_until === null
              ? []
              : [{ title: t.margins.grace, value: t.margins.graceUntil(dayLong(deadline.grace_until)) }]),
            ...(deadline.warn_on.length === 0
              ? []
              : [{ title: t.margins.warn, value: deadline.warn_on.map(dayLong).join('; ') }]),
            ...(deadline.step_title === null
              ? []
              : [{ title: t.deadlines.step, value: say(deadline.step_title) }]),
            ...fictionFacts(deadline.fiction),
            ...(!deadline.statutory || deadline.fiction !== null || 'ended_at' in deadline
              ? []
              : [
                  {
                    title: t.case.beside.changeable,
                    value: deadline.extendable ? t.margins.extendableOnce : t.case.beside.statutory,
                  },
                ]),
          ]}
        />
      )}
      {!folded && deadline.fiction !== null && <DoubtfulLaw rows={[deadline.fiction.law]} />}
      {derivation !== false &&
        (folded ? (
          <details className="fw-details">
            <summary>{t.deadlines.derivation}</summary>
            {derivation}
          </details>
        ) : (
          <>
            <p className="kern-label">{t.deadlines.derivation}</p>
            {derivation}
          </>
        ))}
    </article>
  );
}

/** How a deadline ended. */
function Ending({ deadline }: { deadline: EndedDeadline }) {
  const { t, dayLong, instant } = useSpeech();
  const at = instant(deadline.ended_at);
  const end = deadline.end === null ? at : dayLong(deadline.end);
  switch (deadline.how) {
    case 'passed':
      return t.deadlines.passed(end);
    case 'runs-on':
      return t.deadlines.runsOn(end);
    case 'remedy':
      return t.deadlines.attacked(at);
    case 'not-arrived':
      return t.deadlines.notArrived(at);
    case 'over':
      return t.deadlines.settled(at);
  }
}
