//! What one part of a case tells another: errors, escalations, signals, conditions, a hand on the lever, and the end of
//! steps from elsewhere.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::json;

use super::{
    Rejection,
    turn::{Deciding, trouble},
};
use crate::{
    definition::{Raise, TriggerKind},
    event::{Event, Parcel, Raised, Trigger, Trouble},
    planted::{Fault, planted},
    words::{InstanceId, Object, StepPath, Text, Value},
};

/// The longest reason that a person may give, in characters.
pub const MAX_REASON: usize = 2_000;

impl Deciding<'_> {
    /// Raises something for others to react to.
    pub fn raise(&mut self, instance: InstanceId, what: &Raise) {
        match what {
            Raise::Error(code) => {
                let step = self.step_of(instance);
                let incident = trouble(
                    code,
                    step.as_ref(),
                    Text::new(
                        format!("Das Verfahren meldet den Fehler „{code}“, und nichts behandelt ihn."),
                        format!("The process raises the error `{code}`, and nothing handles it."),
                    ),
                    Text::new(
                        "Den Schritt überspringen oder den Vorgang von Hand weiterführen.",
                        "Skip the step, or go on with the case by hand.",
                    ),
                    Value::Null,
                );
                self.stuck(Some(instance), *incident);
            }
            Raise::Escalation(name) => {
                self.record(Event::Raised { instance, what: Raised::Escalation(name.clone()) });
                let caught = |trigger: &Trigger| matches!(trigger, Trigger::Escalation(of) if of.as_ref().is_none_or(|of| of == name));
                self.wake_around(instance, caught);
                self.leave(instance, None);
            }
            Raise::Signal(name) => {
                self.record(Event::Raised { instance, what: Raised::Signal(name.clone()) });
                self.send(Parcel::Signal { name: name.clone() });
                self.wake_all(name);
                self.leave(instance, None);
            }
            Raise::Message(message) => self.send_message(instance, message),
        }
    }

    /// Lets everything in this case react that waits for a signal.
    pub fn wake_all(&mut self, signal: &Arc<str>) {
        let waits = self.awaiting(|wait, _| matches!(&wait.trigger, Trigger::Signal(name) if name == signal));
        for (waiting, wait) in waits {
            self.wake(waiting, &wait);
        }
    }

    /// Lets the innermost scope around an instance react. Says whether one did.
    fn wake_around(&mut self, instance: InstanceId, caught: impl Fn(&Trigger) -> bool) -> bool {
        let mut scope = self.case.instance(instance).and_then(|it| it.parent);
        while let Some(id) = scope {
            let Some(it) = self.case.instance(id) else { return false };
            scope = it.parent;
            let names: Vec<Arc<str>> =
                it.waits.iter().filter(|wait| caught(&wait.trigger)).map(|wait| wait.name.clone()).collect();
            for name in names {
                if self.wake(id, &name) {
                    return true;
                }
            }
        }
        false
    }

    /// Lets the innermost scope that handles such an error react, instead of an incident. Says whether one did.
    pub fn catch(&mut self, instance: InstanceId, trouble: &Trouble) -> bool {
        let caught = |trigger: &Trigger| matches!(trigger, Trigger::Error(code) if code.as_ref().is_none_or(|code| *code == trouble.code));
        let around = std::iter::successors(self.case.instance(instance), |it| {
            it.parent.and_then(|id| self.case.instance(id))
        });
        if !around.skip(1).any(|it| it.waits.iter().any(|wait| caught(&wait.trigger))) {
            return false;
        }
        // What happened is told to the handler before it reacts; a handler whose rule does not hold leaves it there.
        self.record(Event::Raised { instance, what: Raised::Error(trouble.code.clone()) });
        let parent = |id: &InstanceId| self.case.instance(*id).and_then(|it| it.parent);
        let mut around: Vec<InstanceId> = std::iter::successors(parent(&instance), parent).collect();
        if planted(Fault::ErrorCaughtOutside) {
            around.reverse();
        }
        for id in around {
            let Some(it) = self.case.instance(id) else { break };
            let names: Vec<Arc<str>> =
                it.waits.iter().filter(|wait| caught(&wait.trigger)).map(|wait| wait.name.clone()).collect();
            for name in names {
                let fields = json!({
                    "code": trouble.code,
                    "step": trouble.step,
                    "message": trouble.message.de,
                });
                self.tell(id, &name, fields);
                if self.wake(id, &name) {
                    return true;
                }
            }
        }
        false
    }

    /// Writes what a handler gets to know to where its results go.
    fn tell(&mut self, scope: InstanceId, name: &Arc<str>, fields: Value) {
        if let (Some(at), Value::Object(fields)) = (self.handler_address(scope, name), fields) {
            self.record(Event::ResultWritten { at, fields });
        }
    }

    /// A person lets a handler react.
    pub fn trigger_by_hand(
        &mut self,
        instance: InstanceId,
        name: &Arc<str>,
        reason: &Arc<str>,
    ) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        let waits = self.case.instance(instance).map(|it| it.waits.clone());
        let wait = waits.iter().flat_map(|waits| waits.iter()).find(|wait| wait.name == *name);
        let Some(Trigger::ByHand(role, _)) = wait.map(|wait| &wait.trigger) else {
            return Err(Rejection::TriggerNotPossible);
        };
        if !self.facts.roles.contains(role) && !planted(Fault::AnybodyMayTrigger) {
            return Err(Rejection::MissingRole { role: role.clone() });
        }
        if reason.trim().is_empty() || reason.chars().count() > MAX_REASON {
            return Err(Rejection::ReasonInvalid);
        }
        self.record(Event::TriggeredByHand {
            instance,
            name: name.clone(),
            by: by.clone(),
            reason: reason.clone(),
        });
        let today = self.facts.today;
        self.tell(instance, name, json!({ "by": by, "reason": reason, "on": today.to_string() }));
        if self.wake(instance, name) { Ok(()) } else { Err(Rejection::TriggerNotPossible) }
    }

    /// Ends steps wherever they are active in the same rounds, and goes on.
    pub fn cancel_steps(&mut self, instance: InstanceId, steps: &[StepPath]) {
        let Some(here) = self.step_of(instance) else { return };
        let named = |path: &StepPath| {
            let named = steps.iter().any(|step| step.address() == path.address());
            named && self.release.same_rounds(path, &here)
        };
        let tops: Vec<(InstanceId, Option<InstanceId>)> = self
            .case
            .instances
            .iter()
            .filter(|(id, it)| it.step.as_ref().is_some_and(named) && !self.is_round(**id))
            .map(|(id, it)| (*id, it.parent))
            .collect();
        let mut seen = BTreeSet::new();
        let ended = tops.iter().flat_map(|(top, _)| self.case.tree(*top));
        let instances: Vec<InstanceId> = ended.filter(|id| seen.insert(*id)).collect();
        let because = here.without_rounds().as_str().into();
        self.cancel(instances, because);
        self.keep_in_house(steps, &here);
        self.leave(instance, None);
        for parent in tops.into_iter().filter_map(|(_, parent)| parent) {
            self.path_ended(parent);
        }
    }

    /// Once nothing runs any more: conditions that begin to hold wake what waits for them.
    pub fn look_at_conditions(&mut self) -> bool {
        if planted(Fault::ConditionsAreNotAsked) {
            return false;
        }
        let waiting: Vec<(InstanceId, Arc<str>)> = self
            .case
            .instances
            .iter()
            .filter(|(_, it)| it.incident.is_none())
            .flat_map(|(id, it)| it.waits.iter().map(|wait| (*id, wait)))
            .filter(|(_, wait)| wait.trigger == Trigger::Condition)
            .map(|(id, wait)| (id, wait.name.clone()))
            .collect();
        for (id, name) in waiting {
            let held = self.case.instance(id).is_some_and(|it| it.conditions.contains(&name));
            let Some(holds) = self.condition_holds(id, &name) else { continue };
            if holds != held {
                self.record(Event::ConditionChanged { instance: id, name: name.clone(), holds });
            }
            if holds && !held && self.wake(id, &name) {
                return true;
            }
        }
        false
    }

    /// Whether a condition holds now; none: its rule failed, and the case tells. Only a change is journalled.
    fn condition_holds(&mut self, instance: InstanceId, name: &Arc<str>) -> Option<bool> {
        let woken = self.woken(instance, name)?;
        let TriggerKind::Condition(rule) = &woken.handler.trigger else { return None };
        let sight = self.sight(instance, rule.frame);
        match rule.compiled.eval_bool(&sight.vars()) {
            Ok(holds) => Some(holds),
            Err(error) => {
                let inputs: Object = sight.inputs(rule.compiled.variables());
                let step = self.step_of(instance);
                let found = super::values::rule_trouble(&error, step.as_ref(), &rule.source, inputs);
                self.stuck(Some(instance), Trouble { wakes: Some(name.clone()), ..*found });
                None
            }
        }
    }
}
