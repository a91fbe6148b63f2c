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
    by_case::{ByCase, CaseKey},
    error::StoreError,
    lists::{List, Page, Piece, Rows},
    seal::Label,
    sieve::Sieve,
    statement::{
        Cell,
        Kind::{Int, Text},
        Statement, chunks,
    },
    tables::{Column, SUSPENDED, day},
};

/// What cases are found by. What is left empty does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Words, each the beginning of a word of number or subject; capitals and accents do not count, `ä` is `ae`.
    pub text: Option<String>,
    /// Fields of the listing with the value that each must have: a text, whose capitals and accents do not count; a number in
    /// decimal; `true` or `false`.
    pub columns: BTreeMap<Arc<str>, String>,
}

/// Which cases. What is left empty does not restrict.
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
    /// The order; newest first when there is none.
    pub order: Option<CaseKey>,
    /// Whether that order is turned round; cases that lack what it goes by come last all the same.
    pub descending: bool,
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
    /// Only those that end on this day or later.
    pub since: Option<Date>,
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
        let mut sieve = Sieve::default();
        sieve.found(&query.found)?;
        if let Some(processes) = &query.processes {
            sieve.within(processes)?;
        }
        let mut conditions = Vec::new();
        if let Some(open) = query.open {
            conditions.push((" and c.is_open = ", Some(Cell::Int(open.into()))));
        }
        match &query.process {
            // An index has the order of these.
            Some(process) if query.open.is_some() && query.order.is_none() => {
                conditions.push((" and c.process = ", Some(Cell::text(process))));
            }
            Some(process) => sieve.within(&[process.clone()].into())?,
            None => {}
        }
        let (from, joined) = ("cases c", "c.tenant = ");
        let rows = Rows { tenant, from, joined, case_id: "c.case_id", conditions, sieve };
        let (keys, sealed) = (&[("c.case_id", Text)], &[(0, "cases")]);
        let by = query.order.as_ref().map(|key| ByCase { key, tenant, descending: query.descending });
        let list = List { name: "cases", columns: "c.body", rows, keys, descending: true, sealed, by };
        let mut link = self.database().begin_read().await?;
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
        let mut sieve = Sieve::default();
        if let Some(process) = &query.process {
            sieve.within(&[process.clone()].into())?;
        }
        if let Some(processes) = &query.processes {
            sieve.within(processes)?;
        }
        let mut rows = of_cases("deadlines r cross join cases c", tenant, sieve);
        let by_end = &[("r.end_day", Text), ("r.case_id", Text), ("r.instance", Int), ("r.name", Text)];
        let (condition, value) = match query.state {
            Some(DeadlineState::Waiting) => (" and r.end_day is null", None),
            Some(DeadlineState::Running) => (" and r.end_day < ", Some(Cell::text(SUSPENDED))),
            Some(DeadlineState::Suspended) => (" and r.end_day = ", Some(Cell::text(SUSPENDED))),
            None => (" and r.end_day is not null", None),
        };
        rows.conditions.push((condition, value));
        if let Some(until) = query.until {
            rows.conditions.push((" and r.end_day <= ", Some(day(until))));
        }
        if let Some(since) = query.since {
            rows.conditions.push((" and r.end_day >= ", Some(day(since))));
        }
        // Null has no place in an order; there is one end, which is none.
        let (name, keys): (_, &'static [Column]) = match query.state {
            Some(DeadlineState::Waiting) => ("deadlines_waiting", &by_end[1..]),
            _ => ("deadlines", by_end),
        };
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
        let mut sieve = Sieve::default();
        if let Some(processes) = processes {
            sieve.within(processes)?;
        }
        let rows = of_cases("incidents r cross join cases c", tenant, sieve);
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
        let mut sieve = Sieve::default();
        if let Some(processes) = processes {
            sieve.within(processes)?;
        }
        let rows = of_cases("post r cross join cases c", tenant, sieve);
        let keys = &[("r.since", Text), ("r.case_id", Text), ("r.document", Int)];
        self.listed(("post", SEALED_POST), tenant, rows, keys, piece).await
    }

    async fn listed<T: DeserializeOwned>(
        &self,
        (name, sealed): (&'static str, &'static [(usize, &'static str)]),
        tenant: &TenantId,
        rows: Rows<'_>,
        keys: &'static [Column],
        piece: &Piece,
    ) -> Result<Page<Listed<T>>, StoreError> {
        let list = List { name, columns: "r.body, c.body", rows, keys, descending: false, sealed, by: None };
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

/// Rows `r` with their cases `c`.
fn of_cases<'q>(from: &'static str, tenant: &'q TenantId, sieve: Sieve) -> Rows<'q> {
    let joined = "c.tenant = r.tenant and c.case_id = r.case_id and r.tenant = ";
    Rows { tenant, from, joined, case_id: "r.case_id", conditions: Vec::new(), sieve }
}
