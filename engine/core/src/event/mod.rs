//! What happened in a case. The only truth: a case is the fold of its events.
//!
//! An event carries all that [`crate::evolve`] needs; it never points at a rule or a definition that might change.

mod acts;
mod basis;
mod change;
mod errand;
mod fiction;
mod parts;
mod reinstated;
mod relation;

use std::{collections::BTreeSet, sync::Arc};

pub use acts::*;
pub use basis::*;
pub use change::*;
pub use errand::*;
pub use fiction::*;
pub use parts::*;
pub use reinstated::*;
pub use relation::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::case::TakeBack;
use crate::keeping::KeepingRecord;
use crate::words::{
    CaseId, Date, InstanceId, Object, PersonId, ProcessId, ReleaseId, RoleId, StepPath, Text, Value,
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
        /// The case that called it, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caller: Option<Caller>,
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
    /// A round of an `each` began. Its entry is written under the result of the `each`.
    RoundEntered {
        /// Its new instance.
        instance: InstanceId,
        /// The instance of the `each`.
        parent: InstanceId,
        /// The step of the `each`, with the number of the round.
        step: StepPath,
        /// What people read of the round.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        label: Option<Arc<str>>,
    },
    /// A fork or an `each` began: so many branches or rounds must end.
    BranchesBegan {
        /// Its instance.
        instance: InstanceId,
        /// So many.
        needed: u32,
        /// The entries of the list that rounds are still to begin for, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        items: Vec<Value>,
    },
    /// Enough have ended; the path has gone on while the rest is still active.
    BranchesJoined {
        /// The instance of the fork or `each`.
        instance: InstanceId,
    },
    /// A scope began anew.
    ScopeRepeated {
        /// Its instance.
        instance: InstanceId,
        /// The round that begins, counted from 1.
        round: u32,
    },
    /// Paths met: all but one of the instances that waited in a join ended in the one that goes on.
    PathsMet {
        /// The one that goes on.
        instance: InstanceId,
        /// Those that ended in it.
        met: Vec<InstanceId>,
    },
    /// A scope waits for the lock that another one holds, or holds it.
    LockQueued {
        /// The instance of the scope.
        instance: InstanceId,
        /// The lock.
        lock: Arc<str>,
    },
    /// A scope has begun that waited for its lock.
    LockTaken {
        /// The instance of the scope.
        instance: InstanceId,
    },
    /// A step was done that can be undone; what it wrote is kept for that.
    UndoKept {
        /// The scope that it was done in.
        scope: InstanceId,
        /// What can be undone.
        undo: Undo,
    },
    /// What could be undone inside a scope cannot be any more, because the scope itself can be undone as a whole.
    UndoDropped {
        /// The instance of the scope.
        scope: InstanceId,
    },
    /// Something is to be undone now, the last first.
    UndoBegan {
        /// The instance of the compensating step.
        instance: InstanceId,
        /// The scope whose steps are undone.
        scope: InstanceId,
        /// The numbers of what is to be undone.
        numbers: Vec<u32>,
    },
    /// The undoing of one step begins.
    UndoTaken {
        /// The instance of the compensating step.
        instance: InstanceId,
        /// Its number.
        number: u32,
    },
    /// Something was raised.
    Raised {
        /// The instance that raised it.
        instance: InstanceId,
        /// What.
        what: Raised,
    },
    /// Another case is called; the step waits until it ends.
    CaseCalled {
        /// The instance that waits.
        instance: InstanceId,
        /// The case that is called.
        called: CaseId,
    },
    /// The case that was called has ended, or could not begin.
    CallFinished {
        /// The instance that waited.
        instance: InstanceId,
    },
    /// Something is on its way to other cases.
    Sent {
        /// Counted from 1 within the case.
        number: u32,
        /// What.
        parcel: Parcel,
    },
    /// It has arrived, or is kept until somebody waits for it.
    Delivered {
        /// Its number.
        number: u32,
    },
    /// The case that called this one does not wait for it any more.
    CalledOff {
        /// That case.
        caller: CaseId,
    },
    /// Somebody let a handler react.
    TriggeredByHand {
        /// The scope.
        instance: InstanceId,
        /// The handler.
        name: Arc<str>,
        /// Who.
        by: PersonId,
        /// Why.
        reason: Arc<str>,
    },
    /// A step is left without having been done.
    StepSkipped {
        /// Its instance.
        instance: InstanceId,
        /// Who said so.
        by: PersonId,
        /// Why.
        reason: Arc<str>,
    },
    /// Instead of a step that was active the case goes back to another one.
    StepMoved {
        /// The instance that was active.
        instance: InstanceId,
        /// Where it goes back to.
        to: StepPath,
        /// Who said so.
        by: PersonId,
        /// Why.
        reason: Arc<str>,
    },
    /// The application was changed.
    DataChanged {
        /// The fields that changed; one with nothing was removed.
        fields: Object,
        /// The day of receipt, when that was changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        received_on: Option<Date>,
        /// By whom.
        by: PersonId,
        /// Why.
        reason: Arc<str>,
    },
    /// Somebody changed what steps were about that another person must have done than whoever signs: they have had a hand
    /// in these steps.
    HandHad {
        /// What, who and which steps.
        hand: Hand,
        /// The open tasks that the person may not do any more.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tasks: Vec<InstanceId>,
    },
    /// Somebody ends the case.
    CaseEndedByHand {
        /// Who.
        by: PersonId,
        /// Why.
        reason: Arc<str>,
    },
    /// Something was recorded about the keeping of the case.
    KeepingRecorded {
        /// By whom.
        by: PersonId,
        /// What.
        record: KeepingRecord,
    },
    /// The case was erased: nothing follows. Unlike all others it is kept in clear.
    CaseErased {
        /// Who confirmed it.
        by: PersonId,
        /// Who asked for it.
        asked_by: PersonId,
        /// Why.
        reason: Arc<str>,
        /// Why although the case went on, or was to be kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exception: Option<Arc<str>>,
        /// Why the same person asked for it and confirmed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alone: Option<Arc<str>>,
    },
    /// A task was done from which nothing has come yet that could not be undone.
    TakeBackKept {
        /// The instance that the task was.
        number: u32,
        /// How it is taken back.
        take_back: TakeBack,
        /// Older ones that are no longer kept.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        dropped: Vec<u32>,
    },
    /// A task that had been done was taken back.
    TaskTakenBack {
        /// The instance that it was.
        task: InstanceId,
        /// Who had done it.
        by: PersonId,
        /// Why.
        reason: Arc<str>,
    },
    /// A condition began to hold, or ceased.
    ConditionChanged {
        /// The instance that waits for it.
        instance: InstanceId,
        /// The trigger.
        name: Arc<str>,
        /// Whether it holds.
        holds: bool,
    },
    /// A timer was set, or set anew.
    TimerSet {
        /// The instance that it belongs to.
        instance: InstanceId,
        /// The timer.
        timer: Timer,
    },
    /// A timer rang.
    TimerFired {
        /// The instance that it belongs to.
        instance: InstanceId,
        /// Its name there.
        name: Arc<str>,
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
    /// A handler of a scope reacts: what woke it stands before this event, where it leads after it.
    HandlerReacted {
        /// The scope.
        instance: InstanceId,
        /// The handler.
        name: Arc<str>,
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
    /// A deadline was reckoned anew, because what it hangs on has changed.
    DeadlineRecomputed(Box<DeadlineRecomputed>),
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
        /// The key by which it found the case; none: it was sent to this case.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<Arc<str>>,
    },
    /// A waiting instance took a message; the case as a whole, without waiting for it: it is not kept any more.
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
    /// A document was taken out of the file; that it was there stays known.
    DocumentTakenOut {
        /// Which.
        document: u32,
        /// When, by whom, why and where to.
        taken_out: TakenOut,
    },
    /// It is noted where the original of documents lies on paper.
    PaperPlaced(PaperPlaced),
    /// A document came that had lain in the file of another case.
    DocumentMovedHere {
        /// The document.
        document: Document,
        /// From where, by whom and why.
        moved: MovedHere,
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
    /// What is known of a dispatch is other than was noted, or it counts as notified on another day.
    DispatchChanged(Box<DispatchChanged>),
    /// A party takes part.
    PartyAdded(PartyAdded),
    /// Something about a party changed.
    PartyChanged(PartyChanged),
    /// A party does not take part any more.
    PartyRemoved(PartyRemoved),
    /// An act, or a corrected version of one, is being made.
    ActBegan(Box<ActBegan>),
    /// A letter of the version that is being made exists.
    ActLetterMade(ActLetterMade),
    /// All letters of the version exist: it is issued.
    ActIssued(ActIssued),
    /// An act came to be because nothing was decided in time.
    ActDeemed(Box<ActDeemed>),
    /// What silence grants ends on another day by what is known now, and nobody waits for it any more.
    ClockFollowed(Box<ClockFollowed>),
    /// A person has said whether an act counts as granted.
    FictionRuled(Box<FictionRuled>),
    /// Somebody signed letters as they were then.
    LettersSigned(LettersSigned),
    /// Letters are not sent because they do not say any more what was signed; it is signed anew.
    SignatureWithdrawn(SignatureWithdrawn),
    /// An act was notified to an addressee.
    ActNotified(ActNotified),
    /// An act became final for an addressee (bestandskräftig).
    ActFinal(ActFinal),
    /// A remedy against an act came in.
    RemedyRecorded(RemedyRecorded),
    /// The period for a remedy that is no deadline of the case any more ends on another day.
    RemedyPeriodRecomputed(RemedyPeriodRecomputed),
    /// A letter of an act did not arrive, or cannot; nobody was notified by it.
    LetterNotArrived(LetterNotArrived),
    /// A letter that is none of an act did not arrive.
    DocumentNotArrived(DocumentNotArrived),
    /// A version of an act is not made any more.
    ActAbandoned(ActAbandoned),
    /// Letters do not leave the house any more.
    LettersWithdrawn(LettersWithdrawn),
    /// A remedy that was noted as late was in time.
    RemedyInTime(RemedyInTime),
    /// An act is not issued any more; no letter of it was sent.
    ActUndone(ActUndone),
    /// Somebody has given up what is made beside the steps: a letter, a correction, a letter that goes out anew.
    GivenUp {
        /// Its number among the instances.
        instance: InstanceId,
        /// Who.
        by: PersonId,
        /// Why.
        reason: Arc<str>,
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

    // What every case can suffer, whatever its process says.
    /// Somebody gets an errand beside the steps of the process.
    ErrandGiven {
        /// Its number among the instances.
        instance: InstanceId,
        /// What, for whom and by whom.
        order: Order,
    },
    /// An errand is over.
    ErrandEnded {
        /// Its number.
        instance: InstanceId,
        /// Who ended it.
        by: PersonId,
        /// How.
        end: ErrandEnd,
    },
    /// Somebody wrote a letter beside the steps of the process; a connector is asked to make it.
    LetterWritten {
        /// Its number among the instances.
        instance: InstanceId,
        /// Who.
        by: PersonId,
        /// What the document will be called.
        title: Arc<str>,
    },
    /// A deadline was extended; its new dates follow as [`Event::DeadlineSet`].
    DeadlineExtended {
        /// Which.
        deadline: DeadlineName,
        /// Who, why, on which norm.
        because: ChangeReason,
    },
    /// Deadlines do not run for the time being; each follows as [`Event::DeadlineSet`].
    DeadlinesSuspended {
        /// Which.
        deadlines: Vec<DeadlineName>,
        /// The first day that is not counted.
        since: Date,
        /// Who, why, on which norm.
        because: ChangeReason,
    },
    /// Deadlines run again; each follows as [`Event::DeadlineSet`].
    DeadlinesResumed {
        /// Which.
        deadlines: Vec<DeadlineName>,
        /// The last day that is not counted.
        until: Date,
        /// Who, why, on which norm.
        because: ChangeReason,
    },
    /// What was missed may be made up for: restoration, or an extension of what is over.
    Reinstated(Box<Reinstated>),
    /// The case is to be merged into another one, which has to take it over first.
    MergeAsked(Merging),
    /// The other case did not: this one goes on.
    MergeRefused(MergeRefused),
    /// The case was split or merged: another one belongs to it.
    CaseRelated {
        /// Which, how, by whom and why.
        related: Related,
    },
}
