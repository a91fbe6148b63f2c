//! Lists in the order of something that their cases have: the file number, the next legal deadline, a declared column.
//!
//! Few rows are gathered and sorted by it. Of many, the cases are gone through along the index that has the order. Those that do
//! not have it come last, whichever way round: they are asked for by a statement of their own, when a page is not full before,
//! because to find that nobody lacks it one would have to go through all.

use std::sync::Arc;

use fachwerk_core::words::{Date, TenantId};

use crate::{
    database::Link,
    error::StoreError,
    lists::{Order, Piece, rows_of},
    statement::{
        Cell,
        Kind::{Int, Text},
        Row, Statement,
    },
    tables::{Column, SUSPENDED},
};

/// What of its case a row is sorted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseKey {
    /// Where it stands among others ([`fachwerk_core::priority`]): with those first that professionals sent digitally, or not.
    Priority {
        /// Whether they come first.
        digital_first: bool,
        /// What has passed by this day has no consequence any more.
        today: Date,
    },
    /// The file number.
    Number,
    /// The end of the legal deadline that ends first.
    Deadline,
    /// A field of the listing: texts as in a telephone directory (DIN 5007-2), numbers by their value.
    Column(Arc<str>),
}

/// What a list by [`CaseKey`] is sorted by: whether its case has it, what it has, the case.
pub(crate) const KEYS_OF_CASES: &[Column] = &[("part", Int), ("value", Text), ("case_id", Text)];
/// The same of tasks.
pub(crate) const KEYS_OF_TASKS: &[Column] =
    &[("part", Int), ("value", Text), ("case_id", Text), ("instance", Int)];

/// Under which name it stands beside the fields of the listing where a case is in the order of priority; no field is called so.
pub(crate) fn priority_column(digital_first: bool) -> &'static str {
    if digital_first { "#priority-digital" } else { "#priority" }
}

/// The rows that are sorted.
pub(crate) struct Sorted {
    pub table: &'static str,
    pub tenant: &'static str,
    pub case_id: &'static str,
    /// What tells rows of the same case apart; none when there is one a case.
    pub instance: Option<&'static str>,
}

/// The two stages of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Rows whose case has it.
    Having,
    /// Rows whose case does not.
    Lacking,
}

/// The order by a key.
pub(crate) struct ByCase<'q> {
    pub key: &'q CaseKey,
    pub tenant: &'q TenantId,
    pub descending: bool,
}

