//! Tables derived from turns: what lists show, and what timers and connectors still have to do.
//!
//! [`changes`] compares a case before and after a turn; persistent maps make that cost what the turn touched. The same
//! function, from the first turn on, rebuilds everything.

mod errand;

use std::{collections::BTreeSet, sync::Arc};

use imbl::ordmap::DiffItem;
use serde::{Deserialize, Serialize};

use crate::{
    case::{Activity, Case, Errand, Instance, Status},
    effect::{Effect, effect},
    event::{Event, Trigger, Trouble},
    keeping::Keeping,
    priority::Priority,
    statistics::{Counted, Counts},
    turn::Turn,
    words::{
        CaseId, Date, InstanceId, Object, PersonId, ProcessId, ReleaseId, RoleId, StepPath, Text, Timestamp,
        Value,
    },
};

/// One change of a derived table. The tenant is that of the turn.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A case began or changed.
    Case(Box<CaseRow>),
    /// A task is open.
    Task(Box<TaskRow>),
    /// A task is no longer open.
    TaskGone(CaseId, InstanceId),
    /// A deadline is set.
    Deadline(Box<DeadlineRow>),
    /// A deadline is no longer set.
    DeadlineGone(CaseId, InstanceId, Arc<str>),
    /// A timer is set; it replaces one of the same deadline.
    Timer(TimerRow),
    /// A timer is no longer needed.
    TimerGone(CaseId, InstanceId, Arc<str>),
    /// An effect waits to be done.
    Outbox(Box<OutboxRow>),
    /// An effect is no longer needed, in whichever round.
    OutboxGone(CaseId, InstanceId),
    /// What a case sent to others has arrived.
    Delivered(CaseId, u32),
    /// A case waits for something that does not come to it by its id: a message by key, or a signal.
    Subscription(Box<SubscriptionRow>),
    /// It does not wait for it any more.
    SubscriptionGone(CaseId, InstanceId, Arc<str>),
    /// Something is stuck.
    Incident(Box<IncidentRow>),
    /// It is over.
    IncidentGone(CaseId, u32),
    /// A document waits to leave the house (Postausgang).
    Post(Box<PostRow>),
    /// It has left, or needs not.
    PostGone(CaseId, u32),
    /// So many more, or fewer, of what is counted.
    Count(Counted, i64),
    /// So many of what is counted belong to a case that is erased now: they stay, and nobody can prove them any more.
    CountKept(Counted, i64),
}

/// A case in lists. Key: case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseRow {
    /// The case.
    pub case: CaseId,
    /// What it is a case of.
    pub process: ProcessId,
    /// Its release.
    pub release: ReleaseId,
    /// How many turns it has lived through.
    pub version: u64,
    /// The file number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Arc<str>>,
    /// What names it beside its number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Arc<str>>,
    /// Whether it goes on.
    pub open: bool,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Arc<str>>,
    /// The true day of receipt.
    pub received_on: Date,
    /// When it began.
    pub started_at: Timestamp,
    /// When something happened last.
    pub changed_at: Timestamp,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// What is recorded about its keeping.
    #[serde(default, skip_serializing_if = "Keeping::is_empty")]
    pub keeping: Keeping,
    /// The fields marked `x-list`, for filters and columns.
    pub columns: Object,
    /// Where it stands among others, as long as it goes on; none when its process says nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
}

/// An open task in the inbox. Key: case, instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    /// The case.
    pub case: CaseId,
    /// The instance.
    pub instance: InstanceId,
    /// The step; none for an errand beside the steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<StepPath>,
    /// What is to be done.
    pub title: Text,
    /// Who may do it.
    pub role: RoleId,
    /// Whose it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// Who may not do it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub excluded: BTreeSet<PersonId>,
    /// Internal due day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// Since when it is open.
    pub opened_at: Timestamp,
    /// What it is a task of.
    pub process: ProcessId,
}

/// A deadline that is set. Key: case, instance, name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadlineRow {
    /// The case.
    pub case: CaseId,
    /// The instance.
    pub instance: InstanceId,
    /// Its name there.
    pub name: Arc<str>,
    /// What people read.
    pub title: Text,
    /// The step; none for the case as a whole.
    pub step: Option<StepPath>,
    /// Its last day; none as long as it does not run.
    pub end: Option<Date>,
    /// The last day of its grace; none: it has none, or does not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace_until: Option<Date>,
    /// The days from which on people are warned, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warn_on: Vec<Date>,
    /// Whether it is suspended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
    /// Its revision.
    pub revision: u32,
}

