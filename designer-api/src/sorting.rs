//! The order of lists, as addresses name it.

use std::str::FromStr;

use fachwerk_core::words::Date;

use fachwerk_store::{CaseKey, InboxOrder};

/// `column.<name>`.
const COLUMN: &str = "column.";

/// The order of the inbox: `due`, `opened`, `priority`, or as cases are sorted.
pub struct TaskSort(pub InboxOrder);

/// The order of the cases: `newest`, `number`, `deadline`, `column.<name>`.
pub struct CaseSort(pub Option<CaseKey>);

impl FromStr for TaskSort {
    type Err = ();
    fn from_str(text: &str) -> Result<TaskSort, ()> {
        Ok(TaskSort(match text {
            "due" => InboxOrder::Due,
            "opened" => InboxOrder::Opened,
            // Whether professionals come first the authority says, and which day it is the clock.
            "priority" => {
                InboxOrder::Case(CaseKey::Priority { digital_first: false, today: Date::default() })
            }
            _ => InboxOrder::Case(key(text)?),
        }))
    }
}

impl FromStr for CaseSort {
    type Err = ();
    fn from_str(text: &str) -> Result<CaseSort, ()> {
        Ok(CaseSort(if text == "newest" { None } else { Some(key(text)?) }))
    }
}

fn key(text: &str) -> Result<CaseKey, ()> {
    match (text, text.strip_prefix(COLUMN)) {
        ("number", _) => Ok(CaseKey::Number),
        ("deadline", _) => Ok(CaseKey::Deadline),
        (_, Some(column)) if !column.is_empty() => Ok(CaseKey::Column(column.into())),
        _ => Err(()),
    }
}
