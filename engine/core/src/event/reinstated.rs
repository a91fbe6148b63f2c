//! What events say of restoration (Wiedereinsetzung), and of an authority that extends what is over.

use std::sync::Arc;

use fachwerk_deadlines::Sentence;
use serde::{Deserialize, Serialize};

use super::ChangeReason;
use crate::{
    law::LawUsed,
    words::{Date, StepPath, Text},
};

/// What was missed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Missed {
    /// The period for a remedy: the last one of an addressee that came late counts as in time.
    Remedy {
        /// The act.
        act: u32,
        /// The addressee.
        party: u32,
    },
    /// A deadline that passed. Where its step, or what it belongs to, still waits for it, it runs again; else the case goes back
    /// to the step; where there is no way back, its end moves and nothing else.
    Deadline {
        /// The step; empty: the case as a whole.
        step: StepPath,
        /// Its name there.
        name: Arc<str>,
    },
}

/// Why it may be made up for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Grounds {
    /// Restoration: whoever missed it was kept from it without fault.
    Restoration {
        /// The day on which the obstacle ended.
        obstacle_ended_on: Date,
        /// The day on which it was applied for, or made up for.
        applied_on: Date,
        /// Whether force majeure kept them from applying within the limit.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        force_majeure: bool,
    },
    /// The authority extends what it had set, though that is over.
    Extension {
        /// Until when.
        until: Date,
    },
}

/// What was missed may be made up for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reinstated {
    /// What was missed.
    pub missed: Missed,
    /// How it is called.
    pub title: Text,
    /// Why.
    pub grounds: Grounds,
    /// The last day on which it could be made up for.
    pub until: Date,
    /// The row of the law by which that was reckoned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<LawUsed>,
    /// How it was reckoned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub derivation: Vec<Sentence>,
    /// Who decided so, why, on which norm.
    pub because: ChangeReason,
}
