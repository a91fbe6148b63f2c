//! What events carry about errands: work beside the steps of a process.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::words::{Date, PersonId, RoleId, Text};

/// What kind of errand somebody gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrandKind {
    /// A question to somebody (Rückfrage); it is answered with a text.
    Question,
    /// The case comes back to somebody's desk on a day (Wiedervorlage).
    Resubmission,
}

/// An errand as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    /// What it is.
    pub kind: ErrandKind,
    /// What people read in lists.
    pub title: Text,
    /// All that was asked.
    pub text: Arc<str>,
    /// Who gave it.
    pub by: PersonId,
    /// The role of the process that it goes to.
    pub role: RoleId,
    /// The person of that role who shall do it; none: whoever takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Until when it shall be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}

/// How an errand ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrandEnd {
    /// It was done; a question always has an answer.
    Done {
        /// What was said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        answer: Option<Arc<str>>,
    },
    /// Whoever gave it does not need it any more.
    Withdrawn,
}
