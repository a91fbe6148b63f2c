//! Waiting: what wakes a wait step or a handler, and the deadlines that belong to it.

use std::sync::Arc;

use fachwerk_deadlines::Period;

use super::{
    between::key_text,
    outside::is_for,
    turn::{Deciding, trouble},
};
use crate::{
    case::Message,
    definition::{FrameIx, Handler, Kind, Target, TimerAt, TimerKind, TriggerKind},
    event::{Awaited, Event, Timer, Trigger, Trouble},
    facts::{instant_of, later, start_of, times_later},
    planted::{Fault, planted},
    words::{Date, InstanceId, Object, StepPath, Text, Timestamp, Value},
};

/// What a trigger woke: its handler, and the frame that it was written in.
pub struct Woken<'a> {
    pub handler: &'a Handler,
    waits: bool,
}

impl<'a> Deciding<'a> {
    /// Begins to wait, and sets deadlines and timers.
    pub fn open_waits(&mut self, instance: InstanceId, handlers: &[Handler]) {
        let waits = handlers.iter().map(|handler| self.awaited(instance, handler)).collect();
        let waits = match waits {
            Ok(waits) => waits,
            Err(trouble) => return self.stuck(Some(instance), *trouble),
        };
        // It waits once all is set: what is stuck here reacts to nothing, and what comes is kept for it. When it is tried
        // again, what was set already goes on as it was.
        for handler in handlers {
            let known = self.case.instance(instance).is_some_and(|it| {
                it.deadlines.contains_key(&handler.name) || it.timers.contains_key(&handler.name)
            });
            if known {
                continue;
            }
            let set = match &handler.trigger {
                TriggerKind::Deadline(kind) => self.set_deadline(instance, &handler.name, kind),
                TriggerKind::Timer(kind) => self.set_timer(instance, &handler.name, kind),
                _ => Ok(()),
            };
            if let Err(trouble) = set {
                self.stuck(Some(instance), *trouble);
                return;
            }
        }
        self.record(Event::WaitOpened { instance, waits });
    }

    fn awaited(&mut self, instance: InstanceId, handler: &Handler) -> Result<Awaited, Box<Trouble>> {
        let mut key = None;
        let trigger = match &handler.trigger {
            TriggerKind::Message(name, rule) => {
                if let Some(rule) = rule {
                    let said = self.evaluate(instance, rule)?;
                    key = Some(key_text(&said).ok_or_else(|| self.not_a_key(instance, &said))?);
                }
                Trigger::Message(name.clone())
            }
            TriggerKind::Deadline(_) => Trigger::Deadline,
            TriggerKind::Dispatch(step) => Trigger::Dispatch(step.clone()),
            TriggerKind::Timer(_) => Trigger::Timer,
            TriggerKind::Signal(name) => Trigger::Signal(name.clone()),
            TriggerKind::Error(code) => Trigger::Error(code.clone()),
            TriggerKind::Escalation(name) => Trigger::Escalation(name.clone()),
            TriggerKind::Condition(_) => Trigger::Condition,
            TriggerKind::ByHand(kind) => Trigger::ByHand(kind.role.clone(), kind.title.clone()),
        };
        Ok(Awaited { name: handler.name.clone(), trigger, key })
    }

