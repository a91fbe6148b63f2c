//! What events carry: what is waited for, deadlines, documents, trouble.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_deadlines::{Proof, Sentence, Way};
use serde::{Deserialize, Serialize};

use super::{Basis, Because, Beginning, ChangeReason, DeadlineChange, Handover, Suspension};
use crate::case::by_number;
use crate::law::LawUsed;
use crate::words::{
    CaseId, Date, InstanceId, Object, PersonId, ProcessId, RoleId, StepPath, Text, Timestamp, Value,
};

/// What a wait or handler waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// The name of the trigger: the outcome of a wait step, or the handler.
    pub name: Arc<str>,
    /// What it is.
    pub trigger: Trigger,
    /// For a message that may be addressed by a key instead of the case: that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Arc<str>>,
}

/// That somebody changed what steps were about without having done them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Who.
    pub by: PersonId,
    /// What was changed.
    pub what: Handled,
    /// The steps, as far as a task names them that another person must do.
    pub steps: Vec<StepPath>,
}

/// What was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Handled {
    /// The application.
    Application {
        /// The names of the fields.
        fields: Vec<Arc<str>>,
        /// The day of receipt that it has now, when that was changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_on: Option<Date>,
    },
    /// A party.
    Party,
    /// The documents: one was taken out of the file.
    Document,
    /// The step itself: it was skipped.
    Skipped,
    /// The case itself: a mass run asked it, which they had planned or begun.
    Run {
        /// The number of the run.
        number: u32,
    },
}

/// The case that called another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The case.
    pub case: CaseId,
    /// The instance there that waits.
    pub instance: InstanceId,
    /// How many callers there are above this case, with this one: calls that call themselves have an end.
    pub depth: u32,
}

/// What one case sends to others. It arrives once, and from one case to another in the order in which it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Parcel {
    /// A case is to begin.
    Call {
        /// The id that it gets.
        called: CaseId,
        /// What it is a case of; its newest release in use.
        process: ProcessId,
        /// The application.
        data: Object,
        /// Who calls.
        caller: Caller,
    },
    /// A case that was called is not needed any more.
    CallOff {
        /// That case.
        called: CaseId,
    },
    /// A case that was called has ended.
    CallEnded {
        /// The case that called it, and the instance that waits there.
        caller: Caller,
        /// How it ended.
        outcome: Option<Arc<str>>,
        /// What it hands over.
        result: Object,
    },
    /// A message for whoever waits for it by this key, or for the case that called.
    Message {
        /// What it is.
        name: Arc<str>,
        /// Whom it is for.
        to: Addressee,
        /// Its content.
        payload: Object,
    },
    /// A signal for all that wait for it.
    Signal {
        /// What it is.
        name: Arc<str>,
    },
    /// What goes along when a case is split or merged.
    Handover {
        /// The other case.
        to: CaseId,
        /// How that one begins, when it goes on with a part of this one; none: it is there and goes on for both.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        begins: Option<Beginning>,
        /// What.
        handover: Handover,
    },
    /// A document that lay in the wrong file.
    Document {
        /// The case that it belongs to.
        to: CaseId,
        /// The document.
        document: Box<Document>,
        /// Who moved it, and why.
        moved: MovedHere,
    },
    /// Whether this case takes over another one that shall be merged into it.
    MergeAnswer {
        /// The other case.
        to: CaseId,
        /// Why not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refused: Option<EffectError>,
    },
}

/// Whom a message is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Addressee {
    /// A case.
    Case(CaseId),
    /// Whoever waits for it by this key.
    Key(Arc<str>),
}

/// What can wake a wait step or a handler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A message of this name.
    Message(Arc<str>),
    /// The deadline of the trigger's name.
    Deadline,
    /// The dispatch of the document that this step made.
    Dispatch(StepPath),
    /// The timer of the trigger's name.
    Timer,
    /// A signal of this name.
    Signal(Arc<str>),
    /// An error of this code; none: whichever.
    Error(Option<Arc<str>>),
    /// An escalation of this name; none: whichever.
    Escalation(Option<Arc<str>>),
    /// The rule of the trigger begins to hold.
    Condition,
    /// A person of this role, with what people read.
    ByHand(RoleId, Text),
}

/// What was raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Raised {
    /// An error.
    Error(Arc<str>),
    /// An escalation.
    Escalation(Arc<str>),
    /// A signal.
    Signal(Arc<str>),
}

