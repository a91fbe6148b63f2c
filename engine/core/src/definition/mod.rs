//! A process as the engine runs it: validated, resolved, every rule compiled. Made by [`crate::language`], never by hand.
//!
//! Steps and scopes lie in arenas; an index is only meaningful within its release. What is journalled is the path.

mod deadline;
mod kind;
mod results;
mod scope;
mod texts;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use fachwerk_deadlines::{NotificationLaw, Period};
use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

pub use deadline::*;
pub use kind::*;
pub use scope::*;
pub use texts::*;

use crate::{
    authority::Profile,
    diagnostic::Span,
    event::MERGED,
    keeping::Retention,
    law::{Asked, FeeLaw},
    planted::{Fault, planted},
    priority::PriorityRules,
    schema::{Field, ObjectType, Validator},
    words::{Date, Object, ProcessId, ReleaseId, RoleId, StepPath, Text, Value},
};

/// A process with the exact block versions that it was checked with.
#[derive(Debug)]
pub struct Release {
    /// The hash of all its files.
    pub id: ReleaseId,
    /// The process.
    pub process: ProcessId,
    /// Its version, for example `1.0.0`.
    pub version: Arc<str>,
    /// Whether its cases are items of the incoming post (`kind: item`).
    pub item: bool,
    /// What people read.
    pub title: Text,
    /// The norms that it rests on.
    pub legal_basis: Vec<Arc<str>>,
    /// How long its ended cases are kept.
    pub retention: Option<Retention>,
    /// The law of its notifications.
    pub law: NotificationLaw,
    /// The shape of the application.
    pub data: ObjectType,
    /// Validates an application.
    pub data_validator: Validator,
    /// The field of the application that names the case in lists, as a path.
    pub subject: Option<Expr>,
    /// Which of its cases are taken up first.
    pub priority: PriorityRules,
    /// What an authority sets.
    pub settings: ObjectType,
    /// The roles that take part.
    pub roles: BTreeMap<RoleId, Text>,
    /// Those of them that may correct running cases: skip steps, go back, change data, end a case.
    pub correctors: BTreeSet<RoleId>,
    /// The parties that may take part.
    pub parties: Vec<PartyKind>,
    /// The acts that may be issued.
    pub acts: BTreeMap<Arc<str>, ActKind>,
    /// The tariffs of fees that it brings; they go before those that are built in.
    pub fees: FeeLaw,
    /// What people read for the ways in which its cases end; what is not in it is shown as it is written.
    pub outcomes: BTreeMap<Arc<str>, Text>,
    /// What people read for the messages that it waits for; blocks say it for theirs.
    pub messages: BTreeMap<Arc<str>, Text>,
    /// The blocks that it uses, by id.
    pub blocks: BTreeMap<Arc<str>, UsedBlock>,
    /// How cases begin, besides by hand.
    pub start: Start,
    /// What a case hands over to the one that called it: one rule a field.
    pub out: Vec<(Arc<str>, Expr)>,
    /// All steps.
    pub steps: Vec<Step>,
    /// All scopes; the first is the case itself.
    pub scopes: Vec<Scope>,
    /// All texts that rules were written in; the first is the process.
    pub frames: Vec<Frame>,
    /// Whether anything in it reacts to the state as a whole: conditions, locks, joins.
    pub looks_around: bool,
    /// The step of each path.
    pub by_path: HashMap<StepPath, StepIx>,
}

/// A step of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepIx(pub u32);
/// A scope of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScopeIx(pub u32);
/// A frame of a release.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameIx(pub u32);

/// How cases of a process begin.
#[derive(Clone, Debug)]
pub struct Start {
    /// Whether a person may begin one.
    pub by_hand: bool,
    /// The message that begins one, when no case waits for it; its content is the application.
    pub message: Option<Arc<str>>,
    /// When one begins by itself.
    pub schedule: Option<Schedule>,
}

impl Default for Start {
    fn default() -> Self {
        Start { by_hand: true, message: None, schedule: None }
    }
}

/// When a case begins by itself, again and again.
#[derive(Clone, Debug)]
pub struct Schedule {
    /// The first time, by the clock on the wall in Germany.
    pub first: DateTime,
    /// How long until the next.
    pub every: Period,
    /// The application.
    pub data: Object,
}

/// A kind of party.
#[derive(Debug)]
pub struct PartyKind {
    /// Its id.
    pub name: Arc<str>,
    /// What people read; none: its id.
    pub title: Option<Text>,
    /// How many take part.
    pub count: Cardinality,
    /// The rule that takes them from the application when the case begins; none: a person puts them in.
    pub from: Option<Expr>,
}

/// How many of a party take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cardinality {
    /// At least.
    pub min: u32,
    /// At most; none: any number.
    pub max: Option<u32>,
}

