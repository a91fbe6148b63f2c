//! The other lists of an authority: cases, deadlines, incidents, outgoing post.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    projection::{CaseRow, DeadlineRow, IncidentRow, PostRow},
    words::{CaseId, Date, ProcessId, TenantId},
};
use serde::de::DeserializeOwned;

use crate::{
    Store,
    database::Link,
    error::StoreError,
    lists::{List, Page, Piece, count},
    seal::Label,
    search::{comparable_text, end_of, sought},
    statement::{
        Cell,
        Kind::{Int, Text},
        Statement, chunks,
    },
    tables::{Column, SUSPENDED, day},
};

/// The most processes that one query is restricted to.
const MAX_PROCESSES: usize = 500;
/// The most fields that one query compares.
const MAX_COLUMNS: usize = 8;

/// What cases are found by. What is left empty does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Words, each the beginning of a word of number or subject; small and capital letters are the same.
    pub text: Option<String>,
    /// Fields of the listing with the value that each must have: a text, a number in decimal, `true` or `false`.
    pub columns: BTreeMap<Arc<str>, String>,
}

/// Which cases; newest first. What is left empty does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseQuery {
    /// Only those that go on, or only those that have ended.
    pub open: Option<bool>,
    /// Only those of this process.
    pub process: Option<ProcessId>,
    /// Only those of these processes; an empty set finds nothing.
    pub processes: Option<BTreeSet<ProcessId>>,
    /// Only those that are found by this.
    pub found: Found,
    /// Which piece of the list.
    pub piece: Piece,
}

/// How deadlines stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadlineState {
    /// They run, and end on a day.
    Running,
    /// They are suspended.
    Suspended,
    /// They do not run yet, because what they run from has not happened.
    Waiting,
}

/// Which deadlines; the earliest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadlineQuery {
    /// Only those that end up to this day, with it.
    pub until: Option<Date>,
    /// Only those that stand like this; none: those that run, and behind them those that are suspended.
    pub state: Option<DeadlineState>,
    /// Only those of this process.
    pub process: Option<ProcessId>,
    /// Only those of these processes; an empty set finds nothing.
    pub processes: Option<BTreeSet<ProcessId>>,
    /// Which piece of the list.
    pub piece: Piece,
}

/// Something that belongs to a case, with what lists show of the case.
#[derive(Clone, Debug, PartialEq)]
pub struct Listed<T> {
    /// The row.
    pub row: T,
    /// Its case.
    pub case: CaseRow,
}

impl Store {
    /// Those of some cases that have an incident.
    pub async fn stuck_cases(
        &self,
        tenant: &TenantId,
        cases: impl IntoIterator<Item = CaseId>,
    ) -> Result<BTreeSet<CaseId>, StoreError> {
        let mut link = self.database().reader().await?;
        let mut stuck = BTreeSet::new();
        for cases in chunks(cases.into_iter().collect()) {
            let mut statement = Statement::new("select distinct case_id from incidents where tenant = ");
            statement
                .value(Cell::text(tenant))
                .push(" and case_id in ")
                .list(cases.into_iter().map(Cell::text));
            for row in statement.rows(&mut link).await? {
                stuck.insert(row.parsed(0)?);
            }
        }
        Ok(stuck)
    }

    /// A page of the cases.
    pub async fn cases(&self, tenant: &TenantId, query: &CaseQuery) -> Result<Page<CaseRow>, StoreError> {
        let mut rows = Statement::new(" from cases c where c.tenant = ");
        rows.value(Cell::text(tenant));
        if let Some(open) = query.open {
            rows.push(" and c.is_open = ").value(Cell::Int(open.into()));
        }
        if let Some(process) = &query.process {
            rows.push(" and c.process = ").value(Cell::text(process));
        }
        within(&mut rows, query.processes.as_ref())?;
        let mut link = self.database().begin_read().await?;
        found(&mut link, &mut rows, "c.case_id", tenant, &query.found).await?;
        let list = List {
            name: "cases",
            columns: "c.body",
            rows,
            keys: &[("c.case_id", Text)],
            descending: true,
            sealed: &[(0, "cases")],
        };
        let page = list.page(&mut link, self.keys(), tenant, &query.piece, |bodies| bodies.json(0)).await?;
        link.leave().await?;
        Ok(page)
    }

