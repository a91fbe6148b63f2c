//! What people change in a course that is under way: handlers that they cause, and corrections.

use std::sync::Arc;

use fachwerk_core::{
    case::Case,
    command::Command,
    decide::steps_back,
    definition::Release,
    event::Trigger,
    facts::Actor,
    words::{InstanceId, Object, RoleId},
};
use serde_json::{Value, json};

use super::Walk;
use crate::{town, values};

impl Walk {
    pub(super) fn reason(&mut self) -> Arc<str> {
        if self.dice.chance(94) { "Ein Versehen".into() } else { " ".into() }
    }

    /// Somebody who holds a role, mostly.
    fn of_role(&mut self, role: &str) -> Actor {
        let role = RoleId::from(role);
        let able: Vec<_> =
            town::people().filter(|(_, roles)| roles.contains(&role)).map(|(person, _)| person).collect();
        let able = self.dice.maybe_pick(&able).cloned().filter(|_| self.dice.chance(85));
        able.map_or_else(|| self.anybody(), Actor::Person)
    }

    pub(super) fn corrector(&mut self) -> Actor {
        let role = *self.dice.pick(&["administrator", "lead"]);
        self.of_role(role)
    }

    fn active(&mut self, case: &Case) -> InstanceId {
        let known: Vec<InstanceId> = case.instances.keys().copied().collect();
        self.dice.maybe_pick(&known).copied().unwrap_or(InstanceId(9_999))
    }

    /// A handler that a person may cause, now and then another one.
    pub(super) fn trigger(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let waiting: Vec<_> = case
            .instances
            .iter()
            .flat_map(|(id, it)| it.waits.iter().map(|wait| (*id, wait.name.clone(), wait.trigger.clone())))
            .collect();
        let by_hand = |trigger: &Trigger| matches!(trigger, Trigger::ByHand(..));
        let offered: Vec<_> = waiting.iter().filter(|(_, _, trigger)| by_hand(trigger)).cloned().collect();
        let among = if self.dice.chance(90) { offered } else { waiting };
        let (instance, name, trigger) = self.dice.maybe_pick(&among)?.clone();
        let actor = match &trigger {
            Trigger::ByHand(role, _) => self.of_role(role.as_str()),
            _ => self.anybody(),
        };
        Some((actor, Command::TriggerByHand { instance, name, reason: self.reason() }))
    }

    pub(super) fn skip(&mut self, case: &Case, release: &Release) -> Option<(Actor, Command)> {
        let instance = self.active(case);
        let step = case.instance(instance).and_then(|it| release.find(it.step.as_ref()?));
        let known: Vec<Arc<str>> =
            step.into_iter().flat_map(|step| step.then.by_outcome.keys().cloned()).collect();
        let outcome = match self.dice.below(10) {
            0 => None,
            1 => Some("else".into()),
            _ => self.dice.maybe_pick(&known).cloned(),
        };
        Some((self.corrector(), Command::SkipStep { instance, outcome, reason: self.reason() }))
    }

    pub(super) fn go_back(&mut self, case: &Case, release: &Release) -> Option<(Actor, Command)> {
        let instance = self.active(case);
        let step = case.instance(instance).and_then(|it| release.find(it.step.as_ref()?))?;
        let back: Vec<Arc<str>> =
            steps_back(release, case, instance).into_iter().map(|step| step.id.clone()).collect();
        let beside: Vec<Arc<str>> =
            release.scope(step.scope).steps.iter().map(|ix| release.step(*ix).id.clone()).collect();
        let among = if self.dice.chance(55) { back } else { beside };
        let to = self.dice.maybe_pick(&among)?.clone();
        Some((self.corrector(), Command::MoveStep { instance, to, reason: self.reason() }))
    }

    pub(super) fn change_data(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let mut fields = Object::new();
        for _ in 0..self.dice.between(1, 2) {
            let day = Value::from(values::day(&mut self.dice));
            let (name, value) = self
                .dice
                .pick(&[
                    ("count", json!(3)),
                    ("count", json!(12)),
                    ("count", json!("x")),
                    ("urgent", json!(true)),
                    ("urgent", json!(false)),
                    ("sort", json!("tree")),
                    ("sort", json!("castle")),
                    ("note", json!("Nachtrag")),
                    ("note", Value::Null),
                    ("name", Value::Null),
                    ("parts", json!(["c"])),
                    ("day", day),
                    ("nobody", json!(1)),
                ])
                .clone();
            fields.insert(name.into(), value);
        }
        let seen = match self.dice.below(6) {
            0 => Some(case.version.saturating_sub(5)),
            1 | 2 => Some(case.version),
            _ => None,
        };
        Some((
            self.corrector(),
            Command::ChangeData { fields, received_on: None, seen, reason: self.reason() },
        ))
    }

    pub(super) fn end_case(&mut self, _: &Case, _: &Release) -> Option<(Actor, Command)> {
        // Else few cases would come far.
        if !self.dice.chance(25) {
            return None;
        }
        let outcome = self.dice.pick(&[None, Some("given-up"), Some(" ")]).map(Into::into);
        Some((self.corrector(), Command::EndCase { outcome, reason: self.reason() }))
    }
}
