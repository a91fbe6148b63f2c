import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { keepCases } from '../api/commands';
import { erasuresQuery } from '../api/queries';
import type { Certificate, KeepingOutcome } from '../api/shapes';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { LinesField, TextField } from '../parts/field';
import { LoadedPages } from '../parts/loaded';
import { ReasonDialog } from '../parts/reason-dialog';
import { useSpeech } from '../texts/language';
import { CertificatePart } from './certificate-part';

const CASE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Cases that are erased, each with its certificate. */
export function ErasuresArea() {
  const { t, instant } = useSpeech();
  const words = t.admin.erasures;
  const query = useInfiniteQuery(erasuresQuery);
  const [shown, show] = useState<Certificate | null>(null);
  const [asks, ask] = useState(false);
  if (shown !== null) return <CertificatePart certificate={shown} onBack={() => show(null)} />;
  const name = (row: Certificate) => row.number ?? words.withoutNumber;
  const columns: Column<Certificate>[] = [
    {
      id: 'case',
      title: words.columns.case,
      header: true,
      cell: (row) => (
        <>
          {name(row)}
          <span className="fw-sub">{row.case}</span>
        </>
      ),
    },
    { id: 'at', title: words.columns.at, cell: (row) => instant(row.at) },
    { id: 'by', title: words.columns.by, cell: (row) => row.by.name },
    { id: 'reason', title: words.columns.reason, cell: (row) => row.reason },
    {
      id: 'action',
      title: words.columns.action,
      quiet: true,
      cell: (row) => (
        <Button small icon="visibility" aria-label={words.showOf(name(row))} onClick={() => show(row)}>
          {words.show}
        </Button>
      ),
    },
  ];
  return (
    <>
      <p className="kern-body">{words.intro}</p>
      <div>
        <Button look="secondary" onClick={() => ask(true)}>
          {words.erase}
        </Button>
      </div>
      <LoadedPages query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <p className="fw-empty">{words.empty}</p>
          ) : (
            <DataTable
              caption={t.admin.areas.erasures}
              columns={columns}
              rows={rows}
              rowKey={(row) => row.case}
            />
          )
        }
      </LoadedPages>
      {asks && <EraseDialog onClose={() => ask(false)} />}
    </>
  );
}

/** The erasure of a case is asked for: which, why, and why although it goes on or is to be kept. */
function EraseDialog({ onClose }: { onClose: () => void }) {
  const { t, say } = useSpeech();
  const words = t.admin.erasures;
  const [id, setId] = useState('');
  const [exception, setException] = useState('');
  const wanted = id.trim().toLowerCase();
  const flaw = wanted === '' ? t.form.required : CASE_ID.test(wanted) ? undefined : words.caseIdWrong;
  const despite = exception.trim();
  return (
    <ReasonDialog
      title={words.erase}
      hint={words.hint}
      reasonHelp={words.reasonHelp}
      done={(outcome: KeepingOutcome) => {
        const trouble = outcome.troubles[0];
        return trouble === undefined
          ? words.done
          : { tone: 'warning', title: words.refused(say(trouble.why)) };
      }}
      act={words.erase}
      ready={flaw === undefined}
      run={(command, reason) =>
        keepCases(command, {
          cases: [wanted],
          what: 'ask',
          reason,
          ...(despite !== '' && { exception: despite }),
        })
      }
      onClose={onClose}
    >
      {(tried) => (
        <>
          <TextField
            id="case-id"
            label={words.caseId}
            help={words.caseIdHelp}
            required
            value={id}
            error={tried ? flaw : undefined}
            onChange={setId}
          />
          <LinesField
            id="exception"
            label={words.exception}
            help={words.exceptionHelp}
            value={exception}
            onChange={setException}
          />
        </>
      )}
    </ReasonDialog>
  );
}
