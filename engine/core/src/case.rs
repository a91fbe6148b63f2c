//! A case: the fold of its turns. Only [`crate::evolve`] changes it.
//!
//! Everything that grows lies in persistent maps or behind `Arc`, so a copy for a turn that may yet be refused costs
//! nothing, and a turn costs what it touches.

mod clock;
mod errand;
mod signed;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

pub use clock::Clock;
pub use errand::{Errand, Work};
use imbl::{OrdMap, OrdSet};
use serde::{Deserialize, Serialize};
pub(crate) use signed::by_number;
pub use signed::{Parts, Signed, SignedLetters, hash_of, part_title, parts_of};
use uuid::Uuid;

use crate::{
    act::Act,
    event::{
        Awaited, Basis, Caller, Deadline, DeadlineChange, Document, Hand, Merging, Related, Timer, Trouble,
        Undo,
    },
    keeping::Keeping,
    party::Party,
    words::{
        CaseId, Date, InstanceId, Object, PersonId, ProcessId, ReleaseId, RoleId, StepPath, TenantId, Text,
        Timestamp, Value,
    },
};

/// One running or ended instance of a process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// The authority.
    pub tenant: TenantId,
    /// Its id.
    pub id: CaseId,
    /// What it is a case of.
    pub process: ProcessId,
    /// The release that it stays on.
    pub release: ReleaseId,
    /// How many turns it has lived through.
    pub version: u64,
    /// How much has happened in it.
    #[serde(default)]
    pub extent: Extent,
    /// The instant of its last turn.
    pub now: Timestamp,
    /// The version of the authority that its last turn knew: lists show the case with the settings of that moment.
    pub authority: u64,
    /// Whether it goes on.
    pub status: Status,
    /// When it began.
    pub started_at: Timestamp,
    /// The case that called it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// How much it has sent to other cases.
    #[serde(default)]
    pub sent: u32,
    /// How the application came.
    pub channel: Arc<str>,
    /// The true day of receipt of the application.
    pub received_on: Date,
    /// The file number (Aktenzeichen), once it has one.
    pub number: Option<Arc<str>>,
    /// The application.
    pub data: Arc<Value>,
    /// The version in which it was changed last.
    #[serde(default)]
    pub data_changed_in: u64,
    /// What steps wrote, under the key of the step (its id with `_` for `-`).
    pub results: OrdMap<Arc<str>, Arc<Value>>,
    /// The version in which a result was written last.
    pub written: OrdMap<Arc<str>, u64>,
    /// What is active: a tree by `parent`, with the case itself as instance 0.
    pub instances: OrdMap<InstanceId, Arc<Instance>>,
    /// The next instance gets this.
    pub next_instance: u32,
    /// Who did the tasks, by step, each with the version in which they did it last.
    pub performers: OrdMap<StepPath, Arc<BTreeMap<PersonId, u64>>>,
    /// Who changed what steps were about without having done them, in order.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub hands: OrdMap<u32, Arc<KeptHand>>,
    /// What was signed at which task, or why that is void.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub signed: OrdMap<StepPath, Arc<Signed>>,
    /// How often in a row signatures were void when the letters of a step were to be made.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub withdrawn: OrdMap<StepPath, u32>,
    /// How often each step was entered: the course so far.
    pub visits: OrdMap<StepPath, u32>,
    /// The ways taken between steps: the course so far.
    pub ways: OrdSet<(StepPath, StepPath)>,
    /// The parties, by number; those that do not take part any more among them.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub parties: OrdMap<u32, Arc<Party>>,
    /// The acts, by number.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub acts: OrdMap<u32, Arc<Act>>,
    /// The documents of the file, by number.
    pub documents: OrdMap<u32, Arc<Document>>,
    /// The deadlines that have fired and ran from the notification of a document, by its number; of an act with several
    /// addressees by each of the letters that notified them.
    pub fired: OrdMap<u32, Arc<Vec<Fired>>>,
    /// The deadlines of processes that passed, each step's last one, in the order in which they passed; what silence grants
    /// only where a message was waited for beside it.
    #[serde(default, skip_serializing_if = "is_empty")]
    pub passed: Arc<Vec<Passed>>,
    /// Until when what silence grants must be decided, by the instance whose deadline it is or was.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub clocks: OrdMap<InstanceId, Arc<Clock>>,
    /// The notes of the file, by number.
    pub notes: OrdMap<u32, Arc<Note>>,
    /// What is stuck, by number; a resolved one is gone from here.
    pub incidents: OrdMap<u32, Arc<Incident>>,
    /// The next incident gets this.
    pub next_incident: u32,
    /// The next step that can be undone gets this.
    pub next_undo: u32,
    /// Tasks that can be taken back, by the instance that they were.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub take_backs: OrdMap<u32, Arc<TakeBack>>,
    /// Messages that nothing has waited for yet, in the order of receipt.
    pub mailbox: OrdMap<u32, Arc<Message>>,
    /// How many messages have come.
    pub messages: u32,
    /// The ids of all messages that have come.
    pub message_ids: OrdSet<Uuid>,
    /// What goes on beside the steps, by its number among the instances.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub errands: OrdMap<InstanceId, Arc<Errand>>,
    /// The case that it is being merged into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merging: Option<Arc<Merging>>,
    /// The cases that it was split from, split into or merged with, in the order in which that happened.
    #[serde(default)]
    pub relations: Arc<Vec<Related>>,
    /// What is recorded about its keeping.
    #[serde(default, skip_serializing_if = "Keeping::is_empty")]
    pub keeping: Keeping,
}

