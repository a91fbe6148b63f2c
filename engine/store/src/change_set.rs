//! The changes of the derived tables that a batch of turns makes: for each row only the last one, many rows a
//! statement.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use fachwerk_core::{
    projection::{CaseRow, Change, Listing, Subject},
    words::{CaseId, InstanceId, TenantId},
};

use crate::{
    counts::{self, Counts},
    database::Link,
    error::StoreError,
    seal::Seals,
    statement::{Cell, Kind},
    tables::{
        Derived, TableRow, case_row, deadline_row, incident_row, instance_key, listing_rows, named_key,
        numbered_key, outbox_row, post_row, subscription_row, task_row, timer_row,
    },
    work::{EffectKey, Lease},
    writes::Writes,
};

type Key = Vec<Cell>;

/// Changes of one tenant.
#[derive(Default)]
pub(crate) struct ChangeSet {
    cases: BTreeMap<CaseId, CaseRow>,
    /// Cases that no table knows yet.
    new_cases: BTreeSet<CaseId>,
    /// By table and key: the new row, or none when it is gone.
    rows: BTreeMap<(Derived, Key), Option<TableRow>>,
    /// What cases begin to wait for.
    subscribed: BTreeSet<(Subject, Arc<str>)>,
    /// Effects that are gone, in whichever round.
    effects_gone: BTreeSet<(CaseId, InstanceId)>,
    /// By how much counts change.
    counts: Counts,
}

impl ChangeSet {
    /// Notes that a case begins with these changes: no table has a row of it.
    pub(crate) fn begin(&mut self, case: CaseId) {
        self.new_cases.insert(case);
    }

