//! One decision under way: the case as it would be, and the events so far.

use std::collections::BTreeMap;

use super::{Decided, Refusal, Rejection};
use crate::{
    case::{Case, SignedLetters},
    definition::Release,
    event::{Event, Trouble},
    evolve::evolve,
    facts::{CounterKey, Facts},
    words::{InstanceId, StepPath, Text, Value},
};

/// Letters of a step that would come.
pub struct Ahead {
    /// How many there shall be.
    pub most: usize,
    /// What they say, by hashes.
    pub letters: SignedLetters,
    /// What was asked for them.
    pub requests: Vec<Value>,
}

/// A decision under way.
pub struct Deciding<'a> {
    /// What the case is run by.
    pub release: &'a Release,
    /// All that is not in the case.
    pub facts: &'a Facts,
    /// The case as it would be; changed by [`Self::record`] alone.
    pub case: Case,
    /// The case as it was before.
    pub before: Case,
    events: Vec<Event>,
    /// Instances that were entered and have not run yet; the last one runs next.
    waiting: Vec<InstanceId>,
    /// How many steps the turn has run.
    pub steps: usize,
    drawn: BTreeMap<CounterKey, u64>,
    needed: Option<CounterKey>,
    backwards: bool,
    /// The letters that were asked for, while this only looks ahead at what would come.
    pub ahead: Option<Vec<Ahead>>,
    /// What was asked for the letters that were signed, for those who want to see them.
    pub signed: Vec<Value>,
}

impl<'a> Deciding<'a> {
    /// A decision about a case.
    pub fn new(release: &'a Release, case: &Case, facts: &'a Facts) -> Self {
        let backwards = facts.now < case.now;
        let (mut case, before) = (case.clone(), case.clone());
        case.begin_turn(case.version + 1, facts.now, facts.versions.authority);
        Deciding {
            release,
            facts,
            case,
            before,
            events: Vec::new(),
            waiting: Vec::new(),
            steps: 0,
            drawn: BTreeMap::new(),
            needed: None,
            backwards,
            ahead: None,
            signed: Vec::new(),
        }
    }

    /// The same decision, to look at what would come of it.
    pub fn looking_ahead(&self) -> Self {
        Deciding {
            case: self.case.clone(),
            before: self.before.clone(),
            events: Vec::new(),
            waiting: self.waiting.clone(),
            drawn: self.drawn.clone(),
            needed: self.needed.clone(),
            ahead: Some(Vec::new()),
            signed: Vec::new(),
            ..*self
        }
    }

    /// The letters that were asked for, as far as all of a step could be put together.
    pub fn take_letters(&mut self) -> Vec<Ahead> {
        let mut letters = self.ahead.as_mut().map(std::mem::take).unwrap_or_default();
        letters.retain(|found| found.letters.to.len() == found.most);
        letters
    }

    /// Notes that another one under way, which goes before, lacks a number.
    pub fn need_as(&mut self, other: &Self) {
        self.needed.clone_from(&other.needed);
    }

    /// The only way to change the case.
    pub fn record(&mut self, event: Event) {
        evolve(&mut self.case, &event);
        self.events.push(event);
    }

    /// What has happened so far in this turn.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The step of an instance, with its rounds.
    pub fn step_of(&self, instance: InstanceId) -> Option<StepPath> {
        self.case.instance(instance)?.step.clone()
    }

    /// Notes that an instance has something to do.
    pub fn queue(&mut self, instance: InstanceId) {
        self.waiting.push(instance);
    }

    /// The next instance that has something to do.
    pub fn next(&mut self) -> Option<InstanceId> {
        if self.needed.is_some() { None } else { self.waiting.pop() }
    }

    /// The next value of a counter without gaps. `None`: it must be put into the facts first.
    pub fn draw(&mut self, counter: &CounterKey) -> Option<u64> {
        let last = self.drawn.get(counter).or_else(|| self.facts.numbers.get(counter)).copied();
        match last {
            Some(last) => {
                self.drawn.insert(counter.clone(), last + 1);
                Some(last + 1)
            }
            None => {
                self.needed = Some(counter.clone());
                None
            }
        }
    }

    /// Whether something is missing to decide, so that nothing more runs.
    pub fn is_undecided(&self) -> bool {
        self.needed.is_some()
    }

    /// Notes that the case cannot go on here, unless a scope around handles such an error.
    pub fn stuck(&mut self, instance: Option<InstanceId>, trouble: Trouble) {
        if let Some(instance) = instance.filter(|_| trouble.wakes.is_none())
            && self.catch(instance, &trouble)
        {
            return;
        }
        let number = self.case.next_incident;
        self.record(Event::IncidentRaised { number, instance, incident: trouble });
    }

    /// The events and the case after them, unless something is missing to decide.
    pub fn finish(self) -> Result<Decided, Refusal> {
        if self.backwards {
            return Err(Rejection::ClockBackwards.into());
        }
        match self.needed {
            Some(counter) => Err(Refusal::NumberNeeded(counter)),
            None => Ok(Decided { events: self.events, case: self.case }),
        }
    }
}

/// A trouble at a step.
pub fn trouble(
    code: &str,
    step: Option<&StepPath>,
    message: Text,
    help: Text,
    details: Value,
) -> Box<Trouble> {
    Box::new(Trouble { code: code.into(), step: step.cloned(), message, help, wakes: None, details })
}
