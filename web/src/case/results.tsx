// What the steps of a case have found: first what people read, by title and type; folded what only rules work with.
import { useMemo } from 'react';

import type { CaseDetail, Values } from '../api/shapes';
import { type Field, readFields, type Shape } from '../parts/form/profile';
import { Section } from '../parts/page';
import { DataFacts, Facts, looseNode } from '../parts/values';
import { useSpeech } from '../texts/language';
import { leftOver } from './left-over';
import { useStepTitles } from './step-titles';

export function Results({ detail }: { detail: CaseDetail }) {
  const { t } = useSpeech();
  const fields = useMemo(() => readFields(detail.results_schema), [detail.results_schema]);
  const shown = fields.filter((field) => hasValue(field.shape, detail.results[field.name]));
  const rest = leftOver(fields, detail.results);
  return (
    <Section title={t.case.results}>
      {shown.length === 0 && <p className="fw-muted">{t.case.noResults}</p>}
      {shown.map((field) => (
        <details className="fw-details fw-result" key={field.name} open>
          <summary>{field.title}</summary>
          <Result field={field} value={detail.results[field.name]} />
        </details>
      ))}
      {Object.keys(rest).length > 0 && <Intermediate detail={detail} rest={rest} />}
    </Section>
  );
}

function Result({ field, value }: { field: Field; value: unknown }) {
  const { shape } = field;
  if (shape.kind === 'object' && isObject(value))
    return <DataFacts fields={shape.fields} values={value} onlyKnown />;
  return <DataFacts fields={[field]} values={{ [field.name]: value }} onlyKnown />;
}

/** Not printed: it is nothing that somebody has said or decided. */
function Intermediate({ detail, rest }: { detail: CaseDetail; rest: Values }) {
  const speech = useSpeech();
  const { t } = speech;
  const titleOf = useStepTitles(detail);
  return (
    <details className="fw-details fw-result fw-no-print">
      <summary>{t.case.moreResults}</summary>
      <p className="kern-hint">{t.case.moreResultsHint}</p>
      <Facts
        items={Object.entries(rest).map(([step, value]) => ({
          title: titleOf(step),
          value: looseNode(value, speech),
        }))}
      />
    </details>
  );
}

/** Whether anything of it is shown. */
function hasValue(shape: Shape, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (shape.kind === 'object' && isObject(value))
    return shape.fields.some((field) => hasValue(field.shape, value[field.name]));
  return true;
}

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