    pub(crate) fn add(&mut self, change: &Change) -> Result<(), StoreError> {
        match change {
            Change::Case(row) => {
                self.cases.insert(row.case, (**row).clone());
            }
            Change::Task(row) => self.put(task_row(row)?),
            Change::TaskGone(case, instance) => self.remove(Derived::Tasks, instance_key(*case, *instance)),
            Change::Deadline(row) => self.put(deadline_row(row)?),
            Change::DeadlineGone(case, instance, name) => {
                self.remove(Derived::Deadlines, named_key(*case, *instance, name));
            }
            Change::Timer(row) => self.put(timer_row(row)),
            Change::TimerGone(case, instance, name) => {
                self.remove(Derived::Timers, named_key(*case, *instance, name))
            }
            Change::Outbox(row) => {
                // As in the table: an effect that is there already stays as it is.
                let row = outbox_row(row)?;
                self.rows.entry((row.table, row.key.clone())).or_insert(Some(row));
            }
            Change::OutboxGone(case, instance) => {
                let rounds = instance_key(*case, *instance);
                let from = (Derived::Outbox, rounds.clone());
                let pending = self
                    .rows
                    .range(from..)
                    .take_while(|((table, key), _)| *table == Derived::Outbox && key.starts_with(&rounds));
                for key in pending.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
                    self.rows.remove(&key);
                }
                self.effects_gone.insert((*case, *instance));
            }
            Change::Delivered(case, number) => {
                let key = vec![Cell::text(case), Cell::int(InstanceId::SENDER.0), Cell::int(*number)];
                self.remove(Derived::Outbox, key);
            }
            Change::Subscription(row) => {
                self.subscribed.insert((row.subject.clone(), row.key.clone()));
                self.put(subscription_row(row));
            }
            Change::SubscriptionGone(case, instance, name) => {
                self.remove(Derived::Subscriptions, named_key(*case, *instance, name));
            }
            Change::Incident(row) => self.put(incident_row(row)?),
            Change::IncidentGone(case, number) => {
                self.remove(Derived::Incidents, numbered_key(*case, *number))
            }
            Change::Post(row) => self.put(post_row(row)?),
            Change::PostGone(case, document) => self.remove(Derived::Post, numbered_key(*case, *document)),
            Change::Count(counted, by) => self.counts.entry(counted.clone()).or_default().total += by,
            Change::CountKept(counted, by) => self.counts.entry(counted.clone()).or_default().kept += by,
        }
        Ok(())
    }

    fn put(&mut self, row: TableRow) {
        self.rows.insert((row.table, row.key.clone()), Some(row));
    }

    fn remove(&mut self, table: Derived, key: Key) {
        self.rows.insert((table, key), None);
    }

    /// Says how lists show a case, in place of what its last change said.
    pub(crate) fn list(&mut self, case: CaseId, listing: Listing) {
        if let Some(row) = self.cases.get_mut(&case) {
            row.subject = listing.subject;
            row.columns = listing.columns;
            row.priority = listing.priority.filter(|_| row.open);
        }
    }

    /// By how much counts change.
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// What a table shall hold under a key.
    pub(crate) fn put_at(&self, table: Derived, key: &[Cell]) -> Option<&TableRow> {
        self.rows.get(&(table, key.to_vec())).and_then(Option::as_ref)
    }

    /// All rows that the tables hold when they were empty before.
    pub(crate) fn into_rows(self) -> Result<Vec<TableRow>, StoreError> {
        let mut rows = Vec::new();
        for case in self.cases.values() {
            rows.push(case_row(case)?);
            rows.extend(listing_rows(case));
        }
        rows.extend(self.rows.into_values().flatten());
        Ok(rows)
    }

    /// Has somebody carry out the new effects who holds this lease from the beginning; which they are. What a case sends to
    /// others is not among them: it goes one after another.
    pub(crate) fn lease(&mut self, tenant: &TenantId, lease: &Lease) -> Vec<EffectKey> {
        let mut leased = Vec::new();
        for ((table, key), row) in &mut self.rows {
            let (Derived::Outbox, Some(row)) = (*table, row) else { continue };
            let key = EffectKey::of(tenant, key);
            if let Some(key) = key.filter(|key| key.instance != InstanceId::SENDER) {
                row.begun = vec![Cell::instant(lease.until), Cell::text(&lease.owner), Cell::Int(1)];
                leased.push(key);
            }
        }
        leased
    }

    /// Everything as it is to be written, together with what else the transaction writes.
    pub(crate) fn plan(
        self,
        tenant: &TenantId,
        seals: &Seals,
        mut writes: Writes,
    ) -> Result<Plan, StoreError> {
        let mut gone: BTreeMap<Derived, Vec<Key>> = BTreeMap::new();
        let mut put: BTreeMap<Derived, Vec<TableRow>> = BTreeMap::new();
        for ((table, key), row) in self.rows {
            match row {
                Some(row) => put.entry(table).or_default().push(row),
                None => gone.entry(table).or_default().push(key),
            }
        }
        let (rounds, known) = (&Derived::Outbox.shape().key[..2], put.get(&Derived::Outbox));
        let comes_again = |(case, instance): &(CaseId, InstanceId)| {
            let rounds = instance_key(*case, *instance);
            known.is_some_and(|rows| rows.iter().any(|row| row.key.starts_with(&rounds)))
        };
        let (first, with_all): (Vec<_>, Vec<_>) = self.effects_gone.into_iter().partition(comes_again);
        let keys = |of: Vec<(CaseId, InstanceId)>| {
            of.into_iter().map(|(case, instance)| instance_key(case, instance)).collect()
        };
        // What comes in place of what goes is another write to the same row.
        let mut before = Writes::default();
        before.delete("outbox", rounds.iter().copied(), keys(first));

        writes.delete("outbox", rounds.iter().copied(), keys(with_all));
        for (table, keys) in gone {
            let shape = table.shape();
            writes.delete(shape.name, shape.key.iter().copied(), keys);
        }
        for row in self.cases.values().filter(|row| self.new_cases.contains(&row.case)).flat_map(listing_rows)
        {
            put.entry(row.table).or_default().push(row);
        }
        for (table, rows) in put {
            insert(&mut writes, tenant, table, rows, seals)?;
        }
        counts::put(&mut writes, self.counts);
        let mut rows = Vec::with_capacity(self.cases.len());
        let mut listings = BTreeMap::new();
        for case in self.cases.values() {
            let row = case_row(case)?.sealed(tenant, seals)?;
            listings.insert(case.case, listing_of(&row));
            rows.push(row);
        }
        put_cases(&mut writes, rows);
        let (cases, new_cases, subscribed) = (self.cases, self.new_cases, self.subscribed);
        Ok(Plan { before, writes, cases, new_cases, listings, subscribed })
    }
}

/// What a set of changes writes.
pub(crate) struct Plan {
    /// What has to be done before.
    before: Writes,
    /// The cases are the last of them, and say which of their listings have changed.
    writes: Writes,
    cases: BTreeMap<CaseId, CaseRow>,
    new_cases: BTreeSet<CaseId>,
    listings: BTreeMap<CaseId, Vec<u8>>,
    subscribed: BTreeSet<(Subject, Arc<str>)>,
}

impl Plan {
    /// What will stand in `cases.listing`.
    pub(crate) fn listing(&self, case: CaseId) -> Option<Vec<u8>> {
        self.listings.get(&case).cloned()
    }

