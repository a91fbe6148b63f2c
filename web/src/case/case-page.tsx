import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';

import { isProblem } from '../api/problem';
import { caseQuery } from '../api/queries';
import { useServerNow } from '../api/session';
import type { CaseDetail } from '../api/shapes';
import { CASE_TABS, type CaseTab } from '../app/router';
import { Alert } from '../parts/alert';
import { AsOf } from '../parts/badge';
import { Button } from '../parts/button';
import { DayField } from '../parts/day-field';
import { TextField } from '../parts/field';
import { readFields } from '../parts/form/profile';
import { LoadedPage, Loading } from '../parts/loaded';
import { Page, Section } from '../parts/page';
import { TabItem, TabLinks } from '../parts/tab-links';
import { DataFacts, Facts } from '../parts/values';
import { dayOf, isDay } from '../texts/format';
import { useSpeech } from '../texts/language';
import { CaseState } from './cases-page';
import { DeadlinesPart } from './deadlines-part';
import { DocumentsPart } from './document-list';
import { ErasedCase } from './erased-case';
import { Journal } from './journal';
import { instantOf } from './moment';
import { MoreActions } from './more-actions';
import { NoteForm, NoteList } from './notes';
import { Overview } from './overview';
import { Results } from './results';

const CoursePicture = lazy(() => import('./course-picture'));

export function CasePage() {
  const { id } = useParams({ from: '/shell/cases/$id' });
  const { at } = useSearch({ from: '/shell/cases/$id' });
  const { t } = useSpeech();
  const query = useQuery(caseQuery(id, at));
  if (isProblem(query.error, 'CaseErased')) return <ErasedCase id={id} problem={query.error} />;
  if (at !== undefined && isProblem(query.error) && query.error.status === 404) {
    return (
      <Page title={t.case.timeTravel}>
        <p className="kern-body">{t.case.atBefore}</p>
        <p>
          <Link to="/cases/$id" params={{ id }} className="kern-link">
            {t.case.atNow}
          </Link>
        </p>
      </Page>
    );
  }
  return (
    <LoadedPage query={query}>
      {(detail) => (
        <AsOf value={detail.at === null ? null : dayOf(detail.at)}>
          <CaseView key={id} detail={detail} />
        </AsOf>
      )}
    </LoadedPage>
  );
}

function CaseView({ detail }: { detail: CaseDetail }) {
  const { t, say, instant } = useSpeech();
  const { tab = 'overview' } = useSearch({ from: '/shell/cases/$id' });
  const now = useServerNow();
  const [travelling, setTravelling] = useState(false);
  const frozen = detail.at !== null;
  return (
    <Page
      title={detail.subject ?? (detail.number === null ? t.case.noNumber : t.case.title(detail.number))}
      wide
      above={
        <>
          <span className="fw-number">{detail.number ?? t.case.noNumber}</span>
          <span className="fw-muted"> · {say(detail.process_title)}</span>
        </>
      }
      actions={
        <span className="fw-no-print fw-actions">
          {!frozen && <MoreActions detail={detail} />}
          <Button
            look="tertiary"
            icon="calendar-today"
            small
            aria-expanded={travelling}
            onClick={() => setTravelling(!travelling)}
          >
            {t.case.timeTravel}
          </Button>
          <Button look="tertiary" small onClick={() => window.print()}>
            {t.case.print}
          </Button>
        </span>
      }
    >
      <p className="fw-only-print">{t.case.printed(instant(new Date(now()).toISOString()))}</p>
      {travelling && <TimeTravel id={detail.id} />}
      {detail.at !== null && (
        <Alert tone="warning" title={t.case.atShown(instant(detail.at))}>
          <p>
            <Link to="/cases/$id" params={{ id: detail.id }} search={{ tab }} className="kern-link">
              {t.case.atNow}
            </Link>
          </p>
        </Alert>
      )}
      <Head detail={detail} />
      <Tabs detail={detail} current={tab} />
      <Part tab="overview" current={tab} title={t.case.tabs.overview}>
        <Overview detail={detail} frozen={frozen} />
      </Part>
      <Part tab="data" current={tab} title={t.case.tabs.data}>
        <Section title={t.case.data}>
          <DataFacts fields={readFields(detail.data_schema)} values={detail.data} />
        </Section>
        <Results detail={detail} />
      </Part>
      <Part tab="deadlines" current={tab} title={t.case.tabs.deadlines}>
        <DeadlinesPart detail={detail} />
      </Part>
      <Part tab="documents" current={tab} title={t.case.tabs.documents}>
        <DocumentsPart detail={detail} frozen={frozen} />
      </Part>
      <Part tab="notes" current={tab} title={t.case.tabs.notes}>
        {detail.permissions.note && !frozen && <NoteForm caseId={detail.id} />}
        <NoteList notes={detail.notes} />
      </Part>
      <Part tab="course" current={tab} title={t.case.tabs.course}>
        {tab === 'course' && (
          <Suspense fallback={<Loading />}>
            <CoursePicture detail={detail} />
          </Suspense>
        )}
        <Journal detail={detail} />
      </Part>
    </Page>
  );
}

