//! A process as an outline that reads like prose, and as a graph: two views of the same release.

mod graph;
mod prose;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use fachwerk_core::definition::{Handler, Kind, Release, ScopeIx, Step, Target, TriggerKind};
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
        Kind::Decide(_) => StepKind::Decide,
        Kind::Number(_) => StepKind::Number,
        Kind::Effect(_) => StepKind::Effect,
        Kind::Wait(_) => StepKind::Wait,
        Kind::Choose(_) => StepKind::Choose,
        Kind::End(_) => StepKind::End,
        Kind::Scope(_) if step.block.is_some() => StepKind::Block,
        Kind::Scope(scope) if release.scope(*scope).fork => StepKind::Fork,
        Kind::Scope(_) => StepKind::Group,
    }
}

/// The outline of a release.
pub fn outline(release: &Release, wording: &Wording) -> Vec<Outline> {
    inside(release, ScopeIx(0), &Prose { release, wording })
}

/// What the case itself reacts to, at any time.
pub fn case_handlers(release: &Release, wording: &Wording) -> Vec<HandlerEntry> {
    handlers(ScopeIx(0), &Prose { release, wording })
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
    let flow = |outcome: Option<&Arc<str>>, when: Option<&Arc<str>>, target: Option<&Target>| {
        let (to, leaves_with) = match target {
            Some(Target::Step(ix)) => (Some(release.step(*ix).path.to_string()), None),
            Some(Target::Leave(outcome)) => (None, Some(outcome.clone())),
            None => (None, None),
        };
        Flow {
            outcome: outcome.cloned(),
            outcome_title: outcome.map(|outcome| prose.wording.outcome(step, outcome).into()),
            when: when.cloned(),
            to,
            leaves: leaves_with.is_some(),
            leaves_with,
        }
    };
    if let Kind::Choose(ways) = &step.kind {
        let way = |way: &fachwerk_core::definition::Way| {
            flow(None, way.when.as_ref().map(|rule| &rule.source), way.then.as_ref())
        };
        return ways.iter().map(way).collect();
    }
    step.then.targets().map(|(outcome, target)| flow(outcome, None, Some(target))).collect()
}

fn handlers(scope: ScopeIx, prose: &Prose<'_>) -> Vec<HandlerEntry> {
    let entry = |handler: &Handler| HandlerEntry {
        name: handler.name.clone(),
        title: prose.handler_title(handler),
        kind: trigger_name(&handler.trigger),
        interrupt: handler.interrupt,
        to: match &handler.then {
            Some(Target::Step(ix)) => Some(prose.release.step(*ix).path.to_string()),
            Some(Target::Leave(_)) | None => None,
        },
        sentence: prose.handler(scope, handler),
    };
    prose.release.scope(scope).handlers.iter().map(entry).collect()
}

fn trigger_name(trigger: &TriggerKind) -> TriggerName {
    match trigger {
        TriggerKind::Message(_) => TriggerName::Message,
        TriggerKind::Deadline(_) => TriggerName::Deadline,
        TriggerKind::Dispatch(_) => TriggerName::Dispatch,
    }
}
