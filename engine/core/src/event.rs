//! What happened in a case. The only truth: a case is the fold of its events.
//!
//! An event carries all that [`crate::evolve`] needs; it never points at a rule or a definition that might change.

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_deadlines::{Sentence, Way};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::words::{
    Date, InstanceId, Object, PersonId, ProcessId, ReleaseId, RoleId, StepPath, Text, Timestamp, Value,
};

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// The case began; its scope is instance 0.
    CaseStarted {
        /// What it is a case of.
        process: ProcessId,
        /// The release that it stays on.
        release: ReleaseId,
        /// How the application came.
        channel: Arc<str>,
        /// The true day of receipt.
        received_on: Date,
        /// The application.
        data: Object,
    },
    /// A step or scope was entered.
    StepEntered {
        /// Its new instance.
        instance: InstanceId,
        /// The scope that it lies in.
        parent: InstanceId,
        /// The step.
        step: StepPath,
        /// The step or handler that led here, when not the begin of the scope.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<StepPath>,
    },
    /// A step or scope was left in the ordinary way.
    StepLeft {
        /// The instance that is gone.
        instance: InstanceId,
        /// By which outcome.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Arc<str>>,
    },
    /// Instances were ended from outside, children before parents; their deadlines end with them.
    StepsCancelled {
        /// All that ended.
        instances: Vec<InstanceId>,
        /// The handler or outcome that ended them.
        because: Arc<str>,
    },
    /// A result was written: the fields are merged into what lies under `steps.<key>...`.
    ResultWritten {
        /// Where, for example `["completeness"]`.
        at: Vec<Arc<str>>,
        /// The fields.
        fields: Object,
    },
    /// A rule or table was evaluated; kept for the reasons of a decision and for audit.
    RuleEvaluated {
        /// The instance that asked.
        instance: InstanceId,
        /// Which rule: its text, or the file of a script or table.
        rule: Arc<str>,
        /// What it read.
        #[serde(default, skip_serializing_if = "Object::is_empty")]
        inputs: Object,
        /// What it said.
        result: Value,
        /// Rows of a table that matched, counted from 1, with their norms.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        matched: Vec<MatchedRow>,
    },
    /// A number without gaps was drawn.
    NumberDrawn {
        /// The counter.
        counter: Arc<str>,
        /// Its value.
        value: u64,
        /// The number as written.
        text: Arc<str>,
        /// Whether it is the file number (Aktenzeichen) of the case.
        file_number: bool,
    },
    /// A task waits for a person.
    TaskOpened {
        /// Its instance.
        instance: InstanceId,
        /// What is to be done.
        title: Text,
        /// Who may do it.
        role: RoleId,
        /// Internal due day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Date>,
        /// Persons who may not do it, and the steps why (four-eyes).
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        excluded: BTreeSet<PersonId>,
        /// What the form shows at first.
        #[serde(default, skip_serializing_if = "Object::is_empty")]
        proposal: Object,
    },
    /// Somebody took the task, or was given it.
    TaskClaimed {
        /// Its instance.
        instance: InstanceId,
        /// Who shall do it.
        person: PersonId,
    },
    /// The task was given back to all.
    TaskReleased {
        /// Its instance.
        instance: InstanceId,
    },
    /// The task was done.
    TaskCompleted {
        /// Its instance.
        instance: InstanceId,
        /// Who did it.
        by: PersonId,
        /// What was entered.
        values: Object,
    },
    /// A wait step or a scope with handlers waits for these.
    WaitOpened {
        /// The instance.
        instance: InstanceId,
        /// What it waits for, in the order of the definition.
        #[serde(rename = "for")]
        waits: Vec<Awaited>,
    },
    /// A deadline was set, or set anew.
    DeadlineSet {
        /// The instance that it belongs to.
        instance: InstanceId,
        /// The deadline.
        deadline: Deadline,
    },
    /// A deadline passed.
    DeadlineFired {
        /// The instance that it belongs to.
        instance: InstanceId,
        /// Its name there.
        name: Arc<str>,
    },
    /// A message came in; it is kept until something waits for it.
    MessageReceived {
        /// What it is.
        name: Arc<str>,
        /// Its id.
        message_id: Uuid,
        /// The true day of receipt.
        received_on: Date,
        /// Its content.
        payload: Object,
    },
    /// A waiting instance took a message.
    MessageTaken {
        /// The instance.
        instance: InstanceId,
        /// The message.
        message_id: Uuid,
    },
    /// Something must be done outside.
    EffectRequested {
        /// The instance that waits for it.
        instance: InstanceId,
        /// Counted from 1; a retry after an incident is the next round.
        round: u32,
        /// Which connector.
        connector: Arc<str>,
        /// All that the connector needs.
        request: Value,
    },
    /// The effect came back well.
    EffectFinished {
        /// The instance that waited, or had waited.
        instance: InstanceId,
        /// The round.
        round: u32,
        /// Whether the step had already been cancelled.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        late: bool,
    },
    /// A document came into the case.
    DocumentAdded {
        /// The document.
        document: Document,
    },
    /// A document left the house.
    DocumentDispatched {
        /// Which.
        document: u32,
        /// Day, way, and what follows from them.
        dispatch: Dispatch,
    },
    /// The receipt of a document was proven after its dispatch had been recorded.
    ReceiptRecorded {
        /// Which.
        document: u32,
        /// The dispatch, with the receipt and what follows from it.
        dispatch: Dispatch,
    },
    /// A note was written for the file.
    NoteAdded {
        /// Counted from 1.
        number: u32,
        /// By whom.
        by: PersonId,
        /// Its text.
        text: Arc<str>,
    },
    /// The case cannot go on here without help.
    IncidentRaised {
        /// Counted from 1.
        number: u32,
        /// The instance that is stuck, or none when nothing is (a late result).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instance: Option<InstanceId>,
        /// What, where and why.
        incident: Trouble,
    },
    /// The incident is over.
    IncidentResolved {
        /// Its number.
        number: u32,
    },
    /// Nothing waits any more.
    CaseEnded {
        /// How it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Arc<str>>,
    },
}

/// What a wait or handler waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    /// The name of the trigger: the outcome of a wait step, or the handler.
    pub name: Arc<str>,
    /// What it is.
    pub trigger: Trigger,
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
}

/// A row of a decision table that matched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedRow {
    /// Counted from 1.
    pub row: u32,
    /// The norm written at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<Arc<str>>,
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
    /// When it has passed: the first instant after `end`.
    pub fires_at: Timestamp,
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
}

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
    /// The day of notification.
    pub notified_on: Date,
    /// Why that day.
    pub derivation: Vec<Sentence>,
    /// Who noted it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
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
