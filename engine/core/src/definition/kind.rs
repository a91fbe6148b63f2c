//! What a step does: the kinds that the engine knows, and the values with rules in them.

use std::sync::Arc;

use fachwerk_deadlines::Period;
use fachwerk_rules::{Expression, Script, Table, Template, VariablePath};

use super::{FrameIx, Handler, MAX_REACHED, Scope, ScopeIx, StepIx, Target, TextBlocks};
use crate::{
    diagnostic::Span,
    schema::{Field, Validator},
    words::{ProcessId, RoleId, StepPath, Text, Value},
};

/// What a step does.
#[derive(Debug)]
pub enum Kind {
    /// A person does something.
    Task(Box<TaskKind>),
    /// A rule computes something.
    Compute(Compute),
    /// A table decides something.
    Decide(Box<Decision>),
    /// A fee is reckoned by law.
    Fee(Box<FeeStep>),
    /// Texts are put together.
    Texts(Box<TextBlocks>),
    /// A number without gaps is drawn.
    Number(NumberKind),
    /// Something happens outside.
    Effect(EffectKind),
    /// An act is issued: one letter for each addressee.
    Issue(Box<IssueKind>),
    /// Something is waited for; the name of what comes first is the outcome.
    Wait(Vec<Handler>),
    /// The first way whose rule holds is gone.
    Choose(Vec<Way>),
    /// A scope: a fork, a group, a block, rounds.
    Scope(ScopeIx),
    /// Another case is begun, and waited for until it ends.
    Call(CallKind),
    /// Paths of the same scope meet (a join without a fork, as in BPMN).
    Join(Join),
    /// Something is raised for others to react to.
    Raise(Raise),
    /// Steps are ended wherever they are active (cancel region).
    Cancel(Vec<StepPath>),
    /// What was done is undone, the last first (compensation): all of the scope, or these steps.
    Compensate(Option<Vec<StepIx>>),
    /// The path ends here, with an outcome.
    End(Option<Arc<str>>),
}

/// The connector that makes letters.
pub const LETTER: &str = "letter";

impl Kind {
    /// Whether a step of this kind makes letters.
    pub fn makes_letters(&self) -> bool {
        match self {
            Kind::Issue(_) => true,
            Kind::Effect(effect) => &*effect.connector == LETTER,
            _ => false,
        }
    }

    /// The task, when it is one that another person must do than whoever did the steps that it names (a signature).
    pub fn signature(&self) -> Option<&TaskKind> {
        match self {
            Kind::Task(task) if !task.not_same_person_as.is_empty() => Some(task),
            _ => None,
        }
    }

    /// What lies in rows, if anything does: the file, where each row was written, and where what holds otherwise was.
    pub fn rows(&self) -> Option<(&Arc<str>, &[Span], Option<&Span>)> {
        match self {
            Kind::Decide(decision) => Some((&decision.source, &decision.rows, decision.default.as_ref())),
            Kind::Texts(texts) => Some((&texts.source, &texts.rows, None)),
            _ => None,
        }
    }

