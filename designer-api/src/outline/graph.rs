//! The graph of a release: every step a node, every way an edge.

use std::sync::Arc;

use fachwerk_core::definition::{Expr, Handler, Kind, Release, Step, Target};
use serde::Serialize;
use utoipa::ToSchema;

use super::{HandlerEntry, StepKind, handlers, kind_of, prose::Prose, steps_of};
use crate::{shapes::Text, wording::Wording};

/// A process as a graph.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Graph {
    /// The steps.
    pub nodes: Vec<GraphNode>,
    /// The ways between them. A way that leaves a scope or ends has no edge.
    pub edges: Vec<GraphEdge>,
}

/// A step of the graph.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct GraphNode {
    /// The address of the step.
    pub id: String,
    /// The step that it lies in; none: the case itself.
    pub parent: Option<String>,
    /// What it does.
    pub kind: StepKind,
    /// What people read.
    pub title: Text,
    /// The block that it uses.
    #[schema(value_type = Option<String>)]
    pub block: Option<Arc<str>>,
    /// What it reacts to while it is active.
    pub handlers: Vec<HandlerEntry>,
}

/// A way from step to step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GraphEdge {
    /// Unique within the graph.
    pub id: String,
    /// The step that it begins at; none: the case itself, for its own handlers.
    pub from: Option<String>,
    /// The step that it leads to.
    pub to: String,
    /// For this outcome.
    #[schema(value_type = Option<String>)]
    pub outcome: Option<Arc<str>>,
    /// By this handler of `from`.
    #[schema(value_type = Option<String>)]
    pub handler: Option<Arc<str>>,
    /// The rule of a way of a choice, as written; none for its last way.
    #[schema(value_type = Option<String>)]
    pub when: Option<Arc<str>>,
    /// The same as a sentence without its full stop; none when it has no sentence.
    pub when_sentence: Option<Text>,
}

/// What leads from one step to the next.
enum Because<'a> {
    Outcome(Option<&'a Arc<str>>),
    Way(Option<&'a Expr>),
    Handler(&'a Arc<str>),
}

/// The graph of a release.
pub fn graph(release: &Release, wording: &Wording) -> Graph {
    let prose = Prose::new(release, wording);
    let mut graph = Graph { nodes: Vec::with_capacity(release.steps.len()), edges: Vec::new() };
    graph.of_handlers(&prose, None, &release.root().handlers);
    for step in &release.steps {
        let scope = match step.kind {
            Kind::Scope(scope) => Some(scope),
            _ => None,
        };
        graph.nodes.push(GraphNode {
            id: step.path.to_string(),
            parent: release.scope(step.scope).owner.map(|owner| release.step(owner).path.to_string()),
            kind: kind_of(release, step),
            title: (&step.title).into(),
            block: step.block.clone(),
            handlers: scope.map(|scope| handlers(scope, &prose)).unwrap_or_default(),
        });
        for (outcome, target) in step.then.targets() {
            graph.edge(&prose, Some(step), Some(target), Because::Outcome(outcome));
        }
        if let Kind::Choose(ways) = &step.kind {
            for way in ways {
                graph.edge(&prose, Some(step), way.then.as_ref(), Because::Way(way.when.as_ref()));
            }
        }
        if let Some(scope) = scope {
            graph.of_handlers(&prose, Some(step), &release.scope(scope).handlers);
        }
    }
    graph
}

impl Graph {
    fn of_handlers(&mut self, prose: &Prose<'_>, from: Option<&Step>, handlers: &[Handler]) {
        for handler in handlers {
            self.edge(prose, from, handler.then.as_ref(), Because::Handler(&handler.name));
        }
    }

    fn edge(
        &mut self,
        prose: &Prose<'_>,
        from: Option<&Step>,
        target: Option<&Target>,
        because: Because<'_>,
    ) {
        let (outcome, handler, when) = match because {
            Because::Outcome(outcome) => (outcome.cloned(), None, None),
            Because::Handler(name) => (None, Some(name.clone()), None),
            Because::Way(rule) => (None, None, rule),
        };
        for to in target.map(|target| steps_of(prose.release, target)).unwrap_or_default() {
            self.edges.push(GraphEdge {
                id: format!("e{}", self.edges.len() + 1),
                from: from.map(|step| step.path.to_string()),
                to,
                outcome: outcome.clone(),
                handler: handler.clone(),
                when: when.map(|rule| rule.source.clone()),
                when_sentence: when.and_then(|rule| prose.said(rule)),
            });
        }
    }
}
