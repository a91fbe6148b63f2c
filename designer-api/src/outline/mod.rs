//! A process as an outline that reads like prose, and as a graph: two views of the same release.

mod constructs;
mod graph;
mod prose;
mod rules;
#[cfg(test)]
mod tests;
mod triggers;

use std::sync::Arc;

use fachwerk_core::definition::{Expr, Handler, Kind, Release, ScopeIx, Shape, Step, Target, TriggerKind};
use serde::Serialize;
use utoipa::ToSchema;

pub use graph::{Graph, graph};
use prose::Prose;

use crate::{shapes::Text, wording::Wording};

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum StepKind {
    /// A person does something.
    Task,
    /// A rule computes something.
    Compute,
    /// A table decides something.
    Decide,
    /// A number without gaps is drawn.
    Number,
    /// Something happens outside.
    Effect,
    /// An act is issued.
    Issue,
    /// Something is waited for.
    Wait,
    /// The first way whose rule holds is gone.
    Choose,
    /// Branches at the same time.
    Fork,
    /// Steps that belong together.
    Group,
    /// A use of a block.
    Block,
    /// The same steps for each entry of a list.
    Each,
    /// A person chooses the steps.
    Adhoc,
    /// Another case begins and is waited for.
    Call,
    /// Paths meet.
    Join,
    /// Something is raised for others to react to.
    Raise,
    /// Steps are ended from elsewhere.
    Cancel,
    /// What was done is undone.
    Compensate,
    /// The path ends.
    End,
}

/// A block that is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BlockName {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Arc<str>,
    /// Its version.
    #[schema(value_type = String)]
    pub version: Arc<str>,
    /// What people read.
    pub title: Text,
}

/// Where a step goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Flow {
    /// For this outcome; none: for every other, or for a way of a choice.
    #[schema(value_type = Option<String>)]
    pub outcome: Option<Arc<str>>,
    /// What people read for the outcome.
    pub outcome_title: Option<Text>,
    /// The rule of a way of a choice, as written.
    #[schema(value_type = Option<String>)]
    pub when: Option<Arc<str>>,
    /// The same as a sentence without its full stop; none when it has no sentence.
    pub when_sentence: Option<Text>,
    /// The step; none: the path ends, or the scope is left.
    pub to: Option<String>,
    /// Whether the scope around the step is left.
    pub leaves: bool,
    /// The outcome that the scope is left with.
    #[schema(value_type = Option<String>)]
    pub leaves_with: Option<Arc<str>>,
}

/// What a trigger is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TriggerName {
    /// A message comes.
    Message,
    /// A deadline passes.
    Deadline,
    /// A letter leaves the house.
    Dispatch,
    /// A timer rings.
    Timer,
    /// A signal is raised.
    Signal,
    /// An error occurs inside.
    Error,
    /// Something escalates inside.
    Escalation,
    /// A rule begins to hold.
    Condition,
    /// A person says so.
    Byhand,
}

/// What a scope reacts to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandlerEntry {
    /// Its name.
    #[schema(value_type = String)]
    pub name: Arc<str>,
    /// What people read.
    pub title: Text,
    /// What wakes it.
    pub kind: TriggerName,
    /// Whether it ends everything else in the scope.
    pub interrupt: bool,
    /// The step that it leads to.
    pub to: Option<String>,
    /// In a sentence.
    pub sentence: Text,
    /// The rules that the sentence says in words, as they are written.
    #[schema(value_type = Vec<String>)]
    pub rules: Vec<Arc<str>>,
}

/// A step with all that lies inside it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Outline {
    /// Its address.
    pub step: String,
    /// What people read.
    pub title: Text,
    /// What it does.
    pub kind: StepKind,
    /// What it does and where it goes on, in plain language.
    pub sentence: Text,
    /// The block that it uses.
    pub block: Option<BlockName>,
    /// The norms that it rests on.
    #[schema(value_type = Vec<String>)]
    pub legal_basis: Vec<Arc<str>>,
    /// Where it goes on.
    pub flows: Vec<Flow>,
    /// The rules that its sentence says in words, as they are written.
    #[schema(value_type = Vec<String>)]
    pub rules: Vec<Arc<str>>,
    /// What it reacts to while it is active.
    pub handlers: Vec<HandlerEntry>,
    /// The steps inside it.
    #[schema(no_recursion)]
    pub children: Vec<Outline>,
}

/// What a step does.
pub fn kind_of(release: &Release, step: &Step) -> StepKind {
    match &step.kind {
        Kind::Task(_) => StepKind::Task,
        Kind::Compute(_) => StepKind::Compute,
        Kind::Decide(_) | Kind::Fee(_) | Kind::Texts(_) => StepKind::Decide,
        Kind::Number(_) => StepKind::Number,
        Kind::Effect(_) => StepKind::Effect,
        Kind::Issue(_) => StepKind::Issue,
        Kind::Wait(_) => StepKind::Wait,
        Kind::Choose(_) => StepKind::Choose,
        Kind::End(_) => StepKind::End,
        Kind::Scope(_) if step.block.is_some() => StepKind::Block,
        Kind::Scope(scope) => match release.scope(*scope).shape {
            Shape::Fork(_) => StepKind::Fork,
            Shape::Each(_) => StepKind::Each,
            Shape::AdHoc(_) => StepKind::Adhoc,
            Shape::Path => StepKind::Group,
        },
        Kind::Call(_) => StepKind::Call,
        Kind::Join(_) => StepKind::Join,
        Kind::Raise(_) => StepKind::Raise,
        Kind::Cancel(_) => StepKind::Cancel,
        Kind::Compensate(_) => StepKind::Compensate,
    }
}

