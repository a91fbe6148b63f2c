//! The oracle: a second, slow reading of the language. It knows the texts of a process as plain maps and says what a case
//! must look like after each command; the engine is held against it. It shares with the engine what it is not about:
//! the arithmetic of rules, the calendar, and the shapes of commands. It does not look ahead: what letters somebody signs, and
//! that nothing is signed when one of them could not be made, it does not know.

mod act;
mod anew;
mod beside;
mod between;
mod commands;
mod correct;
mod deadlines;
mod explore;
mod fields;
mod join;
mod letter;
mod names;
mod notify;
mod parties;
mod raise;
mod relate;
mod scopes;
mod state;
mod steps;
mod table;
mod text;
mod undo;
mod view;
mod waits;

use std::{cell::RefCell, collections::BTreeMap};

use fachwerk_core::{
    case::{Activity, Case},
    command::Command,
    facts::day_of,
    words::{Calendar, Date, InstanceId},
};
use fachwerk_rules::Expression;
use serde_json::{Map, Value};

pub use self::explore::{Explored, Fault};
pub use self::view::{View, difference};
use self::{deadlines::Named, state::State, text::Texts};
use crate::{random_process::RandomProcess, town, walk::Ask};

/// The code of an incident.
type Failed = String;
/// Why something was refused, in short.
pub type Refused = &'static str;

/// One process, and one case of it.
pub struct Oracle {
    texts: Texts,
    state: State,
    settings: Map<String, Value>,
    calendar: Calendar,
    rules: RefCell<BTreeMap<String, Option<Expression>>>,
}

impl Oracle {
    pub fn of(process: &RandomProcess) -> Oracle {
        let texts = Texts::read(&process.process, &process.blocks);
        let written = texts.process["settings"].as_object().cloned().unwrap_or_default();
        let settings = written.iter().map(|(name, setting)| (name.clone(), setting["default"].clone()));
        Oracle {
            settings: settings.collect(),
            texts,
            state: State::default(),
            calendar: town::authority().calendar(),
            rules: RefCell::default(),
        }
    }

    fn today(&self) -> Date {
        day_of(self.state.now)
    }

    /// What comes of a command; `case`: how the engine sees the case before it, to know what its numbers mean.
    pub fn ask(&mut self, ask: &Ask, case: &Case) -> Result<(), Refused> {
        self.state.sent_now.clear();
        let before = self.state.clone();
        self.state.now = ask.now;
        self.state.version += 1;
        self.state.ran = 0;
        let command = &ask.request.command;
        let node = instance_of(command).and_then(|id| self.meant(case, id));
        // Nor does it know the number of a case that was called.
        let node = node.filter(|_| match command {
            Command::FinishCall { instance, called, .. } => {
                let it = case.instance(*instance).map(|it| &it.activity);
                !matches!(it, Some(Activity::Call { called: waited_for }) if waited_for != called)
            }
            _ => true,
        });
        let meant = Meant { node, ..self.otherwise_meant(case, command) };
        let said = self.carry_out(&ask.actor, command, meant);
        match said {
            Ok(()) => self.abandon_drafts(),
            Err(_) => self.state = before,
        }
        said
    }

    fn otherwise_meant(&self, case: &Case, command: &Command) -> Meant {
        let mut meant = Meant::default();
        if let Command::RetryIncident { incident } = command {
            meant.incident = case.incidents.keys().position(|number| number == incident);
        }
        if let Some(id) = instance_of(command) {
            meant.ever = id.0 < case.next_instance;
            let place = case.errands.keys().position(|errand| *errand == id);
            meant.errand = place.and_then(|place| self.state.errands.keys().nth(place).copied());
        }
        meant.itself = matches!(command, Command::MergeCase { into, .. } if *into == case.id);
        let named = match command {
            Command::ExtendDeadline { deadline, .. } => std::slice::from_ref(deadline),
            Command::SuspendDeadlines { deadlines, .. } | Command::ResumeDeadlines { deadlines, .. } => {
                deadlines
            }
            _ => &[],
        };
        let named = named.iter().map(|named| (self.meant(case, named.instance), named.name.to_string()));
        meant.deadlines = named.collect();
        meant
    }

    /// What the engine means by the number of an instance: the n-th that is active at this address.
    fn meant(&self, case: &Case, id: InstanceId) -> Option<usize> {
        let step = case.instance(id)?.step.as_ref().map(ToString::to_string).unwrap_or_default();
        let same = |(_, it): &(&InstanceId, &std::sync::Arc<fachwerk_core::case::Instance>)| {
            it.step.as_ref().map(ToString::to_string).unwrap_or_default() == step
        };
        let place = case.instances.iter().filter(same).position(|(other, _)| *other == id)?;
        let mut mine = self.state.nodes.iter().filter(|(_, node)| node.path.to_string() == step);
        mine.nth(place).map(|(id, _)| *id)
    }
}

/// What the numbers in a command mean here.
#[derive(Default)]
struct Meant {
    node: Option<usize>,
    /// Whether there is, or has been, what it names.
    ever: bool,
    incident: Option<usize>,
    errand: Option<usize>,
    deadlines: Vec<Named>,
    /// Whether the other case is this one.
    itself: bool,
}

fn instance_of(command: &Command) -> Option<InstanceId> {
    match command {
        Command::ClaimTask { task }
        | Command::ReleaseTask { task }
        | Command::DelegateTask { task, .. }
        | Command::CompleteTask { task, .. } => Some(*task),
        Command::StartStep { group, .. } => Some(*group),
        Command::WithdrawErrand { errand } => Some(*errand),
        Command::GiveUp { instance, .. } => Some(*instance),
        Command::FinishCall { instance, .. }
        | Command::SkipStep { instance, .. }
        | Command::MoveStep { instance, .. }
        | Command::TriggerByHand { instance, .. } => Some(*instance),
        Command::FireTimer { instance, .. } | Command::FinishEffect { instance, .. } => Some(*instance),
        _ => None,
    }
}
