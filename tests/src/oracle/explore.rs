//! Every state that a case can come to, by every way that people, messages and time allow: what no walk can miss.
//!
//! Deliberately absent: connectors, other cases, and how time passes between two timers; each timer may go off at any time.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use fachwerk_core::{
    command::Command,
    facts::Actor,
    words::{InstanceId, PersonId, ReleaseId},
};
use serde_json::{Map, Value, json};

use super::{Meant, Oracle, Refused, state::State, text::form};
use crate::random_process::RandomProcess;

/// So many paths at one step of one scope are without bound.
const MANY: usize = 5;
/// So often in a run something comes that begins a path beside the others.
const BESIDE: usize = 2;
/// Who does the tasks.
const PERSON: &str = "anna";

/// What can stand against the soundness of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// All paths of a scope wait in joins.
    WaitsInVain,
    /// Nothing handles an error.
    ErrorUnhandled,
    /// A turn does not end.
    GoesInCircles,
    /// More and more paths come to one step.
    Multiplies,
    /// Scopes wait for the locks of each other.
    LocksInCircle,
    /// A rule finds nothing where a value should be.
    RuleFails,
    /// From here on the case can never end.
    NeverEnds,
}

/// What was found by looking at everything.
#[derive(Debug, Default)]
pub struct Explored {
    /// So many states.
    pub states: usize,
    /// Whether these are all.
    pub whole: bool,
    /// The steps that a case came to.
    pub reached: BTreeSet<String>,
    /// The faults, each with a shortest run to it.
    pub faults: BTreeMap<Fault, Vec<String>>,
}

/// What somebody or something outside does.
#[derive(Clone, Debug)]
enum Move {
    Complete(usize, Map<String, Value>),
    Begin(usize, String),
    Wake(usize, String),
}

/// A state, how it was come to, and where it leads.
struct Known {
    state: State,
    /// How often something has begun a path beside the others.
    beside: usize,
    by: Option<(usize, String)>,
    leads: Vec<usize>,
    /// Nothing more is asked of what comes after it.
    good: bool,
}

impl Oracle {
    /// Every state of a case with these data, `most` at most.
    pub fn explore(process: &RandomProcess, data: &Map<String, Value>, most: usize) -> Explored {
        let mut oracle = Oracle::of(process);
        let anna = Actor::Person(PersonId::from(PERSON));
        let start = Command::StartCase {
            release: ReleaseId::from("r"),
            channel: "manual".into(),
            data: data.clone(),
            received_on: None,
            documents: Vec::new(),
            caller: None,
        };
        oracle.carry_out(&anna, &start, Meant::default()).expect("a case begins");
        let mut found = Explored { whole: true, ..Explored::default() };
        let mut known: Vec<Known> = Vec::new();
        let mut index: HashMap<String, usize> = HashMap::new();
        let begun = oracle.state.clone();
        oracle.keep(begun, 0, None, &mut known, &mut index, &mut found);
        let mut open = VecDeque::from([0]);
        while let Some(at) = open.pop_front() {
            if known.len() > most {
                found.whole = false;
                break;
            }
            oracle.state = known[at].state.clone();
            for next in oracle.moves() {
                oracle.state = known[at].state.clone();
                oracle.state.version += 1;
                oracle.state.ran = 0;
                let told = oracle.told(&next);
                let beside = known[at].beside + usize::from(oracle.is_beside(&next));
                if beside > BESIDE {
                    continue;
                }
                if oracle.make(&anna, next).is_err() {
                    continue;
                }
                let after = oracle.state.clone();
                let before = known.len();
                let to = oracle.keep(after, beside, Some((at, told)), &mut known, &mut index, &mut found);
                known[at].leads.push(to);
                if to == before && !oracle.is_over(&known[to].state) {
                    open.push_back(to);
                }
            }
        }
        found.states = known.len();
        if found.whole
            && let Some(never) = never_ends(&known)
        {
            found.faults.insert(Fault::NeverEnds, run(&known, never));
        }
        found
    }

    /// Whether nothing comes after a state, or nothing new.
    fn is_over(&self, state: &State) -> bool {
        let without_end = [Fault::GoesInCircles, Fault::Multiplies];
        state.ended.is_some() || self.faults_in(state).iter().any(|fault| without_end.contains(fault))
    }

