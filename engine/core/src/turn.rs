//! One accepted command with all its events: the row of the journal.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    case::Case,
    event::{Document, Event},
    evolve::evolve,
    facts::{Actor, CounterKey, FactVersions},
    words::{CaseId, ReleaseId, TenantId, Timestamp},
};

/// An accepted command and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    /// The authority.
    pub tenant: TenantId,
    /// The case.
    pub case: CaseId,
    /// The version of the case after this turn; the first turn is 1.
    pub version: u64,
    /// The id of the command.
    pub command_id: Uuid,
    /// Who asked.
    pub actor: Actor,
    /// When.
    pub now: Timestamp,
    /// The release that was decided with.
    pub release: ReleaseId,
    /// The revisions of the facts that were used.
    pub facts: FactVersions,
    /// What happened, in order.
    pub events: Vec<Event>,
}

impl Turn {
    /// Brings a case from the version before this turn to the version after it.
    pub fn apply(&self, case: &mut Case) {
        case.begin_turn(self.version, self.now, self.facts.authority);
        for event in &self.events {
            evolve(case, event);
        }
    }

    /// Whether it erases the case. Such a turn is the last one of its case, and kept in clear.
    pub fn erases(&self) -> bool {
        self.events.iter().any(|event| matches!(event, Event::CaseErased { .. }))
    }

    /// The documents that came into the case.
    pub fn documents(&self) -> impl Iterator<Item = &Document> {
        self.events.iter().filter_map(|event| match event {
            Event::DocumentAdded { document } | Event::DocumentMovedHere { document, .. } => Some(document),
            _ => None,
        })
    }

    /// The counters that this turn has drawn from, with the value that it drew: the writer checks that it is the next.
    pub fn numbers(&self) -> impl Iterator<Item = (&CounterKey, u64)> {
        self.events.iter().filter_map(|event| match event {
            Event::NumberDrawn { counter, value, .. } => Some((counter, *value)),
            _ => None,
        })
    }
}
