//! Scenarios: executable examples of a process or block. They are its tests, and the demo that a designer plays.
//!
//! A scenario is read by [`read()`], and run by [`run()`] against a [`World`]: the pure [`Simulation`] here, or a server.

mod acts;
mod after;
mod beside;
mod compare;
mod coverage;
mod expect;
mod harness;
mod read;
mod run;
mod simulation;
mod tenant;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_deadlines::{Period, Way};
use jiff::civil::DateTime;

pub use acts::ActLine;
pub use beside::Beside;
pub use compare::Compared;
pub use coverage::{Coverage, Figure, Mark, Point};
pub use expect::{Ended, Expectation, View, ViewDeadline};
pub use harness::Harness;
pub use read::{People, is_scenario, read, read_json, read_people, without_scenario};
pub(crate) use run::run_line;
pub use run::{Report, Step, run};
pub use simulation::{Made, Simulation, SimulationConnector};
pub use tenant::read_profile;

use crate::{
    authority::{DayOff, Profile},
    command::Command,
    diagnostic::Span,
    event::DeadlineName,
    words::{CaseId, Date, InstanceId, Object, PersonId, RoleId, StepPath, Text, Timestamp},
};

/// An executable example.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it shows, in a sentence.
    pub title: Arc<str>,
    /// Where it is written.
    pub span: Span,
    /// Who the authority is.
    pub profile: Profile,
    /// What the authority set.
    pub settings: Object,
    /// Days off that no law knows.
    pub days_off: BTreeMap<Date, DayOff>,
    /// Who takes part.
    pub people: BTreeMap<PersonId, BTreeSet<RoleId>>,
    /// When it begins.
    pub now: DateTime,
    /// For a block: the little process around it.
    pub harness: Option<Harness>,
    /// What happens.
    pub moves: Vec<Move>,
}

/// One line of a scenario.
#[derive(Clone, Debug)]
pub struct Move {
    /// Where it is written.
    pub span: Span,
    /// What happens.
    pub action: Action,
}

/// What happens in a line of a scenario.
#[derive(Clone, Debug)]
pub enum Action {
    /// Somebody or something asks.
    Ask(Ask),
    /// Somebody asks and is refused.
    Refused {
        /// What they ask.
        ask: Ask,
        /// The code of the rejection.
        because: Arc<str>,
    },
    /// Time passes.
    Advance(Period),
    /// Time passes until then.
    AdvanceTo(DateTime),
    /// This is how things stand.
    Expect(Box<Expectation>),
}

/// A command in the words of a scenario.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Who asks; none: a connector.
    pub by: Option<PersonId>,
    /// What.
    pub what: What,
}

/// What is asked in a scenario.
#[derive(Clone, Debug)]
pub enum What {
    /// A case begins.
    Start {
        /// How the application came.
        channel: Arc<str>,
        /// The application.
        data: Object,
        /// The true day of receipt.
        received_on: Option<Date>,
    },
    /// A task is taken.
    Claim(StepPath),
    /// A task is given back.
    Release(StepPath),
    /// A task is done.
    Complete(StepPath, Object),
    /// A message comes, to the case or by a key.
    Message(Arc<str>, Object, Option<Date>, Option<Arc<str>>),
    /// A signal is raised elsewhere.
    Signal(Arc<str>),
    /// The case that a step called ends, by an outcome, with what it hands over.
    CallEnds(StepPath, Option<Arc<str>>, Object),
    /// The latest letter of a step leaves the house.
    Dispatched {
        /// The step that made it.
        step: StepPath,
        /// Of an act: the addressee; absent: the latest letter.
        to: Option<u32>,
        /// The day; today when absent.
        on: Option<Date>,
        /// How.
        way: Way,
        /// The proven day of receipt.
        received_on: Option<Date>,
    },
    /// What was noted of the dispatch of the latest letter of a step is corrected.
    Corrected {
        /// The step that made it.
        step: StepPath,
        /// Of an act: the addressee; absent: the latest letter.
        to: Option<u32>,
        /// The day.
        on: Date,
        /// How.
        way: Way,
        /// The proven day of receipt; absent: none is proven.
        received_on: Option<Date>,
        /// Why.
        reason: Arc<str>,
    },
    /// The receipt of the latest letter of a step is proven.
    Received {
        /// The step that made it.
        step: StepPath,
        /// Of an act: the addressee; absent: the latest letter.
        to: Option<u32>,
        /// The day; today when absent.
        on: Option<Date>,
    },
    /// Something about parties or acts.
    Act(ActLine),
    /// A note is written.
    Note(Arc<str>),
    /// The oldest incident is tried again.
    Retry,
    /// A step of an ad-hoc group is begun.
    Begin(StepPath),
    /// A handler is caused by hand, with a reason.
    Trigger(Arc<str>, Arc<str>),
    /// A step is left without being done, by an outcome, with a reason.
    Skip(StepPath, Option<Arc<str>>, Arc<str>),
    /// The case goes back from a step to another one, with a reason.
    Move(StepPath, Arc<str>, Arc<str>),
    /// The application is changed, with a reason.
    Change(Object, Option<Date>, Arc<str>),
    /// The case is ended, with an outcome and a reason.
    End(Option<Arc<str>>, Arc<str>),
    /// A task that was done is taken back, with a reason.
    TakeBack(StepPath, Arc<str>),
    /// Something beside the steps.
    Beside(Beside),
}

/// Where a scenario is played.
pub trait World {
    /// The instant there.
    fn now(&self) -> Timestamp;
    /// Lets time pass; what is due by then happens in its order.
    fn advance_to(&mut self, until: Timestamp) -> Result<(), Refused>;
    /// Asks the case; what follows of itself (effects) has happened when this returns.
    fn ask(&mut self, by: Option<&PersonId>, command: Command) -> Result<(), Refused>;
    /// The open task of a step.
    fn task_at(&mut self, step: &StepPath) -> Option<InstanceId>;
    /// The case that an instance has called.
    fn called_by(&mut self, instance: InstanceId) -> Option<CaseId>;
    /// The active instance of a step.
    fn instance_at(&mut self, step: &StepPath) -> Option<InstanceId>;
    /// The scope with a handler of this name that a person may cause.
    fn handler_by_hand(&mut self, name: &str) -> Option<InstanceId>;
    /// The instance that a task of this step was, which can be taken back.
    fn task_done_at(&mut self, step: &StepPath) -> Option<InstanceId>;
    /// The last document that a step made.
    fn document_of(&mut self, step: &StepPath) -> Option<u32>;
    /// The roles that a person holds.
    fn roles_of(&mut self, person: &PersonId) -> BTreeSet<RoleId>;
    /// The oldest errand that asks this.
    fn errand_asking(&mut self, asked: &str) -> Option<InstanceId>;
    /// The deadline that an expectation knows by this name.
    fn deadline_named(&mut self, name: &str) -> Option<DeadlineName>;
    /// The last letter of an act that a step made for a party.
    fn letter_to(&mut self, step: &StepPath, party: u32) -> Option<u32>;
    /// The latest act of a kind.
    fn act(&mut self, kind: &str) -> Option<u32>;
    /// The oldest open incident.
    fn incident(&mut self) -> Option<u32>;
    /// How things stand.
    fn view(&mut self) -> View;
}

/// Why a world did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The code of the rejection.
    pub code: Arc<str>,
    /// What the person is told.
    pub text: Text,
}
