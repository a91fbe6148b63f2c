//! What events carry about cases that are split (Abtrennung) and merged (Verbindung).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Document, EffectError};
use crate::{
    act::RemedyKind,
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
    /// The other case is an item of the incoming post that was handed on to this one.
    Post,
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
    /// The outcome by which it ends then; none: [`MERGED`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Arc<str>>,
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
    /// Set when it is an item of the incoming post that is handed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<HandedItem>,
}

/// What an item of the incoming post is to the case that it is handed on to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedItem {
    /// The true day of receipt.
    pub received_on: Date,
    /// The message that the case waits for; none: only its documents go along.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<Arc<str>>,
    /// The remedy that it is, or may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<HandedRemedy>,
    /// The case begins with it, so that one never refuses what it is made of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub begins: bool,
}

/// What remedy an item of the incoming post is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandedRemedy {
    /// One against an act of the case.
    Against {
        /// The number of the act.
        act: u32,
        /// The addressee who seeks it.
        party: u32,
        /// What it is.
        kind: RemedyKind,
        /// The day on which a court received it; none: that of the item.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_on: Option<Date>,
    },
    /// It may be one: whoever handed it on takes no part in the process, and somebody who does looks.
    Perhaps,
}

/// Where the original of documents lies on paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperPlaced {
    /// Which.
    pub documents: Vec<u32>,
    /// Where, in words; empty: nowhere any more.
    pub place: Arc<str>,
    /// Who noted it; none: it was said when the item came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
}

/// How the case begins that goes on with a part of another one, or with an item of the incoming post: with the same day of
/// receipt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Beginning {
    /// What it is run by.
    pub release: ReleaseId,
    /// Its application.
    pub data: Object,
    /// The true day of receipt.
    pub received_on: Date,
    /// How its application came; none: it was split off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Arc<str>>,
}