/// When a case is to be woken; it has no legal consequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// The name of its trigger.
    pub name: Arc<str>,
    /// Counted from 1; an older one is stale.
    pub revision: u32,
    /// When it was set first; what rings again and again is reckoned from here, so that a month stays a month.
    pub since: Timestamp,
    /// When it rings.
    pub at: Timestamp,
}

/// A step that was done and can be undone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    /// Counted from 1 within the case, in the order in which steps were done.
    pub number: u32,
    /// The step that was done.
    pub step: StepPath,
    /// What it had written when it was done.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub written: Value,
}

/// A row of a decision table that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedRow {
    /// Counted from 1; 0 for a row of law, which has a name.
    pub row: u32,
    /// The norm written at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<Arc<str>>,
    /// The row of law that it is; none: a row of a table of the process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub law: Option<LawUsed>,
}

/// A date with legal consequence, and why it is that date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deadline {
    /// The name of its trigger.
    pub name: Arc<str>,
    /// What people read.
    pub title: Text,
    /// Counted from 1; a timer of an older revision is stale.
    pub revision: u32,
    /// How long it is.
    pub period: Text,
    /// Its dates, or none as long as nothing has been dispatched that it runs from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<DeadlineRun>,
    /// The step whose dispatch it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaits_dispatch_of: Option<StepPath>,
    /// The document from whose notification it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_document: Option<u32>,
    /// That it does not run for the time being; then it has no dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Suspension>,
    /// The last day on which it did not run, if it ever stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_until: Option<Date>,
    /// Whether its end was ever moved by an extension.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub extended: bool,
    /// Whether a law sets it and not the authority: then nobody may extend it (§ 31 (7) VwVfG), unless its process says
    /// that the law allows it once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub statutory: bool,
    /// What it is reckoned from; none as long as it waits for a dispatch, and in cases of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<Arc<Basis>>,
    /// What was done to it since it was set, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<DeadlineChange>,
    /// The act that counts as granted when it ends before anything is decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiction: Option<Arc<super::Fiction>>,
}

impl Deadline {
    /// Whether people changed it.
    pub fn is_changed(&self) -> bool {
        self.extended || self.suspended.is_some() || self.stopped_until.is_some()
    }
}

/// The dates of a deadline that runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadlineRun {
    /// The day of the event that it runs from.
    pub start: Date,
    /// The last day before any shift.
    pub raw_end: Date,
    /// The last day.
    pub end: Date,
    /// When it has passed: the first instant after `end`, or after its grace.
    pub fires_at: Timestamp,
    /// The instant that a deadline in hours runs from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The instant with which a deadline in hours ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The last day on which it is waited for what came in time and is registered later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_until: Option<Date>,
    /// The days from which on people are warned, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warn_on: Vec<Date>,
    /// Sentence by sentence.
    pub derivation: Vec<Sentence>,
}

/// Where a document comes from or goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It came to the authority.
    Incoming,
    /// It shall leave the authority.
    Outgoing,
    /// It stays in the file.
    Internal,
}

/// A document as somebody or a connector hands it over; the bytes lie in the store under their hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentContent {
    /// What people read.
    pub title: Arc<str>,
    /// For example `text/html`.
    pub media_type: Arc<str>,
    /// SHA-256 of the bytes, in hex.
    pub hash: Arc<str>,
    /// In bytes.
    pub size: u64,
    /// Where it comes from or goes to.
    pub direction: Direction,
    /// Who it goes to, as written on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<Arc<str>>,
    /// What goes with it (Anlagen).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enclosures: Vec<Enclosure>,
}

/// A document that goes with a letter. It is told by what it says, so that a letter that lies in another case knows it, too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enclosure {
    /// What people read; it stands on the letter.
    pub title: Arc<str>,
    /// For example `application/pdf`.
    pub media_type: Arc<str>,
    /// SHA-256 of its bytes, in hex.
    pub hash: Arc<str>,
}

/// So many documents may go with one letter.
pub const MAX_ENCLOSURES: usize = 50;

/// A document of a case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// Counted from 1 within the case.
    pub number: u32,
    /// What it is.
    pub content: DocumentContent,
    /// The step that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    /// Who put it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// The day it came in or was made.
    pub on: Date,
    /// Set when it left the house.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<Dispatch>,
    /// Set when it was taken out of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_out: Option<TakenOut>,
    /// Where the original lies on paper.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper: Option<Arc<str>>,
    /// Of a document of an item of the incoming post: it came into the item later, so its day is not that of the item.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own_day: bool,
}