/// That somebody changed what steps were about, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptHand {
    /// When.
    pub at: Timestamp,
    /// In which version.
    #[serde(default)]
    pub version: u64,
    /// What, who and which steps.
    pub hand: Hand,
}

/// How much has happened in a case; it only grows, and is bounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extent {
    /// So many events.
    pub events: u64,
    /// So many bytes of values that were written: the application, results, messages, notes, documents without their bytes,
    /// parties, acts and their letters, errands; what was written over counts too.
    pub bytes: u64,
}

/// Whether a case goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Something waits.
    Open,
    /// Nothing waits any more.
    Ended {
        /// How it ended.
        outcome: Option<Arc<str>>,
        /// When.
        at: Timestamp,
    },
}

/// A step or scope that is active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    /// The scope that it lies in; none for the case itself.
    pub parent: Option<InstanceId>,
    /// The step; none for the case itself.
    pub step: Option<StepPath>,
    /// Since when.
    pub since: Timestamp,
    /// What it does.
    pub activity: Activity,
    /// For a scope: whether its first steps were entered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub begun: bool,
    /// What it waits for: the triggers of a wait step, the handlers of a scope.
    pub waits: Arc<[Awaited]>,
    /// The step that led here, when not the begin of the scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<StepPath>,
    /// Its deadlines, by name.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub deadlines: OrdMap<Arc<str>, Arc<Deadline>>,
    /// Its timers, by name.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub timers: OrdMap<Arc<str>, Timer>,
    /// The conditions that it waits for and that hold now.
    #[serde(default, skip_serializing_if = "OrdSet::is_empty")]
    pub conditions: OrdSet<Arc<str>>,
    /// The incident that it is stuck in.
    pub incident: Option<u32>,
    /// For a scope: the outcome of the last path that ended in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Arc<str>>,
    /// For a fork or an `each`: how many have ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branches: Option<Arc<Branches>>,
    /// For a round: what people read of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Arc<str>>,
    /// For a scope that repeats: the round that it is in, from 2 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeated: Option<u32>,
    /// For a scope with a lock: that, and whether it has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Lock>,
    /// For a scope: what was done in it and can be undone. For a compensating step: what is still to be undone.
    #[serde(default, skip_serializing_if = "OrdMap::is_empty")]
    pub undos: OrdMap<u32, Arc<Undo>>,
    /// For a compensating step: what it is undoing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoing: Option<Arc<Undo>>,
}

/// The branches of a fork or the rounds of an `each`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Branches {
    /// So many must end.
    pub needed: u32,
    /// So many have ended.
    pub ended: u32,
    /// Whether the path has gone on while the rest is still active.
    pub joined: bool,
    /// How many rounds have begun.
    pub begun: u32,
    /// The entries of the list.
    pub items: Arc<[Value]>,
}

