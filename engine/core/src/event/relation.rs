//! What events carry about cases that are split (Abtrennung) and merged (Verbindung).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Document, EffectError};
use crate::{
    party::Party,
    words::{CaseId, Date, Object, PersonId, ReleaseId},
};

/// The outcome of a case that was merged into another one.
pub const MERGED: &str = "merged";

/// How a case stands to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A part of this case goes on in the other one.
    SplitInto,
    /// This case goes on with a part of the other one.
    SplitFrom,
    /// This case has ended; the other one goes on for both.
    MergedInto,
    /// The other case has ended; this one goes on for both.
    Merged,
}

/// Another case, how this one stands to it, and who decided that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// The other case.
    pub case: CaseId,
    /// How this one stands to it.
    pub how: Relation,
    /// Who.
    pub by: PersonId,
    /// Why.
    pub reason: Arc<str>,
}

/// A case is to be merged into another one. It goes on until that one has taken over what goes along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merging {
    /// The other case.
    pub into: CaseId,
    /// Who.
    pub by: PersonId,
    /// Why.
    pub reason: Arc<str>,
    /// The number of the last document that was handed over.
    pub documents: u32,
    /// The number of the last party that was handed over.
    #[serde(default)]
    pub parties: u32,
}

/// A case does not take over another one that shall be merged into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeRefused {
    /// The case that was asked.
    pub into: CaseId,
    /// Why.
    pub why: EffectError,
}

/// What one case hands over to the other one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handover {
    /// Who.
    pub by: PersonId,
    /// Why.
    pub reason: Arc<str>,
    /// The documents that go along. A letter that has not been dispatched leaves the house from the case that made it, so
    /// here it is an internal document.
    pub documents: Vec<Document>,
    /// The parties of a case that is merged, those that do not take part any more among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Party>,
}

/// How the case begins that goes on with a part of another one: by the same release, with the same day of receipt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beginning {
    /// What it is run by.
    pub release: ReleaseId,
    /// Its application.
    pub data: Object,
    /// The true day of receipt.
    pub received_on: Date,
}
