//! What became of the deadlines of a case, read from its journal.

use std::collections::{BTreeMap, HashMap};

use fachwerk_core::{
    event::{Deadline, Event},
    turn::Turn,
    words::{Date, InstanceId, StepPath, Timestamp},
};

use super::mapping::deadline_name;

/// The deadlines of one case, by name; the last one of a name counts.
#[derive(Debug, Default)]
pub struct Deadlines {
    /// The last turn that was read.
    pub version: u64,
    steps: HashMap<InstanceId, StepPath>,
    known: BTreeMap<String, Known>,
}

/// One deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its last day; none as long as it waits for a dispatch.
    pub last_day: Option<Date>,
    /// The instant after its last day.
    pub passes_at: Timestamp,
    /// Whether it runs, has passed, or is no longer needed.
    pub state: State,
    instance: InstanceId,
}

/// What became of a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is set.
    Runs,
    /// It has passed.
    Passed,
    /// What it belonged to ended before.
    Dropped,
}

impl Deadlines {
    /// Takes the next turn in.
    pub fn read(&mut self, turn: &Turn) {
        self.version = turn.version;
        for event in &turn.events {
            match event {
                Event::StepEntered { instance, step, .. } => {
                    self.steps.insert(*instance, step.clone());
                }
                Event::DeadlineSet { instance, deadline } => self.set(*instance, deadline),
                Event::DeadlineRecomputed(anew) => self.set(anew.instance, &anew.deadline),
                Event::DeadlineFired { instance, name } => {
                    let name = self.name(*instance, name);
                    if let Some(known) = self.known.get_mut(&name) {
                        known.state = State::Passed;
                    }
                }
                Event::StepLeft { instance, .. } => self.drop_of(*instance),
                Event::StepsCancelled { instances, .. } => {
                    instances.iter().for_each(|instance| self.drop_of(*instance));
                }
                _ => {}
            }
        }
    }

    /// A deadline by its name.
    pub fn find(&self, name: &str) -> Option<Known> {
        self.known.get(name).copied()
    }

    fn name(&self, instance: InstanceId, name: &str) -> String {
        deadline_name(self.steps.get(&instance), name)
    }

    fn set(&mut self, instance: InstanceId, deadline: &Deadline) {
        let name = self.name(instance, &deadline.name);
        let run = deadline.run.as_ref();
        let passes_at = run.map_or(Timestamp::MAX, |run| run.fires_at);
        let known = Known { last_day: run.map(|run| run.end), passes_at, state: State::Runs, instance };
        self.known.insert(name, known);
    }

    fn drop_of(&mut self, instance: InstanceId) {
        let of =
            self.known.values_mut().filter(|known| known.instance == instance && known.state == State::Runs);
        of.for_each(|known| known.state = State::Dropped);
    }
}