impl ByCase<'_> {
    /// Names the order within a cursor.
    pub(crate) fn name(&self, list: &str) -> String {
        match self.key {
            CaseKey::Priority { digital_first, .. } => format!("{list}-{}", priority_column(*digital_first)),
            CaseKey::Number => format!("{list}-number"),
            CaseKey::Deadline => format!("{list}-deadline"),
            CaseKey::Column(column) => format!("{list}-column-{column}"),
        }
    }

    fn table(&self) -> &'static str {
        match self.key {
            CaseKey::Number => "cases o",
            CaseKey::Deadline => "deadlines o",
            CaseKey::Priority { .. } | CaseKey::Column(_) => "case_columns o",
        }
    }

    fn value(&self) -> &'static str {
        match self.key {
            CaseKey::Number => "o.number",
            CaseKey::Deadline => "o.end_day",
            CaseKey::Priority { .. } | CaseKey::Column(_) => "o.value",
        }
    }

    /// Each case has one such row `o`, or none. `of_case`: it is looked up by its case, which no other index may be taken for.
    fn push_conditions(&self, statement: &mut Statement, of_case: bool) {
        statement.push("o.tenant = ").value(Cell::text(self.tenant));
        match self.key {
            CaseKey::Number => statement.push(" and o.number > ''"),
            CaseKey::Deadline => {
                statement.push(" and o.end_day < ").value(Cell::text(SUSPENDED)).push(
                    " and not exists (select 1 from deadlines e where e.tenant = o.tenant and e.case_id = o.case_id \
                     and (e.end_day, e.instance, e.name) < (o.end_day, o.instance, o.name))",
                )
            }
            CaseKey::Priority { .. } | CaseKey::Column(_) => {
                let column = match self.key {
                    CaseKey::Column(column) => column,
                    CaseKey::Priority { digital_first: false, .. } => priority_column(false),
                    _ => priority_column(true),
                };
                let name = if of_case { " and o.name || '' = " } else { " and o.name = " };
                statement.push(name).value(Cell::text(column))
            }
        };
        if let CaseKey::Priority { today, .. } = self.key {
            let today = today.to_string();
            statement.push(
                " and (length(o.value) = 23 or (substr(o.value, 24, 1) = '+' and substr(o.value, 25) >= ",
            );
            statement
                .value(Cell::text(&today))
                .push(") or (substr(o.value, 24, 1) = '-' and substr(o.value, 25) < ");
            statement.value(Cell::text(&today)).push("))");
        }
    }

    /// What the first key of rows says.
    fn part(&self, stage: Stage) -> &'static str {
        // As wide as it is read on PostgreSQL.
        if (stage == Stage::Lacking) == self.descending { "cast(0 as bigint)" } else { "cast(1 as bigint)" }
    }

    /// The stages that a piece may need, in order.
    pub(crate) fn stages(&self, order: &Order, piece: &Piece) -> Result<&'static [Stage], StoreError> {
        let after = order.after(piece)?;
        let lacking = i64::from(!self.descending);
        Ok(match after.as_ref().and_then(|after| after.first()) {
            Some(Cell::Int(part)) if *part == lacking => &[Stage::Lacking],
            _ => &[Stage::Having, Stage::Lacking],
        })
    }

    /// The rows of a piece. `statement` says how those of a stage are read; what is gathered is all of it at once.
    pub(crate) async fn rows(
        &self,
        link: &mut Link,
        (order, piece): (&Order, &Piece),
        gathered: bool,
        statement: impl Fn(Stage) -> Result<Statement, StoreError>,
    ) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        let stages: &[Stage] = if gathered { &[Stage::Having] } else { self.stages(order, piece)? };
        for stage in stages {
            rows.extend(statement(*stage)?.rows(link).await?);
            if rows.len() > rows_of(piece) as usize {
                break;
            }
        }
        Ok(rows)
    }

    /// All rows with their keys. `push` writes where they come from and what they must pass.
    pub(crate) fn push_gathered(
        &self,
        statement: &mut Statement,
        sorted: &Sorted,
        push: impl FnOnce(&mut Statement),
    ) {
        let (having, lacking) = (self.part(Stage::Having), self.part(Stage::Lacking));
        statement.push("select case when v.value is null then ").push(lacking).push(" else ").push(having);
        statement.push(" end as part, coalesce(v.value, '') as value, v.case_id");
        statement.push(if sorted.instance.is_some() { ", v.instance" } else { "" });
        statement.push(" from (select (select ").push(self.value()).push(" from ").push(self.table());
        statement.push(" where ");
        self.push_conditions(statement, true);
        statement.push(" and o.case_id = ").push(sorted.case_id).push(") as value, ").push(sorted.case_id);
        if let Some(instance) = sorted.instance {
            statement.push(", ").push(instance);
        }
        push(statement);
        statement.push(") as v");
    }

    /// The keys of as many rows as a page can take, in their order. `push` writes what they must pass.
    pub(crate) fn push_in_order(
        &self,
        statement: &mut Statement,
        sorted: &Sorted,
        stage: Stage,
        (order, piece): (&Order, &Piece),
        push: impl FnOnce(&mut Statement),
    ) -> Result<(), StoreError> {
        let after = order.after(piece)?.unwrap_or_default();
        statement.push("select ").push(self.part(stage)).push(" as part, ");
        statement.push(if stage == Stage::Having { self.value() } else { "''" }).push(" as value, ");
        statement.push(sorted.case_id).push(" as case_id");
        if let Some(instance) = sorted.instance {
            statement.push(", ").push(instance).push(" as instance");
        }
        let names = match stage {
            Stage::Having => {
                self.push_having(statement, sorted, after.get(1));
                vec![self.value(), "o.case_id"]
            }
            Stage::Lacking => {
                self.push_lacking(statement, sorted);
                vec![sorted.case_id]
            }
        };
        push(statement);
        let names = names.into_iter().chain(sorted.instance);
        // A page of those that lack it may begin behind those that have it.
        let places = order.keys.len() - names.clone().count();
        let from = after.get(places..).filter(|_| self.stages(order, piece).is_ok_and(|all| all[0] == stage));
        if let Some(from) = from.filter(|from| !from.is_empty()) {
            statement.push(" and (").names(names.clone());
            statement.push(if self.descending { ") < " } else { ") > " }).list(from.iter().cloned());
        }
        for (place, name) in names.enumerate() {
            statement.push(if place == 0 { " order by " } else { ", " }).push(name);
            statement.push(if self.descending { " desc" } else { "" });
        }
        order.push_limit(statement, piece);
        Ok(())
    }

    fn push_having(&self, statement: &mut Statement, sorted: &Sorted, from: Option<&Cell>) {
        statement.push(" from ").push(self.table()).push(" cross join ").push(sorted.table).push(" where ");
        self.push_conditions(statement, false);
        statement.push(" and ").push(sorted.tenant).push(" = o.tenant and ").push(sorted.case_id);
        statement.push(" = o.case_id");
        if let Some(from) = from {
            // By the value alone, beside what comes behind the last row: an index is found by it.
            statement.push(" and ").push(self.value()).push(if self.descending { " <= " } else { " >= " });
            statement.value(from.clone());
        }
    }

    fn push_lacking(&self, statement: &mut Statement, sorted: &Sorted) {
        statement.push(" from ").push(sorted.table).push(" where ").push(sorted.tenant).push(" = ");
        statement.value(Cell::text(self.tenant));
        statement.push(" and not exists (select 1 from ").push(self.table()).push(" where ");
        self.push_conditions(statement, true);
        // The offset keeps PostgreSQL from reading all that have it instead of asking row by row.
        statement.push(" and o.case_id = ").push(sorted.case_id).push(" limit 1 offset 0)");
    }
}
