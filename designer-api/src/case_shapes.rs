//! The JSON shape of a case.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    event::AwaitedProof,
    words::{Date, Proof, Timestamp, Value, Way},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    case_acts::{CaseAct, CaseParty, PartyKindName},
    errands::CaseErrand,
    people::RoleEntry,
    reinstatements::Reinstatable,
    relations::RelatedCase,
    shapes::{LawRow, PersonName, Sentence, Text, Values},
    task_detail::Shown,
};

/// A case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseDetail {
    /// Its id.
    pub id: String,
    /// The process.
    pub process: String,
    /// What people read for the process.
    pub process_title: Text,
    /// The release that it stays on.
    pub release: String,
    /// The version of that release.
    #[schema(value_type = String)]
    pub release_version: Arc<str>,
    /// The file number.
    #[schema(value_type = Option<String>)]
    pub number: Option<Arc<str>>,
    /// What names it beside its number.
    #[schema(value_type = Option<String>)]
    pub subject: Option<Arc<str>>,
    /// Whether it goes on.
    pub open: bool,
    /// How it ended.
    #[schema(value_type = Option<String>)]
    pub outcome: Option<Arc<str>>,
    /// What people read for how it ended.
    pub outcome_title: Option<Text>,
    /// How the application came.
    #[schema(value_type = String)]
    pub channel: Arc<str>,
    /// What people read for it.
    pub channel_title: Text,
    /// The true day of receipt.
    #[schema(value_type = String, format = Date)]
    pub received_on: Date,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// How many turns it has lived through.
    pub version: u64,
    /// The moment that is shown; none: now.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// The application.
    #[schema(value_type = Values)]
    pub data: Value,
    /// Its shape as JSON Schema, with titles in the language of the request.
    #[schema(value_type = Values)]
    pub data_schema: Value,
    /// What steps wrote, by the key of the step.
    pub results: Values,
    /// The shape of those results that people read, as JSON Schema, with titles in the language of the request and in
    /// the order of the process. What it does not name are intermediate values.
    #[schema(value_type = Values)]
    pub results_schema: Value,
    /// The roles of its process.
    pub roles: Vec<RoleEntry>,
    /// What people are to do.
    pub tasks: Vec<CaseTask>,
    /// Questions and resubmissions beside the steps.
    pub errands: Vec<CaseErrand>,
    /// The cases that it was split from, split into or merged with, in the order in which that happened.
    pub relations: Vec<RelatedCase>,
    /// The deadlines that are set.
    pub deadlines: Vec<CaseDeadline>,
    /// What was missed and can perhaps be made up for, for whoever may correct.
    pub reinstatable: Vec<Reinstatable>,
    /// The acts of which nobody has said whether silence has granted them, though their period was left and has ended.
    pub unsettled: Vec<UnsettledAct>,
    /// The steps that wait, and for what.
    pub waits: Vec<Wait>,
    /// Messages that came and that nobody has waited for yet.
    pub messages: Vec<KeptMessage>,
    /// Messages that somebody waits for now.
    pub accepts: Vec<AcceptedMessage>,
    /// The kinds of parties that the process knows.
    pub party_kinds: Vec<PartyKindName>,
    /// Who takes part or has taken part.
    pub parties: Vec<CaseParty>,
    /// The acts.
    pub acts: Vec<CaseAct>,
    /// The file.
    pub documents: Vec<CaseDocument>,
    /// The notes of the file.
    pub notes: Vec<CaseNote>,
    /// What is active, for whoever may correct; else empty.
    pub active: Vec<ActiveStep>,
    /// What this person can note now so that the case reacts.
    pub triggers: Vec<HandTrigger>,
    /// The tasks that this person has done and may try to take back.
    pub done_tasks: Vec<DoneTask>,
    /// What is stuck.
    pub incidents: Vec<CaseIncident>,
    /// The course so far.
    pub course: Course,
    /// What the person may do with the case. Of a past moment nothing.
    pub permissions: CasePermissions,
}

