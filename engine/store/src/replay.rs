//! Going through the whole journal of a tenant, some cases at a time, and what the derived tables then have to hold.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::{
    case::Case,
    facts::CounterKey,
    projection::{Listing, changes},
    turn::Turn,
    words::{CaseId, TenantId},
};

use crate::{
    Store,
    change_set::ChangeSet,
    database::Link,
    error::StoreError,
    hash::Hash,
    keys::Keys,
    statement::{Cell, Kind, Row, Statement},
    tables::{Derived, TableRow},
};

/// Cases that are gone through at once.
const CASES_AT_ONCE: i64 = 50;
/// Turns that are read at once.
const TURNS_AT_ONCE: i64 = 100;

/// Some cases of a tenant, in the order of their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cases {
    One(CaseId),
    /// Those behind the first id, up to the second with it.
    Between(String, String),
}

impl Cases {
    /// All cases from the first on.
    pub(crate) fn before_all() -> String {
        String::new()
    }

    /// The next cases of the journal. The last piece reaches to the end, so that rows without a journal lie in it too.
    pub(crate) async fn next(
        link: &mut Link,
        tenant: &TenantId,
        after: &str,
    ) -> Result<(Cases, bool), StoreError> {
        let sql = "select distinct case_id from journal where tenant = $1 and case_id > $2 order by case_id limit $3";
        let values = vec![Cell::text(tenant), Cell::text(after), Cell::Int(CASES_AT_ONCE)];
        let rows = link.rows(sql, values).await?;
        let more = rows.len() as i64 == CASES_AT_ONCE;
        let until = match rows.last() {
            Some(last) if more => last.text(0)?,
            Some(_) | None => char::MAX.to_string(),
        };
        Ok((Cases::Between(after.to_owned(), until), more))
    }

    /// Where the next piece begins.
    pub(crate) fn end(&self) -> String {
        match self {
            Cases::One(case) => case.to_string(),
            Cases::Between(_, until) => until.clone(),
        }
    }

    fn restrict(&self, statement: &mut Statement) {
        match self {
            Cases::One(case) => {
                statement.push(" and case_id = ").value(Cell::text(case));
            }
            Cases::Between(after, until) => {
                statement.push(" and case_id > ").value(Cell::text(after));
                statement.push(" and case_id <= ").value(Cell::text(until));
            }
        }
    }

    /// The turns of these cases, a page at a time: those behind the case and version given.
    /// Columns: case_id, version, position, command_id, actor, at, release, body, body_hash, hash.
    pub(crate) async fn turns(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        after: &(String, u64),
    ) -> Result<Vec<Row>, StoreError> {
        let mut statement = Statement::new(
            "select case_id, version, position, command_id, actor, at, release, body, body_hash, hash \
             from journal where tenant = ",
        );
        statement.value(Cell::text(tenant));
        self.restrict(&mut statement);
        statement.push(" and (case_id, version) > ").list([Cell::text(&after.0), Cell::int(after.1)]);
        statement.push(" order by case_id, version limit ").value(Cell::Int(TURNS_AT_ONCE));
        statement.rows(link).await
    }

    /// What a derived table holds of these cases, as it is stored.
    pub(crate) async fn rows(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        table: Derived,
    ) -> Result<Vec<TableRow>, StoreError> {
        let shape = table.shape();
        let columns = || shape.key.iter().chain(shape.derived);
        let mut statement = Statement::new("select ");
        statement.names(columns().map(|(name, _)| *name)).push(" from ").push(shape.name);
        statement.push(" where tenant = ").value(Cell::text(tenant));
        self.restrict(&mut statement);
        statement.push(" order by ").names(shape.key.iter().map(|(name, _)| *name));
        let rows = statement.rows(link).await?;
        let read = |row: Row| {
            let cells = columns().enumerate().map(|(place, (_, kind))| row.cell(place, *kind));
            let mut key = cells.collect::<Result<Vec<_>, _>>()?;
            let derived = key.split_off(shape.key.len());
            Ok(TableRow { table, key, derived, begun: vec![] })
        };
        rows.into_iter().map(read).collect()
    }

    /// Those of these cases that were erased.
    pub(crate) async fn erased(
        &self,
        link: &mut Link,
        tenant: &TenantId,
    ) -> Result<BTreeSet<CaseId>, StoreError> {
        let mut statement = Statement::new("select case_id from erasures where tenant = ");
        statement.value(Cell::text(tenant));
        self.restrict(&mut statement);
        statement.rows(link).await?.iter().map(|row| row.parsed(0)).collect()
    }

