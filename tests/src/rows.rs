//! What the derived tables have to hold, worked out in two ways: from the changes turn by turn, as a store does it, and
//! from the case as it stands, looking at nothing but its state. A difference is a change that was forgotten.

use std::collections::BTreeMap;
use std::sync::Arc;

use fachwerk_core::{
    case::{Activity, Case, Status, Work},
    event::{Direction, Event, Trigger},
    projection::{
        CaseRow, Change, DeadlineRow, IncidentRow, Listing, OutboxRow, PostRow, Subject, SubscriptionRow,
        TaskRow, TimerRow,
    },
    turn::Turn,
    words::{InstanceId, Timestamp},
};

/// The rows of one case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rows {
    pub case: Option<CaseRow>,
    pub tasks: BTreeMap<InstanceId, TaskRow>,
    pub deadlines: BTreeMap<(InstanceId, Arc<str>), DeadlineRow>,
    pub timers: BTreeMap<(InstanceId, Arc<str>), TimerRow>,
    pub outbox: BTreeMap<(InstanceId, u32), OutboxRow>,
    pub incidents: BTreeMap<u32, IncidentRow>,
    pub post: BTreeMap<u32, PostRow>,
    pub subscriptions: BTreeMap<(InstanceId, Arc<str>), SubscriptionRow>,
}

impl Rows {
    /// Takes the changes of the next turn.
    pub fn take(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Case(row) => self.case = Some(*row),
                Change::Task(row) => drop(self.tasks.insert(row.instance, *row)),
                Change::TaskGone(_, instance) => drop(self.tasks.remove(&instance)),
                Change::Deadline(row) => drop(self.deadlines.insert((row.instance, row.name.clone()), *row)),
                Change::DeadlineGone(_, instance, name) => drop(self.deadlines.remove(&(instance, name))),
                Change::Timer(row) => drop(self.timers.insert((row.instance, row.name.clone()), row)),
                Change::TimerGone(_, instance, name) => drop(self.timers.remove(&(instance, name))),
                Change::Outbox(row) => drop(self.outbox.insert((row.instance, row.round), *row)),
                Change::OutboxGone(_, instance) => self.outbox.retain(|(of, _), _| *of != instance),
                Change::Delivered(_, number) => drop(self.outbox.remove(&(InstanceId::SENDER, number))),
                Change::Subscription(row) => {
                    drop(self.subscriptions.insert((row.instance, row.name.clone()), *row));
                }
                Change::SubscriptionGone(_, instance, name) => {
                    drop(self.subscriptions.remove(&(instance, name)));
                }
                Change::Incident(row) => drop(self.incidents.insert(row.number, *row)),
                Change::IncidentGone(_, number) => drop(self.incidents.remove(&number)),
                Change::Post(row) => drop(self.post.insert(row.document, *row)),
                Change::PostGone(_, document) => drop(self.post.remove(&document)),
                // They are no rows of the case.
                Change::Count(..) | Change::CountKept(..) => {}
            }
        }
    }

    /// What a case as it stands asks for. The journal says what an effect was asked, because the state does not.
    pub fn of(case: &Case, turns: &[Turn], listing: Listing) -> Rows {
        let mut rows = Rows { case: Some(case_row(case, listing)), ..Rows::default() };
        for (id, instance) in &case.instances {
            if let (Activity::Task(task), Some(step)) = (&instance.activity, &instance.step) {
                let row = TaskRow {
                    case: case.id,
                    instance: *id,
                    step: Some(step.clone()),
                    title: task.title.clone(),
                    role: task.role.clone(),
                    assignee: task.assignee.clone(),
                    excluded: task.excluded.clone(),
                    due: task.due,
                    opened_at: instance.since,
                    process: case.process.clone(),
                };
                rows.tasks.insert(*id, row);
            }
            // Who is stuck is not tried again until somebody says so.
            if let (Activity::Effect { round }, None) = (&instance.activity, instance.incident) {
                rows.outbox.insert((*id, *round), outbox_row(case, turns, *id, *round));
            }
            for timer in instance.timers.values() {
                let (name, revision, at) = (timer.name.clone(), timer.revision, timer.at);
                let row = TimerRow { case: case.id, instance: *id, name: name.clone(), revision, at };
                rows.timers.insert((*id, name), row);
            }
            for wait in instance.waits.iter() {
                let subject = match (&wait.trigger, &wait.key) {
                    (Trigger::Message(name), Some(_)) => Subject::Message(name.clone()),
                    (Trigger::Signal(name), _) => Subject::Signal(name.clone()),
                    _ => continue,
                };
                let since = since(turns, *id, &wait.name);
                let (key, name) = (wait.key.clone().unwrap_or_default(), wait.name.clone());
                let row =
                    SubscriptionRow { case: case.id, instance: *id, name: name.clone(), subject, key, since };
                rows.subscriptions.insert((*id, name), row);
            }
            for (name, deadline) in &instance.deadlines {
                let key = (*id, name.clone());
                let row = DeadlineRow {
                    case: case.id,
                    instance: *id,
                    name: name.clone(),
                    title: deadline.title.clone(),
                    step: instance.step.clone(),
                    end: deadline.run.as_ref().map(|run| run.end),
                    grace_until: deadline.run.as_ref().and_then(|run| run.grace_until),
                    warn_on: deadline.run.as_ref().map_or_else(Vec::new, |run| run.warn_on.clone()),
                    suspended: deadline.suspended.is_some(),
                    revision: deadline.revision,
                };
                rows.deadlines.insert(key.clone(), row);
                if let Some(run) = &deadline.run {
                    let (name, revision, at) = (name.clone(), deadline.revision, run.fires_at);
                    let row = TimerRow { case: case.id, instance: *id, name, revision, at };
                    rows.timers.insert(key, row);
                }
            }
        }
        rows.errands(case, turns);
        rows.outbox.extend(under_way(case, turns));
        for (number, incident) in &case.incidents {
            let (since, trouble, process) = (incident.since, incident.trouble.clone(), case.process.clone());
            rows.incidents
                .insert(*number, IncidentRow { case: case.id, number: *number, since, trouble, process });
        }
        for (number, document) in &case.documents {
            if document.content.direction == Direction::Outgoing && document.dispatch.is_none() {
                let row = PostRow {
                    case: case.id,
                    document: *number,
                    title: document.content.title.clone(),
                    addressee: document.content.addressee.clone(),
                    since: document.on,
                };
                rows.post.insert(*number, row);
            }
        }
        rows
    }

    /// What goes on beside the steps.
    fn errands(&mut self, case: &Case, turns: &[Turn]) {
        for (id, errand) in &case.errands {
            for timer in errand.timers.values() {
                let (name, revision, at) = (timer.name.clone(), timer.revision, timer.at);
                let row = TimerRow { case: case.id, instance: *id, name: name.clone(), revision, at };
                self.timers.insert((*id, name), row);
            }
            match &errand.work {
                // Whoever is to be reminded on a day is not before.
                Work::Asked { task, .. } if errand.timers.is_empty() => {
                    let row = TaskRow {
                        case: case.id,
                        instance: *id,
                        step: None,
                        title: task.title.clone(),
                        role: task.role.clone(),
                        assignee: task.assignee.clone(),
                        excluded: task.excluded.clone(),
                        due: task.due,
                        opened_at: errand.since,
                        process: case.process.clone(),
                    };
                    self.tasks.insert(*id, row);
                }
                Work::Letter { round, incident: None, .. } => {
                    self.outbox.insert((*id, *round), outbox_row(case, turns, *id, *round));
                }
                Work::Asked { .. } | Work::Letter { .. } => {}
            }
        }
    }
}