/// An act of which nobody has said whether silence has granted it; before that nothing that decides the same is issued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UnsettledAct {
    /// The kind of act.
    pub act: String,
    /// What people read.
    pub title: Text,
    /// The first day on which it would have been granted.
    #[schema(value_type = String, format = Date)]
    pub since: Date,
}

/// A step that is active; a block in which a single step is active is told with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActiveStep {
    /// Its instance.
    pub instance: u32,
    /// The step, with its rounds.
    pub step: String,
    /// What people read.
    pub title: Text,
    /// For a block: what people read for the one step that is active in it.
    pub inside: Option<Text>,
    /// Whether it can be skipped: no signature by somebody else is in it.
    pub may_skip: bool,
    /// The outcomes of which one must be named when it is skipped.
    pub outcomes: Vec<OutcomeName>,
    /// The earlier steps that the case can go back to from here, the nearest last.
    pub back_to: Vec<WayBack>,
}

/// A task that was done and from which nothing has come yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoneTask {
    /// `<case>.<number>`.
    pub id: String,
    /// What people read for its step.
    pub title: Text,
}

/// An outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OutcomeName {
    /// Its id.
    pub id: String,
    /// What people read.
    pub title: Text,
}

/// A step that the case can go back to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WayBack {
    /// The active step that is left for it.
    pub instance: u32,
    /// Its id within its scope.
    pub id: String,
    /// What people read.
    pub title: Text,
}

/// Something that a person can note so that the case reacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandTrigger {
    /// The scope.
    pub instance: u32,
    /// Its name there.
    pub name: String,
    /// What people read.
    pub title: Text,
}

/// A task of a case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseTask {
    /// `<case>.<number>`.
    pub id: String,
    /// The step.
    pub step: String,
    /// What is to be done.
    pub title: Text,
    /// What tells it from other open tasks of the case that are called the same.
    pub apart: Option<Shown>,
    /// Who may do it.
    pub role: String,
    /// Whose it is.
    pub assignee: Option<PersonName>,
    /// Internal due day.
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// Whether this person may not do it (four-eyes).
    pub excluded: bool,
}

/// A deadline of a case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseDeadline {
    /// The number of what it belongs to.
    pub instance: u32,
    /// Its name there.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// What people read.
    pub title: Text,
    /// The step; none for the case as a whole.
    pub step: Option<String>,
    /// What people read for the step.
    pub step_title: Option<Text>,
    /// How long, for example `4 weeks`.
    pub period: Text,
    /// Whether it runs.
    pub running: bool,
    /// The first day that is not counted, when it is suspended.
    #[schema(value_type = Option<String>, format = Date)]
    pub suspended_since: Option<Date>,
    /// Whether a law fixes it: then an authority neither extends nor suspends it.
    pub statutory: bool,
    /// Whether it can be extended: no law fixes it, or the law allows it once and that is still to come.
    pub extendable: bool,
    /// Whether it begins with the start of a day, which then counts.
    pub begins_with_day: bool,
    /// The step whose letter must leave the house first.
    pub awaits_dispatch_of: Option<String>,
    /// The day that it runs from.
    #[schema(value_type = Option<String>, format = Date)]
    pub start: Option<Date>,
    /// The last day before any shift.
    #[schema(value_type = Option<String>, format = Date)]
    pub raw_end: Option<Date>,
    /// The last day.
    #[schema(value_type = Option<String>, format = Date)]
    pub end: Option<Date>,
    /// The instant with which it ends, when it runs in hours.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// The last day of its grace: it is waited for what came in time and is registered later.
    #[schema(value_type = Option<String>, format = Date)]
    pub grace_until: Option<Date>,
    /// The days from which on people are warned of it, the first one first.
    #[schema(value_type = Vec<String>)]
    pub warn_on: Vec<Date>,
    /// Why that day, sentence by sentence.
    pub derivation: Vec<Sentence>,
    /// What counts as granted when it ends before anything is decided.
    pub fiction: Option<DeadlineFiction>,
}

