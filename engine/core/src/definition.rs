//! A process as the engine runs it: validated, resolved, every rule compiled. Made by [`crate::language`], never by hand.
//!
//! Steps and scopes lie in arenas; an index is only meaningful within its release. What is journalled is the path.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use fachwerk_deadlines::{NotificationLaw, Period};
use fachwerk_rules::{Expression, Script, Table, Template, VariablePath};

use crate::{
    diagnostic::Span,
    schema::{Field, ObjectType, Validator},
    words::{ProcessId, ReleaseId, RoleId, StepPath, Text, Value},
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
    /// What people read.
    pub title: Text,
    /// The norms that it rests on.
    pub legal_basis: Vec<Arc<str>>,
    /// The law of its notifications.
    pub law: NotificationLaw,
    /// The shape of the application.
    pub data: ObjectType,
    /// Validates an application.
    pub data_validator: Validator,
    /// The field of the application that names the case in lists, as a path.
    pub subject: Option<Expr>,
    /// What an authority sets.
    pub settings: ObjectType,
    /// The roles that take part.
    pub roles: BTreeMap<RoleId, Text>,
    /// The parties that may take part.
    pub parties: BTreeMap<Arc<str>, Cardinality>,
    /// The acts that may be issued.
    pub acts: BTreeMap<Arc<str>, ActKind>,
    /// The blocks that it uses, by id.
    pub blocks: BTreeMap<Arc<str>, UsedBlock>,
    /// All steps.
    pub steps: Vec<Step>,
    /// All scopes; the first is the case itself.
    pub scopes: Vec<Scope>,
    /// All texts that rules were written in; the first is the process.
    pub frames: Vec<Frame>,
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameIx(pub u32);

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
    /// Own or transferred sphere of the municipality (eigener, übertragener Wirkungskreis).
    pub sphere: Sphere,
    /// Who it goes to, for example `each applicant`.
    pub to: Option<Arc<str>>,
    /// The act that it follows.
    pub after: Option<Arc<str>>,
}

/// The sphere of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Names and results of one text: the process, or one use of a block.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Where results go: nothing for the process (each step has its own key), else the address of the block's result.
    pub at: Vec<Arc<str>>,
    /// The parameters of the block.
    pub params: Arc<Value>,
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
    /// For a use of a block: which.
    pub block: Option<Arc<str>>,
    /// The norms that it rests on.
    pub legal_basis: Vec<Arc<str>>,
    /// Where it was written.
    pub span: Span,
}

/// What a step does.
#[derive(Debug)]
pub enum Kind {
    /// A person does something.
    Task(Box<TaskKind>),
    /// A rule computes something.
    Compute(Compute),
    /// A table decides something.
    Decide(Box<Decision>),
    /// A number without gaps is drawn.
    Number(NumberKind),
    /// Something happens outside.
    Effect(EffectKind),
    /// Something is waited for; the name of what comes first is the outcome.
    Wait(Vec<Handler>),
    /// The first way whose rule holds is gone.
    Choose(Vec<Way>),
    /// A scope: a fork, a group, a block.
    Scope(ScopeIx),
    /// The path ends here, with an outcome.
    End(Option<Arc<str>>),
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
    /// The scope is left with an outcome; whatever else is active in it ends.
    Leave(Arc<str>),
}

/// A way of a choice.
#[derive(Debug)]
pub struct Way {
    /// The rule; none: else.
    pub when: Option<Expr>,
    /// Where it leads; none: the path ends.
    pub then: Option<Target>,
}

/// A tree node of steps: the case itself, a fork, a group, a block.
#[derive(Debug)]
pub struct Scope {
    /// The step that it is; none for the case itself.
    pub owner: Option<StepIx>,
    /// Its steps in the order of the definition.
    pub steps: Vec<StepIx>,
    /// Whether all of them begin at once (fork), or the first.
    pub fork: bool,
    /// What it reacts to while it is active.
    pub handlers: Vec<Handler>,
    /// The outcomes that it can be left with.
    pub outcomes: Vec<Arc<str>>,
}

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
}

/// What wakes a handler.
#[derive(Debug)]
pub enum TriggerKind {
    /// A message of this name.
    Message(Arc<str>),
    /// A deadline passes.
    Deadline(Box<DeadlineKind>),
    /// A document leaves the house that this step made.
    Dispatch(StepPath),
}

