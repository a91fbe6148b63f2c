//! How instances are entered, left and ended: the one mechanism behind sequence, choice, fork, group and block.

use std::sync::Arc;

use super::{
    MAX_STEPS_PER_TURN,
    turn::{Deciding, trouble},
};
use crate::{
    case::Activity,
    definition::{Kind, StepIx, Target},
    event::Event,
    words::{InstanceId, StepPath, Text, Value},
};

impl Deciding<'_> {
    /// Runs whatever has something to do, depth first, until everything waits.
    pub fn work(&mut self) {
        while let Some(instance) = self.next() {
            self.steps += 1;
            if self.steps > MAX_STEPS_PER_TURN {
                self.too_long(instance);
                return;
            }
            self.run(instance);
        }
    }

    fn too_long(&mut self, instance: InstanceId) {
        let step = self.case.instance(instance).and_then(|it| it.step.clone());
        let incident = trouble(
            "turn_too_long",
            step.as_ref(),
            Text::new(
                format!(
                    "Der Vorgang hat {MAX_STEPS_PER_TURN} Schritte nacheinander ohne Halt ausgeführt; wahrscheinlich läuft er im Kreis."
                ),
                format!(
                    "The case has run {MAX_STEPS_PER_TURN} steps in a row without a stop; it probably goes round in circles."
                ),
            ),
            Text::new(
                "Das Verfahren prüfen: Eine Schleife braucht eine Aufgabe, eine Frist oder eine Bedingung, die sie beendet. „Wiederholen“ führt weitere Schritte aus.",
                "Check the process: a loop needs a task, a deadline or a condition that ends it. A retry runs more steps.",
            ),
            Value::Null,
        );
        self.stuck(Some(instance), *incident);
        // What else has not run yet is stuck with it, so that one retry wakes all.
        while let Some(other) = self.next() {
            let step = self.case.instance(other).and_then(|it| it.step.clone());
            let (message, help) = (
                Text::new(
                    "Dieser Schritt wartet auf das Ende derselben Störung.",
                    "This step waits for the same trouble to end.",
                ),
                Text::new("Wiederholen.", "Retry."),
            );
            self.stuck(Some(other), *trouble("turn_too_long", step.as_ref(), message, help, Value::Null));
        }
    }

    /// Enters a step in a scope instance; it runs when its turn comes.
    pub fn enter(&mut self, ix: StepIx, parent: InstanceId, after: Option<&StepPath>) {
        let instance = InstanceId(self.case.next_instance);
        let step = self.release.step(ix).path.clone();
        self.record(Event::StepEntered { instance, parent, step, after: after.cloned() });
        self.queue(instance);
    }

    /// Enters the first step of a scope, or all branches of a fork.
    pub fn enter_scope(&mut self, instance: InstanceId) {
        let Some((_, scope)) =
            self.release.scope_of(self.case.instance(instance).and_then(|it| it.step.as_ref()))
        else {
            return;
        };
        let begin = if scope.fork { &scope.steps[..] } else { scope.steps.get(..1).unwrap_or_default() };
        // All are entered before the first one runs: a branch that ends at once must not end the fork. The last one
        // queued runs first, so they are queued backwards.
        let first = self.case.next_instance;
        for ix in begin {
            let instance_of_branch = InstanceId(self.case.next_instance);
            let step = self.release.step(*ix).path.clone();
            self.record(Event::StepEntered {
                instance: instance_of_branch,
                parent: instance,
                step,
                after: None,
            });
        }
        for id in (first..self.case.next_instance).rev() {
            self.queue(InstanceId(id));
        }
        if begin.is_empty() {
            self.end_if_empty(instance);
        }
    }

    /// Leaves a step by an outcome and goes on from it.
    pub fn leave(&mut self, instance: InstanceId, outcome: Option<Arc<str>>) {
        let Some(it) = self.case.instance(instance) else { return };
        let (Some(step), Some(parent)) = (it.step.clone(), it.parent) else {
            self.end_case(outcome);
            return;
        };
        let then = self.release.find(&step).and_then(|found| found.then.target(outcome.as_deref()));
        self.record(Event::StepLeft { instance, outcome });
        match then {
            Some(target) => self.follow(target, parent, Some(&step)),
            None => self.end_if_empty(parent),
        }
    }

    /// Leaves a step towards a target that it names itself (a choice).
    pub fn leave_to(&mut self, instance: InstanceId, target: Option<&Target>) {
        let Some(it) = self.case.instance(instance) else { return };
        let (Some(step), Some(parent)) = (it.step.clone(), it.parent) else { return };
        self.record(Event::StepLeft { instance, outcome: None });
        match target {
            Some(target) => self.follow(target, parent, Some(&step)),
            None => self.end_if_empty(parent),
        }
    }

    /// Goes to a target within a scope instance.
    pub fn follow(&mut self, target: &Target, scope: InstanceId, after: Option<&StepPath>) {
        match target {
            Target::Step(ix) => self.enter(*ix, scope, after),
            Target::Leave(outcome) => {
                self.cancel_inside(scope, outcome);
                self.leave(scope, Some(outcome.clone()));
            }
        }
    }

    /// Ends all that is active inside a scope.
    pub fn cancel_inside(&mut self, scope: InstanceId, because: &Arc<str>) {
        let mut instances = self.case.tree(scope);
        instances.pop();
        if !instances.is_empty() {
            self.record(Event::StepsCancelled { instances, because: because.clone() });
        }
    }

    /// A scope in which nothing is active any more is over.
    fn end_if_empty(&mut self, scope: InstanceId) {
        if self.case.is_empty_scope(scope) {
            let outcome = self.case.instance(scope).and_then(|it| it.outcome.clone());
            // The outcome of a branch says nothing about the fork.
            let step = self.case.instance(scope).and_then(|it| it.step.as_ref());
            let fork = self.release.scope_of(step).is_some_and(|(_, scope)| scope.fork);
            self.leave(scope, outcome.filter(|_| !fork));
        }
    }

    fn end_case(&mut self, outcome: Option<Arc<str>>) {
        self.record(Event::CaseEnded { outcome });
    }

    /// Begins a scope: its handlers wait, its first steps are entered.
    pub fn run_scope(&mut self, instance: InstanceId) {
        let step = self.case.instance(instance).and_then(|it| it.step.clone());
        let Some((_, scope)) = self.release.scope_of(step.as_ref()) else { return };
        if !scope.handlers.is_empty() {
            self.open_waits(instance, &scope.handlers);
            if self.case.instance(instance).is_none_or(|it| it.incident.is_some()) {
                return;
            }
        }
        self.enter_scope(instance);
        if !scope.handlers.is_empty() {
            self.take_kept_messages(instance);
        }
    }

    fn run(&mut self, instance: InstanceId) {
        let Some(it) = self.case.instance(instance) else { return };
        if it.incident.is_some() {
            return;
        }
        let round = match it.activity {
            Activity::Effect { round } => round,
            _ => 0,
        };
        let Some(path) = it.step.clone() else {
            self.run_scope(instance);
            return;
        };
        let Some(step) = self.release.find(&path) else { return };
        match &step.kind {
            Kind::Task(task) => self.open_task(instance, step, task),
            Kind::Compute(compute) => self.compute(instance, step, compute),
            Kind::Decide(decision) => self.decide_table(instance, step, decision),
            Kind::Number(pattern) => self.number(instance, step, pattern),
            Kind::Effect(effect) => self.request_effect(instance, step, effect, round + 1),
            Kind::Wait(waits) => {
                self.open_waits(instance, waits);
                self.take_what_is_there(instance);
            }
            Kind::Choose(ways) => self.choose(instance, step, ways),
            Kind::Scope(_) => self.run_scope(instance),
            Kind::End(outcome) => self.leave(instance, outcome.clone()),
        }
    }
}
