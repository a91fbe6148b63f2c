//! Waiting: what wakes a wait step or a handler, and the deadlines that belong to it.

use std::sync::Arc;

use fachwerk_deadlines::{DeadlineError, DeadlineInput, Language, NoShift, Occasion, Period, Shift, compute};

use super::turn::{Deciding, trouble};
use crate::{
    case::Message,
    definition::{DeadlineKind, From, Handler, Kind, Target, TriggerKind},
    event::{Awaited, Deadline, DeadlineRun, Event, Trigger, Trouble},
    facts::start_of,
    words::{Date, InstanceId, Object, StepPath, Text, Value},
};

/// What a trigger woke: its handler, and the frame that it was written in.
pub struct Woken<'a> {
    handler: &'a Handler,
    waits: bool,
}

impl<'a> Deciding<'a> {
    /// Begins to wait, and sets the deadlines.
    pub fn open_waits(&mut self, instance: InstanceId, handlers: &[Handler]) {
        let waits = handlers.iter().map(awaited).collect();
        self.record(Event::WaitOpened { instance, waits });
        for handler in handlers {
            if let TriggerKind::Deadline(kind) = &handler.trigger
                && let Err(trouble) = self.set_deadline(instance, &handler.name, kind)
            {
                self.stuck(Some(instance), *trouble);
                return;
            }
        }
    }

    /// Takes a message or a dispatch that came before anything waited for it.
    pub fn take_what_is_there(&mut self, instance: InstanceId) {
        let Some(it) = self.case.instance(instance) else { return };
        let waits = it.waits.clone();
        for wait in waits.iter() {
            match &wait.trigger {
                Trigger::Message(name) => {
                    let kept = self.case.mailbox.values().find(|message| message.name == *name).cloned();
                    if let Some(message) = kept
                        && self.take_message(instance, &wait.name, &message)
                    {
                        return;
                    }
                }
                Trigger::Dispatch(step) => {
                    if self.latest_document(step).is_some_and(|document| document.dispatch.is_some()) {
                        self.wake(instance, &wait.name);
                        return;
                    }
                }
                Trigger::Deadline => {}
            }
        }
    }

    /// Lets the handlers of a scope take what came before it began, the oldest first.
    pub fn take_kept_messages(&mut self, instance: InstanceId) {
        let kept: Vec<_> = self.case.mailbox.values().cloned().collect();
        for message in kept {
            let trigger = Trigger::Message(message.name.clone());
            let waits = self.case.instance(instance).map(|it| it.waits.clone());
            let name = waits.iter().flat_map(|waits| waits.iter()).find(|wait| wait.trigger == trigger);
            if let Some(name) = name.map(|wait| wait.name.clone()) {
                self.take_message(instance, &name, &message);
            }
        }
    }

    /// The last document that a step made.
    pub fn latest_document(&self, step: &StepPath) -> Option<&crate::event::Document> {
        self.case
            .documents
            .values()
            .rev()
            .find(|document| document.step.as_ref() == Some(step))
            .map(|found| &**found)
    }

