//! Restoration (Wiedereinsetzung): how long it can be applied for, by the law of the period that was missed.

use std::sync::Arc;

use fachwerk_deadlines::Period;
use serde::Deserialize;

use super::row::{LawProblem, Row, rows};
use crate::words::{Date, Object};

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestorationRow {
    /// The law of the period that was missed.
    pub law: Arc<str>,
    /// How long from the end of the obstacle.
    pub within: Period,
    /// How long from the end of the missed period.
    pub at_most: Period,
    /// Where the latter is written.
    pub limit_norm: Arc<str>,
}

/// All rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Restorations(Vec<Row<RestorationRow>>);

impl Restorations {
    /// Reads the table; or what is wrong with it.
    pub fn read(lists: &Object) -> Result<Restorations, LawProblem> {
        let all: Vec<Row<RestorationRow>> = rows(lists, "restorations")?;
        for (ix, row) in all.iter().enumerate() {
            if let Some(other) =
                all[ix + 1..].iter().find(|other| other.what.law == row.what.law && row.meets(other))
            {
                return Err(LawProblem::row(
                    "restorations",
                    &row.id,
                    format_args!("an denselben Tagen gilt für dasselbe auch „{}“", other.id),
                    format_args!("`{}` holds for the same on the same days", other.id),
                ));
            }
        }
        Ok(Restorations(all))
    }

    /// The row of a law on a day.
    pub fn of(&self, law: &str, on: Date) -> Option<&Row<RestorationRow>> {
        self.0.iter().find(|row| *row.what.law == *law && row.holds_on(on))
    }
}