/// An act that may be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActKind {
    /// What people read.
    pub title: Option<Text>,
    /// Its law, for example `VwVfG`.
    pub law: Arc<str>,
    /// The law of its notification.
    pub notification: NotificationLaw,
    /// Own or transferred sphere of the municipality (eigener, übertragener Wirkungskreis).
    pub sphere: Sphere,
    /// The kinds of parties whom it is for, each of them; empty: the step says it.
    pub to: Vec<Arc<str>>,
    /// The act that it follows.
    pub after: Option<Arc<str>>,
    /// The provision that permits to issue it without a person.
    pub automated: Option<Arc<str>>,
    /// Whether the law gives discretion or a margin of assessment.
    pub discretion: bool,
    /// Whether it intervenes in rights of its addressee; none: it is not said.
    pub adverse: Option<bool>,
    /// How whoever it burdens is heard before; none: it is not said.
    pub hearing: Option<Hearing>,
    /// What it is about, as far as the remedy depends on it: a subject of the law of remedies.
    pub subject: Arc<str>,
    /// The setting that holds the instruction on remedies (Rechtsbehelfsbelehrung), which the process prints itself; none:
    /// the law says it, and it stands under each letter.
    pub instruction: Option<Arc<str>>,
    /// The row of law by which silence grants it.
    pub fiction: Option<Arc<str>>,
    /// The act that it refuses: with it, that one is decided.
    pub refuses: Option<Arc<str>>,
}

impl ActKind {
    /// Whether the law says which remedy there is against it; a process that says the words or the period itself answers for
    /// them.
    pub fn takes_remedy_from_law(&self, issue: &IssueKind) -> bool {
        self.instruction.is_none() && issue.period.is_none()
    }

    /// What is asked of the law when an authority issues it on a day; `against`: what the letter calls it.
    pub fn asks_for_remedy<'a>(&'a self, profile: &'a Profile, on: Date, against: &'a str) -> Asked<'a> {
        Asked { profile, sphere: self.sphere, subject: &self.subject, on, against, nothing_to_pay: false }
    }
}

/// How whoever an act burdens is heard before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hearing {
    /// In one of these steps, or there a person records why not.
    Steps(Vec<StepPath>),
    /// Not at all, by this provision.
    NotNeeded(Arc<str>),
}

/// The sphere of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sphere {
    /// Self-government.
    Own,
    /// On behalf of the state.
    Transferred,
}

/// A block as it was used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsedBlock {
    /// Its version.
    pub version: Arc<str>,
    /// What people read.
    pub title: Text,
}

/// The names that rules see, and where results go: the process, one use of a block, or the rounds of an `each`.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Where results go: nothing for the process (each step has its own key), else the address of the block's result.
    pub at: Vec<Part>,
    /// The parameters of the block.
    pub params: Arc<Value>,
    /// What they are.
    pub parameters: ObjectType,
    /// Whether it lies inside a block: all results go into the one of the block.
    pub in_block: bool,
    /// For the rounds of an `each`: that.
    pub rounds: Option<Rounds>,
}

/// One part of the address of a result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// A field.
    Key(Arc<str>),
    /// The entry of a list: the round of this `each`.
    Round(StepIx),
}

/// The frame of the rounds of an `each`.
#[derive(Clone, Debug)]
pub struct Rounds {
    /// The step.
    pub each: StepIx,
    /// The name of the entry in rules.
    pub item: Arc<str>,
    /// The frame that it lies in; its names are seen, too.
    pub outer: FrameIx,
}

/// A node of the process.
#[derive(Debug)]
pub struct Step {
    /// Its address.
    pub path: StepPath,
    /// Its own id.
    pub id: Arc<str>,
    /// What people read.
    pub title: Text,
    /// The scope that it lies in.
    pub scope: ScopeIx,
    /// The text that it was written in.
    pub frame: FrameIx,
    /// What it does.
    pub kind: Kind,
    /// Where it goes on.
    pub then: Then,
    /// For a branch of a fork: the rule that must hold for it to begin.
    pub when: Option<Expr>,
    /// The step of the same scope that undoes it (compensation).
    pub undo: Option<StepIx>,
    /// Whether it is only there to undo another one; no flow leads to it.
    pub only_undoes: bool,
    /// For a use of a block: which.
    pub block: Option<Arc<str>>,
    /// The norms that it rests on.
    pub legal_basis: Vec<Arc<str>>,
    /// Where it was written.
    pub span: Span,
}

/// Where a step goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Then {
    /// By outcome.
    pub by_outcome: BTreeMap<Arc<str>, Target>,
    /// For every other outcome.
    pub otherwise: Option<Target>,
}

impl Then {
    /// Where an outcome leads; none: the path ends.
    pub fn target(&self, outcome: Option<&str>) -> Option<&Target> {
        outcome.and_then(|outcome| self.by_outcome.get(outcome)).or(self.otherwise.as_ref())
    }