/// The lock of a scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// Its name.
    pub name: Arc<str>,
    /// Whether the scope has it; else it waits.
    pub taken: bool,
}

/// What an active instance does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// It was entered and has done nothing yet, or is a scope: others are active in it.
    Entered,
    /// A person is to do something.
    Task(Task),
    /// Something outside is to be done.
    Effect {
        /// The round that is under way.
        round: u32,
    },
    /// Another case was called.
    Call {
        /// That case.
        called: CaseId,
    },
}

/// Work that waits for a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// What is to be done.
    pub title: Text,
    /// Who may do it.
    pub role: RoleId,
    /// Internal due day.
    pub due: Option<Date>,
    /// Who may not do it (four-eyes).
    pub excluded: BTreeSet<PersonId>,
    /// What the form shows at first.
    pub proposal: Arc<Object>,
    /// Whose it is.
    pub assignee: Option<PersonId>,
}

/// A deadline that has fired.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fired {
    /// What people read.
    pub title: Text,
    /// The day of the notification that it ran from.
    pub start: Date,
    /// Its last day.
    pub end: Date,
    /// What that was reckoned from; none in cases of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reckoned: Option<Arc<Reckoned>>,
}

/// What the dates of a deadline that is gone were reckoned from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reckoned {
    /// What it started from.
    pub basis: Arc<Basis>,
    /// What was done to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<DeadlineChange>,
}

impl Reckoned {
    /// Of a deadline.
    pub fn of(deadline: &Deadline) -> Option<Arc<Reckoned>> {
        let basis = deadline.basis.clone()?;
        Some(Arc::new(Reckoned { basis, changes: deadline.changes.clone() }))
    }
}

/// A deadline that has passed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passed {
    /// The step that it belonged to; none: the case as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    /// Its name there.
    pub name: Arc<str>,
    /// What people read.
    pub title: Text,
    /// The day that it ran from.
    pub start: Date,
    /// Its last day.
    pub end: Date,
    /// What that was reckoned from; none in cases of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reckoned: Option<Arc<Reckoned>>,
    /// The messages that were waited for beside or inside what it belonged to, each with the key by which it may come.
    pub messages: Vec<(Arc<str>, Option<Arc<str>>)>,
}

impl Passed {
    /// Whether it is that of a step; of the case as a whole the step is the empty path.
    pub fn is(&self, step: &StepPath, name: &str) -> bool {
        self.step.as_ref().map_or("", StepPath::as_str) == step.as_str() && *self.name == *name
    }
}

fn is_empty(passed: &Arc<Vec<Passed>>) -> bool {
    passed.is_empty()
}

/// How a task that was done can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeBack {
    /// The step.
    pub step: StepPath,
    /// The scope that it lies in.
    pub parent: InstanceId,
    /// Who did it.
    pub by: PersonId,
    /// Whether they had done the step before, in an earlier pass: that stays when this one is taken back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// What was entered because of it; as long as all of that is untouched, it can be taken back.
    pub entered: Vec<InstanceId>,
}

/// A note for the file (Aktenvermerk).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Note {
    /// Counted from 1.
    pub number: u32,
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Its text.
    pub text: Arc<str>,
}

/// Something that is stuck.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Counted from 1.
    pub number: u32,
    /// The instance that is stuck; none when nothing is.
    pub instance: Option<InstanceId>,
    /// Since when.
    pub since: Timestamp,
    /// What, where and why.
    pub trouble: Trouble,
}

/// A message that nothing has waited for yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// What it is.
    pub name: Arc<str>,
    /// Its id.
    pub message_id: Uuid,
    /// The true day of receipt.
    pub received_on: Date,
    /// Its content.
    pub payload: Arc<Object>,
    /// The key by which it found the case; none: it was sent to this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Arc<str>>,
}

