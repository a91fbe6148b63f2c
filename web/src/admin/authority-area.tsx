import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { removeDayOff } from '../api/commands';
import { authorityQuery } from '../api/queries';
import type { AuthorityProfile, DayOff, HolidayEntry } from '../api/shapes';
import { Alert } from '../parts/alert';
import { Button } from '../parts/button';
import { type Column, DataTable } from '../parts/data-table';
import { Loaded } from '../parts/loaded';
import { Facts } from '../parts/values';
import { useSpeech } from '../texts/language';
import { AuthorityDialog } from './authority-dialog';
import { ConfirmDialog } from './confirm-dialog';
import { DayOffDialog } from './day-off-dialog';
import { Picture } from './picture-field';

/** Who the authority is, its days off, and the holidays that follow. */
export function AuthorityArea() {
  const { t } = useSpeech();
  const words = t.authority;
  const [year, setYear] = useState<number | undefined>(undefined);
  const query = useQuery(authorityQuery(year));
  const [edits, edit] = useState(false);
  return (
    <>
      <div className="fw-area-head">
        <p className="kern-body">{words.intro}</p>
        <Button look="primary" icon="edit" onClick={() => edit(true)} disabled={!query.data}>
          {words.edit}
        </Button>
      </div>
      <Loaded query={query}>
        {({ profile, days_off, holidays, year: shown, places }) => (
          <>
            {profile.kind === null && (
              <Alert tone="warning" title={words.kindMissing}>
                <p className="kern-body">{words.kindMissingText}</p>
              </Alert>
            )}
            <ProfileFacts profile={profile} />
            <DaysOff days={days_off} />
            <Holidays year={shown} holidays={holidays} onYear={setYear} />
            {edits && <AuthorityDialog profile={profile} places={places} onClose={() => edit(false)} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function ProfileFacts({ profile }: { profile: AuthorityProfile }) {
  const { t, say } = useSpeech();
  const words = t.authority;
  const said = (text: string | null | undefined) =>
    text ? <span className="fw-lines-shown">{text}</span> : <span className="fw-muted">{words.nothing}</span>;
  const picture = (title: string, address: string | null | undefined) =>
    address ? <Picture address={address} title={words.pictureOf(title)} /> : said(null);
  const town = [profile.postal_code, profile.town].filter(Boolean).join(' ');
  const parts = [
    {
      title: words.about,
      facts: [
        { title: words.name, value: say(profile.name) },
        { title: words.kind, value: said(profile.kind && words.kinds[profile.kind]) },
        { title: words.land, value: words.lands[profile.land] ?? profile.land },
        ...(profile.municipality ? [{ title: words.municipality, value: profile.municipality }] : []),
        ...(profile.categories?.includes('catholic') ? [{ title: words.catholic, value: t.word.yes }] : []),
        { title: words.key, value: said(profile.key) },
      ],
    },
    {
      title: words.letters,
      facts: [
        {
          title: words.letterhead,
          value: said(
            profile.letterhead ?? [say(profile.name), profile.street, town].filter(Boolean).join('\n'),
          ),
        },
        { title: words.logo, value: picture(words.logo, profile.logo) },
        { title: words.seal, value: picture(words.seal, profile.seal) },
        { title: words.phone, value: said(profile.phone) },
        { title: words.email, value: said(profile.email) },
        { title: words.web, value: said(profile.web) },
      ],
    },
    {
      title: words.remedies,
      facts: [
        {
          title: words.superior,
          value: said([profile.superior, profile.superior_address].filter(Boolean).join('\n')),
        },
      ],
    },
    {
      title: words.payments,
      facts: [
        { title: words.holder, value: said(profile.account_holder) },
        { title: words.iban, value: said(profile.iban?.replace(/(.{4})(?=.)/g, '$1 ')) },
        ...(profile.bic ? [{ title: words.bic, value: profile.bic }] : []),
      ],
    },
  ];
  return parts.map((part, index) => (
    <section key={part.title} className="fw-section" aria-labelledby={`authority-${index}`}>
      <h2 id={`authority-${index}`} className="kern-heading-medium">
        {part.title}
      </h2>
      <Facts items={part.facts} />
    </section>
  ));
}

function DaysOff({ days }: { days: DayOff[] }) {
  const { t, say, dayLong } = useSpeech();
  const words = t.authority;
  const [adds, add] = useState(false);
  const [removed, remove] = useState<DayOff | null>(null);
  const columns: Column<DayOff>[] = [
    { id: 'day', title: words.columns.day, header: true, cell: (row) => dayLong(row.day) },
    {
      id: 'name',
      title: words.columns.name,
      cell: (row) => (
        <>
          {say(row.name)}
          {row.norm !== null && <span className="fw-sub">{row.norm}</span>}
        </>
      ),
    },
    {
      id: 'action',
      title: words.columns.action,
      quiet: true,
      cell: (row) => (
        <Button
          small
          icon="close"
          onClick={() => remove(row)}
          aria-label={words.removeDayOf(`${dayLong(row.day)}, ${say(row.name)}`)}
        >
          {words.removeDay}
        </Button>
      ),
    },
  ];
  return (
    <section className="fw-section" aria-labelledby="days-off">
      <h2 id="days-off" className="kern-heading-medium">
        {words.daysOff}
      </h2>
      <p className="kern-body">{words.daysOffHint}</p>
      {days.length === 0 ? (
        <p className="fw-empty">{words.noDaysOff}</p>
      ) : (
        <DataTable caption={words.daysOff} columns={columns} rows={days} rowKey={(row) => row.day} />
      )}
      <div>
        <Button look="secondary" icon="add" onClick={() => add(true)}>
          {words.addDay}
        </Button>
      </div>
      {adds && <DayOffDialog onClose={() => add(false)} />}
      {removed !== null && (
        <ConfirmDialog
          title={words.removeDayOf(`${dayLong(removed.day)}, ${say(removed.name)}`)}
          warning={words.removeDayWarning}
          act={words.removeDay}
          done={words.dayRemoved}
          resource="authority"
          command={() => removeDayOff(removed.day)}
          onClose={() => remove(null)}
        />
      )}
    </section>
  );
}

function Holidays({
  year,
  holidays,
  onYear,
}: {
  year: number;
  holidays: HolidayEntry[];
  onYear: (year: number) => void;
}) {
  const { t, say, dayLong } = useSpeech();
  const words = t.authority;
  const columns: Column<HolidayEntry>[] = [
    { id: 'day', title: words.columns.day, header: true, cell: (row) => dayLong(row.day) },
    { id: 'name', title: words.columns.name, cell: (row) => say(row.name) },
    { id: 'own', title: words.columns.own, cell: (row) => (row.own ? words.own : words.byLaw) },
  ];
  return (
    <section className="fw-section" aria-labelledby="holidays">
      <h2 id="holidays" className="kern-heading-medium">
        {words.holidays(year)}
      </h2>
      <p className="kern-body">{words.holidaysHint}</p>
      <div className="fw-actions fw-no-print">
        <Button small onClick={() => onYear(year - 1)}>
          {words.yearBefore}
        </Button>
        <Button small onClick={() => onYear(year + 1)}>
          {words.yearAfter}
        </Button>
      </div>
      <DataTable caption={words.holidays(year)} columns={columns} rows={holidays} rowKey={(row) => row.day} />
    </section>
  );
}