    /// All targets.
    pub fn targets(&self) -> impl Iterator<Item = (Option<&Arc<str>>, &Target)> {
        let named = self.by_outcome.iter().map(|(outcome, target)| (Some(outcome), target));
        named.chain(self.otherwise.iter().map(|target| (None, target)))
    }
}

/// The end of a flow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A step of the same scope.
    Step(StepIx),
    /// Several steps of the same scope at once (a parallel split without a scope of its own).
    Steps(Vec<StepIx>),
    /// The scope is left with an outcome; whatever else is active in it ends.
    Leave(Arc<str>),
}

impl Release {
    /// A kind of party.
    pub fn party_kind(&self, name: &str) -> Option<&PartyKind> {
        self.parties.iter().find(|kind| *kind.name == *name)
    }

    /// A step by index.
    pub fn step(&self, ix: StepIx) -> &Step {
        &self.steps[ix.0 as usize]
    }

    /// A scope by index.
    pub fn scope(&self, ix: ScopeIx) -> &Scope {
        &self.scopes[ix.0 as usize]
    }

    /// A frame by index.
    pub fn frame(&self, ix: FrameIx) -> &Frame {
        &self.frames[ix.0 as usize]
    }

    /// The scope that the case itself is.
    pub fn root(&self) -> &Scope {
        self.scope(ScopeIx(0))
    }

    /// What people read when a case ends with this outcome; an empty one is none that the process says.
    pub fn outcome_title(&self, outcome: &str) -> Text {
        let known = self.outcomes.get(outcome).cloned();
        known.unwrap_or_else(|| match outcome {
            "" => Text::new("ohne Angabe", "not stated"),
            MERGED => Text::new("mit einem anderen Vorgang verbunden", "merged into another case"),
            _ => crate::item::outcome_title(outcome).unwrap_or_else(|| Text::new(outcome, outcome)),
        })
    }

    /// A step by path, in whichever rounds.
    pub fn find(&self, path: &StepPath) -> Option<&Step> {
        self.index_of(path).map(|ix| self.step(ix))
    }

    /// The index of a step by path, in whichever rounds.
    pub fn index_of(&self, path: &StepPath) -> Option<StepIx> {
        self.by_path.get(path.address()).copied()
    }

    /// Whether a step is another one or lies inside it, in whichever rounds: in its block, group, fork or `each`.
    pub fn lies_in(&self, step: &StepPath, other: &StepPath) -> bool {
        if planted(Fault::OnlyBlocksHoldSteps) {
            return step.is_within(other);
        }
        let around = |step: &&Step| self.scope(step.scope).owner.map(|ix| self.step(ix));
        std::iter::successors(self.find(step), around).any(|step| step.path.address() == other.address())
    }

    /// The `each` steps around a step, the outermost first.
    pub fn rounds_around(&self, step: &Step) -> Vec<StepIx> {
        let mut found = Vec::new();
        let mut scope = Some(step.scope);
        while let Some(inner) = scope.map(|ix| self.scope(ix)) {
            if let (Shape::Each(_), Some(owner)) = (&inner.shape, inner.owner) {
                found.push(owner);
            }
            scope = inner.owner.map(|owner| self.step(owner).scope);
        }
        found.reverse();
        found
    }

    /// Whether two steps of a case lie in the same rounds, as far as the same `each` steps are around both.
    pub fn same_rounds(&self, one: &StepPath, other: &StepPath) -> bool {
        let around =
            |path: &StepPath| self.find(path).map(|step| self.rounds_around(step)).unwrap_or_default();
        let shared = around(one).iter().zip(&around(other)).take_while(|(a, b)| a == b).count();
        one.rounds().iter().take(shared).eq(other.rounds().iter().take(shared))
    }

    /// The scope that a step is, if it is one; for no step the case itself.
    pub fn scope_of(&self, step: Option<&StepPath>) -> Option<(ScopeIx, &Scope)> {
        let ix = match step {
            None => ScopeIx(0),
            Some(path) => match self.find(path)?.kind {
                Kind::Scope(ix) => ix,
                _ => return None,
            },
        };
        Some((ix, self.scope(ix)))
    }

    /// The handler of a name at a step or scope, and whether it is a branch of a wait step.
    pub fn handler(&self, step: Option<&StepPath>, name: &str) -> Option<(&Handler, bool)> {
        let (handlers, waits) = match step.and_then(|path| self.find(path)).map(|step| &step.kind) {
            Some(Kind::Wait(waits)) => (waits.as_slice(), true),
            _ => (self.scope_of(step)?.1.handlers.as_slice(), false),
        };
        let handler = handlers.iter().find(|handler| &*handler.name == name)?;
        Some((handler, waits))
    }

    /// The fields of the application that are columns and filters of the inbox, with their paths.
    pub fn columns(&self) -> impl Iterator<Item = &Field> {
        self.data.fields.iter().filter(|field| field.list)
    }
}
