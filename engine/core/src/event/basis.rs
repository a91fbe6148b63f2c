//! What a deadline was reckoned from and what became of it since: enough to reckon it anew, whatever moved it.

use fachwerk_deadlines::{Begin, Decided, Extension, Law, Occasion, Period, Shift};
use serde::{Deserialize, Serialize};

use super::Deadline;
use crate::words::{Date, InstanceId, Timestamp};

/// What a deadline was reckoned from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// What it started from.
    pub from: StartedFrom,
    /// The day of that, or for a period in hours the instant.
    pub start: Start,
    /// What began it, for the words of the derivation.
    pub occasion: Occasion,
    /// How long it is.
    pub period: Period,
    /// Whether its first day counts.
    pub begin: Begin,
    /// What happens at its end.
    pub shift: Shift,
    /// The law that governs it.
    pub law: Law,
    /// How long it is waited after its end for what came in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace: Option<Period>,
    /// How long before its end people are warned.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warn: Vec<Period>,
    /// The version of the legal data that it was reckoned by.
    pub norms: u32,
}

/// What a deadline started from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartedFrom {
    /// That its step or scope was entered.
    Entry,
    /// A day or instant that a rule said.
    Day,
    /// The notification of a letter or act.
    Notification,
}

/// When a deadline started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// On a day.
    Day(Date),
    /// At an instant: it runs in hours.
    At(Timestamp),
}

/// What was done to a deadline since it was set. Its dates are the fold of its basis and of these, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeadlineChange {
    /// It was extended.
    Extended {
        /// By a period, or until a day.
        by: Extension,
        /// When, why, on which norm.
        decided: Decided,
        /// The letter that tells it, where it holds only if it is told before the end.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        told_by: Option<u32>,
    },
    /// It did not run from a day on.
    Stopped {
        /// The first day that is not counted.
        since: Date,
        /// When, why, on which norm.
        decided: Decided,
    },
    /// It ran on.
    Resumed {
        /// The last day that is not counted.
        until: Date,
        /// When, why, on which norm.
        decided: Decided,
    },
    /// It had passed, and what was missed may be made up for until a day.
    Reinstated {
        /// The last day.
        until: Date,
        /// Whether by restoration; else the authority extended it though it was over.
        restored: bool,
        /// When, why, on which norm.
        decided: Decided,
    },
    /// It was reckoned anew; what it started from stands in the basis.
    Recomputed {
        /// On which day.
        on: Date,
        /// Why.
        because: Because,
        /// What its last day was before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        was: Option<Date>,
    },
}

impl DeadlineChange {
    /// The letter that tells an extension.
    pub fn told_by(&self) -> Option<u32> {
        match self {
            DeadlineChange::Extended { told_by, .. } => *told_by,
            _ => None,
        }
    }
}

/// Why a deadline was reckoned anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Because {
    /// The receipt of a letter was proven, or that it was received after all.
    Receipt {
        /// The letter.
        document: u32,
    },
    /// Another letter notifies now than before.
    Notified {
        /// That letter.
        document: u32,
    },
    /// A letter did not arrive.
    NotArrived {
        /// The letter.
        document: u32,
    },
    /// The application was corrected: its day of receipt, or a day in it.
    Application,
    /// What had been noted of the dispatch of a letter was corrected.
    Dispatch {
        /// The letter.
        document: u32,
    },
    /// A remedy was recorded, and whether it came in time is found out by the calendar and the legal data of that day.
    Remedy,
    /// The authority has days off, or no longer has them.
    Holiday {
        /// Which days, in order.
        days: Vec<DayChanged>,
    },
    /// It had passed, and what was missed may be made up for.
    Reinstated,
    /// A person has said whether, and since when, an act counts as granted.
    Ruled,
    /// The authority acts at another place, so other holidays count.
    Place,
    /// Legal data that came with the program are others.
    Law {
        /// Their version.
        norms: u32,
    },
}

/// A day that was made a day off, or is one no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DayChanged {
    /// The day.
    pub day: Date,
    /// Whether it is off now.
    pub off: bool,
}

/// A deadline was reckoned anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadlineRecomputed {
    /// The instance that it belongs to.
    pub instance: InstanceId,
    /// The deadline as it is now.
    pub deadline: Deadline,
    /// Why.
    pub because: Because,
}

/// What the dates of deadlines hang on that has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawChanged {
    /// Days that were made days off, or are none any more, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<DayChanged>,
    /// Whether the authority acts at another place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub place: bool,
    /// The version of the legal data, when they are others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norms: Option<u32>,
}

impl LawChanged {
    /// Why a deadline ends on another day that ran between these days; none: nothing of this is about it.
    pub fn because(&self, first: Date, last: Date) -> Option<Because> {
        let between = self.days.iter().filter(|it| (first..=last).contains(&it.day));
        let days: Vec<DayChanged> = between.copied().collect();
        match (days.is_empty(), self.place, self.norms) {
            (false, ..) => Some(Because::Holiday { days }),
            (true, true, _) => Some(Because::Place),
            (true, false, norms) => norms.map(|norms| Because::Law { norms }),
        }
    }
}
