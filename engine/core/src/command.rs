//! What someone asks of a case.

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_deadlines::Way;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    act::RemedyKind,
    event::{
        Beginning, Caller, DeadlineName, Document, DocumentContent, EffectError, ErrandKind, Grounds,
        HandedRemedy, Handover, LawChanged, Missed, MovedHere, Relation,
    },
    keeping::KeepingRecord,
    party::PartyContent,
    words::{CaseId, Date, Extension, InstanceId, Object, PersonId, ReleaseId, RoleId, TenantId},
};

/// One request to one case, with the id that makes repeating it harmless.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The authority.
    pub tenant: TenantId,
    /// The case; for [`Command::StartCase`] the id that it shall get.
    pub case: CaseId,
    /// The same id is carried out once, however often it is sent.
    pub command_id: Uuid,
    /// What is asked.
    pub command: Command,
}

/// What can be asked of a case. Each has one handler in `decide`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Command {
    /// Begin a case.
    StartCase {
        /// The release that the case stays on.
        release: ReleaseId,
        /// How the application came: `manual`, `fit-connect`, `api`.
        channel: Arc<str>,
        /// The application, by the schema of the process.
        data: Object,
        /// The true day of receipt; today when absent.
        received_on: Option<Date>,
        /// Attachments that came with it.
        documents: Vec<DocumentContent>,
        /// The case that calls this one, if one does.
        #[serde(default)]
        caller: Option<Caller>,
    },
    /// What a mass run asks of its case first. Whoever had the run asked has a hand in what is signed next.
    AskForRun {
        /// Its number.
        run: u32,
        /// Who planned and who began it.
        by: BTreeSet<PersonId>,
        /// What is asked.
        first: Box<Command>,
    },
    /// Take a task as one's own.
    ClaimTask {
        /// The task.
        task: InstanceId,
    },
    /// Give a task back to all.
    ReleaseTask {
        /// The task.
        task: InstanceId,
    },
    /// Hand a task to somebody else who may do it. Whether they hold the role is told by the caller, who knows the people.
    DelegateTask {
        /// The task.
        task: InstanceId,
        /// The person who shall do it.
        to: PersonId,
    },
    /// Do a task.
    CompleteTask {
        /// The task.
        task: InstanceId,
        /// Values by field; a field that is absent keeps its proposal.
        values: Object,
        /// The version of the case that the form showed; absent: whatever is there now.
        seen: Option<u64>,
        /// The hash of the letters that whoever signs was shown; absent: whatever they say now.
        shown: Option<Arc<str>>,
    },
    /// Bring a message to the case.
    DeliverMessage {
        /// What it is, for example `documents-received`.
        name: Arc<str>,
        /// Told apart from other messages by this: a second one with the same id is not taken.
        message_id: Uuid,
        /// Its content.
        payload: Object,
        /// Attachments that came with it.
        documents: Vec<DocumentContent>,
        /// The true day of receipt; today when absent.
        received_on: Option<Date>,
        /// The key by which it found this case; absent: it was sent to this case.
        #[serde(default)]
        key: Option<Arc<str>>,
    },
    /// A signal was raised elsewhere.
    DeliverSignal {
        /// What it is.
        name: Arc<str>,
    },
    /// The case that was called has ended, or could not begin.
    FinishCall {
        /// The instance that waits.
        instance: InstanceId,
        /// The case that was called.
        called: CaseId,
        /// What came of it.
        result: Result<CallResult, EffectError>,
    },
    /// The case that called this one does not wait for it any more.
    CallOff {
        /// That case.
        caller: CaseId,
    },
    /// What this case sent has arrived, or is kept.
    ConfirmDelivery {
        /// Its number.
        number: u32,
    },
    /// Something that was sent to other cases cannot be delivered now; it is tried again.
    DelayDelivery {
        /// Its number.
        number: u32,
        /// Why.
        why: EffectError,
    },
    /// The time of a deadline or timer has come.
    FireTimer {
        /// The instance that waits.
        instance: InstanceId,
        /// The name of the deadline or timer there.
        name: Arc<str>,
        /// The revision that the timer was set for.
        revision: u32,
    },
    /// Begin a step of an ad-hoc group.
    StartStep {
        /// The group; it is a task of whoever chooses.
        group: InstanceId,
        /// The id of the step.
        step: Arc<str>,
    },
    /// Leave a step without doing it.
    SkipStep {
        /// The instance.
        instance: InstanceId,
        /// By which outcome, when it has several.
        outcome: Option<Arc<str>>,
        /// Why.
        reason: Arc<str>,
    },
    /// Go back to a step of the same scope that the case has been at before.
    MoveStep {
        /// The instance that is active.
        instance: InstanceId,
        /// The id of the step to go to.
        to: Arc<str>,
        /// Why.
        reason: Arc<str>,
    },
    /// Change the application.
    ChangeData {
        /// The fields that change; one with nothing is removed.
        fields: Object,
        /// The true day of receipt; as it was when absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_on: Option<Date>,
        /// The version of the case that the form showed; absent: whatever is there now.
        seen: Option<u64>,
        /// Why.
        reason: Arc<str>,
    },
    /// End the case, whatever is active.
    EndCase {
        /// How it ended.
        outcome: Option<Arc<str>>,
        /// Why.
        reason: Arc<str>,
    },
    /// Take back a task that one has done, while nothing has come of it.
    TakeBackTask {
        /// The instance that the task was.
        task: InstanceId,
        /// Why.
        reason: Arc<str>,
    },
    /// Let a handler react that a person may cause.
    TriggerByHand {
        /// The scope that has the handler.
        instance: InstanceId,
        /// The handler.
        name: Arc<str>,
        /// Why.
        reason: Arc<str>,
    },
    /// An effect came back.
    FinishEffect {
        /// The instance that waits for it.
        instance: InstanceId,
        /// The round that it belongs to.
        round: u32,
        /// What came of it.
        result: Result<EffectResult, EffectError>,
    },
    /// Somebody notes that a document left the house.
    RecordDispatch {
        /// The document.
        document: u32,
        /// The day of posting or sending.
        on: Date,
        /// How it went.
        way: Way,
        /// The proven day of receipt, of service or of retrieval.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proven_receipt: Option<Date>,
    },
    /// Note that a letter that is none of an act did not arrive.
    RecordNotArrived {
        /// The letter.
        document: u32,
        /// How that is known.
        reason: Arc<str>,
    },
    /// Somebody corrects what was noted of the dispatch of a document.
    CorrectDispatch {
        /// The document.
        document: u32,
        /// The day of posting or sending, as it was.
        on: Date,
        /// How it went.
        way: Way,
        /// The proven day of receipt, of service or of retrieval; none: none is proven.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proven_receipt: Option<Date>,
        /// Why.
        reason: Arc<str>,
    },
    /// Somebody notes that a document was received, which proof says that came later than the dispatch was recorded.
    RecordReceipt {
        /// The document.
        document: u32,
        /// The proven day of receipt.
        on: Date,
    },
    /// Put in a party.
    AddParty {
        /// Who.
        party: PartyContent,
    },
    /// Change what is known of a party.
    ChangeParty {
        /// Its number.
        number: u32,
        /// Who it is; all of it.
        party: PartyContent,
        /// Why.
        reason: Arc<str>,
    },
    /// Remove a party.
    RemoveParty {
        /// Its number.
        number: u32,
        /// Why.
        reason: Arc<str>,
    },
    /// Somebody notes that a remedy against an act came in.
    RecordRemedy {
        /// The number of the act.
        act: u32,
        /// The addressee who seeks it.
        party: u32,
        /// What it is.
        kind: RemedyKind,
        /// The true day of receipt; today when absent.
        received_on: Option<Date>,
    },
    /// A letter of an act did not arrive, or cannot, because where it should go is wrong: it goes out anew, to this addressee
    /// alone, unless another one has reached them.
    SendAnew {
        /// The number of the act.
        act: u32,
        /// The addressee.
        party: u32,
        /// The letter; none: the newest one to this addressee.
        #[serde(default)]
        document: Option<u32>,
        /// How it is known that it did not or will not arrive.
        reason: Arc<str>,
    },
    /// Correct an obvious error in an act (§ 42 VwVfG); all addressees get it anew. What was decided does not change.
    CorrectAct(CorrectAct),
    /// Give up what is made beside the steps and does not get done: a letter, a correction, a letter that goes out anew.
    GiveUp {
        /// Its number among the instances.
        instance: InstanceId,
        /// Why.
        reason: Arc<str>,
    },
    /// Put a document into the case.
    AddDocument {
        /// The document.
        document: DocumentContent,
        /// The true day of receipt, for what came in; today when absent.
        #[serde(default)]
        received_on: Option<Date>,
    },
    /// Take a document out of the file that does not belong there.
    TakeOutDocument {
        /// Which.
        document: u32,
        /// The case that it belongs to; none: to no case.
        to: Option<CaseId>,
        /// Why.
        reason: Arc<str>,
    },
    /// Take in a document that lay in the file of another case.
    TakeInDocument {
        /// The document.
        document: Box<Document>,
        /// From where, by whom and why.
        moved: MovedHere,
    },
    /// Record something about the keeping of the case: a hold, what the archive says, that it shall be erased.
    RecordKeeping {
        /// What.
        record: KeepingRecord,
    },
    /// Erase the case, as another person asked for: its keys are thrown away, and with them all that it holds.
    EraseCase {
        /// Why the same person confirms it, where there is no other administrator.
        #[serde(default)]
        alone: Option<Arc<str>>,
    },
    /// Write a note for the file (Aktenvermerk).
    AddNote {
        /// Its text.
        text: Arc<str>,
    },
    /// Try again what is stuck.
    RetryIncident {
        /// The number of the incident within the case.
        incident: u32,
    },

    // What every case can suffer, whatever its process says.
    /// Ask somebody something, or have the case come back on a day. It is done with [`Command::CompleteTask`].
    GiveErrand {
        /// Which of the two.
        kind: ErrandKind,
        /// What is asked.
        text: Arc<str>,
        /// The role of the process that it goes to.
        role: RoleId,
        /// The person of that role; none: whoever takes it. Whether they hold it is told by the caller, who knows people.
        person: Option<PersonId>,
        /// A question: until when it shall be answered. A resubmission: the day on which the case comes back.
        on: Option<Date>,
    },
    /// Take an errand back that one has given.
    WithdrawErrand {
        /// The errand.
        errand: InstanceId,
    },
    /// Write a letter beside the steps of the process.
    WriteLetter {
        /// What is written.
        letter: LetterText,
    },
    /// Extend a deadline.
    ExtendDeadline {
        /// Which.
        deadline: DeadlineName,
        /// By a period, or until a day.
        extension: Extension,
        /// Why.
        reason: Arc<str>,
        /// On which norm; none: what the law of the process says.
        norm: Option<Arc<str>>,
    },
    /// Let deadlines stop for the time being.
    SuspendDeadlines {
        /// Which.
        deadlines: Vec<DeadlineName>,
        /// The first day that is not counted; today when absent.
        since: Option<Date>,
        /// Why.
        reason: Arc<str>,
        /// On which norm.
        norm: Option<Arc<str>>,
    },
    /// Let deadlines run on that have stopped.
    ResumeDeadlines {
        /// Which.
        deadlines: Vec<DeadlineName>,
        /// The last day that is not counted; today when absent.
        until: Option<Date>,
        /// Why.
        reason: Arc<str>,
        /// On which norm.
        norm: Option<Arc<str>>,
    },
    /// Let somebody make up for what they missed: restoration, or an extension of what is over.
    Reinstate {
        /// What was missed.
        missed: Missed,
        /// Why it may be made up for.
        grounds: Grounds,
        /// The reason that was given.
        reason: Arc<str>,
        /// On which norm; none: what the law says.
        norm: Option<Arc<str>>,
    },
    /// Say whether an act counts as granted by silence, where what is known has changed since that was looked at.
    RuleFiction {
        /// The kind of act.
        act: Arc<str>,
        /// Whether it counts as granted.
        deemed: bool,
        /// Why.
        reason: Arc<str>,
    },
    /// The authority has other days off or another place, or the legal data are others: reckon anew what runs, and say why.
    /// Only the engine asks for that.
    Recompute {
        /// What has changed.
        changed: LawChanged,
    },
    /// Let a part of the case go on in a case of its own.
    SplitCase {
        /// The application of that case.
        data: Object,
        /// The documents that go along, by number.
        documents: Vec<u32>,
        /// Why.
        reason: Arc<str>,
    },
    /// End the case because another one goes on for both. It ends when that one has taken it over.
    MergeCase {
        /// The other case.
        into: CaseId,
        /// Why.
        reason: Arc<str>,
    },
    /// Hand an item of the incoming post on. It ends when the other case has taken it over.
    HandOn {
        /// To whom.
        to: HandedOnTo,
        /// Why.
        reason: Arc<str>,
    },
    /// Give an item of the incoming post back that was assigned to this case by mistake.
    GiveBackItem {
        /// The item.
        item: CaseId,
        /// What it goes on as.
        begins: Beginning,
        /// Its documents in this case, by number.
        documents: Vec<u32>,
        /// Why.
        reason: Arc<str>,
    },
    /// Note where the original of documents lies on paper.
    PlacePaper {
        /// Which; none named: all.
        documents: Vec<u32>,
        /// Where, in words; empty: nowhere any more.
        place: Arc<str>,
    },
    /// The other case has taken over this one, or does not.
    FinishMerge {
        /// That case.
        into: CaseId,
        /// Why not.
        result: Result<(), EffectError>,
    },
    /// Take over what another case hands to this one.
    TakeOver {
        /// The other case.
        from: CaseId,
        /// How this one stands to it.
        how: Relation,
        /// What comes along.
        handover: Handover,
    },
}

