//! The rules of steps and handlers that their sentences say in words, as they are written.

use std::sync::Arc;

use fachwerk_core::definition::{Expr, Handler, Kind, Scope, Shape, Step, TriggerKind};

use super::prose::Prose;

/// Those of a step; its handlers and the steps inside it have their own.
pub fn of_step(step: &Step, prose: &Prose<'_>) -> Vec<Arc<str>> {
    let rules = match &step.kind {
        Kind::Choose(ways) => ways.iter().filter_map(|way| way.when.as_ref()).collect(),
        Kind::Wait(handlers) => handlers.iter().flat_map(in_handler).collect(),
        Kind::Scope(scope) => in_scope(prose.release.scope(*scope), prose),
        _ => Vec::new(),
    };
    said(rules, prose)
}

/// Those of a handler.
pub fn of_handler(handler: &Handler, prose: &Prose<'_>) -> Vec<Arc<str>> {
    said(in_handler(handler).collect(), prose)
}

fn said(rules: Vec<&Expr>, prose: &Prose<'_>) -> Vec<Arc<str>> {
    let said = rules.into_iter().filter(|rule| prose.said(rule).is_some());
    said.map(|rule| rule.source.clone()).collect()
}

fn in_handler(handler: &Handler) -> impl Iterator<Item = &Expr> {
    let condition = match &handler.trigger {
        TriggerKind::Condition(rule) => Some(rule),
        _ => None,
    };
    condition.into_iter().chain(&handler.when)
}

fn in_scope<'r>(scope: &'r Scope, prose: &Prose<'r>) -> Vec<&'r Expr> {
    let mut rules: Vec<&Expr> = match &scope.shape {
        Shape::Fork(_) => scope.steps.iter().filter_map(|ix| prose.release.step(*ix).when.as_ref()).collect(),
        Shape::Each(each) => each.until.iter().collect(),
        Shape::AdHoc(group) => group.until.iter().collect(),
        Shape::Path => Vec::new(),
    };
    if let Some(repeat) = &scope.repeat {
        rules.extend(repeat.while_holds.iter().chain(&repeat.until));
    }
    rules
}