/// A deadline before it has dates.
#[derive(Debug)]
pub struct DeadlineKind {
    /// What people read.
    pub title: Text,
    /// How long.
    pub period: Dynamic,
    /// From when.
    pub from: From,
    /// Why its end does not move to the next working day, when it does not.
    pub no_shift: Option<Arc<str>>,
}

/// What a deadline runs from.
#[derive(Debug)]
pub enum From {
    /// The day on which the step or scope is entered.
    Entry,
    /// The day of notification of the document that this step made.
    Notification(StepPath),
    /// A day that a rule says.
    Day(Expr),
}

/// A task.
#[derive(Debug)]
pub struct TaskKind {
    /// What is to be done.
    pub title: Text,
    /// How.
    pub help: Option<Text>,
    /// What is entered.
    pub form: Form,
    /// Who may do it.
    pub role: RoleId,
    /// Until when it should be done.
    pub due: Option<Period>,
    /// Whoever did a task at or inside one of these may not do this one.
    pub not_same_person_as: Vec<StepPath>,
}

/// What a task shows and takes.
#[derive(Debug)]
pub struct Form {
    /// The fields, in order.
    pub fields: Vec<FormField>,
    /// Validates what was entered.
    pub validator: Validator,
    /// Values shown beside it, with their labels.
    pub show: Vec<Shown>,
}

/// A field of a form.
#[derive(Debug)]
pub struct FormField {
    /// Its shape.
    pub field: Field,
    /// The rule that must hold for it to be shown.
    pub when: Option<Expr>,
    /// The rule that proposes its value.
    pub propose: Option<Expr>,
    /// The rules that must hold for some of its options to be open.
    pub options: Vec<(Arc<str>, Expr)>,
}

/// A value that a form shows.
#[derive(Debug)]
pub struct Shown {
    /// What people read beside it.
    pub title: Text,
    /// The value.
    pub value: Expr,
}

/// A computation.
#[derive(Debug)]
pub enum Compute {
    /// A file; its last value is the result.
    Script(Rule<Script>),
    /// One expression a field.
    Fields(Vec<(Arc<str>, Expr)>),
}

/// A decision table, and what is told of it.
#[derive(Debug)]
pub struct Decision {
    /// The table.
    pub table: Table,
    /// Its file.
    pub source: Arc<str>,
    /// Its outputs, in order.
    pub outputs: Vec<Arc<str>>,
    /// The norms of its rows.
    pub norms: Vec<Option<Arc<str>>>,
    /// What it reads.
    pub paths: Vec<VariablePath>,
}

/// A number without gaps.
#[derive(Debug)]
pub struct NumberKind {
    /// How it is written, for example `32.1-{year}/{number:5}`; a rule may say it.
    pub pattern: Dynamic,
    /// Whether it is the file number of the case.
    pub file_number: bool,
}

/// Something that a connector does.
#[derive(Debug)]
pub struct EffectKind {
    /// Which connector.
    pub connector: Arc<str>,
    /// What it gets.
    pub request: Dynamic,
}

/// A value that may have rules in it.
#[derive(Debug)]
pub enum Dynamic {
    /// Always the same.
    Constant(Value),
    /// What a rule says (`"= ..."`).
    Rule(Expr),
    /// A text made from a template (`{ template: file }`).
    Template(Rule<Template>),
    /// A list of such values.
    List(Vec<Dynamic>),
    /// Named such values.
    Map(Vec<(Arc<str>, Dynamic)>),
}

/// A compiled rule and where it was written.
#[derive(Debug)]
pub struct Rule<R> {
    /// As written: an expression, or the name of a file.
    pub source: Arc<str>,
    /// Whose names it sees.
    pub frame: FrameIx,
    /// Where it was written.
    pub span: Span,
    /// Compiled.
    pub compiled: R,
}

/// A compiled expression.
pub type Expr = Rule<Expression>;

impl Release {
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

    /// A step by path.
    pub fn find(&self, path: &StepPath) -> Option<&Step> {
        self.by_path.get(path).map(|ix| self.step(*ix))
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

    /// The fields of the application that are columns and filters of the inbox, with their paths.
    pub fn columns(&self) -> impl Iterator<Item = &Field> {
        self.data.fields.iter().filter(|field| field.list)
    }
}