    /// Notes a state, unless it is known.
    fn keep(
        &self,
        state: State,
        beside: usize,
        by: Option<(usize, String)>,
        known: &mut Vec<Known>,
        index: &mut HashMap<String, usize>,
        found: &mut Explored,
    ) -> usize {
        found.reached.extend(state.been_at.iter().cloned());
        let picture = format!("{beside}{}", self.picture(&state));
        if let Some(number) = index.get(&picture) {
            return *number;
        }
        let number = known.len();
        index.insert(picture, number);
        let faults = self.faults_in(&state);
        let good = state.ended.is_some() || !faults.is_empty();
        known.push(Known { state, beside, by, leads: Vec::new(), good });
        for fault in faults {
            found.faults.entry(fault).or_insert_with(|| run(known, number));
        }
        number
    }

    /// What can be done from here on.
    fn moves(&self) -> Vec<Move> {
        let mut found = Vec::new();
        for (id, node) in &self.state.nodes {
            if self.state.is_stuck(*id) {
                continue;
            }
            if node.task.is_some() && self.is_scope(*id) {
                found.push(Move::Complete(*id, Map::new()));
                let inside = &self.texts.inside[&node.path.step];
                found.extend(inside.iter().map(|step| Move::Begin(*id, self.texts.steps[step].id.clone())));
            } else if node.task.is_some() {
                let form = form(&self.texts, &self.texts.steps[&node.path.step]);
                found.extend(entries(&form["fields"]).into_iter().map(|entry| Move::Complete(*id, entry)));
            }
            found.extend(node.waits.iter().map(|name| Move::Wake(*id, name.clone())));
        }
        found
    }

    fn make(&mut self, by: &Actor, next: Move) -> Result<(), Refused> {
        let (task, group) = (InstanceId(1), InstanceId(1));
        let meant = |id| Meant { node: Some(id), ..Meant::default() };
        match next {
            Move::Complete(id, values) => self.carry_out(
                by,
                &Command::CompleteTask { task, values, seen: None, shown: None },
                meant(id),
            ),
            Move::Begin(id, step) => {
                self.carry_out(by, &Command::StartStep { group, step: step.as_str().into() }, meant(id))
            }
            Move::Wake(id, name) => {
                let (trigger, _) = self.trigger(id, &name).ok_or("it waits no more")?;
                // What comes from within comes by itself.
                if ["error", "escalation", "condition", "signal"].iter().any(|it| trigger.get(*it).is_some())
                {
                    return Err("not from outside");
                }
                if let Some(timer) = self.state.nodes[&id].timers.get(&name) {
                    self.state.now = self.state.now.max(timer.at);
                    let revision = timer.revision;
                    self.fire(id, &name, revision);
                } else if !self.wake(id, &name) {
                    return Err("it does not react");
                }
                self.work();
                Ok(())
            }
        }
    }

    /// Whether it begins a path that ends nothing: that can happen any number of times.
    fn is_beside(&self, next: &Move) -> bool {
        let Move::Wake(id, name) = next else { return false };
        self.trigger(*id, name).is_some_and(|(trigger, _)| trigger["interrupt"] == false)
    }

    fn told(&self, next: &Move) -> String {
        let path = |id: &usize| self.state.nodes[id].path.to_string();
        match next {
            Move::Complete(id, values) => format!("{} {}", path(id), json!(values)),
            Move::Begin(id, step) => format!("{} begins {step}", path(id)),
            Move::Wake(id, name) => format!("{}!{name}", path(id)),
        }
    }