    /// Sets a timer.
    fn set_timer(
        &mut self,
        instance: InstanceId,
        name: &Arc<str>,
        kind: &TimerKind,
    ) -> Result<(), Box<Trouble>> {
        let now = self.facts.now;
        let (at, said) = match &kind.at {
            TimerAt::After(period) | TimerAt::Every(period) => {
                let said = self.value(instance, period)?;
                let period = said.as_str().and_then(|text| Period::parse(text).ok());
                (period.and_then(|period| later(now, period)), said)
            }
            TimerAt::At(rule) => {
                let said = self.evaluate(instance, rule)?;
                (said.as_str().and_then(instant), said)
            }
        };
        let Some(at) = at else {
            return Err(trouble(
                "timer_invalid",
                self.step_of(instance).as_ref(),
                Text::new(
                    format!("Der Zeitpunkt eines Weckers ist nicht lesbar: {said}."),
                    format!("The time of a timer cannot be read: {said}."),
                ),
                Text::new(
                    "Die Angabe berichtigen (ein Zeitraum wie „2 weeks“, ein Tag wie 2026-03-02 oder 2026-03-02T09:00), dann wiederholen.",
                    "Mend the value (a period like `2 weeks`, a day like 2026-03-02, or 2026-03-02T09:00), then retry.",
                ),
                said,
            ));
        };
        let before = self.case.instance(instance).and_then(|it| it.timers.get(name));
        let revision = before.map_or(1, |timer| timer.revision + 1);
        self.record(Event::TimerSet {
            instance,
            timer: Timer { name: name.clone(), revision, since: now, at },
        });
        Ok(())
    }

    /// A timer that rings again and again is set for the next time. Times that were missed are not made up for.
    pub fn ring_again(&mut self, instance: InstanceId, rung: &Timer) {
        let Some(Woken { handler, .. }) = self.woken(instance, &rung.name) else { return };
        let TriggerKind::Timer(kind) = &handler.trigger else { return };
        let TimerAt::Every(period) = &kind.at else { return };
        if kind
            .times
            .is_some_and(|times| rung.revision >= times + u32::from(planted(Fault::TimerRingsOnceMore)))
        {
            return;
        }
        let period = self.value(instance, period).ok();
        let period = period.as_ref().and_then(|said| Period::parse(said.as_str()?).ok());
        let Some(period) = period.filter(|period| period.count() > 0) else { return };
        let passed = rung.at.max(self.facts.now);
        let next = (rung.revision..u32::MAX)
            .map(|times| times_later(rung.since, period, times))
            .find(|at| at.is_none_or(|at| at > passed))
            .flatten();
        if let Some(at) = next {
            let timer = Timer { name: rung.name.clone(), revision: rung.revision + 1, since: rung.since, at };
            self.record(Event::TimerSet { instance, timer });
        }
    }

    /// Takes a message or a dispatch that came before anything waited for it.
    pub fn take_what_is_there(&mut self, instance: InstanceId) {
        let Some(it) = self.case.instance(instance) else { return };
        let waits = it.waits.clone();
        for wait in waits.iter() {
            match &wait.trigger {
                Trigger::Message(_) => {
                    let kept = self.case.mailbox.values().find(|message| is_for(wait, message)).cloned();
                    let kept = kept.filter(|_| !planted(Fault::MessageIsNotKept));
                    if let Some(message) = kept
                        && self.take_message(instance, &wait.name, &message)
                    {
                        return;
                    }
                }
                Trigger::Dispatch(step)
                    if self.notification_by(step, instance).is_some() && self.wake(instance, &wait.name) =>
                {
                    return;
                }
                _ => {}
            }
        }
    }

    /// Lets the handlers of a scope take what came before it began, the oldest first.
    pub fn take_kept_messages(&mut self, instance: InstanceId) {
        let kept: Vec<_> = self.case.mailbox.values().cloned().collect();
        for message in kept {
            let waits = self.case.instance(instance).map(|it| it.waits.clone());
            let name = waits.iter().flat_map(|waits| waits.iter()).find(|wait| is_for(wait, &message));
            if let Some(name) = name.map(|wait| wait.name.clone()) {
                self.take_message(instance, &name, &message);
            }
        }
    }

    /// The last document that a step made, in the rounds of an instance.
    pub fn latest_document(&self, step: &StepPath, here: InstanceId) -> Option<&crate::event::Document> {
        let here = self.step_of(here);
        let made = |by: &StepPath| {
            let same = here.as_ref().is_none_or(|here| self.release.same_rounds(by, here));
            by.address() == step.address() && same
        };
        let documents = self.case.documents.values().rev();
        documents.map(|document| &**document).find(|document| document.step.as_ref().is_some_and(made))
    }

