//! What one case reaches on its way, read from its events.

use std::{collections::HashMap, sync::Arc};

use super::{Because, Coverage, Point};
use crate::{
    definition::{Kind, Release, Step, Target},
    event::Event,
    turn::Turn,
    words::{InstanceId, StepPath, Value},
};

/// Counts what the turns of a case reach.
pub fn follow(release: &Release, coverage: &mut Coverage, turns: &[Turn]) {
    let mut course = Course { release, coverage, active: HashMap::new() };
    turns.iter().flat_map(|turn| &turn.events).for_each(|event| course.follow(event));
}

/// One case on its way.
struct Course<'a> {
    release: &'a Release,
    coverage: &'a mut Coverage,
    active: HashMap<InstanceId, Active<'a>>,
}

/// What is known of an active instance.
struct Active<'a> {
    step: &'a Step,
    /// Neither a round nor a fork that was joined early goes on when it is left.
    goes_on: bool,
    /// The rule that was asked last, and whether it held.
    said: Option<(Arc<str>, bool)>,
}

impl Course<'_> {
    fn follow(&mut self, event: &Event) {
        match event {
            Event::StepEntered { instance, step, .. } => self.enter(*instance, step, true),
            Event::RoundEntered { instance, step, .. } => self.enter(*instance, step, false),
            Event::BranchesJoined { instance } => {
                if let Some(active) = self.active.get_mut(instance) {
                    active.goes_on = false;
                    let step = active.step;
                    self.gone(step, (None, None), step.then.target(None));
                }
            }
            Event::RuleEvaluated { instance, rule, result, matched, .. } => {
                let Some(active) = self.active.get_mut(instance) else { return };
                active.said = Some((rule.clone(), *result == Value::Bool(true)));
                let step = active.step;
                if let Some((_, _, default)) = step.kind.rows() {
                    let rows = matched.iter().map(|matched| Some(matched.row));
                    for row in rows.chain((matched.is_empty() && default.is_some()).then_some(None)) {
                        let point = self.coverage.row_point(self.release, step, row);
                        point.into_iter().for_each(|point| self.coverage.count(point));
                    }
                }
            }
            Event::HandlerReacted { instance, name } => self.react(*instance, name),
            Event::StepLeft { instance, outcome } => self.leave(*instance, outcome.as_ref()),
            _ => {}
        }
    }

    fn enter(&mut self, instance: InstanceId, path: &StepPath, goes_on: bool) {
        let Some(step) = self.release.find(path) else { return };
        self.active.insert(instance, Active { step, goes_on, said: None });
        if goes_on && let Some(step) = self.coverage.own(self.release, step) {
            self.coverage.count(Point::Step { step });
        }
    }

    fn react(&mut self, instance: InstanceId, name: &Arc<str>) {
        let step = self.active.get(&instance).map(|active| &active.step.path);
        let Some((ix, scope)) = self.release.scope_of(step) else { return };
        let Some(step) = self.coverage.own_scope(self.release, ix) else { return };
        for handler in scope.handlers.iter().filter(|handler| handler.name == *name) {
            let points = self.coverage.handler_points(self.release, step.clone(), handler);
            points.into_iter().for_each(|point| self.coverage.count(point));
        }
    }

    fn leave(&mut self, instance: InstanceId, outcome: Option<&Arc<str>>) {
        let Some(Active { step, goes_on, said }) = self.active.remove(&instance) else { return };
        if let (Some(outcome), true) = (outcome, goes_on) {
            if let Some(path) = self.coverage.own(self.release, step) {
                self.coverage.count(Point::Outcome { step: Some(path), outcome: outcome.clone() });
            }
            if step.block.is_some() && step.block == self.coverage.block {
                self.coverage.count(Point::Outcome { step: None, outcome: outcome.clone() });
            }
        }
        if !goes_on {
            return;
        }
        if let Kind::Choose(ways) = &step.kind {
            let held = said.filter(|(_, held)| *held).map(|(rule, _)| rule);
            let gone = ways.iter().find(|way| way.when.as_ref().map(|rule| &rule.source) == held.as_ref());
            return self.gone(step, (None, held.as_ref()), gone.and_then(|way| way.then.as_ref()));
        }
        let own = outcome.filter(|outcome| step.then.by_outcome.contains_key(*outcome));
        self.gone(step, (own, None), step.then.target(outcome.map(|outcome| &**outcome)));
    }

    fn gone(&mut self, step: &Step, because: Because<'_>, target: Option<&Target>) {
        let points = target.map(|target| self.coverage.flow_points(self.release, step, because, target));
        points.into_iter().flatten().for_each(|(point, _)| self.coverage.count(point));
    }
}
