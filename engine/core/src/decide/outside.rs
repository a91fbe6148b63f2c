//! What comes from outside: messages, timers, results of connectors.

use std::sync::Arc;

use serde_json::json;

use super::{
    MAX_KEPT_MESSAGES, Rejection,
    turn::{Deciding, trouble},
};
use crate::{
    case::{Activity, Message},
    command::EffectResult,
    definition::Kind,
    event::{Awaited, Direction, DocumentContent, EffectError, Event, Trigger},
    facts::Actor,
    planted::{Fault, planted},
    schema::{Misfit, unfit},
    words::{InstanceId, Text, Value},
};

impl Deciding<'_> {
    /// Takes a message in and gives it to whatever waits for it; else it is kept.
    pub fn deliver(&mut self, message: Message, documents: &[DocumentContent]) -> Result<(), Rejection> {
        self.need_part_in_process()?;
        if !self.case.is_open() {
            return Err(Rejection::CaseEnded);
        }
        if self.case.message_ids.contains(&message.message_id) {
            return Err(Rejection::MessageRepeated);
        }
        if message.name.trim().is_empty() || message.name.len() > 100 {
            return Err(Rejection::MessageInvalid);
        }
        if self.case.mailbox.len() >= MAX_KEPT_MESSAGES {
            return Err(Rejection::CaseFull { limit: "kept_messages", at_most: MAX_KEPT_MESSAGES as u64 });
        }
        self.need_room()?;
        let misfits = unfit(&Value::Object((*message.payload).clone()));
        if !misfits.is_empty() {
            return Err(Rejection::ValuesInvalid { misfits });
        }
        self.record(Event::MessageReceived {
            name: message.name.clone(),
            message_id: message.message_id,
            received_on: message.received_on,
            payload: (*message.payload).clone(),
            key: message.key.clone(),
        });
        self.add_documents(documents, Some(message.received_on), None)?;
        let mut taken = false;
        for (instance, wait) in self.awaiting(|wait, _| is_for(wait, &message)) {
            if self.take_message(instance, &wait, &message) {
                taken = true;
                if !planted(Fault::MessageTakenTwice) {
                    break;
                }
            }
        }
        if !taken {
            self.tell_of_message_in_time(&message);
        }
        Ok(())
    }

    /// A deadline has passed, or a timer rings.
    pub fn fire_timer(
        &mut self,
        instance: InstanceId,
        name: &Arc<str>,
        revision: u32,
    ) -> Result<(), Rejection> {
        if self.facts.actor != Actor::Engine {
            return Err(Rejection::NotForPersons);
        }
        self.need_room()?;
        let now = self.facts.now;
        let it = self.case.instance(instance);
        let deadline =
            it.and_then(|it| it.deadlines.get(name)).filter(|deadline| deadline.revision == revision);
        let run = deadline.and_then(|deadline| deadline.run.clone()).filter(|run| run.fires_at <= now);
        let rings =
            self.case.timer(instance, name).filter(|timer| timer.revision == revision && timer.at <= now);
        // A handler that interrupts reacts once; an errand has none.
        let waits = it.is_some_and(|it| it.waits.iter().any(|wait| wait.name == *name));
        match rings.cloned() {
            _ if run.is_some() => self.pass_deadline(instance, name, run),
            Some(timer) => {
                self.record(Event::TimerFired { instance, name: name.clone() });
                if waits {
                    self.ring_again(instance, &timer);
                }
            }
            None => return Err(Rejection::TimerStale),
        }
        if waits && !self.wake(instance, name) {
            self.take_what_came_late(instance);
        }
        Ok(())
    }

    /// A connector has done what it was asked, or could not.
    pub fn finish_effect(
        &mut self,
        instance: InstanceId,
        round: u32,
        result: &Result<EffectResult, EffectError>,
    ) -> Result<(), Rejection> {
        if let Actor::Person(_) = self.facts.actor {
            return Err(Rejection::NotForPersons);
        }
        self.effect_finished(instance, round, result)
    }

    /// What a connector has brought, or would bring.
    pub fn effect_finished(
        &mut self,
        instance: InstanceId,
        round: u32,
        result: &Result<EffectResult, EffectError>,
    ) -> Result<(), Rejection> {
        if let Ok(made) = result
            && let Some(misfit) = unfit(&Value::Object(made.values.clone())).first()
        {
            return self.effect_finished(instance, round, &Err(result_invalid(misfit)));
        }
        if self.case.errand(instance).is_some() {
            return self.finish_letter(instance, round, result);
        }
        let it = self.case.instance(instance);
        match it.map(|it| &it.activity) {
            Some(Activity::Effect { round: current }) if *current == round => {}
            Some(_) => return Err(Rejection::EffectStale),
            None => return self.late_result(instance, round, result),
        }
        let path = it.and_then(|it| it.step.clone());
        let step = path.as_ref().and_then(|path| self.release.find(path));
        match result {
            Ok(result) => {
                let before = self.case.documents.get_max().map_or(0, |(number, _)| *number);
                self.add_documents(&result.documents, None, path.as_ref())?;
                self.record(Event::EffectFinished { instance, round, late: false });
                if let Some(Kind::Issue(issue)) = step.map(|step| &step.kind) {
                    let mut new = self.case.documents.values().filter(|document| document.number > before);
                    let letter = new.find(|document| document.content.direction == Direction::Outgoing);
                    let letter = letter.map(|document| document.number);
                    self.letter_made(instance, issue, letter);
                    return Ok(());
                }
                if let Some(step) = step {
                    self.write(instance, step, result.values.clone());
                }
                self.leave(instance, None);
            }
            Err(error) => {
                let incident = trouble(
                    &error.code,
                    path.as_ref(),
                    error.message.clone(),
                    Text::new("Die Ursache beheben, dann wiederholen.", "Mend the cause, then retry."),
                    Value::Null,
                );
                self.stuck(Some(instance), *incident);
            }
        }
        Ok(())
    }

    /// A result whose step is no longer there is kept, and somebody must look at it. One that nothing has ever asked for is a
    /// mistake of whoever brings it, and no work for a clerk.
    fn late_result(
        &mut self,
        instance: InstanceId,
        round: u32,
        result: &Result<EffectResult, EffectError>,
    ) -> Result<(), Rejection> {
        if let Ok(result) = result
            && self.case.is_open()
            && instance.0 < self.case.next_instance
        {
            // What a step has ordered that is over does not leave the house by itself.
            let kept = result.documents.iter().map(kept_inside).collect::<Vec<_>>();
            self.add_documents(&kept, None, None)?;
            self.record(Event::EffectFinished { instance, round, late: true });
            let incident = trouble(
                "late_result",
                None,
                Text::new(
                    "Ein Ergebnis ist eingetroffen, nachdem der Schritt schon beendet war.",
                    "A result has come in after its step had ended.",
                ),
                Text::new(
                    "Prüfen, ob außerhalb etwas rückgängig zu machen ist; dann als erledigt vermerken.",
                    "Check whether something must be undone outside; then mark it as settled.",
                ),
                json!({ "values": result.values }),
            );
            self.stuck(None, *incident);
            return Ok(());
        }
        Err(Rejection::EffectStale)
    }
}

fn kept_inside(document: &DocumentContent) -> DocumentContent {
    let direction = match document.direction {
        Direction::Outgoing if !planted(Fault::LateLettersLeave) => Direction::Internal,
        known => known,
    };
    DocumentContent { direction, ..document.clone() }
}

/// Whether a message is one that is waited for. One that was sent to the case needs no key.
pub fn is_for(wait: &Awaited, message: &Message) -> bool {
    let named = matches!(&wait.trigger, Trigger::Message(name) if *name == message.name);
    named && (planted(Fault::KeyIsIgnored) || message.key.is_none() || message.key == wait.key)
}

/// A connector has brought values that no case may have.
fn result_invalid(misfit: &Misfit) -> EffectError {
    let Misfit { at, message, .. } = misfit;
    EffectError {
        code: "result_invalid".into(),
        message: Text::new(
            format!("Die Anbindung liefert eine unbrauchbare Angabe ({at}): {}", message.de),
            format!("The connector brings a value that cannot be used ({at}): {}", message.en),
        ),
        retry: false,
    }
}