impl Document {
    /// Whether it is a letter that is still to leave the house.
    pub fn waits_to_leave(&self) -> bool {
        self.content.direction == Direction::Outgoing && self.has_to_leave() && self.taken_out.is_none()
    }

    /// Whether no dispatch is noted, or that it came back and goes out once more as it is.
    pub fn has_to_leave(&self) -> bool {
        self.dispatch.as_ref().is_none_or(|dispatch| dispatch.leaves_anew)
    }
}

/// That a document was taken out of the file, because it does not belong there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOut {
    /// When.
    pub on: Date,
    /// By whom.
    pub by: PersonId,
    /// Why.
    pub reason: Arc<str>,
    /// The case that it was moved to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<CaseId>,
}

/// That a document came out of the file of another case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedHere {
    /// That case.
    pub from: CaseId,
    /// Who moved it.
    pub by: PersonId,
    /// Why.
    pub reason: Arc<str>,
}

/// That a document left, and the day on which it counts as notified.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dispatch {
    /// Day of posting, sending, handing over or service.
    pub on: Date,
    /// How.
    pub way: Way,
    /// The proven day of receipt, of service or of retrieval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proven_receipt: Option<Date>,
    /// The day of notification; none: it notifies nobody before what is awaited is proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified_on: Option<Date>,
    /// What is still to be proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaited: Option<AwaitedProof>,
    /// Why that day.
    pub derivation: Vec<Sentence>,
    /// Of a letter by which several acts are issued: the day for those that are notified by another law, by the number of the act.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", with = "by_number")]
    pub others: BTreeMap<u32, OtherDay>,
    /// Who noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// Whether it turned out not to have arrived: then it notified nobody, whatever the law presumes.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_arrived: bool,
    /// It is no letter of an act, and goes out once more as it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub leaves_anew: bool,
}

/// What is still to be proven of a letter that was sent in a way in which nothing is presumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AwaitedProof {
    /// What.
    pub proof: Proof,
    /// The last day on which it can happen; none: any day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What is known of a dispatch is other than was noted, or it counts as notified on another day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DispatchChanged {
    /// The letter.
    pub document: u32,
    /// The dispatch as it is known now.
    pub dispatch: Dispatch,
    /// Why.
    pub because: Because,
    /// Who corrected what had been noted, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrected: Option<ChangeReason>,
}

/// The notification of an act by the law of which a letter counts as notified on another day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OtherDay {
    /// The day; none: what is awaited is to be proven first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified_on: Option<Date>,
    /// What is awaited.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaited: Option<AwaitedProof>,
    /// Why that day.
    pub derivation: Vec<Sentence>,
}

impl Dispatch {
    /// The last day on which it can be retrieved, by the law of any of its acts that is not notified.
    pub fn retrievable_until(&self) -> Option<Date> {
        let of_others = self.others.values().filter_map(|other| other.awaited);
        self.awaited.into_iter().chain(of_others).filter_map(|awaited| awaited.until).min()
    }

    /// The day of notification of an act, when it is known.
    pub fn notified_of(&self, act: u32) -> Option<Date> {
        self.others.get(&act).map_or(self.notified_on, |other| other.notified_on)
    }

    /// Whether it notifies: what has to be proven is, and it has not turned out not to have arrived.
    pub fn notifies(&self) -> bool {
        !self.not_arrived && self.notified_on.is_some()
    }

    /// The days on which it counts as notified.
    pub fn days(&self) -> (Option<Date>, Vec<(u32, Option<Date>)>) {
        (self.notified_on, self.others.iter().map(|(act, other)| (*act, other.notified_on)).collect())
    }

    /// Why an act is notified on that day.
    pub fn derivation_of(&self, act: u32) -> &[Sentence] {
        self.others.get(&act).map_or(&self.derivation, |other| &other.derivation)
    }
}

/// Why an effect failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectError {
    /// Stable, for example `connector_unknown`.
    pub code: Arc<str>,
    /// For people.
    pub message: Text,
    /// Whether another try may go well.
    pub retry: bool,
}

/// What stopped a case, where, and what can be done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trouble {
    /// Stable, for example `rule_failed`.
    pub code: Arc<str>,
    /// The step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    /// What happened.
    pub message: Text,
    /// What can be done.
    pub help: Text,
    /// The trigger that could not react; trying again lets it react.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wakes: Option<Arc<str>>,
    /// The values that the rule read, or the connector's answer.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub details: Value,
}
