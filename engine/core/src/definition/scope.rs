//! Scopes: what steps lie in, how many of them are active at once, and what a scope reacts to.

use std::sync::Arc;

use super::{DeadlineKind, Dynamic, Expr, FrameIx, StepIx, Target};
use crate::{
    diagnostic::Span,
    words::{RoleId, StepPath, Text},
};

/// A tree node of steps: the case itself, a fork, a group, a block, the rounds of an `each`.
#[derive(Debug)]
pub struct Scope {
    /// The step that it is; none for the case itself.
    pub owner: Option<StepIx>,
    /// Its steps in the order of the definition.
    pub steps: Vec<StepIx>,
    /// Which of them begin, and when it is over.
    pub shape: Shape,
    /// What it reacts to while it is active.
    pub handlers: Vec<Handler>,
    /// The outcomes that it can be left with.
    pub outcomes: Vec<Arc<str>>,
    /// Whether it begins anew when nothing is active in it any more.
    pub repeat: Option<Repeat>,
    /// Of all scopes with the same lock only one is active in a case at a time; the others wait in the order in which
    /// they were entered.
    pub lock: Option<Arc<str>>,
}

/// Which steps of a scope begin, and when it is over.
#[derive(Debug, Default)]
pub enum Shape {
    /// The first one; over when nothing is active any more.
    #[default]
    Path,
    /// All whose rule holds (`when` of the step); over when enough have ended.
    Fork(Quorum),
    /// All steps, once for each entry of a list; over when enough rounds have ended.
    Each(Box<Each>),
    /// Those that a person chooses; over when the person says so, or a rule holds.
    AdHoc(Box<AdHoc>),
}

/// How many branches or rounds must end, and what becomes of the rest.
#[derive(Debug, Default)]
pub struct Quorum {
    /// So many of those that began; none: all.
    pub wait_for: Option<Expr>,
    /// Whether the rest goes on beside what follows, instead of being ended.
    pub rest_goes_on: bool,
}

impl Quorum {
    /// Whether the first branch that ends ends the others.
    pub fn is_left_by_the_first(&self) -> bool {
        !self.rest_goes_on && self.number() == Some(1)
    }

    /// How many must end, where it is written as a number.
    pub fn number(&self) -> Option<usize> {
        self.wait_for.as_ref().and_then(|rule| rule.source.trim().parse().ok())
    }
}

/// Rounds: the steps of a scope, once for each entry of a list (multi-instance activity).
#[derive(Debug)]
pub struct Each {
    /// The list, or a number of rounds.
    pub over: Expr,
    /// The name under which rules inside see the entry.
    pub item: Arc<str>,
    /// The frame of its steps.
    pub frame: FrameIx,
    /// What people read of a round, beside the titles of its steps.
    pub label: Option<Expr>,
    /// One round after another, instead of all at once.
    pub sequential: bool,
    /// How many rounds must end.
    pub quorum: Quorum,
    /// The rule that makes the rest unnecessary; asked whenever a round has ended.
    pub until: Option<Expr>,
}

/// A person chooses which steps, in which order, how often (ad-hoc subprocess).
#[derive(Debug)]
pub struct AdHoc {
    /// Who chooses.
    pub role: RoleId,
    /// Whether only one step may be active at a time.
    pub one_at_a_time: bool,
    /// The rule that must hold before it can be finished; it is finished at once when the rule holds and nothing is
    /// active. Without a rule the person finishes it.
    pub until: Option<Expr>,
}

/// A scope begins anew (structured loop).
#[derive(Debug)]
pub struct Repeat {
    /// Asked before each round: whether there is one.
    pub while_holds: Option<Expr>,
    /// Asked after each round: whether it was the last one.
    pub until: Option<Expr>,
    /// So many rounds at most; then it is left by the outcome [`MAX_REACHED`].
    pub max: Option<u32>,
}

/// How a scope is left that was repeated as often as allowed.
pub const MAX_REACHED: &str = "max-reached";

/// A reaction of a scope, or a branch of a wait step.
#[derive(Debug)]
pub struct Handler {
    /// Its name; the outcome of a wait step.
    pub name: Arc<str>,
    /// What wakes it.
    pub trigger: TriggerKind,
    /// Whether it ends everything else in the scope.
    pub interrupt: bool,
    /// The rule that must hold.
    pub when: Option<Expr>,
    /// Where it leads (scopes only).
    pub then: Option<Target>,
    /// Where it was written.
    pub span: Span,
}

/// What wakes a handler.
#[derive(Debug)]
pub enum TriggerKind {
    /// A message of this name: one for the case, or with a key one for whoever waits for that key.
    Message(Arc<str>, Option<Expr>),
    /// A deadline passes.
    Deadline(Box<DeadlineKind>),
    /// A document leaves the house that this step made.
    Dispatch(StepPath),
    /// A timer rings.
    Timer(Box<TimerKind>),
    /// A signal of this name is raised, in this case or another one of the authority.
    Signal(Arc<str>),
    /// An error of this code was raised inside, or an incident of this code would be; none: whichever.
    Error(Option<Arc<str>>),
    /// An escalation of this name was raised inside; none: whichever.
    Escalation(Option<Arc<str>>),
    /// A rule over the data begins to hold.
    Condition(Expr),
    /// A person of this role says so, with a reason.
    ByHand(Box<ByHand>),
}

impl TriggerKind {
    /// What people read for it, where the process says that at the trigger itself.
    pub fn title(&self) -> Option<&Text> {
        match self {
            TriggerKind::Deadline(deadline) => Some(&deadline.title),
            TriggerKind::ByHand(by_hand) => Some(&by_hand.title),
            _ => None,
        }
    }
}

/// A reaction that a person may cause at any time.
#[derive(Debug)]
pub struct ByHand {
    /// Who may.
    pub role: RoleId,
    /// What people read.
    pub title: Text,
}

/// A timer: it has no legal consequence and no derivation, and is not shifted to a working day.
#[derive(Debug)]
pub struct TimerKind {
    /// When it rings.
    pub at: TimerAt,
    /// So often at most, for [`TimerAt::Every`]; none: as long as its scope is active.
    pub times: Option<u32>,
}

/// When a timer rings.
#[derive(Debug)]
pub enum TimerAt {
    /// So long after the step or scope was entered.
    After(Dynamic),
    /// At a day or instant that a rule says; a day means its first instant.
    At(Expr),
    /// Again and again with this period between.
    Every(Dynamic),
}
