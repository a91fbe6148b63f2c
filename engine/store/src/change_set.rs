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
    statement::{Cell, Statement, chunks},
    tables::{
        Derived, TableRow, case_row, deadline_row, incident_row, instance_key, listing_rows, named_key,
        numbered_key, outbox_row, post_row, subscription_row, task_row, timer_row,
    },
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

    /// Writes everything. Says what cases begin to wait for.
    pub(crate) async fn write(
        self,
        link: &mut Link,
        tenant: &TenantId,
        seals: &Seals,
    ) -> Result<BTreeSet<(Subject, Arc<str>)>, StoreError> {
        let effects = self.effects_gone.into_iter().map(|(case, instance)| instance_key(case, instance));
        delete(link, tenant, "outbox", &["case_id", "instance"], effects.collect()).await?;

        let mut gone: BTreeMap<Derived, Vec<Key>> = BTreeMap::new();
        let mut put: BTreeMap<Derived, Vec<TableRow>> = BTreeMap::new();
        for ((table, key), row) in self.rows {
            match row {
                Some(row) => put.entry(table).or_default().push(row),
                None => gone.entry(table).or_default().push(key),
            }
        }
        for (table, keys) in gone {
            let shape = table.shape();
            let names: Vec<_> = shape.key.iter().map(|(name, _)| *name).collect();
            delete(link, tenant, shape.name, &names, keys).await?;
        }
        for (table, rows) in put {
            insert(link, tenant, table, rows, seals).await?;
        }
        write_cases(link, tenant, self.cases, &self.new_cases, seals).await?;
        Ok(self.subscribed)
    }
}

/// Writes cases; the rows that they are found by only when those have changed.
async fn write_cases(
    link: &mut Link,
    tenant: &TenantId,
    cases: BTreeMap<CaseId, CaseRow>,
    new_cases: &BTreeSet<CaseId>,
    seals: &Seals,
) -> Result<(), StoreError> {
    let rows = cases.values().map(case_row).collect::<Result<Vec<_>, _>>()?;
    let mut relisted = Vec::new();
    for rows in chunks(rows) {
        let mut statement = insert_into(tenant, Derived::Cases, rows, seals)?;
        statement.push(
            " on conflict (tenant, case_id) do update set process = excluded.process, is_open = excluded.is_open, \
             number = excluded.number, listing = excluded.listing, body = excluded.body, listing_version = \
             case when cases.listing = excluded.listing then cases.listing_version else excluded.listing_version end \
             returning case_id, listing_version",
        );
        for row in statement.rows(link).await? {
            let (case, version): (CaseId, u64) = (row.parsed(0)?, row.count(1)?);
            relisted.extend(cases.get(&case).filter(|written| written.version == version));
        }
    }
    let known = relisted.iter().filter(|row| !new_cases.contains(&row.case));
    let known: Vec<Key> = known.map(|row| vec![Cell::text(row.case)]).collect();
    delete(link, tenant, "case_columns", &["case_id"], known.clone()).await?;
    delete(link, tenant, "case_words", &["case_id"], known).await?;
    let (columns, words): (Vec<_>, Vec<_>) =
        relisted.into_iter().flat_map(listing_rows).partition(|row| row.table == Derived::CaseColumns);
    insert(link, tenant, Derived::CaseColumns, columns, seals).await?;
    insert(link, tenant, Derived::CaseWords, words, seals).await
}

/// `insert into <table> (tenant, ...) values ($1, ...), ...`, the tenant being the first value.
fn insert_into(
    tenant: &TenantId,
    table: Derived,
    rows: Vec<TableRow>,
    seals: &Seals,
) -> Result<Statement, StoreError> {
    let shape = table.shape();
    let mut statement = Statement::new("insert into ");
    statement.push(shape.name).push(" (tenant, ");
    statement.names([shape.key, shape.derived, shape.begun].into_iter().flatten().map(|(name, _)| *name));
    statement.push(") values ");
    for (number, row) in rows.into_iter().enumerate() {
        let row = row.sealed(tenant, seals)?;
        let cells = row.key.into_iter().chain(row.derived).chain(row.begun);
        if number == 0 {
            statement.list(std::iter::once(Cell::text(tenant)).chain(cells));
        } else {
            statement.push(", ($1");
            for cell in cells {
                statement.push(", ").value(cell);
            }
            statement.push(")");
        }
    }
    Ok(statement)
}

/// Writes rows in place of those with the same keys. An effect that is there already keeps its lease.
pub(crate) async fn insert(
    link: &mut Link,
    tenant: &TenantId,
    table: Derived,
    rows: Vec<TableRow>,
    seals: &Seals,
) -> Result<(), StoreError> {
    let shape = table.shape();
    for rows in chunks(rows) {
        let mut statement = insert_into(tenant, table, rows, seals)?;
        statement.push(" on conflict (tenant, ").names(shape.key.iter().map(|(name, _)| *name)).push(") do ");
        if table == Derived::Outbox || shape.derived.is_empty() {
            statement.push("nothing");
        } else {
            statement.push("update set ");
            for (number, (name, _)) in shape.derived.iter().chain(shape.begun).enumerate() {
                statement.push(if number > 0 { ", " } else { "" });
                statement.push(name).push(" = excluded.").push(name);
            }
        }
        statement.run(link).await?;
    }
    Ok(())
}

/// Removes the rows whose keys begin with these values.
pub(crate) async fn delete(
    link: &mut Link,
    tenant: &TenantId,
    table: &'static str,
    names: &[&'static str],
    keys: Vec<Key>,
) -> Result<(), StoreError> {
    for keys in chunks(keys) {
        let mut statement = Statement::new("delete from ");
        statement.push(table).push(" where tenant = ").value(Cell::text(tenant)).push(" and (");
        for (number, key) in keys.into_iter().enumerate() {
            statement.push(if number > 0 { " or (" } else { "(" });
            for (position, (name, cell)) in names.iter().zip(key).enumerate() {
                statement.push(if position > 0 { " and " } else { "" });
                statement.push(name).push(" = ").value(cell);
            }
            statement.push(")");
        }
        statement.push(")");
        statement.run(link).await?;
    }
    Ok(())
}