    /// A case as lists show it.
    pub async fn case_row(&self, tenant: &TenantId, case: CaseId) -> Result<Option<CaseRow>, StoreError> {
        let sql = "select body from cases where tenant = $1 and case_id = $2";
        let row =
            self.database().reader().await?.row(sql, vec![Cell::text(tenant), Cell::text(case)]).await?;
        let Some(row) = row else { return Ok(None) };
        let body = row.bytes(0)?;
        let ring = self.keys().ring_of([&*body]).await?;
        ring.json(&Label::row("cases", tenant), &body).map(Some)
    }

    /// A page of the deadlines, by their ends.
    pub async fn deadlines(
        &self,
        tenant: &TenantId,
        query: &DeadlineQuery,
    ) -> Result<Page<Listed<DeadlineRow>>, StoreError> {
        let mut rows = of_cases(" from deadlines r", tenant);
        let (name, keys): (_, &'static [Column]) = match query.state {
            // Null has no place in an order; there is one end, which is none.
            Some(DeadlineState::Waiting) => {
                rows.push(" and r.end_day is null");
                ("deadlines_waiting", &[("r.case_id", Text), ("r.instance", Int), ("r.name", Text)])
            }
            state => {
                match state {
                    Some(DeadlineState::Running) => {
                        rows.push(" and r.end_day < ").value(Cell::text(SUSPENDED));
                    }
                    Some(DeadlineState::Suspended) => {
                        rows.push(" and r.end_day = ").value(Cell::text(SUSPENDED));
                    }
                    _ => {
                        rows.push(" and r.end_day is not null");
                    }
                }
                let by_end =
                    &[("r.end_day", Text), ("r.case_id", Text), ("r.instance", Int), ("r.name", Text)];
                ("deadlines", by_end)
            }
        };
        if let Some(until) = query.until {
            rows.push(" and r.end_day <= ").value(day(until));
        }
        if let Some(process) = &query.process {
            rows.push(" and c.process = ").value(Cell::text(process));
        }
        within(&mut rows, query.processes.as_ref())?;
        self.listed((name, SEALED_DEADLINES), tenant, rows, keys, &query.piece).await
    }

    /// A page of what is stuck, the oldest first.
    pub async fn incidents(
        &self,
        tenant: &TenantId,
        piece: &Piece,
    ) -> Result<Page<Listed<IncidentRow>>, StoreError> {
        self.incidents_of(tenant, None, piece).await
    }

    /// The same, only of these processes.
    pub async fn incidents_of(
        &self,
        tenant: &TenantId,
        processes: Option<&BTreeSet<ProcessId>>,
        piece: &Piece,
    ) -> Result<Page<Listed<IncidentRow>>, StoreError> {
        let mut rows = of_cases(" from incidents r", tenant);
        within(&mut rows, processes)?;
        let keys = &[("r.since", Int), ("r.case_id", Text), ("r.number", Int)];
        self.listed(("incidents", SEALED_INCIDENTS), tenant, rows, keys, piece).await
    }

    /// A page of the documents that wait to leave the house, the oldest first.
    pub async fn post(&self, tenant: &TenantId, piece: &Piece) -> Result<Page<Listed<PostRow>>, StoreError> {
        self.post_of(tenant, None, piece).await
    }

    /// The same, only of these processes.
    pub async fn post_of(
        &self,
        tenant: &TenantId,
        processes: Option<&BTreeSet<ProcessId>>,
        piece: &Piece,
    ) -> Result<Page<Listed<PostRow>>, StoreError> {
        let mut rows = of_cases(" from post r", tenant);
        within(&mut rows, processes)?;
        let keys = &[("r.since", Text), ("r.case_id", Text), ("r.document", Int)];
        self.listed(("post", SEALED_POST), tenant, rows, keys, piece).await
    }