    /// The handler of a name at an instance.
    fn woken(&self, instance: InstanceId, name: &str) -> Option<Woken<'a>> {
        let step = self.case.instance(instance)?.step.as_ref();
        let release = self.release;
        let (handlers, waits) = match step.and_then(|path| release.find(path)).map(|step| &step.kind) {
            Some(Kind::Wait(waits)) => (waits.as_slice(), true),
            _ => (release.scope_of(step)?.1.handlers.as_slice(), false),
        };
        let handler = handlers.iter().find(|handler| &*handler.name == name)?;
        Some(Woken { handler, waits })
    }

    /// The definition of a deadline at an instance.
    pub fn deadline_kind(&self, instance: InstanceId, name: &str) -> Option<&'a DeadlineKind> {
        match &self.woken(instance, name)?.handler.trigger {
            TriggerKind::Deadline(kind) => Some(kind),
            TriggerKind::Message(_) | TriggerKind::Dispatch(_) => None,
        }
    }

    /// Whether a handler may react now; a rule that fails is an incident.
    fn may_wake(&mut self, instance: InstanceId, name: &str) -> bool {
        let Some(Woken { handler, .. }) = self.woken(instance, name) else { return false };
        let Some(rule) = &handler.when else { return true };
        let step = self.case.instance(instance).and_then(|it| it.step.clone());
        match self.holds(instance, step.as_ref(), rule) {
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
            TriggerKind::Message(message) => {
                let kept = self.case.mailbox.values().find(|kept| kept.name == *message).cloned();
                if let Some(message) = kept {
                    self.take_message(instance, name, &message);
                }
            }
            TriggerKind::Deadline(_) | TriggerKind::Dispatch(_) => {
                self.wake(instance, name);
            }
        }
    }

    /// Lets an instance take a message, if it may. Says whether it did.
    pub fn take_message(&mut self, instance: InstanceId, name: &Arc<str>, message: &Message) -> bool {
        if !self.may_wake(instance, name) {
            return false;
        }
        self.record(Event::MessageTaken { instance, message_id: message.message_id });
        let mut fields: Object = (*message.payload).clone();
        fields.entry("received_on").or_insert_with(|| Value::String(message.received_on.to_string()));
        let it = self.case.instance(instance);
        let step = it.and_then(|it| it.step.as_ref()).and_then(|path| self.release.find(path));
        let at = match step {
            Some(step) if matches!(step.kind, Kind::Wait(_)) => self.release.result_address(step),
            Some(step) => {
                // Handlers of a block write into its result, those of a group or the case under their own name.
                let frame = self.inner_frame(step);
                self.release.address(frame, name)
            }
            None => self.release.address(crate::definition::FrameIx(0), name),
        };
        self.record(Event::ResultWritten { at, fields });
        self.react(instance, name);
        true
    }

    fn inner_frame(&self, step: &crate::definition::Step) -> crate::definition::FrameIx {
        match &step.kind {
            Kind::Scope(scope) => {
                let first = self.release.scope(*scope).steps.first();
                first.map_or(step.frame, |ix| self.release.step(*ix).frame)
            }
            _ => step.frame,
        }
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
        if handler.interrupt {
            self.cancel_inside(instance, name);
            // An interrupting handler reacts once; the others go on waiting.
            let rest =
                self.case.instance(instance).map(|it| it.waits.clone()).unwrap_or_else(|| Arc::new([]));
            let waits = rest.iter().filter(|wait| wait.name != *name).cloned().collect();
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

    /// Sets a deadline, or sets it anew.
    pub fn set_deadline(
        &mut self,
        instance: InstanceId,
        name: &Arc<str>,
        kind: &DeadlineKind,
    ) -> Result<(), Box<Trouble>> {
        let step = self.case.instance(instance).and_then(|it| it.step.clone());
        let at = step.clone().unwrap_or_else(|| StepPath::from(""));
        let written = self.value(&at, &kind.period)?;
        let written = written.as_str().map_or_else(|| written.to_string(), str::to_owned);
        let period =
            Period::parse(&written).map_err(|error| deadline_trouble(&error, step.as_ref(), &kind.title))?;
        let (mut awaits_dispatch_of, mut from_document) = (None, None);
        let run = match &kind.from {
            From::Entry => Some(self.run_deadline(self.facts.today, Occasion::Event, period, kind)),
            From::Day(rule) => {
                let day = self.evaluate(instance, step.as_ref(), rule)?;
                let start = day.as_str().and_then(|text| text.parse::<Date>().ok()).ok_or_else(|| {
                    trouble(
                        "deadline_start_invalid",
                        step.as_ref(),
                        Text::new(
                            format!("Der Beginn der Frist „{}“ ist kein Tag: {day}.", kind.title.de),
                            format!("The start of the deadline `{}` is not a day: {day}.", kind.title.en),
                        ),
                        Text::new("Die Angabe berichtigen, dann wiederholen.", "Mend the value, then retry."),
                        day.clone(),
                    )
                })?;
                Some(self.run_deadline(start, Occasion::Event, period, kind))
            }
            From::Notification(letter) => {
                let notified = self
                    .latest_document(letter)
                    .and_then(|document| Some((document.number, document.dispatch.as_ref()?.notified_on)));
                match notified {
                    Some((number, day)) => {
                        from_document = Some(number);
                        Some(self.run_deadline(day, Occasion::Notification, period, kind))
                    }
                    None => {
                        awaits_dispatch_of = Some(letter.clone());
                        None
                    }
                }
            }
        };
        let run = run.transpose().map_err(|error| deadline_trouble(&error, step.as_ref(), &kind.title))?;
        let revision = self
            .case
            .instance(instance)
            .and_then(|it| it.deadlines.get(name))
            .map_or(1, |deadline| deadline.revision + 1);
        let deadline = Deadline {
            name: name.clone(),
            title: kind.title.clone(),
            revision,
            period: Text::new(period.text(Language::De), period.text(Language::En)),
            run,
            awaits_dispatch_of,
            from_document,
        };
        self.record(Event::DeadlineSet { instance, deadline });
        Ok(())
    }

    /// Reckons a deadline from a day.
    pub fn run_deadline(
        &self,
        start: Date,
        occasion: Occasion,
        period: Period,
        kind: &DeadlineKind,
    ) -> Result<DeadlineRun, DeadlineError> {
        let shift = match &kind.no_shift {
            None => Shift::NextWorkingDay,
            Some(reason) => Shift::None { reason: NoShift::Other(reason.to_string()) },
        };
        let law = self.release.law.law();
        let input = DeadlineInput { shift, law, occasion, ..DeadlineInput::new(start, period) };
        let found = compute(&input, &self.facts.calendar)?;
        let day_after = found.end.tomorrow().unwrap_or(found.end);
        Ok(DeadlineRun {
            start: found.start,
            raw_end: found.raw_end,
            end: found.end,
            fires_at: start_of(day_after),
            derivation: found.derivation,
        })
    }

    /// Sets the deadlines that have waited for a dispatch, and wakes what waited for it.
    pub fn dispatched(&mut self, step: &StepPath) {
        let waiting: Vec<(InstanceId, Arc<str>)> = self
            .case
            .deadlines()
            .filter(|(_, deadline)| deadline.awaits_dispatch_of.as_ref() == Some(step))
            .map(|(instance, deadline)| (instance, deadline.name.clone()))
            .collect();
        for (instance, name) in waiting {
            if let Some(kind) = self.deadline_kind(instance, &name)
                && let Err(trouble) = self.set_deadline(instance, &name, kind)
            {
                self.stuck(Some(instance), *trouble);
            }
        }
        let trigger = Trigger::Dispatch(step.clone());
        for (instance, name) in self.awaiting(&trigger) {
            self.wake(instance, &name);
        }
    }

    /// The instances that wait for something: wait steps first, then scopes from the inside out.
    pub fn awaiting(&self, trigger: &Trigger) -> Vec<(InstanceId, Arc<str>)> {
        let mut found: Vec<(bool, std::cmp::Reverse<InstanceId>, Arc<str>)> = Vec::new();
        for (id, instance) in &self.case.instances {
            for wait in instance.waits.iter().filter(|wait| wait.trigger == *trigger) {
                let step = instance.step.as_ref().and_then(|path| self.release.find(path));
                let is_scope = !matches!(step.map(|step| &step.kind), Some(Kind::Wait(_)));
                found.push((is_scope, std::cmp::Reverse(*id), wait.name.clone()));
            }
        }
        found.sort();
        found.into_iter().map(|(_, id, name)| (id.0, name)).collect()
    }
}

fn awaited(handler: &Handler) -> Awaited {
    let trigger = match &handler.trigger {
        TriggerKind::Message(name) => Trigger::Message(name.clone()),
        TriggerKind::Deadline(_) => Trigger::Deadline,
        TriggerKind::Dispatch(step) => Trigger::Dispatch(step.clone()),
    };
    Awaited { name: handler.name.clone(), trigger }
}

/// A deadline that cannot be reckoned.
pub fn deadline_trouble(error: &DeadlineError, step: Option<&StepPath>, title: &Text) -> Box<Trouble> {
    trouble(
        "deadline_failed",
        step,
        Text::new(
            format!("Die Frist „{}“ lässt sich nicht berechnen: {}", title.de, error.text(Language::De)),
            format!("The deadline `{}` cannot be computed: {}", title.en, error.text(Language::En)),
        ),
        Text::new("Die Angaben prüfen, dann wiederholen.", "Check the values, then retry."),
        Value::Null,
    )
}
