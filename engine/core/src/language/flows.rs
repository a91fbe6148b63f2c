//! Reads how steps end and where it goes on from them: outcomes, flows, and what wakes a handler.

use std::sync::Arc;

use super::{
    compiler::{Compiler, Names, Place},
    fields::{Fields, check_id, entries, text},
    yaml::{Kind as NodeKind, Node},
};
use crate::{
    definition::{Handler, Kind, ScopeIx, Shape, StepIx, Target, Then},
    words::Text,
};

/// What is known of how a step ends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// By one of its outcomes.
    Known,
    /// By one of its outcomes, or without one.
    OrWithout,
    /// By outcomes that are not known here.
    Unknown,
}

impl Compiler<'_> {
    /// What is known of how a step of a kind ends.
    pub fn ends(&self, ix: StepIx, kind: &Kind) -> Ends {
        match kind {
            // How a case of another process ends is not known here.
            Kind::Call(_) => Ends::Unknown,
            // A block says all its outcomes; the last path of a group may end without one.
            Kind::Scope(_) if !self.is_fork(Some(kind)) && self.steps[ix.0 as usize].block.is_none() => {
                Ends::OrWithout
            }
            _ => Ends::Known,
        }
    }

    pub fn is_fork(&self, kind: Option<&Kind>) -> bool {
        let Some(Kind::Scope(scope)) = kind else { return false };
        matches!(self.scopes[scope.0 as usize].shape, Shape::Fork(_))
    }

    /// A step of the same scope.
    pub fn sibling(&mut self, node: &Node, names: &Names) -> Option<StepIx> {
        let name = text(node, &mut self.problems)?;
        if let Some(ix) = names.get(&**name) {
            return Some(*ix);
        }
        self.problems
            .error(
                &node.span,
                "unknown_step",
                Text::new(
                    format!("Einen Schritt „{name}“ gibt es hier nicht."),
                    format!("There is no step `{name}` here."),
                ),
            )
            .did_you_mean(name, names.keys().map(|name| &**name));
        None
    }

    pub fn then(
        &mut self,
        node: &Node,
        (outcomes, ends): (&[Arc<str>], Ends),
        place: &Place,
        names: &Names,
        open: bool,
    ) -> Then {
        let NodeKind::Map(entries) = &node.kind else {
            return Then { otherwise: self.target(node, place, names, open), ..Then::default() };
        };
        let mut then = Then::default();
        for (key, node) in entries {
            let otherwise = ends != Ends::Known && &*key.text == "else";
            if !otherwise && ends != Ends::Unknown && !outcomes.contains(&key.text) {
                self.problems
                    .error(
                        &key.span,
                        "unknown_outcome",
                        Text::new(
                            format!("Einen Ausgang „{}“ hat dieser Schritt nicht.", key.text),
                            format!("This step has no outcome `{}`.", key.text),
                        ),
                    )
                    .did_you_mean(&key.text, outcomes.iter().map(|outcome| &**outcome));
            }
            if let Some(target) = self.target(node, place, names, open) {
                if otherwise {
                    then.otherwise = Some(target);
                } else {
                    then.by_outcome.insert(key.text.clone(), target);
                }
            }
        }
        for outcome in outcomes {
            if !entries.iter().any(|(key, _)| key.text == *outcome) {
                self.problems.error(
                    &node.span,
                    "outcome_without_flow",
                    Text::new(
                        format!("Für den Ausgang „{outcome}“ steht nicht da, wie es weitergeht."),
                        format!("It does not say where the outcome `{outcome}` leads."),
                    ),
                );
            }
        }
        then
    }

    /// A group can be left by every name that leads out of it or ends a path in it.
    pub fn add_outcome(&mut self, group: ScopeIx, outcome: Arc<str>) {
        let outcomes = &mut self.scopes[group.0 as usize].outcomes;
        if !outcomes.contains(&outcome) {
            outcomes.push(outcome);
        }
    }

    /// Reads the end of a flow: the name of a step of this scope, `$outcome`, or a list of steps that begin at once.
    pub fn target(&mut self, node: &Node, place: &Place, names: &Names, open: bool) -> Option<Target> {
        if let NodeKind::List(items) = &node.kind {
            if items.is_empty() {
                self.problems.error(
                    &node.span,
                    "no_steps",
                    Text::new("Hier steht kein Schritt.", "There is no step here."),
                );
            }
            let steps: Vec<StepIx> = items.iter().filter_map(|item| self.sibling(item, names)).collect();
            return (steps.len() == items.len() && !steps.is_empty()).then_some(Target::Steps(steps));
        }
        let name = text(node, &mut self.problems)?;
        if let Some(outcome) = name.strip_prefix('$') {
            let scope = &self.scopes[place.scope.0 as usize];
            if let Some(known) = scope.outcomes.iter().find(|known| ***known == *outcome) {
                return Some(Target::Leave(known.clone()));
            }
            if open {
                let outcome: Arc<str> = outcome.into();
                self.add_outcome(place.scope, outcome.clone());
                return Some(Target::Leave(outcome));
            }
            let known = scope.outcomes.clone();
            self.problems
                .error(
                    &node.span,
                    "unknown_outcome",
                    Text::new(
                        format!("Einen Ausgang „{outcome}“ gibt es hier nicht."),
                        format!("There is no outcome `{outcome}` here."),
                    ),
                )
                .did_you_mean(outcome, known.iter().map(|outcome| &**outcome));
            return None;
        }
        self.sibling(node, names).map(Target::Step)
    }

    /// Reads handlers (`on`) or the branches of a wait step; `flow`: where they may lead, none for branches.
    pub fn handlers(&mut self, node: &Node, place: &Place, flow: Option<(&Names, bool)>) -> Vec<Handler> {
        let mut handlers = Vec::new();
        for (key, node) in entries(node, &mut self.problems) {
            check_id(key, &mut self.problems);
            if flow.is_some() {
                self.use_id(place.frame, key);
            }
            let Some(fields) = Fields::of(node, &mut self.problems) else { continue };
            let trigger = self.trigger(&fields);
            let when = fields.get("when").and_then(|node| self.condition(node));
            let mut interrupt = true;
            let mut then = None;
            if let Some((names, open)) = flow {
                interrupt = fields.flag("interrupt", true, &mut self.problems);
                then = fields
                    .need("then", &mut self.problems)
                    .and_then(|node| self.target(node, place, names, open));
            }
            let place = fields.span();
            fields.finish(&mut self.problems);
            if let Some(trigger) = trigger {
                self.check_interrupt(place, &trigger, interrupt);
                let (name, span) = (key.text.clone(), key.span.clone());
                handlers.push(Handler { name, trigger, interrupt, when, then, span });
            }
        }
        self.one_fiction(node, &handlers);
        handlers
    }
}
