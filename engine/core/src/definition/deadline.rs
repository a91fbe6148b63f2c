//! Deadlines before they have dates.

use std::sync::Arc;

use fachwerk_deadlines::{Begin, NoShift, Period, Shift};

use super::{Dynamic, Expr};
use crate::{
    event::StartedFrom,
    words::{StepPath, Text},
};

/// A deadline before it has dates.
#[derive(Debug)]
pub struct DeadlineKind {
    /// What people read.
    pub title: Text,
    /// How long.
    pub period: Dynamic,
    /// From when.
    pub from: From,
    /// Whether the day that it runs from counts.
    pub begin: Begin,
    /// Why its end does not move to the next working day, when it does not.
    pub no_shift: Option<NoShift>,
    /// Whether a law fixes it.
    pub statutory: Statutory,
    /// How long it is waited after its end for what came in time and is registered later.
    pub grace: Option<Period>,
    /// How long before its end people are warned, each time.
    pub warn: Vec<Period>,
    /// Whether something follows for the authority when it ends, and not for whoever applied.
    pub of_authority: bool,
    /// What its end grants; then the law says how long it is.
    pub fiction: Option<Box<FictionKind>>,
}

/// That an act counts as granted when a deadline ends.
#[derive(Debug)]
pub struct FictionKind {
    /// The kind of act.
    pub act: Arc<str>,
    /// The row of law.
    pub row: Arc<str>,
    /// How it is extended.
    pub extension: Option<ExtensionKind>,
}

/// How a deadline is extended: by a letter that tells it before its end.
#[derive(Debug)]
pub struct ExtensionKind {
    /// The step that makes the letter.
    pub letter: StepPath,
    /// By how long.
    pub by: Dynamic,
    /// Why.
    pub reason: Dynamic,
}

impl DeadlineKind {
    /// What happens at its end.
    pub fn shift(&self) -> Shift {
        match &self.no_shift {
            None => Shift::NextWorkingDay,
            Some(reason) => Shift::None { reason: reason.clone() },
        }
    }
}

/// Whether a law fixes a deadline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statutory {
    /// The authority set it: it may be extended and suspended.
    No,
    /// It can neither be extended nor suspended.
    Yes,
    /// It can be extended once before its end, by this norm, and never be suspended.
    Once(Arc<str>),
}

/// What a deadline runs from.
#[derive(Debug)]
pub enum From {
    /// The day on which the step or scope is entered; a period in hours from that instant.
    Entry,
    /// The day of notification of the document that this step made.
    Notification(StepPath),
    /// A day that a rule says; for a period in hours an instant.
    Day(Expr),
}

impl From {
    /// The same, as a deadline remembers it.
    pub fn started(&self) -> StartedFrom {
        match self {
            From::Entry => StartedFrom::Entry,
            From::Notification(_) => StartedFrom::Notification,
            From::Day(_) => StartedFrom::Day,
        }
    }
}