    /// The handler of a name at an instance.
    pub fn woken(&self, instance: InstanceId, name: &str) -> Option<Woken<'a>> {
        // Whoever has interrupted its scope does not wait any more.
        let it = self.case.instance(instance)?;
        it.waits.iter().find(|wait| &*wait.name == name)?;
        let (handler, waits) = self.release.handler(it.step.as_ref(), name)?;
        Some(Woken { handler, waits })
    }

    /// Whether a handler may react now; a rule that fails is an incident.
    fn may_wake(&mut self, instance: InstanceId, name: &str) -> bool {
        let Some(Woken { handler, .. }) = self.woken(instance, name) else { return false };
        let rule = handler.when.as_ref().filter(|_| !planted(Fault::RuleOfTriggerIgnored));
        let Some(rule) = rule else { return true };
        match self.holds(instance, rule) {
            Ok(holds) => holds,
            Err(trouble) => {
                self.stuck(Some(instance), Trouble { wakes: Some(name.into()), ..*trouble });
                false
            }
        }
    }

    /// Lets a trigger react that could not, because its rule failed.
    pub fn wake_again(&mut self, instance: InstanceId, name: &Arc<str>) {
        let Some(Woken { handler, .. }) = self.woken(instance, name) else { return };
        match &handler.trigger {
            TriggerKind::Message(..) => {
                let waits = self.case.instance(instance).map(|it| it.waits.clone());
                let wait = waits.iter().flat_map(|waits| waits.iter()).find(|wait| wait.name == *name);
                let kept =
                    self.case.mailbox.values().find(|kept| wait.is_some_and(|wait| is_for(wait, kept)));
                if let Some(message) = kept.cloned() {
                    self.take_message(instance, name, &message);
                }
            }
            // It is asked again by itself.
            TriggerKind::Condition(_) => {}
            // It has not passed: it could not be set.
            TriggerKind::Deadline(kind)
                if let Some(set) = self.case.instance(instance).and_then(|it| it.deadlines.get(name)) =>
            {
                // What people have decided since is not undone.
                if !set.is_changed() {
                    self.set_or_stick(instance, name, kind);
                }
            }
            _ => {
                self.wake(instance, name);
            }
        }
    }

    /// Lets an instance take a message, if it may. Says whether it did.
    pub fn take_message(&mut self, instance: InstanceId, name: &Arc<str>, message: &Message) -> bool {
        if self.is_too_late(instance, message) || !self.may_wake(instance, name) {
            return false;
        }
        self.record(Event::MessageTaken { instance, message_id: message.message_id });
        let mut fields: Object = (*message.payload).clone();
        fields.entry("received_on").or_insert_with(|| Value::String(message.received_on.to_string()));
        if let Some(at) = self.handler_address(instance, name) {
            self.record(Event::ResultWritten { at, fields });
        }
        self.react(instance, name);
        true
    }

    /// Where what a trigger brings is written: the result of a wait step; for a handler of a block its result, for one of
    /// a group or the case the handler's own name.
    pub fn handler_address(&self, instance: InstanceId, name: &str) -> Option<Vec<Arc<str>>> {
        let path = self.case.instance(instance)?.step.clone();
        let Some(path) = path else { return Some(self.release.address(FrameIx(0), name, &[])) };
        let step = self.release.find(&path)?;
        Some(match &step.kind {
            Kind::Scope(scope) => {
                let first = self.release.scope(*scope).steps.first();
                let frame = first.map_or(step.frame, |ix| self.release.step(*ix).frame);
                self.release.address(frame, name, &path.rounds())
            }
            _ => self.release.result_address(step, &path),
        })
    }

    /// Wakes an instance by the trigger of a name, if its rule holds. Says whether it did.
    pub fn wake(&mut self, instance: InstanceId, name: &Arc<str>) -> bool {
        let may = self.may_wake(instance, name);
        if may {
            self.react(instance, name);
        }
        may
    }

    fn react(&mut self, instance: InstanceId, name: &Arc<str>) {
        let Some(Woken { handler, waits }) = self.woken(instance, name) else { return };
        if waits {
            self.leave(instance, Some(name.clone()));
            return;
        }
        self.record(Event::HandlerReacted { instance, name: name.clone() });
        if (handler.interrupt || planted(Fault::HandlerAlwaysInterrupts))
            && !planted(Fault::HandlerNeverInterrupts)
        {
            self.cancel_inside(instance, name);
            // An interrupting handler reacts once; the others go on waiting.
            let rest =
                self.case.instance(instance).map(|it| it.waits.clone()).unwrap_or_else(|| Arc::new([]));
            let waits = rest
                .iter()
                .filter(|wait| wait.name != *name || planted(Fault::HandlerReactsTwice))
                .cloned()
                .collect();
            self.record(Event::WaitOpened { instance, waits });
        }
        match &handler.then {
            Some(Target::Leave(outcome)) => {
                self.cancel_inside(instance, outcome);
                self.leave(instance, Some(outcome.clone()));
            }
            Some(target) => self.follow(target, instance, None),
            None => {}
        }
    }

    /// Sets the deadlines that have waited for a dispatch, and wakes what waited for it.
    pub fn dispatched(&mut self, step: &StepPath) {
        let waiting: Vec<(InstanceId, Arc<str>)> = self
            .case
            .deadlines()
            .filter(|(id, deadline)| {
                deadline.awaits_dispatch_of.as_ref().is_some_and(|of| self.has_left(of, step, *id))
            })
            .map(|(instance, deadline)| (instance, deadline.name.clone()))
            .collect();
        for (instance, name) in waiting {
            if let Some(kind) = self.deadline_kind(instance, &name) {
                self.set_or_stick(instance, &name, kind);
            }
        }
        let of_here = |wait: &Awaited, id| matches!(&wait.trigger, Trigger::Dispatch(of) if self.has_left(of, step, id));
        for (instance, name) in self.awaiting(of_here) {
            self.wake(instance, &name);
        }
    }

    /// Whether what a step has made has left the house, now that a letter of it has: of an act all letters.
    fn has_left(&self, named: &StepPath, found: &StepPath, here: InstanceId) -> bool {
        let act = self.act_by(named, here);
        let all = act.is_none_or(|act| self.case.notification_of_all(act).is_some());
        all && self.is_of_here(named, found, here)
    }

    /// Whether a step that was active in some rounds is the one named by what is active here.
    pub fn is_of_here(&self, named: &StepPath, found: &StepPath, here: InstanceId) -> bool {
        let here = self.step_of(here);
        let same = here.is_none_or(|here| self.release.same_rounds(found, &here));
        named.address() == found.address() && same
    }

    /// The instances that wait for something: wait steps first, then scopes from the inside out.
    pub fn awaiting(&self, wanted: impl Fn(&Awaited, InstanceId) -> bool) -> Vec<(InstanceId, Arc<str>)> {
        let mut found: Vec<(bool, std::cmp::Reverse<InstanceId>, Arc<str>)> = Vec::new();
        for (id, instance) in &self.case.instances {
            for wait in instance.waits.iter().filter(|wait| wanted(wait, *id)) {
                let step = instance.step.as_ref().and_then(|path| self.release.find(path));
                let is_scope = !matches!(step.map(|step| &step.kind), Some(Kind::Wait(_)));
                found.push((is_scope, std::cmp::Reverse(*id), wait.name.clone()));
            }
        }
        found.sort();
        found.into_iter().map(|(_, id, name)| (id.0, name)).collect()
    }
}

/// A day (its first instant) or an instant by the clock on the wall in Germany.
pub fn instant(text: &str) -> Option<Timestamp> {
    match text.parse::<Date>() {
        Ok(day) if !text.contains('T') && planted(Fault::DayRingsLate) => day.tomorrow().ok().map(start_of),
        Ok(day) if !text.contains('T') => Some(start_of(day)),
        _ => text.parse().ok().and_then(instant_of),
    }
}
