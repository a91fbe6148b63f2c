// A case is split, or merged into another one.
import { useMemo, useState } from 'react';

import { mergeCase, splitCase } from '../api/commands';
import type { CaseDetail, Values } from '../api/shapes';
import { ChecksField } from '../parts/field';
import { demandsOf, findFlaws } from '../parts/form/check';
import { readFields } from '../parts/form/profile';
import { SchemaForm } from '../parts/form/schema-form';
import { beginWith, compact } from '../parts/form/values';
import { useSpeech } from '../texts/language';
import { ReasonDialog } from '../parts/reason-dialog';
import { CaseChoice } from './case-choice';
import { EndWarnings } from './end-warnings';

interface RelationDialogProps {
  detail: CaseDetail;
  onClose: () => void;
}

/** A part goes on in a case of its own: with what is left of the application here, and the chosen documents. */
export function SplitDialog({ detail, onClose }: RelationDialogProps) {
  const speech = useSpeech();
  const { t, day } = speech;
  const words = t.case.beside.relation;
  const fields = useMemo(() => readFields(detail.data_schema), [detail.data_schema]);
  const [values, setValues] = useState<Values>(() => beginWith(fields, detail.data));
  const [documents, setDocuments] = useState<string[]>([]);
  const filed = detail.documents.filter((document) => document.taken_out === null);
  const demands = demandsOf(fields);
  const found = findFlaws(fields, values, demands, speech);
  return (
    <ReasonDialog
      title={t.case.beside.act.split}
      hint={words.splitHint}
      done={words.split}
      act={words.splitAct}
      wide
      ready={found.length === 0}
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
            flaws={tried ? found : []}
            onChange={setValues}
          />
          {filed.length > 0 && (
            <ChecksField
              id="split-documents"
              label={words.documents}
              help={words.documentsHelp}
              value={documents}
              options={filed.map((each) => ({
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
  const [into, setInto] = useState('');
  return (
    <ReasonDialog
      title={t.case.beside.act.merge}
      hint={words.mergeHint}
      done={words.merged}
      act={words.mergeAct}
      ready={into !== ''}
      run={(command, reason) => mergeCase(detail.id, command, { into, reason })}
      onClose={onClose}
    >
      {(tried) => (
        <>
          <EndWarnings detail={detail} />
          <CaseChoice
            id="merge-into"
            label={words.into}
            except={detail.id}
            openOnly
            value={into}
            tried={tried}
            onChange={setInto}
          />
        </>
      )}
    </ReasonDialog>
  );
}