/// A case to be woken. Key: case, instance, name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimerRow {
    /// The case.
    pub case: CaseId,
    /// The instance.
    pub instance: InstanceId,
    /// The deadline.
    pub name: Arc<str>,
    /// Its revision.
    pub revision: u32,
    /// When.
    pub at: Timestamp,
}

/// An effect to be done. Key: case, instance, round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The case.
    pub case: CaseId,
    /// The instance.
    pub instance: InstanceId,
    /// The round.
    pub round: u32,
    /// Which connector.
    pub connector: Arc<str>,
    /// What it gets.
    pub request: Value,
    /// Since when.
    pub at: Timestamp,
}

/// What a case waits for from other cases. Key: case, instance, name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionRow {
    /// The case.
    pub case: CaseId,
    /// The instance.
    pub instance: InstanceId,
    /// The name of the trigger there.
    pub name: Arc<str>,
    /// The message or signal.
    pub subject: Subject,
    /// The key of the message; empty for a signal.
    pub key: Arc<str>,
    /// Since when.
    pub since: Timestamp,
}

/// What goes from case to case by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Taken by one that waits for it; kept until then.
    Message(Arc<str>),
    /// Taken by all that wait for it; not kept.
    Signal(Arc<str>),
}

impl Subject {
    /// The name, whatever it is.
    pub fn name(&self) -> &str {
        match self {
            Subject::Message(name) | Subject::Signal(name) => name,
        }
    }
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Subject::Message(name) => write!(f, "message:{name}"),
            Subject::Signal(name) => write!(f, "signal:{name}"),
        }
    }
}

impl std::str::FromStr for Subject {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("message", name)) => Ok(Subject::Message(name.into())),
            Some(("signal", name)) => Ok(Subject::Signal(name.into())),
            _ => Err(format!("{text:?} is neither a message nor a signal")),
        }
    }
}

/// Something that is stuck. Key: case, number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IncidentRow {
    /// The case.
    pub case: CaseId,
    /// Its number there.
    pub number: u32,
    /// Since when.
    pub since: Timestamp,
    /// What, where and why.
    pub trouble: Trouble,
    /// What it is a case of.
    pub process: ProcessId,
}

/// A document that waits to leave the house. Key: case, document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PostRow {
    /// The case.
    pub case: CaseId,
    /// The document.
    pub document: u32,
    /// What people read.
    pub title: Arc<str>,
    /// Who it goes to.
    pub addressee: Option<Arc<str>>,
    /// Since when it waits.
    pub since: Date,
}

/// What lists show of a case by the words of its release; see `Release::listing`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listing {
    /// What names the case beside its number.
    pub subject: Option<Arc<str>>,
    /// The fields marked `x-list`.
    pub columns: Object,
    /// Where it stands among others.
    pub priority: Option<Priority>,
}

