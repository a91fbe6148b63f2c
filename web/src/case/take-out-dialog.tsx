import { useState } from 'react';

import { takeOutDocument } from '../api/commands';
import type { CaseDetail, CaseDocument } from '../api/shapes';
import { RadioField } from '../parts/field';
import { ReasonDialog } from '../parts/reason-dialog';
import { useSpeech } from '../texts/language';
import { CaseChoice } from './case-choice';

/** A document lies in the wrong file: it goes to the case that it belongs to, or out of this one. */
export function TakeOutDialog({
  detail,
  document,
  onClose,
}: {
  detail: CaseDetail;
  document: CaseDocument;
  onClose: () => void;
}) {
  const { t } = useSpeech();
  const words = t.filing;
  const [where, setWhere] = useState('');
  const [to, setTo] = useState('');
  const moves = where === 'case';
  return (
    <ReasonDialog
      title={words.takeOutOf(document.title)}
      hint={words.hint}
      done={moves ? words.moved : words.takenOut}
      act={moves ? words.move : words.takeOut}
      ready={moves ? to !== '' : where !== ''}
      run={(command, reason) =>
        takeOutDocument(detail.id, document.number, command, { ...(moves && { to }), reason })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <RadioField
            id="take-out-where"
            label={words.where}
            required
            value={where}
            options={[
              { id: 'case', title: words.toCase },
              { id: 'none', title: words.toNone },
            ]}
            error={tried && where === '' ? t.form.required : undefined}
            onChange={setWhere}
          />
          {moves && (
            <CaseChoice
              id="take-out-to"
              label={words.which}
              except={detail.id}
              value={to}
              tried={tried}
              onChange={setTo}
            />
          )}
        </>
      )}
    </ReasonDialog>
  );
}