/// What counts as granted when a deadline ends before anything is decided (Genehmigungsfiktion).
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DeadlineFiction {
    /// What people read of the act.
    pub title: Text,
    /// The row of legal data that orders it.
    pub law: LawRow,
    /// Whether the decision must be notified before the end, and not only issued.
    pub kept_by_notification: bool,
    /// Where it is written that it can be extended once, by a letter that is told before the end.
    #[schema(value_type = Option<String>)]
    pub extension: Option<Arc<str>>,
    /// Whether it was extended so.
    pub extended: bool,
    /// What one should know, above all what the dispute is.
    pub note: Option<Text>,
}

/// A step that waits.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Wait {
    /// The step.
    pub step: String,
    /// What people read for the step.
    pub step_title: Text,
    /// What it waits for; what comes first ends the waiting.
    #[serde(rename = "for")]
    pub awaited: Vec<AwaitedThing>,
}

/// What a step waits for.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AwaitedThing {
    /// The outcome of the step when this comes.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// What it is.
    pub kind: AwaitedKind,
    /// The message.
    #[schema(value_type = Option<String>)]
    pub message: Option<Arc<str>>,
    /// The step whose letter must leave the house.
    pub step: Option<String>,
    /// The condition as a sentence without its full stop, if it has one.
    pub condition: Option<Text>,
    /// The condition as what stands behind "until", if it only says how things are.
    pub until: Option<Text>,
}

/// What can be waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AwaitedKind {
    /// A message comes.
    Message,
    /// A deadline passes.
    Deadline,
    /// A letter leaves the house.
    Dispatch,
    /// A timer rings.
    Timer,
    /// A signal is raised.
    Signal,
    /// A rule begins to hold.
    Condition,
    /// A person says so.
    Byhand,
    /// Something goes wrong inside.
    Error,
    /// Something is being done outside, for example a letter is made; `name` is the connector.
    Effect,
}

/// A message that nobody has waited for yet.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct KeptMessage {
    /// What it is.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// What people read.
    pub title: Option<Text>,
    /// The true day of receipt.
    #[schema(value_type = String, format = Date)]
    pub received_on: Date,
}

/// A message that somebody waits for.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AcceptedMessage {
    /// What it is.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// What people read.
    pub title: Option<Text>,
    /// Whether all that is under way in the case may end by it, tasks and deadlines too.
    pub interrupts: bool,
}

/// Where a document comes from or goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DocumentDirection {
    /// It came to the authority.
    Incoming,
    /// It shall leave the authority.
    Outgoing,
    /// It stays in the file.
    Internal,
}

/// A document of a case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseDocument {
    /// Counted from 1.
    pub number: u32,
    /// What people read.
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// For example `application/pdf`.
    #[schema(value_type = String)]
    pub media_type: Arc<str>,
    /// In bytes.
    pub size: u64,
    /// Where it comes from or goes to.
    pub direction: DocumentDirection,
    /// Who it goes to.
    #[schema(value_type = Option<String>)]
    pub addressee: Option<Arc<str>>,
    /// What goes with it.
    pub enclosures: Vec<CaseEnclosure>,
    /// The day it came in or was made.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// The step that made it.
    pub step: Option<String>,
    /// Who put it in.
    pub by: Option<PersonName>,
    /// SHA-256 of its bytes.
    #[schema(value_type = String)]
    pub hash: Arc<str>,
    /// Where the original lies on paper.
    #[schema(value_type = Option<String>)]
    pub paper: Option<Arc<str>>,
    /// Set when it left the house.
    pub dispatch: Option<DocumentDispatch>,
    /// Set when it was taken out of the file; then its bytes are not shown any more.
    pub taken_out: Option<DocumentTakenOut>,
    /// Whether this person can take it out of the file.
    pub may_take_out: bool,
    /// Whether this person can record that it left the house: it waits to, or stays in the house because silence has granted
    /// what it decides, and may have left before.
    pub may_record_dispatch: bool,
    /// Whether this person can record that it did not arrive; letters of acts are sent anew instead.
    pub may_record_not_arrived: bool,
}