/// The changes of all derived tables that a turn makes. `listing` is that of the case after the turn.
pub fn changes(before: &Case, after: &Case, turn: &Turn, listing: Listing) -> Vec<Change> {
    let mut found = vec![Change::Case(Box::new(case_row(after, listing)))];
    let mut counts = Counts::default();
    counts.case(before, -1);
    counts.case(after, 1);
    for item in before.instances.diff(&after.instances) {
        let (id, old, new) = match item {
            DiffItem::Add(id, new) => (*id, None, Some(&**new)),
            DiffItem::Update { old: (id, old), new: (_, new) } => (*id, Some(&**old), Some(&**new)),
            DiffItem::Remove(id, old) => (*id, Some(&**old), None),
        };
        instance_changes(after, id, old, new, &mut found);
        counts.instance(&after.process, old, -1);
        counts.instance(&after.process, new, 1);
    }
    for item in before.errands.diff(&after.errands) {
        let (id, old, new) = match item {
            DiffItem::Add(id, new) => (*id, None, Some(&**new)),
            DiffItem::Update { old: (id, old), new: (_, new) } => (*id, Some(&**old), Some(&**new)),
            DiffItem::Remove(id, old) => (*id, Some(&**old), None),
        };
        errand::errand_changes(after, id, old, new, &mut found);
        counts.errand(&after.process, old, -1);
        counts.errand(&after.process, new, 1);
    }
    for item in before.incidents.diff(&after.incidents) {
        match item {
            DiffItem::Remove(number, _) => found.push(Change::IncidentGone(after.id, *number)),
            DiffItem::Add(number, incident) | DiffItem::Update { new: (number, incident), .. } => {
                found.push(Change::Incident(Box::new(IncidentRow {
                    case: after.id,
                    number: *number,
                    since: incident.since,
                    trouble: incident.trouble.clone(),
                    process: after.process.clone(),
                })));
            }
        }
    }
    for item in before.documents.diff(&after.documents) {
        if let DiffItem::Add(number, document) | DiffItem::Update { new: (number, document), .. } = item {
            found.push(if document.waits_to_leave() {
                Change::Post(Box::new(PostRow {
                    case: after.id,
                    document: *number,
                    title: document.content.title.clone(),
                    addressee: document.content.addressee.clone(),
                    since: document.on,
                }))
            } else {
                Change::PostGone(after.id, *number)
            });
        }
    }
    found.extend(turn.events.iter().filter_map(|event| match event {
        Event::Delivered { number } => Some(Change::Delivered(after.id, *number)),
        _ => None,
    }));
    found.extend(turn.events.iter().filter_map(effect).filter_map(|effect| effect_row(after, effect)));
    let counts = counts.0.into_iter().filter(|(_, by)| *by != 0);
    found.extend(counts.map(|(counted, by)| Change::Count(counted, by)));
    if turn.erases() {
        found.extend(Counts::of(after).0.into_iter().map(|(counted, by)| match counted.is_past() {
            true => Change::CountKept(counted, by),
            false => Change::Count(counted, -by),
        }));
    }
    found
}

fn case_row(case: &Case, listing: Listing) -> CaseRow {
    let Listing { subject, columns, priority } = listing;
    let (open, outcome, ended_at) = match &case.status {
        Status::Open => (true, None, None),
        Status::Ended { outcome, at } => (false, outcome.clone(), Some(*at)),
    };
    CaseRow {
        case: case.id,
        process: case.process.clone(),
        release: case.release.clone(),
        version: case.version,
        number: case.number.clone(),
        subject,
        open,
        outcome,
        received_on: case.received_on,
        started_at: case.started_at,
        changed_at: case.now,
        ended_at,
        keeping: case.keeping.clone(),
        columns,
        priority: priority.filter(|_| open),
    }
}

fn instance_changes(
    case: &Case,
    id: InstanceId,
    old: Option<&Instance>,
    new: Option<&Instance>,
    found: &mut Vec<Change>,
) {
    let is_task =
        |instance: Option<&Instance>| matches!(instance.map(|it| &it.activity), Some(Activity::Task(_)));
    let in_effect = |instance: Option<&Instance>| instance.and_then(round_to_be_done);
    match new.and_then(|new| task_row(case, id, new)) {
        Some(row) => found.push(Change::Task(Box::new(row))),
        None if is_task(old) => found.push(Change::TaskGone(case.id, id)),
        None => {}
    }
    if in_effect(old).is_some() && in_effect(old) != in_effect(new) {
        found.push(Change::OutboxGone(case.id, id));
    }
    for (name, gone) in old.iter().flat_map(|old| &old.deadlines) {
        let still = new.and_then(|new| new.deadlines.get(name));
        if still.is_none() {
            found.push(Change::DeadlineGone(case.id, id, name.clone()));
        }
        // One that does not run for the time being is still there, but nothing is to be woken.
        if gone.run.is_some() && still.is_none_or(|still| still.run.is_none()) {
            found.push(Change::TimerGone(case.id, id, name.clone()));
        }
    }
    let subscriptions = |instance: Option<&Instance>| instance.map(subscriptions).unwrap_or_default();
    let (before, now) = (subscriptions(old), subscriptions(new));
    for (name, ..) in before.iter().filter(|known| !now.contains(known)) {
        found.push(Change::SubscriptionGone(case.id, id, name.clone()));
    }
    for (name, subject, key) in now.into_iter().filter(|wait| !before.contains(wait)) {
        let (case, since) = (case.id, case.now);
        found.push(Change::Subscription(Box::new(SubscriptionRow {
            case,
            instance: id,
            name,
            subject,
            key,
            since,
        })));
    }
    for name in old.iter().flat_map(|old| old.timers.keys()) {
        if !new.is_some_and(|new| new.timers.contains_key(name)) {
            found.push(Change::TimerGone(case.id, id, name.clone()));
        }
    }
    for (name, deadline) in new.iter().flat_map(|new| &new.deadlines) {
        let known = old.and_then(|old| old.deadlines.get(name));
        if known.is_none_or(|known| !Arc::ptr_eq(known, deadline)) {
            found.push(Change::Deadline(Box::new(DeadlineRow {
                case: case.id,
                instance: id,
                name: name.clone(),
                title: deadline.title.clone(),
                step: new.and_then(|new| new.step.clone()),
                end: deadline.run.as_ref().map(|run| run.end),
                grace_until: deadline.run.as_ref().and_then(|run| run.grace_until),
                warn_on: deadline.run.as_ref().map(|run| run.warn_on.clone()).unwrap_or_default(),
                suspended: deadline.suspended.is_some(),
                revision: deadline.revision,
            })));
        }
    }
}

