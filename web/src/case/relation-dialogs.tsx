// A case is split, or merged into another one.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import { mergeCase, splitCase } from '../api/commands';
import { isProblem } from '../api/problem';
import { casesQuery } from '../api/queries';
import type { CaseDetail, Values } from '../api/shapes';
import { ChecksField, RadioField } from '../parts/field';
import { SearchField } from '../parts/filter-bar';
import { demandsOf, type Flaw, findFlaws } from '../parts/form/check';
import { flawsFrom } from '../parts/form/misfits';
import { readFields } from '../parts/form/profile';
import { SchemaForm } from '../parts/form/schema-form';
import { beginWith, compact } from '../parts/form/values';
import { ProblemAlert } from '../parts/problem';
import { useSpeech } from '../texts/language';
import { ReasonDialog } from '../parts/reason-dialog';
import { EndWarnings } from './end-warnings';

interface RelationDialogProps {
  detail: CaseDetail;
  onClose: () => void;
}

/** So many cases are offered at once; a search finds the others. */
const OFFERED = 8;

/** A part goes on in a case of its own: with what is left of the application here, and the chosen documents. */
export function SplitDialog({ detail, onClose }: RelationDialogProps) {
  const speech = useSpeech();
  const { t, day, say } = speech;
  const words = t.case.beside.relation;
  const fields = useMemo(() => readFields(detail.data_schema), [detail.data_schema]);
  const [values, setValues] = useState<Values>(() => beginWith(fields, detail.data));
  const [documents, setDocuments] = useState<string[]>([]);
  const demands = demandsOf(fields);
  const found = findFlaws(fields, values, demands, speech);
  const [refused, setRefused] = useState<Flaw[]>([]);
  return (
    <ReasonDialog
      title={t.case.beside.act.split}
      hint={words.splitHint}
      done={words.split}
      act={words.splitAct}
      wide
      ready={found.length === 0}
      onError={(error) =>
        setRefused(isProblem(error, 'ValuesInvalid') ? flawsFrom(error.misfits, fields, say) : [])
      }
      run={(command, reason) =>
        splitCase(detail.id, command, {
          data: compact(values),
          documents: documents.map(Number),
          reason,
        })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <SchemaForm
            prefix="split"
            fields={fields}
            values={values}
            demands={demands}
            flaws={tried && found.length > 0 ? found : refused}
            onChange={setValues}
          />
          {detail.documents.length > 0 && (
            <ChecksField
              id="split-documents"
              label={words.documents}
              help={words.documentsHelp}
              value={documents}
              options={detail.documents.map((each) => ({
                id: String(each.number),
                title: words.documentOf(each.title, day(each.on)),
              }))}
              onChange={setDocuments}
            />
          )}
        </>
      )}
    </ReasonDialog>
  );
}

/** The case ends, because another one goes on for both. */
export function MergeDialog({ detail, onClose }: RelationDialogProps) {
  const { t } = useSpeech();
  const words = t.case.beside.relation;
  const [sought, setSought] = useState('');
  const [into, setInto] = useState('');
  const found = useInfiniteQuery(casesQuery({ q: sought === '' ? undefined : sought, open: true }));
  const others = (found.data?.pages ?? [])
    .flatMap((page) => page.items)
    .filter((other) => other.id !== detail.id)
    .slice(0, OFFERED);
  const chosen = others.some((other) => other.id === into);
  return (
    <ReasonDialog
      title={t.case.beside.act.merge}
      hint={words.mergeHint}
      done={words.merged}
      act={words.mergeAct}
      ready={chosen}
      run={(command, reason) => mergeCase(detail.id, command, { into, reason })}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <EndWarnings detail={detail} />
          <SearchField id="merge-search" label={words.search} value={sought} onChange={setSought} />
          {found.isError && <ProblemAlert error={found.error} />}
          <p className={others.length === 0 ? 'fw-muted' : 'kern-sr-only'} role="status">
            {found.isSuccess && (others.length === 0 ? words.noneFound : words.found(others.length))}
          </p>
          {others.length > 0 && (
            <RadioField
              id="merge-into"
              label={words.into}
              required
              value={into}
              options={others.map((other) => ({
                id: other.id,
                title: [other.number ?? t.inbox.noNumber, other.subject].filter(Boolean).join(' · '),
              }))}
              error={tried && !chosen ? words.chooseCase : undefined}
              onChange={setInto}
            />
          )}
        </>
      )}
    </ReasonDialog>
  );
}
