//! The changes of the derived tables that a batch of turns makes: for each row only the last one, many rows a
//! statement.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    projection::{CaseRow, Change, Listing, Subject},
    words::{CaseId, InstanceId, TenantId},
};

use crate::{
    database::Link,
    error::StoreError,
    seal::Seals,
    statement::{Cell, Kind},
    tables::{
        Derived, TableRow, case_row, deadline_row, incident_row, instance_key, listing_rows, named_key,
        numbered_key, outbox_row, post_row, subscription_row, task_row, timer_row,
    },
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
}

impl ChangeSet {
    /// Notes that a case begins with these changes: no table has a row of it.
    pub(crate) fn begin(&mut self, case: CaseId) {
        self.new_cases.insert(case);
    }

    pub(crate) fn add(&mut self, change: Change) -> Result<(), StoreError> {
        match change {
            Change::Case(row) => {
                self.cases.insert(row.case, *row);
            }
            Change::Task(row) => self.put(task_row(&row)?),
            Change::TaskGone(case, instance) => self.remove(Derived::Tasks, instance_key(case, instance)),
            Change::Deadline(row) => self.put(deadline_row(&row)?),
            Change::DeadlineGone(case, instance, name) => {
                self.remove(Derived::Deadlines, named_key(case, instance, &name));
            }
            Change::Timer(row) => self.put(timer_row(&row)),
            Change::TimerGone(case, instance, name) => {
                self.remove(Derived::Timers, named_key(case, instance, &name))
            }
            Change::Outbox(row) => {
                // As in the table: an effect that is there already stays as it is.
                let row = outbox_row(&row)?;
                self.rows.entry((row.table, row.key.clone())).or_insert(Some(row));
            }
            Change::OutboxGone(case, instance) => {
                let rounds = instance_key(case, instance);
                let from = (Derived::Outbox, rounds.clone());
                let pending = self
                    .rows
                    .range(from..)
                    .take_while(|((table, key), _)| *table == Derived::Outbox && key.starts_with(&rounds));
                for key in pending.map(|(key, _)| key.clone()).collect::<Vec<_>>() {
                    self.rows.remove(&key);
                }
                self.effects_gone.insert((case, instance));
            }
            Change::Delivered(case, number) => {
                let key = vec![Cell::text(case), Cell::int(InstanceId::SENDER.0), Cell::int(number)];
                self.remove(Derived::Outbox, key);
            }
            Change::Subscription(row) => {
                self.subscribed.insert((row.subject.clone(), row.key.clone()));
                self.put(subscription_row(&row));
            }
            Change::SubscriptionGone(case, instance, name) => {
                self.remove(Derived::Subscriptions, named_key(case, instance, &name));
            }
            Change::Incident(row) => self.put(incident_row(&row)?),
            Change::IncidentGone(case, number) => self.remove(Derived::Incidents, numbered_key(case, number)),
            Change::Post(row) => self.put(post_row(&row)?),
            Change::PostGone(case, document) => self.remove(Derived::Post, numbered_key(case, document)),
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
        }
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

    /// Writes everything, together with what else the transaction writes. Says what cases begin to wait for.
    pub(crate) async fn write(
        self,
        link: &mut Link,
        tenant: &TenantId,
        seals: &Seals,
        mut writes: Writes,
    ) -> Result<BTreeSet<(Subject, Arc<str>)>, StoreError> {
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
        before.run(link, tenant).await?;

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
        write_cases(link, tenant, self.cases, &self.new_cases, seals, writes).await?;
        Ok(self.subscribed)
    }
}

/// Writes cases with all else; the rows that known cases are found by only when those have changed.
async fn write_cases(
    link: &mut Link,
    tenant: &TenantId,
    cases: BTreeMap<CaseId, CaseRow>,
    new_cases: &BTreeSet<CaseId>,
    seals: &Seals,
    mut writes: Writes,
) -> Result<(), StoreError> {
    let rows = cases.values().map(case_row).collect::<Result<Vec<_>, _>>()?;
    let any = !rows.is_empty();
    put(
        &mut writes,
        tenant,
        Derived::Cases,
        rows,
        seals,
        vec![
            " on conflict (tenant, case_id) do update set process = excluded.process, is_open = excluded.is_open, \
         number = excluded.number, listing = excluded.listing, ended_on = excluded.ended_on, \
         asked = excluded.asked, held = excluded.held, body = excluded.body, listing_version = \
         case when cases.listing = excluded.listing then cases.listing_version else excluded.listing_version end \
         returning case_id, listing_version",
        ],
    )?;
    let answers = writes.run(link, tenant).await?;
    let mut relisted = Vec::new();
    for row in answers.iter().filter(|_| any) {
        let (case, version): (CaseId, u64) = (row.parsed(0)?, row.count(1)?);
        let known = cases.get(&case).filter(|_| !new_cases.contains(&case));
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
    come.run(link, tenant).await.map(drop)
}

fn put(
    writes: &mut Writes,
    tenant: &TenantId,
    table: Derived,
    rows: Vec<TableRow>,
    seals: &Seals,
    end: Vec<&'static str>,
) -> Result<(), StoreError> {
    let shape = table.shape();
    let cells = |row: TableRow| {
        let row = row.sealed(tenant, seals)?;
        Ok(row.key.into_iter().chain(row.derived).chain(row.begun).collect())
    };
    let rows = rows.into_iter().map(cells).collect::<Result<Vec<_>, StoreError>>()?;
    writes.put(shape.name, [shape.key, shape.derived, shape.begun].into_iter().flatten().copied(), rows, end);
    Ok(())
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
    put(writes, tenant, table, rows, seals, end)
}