/// What an instance waits for from other cases: the name of the trigger, what, and by which key.
fn subscriptions(instance: &Instance) -> Vec<(Arc<str>, Subject, Arc<str>)> {
    let waits = instance.waits.iter().filter_map(|wait| match (&wait.trigger, &wait.key) {
        (Trigger::Message(name), Some(key)) => {
            Some((wait.name.clone(), Subject::Message(name.clone()), key.clone()))
        }
        (Trigger::Signal(name), _) => Some((wait.name.clone(), Subject::Signal(name.clone()), "".into())),
        _ => None,
    });
    waits.collect()
}

fn task_row(case: &Case, id: InstanceId, instance: &Instance) -> Option<TaskRow> {
    let Activity::Task(task) = &instance.activity else { return None };
    Some(TaskRow {
        case: case.id,
        instance: id,
        step: Some(instance.step.clone()?),
        title: task.title.clone(),
        role: task.role.clone(),
        assignee: task.assignee.clone(),
        excluded: task.excluded.clone(),
        due: task.due,
        opened_at: instance.since,
        process: case.process.clone(),
    })
}

/// The round of an effect that waits to be done. A failed one is not done again until somebody retries the incident:
/// that begins the next round, and a late success of this one would never reach the case.
fn round_to_be_done(instance: &Instance) -> Option<u32> {
    match (&instance.activity, instance.incident) {
        (Activity::Effect { round }, None) => Some(*round),
        _ => None,
    }
}

/// An effect whose instance has already ended within the same turn is not needed any more.
fn effect_row(case: &Case, effect: Effect) -> Option<Change> {
    match effect {
        Effect::Call { instance, round, connector, request } => {
            let of_errand = case.errand(instance).and_then(Errand::round_to_be_done);
            let waits = of_errand.or_else(|| case.instance(instance).and_then(round_to_be_done));
            (waits == Some(round)).then(|| {
                Change::Outbox(Box::new(OutboxRow {
                    case: case.id,
                    instance,
                    round,
                    connector,
                    request,
                    at: case.now,
                }))
            })
        }
        Effect::Deliver { number, parcel } => Some(Change::Outbox(Box::new(OutboxRow {
            case: case.id,
            instance: InstanceId::SENDER,
            round: number,
            connector: "cases".into(),
            request: serde_json::to_value(parcel).unwrap_or_default(),
            at: case.now,
        }))),
        Effect::Wake { instance, name, revision, at } => {
            let deadlines = case.instance(instance).map(|it| &it.deadlines);
            let deadline = deadlines.and_then(|of| of.get(&name)).map(|deadline| deadline.revision);
            let set = deadline.or_else(|| case.timer(instance, &name).map(|timer| timer.revision));
            (set == Some(revision))
                .then(|| Change::Timer(TimerRow { case: case.id, instance, name, revision, at }))
        }
    }
}