    fn faults_in(&self, state: &State) -> BTreeSet<Fault> {
        let mut found: BTreeSet<Fault> = BTreeSet::new();
        for incident in &state.incidents {
            found.extend(match incident.code.as_str() {
                "turn_too_long" => Some(Fault::GoesInCircles),
                "join_never_met" => Some(Fault::WaitsInVain),
                "locks_wait_for_each_other" => Some(Fault::LocksInCircle),
                "rule_failed" => Some(Fault::RuleFails),
                code if code.starts_with("err-") => Some(Fault::ErrorUnhandled),
                other => panic!("processes like these have no incident `{other}`"),
            });
        }
        let mut at: BTreeMap<(Option<usize>, &str), usize> = BTreeMap::new();
        for node in state.nodes.values() {
            *at.entry((node.parent, &node.path.step)).or_default() += 1;
        }
        if at.values().any(|count| *count > MANY) {
            found.insert(Fault::Multiplies);
        }
        for scope in state.nodes.keys() {
            let inside = state.children(*scope);
            let waits = |id: &usize| {
                let step = self.texts.steps.get(&state.nodes[id].path.step);
                step.is_some_and(|it| it.written.get("join").is_some() && it.written.get("fork").is_none())
            };
            if !inside.is_empty() && inside.iter().all(waits) {
                found.insert(Fault::WaitsInVain);
            }
        }
        found
    }

    /// A state without what makes no difference to what can come: numbers, times, how it was come to.
    fn picture(&self, state: &State) -> String {
        let mailbox: Vec<&str> = state.mailbox.iter().map(|it| it.name.as_str()).collect();
        json!([
            self.drawn(state, 0),
            state.ended,
            state.results,
            mailbox,
            state
                .incidents
                .iter()
                .map(|it| (&it.code, it.node.map(|id| state.nodes.get(&id).map(|n| n.path.to_string()))))
                .collect::<Vec<_>>(),
        ])
        .to_string()
    }

    fn drawn(&self, state: &State, id: usize) -> Value {
        let Some(node) = state.nodes.get(&id) else { return Value::Null };
        let mut inside: Vec<String> =
            state.children(id).into_iter().map(|child| self.drawn(state, child).to_string()).collect();
        inside.sort();
        let join = self.texts.steps.get(&node.path.step).map(|step| &step.written["join"]);
        let after = join.filter(|join| *join == "all" || *join == "inclusive").map(|_| &node.after);
        let branches = node.branches.as_ref().map(|it| (it.needed, it.ended, it.joined, it.begun));
        json!([
            node.path.to_string(),
            after,
            (&node.waits, &node.timers.keys().collect::<Vec<_>>()),
            &node.outcome,
            branches,
            node.repeated,
            &node.lock,
            node.task.is_some(),
            node.done.values().map(|it| it.path.to_string()).collect::<Vec<_>>(),
            inside,
        ])
    }
}

/// What can be entered in a form: each outcome, and what can be ticked or not.
fn entries(fields: &Value) -> Vec<Map<String, Value>> {
    let mut found = vec![Map::new()];
    for (name, field) in fields.as_object().into_iter().flatten() {
        let values: Vec<Value> = match field["type"].as_str() {
            Some("choice") => {
                field["options"].as_object().into_iter().flatten().map(|(id, _)| json!(id)).collect()
            }
            Some("boolean") => vec![json!(true), json!(false)],
            other => panic!("processes like these have no fields of type {other:?}"),
        };
        let with = |entry: &Map<String, Value>, value: &Value| {
            let mut entry = entry.clone();
            entry.insert(name.clone(), value.clone());
            entry
        };
        found = found
            .iter()
            .flat_map(|entry| values.iter().map(|value| with(entry, value)).collect::<Vec<_>>())
            .collect();
    }
    found
}

/// The first state from which no good one can be come to.
fn never_ends(known: &[Known]) -> Option<usize> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); known.len()];
    for (from, it) in known.iter().enumerate() {
        it.leads.iter().for_each(|to| before[*to].push(from));
    }
    let mut open: Vec<usize> = (0..known.len()).filter(|at| known[*at].good).collect();
    let mut ends: BTreeSet<usize> = open.iter().copied().collect();
    while let Some(at) = open.pop() {
        open.extend(before[at].iter().filter(|from| ends.insert(**from)));
    }
    (0..known.len()).find(|at| !ends.contains(at))
}

fn run(known: &[Known], mut at: usize) -> Vec<String> {
    let mut told = Vec::new();
    while let Some((before, by)) = &known[at].by {
        told.push(by.clone());
        at = *before;
    }
    told.reverse();
    told
}
