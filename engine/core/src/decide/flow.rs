//! How instances are entered, left and ended: the one mechanism behind every construct.

use std::sync::Arc;

use serde_json::json;

use super::{
    MAX_ACTIVE, MAX_STEPS_PER_TURN,
    turn::{Deciding, trouble},
};
use crate::{
    case::Activity,
    definition::{Kind, StepIx, Target},
    event::{Event, Parcel},
    planted::{Fault, planted},
    words::{InstanceId, StepPath, Text, Value},
};

impl Deciding<'_> {
    /// Runs whatever has something to do, depth first, until everything waits.
    pub fn work(&mut self) {
        loop {
            while let Some(instance) = self.next() {
                self.steps += 1;
                if self.steps > MAX_STEPS_PER_TURN {
                    self.too_long(instance);
                    return;
                }
                self.run(instance);
            }
            // A turn that was too long is over, also for what only looks at how things stand.
            if self.is_undecided() || self.steps > MAX_STEPS_PER_TURN || !self.look_around() {
                return;
            }
        }
    }

    fn too_long(&mut self, instance: InstanceId) {
        let step = self.step_of(instance);
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
            let step = self.step_of(other);
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

    /// Enters steps in a scope instance. All are entered before the first one runs: a branch that ends at once must not
    /// end the scope. They run in this order.
    pub fn enter(&mut self, steps: &[StepIx], parent: InstanceId, after: Option<&StepPath>) {
        let rounds = self.step_of(parent).map(|step| step.rounds()).unwrap_or_default();
        let first = self.case.next_instance;
        for ix in steps {
            let instance = InstanceId(self.case.next_instance);
            let step = self.release.step(*ix).path.in_rounds(&rounds);
            self.record(Event::StepEntered { instance, parent, step, after: after.cloned() });
        }
        // The last one queued runs first.
        for id in (first..self.case.next_instance).rev() {
            self.queue(InstanceId(id));
        }
    }

    /// Leaves a step or scope by an outcome and goes on from it.
    pub fn leave(&mut self, instance: InstanceId, outcome: Option<Arc<str>>) {
        let Some(it) = self.case.instance(instance) else { return };
        let (Some(step), Some(parent)) = (it.step.clone(), it.parent) else {
            self.end_case(outcome);
            return;
        };
        // A round ends within its `each`; a fork that was joined early has gone on already.
        let joined = it.branches.as_ref().is_some_and(|branches| branches.joined);
        let goes_on = !self.is_round(instance) && (!joined || planted(Fault::ForkLeadsOnTwice));
        let by = outcome.as_deref().filter(|_| !planted(Fault::OutcomeIsIgnored));
        let then = self.release.find(&step).and_then(|found| found.then.target(by));
        self.keep_undo(instance, parent, &step);
        self.record(Event::StepLeft { instance, outcome });
        match then.filter(|_| goes_on) {
            Some(target) => self.follow(target, parent, Some(&step)),
            None => self.path_ended(parent),
        }
    }

    /// Leaves a step towards a target that it names itself (a choice).
    pub fn leave_to(&mut self, instance: InstanceId, target: Option<&Target>) {
        let Some(it) = self.case.instance(instance) else { return };
        let (Some(step), Some(parent)) = (it.step.clone(), it.parent) else { return };
        self.record(Event::StepLeft { instance, outcome: None });
        match target {
            Some(target) => self.follow(target, parent, Some(&step)),
            None => self.path_ended(parent),
        }
    }

    /// Goes to a target within a scope instance.
    pub fn follow(&mut self, target: &Target, scope: InstanceId, after: Option<&StepPath>) {
        match target {
            Target::Step(ix) => self.enter(&[*ix], scope, after),
            Target::Steps(steps) if planted(Fault::SeveralBecomeOne) => self.enter(&steps[..1], scope, after),
            Target::Steps(steps) => self.enter(steps, scope, after),
            Target::Leave(outcome) => {
                // Whoever leaves from within a round leaves the `each`.
                let round_of = self.case.instance(scope).filter(|_| self.is_round(scope));
                let scope = round_of.and_then(|it| it.parent).unwrap_or(scope);
                self.cancel_inside(scope, outcome);
                self.leave(scope, Some(outcome.clone()));
            }
        }
    }

    /// Ends all that is active inside a scope.
    pub fn cancel_inside(&mut self, scope: InstanceId, because: &Arc<str>) {
        let mut instances = self.case.tree(scope);
        instances.pop();
        self.cancel(instances, because.clone());
    }

    /// Ends instances, children before parents; cases that they had called are called off.
    pub fn cancel(&mut self, mut instances: Vec<InstanceId>, because: Arc<str>) {
        if planted(Fault::CancelLeavesTimers) {
            instances.retain(|id| self.case.instance(*id).is_none_or(|it| it.deadlines.is_empty()));
        }
        if instances.is_empty() {
            return;
        }
        let called = instances.iter().filter_map(|id| match self.case.instance(*id)?.activity {
            Activity::Call { called } => Some(called),
            _ => None,
        });
        let called: Vec<_> = called.collect();
        self.record(Event::StepsCancelled { instances, because });
        for called in called.into_iter().filter(|_| !planted(Fault::CalledIsForgotten)) {
            self.send(Parcel::CallOff { called });
        }
    }

    /// Whether an instance is a round of an `each`: it is active under the same step as the scope around it.
    pub fn is_round(&self, instance: InstanceId) -> bool {
        let step = |id: InstanceId| self.case.instance(id)?.step.as_ref().map(StepPath::address);
        let parent = self.case.instance(instance).and_then(|it| it.parent);
        parent.is_some_and(|parent| step(parent).is_some() && step(parent) == step(instance))
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
        if self.case.instances.len() > MAX_ACTIVE {
            self.too_many_active(instance);
            return;
        }
        if self.need_room().is_err() {
            self.no_room(instance);
            return;
        }
        let Some(path) = it.step.clone() else {
            self.begin_case();
            return;
        };
        let Some(step) = self.release.find(&path) else { return };
        match &step.kind {
            Kind::Task(task) => self.open_task(instance, step, task),
            Kind::Compute(compute) => self.compute(instance, step, compute),
            Kind::Decide(decision) => self.decide_table(instance, step, decision),
            Kind::Fee(fee) => self.reckon_fee(instance, step, fee),
            Kind::Texts(texts) => self.say_texts(instance, step, texts),
            Kind::Number(pattern) => self.number(instance, step, pattern),
            Kind::Effect(effect) => self.request_effect(instance, effect, round + 1),
            Kind::Issue(issue) => self.issue(instance, step, issue),
            Kind::Wait(waits) => {
                self.open_waits(instance, waits);
                self.take_what_is_there(instance);
            }
            Kind::Choose(ways) => self.choose(instance, ways),
            Kind::Scope(_) => self.run_scope(instance),
            Kind::Call(call) => self.call(instance, call),
            Kind::Join(join) => self.meet(instance, *join),
            Kind::Raise(what) => self.raise(instance, what),
            Kind::Cancel(steps) => self.cancel_steps(instance, steps),
            Kind::Compensate(steps) => self.begin_undo(instance, steps.as_deref()),
            Kind::End(outcome) => self.leave(instance, outcome.clone()),
        }
    }

    fn too_many_active(&mut self, instance: InstanceId) {
        let incident = trouble(
            "too_many_active",
            self.step_of(instance).as_ref(),
            Text::new(
                format!("Im Vorgang sind mehr als {MAX_ACTIVE} Schritte gleichzeitig aktiv."),
                format!("More than {MAX_ACTIVE} steps of the case are active at the same time."),
            ),
            Text::new(
                "Das Verfahren prüfen: Wahrscheinlich vermehrt eine Schleife ihre Wege. Danach „Wiederholen“.",
                "Check the process: a loop probably multiplies its paths. Then retry.",
            ),
            json!({ "active": self.case.instances.len() }),
        );
        self.stuck(Some(instance), *incident);
    }
}
