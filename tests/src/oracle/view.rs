//! What is visible of a case, once as the engine has it and once as the oracle has it, in the same words.

use std::collections::BTreeSet;

use fachwerk_core::{
    act::Act,
    case::{self, Activity, Case, Instance, Status},
    definition::Release,
    event::{Direction, Parcel},
    words::Value,
};

use super::{
    Oracle,
    beside::{Errand, asked, letter},
    between::parcel,
    letter::Asked,
    state::Node,
};

/// A case, line by line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    pub status: String,
    /// What is active, in the order of entry: where, what it does, what it waits for, when that is over.
    pub active: Vec<String>,
    pub incidents: Vec<String>,
    pub results: Vec<String>,
    pub file: String,
    /// Who takes part, and the acts, as rules see them.
    pub acts: Vec<String>,
    /// What goes on beside the steps.
    pub beside: Vec<String>,
    /// What the last turn has sent to others.
    pub sent: Vec<String>,
}

/// The first lines that differ.
pub fn difference(engine: &View, oracle: &View) -> Option<String> {
    let parts = [
        ("status", vec![engine.status.clone()], vec![oracle.status.clone()]),
        ("active", engine.active.clone(), oracle.active.clone()),
        ("incidents", engine.incidents.clone(), oracle.incidents.clone()),
        ("results", engine.results.clone(), oracle.results.clone()),
        ("acts", engine.acts.clone(), oracle.acts.clone()),
        ("beside", engine.beside.clone(), oracle.beside.clone()),
        ("sent", engine.sent.clone(), oracle.sent.clone()),
        ("file", vec![engine.file.clone()], vec![oracle.file.clone()]),
    ];
    let differs = parts.into_iter().filter(|(_, engine, oracle)| engine != oracle);
    let told: Vec<String> = differs
        .map(|(what, engine, oracle)| {
            let only = |one: &[String], other: &[String]| {
                let lines =
                    one.iter().filter(|line| !other.contains(line)).map(|line| format!("\n    {line}"));
                let lines: String = lines.collect();
                if lines.is_empty() { "\n    (another order or number)".to_owned() } else { lines }
            };
            format!(
                "{what}\n  engine only:{}\n  oracle only:{}",
                only(&engine, &oracle),
                only(&oracle, &engine)
            )
        })
        .collect();
    (!told.is_empty()).then(|| told.join("\n"))
}

impl View {
    /// As the engine has it, with what its last turn has sent.
    pub fn of(case: &Case, release: &Release, sent: &[Parcel]) -> View {
        let mut active: Vec<String> = case.instances.values().map(|it| line_of(case, it)).collect();
        active.sort();
        let incidents = case.incidents.values().map(|it| {
            let step = it.instance.and_then(|id| case.instance(id)?.step.clone());
            incident(&it.trouble.code, step.map(|step| step.to_string()), it.trouble.wakes.as_deref())
        });
        let outcome = match &case.status {
            Status::Open => None,
            Status::Ended { outcome, .. } => Some(outcome.as_ref().map(ToString::to_string)),
        };
        let related: Vec<_> =
            case.relations.iter().map(|it| (it.how, it.by.to_string(), it.reason.to_string())).collect();
        let letters = case.documents.values().map(|it| {
            let outgoing = it.content.direction == Direction::Outgoing;
            let dispatch = it.dispatch.as_ref();
            (outgoing, dispatch.and_then(|it| it.notified_on), dispatch.is_some_and(|it| it.not_arrived))
        });
        let drafts = case.acts.values().filter_map(|act| case.draft_of(act));
        let drafts: Vec<String> = drafts.map(|draft| Asked::of(&draft.asked).line()).collect();
        let mailbox: Vec<_> = case.mailbox.values().map(|it| (&*it.name, it.key.as_deref())).collect();
        View {
            status: format!("{outcome:?}, number {:?}, sent {}", case.number.as_deref(), case.sent),
            active,
            incidents: incidents.collect(),
            results: results(case.results.iter().map(|(key, value)| (&**key, &**value))),
            file: format!(
                "data {:?}, {} notes, letters {:?}, kept {mailbox:?}",
                results(
                    case.data.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
                ),
                case.notes.len(),
                letters.collect::<Vec<_>>()
            ),
            acts: vec![
                sorted(&parties_of(case, release)).to_string(),
                sorted(&acts_of(case, release)).to_string(),
                format!("{related:?}, merging {}", case.merging.is_some()),
                format!("{drafts:?}"),
            ],
            beside: case.errands.values().map(|errand| errand_line(errand)).collect(),
            sent: sent.iter().map(parcel).collect(),
        }
    }
}

