//! What the case of a row must have for the row to stand in a list: words, fields, a process.
//!
//! When few cases pass one of the tests, these are looked up and the list is made of them; when many pass each, the list
//! is gone through in its order and each row is asked, so that the first page is full soon. How many are few depends on how
//! many cases are open, so that both ways cost the same where they meet. A page of 50 out of a million rows of which 5,000 pass
//! is full after 10,000, out of 100,000 of which 1,600 pass after 3,200.

use std::collections::BTreeSet;

use fachwerk_core::words::{ProcessId, TenantId};

use crate::{
    counts,
    database::Link,
    error::StoreError,
    lists::count_up_to,
    registers::Found,
    search::{comparable_to, end_of, sought},
    statement::{Cell, Statement},
};

/// So many cases are looked up and sorted at most, however many are open; and so many always.
const MAX_GATHERED: u32 = 5_000;
const MIN_GATHERED: u32 = 500;
/// The rows of a page that has to be filled; the half of it, because looking a row up costs about twice as much as asking
/// one that the list comes by.
const HALF_A_PAGE: u64 = 25;
/// The most processes that one query is restricted to.
const MAX_PROCESSES: usize = 500;
/// The most fields that one query compares.
const MAX_COLUMNS: usize = 8;

/// How many rows are looked up and sorted; if there are more, the list is gone through in its order.
pub(crate) async fn few(link: &mut Link, tenant: &TenantId) -> Result<u32, StoreError> {
    let open = counts::open_cases(link, tenant).await?;
    let few = u32::try_from(open.saturating_mul(HALF_A_PAGE).isqrt()).unwrap_or(MAX_GATHERED);
    Ok(few.clamp(MIN_GATHERED, MAX_GATHERED))
}

/// Tests of the case of a row.
#[derive(Default)]
pub(crate) struct Sieve {
    /// Each a row of a table that the case must have.
    tests: Vec<Test>,
    /// The one of them that few cases pass.
    few: Option<usize>,
}

struct Test {
    table: &'static str,
    /// Conditions of the row, which is called `f`; each with its value, or values in parentheses.
    conditions: Vec<(&'static str, Vec<Cell>)>,
    /// The same where the case is known: no index may be chosen by them then.
    of_case: Vec<(&'static str, Vec<Cell>)>,
}

impl Test {
    /// Where cases are found that pass.
    fn push(&self, statement: &mut Statement, tenant: &TenantId) {
        self.push_with(statement, tenant, &self.conditions);
    }

    fn push_with(
        &self,
        statement: &mut Statement,
        tenant: &TenantId,
        conditions: &[(&'static str, Vec<Cell>)],
    ) {
        statement.push(" from ").push(self.table).push(" f where f.tenant = ").value(Cell::text(tenant));
        for (condition, values) in conditions {
            statement.push(condition);
            if condition.ends_with(" in ") {
                statement.list(values.iter().cloned());
            } else {
                for value in values {
                    statement.value(value.clone());
                }
            }
        }
    }
}

impl Sieve {
    /// Adds what cases are found by.
    pub(crate) fn found(&mut self, found: &Found) -> Result<(), StoreError> {
        if found.columns.len() > MAX_COLUMNS {
            let (size, limit) = (found.columns.len() as u64, MAX_COLUMNS as u64);
            return Err(StoreError::TooLarge { what: "query_columns", size, limit });
        }
        for word in sought(found.text.as_deref().unwrap_or_default())? {
            let (from, to) = (Cell::text(&word), Cell::text(end_of(&word)));
            let of_case = vec![
                (" and f.word || '' >= ", vec![from.clone()]),
                (" and f.word || '' < ", vec![to.clone()]),
            ];
            let conditions = vec![(" and f.word >= ", vec![from]), (" and f.word < ", vec![to])];
            self.tests.push(Test { table: "case_words", conditions, of_case });
        }
        for (name, value) in &found.columns {
            let values = comparable_to(value).into_iter().map(Cell::text).collect();
            let conditions = vec![(" and f.name = ", vec![Cell::text(name)]), (" and f.value in ", values)];
            self.tests.push(Test { table: "case_columns", of_case: conditions.clone(), conditions });
        }
        Ok(())
    }

    /// Adds that cases are of some processes.
    pub(crate) fn within(&mut self, processes: &BTreeSet<ProcessId>) -> Result<(), StoreError> {
        if processes.len() > MAX_PROCESSES {
            let (size, limit) = (processes.len() as u64, MAX_PROCESSES as u64);
            return Err(StoreError::TooLarge { what: "query_processes", size, limit });
        }
        let conditions = if processes.is_empty() {
            vec![(" and 1 = 0", vec![])]
        } else {
            vec![(" and f.process in ", processes.iter().map(Cell::text).collect())]
        };
        self.tests.push(Test { table: "cases", of_case: conditions.clone(), conditions });
        Ok(())
    }

    /// Finds out whether few cases pass one of the tests: so many, see [`few`].
    pub(crate) async fn weigh(
        &mut self,
        link: &mut Link,
        tenant: &TenantId,
        few: u32,
    ) -> Result<(), StoreError> {
        let mut fewest = few + 1;
        for (place, test) in self.tests.iter().enumerate() {
            let mut passing = Statement::new("select 1");
            test.push(&mut passing, tenant);
            let passing = count_up_to(link, passing, fewest).await?;
            if passing < fewest {
                (self.few, fewest) = (Some(place), passing);
            }
        }
        Ok(())
    }

    /// Whether every case passes.
    pub(crate) fn is_empty(&self) -> bool {
        self.tests.is_empty()
    }

    /// Whether few cases pass, so that the list is made of them.
    pub(crate) fn gathers(&self) -> bool {
        self.few.is_some()
    }

    /// Whether each row of the list has to be asked.
    pub(crate) fn asks(&self) -> bool {
        !self.tests.is_empty() && self.few.is_none()
    }

    /// The cases that the list is made of, as `f`, before the tables of the list.
    pub(crate) fn push_few(&self, statement: &mut Statement, tenant: &TenantId) {
        if let Some(few) = self.few.and_then(|few| self.tests.get(few)) {
            statement.push("(select distinct f.case_id");
            few.push(statement, tenant);
            statement.push(") as few cross join ");
        }
    }

    /// What a row must pass whose case is named so.
    pub(crate) fn push_tests(&self, statement: &mut Statement, tenant: &TenantId, case_id: &'static str) {
        for (place, test) in self.tests.iter().enumerate() {
            if self.few == Some(place) {
                statement.push(" and ").push(case_id).push(" = few.case_id");
                continue;
            }
            statement.push(" and exists (select 1");
            test.push_with(statement, tenant, &test.of_case);
            // The offset keeps PostgreSQL from reading all that pass instead of asking row by row.
            statement.push(" and f.case_id = ").push(case_id).push(" limit 1 offset 0)");
        }
    }
}