/// To whom an item of the incoming post is handed on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandedOnTo {
    /// A case that is there.
    Case {
        /// Which.
        case: CaseId,
        /// As which message, of those that it waits for; none: only the documents go along.
        message: Option<Arc<str>>,
        /// As which remedy.
        #[serde(default)]
        remedy: Option<HandedRemedy>,
    },
    /// One that begins with it.
    NewCase {
        /// Of which release.
        release: ReleaseId,
        /// Its application.
        data: Object,
    },
}

/// A letter that a person writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterText {
    /// Name and address, line by line.
    pub addressee: Arc<str>,
    /// The authority and its address, line by line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sender: Option<Arc<str>>,
    /// The line above the text; the document is called so.
    pub subject: Arc<str>,
    /// The text, in Markdown.
    pub body: Arc<str>,
    /// The numbers of the documents that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enclosures: Vec<u32>,
}

/// The correction of an obvious error in an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectAct {
    /// The number of the act.
    pub act: u32,
    /// What is wrong in it.
    pub wrong: Arc<str>,
    /// What is right.
    pub right: Arc<str>,
    /// Why it is an obvious error.
    pub reason: Arc<str>,
    /// Whether the period for a remedy begins anew.
    #[serde(default)]
    pub begins_anew: bool,
}

impl Command {
    /// The release that a case shall begin with, when this begins one.
    pub fn begins(&self) -> Option<&ReleaseId> {
        match self {
            Command::StartCase { release, .. } => Some(release),
            Command::AskForRun { first, .. } => first.begins(),
            _ => None,
        }
    }

    /// Whether its decision asks who logs in themselves, and who is a technical account.
    pub fn needs_persons(&self) -> bool {
        matches!(
            self,
            Command::EraseCase { .. } | Command::RecordKeeping { record: KeepingRecord::Ask { .. } }
        )
    }
}

/// What a connector brings back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct EffectResult {
    /// Values for the result of the step.
    #[serde(default, skip_serializing_if = "Object::is_empty")]
    pub values: Object,
    /// Documents that it made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<DocumentContent>,
}

/// What a case that was called hands over when it ends.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallResult {
    /// How it ended.
    pub outcome: Option<Arc<str>>,
    /// What its process says under `out`.
    pub values: Object,
}