fn parties_of(case: &Case, release: &Release) -> Value {
    let seen = Case::parties_seen(release).map(|name| (name.clone(), case.parties_of(release, &name)));
    Value::Object(seen.collect())
}

fn acts_of(case: &Case, release: &Release) -> Value {
    let of = |act: &Act| Act::SEEN.iter().map(|name| ((*name).to_owned(), case.of_act(act, name))).collect();
    let seen = Case::acts_seen(release).map(|name| {
        let value = match &*name {
            "all" => case.acts_now().map(|act| Value::Object(of(act))).collect(),
            kind => case.latest_act(release, kind).map_or(Value::Null, |act| Value::Object(of(act))),
        };
        (name, value)
    });
    Value::Object(seen.collect())
}

fn errand_line(errand: &case::Errand) -> String {
    match &errand.work {
        case::Work::Asked { kind, text, task } => {
            let assignee = task.assignee.as_ref().map(|person| person.as_str());
            let back = errand.timers.values().next().map(|timer| timer.at);
            asked(*kind, text, (task.role.as_str(), task.due, assignee), back)
        }
        case::Work::Letter { title, round, incident, .. } => letter(title, *round, incident.is_some()),
    }
}

fn incident(code: &str, step: Option<String>, wakes: Option<&str>) -> String {
    format!("{code} at {:?} for {wakes:?}", step.unwrap_or_default())
}

fn results<'a>(all: impl Iterator<Item = (&'a str, &'a Value)>) -> Vec<String> {
    let lines: BTreeSet<String> = all.map(|(key, value)| format!("{key}: {}", sorted(value))).collect();
    lines.into_iter().collect()
}

/// Neither the order of fields nor the words of an error are the oracle's concern.
pub fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let error = fields.contains_key("code") && fields.contains_key("step");
            let fields = fields.iter().filter(|(name, _)| !(error && *name == "message"));
            let sorted: std::collections::BTreeMap<&String, Value> =
                fields.map(|(name, value)| (name, sorted(value))).collect();
            sorted.into_iter().map(|(name, value)| (name.clone(), value)).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

/// What is seen of something active.
struct Seen<'a> {
    step: String,
    scope: String,
    does: String,
    waits: Vec<&'a str>,
    clocks: BTreeSet<String>,
    branches: Option<(u32, u32, bool, usize)>,
    repeated: u32,
    lock: Option<bool>,
    label: Option<&'a str>,
}

impl Seen<'_> {
    fn line(self) -> String {
        let Seen { step, scope, does, waits, clocks, branches, repeated, lock, label } = self;
        format!(
            "{step:?} in {scope:?}: {does}; waits {waits:?} {clocks:?}; {branches:?} {repeated} {lock:?} {label:?}"
        )
    }
}

fn line_of(case: &Case, it: &Instance) -> String {
    let name = |it: &Instance| it.step.as_ref().map(ToString::to_string).unwrap_or_default();
    let deadlines = it.deadlines.values().map(|deadline| {
        let at = deadline.run.as_ref().map(|run| run.fires_at);
        let since = deadline.suspended.as_ref().map(|suspended| suspended.since);
        let changed = (since, deadline.stopped_until, deadline.extended);
        format!("{} {changed:?}", clock(&deadline.name, deadline.revision, at))
    });
    let timers = it.timers.values().map(|timer| clock(&timer.name, timer.revision, Some(timer.at)));
    let does = match &it.activity {
        Activity::Entered => String::new(),
        Activity::Effect { round } => format!("effect {round}"),
        Activity::Call { .. } => "call".to_owned(),
        Activity::Task(task) => {
            let excluded: Vec<&str> = task.excluded.iter().map(|person| person.as_str()).collect();
            let assignee = task.assignee.as_ref().map(|person| person.as_str());
            let proposal = results(task.proposal.iter().map(|(name, value)| (name.as_str(), value)));
            format!("task of {} {:?} {excluded:?} {assignee:?} {proposal:?}", task.role, task.due)
        }
    };
    let branches = it.branches.as_ref().map(|it| (it.needed, it.ended, it.joined, it.begun as usize));
    Seen {
        step: name(it),
        scope: it.parent.and_then(|id| case.instance(id)).map(name).unwrap_or_default(),
        does,
        waits: it.waits.iter().map(|wait| &*wait.name).collect(),
        clocks: deadlines.chain(timers).collect(),
        branches,
        repeated: it.repeated.unwrap_or(1),
        lock: it.lock.as_ref().map(|lock| lock.taken),
        label: it.label.as_deref(),
    }
    .line()
}