/// The outline of a release.
pub fn outline(release: &Release, wording: &Wording) -> Vec<Outline> {
    inside(release, ScopeIx(0), &Prose::new(release, wording))
}

/// What the case itself reacts to, at any time.
pub fn case_handlers(release: &Release, wording: &Wording) -> Vec<HandlerEntry> {
    handlers(ScopeIx(0), &Prose::new(release, wording))
}

fn inside(release: &Release, scope: ScopeIx, prose: &Prose<'_>) -> Vec<Outline> {
    let steps = release.scope(scope).steps.iter().map(|ix| release.step(*ix));
    steps.map(|step| of_step(release, step, prose)).collect()
}

fn of_step(release: &Release, step: &Step, prose: &Prose<'_>) -> Outline {
    let (handlers, children) = match step.kind {
        Kind::Scope(scope) => (handlers(scope, prose), inside(release, scope, prose)),
        _ => Default::default(),
    };
    Outline {
        step: step.path.to_string(),
        title: (&step.title).into(),
        kind: kind_of(release, step),
        sentence: prose.sentence(step),
        block: step.block.as_ref().and_then(|id| block_name(release, id)),
        legal_basis: step.legal_basis.clone(),
        flows: flows(release, step, prose),
        rules: rules::of_step(step, prose),
        handlers,
        children,
    }
}

/// A block as a release uses it.
pub fn block_name(release: &Release, id: &Arc<str>) -> Option<BlockName> {
    let used = release.blocks.get(id)?;
    Some(BlockName { id: id.clone(), version: used.version.clone(), title: (&used.title).into() })
}

fn flows(release: &Release, step: &Step, prose: &Prose<'_>) -> Vec<Flow> {
    let flow = |outcome: Option<&Arc<str>>, when: Option<&Expr>, target: Option<&Target>| {
        let leaves_with = match target {
            Some(Target::Leave(outcome)) => Some(outcome.clone()),
            _ => None,
        };
        let led_to = target.map(|target| steps_of(release, target)).unwrap_or_default();
        let led_to: Vec<Option<String>> =
            if led_to.is_empty() { vec![None] } else { led_to.into_iter().map(Some).collect() };
        let flow = |to| Flow {
            outcome: outcome.cloned(),
            outcome_title: outcome.map(|outcome| prose.wording.outcome(step, outcome).into()),
            when: when.map(|rule| rule.source.clone()),
            when_sentence: when.and_then(|rule| prose.said(rule)),
            to,
            leaves: leaves_with.is_some(),
            leaves_with: leaves_with.clone(),
        };
        led_to.into_iter().map(flow).collect::<Vec<_>>()
    };
    if let Kind::Choose(ways) = &step.kind {
        let way = |way: &fachwerk_core::definition::Way| flow(None, way.when.as_ref(), way.then.as_ref());
        return ways.iter().flat_map(way).collect();
    }
    step.then.targets().flat_map(|(outcome, target)| flow(outcome, None, Some(target))).collect()
}

/// The addresses of the steps that a target leads to.
fn steps_of(release: &Release, target: &Target) -> Vec<String> {
    let steps = match target {
        Target::Step(ix) => std::slice::from_ref(ix),
        Target::Steps(steps) => &steps[..],
        Target::Leave(_) => &[],
    };
    steps.iter().map(|ix| release.step(*ix).path.to_string()).collect()
}

fn handlers(scope: ScopeIx, prose: &Prose<'_>) -> Vec<HandlerEntry> {
    let entry = |handler: &Handler| HandlerEntry {
        name: handler.name.clone(),
        title: prose.handler_title(handler),
        kind: trigger_name(&handler.trigger),
        interrupt: handler.interrupt,
        to: handler.then.as_ref().and_then(|target| steps_of(prose.release, target).into_iter().next()),
        sentence: prose.handler(scope, handler),
        rules: rules::of_handler(handler, prose),
    };
    prose.release.scope(scope).handlers.iter().map(entry).collect()
}

fn trigger_name(trigger: &TriggerKind) -> TriggerName {
    match trigger {
        TriggerKind::Message(..) => TriggerName::Message,
        TriggerKind::Timer(_) => TriggerName::Timer,
        TriggerKind::Signal(_) => TriggerName::Signal,
        TriggerKind::Error(_) => TriggerName::Error,
        TriggerKind::Escalation(_) => TriggerName::Escalation,
        TriggerKind::Condition(_) => TriggerName::Condition,
        TriggerKind::ByHand(_) => TriggerName::Byhand,
        TriggerKind::Deadline(_) => TriggerName::Deadline,
        TriggerKind::Dispatch(_) => TriggerName::Dispatch,
    }
}
