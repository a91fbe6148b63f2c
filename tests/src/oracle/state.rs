//! How a case stands, as the oracle keeps it.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::{
    event::{Caller, Relation},
    facts::start_of,
    words::{CaseId, Date, Extension, Period, Timestamp},
};
use fachwerk_deadlines::{Deadline as Run, Decided, Way};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{act::Act, beside::Errand, between::CALL_OFF, parties::Party};

/// A case.
#[derive(Clone, Default)]
pub struct State {
    pub begun: bool,
    /// How it ended, once it has.
    pub ended: Option<Option<String>>,
    /// What has passed while messages were waited for, each the last time.
    pub passed: Vec<Passed>,
    pub version: u64,
    pub now: Timestamp,
    pub started_at: Timestamp,
    pub received_on: Date,
    pub channel: String,
    pub number: Option<String>,
    pub data: Map<String, Value>,
    pub results: Map<String, Value>,
    /// The version in which something was written under a key last.
    pub written: BTreeMap<String, u64>,
    /// What is active; the case itself is 0.
    pub nodes: BTreeMap<usize, Node>,
    pub next: usize,
    /// What was entered and has not run yet; the last one runs next.
    pub agenda: Vec<usize>,
    /// How much has run in this turn.
    pub ran: usize,
    /// Who takes part, by number.
    pub parties: BTreeMap<u32, Party>,
    pub acts: Vec<Act>,
    /// What goes on beside the steps.
    pub errands: BTreeMap<usize, Errand>,
    /// Who did which task in which rounds.
    pub performers: Vec<(Path, String)>,
    /// Who changed what steps were about, and which.
    pub hands: Vec<(String, Vec<Path>)>,
    pub documents: Vec<Document>,
    pub notes: usize,
    pub incidents: Vec<Incident>,
    pub mailbox: Vec<Message>,
    pub messages: BTreeSet<Uuid>,
    pub counters: BTreeMap<String, u64>,
    /// How much was sent to other cases, and what in this turn.
    pub sent: usize,
    pub sent_now: Vec<String>,
    /// The case that called this one.
    pub caller: Option<Caller>,
    /// The version in which the application was changed last.
    pub data_changed: u64,
    /// The steps that the case has been at.
    pub been_at: BTreeSet<String>,
    /// Another case that this one is to be merged into.
    pub merging: Option<Merging>,
    /// What other cases have handed over to it: how they stand to it.
    pub taken_from: Vec<(Relation, CaseId)>,
    /// How it stands to other cases, who decided that, and why.
    pub related: Vec<(Relation, String, String)>,
    /// Numbers what can be undone.
    pub done: usize,
}

/// A merge that the other case has not answered yet, with the number of documents that were handed over.
#[derive(Clone)]
pub struct Merging {
    pub into: CaseId,
    pub by: String,
    pub reason: String,
    pub documents: usize,
    pub parties: u32,
}

/// A step as it is active: its address and rounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    pub step: String,
    pub rounds: Vec<u32>,
}

/// Something active.
#[derive(Clone, Default)]
pub struct Node {
    pub path: Path,
    pub parent: Option<usize>,
    /// Whether it is a round of its parent.
    pub is_round: bool,
    /// The step that led here.
    pub after: String,
    pub label: Option<String>,
    pub begun: bool,
    /// What it waits for, by name.
    pub waits: Vec<String>,
    pub deadlines: BTreeMap<String, Deadline>,
    pub timers: BTreeMap<String, Timer>,
    /// Conditions that hold.
    pub holds: BTreeSet<String>,
    /// How the last path in it ended.
    pub outcome: Option<String>,
    pub branches: Option<Branches>,
    pub repeated: Option<u32>,
    /// Its lock, and whether it has it.
    pub lock: Option<(String, bool)>,
    /// By which keys it waits for messages.
    pub keys: BTreeMap<String, String>,
    /// Whether it waits for a case that it has called.
    pub calls: bool,
    /// How often its connector was asked, and whether it is to answer.
    pub asked: u32,
    pub asking: bool,
    pub task: Option<Task>,
    /// What was done in it and can be undone, in order; or what it still has to undo.
    pub done: BTreeMap<usize, Done>,
    pub undoing: Option<Done>,
    /// Whether it makes letters of an act whose step is long past.
    pub beside: bool,
    /// Whether it is left without having been done.
    pub skipped: bool,
}

#[derive(Clone)]
pub struct Deadline {
    pub revision: u32,
    /// Its days; none: it waits for a dispatch of this step, or is suspended.
    pub run: Option<Run>,
    pub letter: Option<String>,
    /// The document from whose notification it runs, and how long.
    pub document: Option<usize>,
    pub period: Period,
    /// The first day that does not count, and the deadline as it ran.
    pub suspended: Option<(Date, Run)>,
    /// The last day that did not count.
    pub stopped_until: Option<Date>,
    pub extended: bool,
    /// How many working days it waits on after its end, and until when that is.
    pub grace: Option<(u32, Date)>,
    /// What people did to it, in order: that holds from wherever it runs.
    pub done: Vec<Change>,
}

/// What people do to a deadline.
#[derive(Clone)]
pub enum Change {
    Extended(Extension, Decided),
    Stopped(Date),
    Resumed(Date, Decided),
}

/// A deadline that has passed while messages were waited for.
#[derive(Clone)]
pub struct Passed {
    pub place: String,
    pub name: String,
    pub start: Date,
    pub end: Date,
    /// Whether what waited was over with it.
    pub ended: bool,
    /// Name and key.
    pub messages: Vec<(String, Option<String>)>,
}

#[derive(Clone)]
pub struct Timer {
    pub revision: u32,
    pub since: Timestamp,
    pub at: Timestamp,
}