/// A document that goes with a letter (Anlage).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CaseEnclosure {
    /// What people read; it stands on the letter.
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// Its number, when it lies in the file of this case.
    pub document: Option<u32>,
}

/// That a document was taken out of the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DocumentTakenOut {
    /// When.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// By whom.
    pub by: PersonName,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Arc<str>,
    /// Whether it was moved to another case.
    pub moved: bool,
}

/// That a document left the house.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DocumentDispatch {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// How, for example `post`.
    #[schema(value_type = String)]
    pub way: Way,
    /// The proven day of receipt, when it is recorded.
    #[schema(value_type = Option<String>, format = Date)]
    pub received_on: Option<Date>,
    /// The day of notification; none as long as what is awaited is not proven.
    #[schema(value_type = Option<String>, format = Date)]
    pub notified_on: Option<Date>,
    /// What is still to be proven before it notifies anybody.
    pub awaited: Option<DispatchAwaited>,
    /// Why that day.
    pub derivation: Vec<Sentence>,
    /// Whether it turned out not to have arrived: then it notified nobody.
    pub not_arrived: bool,
    /// Who noted it.
    pub by: Option<PersonName>,
}

/// What is still to be proven of a letter that has left the house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DispatchAwaited {
    /// What: `receipt`, `service` or `retrieval`.
    #[schema(value_type = String)]
    pub proof: Proof,
    /// The last day on which it can happen; none: any day.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
}

impl From<AwaitedProof> for DispatchAwaited {
    fn from(AwaitedProof { proof, until }: AwaitedProof) -> Self {
        Self { proof, until }
    }
}

/// A note of the file.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseNote {
    /// Counted from 1.
    pub number: u32,
    /// By whom.
    pub by: PersonName,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Its text.
    #[schema(value_type = String)]
    pub text: Arc<str>,
}

/// Something that is stuck.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseIncident {
    /// Counted from 1.
    pub number: u32,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// The step.
    pub step: Option<String>,
    /// Stable, for programs.
    #[schema(value_type = String)]
    pub code: Arc<str>,
    /// What happened.
    pub message: Text,
    /// What can be done.
    pub help: Text,
    /// The number of what this person can give up when it does not get done: a letter beside the steps, a letter that goes out
    /// anew, and, for whoever may correct, a correction.
    pub gives_up: Option<u32>,
    /// The values that a rule read, or the answer of a connector.
    pub details: Value,
}

/// The course so far.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Course {
    /// How often each step was entered.
    pub visited: BTreeMap<String, u32>,
    /// The ways taken, from step to step.
    #[schema(value_type = Vec<Vec<String>>)]
    pub ways: Vec<[String; 2]>,
    /// The steps that are active.
    pub active: Vec<String>,
}

/// What a person may do with a case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct CasePermissions {
    /// Write a note.
    pub note: bool,
    /// Add a document.
    pub document: bool,
    /// Record that a letter left the house, or that its receipt is proven.
    pub dispatch: bool,
    /// Correct what was recorded of a dispatch, also after the end of the case.
    pub correct_dispatch: bool,
    /// Record that a message came.
    pub message: bool,
    /// Try again what is stuck.
    pub retry: bool,
    /// Add, change and remove parties; send letters of acts anew.
    pub parties: bool,
    /// Record that a remedy came in, also after the end of the case.
    pub remedy: bool,
    /// Skip steps, go back, change data, correct acts, end the case.
    pub correct: bool,
    /// Ask somebody, have the case come back, extend and suspend deadlines.
    pub beside: bool,
    /// Write a letter.
    pub letter: bool,
}