fn case_row(case: &Case, listing: Listing) -> CaseRow {
    let (outcome, ended_at) = match &case.status {
        Status::Open => (None, None),
        Status::Ended { outcome, at } => (outcome.clone(), Some(*at)),
    };
    CaseRow {
        case: case.id,
        process: case.process.clone(),
        release: case.release.clone(),
        version: case.version,
        number: case.number.clone(),
        subject: listing.subject,
        open: ended_at.is_none(),
        outcome,
        received_on: case.received_on,
        started_at: case.started_at,
        changed_at: case.now,
        ended_at,
        keeping: case.keeping.clone(),
        columns: listing.columns,
        priority: listing.priority.filter(|_| case.is_open()),
    }
}

fn outbox_row(case: &Case, turns: &[Turn], instance: InstanceId, round: u32) -> OutboxRow {
    let asked = turns.iter().flat_map(|turn| turn.events.iter().map(move |event| (turn, event)));
    let mut asked = asked.filter_map(|(turn, event)| match event {
        Event::EffectRequested { instance: of, round: at, connector, request }
            if *of == instance && *at == round =>
        {
            let (connector, request) = (connector.clone(), request.clone());
            Some(OutboxRow { case: case.id, instance, round, connector, request, at: turn.now })
        }
        _ => None,
    });
    asked.next_back().expect("an instance that waits for an effect has asked for it")
}

/// When an instance began to wait for what it waits for now.
fn since(turns: &[Turn], instance: InstanceId, name: &str) -> Timestamp {
    let mut since = Timestamp::UNIX_EPOCH;
    let mut waited = false;
    for turn in turns {
        for event in &turn.events {
            if let Event::WaitOpened { instance: of, waits } = event
                && *of == instance
            {
                let waits = waits.iter().any(|wait| *wait.name == *name);
                if waits && !waited {
                    since = turn.now;
                }
                waited = waits;
            }
        }
    }
    since
}

/// What the case has sent and what has not arrived yet.
fn under_way(case: &Case, turns: &[Turn]) -> BTreeMap<(InstanceId, u32), OutboxRow> {
    let mut rows = BTreeMap::new();
    for turn in turns {
        for event in &turn.events {
            match event {
                Event::Sent { number, parcel } => {
                    let row = OutboxRow {
                        case: case.id,
                        instance: InstanceId::SENDER,
                        round: *number,
                        connector: "cases".into(),
                        request: serde_json::to_value(parcel).expect("JSON"),
                        at: turn.now,
                    };
                    rows.insert((InstanceId::SENDER, *number), row);
                }
                Event::Delivered { number } => drop(rows.remove(&(InstanceId::SENDER, *number))),
                _ => {}
            }
        }
    }
    rows
}
