//! The other lists of an authority: cases, deadlines, incidents, outgoing post.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    projection::{CaseRow, DeadlineRow, IncidentRow, PostRow},
    words::{CaseId, Date, ProcessId, TenantId},
};
use serde::de::DeserializeOwned;

use crate::{
    Store,
    error::StoreError,
    lists::{List, Page, Piece},
    search::{comparable_text, end_of, sought},
    statement::{
        Cell,
        Kind::{Int, Text},
        Statement,
    },
    tables::{Column, day},
};

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
    /// Only those that are found by this.
    pub found: Found,
    /// Which piece of the list.
    pub piece: Piece,
}

/// Which deadlines; the earliest first. Deadlines that do not run yet are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadlineQuery {
    /// Only those that end up to this day, with it.
    pub until: Option<Date>,
    /// Only those of this process.
    pub process: Option<ProcessId>,
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
        found(&mut rows, "c.case_id", tenant, &query.found)?;
        let list =
            List { name: "cases", columns: "c.body", rows, keys: &[("c.case_id", Text)], descending: true };
        let mut link = self.database().begin_read().await?;
        let page = list.page(&mut link, &query.piece, |row, first| row.json(first)).await?;
        link.leave().await?;
        Ok(page)
    }

    /// A case as lists show it.
    pub async fn case_row(&self, tenant: &TenantId, case: CaseId) -> Result<Option<CaseRow>, StoreError> {
        let sql = "select body from cases where tenant = $1 and case_id = $2";
        let row =
            self.database().reader().await?.row(sql, vec![Cell::text(tenant), Cell::text(case)]).await?;
        row.map(|row| row.json(0)).transpose()
    }

    /// A page of the deadlines that run.
    pub async fn deadlines(
        &self,
        tenant: &TenantId,
        query: &DeadlineQuery,
    ) -> Result<Page<Listed<DeadlineRow>>, StoreError> {
        let mut rows = of_cases(" from deadlines r", tenant);
        rows.push(" and r.end_day is not null");
        if let Some(until) = query.until {
            rows.push(" and r.end_day <= ").value(day(until));
        }
        if let Some(process) = &query.process {
            rows.push(" and c.process = ").value(Cell::text(process));
        }
        let keys = &[("r.end_day", Text), ("r.case_id", Text), ("r.instance", Int), ("r.name", Text)];
        self.listed("deadlines", rows, keys, &query.piece).await
    }

    /// A page of what is stuck, the oldest first.
    pub async fn incidents(
        &self,
        tenant: &TenantId,
        piece: &Piece,
    ) -> Result<Page<Listed<IncidentRow>>, StoreError> {
        let keys = &[("r.since", Int), ("r.case_id", Text), ("r.number", Int)];
        self.listed("incidents", of_cases(" from incidents r", tenant), keys, piece).await
    }

    /// A page of the documents that wait to leave the house, the oldest first.
    pub async fn post(&self, tenant: &TenantId, piece: &Piece) -> Result<Page<Listed<PostRow>>, StoreError> {
        let keys = &[("r.since", Text), ("r.case_id", Text), ("r.document", Int)];
        self.listed("post", of_cases(" from post r", tenant), keys, piece).await
    }

    async fn listed<T: DeserializeOwned>(
        &self,
        name: &'static str,
        rows: Statement,
        keys: &'static [Column],
        piece: &Piece,
    ) -> Result<Page<Listed<T>>, StoreError> {
        let list = List { name, columns: "r.body, c.body", rows, keys, descending: false };
        let mut link = self.database().begin_read().await?;
        let page = list.page(&mut link, piece, |row, first| {
            Ok(Listed { row: row.json(first)?, case: row.json(first + 1)? })
        });
        let page = page.await?;
        link.leave().await?;
        Ok(page)
    }
}

fn of_cases(from: &'static str, tenant: &TenantId) -> Statement {
    let mut rows = Statement::new(from);
    rows.push(" join cases c on c.tenant = r.tenant and c.case_id = r.case_id where r.tenant = ");
    rows.value(Cell::text(tenant));
    rows
}

/// Restricts a statement to the cases that are found.
pub(crate) fn found(
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
        rows.push(" and ").push(case_id).push(" in (select w.case_id from case_words w where w.tenant = ");
        rows.value(Cell::text(tenant)).push(" and w.word >= ").value(Cell::text(&word));
        rows.push(" and w.word < ").value(Cell::text(end_of(&word))).push(")");
    }
    for (name, value) in &found.columns {
        rows.push(" and ").push(case_id).push(" in (select k.case_id from case_columns k where k.tenant = ");
        rows.value(Cell::text(tenant)).push(" and k.name = ").value(Cell::text(name));
        rows.push(" and k.value = ").value(Cell::text(comparable_text(value))).push(")");
    }
    Ok(())
}