    /// All of it, when it can be written in one step: the listings of known cases stand as these say, and nothing comes before or
    /// after.
    pub(crate) fn at_once(self, known: &HashMap<CaseId, Vec<u8>>) -> Option<Writes> {
        let stays = |(case, listing)| self.new_cases.contains(case) || known.get(case) == Some(listing);
        let whole = self.before.is_empty() && self.subscribed.is_empty() && self.listings.iter().all(stays);
        whole.then_some(self.writes)
    }

    /// Writes everything. Says what cases begin to wait for. The rows that known cases are found by are written only when those
    /// have changed.
    pub(crate) async fn run(
        self,
        link: &mut Link,
        tenant: &TenantId,
        seals: &Seals,
    ) -> Result<BTreeSet<(Subject, Arc<str>)>, StoreError> {
        self.before.run(link, tenant).await?;
        let answers = self.writes.run(link, tenant).await?;
        let mut relisted = Vec::new();
        for row in answers.iter().filter(|_| !self.cases.is_empty()) {
            let (case, version): (CaseId, u64) = (row.parsed(0)?, row.count(1)?);
            let known = self.cases.get(&case).filter(|_| !self.new_cases.contains(&case));
            relisted.extend(known.filter(|written| written.version == version));
        }
        let mut gone = Writes::default();
        let keys: Vec<Key> = relisted.iter().map(|row| vec![Cell::text(row.case)]).collect();
        gone.delete("case_columns", [("case_id", Kind::Text)], keys.clone());
        gone.delete("case_words", [("case_id", Kind::Text)], keys);
        gone.run(link, tenant).await?;
        let (columns, words): (Vec<_>, Vec<_>) =
            relisted.into_iter().flat_map(listing_rows).partition(|row| row.table == Derived::CaseColumns);
        let mut come = Writes::default();
        insert(&mut come, tenant, Derived::CaseColumns, columns, seals)?;
        insert(&mut come, tenant, Derived::CaseWords, words, seals)?;
        come.run(link, tenant).await?;
        Ok(self.subscribed)
    }
}

/// Writes cases, and says of each of which version its listing is.
fn put_cases(writes: &mut Writes, rows: Vec<TableRow>) {
    let mut end = vec![" on conflict (tenant, case_id) do update set "];
    end.extend(
        Derived::Cases.shape().derived.iter().flat_map(|(name, _)| [*name, " = excluded.", *name, ", "]),
    );
    end.push(
        "listing_version = case when cases.listing = excluded.listing then cases.listing_version \
         else excluded.listing_version end returning case_id, listing_version",
    );
    put_sealed(writes, Derived::Cases, rows, end);
}

/// What stands in `cases.listing`, of a row that is sealed.
fn listing_of(row: &TableRow) -> Vec<u8> {
    let place = Derived::Cases.shape().derived.iter().position(|(name, _)| *name == "listing");
    match place.and_then(|place| row.derived.get(place)) {
        Some(Cell::Bytes(bytes)) => bytes.clone(),
        _ => Vec::new(),
    }
}

fn put_sealed(writes: &mut Writes, table: Derived, rows: Vec<TableRow>, end: Vec<&'static str>) {
    let shape = table.shape();
    let cells = |row: TableRow| row.key.into_iter().chain(row.derived).chain(row.begun).collect();
    let columns = [shape.key, shape.derived, shape.begun].into_iter().flatten().copied();
    writes.put(shape.name, columns, rows.into_iter().map(cells).collect(), end);
}

/// Writes rows in place of those with the same keys. An effect that is there already keeps its lease.
pub(crate) fn insert(
    writes: &mut Writes,
    tenant: &TenantId,
    table: Derived,
    rows: Vec<TableRow>,
    seals: &Seals,
) -> Result<(), StoreError> {
    let shape = table.shape();
    let mut end = vec![" on conflict (tenant"];
    end.extend(shape.key.iter().flat_map(|(name, _)| [", ", *name]));
    if table == Derived::Outbox || shape.derived.is_empty() {
        end.push(") do nothing");
    } else {
        end.push(") do update set ");
        for (number, (name, _)) in shape.derived.iter().chain(shape.begun).enumerate() {
            end.extend([if number > 0 { ", " } else { "" }, *name, " = excluded.", *name]);
        }
    }
    let rows = rows.into_iter().map(|row| row.sealed(tenant, seals)).collect::<Result<Vec<_>, _>>()?;
    put_sealed(writes, table, rows, end);
    Ok(())
}
