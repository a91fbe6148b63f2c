//! What events carry about deadlines that people change.

use std::sync::Arc;

use fachwerk_deadlines::Decided;
use serde::{Deserialize, Serialize};

use super::DeadlineRun;
use crate::words::{Date, InstanceId, PersonId};

/// Which deadline of a case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DeadlineName {
    /// The instance that it belongs to.
    pub instance: InstanceId,
    /// Its name there.
    pub name: Arc<str>,
}

/// Who changed deadlines, why, and on which norm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeReason {
    /// Who.
    pub by: PersonId,
    /// Why.
    pub reason: Arc<str>,
    /// The norm that was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<Arc<str>>,
}

impl ChangeReason {
    /// The same for the derivation of a deadline.
    pub fn decided(&self, on: Date) -> Decided {
        let norm = self.norm.as_ref().map(ToString::to_string);
        Decided { on, reason: self.reason.to_string(), norm }
    }
}

/// That a deadline does not run for the time being (Hemmung, Ruhen): it has no end, and does not fire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suspension {
    /// The first day that is not counted.
    pub since: Date,
    /// The deadline as it ran, with the sentence on why it stopped.
    pub run: DeadlineRun,
}
