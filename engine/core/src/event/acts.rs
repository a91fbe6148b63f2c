//! What events say of parties and acts.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Because, DeadlineRun};
use crate::{
    act::{ActContent, Correction, Remedy},
    case::SignedLetters,
    party::{PartyContent, Removal},
    words::{Date, InstanceId, PersonId, StepPath, Text, Timestamp},
};

/// A party takes part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartyAdded {
    /// Its number.
    pub number: u32,
    /// Who it is.
    pub party: PartyContent,
    /// Who put it in; none: a rule of the process, from the application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// For one that came along with a case that was merged into this one: since when, and until when, it took part there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<TookPart>,
}

/// Since when a party took part in another case, and why and since when it does not any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TookPart {
    /// Since when.
    pub since: Timestamp,
    /// Set when it does not take part any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed: Option<Removal>,
}

/// Something about a party changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartyChanged {
    /// Its number.
    pub number: u32,
    /// Who it is now.
    pub party: PartyContent,
    /// By whom.
    pub by: PersonId,
    /// Why.
    pub reason: Arc<str>,
}

/// A party does not take part any more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartyRemoved {
    /// Its number.
    pub number: u32,
    /// By whom.
    pub by: PersonId,
    /// Why.
    pub reason: Arc<str>,
}

/// An act, or a corrected version of one, is being made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActBegan {
    /// Its number.
    pub act: u32,
    /// Its kind.
    pub kind: Arc<str>,
    /// The step that issues it.
    pub step: StepPath,
    /// The instance that makes its letters.
    pub instance: InstanceId,
    /// The version, counted from 1.
    pub version: u32,
    /// What it says.
    pub content: ActContent,
    /// What it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
    /// The only addressee who gets a letter, of the version that was issued; none: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<u32>,
}

/// A letter of the version that is being made exists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActLetterMade {
    /// The act.
    pub act: u32,
    /// Whom it is for.
    pub party: u32,
    /// The document.
    pub document: u32,
}

/// All letters of a version exist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActIssued {
    /// The act.
    pub act: u32,
    /// The day.
    pub on: Date,
}

/// Somebody signed letters as they were then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LettersSigned {
    /// The task, with its rounds.
    pub task: StepPath,
    /// The letters that come of it, by the hashes of their parts.
    pub letters: Vec<SignedLetters>,
}

/// Letters are not sent because they do not say any more what was signed; it is signed anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SignatureWithdrawn {
    /// The step that was to make them.
    pub step: StepPath,
    /// The tasks at which they were signed, the earliest first.
    pub tasks: Vec<StepPath>,
    /// What has changed.
    pub why: Text,
}

/// An act was notified to an addressee.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActNotified {
    /// The act.
    pub act: u32,
    /// The addressee.
    pub party: u32,
    /// The letter.
    pub document: u32,
    /// The day of notification.
    pub on: Date,
    /// Whether the period for a remedy runs from this notification. It does not when an earlier one counts: of the same
    /// act before an obvious error in it was corrected.
    pub counts: bool,
    /// That period, when it is no deadline of the case: the case has ended, or a remedy was sought already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<DeadlineRun>,
}

/// The period for a remedy that is no deadline of the case any more, because the case has ended or it has passed, ends on
/// another day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemedyPeriodRecomputed {
    /// The act.
    pub act: u32,
    /// The addressee.
    pub party: u32,
    /// The period as it is reckoned now.
    pub remedy: DeadlineRun,
    /// Why.
    pub because: Because,
}

/// An act became final for an addressee: nobody sought a remedy in time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActFinal {
    /// The act.
    pub act: u32,
    /// The addressee.
    pub party: u32,
    /// The first day.
    pub since: Date,
    /// The period that passed.
    pub remedy: DeadlineRun,
}

/// A remedy against an act came in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemedyRecorded {
    /// The act.
    pub act: u32,
    /// The addressee who seeks it.
    pub party: u32,
    /// What.
    pub remedy: Remedy,
}

/// A version of an act is not made any more: its step was ended, or somebody has given it up. Its letters stay in the file
/// and do not leave the house.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActAbandoned {
    /// The act.
    pub act: u32,
}

/// A remedy that was noted as late was in time: the period ends later than was known, or has not begun at all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemedyInTime {
    /// The act.
    pub act: u32,
    /// The addressee who sought it.
    pub party: u32,
}

/// An act is not issued any more: what it came of was undone before any letter of it was sent. Nobody was notified of it
/// (§ 43 Abs. 1 VwVfG).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActUndone {
    /// The act.
    pub act: u32,
}

/// Letters do not leave the house any more: newer ones stand in for them, or they are not needed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LettersWithdrawn {
    /// Their numbers.
    pub documents: Vec<u32>,
}

/// A letter of an act did not arrive, or cannot, because where it should go is wrong; it was not dispatched then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LetterNotArrived {
    /// The act.
    pub act: u32,
    /// The addressee.
    pub party: u32,
    /// The letter.
    pub document: u32,
    /// Who says so.
    pub by: PersonId,
    /// How that is known.
    pub reason: Arc<str>,
}

/// A letter that is none of an act did not arrive: what it was to tell was not told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentNotArrived {
    /// The letter.
    pub document: u32,
    /// Who says so.
    pub by: PersonId,
    /// How that is known.
    pub reason: Arc<str>,
}