    /// How a step of this kind can end, besides without an outcome; `scopes`: those of its release.
    pub fn outcomes(&self, scopes: &[Scope]) -> Vec<Arc<str>> {
        match self {
            Kind::Task(task) => task.form.outcomes(),
            Kind::Wait(waits) => waits.iter().map(|wait| wait.name.clone()).collect(),
            Kind::Scope(scope) => {
                let Scope { outcomes, repeat, .. } = &scopes[scope.0 as usize];
                let max = repeat.as_ref().and_then(|repeat| repeat.max);
                outcomes.iter().cloned().chain(max.map(|_| MAX_REACHED.into())).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A way of a choice.
#[derive(Debug)]
pub struct Way {
    /// The rule; none: else.
    pub when: Option<Expr>,
    /// Where it leads; none: the path ends.
    pub then: Option<Target>,
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
    /// Whether what is entered shall stand in a letter.
    pub printed: bool,
}

impl FormField {
    /// The rules that see what is being entered.
    pub fn conditions(&self) -> impl Iterator<Item = &Expr> {
        self.when.iter().chain(self.options.iter().map(|(_, rule)| rule))
    }
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
    /// Those of them that people read, with titles and types.
    pub titled: Vec<Field>,
    /// The norms of its rows.
    pub norms: Vec<Option<Arc<str>>>,
    /// Where its rows were written.
    pub rows: Vec<Span>,
    /// Where the results were written for when no row matches.
    pub default: Option<Span>,
    /// What it reads.
    pub paths: Vec<VariablePath>,
    /// The name under which it writes which rows matched, if it does.
    pub trace: Option<Arc<str>>,
}

/// A fee that is reckoned by law.
#[derive(Debug)]
pub struct FeeStep {
    /// Which position of which tariff.
    pub tariff: Dynamic,
    /// What is asked of it, by name.
    pub asked: Dynamic,
}

impl FeeStep {
    /// What can be asked of a tariff, besides which it is.
    pub const ASKED: [&'static str; 12] = [
        "on",
        "amount",
        "quantities",
        "value",
        "time",
        "share_of",
        "percent",
        "occasion",
        "reduction",
        "reduced_to",
        "reasons",
        "expenses",
    ];

    /// What it writes.
    pub const WRITTEN: &'static [&'static str] = &[
        "title",
        "title_en",
        "kind",
        "cents",
        "expenses",
        "total",
        "full",
        "min_cents",
        "max_cents",
        "usual_cents",
        "share_min",
        "share_max",
        "reduction_min",
        "reduction_max",
        "needs",
        "basis",
        "calculation",
        "calculation_en",
        "law",
        "sample",
    ];
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

/// An act that is issued.
#[derive(Debug)]
pub struct IssueKind {
    /// Its kind.
    pub act: Arc<str>,
    /// What was decided.
    pub decision: Option<Dynamic>,
    /// Its additional provisions: a list of texts or `{ text, kind, due }`.
    pub conditions: Option<Dynamic>,
    /// The fee, in cents.
    pub fee: Option<Dynamic>,
    /// The period for a remedy; none: the one of the remedy that there is.
    pub period: Option<Dynamic>,
    /// Whom it is for, when not all of the kinds that the act names: parties or their numbers.
    pub to: Option<Dynamic>,
    /// What the connector `letter` gets for each addressee, besides the address.
    pub letter: Dynamic,
    /// Further acts that are issued by the same letters.
    pub further: Vec<FurtherAct>,
    /// Whether the letters only certify that the act counts as granted.
    pub certifies: bool,
}

/// An act that is issued by the letters of another one.
#[derive(Debug)]
pub struct FurtherAct {
    /// Whether it is issued; always without a rule.
    pub when: Option<Expr>,
    /// What it is; its letter is the text of its part.
    pub said: IssueKind,
}

impl IssueKind {
    /// The acts, the first one first.
    pub fn each(&self) -> impl Iterator<Item = &IssueKind> {
        std::iter::once(self).chain(self.further.iter().map(|further| &further.said))
    }
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

/// When paths that meet go on as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Join {
    /// One has come from every step that leads here (AND join).
    All,
    /// No other path of the scope can come here any more (OR join of BPMN 2.0.2, 13.4.3).
    Inclusive,
    /// So many have come, from wherever.
    Count(u32),
}

/// What a step raises.
#[derive(Debug)]
pub enum Raise {
    /// An error: the path ends, the innermost scope that handles it reacts; without one the case is stuck here.
    Error(Arc<str>),
    /// An escalation: the innermost scope that handles it reacts, and the path goes on.
    Escalation(Arc<str>),
    /// A signal: everything of the authority that waits for it reacts, and the path goes on.
    Signal(Arc<str>),
    /// A message to another case, and the path goes on.
    Message(Box<MessageKind>),
}

/// A message to another case.
#[derive(Debug)]
pub struct MessageKind {
    /// What it is.
    pub name: Arc<str>,
    /// The key by which the other case waits for it; none: it goes to the case that called this one.
    pub key: Option<Expr>,
    /// Its content.
    pub payload: Dynamic,
}

/// A call of another process.
#[derive(Debug)]
pub struct CallKind {
    /// The process; its newest release in use when the call is made.
    pub process: ProcessId,
    /// The application of the case that begins.
    pub data: Dynamic,
}