    /// The documents that are there and that these cases hold.
    pub(crate) async fn documents(
        &self,
        link: &mut Link,
        tenant: &TenantId,
    ) -> Result<BTreeSet<(CaseId, Hash)>, StoreError> {
        let mut statement = Statement::new(
            "select case_id, hash from blob_uses where exists (select 1 from blobs b \
             where b.tenant = blob_uses.tenant and b.hash = blob_uses.hash) and tenant = ",
        );
        statement.value(Cell::text(tenant));
        self.restrict(&mut statement);
        let rows = statement.rows(link).await?;
        rows.iter().map(|row| Ok((row.parsed(0)?, row.parsed(1)?))).collect()
    }

    /// The snapshots of these cases, by case and version: format and body.
    pub(crate) async fn snapshots(
        &self,
        link: &mut Link,
        tenant: &TenantId,
    ) -> Result<BTreeMap<(CaseId, u64), (u32, Vec<u8>)>, StoreError> {
        let mut statement =
            Statement::new("select case_id, version, format, body from snapshots where tenant = ");
        statement.value(Cell::text(tenant));
        self.restrict(&mut statement);
        let rows = statement.rows(link).await?;
        rows.iter().map(|row| Ok(((row.parsed(0)?, row.count(1)?), (row.small(2)?, row.bytes(3)?)))).collect()
    }
}

/// What follows from the turns gone through so far.
#[derive(Default)]
pub(crate) struct Replay {
    pub changes: ChangeSet,
    /// All values drawn, by counter.
    pub draws: BTreeMap<CounterKey, Vec<u64>>,
}

impl Replay {
    /// Takes the next turn of a case.
    pub(crate) fn turn(&mut self, case: &mut Case, turn: &Turn) -> Result<(), StoreError> {
        let before = case.clone();
        turn.apply(case);
        if turn.version == 1 {
            self.changes.begin(turn.case);
        }
        for change in changes(&before, case, turn, Listing::default()) {
            self.changes.add(&change)?;
        }
        for (counter, value) in turn.numbers() {
            self.draws.entry(counter.clone()).or_default().push(value);
        }
        Ok(())
    }
}

/// The rows as they were before they were sealed.
pub(crate) async fn opened(
    keys: &Keys,
    tenant: &TenantId,
    rows: Vec<TableRow>,
) -> Result<Vec<TableRow>, StoreError> {
    let ring = keys.ring_of(rows.iter().flat_map(TableRow::sealed_cells)).await?;
    Ok(rows.into_iter().map(|row| row.opened(tenant, &ring)).collect())
}

impl Store {
    /// All rows that the derived tables hold of a case, as sorted lines: to compare one store with another.
    pub async fn projections(&self, tenant: &TenantId, case: CaseId) -> Result<Vec<String>, StoreError> {
        let mut link = self.database().begin_read().await?;
        let mut lines = Vec::new();
        for table in Derived::ALL {
            let rows = Cases::One(case).rows(&mut link, tenant, table).await?;
            for row in opened(self.keys(), tenant, rows).await? {
                lines.push(format!(
                    "{} {} {}",
                    table.shape().name,
                    shown_key(&row.key),
                    shown(table, &row.derived)
                ));
            }
        }
        link.leave().await?;
        lines.sort();
        Ok(lines)
    }
}

/// A key as people read it.
pub(crate) fn shown_key(key: &[Cell]) -> String {
    key.iter().map(shown_cell).collect::<Vec<_>>().join("/")
}

/// The columns of a row as people read them.
fn shown(table: Derived, cells: &[Cell]) -> String {
    // What is keyed says the same as the body beside it, and nothing to anybody.
    let columns = table.shape().derived.iter().zip(cells).filter(|((_, kind), _)| *kind != Kind::Keyed);
    columns.map(|((name, _), cell)| format!("{name}={}", shown_cell(cell))).collect::<Vec<_>>().join(" ")
}

fn shown_cell(cell: &Cell) -> String {
    match cell {
        Cell::Null(_) => "-".into(),
        Cell::Int(value) => value.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::List(_, list) => list.iter().map(shown_cell).collect::<Vec<_>>().join(","),
        Cell::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        },
    }
}