fn clock(name: &str, revision: u32, at: Option<fachwerk_core::words::Timestamp>) -> String {
    format!("{name} {revision} {at:?}")
}

impl Oracle {
    /// As the oracle has it.
    pub fn view(&self) -> View {
        let state = &self.state;
        let mut active: Vec<String> = state.nodes.values().map(|node| self.line_of(node)).collect();
        active.sort();
        let incidents = state.incidents.iter().map(|it| {
            let step = it.node.and_then(|id| state.nodes.get(&id)).map(|node| node.path.to_string());
            incident(&it.code, step, it.wakes.as_deref())
        });
        let letters = state.documents.iter().map(|it| (it.outgoing, it.notified_on, it.not_arrived));
        let letters: Vec<_> = letters.collect();
        let drafts = state.acts.iter().filter_map(|act| self.draft(act));
        let drafts: Vec<String> = drafts.map(|draft| draft.asked.line()).collect();
        let mailbox: Vec<_> = state.mailbox.iter().map(|it| (it.name.as_str(), it.key.as_deref())).collect();
        View {
            status: format!("{:?}, number {:?}, sent {}", state.ended, state.number.as_deref(), state.sent),
            active,
            incidents: incidents.collect(),
            results: results(state.results.iter().map(|(key, value)| (key.as_str(), value))),
            file: format!(
                "data {:?}, {} notes, letters {letters:?}, kept {mailbox:?}",
                results(state.data.iter().map(|(name, value)| (name.as_str(), value))),
                state.notes
            ),
            acts: vec![
                sorted(&self.parties_seen()).to_string(),
                sorted(&self.acts_seen()).to_string(),
                format!("{:?}, merging {}", state.related, state.merging.is_some()),
                format!("{drafts:?}"),
            ],
            beside: state.errands.values().map(Errand::line).collect(),
            sent: state.sent_now.clone(),
        }
    }

    fn line_of(&self, node: &Node) -> String {
        let deadlines = node.deadlines.iter().map(|(name, it)| {
            let since = it.suspended.as_ref().map(|(since, _)| *since);
            let changed = (since, it.stopped_until, it.extended);
            format!("{} {changed:?}", clock(name, it.revision, it.fires_at()))
        });
        let timers = node.timers.iter().map(|(name, it)| clock(name, it.revision, Some(it.at)));
        let does = match &node.task {
            _ if node.asking => format!("effect {}", node.asked),
            None if node.calls => "call".to_owned(),
            None => String::new(),
            Some(task) => {
                let proposal = results(task.proposal.iter().map(|(name, value)| (name.as_str(), value)));
                let assignee = task.assignee.as_deref();
                let excluded: Vec<&String> = task.excluded.iter().collect();
                format!("task of {} {:?} {excluded:?} {assignee:?} {proposal:?}", task.role, task.due)
            }
        };
        let parent = node.parent.and_then(|id| self.state.nodes.get(&id));
        Seen {
            step: node.path.to_string(),
            scope: parent.map(|parent| parent.path.to_string()).unwrap_or_default(),
            does,
            waits: node.waits.iter().map(String::as_str).collect(),
            clocks: deadlines.chain(timers).collect(),
            branches: node.branches.as_ref().map(|it| (it.needed, it.ended, it.joined, it.begun)),
            repeated: node.repeated.unwrap_or(1),
            lock: node.lock.as_ref().map(|(_, taken)| *taken),
            label: node.label.as_deref(),
        }
        .line()
    }
}