impl Case {
    /// The state before the first turn: nothing is there yet.
    pub fn unborn(tenant: TenantId, id: CaseId) -> Case {
        Case {
            tenant,
            id,
            process: "".into(),
            release: "".into(),
            version: 0,
            extent: Extent::default(),
            now: Timestamp::UNIX_EPOCH,
            authority: 0,
            status: Status::Open,
            started_at: Timestamp::UNIX_EPOCH,
            caller: None,
            sent: 0,
            channel: "".into(),
            received_on: Date::ZERO,
            number: None,
            data: Arc::new(Value::Null),
            data_changed_in: 0,
            results: OrdMap::new(),
            written: OrdMap::new(),
            instances: OrdMap::new(),
            next_instance: 0,
            performers: OrdMap::new(),
            hands: OrdMap::new(),
            signed: OrdMap::new(),
            withdrawn: OrdMap::new(),
            clocks: OrdMap::new(),
            visits: OrdMap::new(),
            ways: OrdSet::new(),
            parties: OrdMap::new(),
            acts: OrdMap::new(),
            documents: OrdMap::new(),
            fired: OrdMap::new(),
            passed: Arc::default(),
            notes: OrdMap::new(),
            incidents: OrdMap::new(),
            next_incident: 1,
            next_undo: 1,
            take_backs: OrdMap::new(),
            mailbox: OrdMap::new(),
            messages: 0,
            message_ids: OrdSet::new(),
            errands: OrdMap::new(),
            merging: None,
            relations: Arc::default(),
            keeping: Keeping::default(),
        }
    }

    /// Called once before the events of a turn are applied.
    pub(crate) fn begin_turn(&mut self, version: u64, now: Timestamp, authority: u64) {
        self.version = version;
        self.now = now;
        self.authority = authority;
    }

    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.status == Status::Open
    }

    /// An instance that is active.
    pub fn instance(&self, id: InstanceId) -> Option<&Instance> {
        self.instances.get(&id).map(|instance| &**instance)
    }

    /// The task of an instance.
    pub fn task(&self, id: InstanceId) -> Option<(&Instance, &Task)> {
        let instance = self.instance(id)?;
        match &instance.activity {
            Activity::Task(task) => Some((instance, task)),
            Activity::Entered | Activity::Effect { .. } | Activity::Call { .. } => None,
        }
    }

    /// All open tasks, oldest first.
    pub fn tasks(&self) -> impl Iterator<Item = (InstanceId, &Instance, &Task)> {
        self.instances.iter().filter_map(|(id, instance)| match &instance.activity {
            Activity::Task(task) => Some((*id, &**instance, task)),
            Activity::Entered | Activity::Effect { .. } | Activity::Call { .. } => None,
        })
    }

    /// All deadlines that are set, by instance.
    pub fn deadlines(&self) -> impl Iterator<Item = (InstanceId, &Deadline)> {
        self.instances
            .iter()
            .flat_map(|(id, instance)| instance.deadlines.values().map(|deadline| (*id, &**deadline)))
    }

    /// Everything that is to be woken: instance or errand, name and revision of the deadline or timer, and when.
    pub fn timers(&self) -> impl Iterator<Item = (InstanceId, (&Arc<str>, u32), Timestamp)> {
        let errands = self.errands.iter().flat_map(|(id, errand)| {
            errand.timers.values().map(|timer| (*id, (&timer.name, timer.revision), timer.at))
        });
        let instances = self.instances.iter().flat_map(|(id, instance)| {
            let deadlines = instance.deadlines.values().filter_map(|deadline| {
                let at = deadline.run.as_ref()?.fires_at;
                Some((*id, (&deadline.name, deadline.revision), at))
            });
            let timers = instance.timers.values().map(|timer| (*id, (&timer.name, timer.revision), timer.at));
            deadlines.chain(timers)
        });
        instances.chain(errands)
    }

    /// The instances directly inside a scope, in the order of entry.
    pub fn children(&self, scope: InstanceId) -> impl Iterator<Item = InstanceId> {
        // Children are entered after their scope, so the search begins behind it.
        self.instances
            .range(scope..)
            .filter(move |(_, instance)| instance.parent == Some(scope))
            .map(|(id, _)| *id)
    }

    /// Whether anything is active inside a scope.
    pub fn is_empty_scope(&self, scope: InstanceId) -> bool {
        self.children(scope).next().is_none()
    }

    /// An instance and all inside it, children before parents.
    pub fn tree(&self, top: InstanceId) -> Vec<InstanceId> {
        let mut found = vec![top];
        let mut next = 0;
        while let Some(id) = found.get(next).copied() {
            found.extend(self.children(id));
            next += 1;
        }
        found.reverse();
        found
    }
}
