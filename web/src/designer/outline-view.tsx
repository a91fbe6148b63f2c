import { useEffect, useRef, useState } from 'react';

import type { CoveragePoint, Handler, Outline, ProcessDetail } from '../api/shapes';
import { Badge } from '../parts/badge';
import { Button } from '../parts/button';
import { usePrinting } from '../parts/printing';
import { useSpeech } from '../texts/language';
import { Gaps } from './coverage-part';
import { findStep, type StepGaps, stepsAround, type StepProblems } from './problems';

interface OutlineProps {
  process: ProcessDetail;
  selected: string | undefined;
  byStep: ReadonlyMap<string, StepProblems>;
  /** What no scenario ever reached, while that is shown: at steps, and at the case itself. */
  gaps: ReadonlyMap<string, StepGaps>;
  gapsAlways: CoveragePoint[];
  onSelect: (step: string) => void;
}

/** The process as prose: every step a heading and a sentence, what is inside below it. */
export function OutlineView({ process, selected, byStep, gaps, gapsAlways, onSelect }: OutlineProps) {
  const { t } = useSpeech();
  const { outline } = process;
  const printing = usePrinting();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [followed, setFollowed] = useState<string | undefined>(undefined);
  // A step selected in the picture must be in sight here: what is around it opens, once.
  if (selected !== followed) {
    setFollowed(selected);
    if (selected !== undefined) setOpen(new Set([...open, ...stepsAround(outline, selected)]));
  }
  const toggle = (step: string) => {
    const next = new Set(open);
    if (!next.delete(step)) next.add(step);
    setOpen(next);
  };
  const titles = (step: string) => findStep(outline, step)?.title ?? null;
  return (
    <>
      <p className="kern-hint">{t.designer.outlineIntro}</p>
      {process.handlers.length > 0 && (
        <section className="fw-outline__item">
          <h3 className="fw-outline__title">{t.designer.always}</h3>
          <Gaps gaps={gapsAlways} />
          <Happenings handlers={process.handlers} />
          <Rules rules={[...new Set(process.handlers.flatMap((handler) => handler.rules))]} />
        </section>
      )}
      <Items
        items={outline}
        level={3}
        selected={selected}
        byStep={byStep}
        gaps={gaps}
        onSelect={onSelect}
        open={open}
        allOpen={printing}
        onToggle={toggle}
        titles={titles}
      />
    </>
  );
}

interface ItemsProps {
  items: Outline[];
  level: number;
  selected: string | undefined;
  byStep: ReadonlyMap<string, StepProblems>;
  gaps: ReadonlyMap<string, StepGaps>;
  onSelect: (step: string) => void;
  open: ReadonlySet<string>;
  allOpen: boolean;
  onToggle: (step: string) => void;
  titles: (step: string) => Outline['title'] | null;
}

function Items({ items, ...rest }: ItemsProps) {
  return (
    <ol className="fw-outline">
      {items.map((item) => (
        <Item key={item.step} item={item} {...rest} />
      ))}
    </ol>
  );
}

function Item({ item, ...rest }: Omit<ItemsProps, 'items'> & { item: Outline }) {
  const { t, say } = useSpeech();
  const { level, selected, byStep, gaps, onSelect, open, allOpen, onToggle } = rest;
  const here = useRef<HTMLLIElement>(null);
  const chosen = selected === item.step;
  useEffect(() => {
    if (chosen) here.current?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const Heading = `h${Math.min(level, 6)}` as 'h3' | 'h4' | 'h5' | 'h6';
  const problems = byStep.get(item.step);
  const missed = gaps.get(item.step);
  const expanded = allOpen || open.has(item.step);
  return (
    <li className={chosen ? 'fw-outline__item fw-outline__item--selected' : 'fw-outline__item'} ref={here}>
      <Heading className="fw-outline__title">
        <button
          type="button"
          className="fw-outline__button"
          aria-pressed={chosen}
          onClick={() => onSelect(item.step)}
        >
          <span className="fw-outline__kind">{t.designer.kinds[item.kind]}</span>
          {say(item.title)}
        </button>
      </Heading>
      {problems && problems.own.length > 0 && (
        <ul className="fw-outline__problems">
          {problems.own.map((problem, index) => (
            <li key={index}>
              <Badge tone={problem.severity === 'warning' ? 'warning' : 'danger'}>
                {t.designer.severities[problem.severity]}
              </Badge>{' '}
              {say(problem.message)}
            </li>
          ))}
        </ul>
      )}
      <Gaps gaps={missed?.own ?? []} />
      <p className="fw-outline__sentence">{say(item.sentence)}</p>
      <StepFacts item={item} titles={rest.titles} onSelect={onSelect} />
      {item.children.length > 0 && (
        <>
          <p className="fw-outline__more">
            <Button
              small
              look="tertiary"
              icon={expanded ? 'close' : 'add'}
              aria-expanded={expanded}
              aria-label={`${t.designer.inside(item.children.length)}: ${say(item.title)}`}
              onClick={() => onToggle(item.step)}
            >
              {t.designer.inside(item.children.length)}
            </Button>
            {problems && problems.inside > 0 && !expanded && (
              <Badge tone="warning">{t.designer.nodeProblems(problems.inside)}</Badge>
            )}
            {missed && missed.inside > 0 && !expanded && (
              <Badge icon="question-mark">{t.coverage.gaps(missed.inside)}</Badge>
            )}
          </p>
          {expanded && <Items {...rest} items={item.children} level={level + 1} />}
        </>
      )}
    </li>
  );
}

/** Rules that are said in words above, as they are written. */
function Rules({ rules }: { rules: string[] }) {
  const { t } = useSpeech();
  if (rules.length === 0) return null;
  return (
    <details className="fw-details fw-no-print">
      <summary>{t.designer.rules(rules.length)}</summary>
      <ul className="fw-plain-list">
        {rules.map((rule) => (
          <li key={rule}>
            <code className="fw-rule">{rule}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What can happen meanwhile, each in a sentence. */
function Happenings({ handlers }: { handlers: Handler[] }) {
  const { say } = useSpeech();
  return (
    <ul className="fw-outline__flows">
      {handlers.map((handler) => (
        <li key={handler.name}>{say(handler.sentence)}</li>
      ))}
    </ul>
  );
}

/** What can happen meanwhile, where it goes on, and the law. The sentence of the step says when. */
export function StepFacts({
  item,
  titles,
  onSelect,
}: {
  item: Outline;
  titles: (step: string) => Outline['title'] | null;
  onSelect: (step: string) => void;
}) {
  const { t, say, list } = useSpeech();
  const all = [...item.flows, ...item.handlers].map((way) => way.to).filter((to) => to !== null);
  const targets = [...new Set(all)];
  const rules = [...new Set([item, ...item.handlers].flatMap((each) => each.rules))];
  return (
    <>
      {item.handlers.length > 0 && <Happenings handlers={item.handlers} />}
      {targets.length > 1 && (
        <p className="fw-outline__targets">
          {t.designer.goesOn}{' '}
          {targets.map((to) => {
            const title = titles(to);
            return (
              <button key={to} type="button" className="fw-link-button" onClick={() => onSelect(to)}>
                {title ? say(title) : to}
              </button>
            );
          })}
        </p>
      )}
      <Rules rules={rules} />
      {item.legal_basis.length > 0 && <p className="fw-norm">{list(item.legal_basis)}</p>}
    </>
  );
}