#[derive(Clone, Default)]
pub struct Branches {
    pub needed: u32,
    pub ended: u32,
    pub joined: bool,
    pub begun: usize,
    pub items: Vec<Value>,
}

#[derive(Clone)]
pub struct Task {
    pub role: String,
    pub due: Option<Date>,
    pub excluded: BTreeSet<String>,
    pub proposal: Map<String, Value>,
    pub assignee: Option<String>,
}

/// A step that was done and can be undone.
#[derive(Clone)]
pub struct Done {
    pub path: Path,
    pub written: Value,
}

#[derive(Clone)]
pub struct Document {
    pub outgoing: bool,
    pub on: Date,
    pub by: Option<Path>,
    pub notified_on: Option<Date>,
    pub sent: Option<(Date, Way)>,
    pub proven: bool,
    /// Whether it was dispatched and came back.
    pub not_arrived: bool,
    /// What ran from its notification and has passed: title, the day it ran from, and its last day.
    pub fired: BTreeSet<(String, Date, Date)>,
}

#[derive(Clone)]
pub struct Incident {
    pub node: Option<usize>,
    /// The letter beside the steps that could not be made.
    pub errand: Option<usize>,
    pub code: String,
    /// The handler that could not say whether it reacts.
    pub wakes: Option<String>,
}

#[derive(Clone)]
pub struct Message {
    pub name: String,
    /// The key by which it came; none: it was sent to this case.
    pub key: Option<String>,
    pub id: Uuid,
    pub received_on: Date,
    pub payload: Map<String, Value>,
}

impl Deadline {
    pub fn running(revision: u32, run: Run, period: Period) -> Deadline {
        let (letter, document, suspended, stopped_until) = (None, None, None, None);
        let run = Some(run);
        Deadline {
            revision,
            run,
            letter,
            document,
            period,
            suspended,
            stopped_until,
            extended: false,
            grace: None,
            done: Vec::new(),
        }
    }

    /// When it has passed.
    pub fn fires_at(&self) -> Option<Timestamp> {
        let run = self.run.as_ref()?;
        let last = self.grace.map_or(run.end, |(_, until)| until);
        Some(start_of(last.tomorrow().unwrap_or(last)))
    }

    /// Whether people have changed it.
    pub fn is_changed(&self) -> bool {
        self.extended || self.suspended.is_some() || self.stopped_until.is_some()
    }
}

impl State {
    /// What lies directly in a scope, in the order of entry.
    pub fn children(&self, scope: usize) -> Vec<usize> {
        self.nodes.iter().filter(|(_, node)| node.parent == Some(scope)).map(|(id, _)| *id).collect()
    }

    pub fn is_empty(&self, scope: usize) -> bool {
        self.children(scope).is_empty()
    }

    pub fn is_stuck(&self, node: usize) -> bool {
        self.incidents.iter().any(|incident| incident.node == Some(node))
    }

    /// What lies around, from the inside out, the case itself last.
    pub fn around(&self, node: usize) -> Vec<usize> {
        let parent = |id: &usize| self.nodes.get(id).and_then(|node| node.parent);
        std::iter::successors(parent(&node), parent).collect()
    }

    /// Takes a node away with all that lies in it. What was done in it can still be undone from around it.
    pub fn remove(&mut self, id: usize) {
        for child in self.children(id) {
            self.remove(child);
        }
        let Some(gone) = self.nodes.remove(&id) else { return };
        if gone.calls {
            self.send(CALL_OFF.to_owned());
        }
        self.incidents.retain(|incident| incident.node != Some(id));
        if let Some(scope) = gone.parent.and_then(|parent| self.nodes.get_mut(&parent)) {
            scope.done.extend(gone.done);
        }
    }

    /// Puts something on its way to other cases.
    pub fn send(&mut self, parcel: String) {
        self.sent += 1;
        self.sent_now.push(parcel);
    }

    /// Writes fields where an address of keys leads; numbers are places in lists.
    pub fn write(&mut self, at: &[String], fields: Map<String, Value>) {
        let version = self.version;
        let Some((first, rest)) = at.split_first() else {
            self.written.extend(fields.keys().map(|key| (key.clone(), version)));
            self.results.extend(fields);
            return;
        };
        self.written.insert(first.clone(), version);
        let mut place = self.results.entry(first.clone()).or_insert(Value::Null);
        for key in rest {
            place = match key.parse::<usize>() {
                Ok(number) => {
                    if !place.is_array() {
                        *place = Value::Array(Vec::new());
                    }
                    let list = place.as_array_mut().expect("it is a list now");
                    while list.len() <= number {
                        list.push(Value::Object(Map::new()));
                    }
                    &mut list[number]
                }
                Err(_) => object(place).entry(key.clone()).or_insert(Value::Null),
            };
        }
        object(place).extend(fields);
    }

    /// What stands where an address leads.
    pub fn read(&self, at: &[String]) -> Option<&Value> {
        let (first, rest) = at.split_first()?;
        rest.iter().try_fold(self.results.get(first)?, |value, key| match value {
            Value::Array(list) => list.get(key.parse::<usize>().ok()?),
            _ => value.get(key),
        })
    }
}

fn object(place: &mut Value) -> &mut Map<String, Value> {
    if !place.is_object() {
        *place = Value::Object(Map::new());
    }
    place.as_object_mut().expect("it is an object now")
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.step)?;
        if self.rounds.is_empty() {
            return Ok(());
        }
        let rounds: Vec<String> = self.rounds.iter().map(ToString::to_string).collect();
        write!(f, "[{}]", rounds.join("."))
    }
}
