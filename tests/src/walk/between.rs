//! What other cases tell this one.

use fachwerk_core::{
    case::{Activity, Case},
    command::{CallResult, Command},
    definition::Release,
    event::{Caller, EffectError},
    facts::Actor,
    words::{CaseId, InstanceId, Text},
};
use serde_json::json;

use super::Walk;
use crate::values;

impl Walk {
    /// The case that called this one.
    pub(super) fn caller(&mut self) -> Caller {
        let depth = *self.dice.pick(&[1, 1, 2, 10]);
        Caller { case: CaseId(self.dice.id()), instance: InstanceId(3), depth }
    }

    fn engine(&mut self) -> Actor {
        if self.dice.chance(94) { Actor::Engine } else { self.anybody() }
    }

    fn trouble(code: &str) -> EffectError {
        let message = Text::new("Das ging nicht.", "It could not be done.");
        EffectError { code: code.into(), message, retry: false }
    }

    /// A case that was called ends, or could not begin; now and then one that nobody waits for.
    pub(super) fn finish_call(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let waiting = case.instances.iter().filter_map(|(id, it)| match it.activity {
            Activity::Call { called } => Some((*id, called)),
            _ => None,
        });
        let waiting: Vec<_> = waiting.collect();
        let (instance, mut called) = *self.dice.maybe_pick(&waiting)?;
        if self.dice.chance(6) {
            called = CaseId(self.dice.id());
        }
        let result = if self.dice.chance(20) {
            Err(Walk::trouble("call_refused"))
        } else {
            let mut values = values::free(&mut self.dice);
            values.insert("total".into(), json!(self.dice.between(0, 30)));
            let outcome =
                self.dice.pick(&[None, Some("done"), Some("granted"), Some("nobody-knows")]).map(Into::into);
            Ok(CallResult { outcome, values })
        };
        Some((self.engine(), Command::FinishCall { instance, called, result }))
    }

    pub(super) fn call_off(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        let known = case.caller.as_ref().map(|caller| caller.case).filter(|_| self.dice.chance(25));
        let caller = known.or_else(|| self.dice.chance(10).then(|| CaseId(self.dice.id())))?;
        Some((self.engine(), Command::CallOff { caller }))
    }

    pub(super) fn signal(&mut self, _: &Case, _: &Release) -> Option<(Actor, Command)> {
        let name = (*self.dice.pick(&["alarm", "alarm", "nobody-waits"])).into();
        Some((self.engine(), Command::DeliverSignal { name }))
    }

    /// A message comes by a key: one that is waited for, mostly.
    pub(super) fn keyed_message(&mut self, case: &Case, release: &Release) -> Option<(Actor, Command)> {
        let awaited =
            case.instances.values().flat_map(|it| it.waits.iter().filter_map(|wait| wait.key.clone()));
        let awaited: Vec<_> = awaited.collect();
        let key = self.dice.maybe_pick(&awaited)?.clone();
        let key = if self.dice.chance(85) { key } else { "another".into() };
        let (_, command) = self.message(case, release)?;
        let Command::DeliverMessage { name, message_id, payload, documents, received_on, .. } = command
        else {
            unreachable!("a message is a message")
        };
        let name = case
            .instances
            .values()
            .flat_map(|it| it.waits.iter())
            .find(|wait| wait.key.as_ref() == Some(&key))
            .and_then(|wait| match &wait.trigger {
                fachwerk_core::event::Trigger::Message(name) => Some(name.clone()),
                _ => None,
            })
            .filter(|_| self.dice.chance(85))
            .unwrap_or(name);
        let key = Some(key);
        Some((
            Actor::Engine,
            Command::DeliverMessage { name, message_id, payload, documents, received_on, key },
        ))
    }

    /// What was sent has arrived, or cannot.
    pub(super) fn delivered(&mut self, case: &Case, _: &Release) -> Option<(Actor, Command)> {
        if case.sent == 0 {
            return None;
        }
        let number = self.dice.between(1, i64::from(case.sent)) as u32;
        let command = if self.dice.chance(70) {
            Command::ConfirmDelivery { number }
        } else {
            Command::DelayDelivery { number, why: Walk::trouble("message_not_kept") }
        };
        Some((self.engine(), command))
    }
}