function Head({ detail }: { detail: CaseDetail }) {
  const { t, say, day, instant } = useSpeech();
  return (
    <div className="fw-case-head">
      <Facts
        items={[
          {
            title: t.case.state,
            value: <CaseState open={detail.open} outcome={detail.outcome_title ?? null} />,
          },
          {
            title: t.case.process,
            value: (
              <Link
                to="/designer/$id"
                params={{ id: detail.process }}
                search={{ release: detail.release }}
                className="kern-link kern-link--no-visited-state"
              >
                {say(detail.process_title)}, {t.case.version(detail.release_version)}
              </Link>
            ),
          },
          { title: t.case.received, value: day(detail.received_on) },
          ...(detail.channel === '' ? [] : [{ title: t.case.channel, value: say(detail.channel_title) }]),
          { title: t.case.started, value: instant(detail.started_at) },
          ...(detail.ended_at === null ? [] : [{ title: t.case.ended, value: instant(detail.ended_at) }]),
        ]}
      />
    </div>
  );
}

function Tabs({ detail, current }: { detail: CaseDetail; current: CaseTab }) {
  const { t } = useSpeech();
  const counts: Partial<Record<CaseTab, number>> = {
    deadlines: detail.deadlines.length,
    documents: detail.documents.length,
    notes: detail.notes.length,
  };
  return (
    <TabLinks label={t.case.tabsLabel}>
      {CASE_TABS.map((tab) => (
        <TabItem key={tab}>
          <Link
            to="/cases/$id"
            params={{ id: detail.id }}
            search={(before) => ({ ...before, tab })}
            className="fw-tab"
            aria-current={tab === current ? 'page' : undefined}
          >
            {counts[tab] === undefined ? t.case.tabs[tab] : t.case.tabCount(t.case.tabs[tab], counts[tab])}
          </Link>
        </TabItem>
      ))}
    </TabLinks>
  );
}

/** A part of the case: on the screen only the chosen one, on paper all. */
function Part({
  tab,
  current,
  title,
  children,
}: {
  tab: CaseTab;
  current: CaseTab;
  title: string;
  children: React.ReactNode;
}) {
  return (
    <section className={tab === current ? 'fw-part' : 'fw-part fw-only-print'}>
      <h2
        className={
          tab === 'overview' || tab === 'data' ? 'fw-only-print kern-heading-small' : 'kern-heading-small'
        }
      >
        {title}
      </h2>
      {children}
    </section>
  );
}

function TimeTravel({ id }: { id: string }) {
  const { t } = useSpeech();
  const navigate = useNavigate();
  const [day, setDay] = useState('');
  const [time, setTime] = useState('');
  const [tried, setTried] = useState(false);
  const at = isDay(day) ? instantOf(`${day}T${time.trim()}`) : null;
  return (
    <form
      className="fw-panel fw-travel fw-no-print"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (at !== null)
          void navigate({ to: '/cases/$id', params: { id }, search: (before) => ({ tab: before.tab, at }) });
      }}
    >
      <DayField
        id="travel"
        label={t.case.at}
        help={t.case.atHelp}
        required
        value={day}
        onChange={setDay}
        error={tried && !isDay(day) ? t.form.notDay : undefined}
      />
      <TextField
        id="travel-time"
        label={t.case.atTime}
        help={t.form.timeHelp}
        required
        short
        value={time}
        onChange={setTime}
        error={tried && isDay(day) && at === null ? t.form.notTime : undefined}
      />
      <Button type="submit">{t.case.atShow}</Button>
    </form>
  );
}