    async fn listed<T: DeserializeOwned>(
        &self,
        (name, sealed): (&'static str, &'static [(usize, &'static str)]),
        tenant: &TenantId,
        rows: Statement,
        keys: &'static [Column],
        piece: &Piece,
    ) -> Result<Page<Listed<T>>, StoreError> {
        let list = List { name, columns: "r.body, c.body", rows, keys, descending: false, sealed };
        let mut link = self.database().begin_read().await?;
        let page = list.page(&mut link, self.keys(), tenant, piece, |bodies| {
            Ok(Listed { row: bodies.json(0)?, case: bodies.json(1)? })
        });
        let page = page.await?;
        link.leave().await?;
        Ok(page)
    }
}

const SEALED_DEADLINES: &[(usize, &str)] = &[(0, "deadlines"), (1, "cases")];
const SEALED_INCIDENTS: &[(usize, &str)] = &[(0, "incidents"), (1, "cases")];
const SEALED_POST: &[(usize, &str)] = &[(0, "post"), (1, "cases")];

fn of_cases(from: &'static str, tenant: &TenantId) -> Statement {
    let mut rows = Statement::new(from);
    rows.push(" join cases c on c.tenant = r.tenant and c.case_id = r.case_id where r.tenant = ");
    rows.value(Cell::text(tenant));
    rows
}

/// Restricts a statement to the cases of some processes.
fn within(rows: &mut Statement, processes: Option<&BTreeSet<ProcessId>>) -> Result<(), StoreError> {
    let Some(processes) = processes else { return Ok(()) };
    if processes.len() > MAX_PROCESSES {
        let (size, limit) = (processes.len() as u64, MAX_PROCESSES as u64);
        return Err(StoreError::TooLarge { what: "query_processes", size, limit });
    }
    if processes.is_empty() {
        rows.push(" and 1 = 0");
    } else {
        rows.push(" and c.process in ").list(processes.iter().map(Cell::text));
    }
    Ok(())
}

/// Restricts a statement to the cases that are found.
pub(crate) async fn found(
    link: &mut Link,
    rows: &mut Statement,
    case_id: &'static str,
    tenant: &TenantId,
    found: &Found,
) -> Result<(), StoreError> {
    if found.columns.len() > MAX_COLUMNS {
        let (size, limit) = (found.columns.len() as u64, MAX_COLUMNS as u64);
        return Err(StoreError::TooLarge { what: "query_columns", size, limit });
    }
    for word in sought(found.text.as_deref().unwrap_or_default())? {
        let begins = [(" and f.word >= ", Cell::text(&word)), (" and f.word < ", Cell::text(end_of(&word)))];
        having(link, rows, case_id, tenant, "case_words", &begins).await?;
    }
    for (name, value) in &found.columns {
        let value = Cell::text(comparable_text(value));
        let equals = [(" and f.name = ", Cell::text(name)), (" and f.value = ", value)];
        having(link, rows, case_id, tenant, "case_columns", &equals).await?;
    }
    Ok(())
}

/// Restricts a statement to the cases that have a row in a table. When few rows pass the tests, they are looked up and
/// their cases taken; when many do, the cases are gone through in the order of the list and each is asked, so that the
/// first page is full soon.
async fn having(
    link: &mut Link,
    rows: &mut Statement,
    case_id: &'static str,
    tenant: &TenantId,
    table: &'static str,
    tests: &[(&'static str, Cell)],
) -> Result<(), StoreError> {
    let passing = |statement: &mut Statement| {
        statement.push(" from ").push(table).push(" f where f.tenant = ").value(Cell::text(tenant));
        for (test, value) in tests {
            statement.push(test).value(value.clone());
        }
    };
    let mut all = Statement::default();
    passing(&mut all);
    if count(link, &all).await?.more {
        rows.push(" and exists (select 1");
        passing(rows);
        rows.push(" and f.case_id = ").push(case_id).push(")");
    } else {
        rows.push(" and ").push(case_id).push(" in (select f.case_id");
        passing(rows);
        rows.push(")");
    }
    Ok(())
}
