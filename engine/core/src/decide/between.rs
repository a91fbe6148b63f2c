//! Between cases: calls, messages, signals. What a case sends is an event of its own and stays on its way until its
//! arrival is confirmed by another turn; what arrives is a command that is carried out once.

use std::sync::Arc;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    MAX_CALLS, Rejection,
    turn::{Deciding, trouble},
};
use crate::{
    case::Activity,
    command::CallResult,
    definition::{CallKind, MessageKind},
    event::{Addressee, Caller, EffectError, Event, Parcel, Trouble},
    facts::Actor,
    planted::{Fault, planted},
    words::{CaseId, InstanceId, Object, Text, Timestamp, Value},
};

/// Another case does not take over what a case hands to it.
pub const HANDOVER_REFUSED: &str = "handover_refused";

impl Deciding<'_> {
    /// Puts something on its way to other cases.
    pub fn send(&mut self, parcel: Parcel) {
        let number = self.case.sent.saturating_add(1);
        self.record(Event::Sent { number, parcel });
    }

    /// What was sent has arrived, or is kept where others find it.
    pub fn confirm_delivery(&mut self, number: u32) -> Result<(), Rejection> {
        self.need_engine()?;
        self.record(Event::Delivered { number });
        Ok(())
    }

    /// What was sent cannot be delivered now. Nothing waits for it, so nothing is stuck; but somebody should know.
    pub fn delay_delivery(&mut self, number: u32, why: &EffectError) -> Result<(), Rejection> {
        self.need_engine()?;
        let help = match &*why.code {
            HANDOVER_REFUSED => Text::new(
                "Es wird immer wieder versucht. Die Ursache beheben; was übergeben werden soll, steht noch in dieser Akte.",
                "It is tried again and again. Mend the cause; what is to be handed over still stands in this file.",
            ),
            "message_not_kept" => Text::new(
                "Es wird immer wieder versucht. Prüfen, warum niemand auf diese Nachricht wartet: Stimmen Name und Schlüssel?",
                "It is tried again and again. Check why nobody waits for this message: are its name and key right?",
            ),
            _ => Text::new(
                "Es wird immer wieder versucht. Die Ursache beheben.",
                "It is tried again and again. Mend the cause.",
            ),
        };
        let incident = trouble(&why.code, None, why.message.clone(), help, json!({ "sent": number }));
        self.stuck(None, *incident);
        Ok(())
    }

    pub fn need_engine(&self) -> Result<(), Rejection> {
        if self.facts.actor == Actor::Engine { Ok(()) } else { Err(Rejection::NotForPersons) }
    }

    /// Sends a message to another case and goes on.
    pub fn send_message(&mut self, instance: InstanceId, message: &MessageKind) {
        match self.message(instance, message) {
            Ok(parcel) => {
                self.send(parcel);
                self.leave(instance, None);
            }
            Err(trouble) => self.stuck(Some(instance), *trouble),
        }
    }

    fn message(&mut self, instance: InstanceId, message: &MessageKind) -> Result<Parcel, Box<Trouble>> {
        let payload = as_object(self.value(instance, &message.payload)?);
        let to = match &message.key {
            Some(rule) => {
                let said = self.evaluate(instance, rule)?;
                Addressee::Key(key_text(&said).ok_or_else(|| self.not_a_key(instance, &said))?)
            }
            None => {
                let caller = self.case.caller.as_ref().map(|caller| caller.case);
                Addressee::Case(caller.ok_or_else(|| self.no_caller(instance))?)
            }
        };
        Ok(Parcel::Message { name: message.name.clone(), to, payload })
    }

    /// Begins another case and waits for its end.
    pub fn call(&mut self, instance: InstanceId, call: &CallKind) {
        if matches!(self.case.instance(instance).map(|it| &it.activity), Some(Activity::Call { .. })) {
            return;
        }
        let depth = self.case.caller.as_ref().map_or(0, |caller| caller.depth) + 1;
        if depth > MAX_CALLS {
            return self.too_deep(instance);
        }
        let data = match self.value(instance, &call.data) {
            Ok(data) => as_object(data),
            Err(trouble) => return self.stuck(Some(instance), *trouble),
        };
        let called = other_id(self.case.id, self.case.sent.saturating_add(1), self.facts.now);
        let caller = Caller { case: self.case.id, instance, depth };
        self.record(Event::CaseCalled { instance, called });
        self.send(Parcel::Call { called, process: call.process.clone(), data, caller });
    }

    /// The case that was called has ended, or could not begin. Whoever does not wait any more does not get to know.
    pub fn finish_call(
        &mut self,
        instance: InstanceId,
        called: CaseId,
        result: &Result<CallResult, EffectError>,
    ) -> Result<(), Rejection> {
        self.need_engine()?;
        match self.case.instance(instance).map(|it| &it.activity) {
            Some(Activity::Call { called: waited_for }) if *waited_for == called => {}
            _ => return Err(Rejection::EffectStale),
        }
        if result.is_ok() || !planted(Fault::RecallIsForgotten) {
            self.record(Event::CallFinished { instance });
        }
        match result {
            Ok(CallResult { outcome, values }) => {
                let path = self.step_of(instance);
                if let Some(step) = path.as_ref().and_then(|path| self.release.find(path)) {
                    self.write(instance, step, values.clone());
                }
                let outcome = outcome.clone().filter(|_| !planted(Fault::OutcomeOfCallIgnored));
                self.leave(instance, outcome);
            }
            Err(error) => {
                let incident = trouble(
                    &error.code,
                    self.step_of(instance).as_ref(),
                    error.message.clone(),
                    Text::new(
                        "Die Ursache beheben, dann wiederholen: Dann beginnt ein neuer Vorgang.",
                        "Mend the cause, then retry: a new case begins then.",
                    ),
                    Value::Null,
                );
                self.stuck(Some(instance), *incident);
            }
        }
        Ok(())
    }

    /// The case that called this one does not wait for it any more: it ends, whatever is active.
    pub fn call_off(&mut self, caller: CaseId) -> Result<(), Rejection> {
        self.need_engine()?;
        if !self.case.is_open() || self.case.caller.as_ref().is_none_or(|known| known.case != caller) {
            return Err(Rejection::CaseEnded);
        }
        self.record(Event::CalledOff { caller });
        // The caller does not wait, so there is nothing to tell it.
        self.cancel_inside(InstanceId::ROOT, &"called_off".into());
        self.tell_of_unwatched_retrievals();
        self.record(Event::CaseEnded { outcome: Some("called-off".into()) });
        Ok(())
    }

    /// A signal was raised in another case.
    pub fn deliver_signal(&mut self, name: &Arc<str>) -> Result<(), Rejection> {
        self.need_engine()?;
        if !self.case.is_open() {
            return Err(Rejection::CaseEnded);
        }
        self.need_room()?;
        self.wake_all(name);
        Ok(())
    }

    /// The case ends; whoever called it is told, and what it had called is called off.
    pub fn end_case(&mut self, outcome: Option<Arc<str>>) {
        self.cancel_inside(InstanceId::ROOT, &"end".into());
        if let Some(caller) = self.case.caller.clone().filter(|_| !planted(Fault::CallerIsNotTold)) {
            let result = self.result();
            self.send(Parcel::CallEnded { caller, outcome: outcome.clone(), result });
        }
        self.tell_of_unwatched_retrievals();
        self.record(Event::CaseEnded { outcome });
    }

    /// What the process hands over (`out`). A case that is ended early may not have come to all of it; that keeps neither
    /// it nor its caller from going on, but somebody is told.
    fn result(&mut self) -> Object {
        let mut result = Object::new();
        for (name, rule) in &self.release.out {
            match self.evaluate(InstanceId::ROOT, rule) {
                Ok(value) => drop(result.insert(name.to_string(), value)),
                Err(trouble) => self.stuck(None, not_handed_over(name, &trouble)),
            }
        }
        result
    }

    /// A key must be a text, a number or a truth value, and not empty.
    pub fn not_a_key(&self, instance: InstanceId, said: &Value) -> Box<Trouble> {
        trouble(
            "key_invalid",
            self.step_of(instance).as_ref(),
            Text::new(
                format!(
                    "Woran eine Nachricht erkannt wird, muss ein Text oder eine Zahl sein; die Regel ergibt {said}."
                ),
                format!("What a message is recognised by must be a text or a number; the rule says {said}."),
            ),
            Text::new(
                "Die Angabe ergänzen oder die Regel berichtigen, dann wiederholen.",
                "Add the value or mend the rule, then retry.",
            ),
            json!({ "said": said }),
        )
    }

    fn no_caller(&self, instance: InstanceId) -> Box<Trouble> {
        trouble(
            "no_caller",
            self.step_of(instance).as_ref(),
            Text::new(
                "Die Nachricht geht an den Vorgang, aus dem dieser begonnen wurde; den gibt es hier nicht.",
                "The message goes to the case that this one was begun from; there is none here.",
            ),
            Text::new(
                "Den Schritt überspringen, oder im Verfahren sagen, woran der Empfänger erkannt wird („key“).",
                "Skip the step, or say in the process what the receiver is recognised by (`key`).",
            ),
            Value::Null,
        )
    }

    fn too_deep(&mut self, instance: InstanceId) {
        let incident = trouble(
            "calls_too_deep",
            self.step_of(instance).as_ref(),
            Text::new(
                format!(
                    "Vorgänge rufen einander mehr als {MAX_CALLS}-mal ineinander auf; wahrscheinlich ruft ein Verfahren sich selbst auf."
                ),
                format!(
                    "Cases call each other more than {MAX_CALLS} times within each other; a process probably calls itself."
                ),
            ),
            Text::new(
                "Das Verfahren berichtigen; diesen Schritt überspringen.",
                "Mend the process; skip this step.",
            ),
            Value::Null,
        );
        self.stuck(Some(instance), *incident);
    }
}

fn as_object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// A key as it is compared.
pub fn key_text(value: &Value) -> Option<Arc<str>> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(said) => said.to_string(),
        _ => return None,
    };
    (!text.is_empty() && text.chars().count() <= 200).then(|| text.into())
}

/// The id of a case that this one begins: the same for the same parcel, and ordered by time like every other (UUID
/// version 7).
pub fn other_id(case: CaseId, number: u32, now: Timestamp) -> CaseId {
    let mut hash = Sha256::new();
    hash.update(case.0.as_bytes());
    hash.update(number.to_be_bytes());
    let digest = hash.finalize();
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    CaseId(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

/// A field of `out` that has no value when the case ends.
fn not_handed_over(name: &str, why: &Trouble) -> Trouble {
    Trouble {
        code: "out_missing".into(),
        message: Text::new(
            format!(
                "Der Vorgang endet ohne die Angabe „{name}“, auf die der aufrufende Vorgang wartet: {}",
                why.message.de
            ),
            format!(
                "The case ends without the value `{name}` that the calling case waits for: {}",
                why.message.en
            ),
        ),
        help: Text::new(
            "Im aufrufenden Vorgang nachsehen, ob er ohne diese Angabe weitergehen kann; dann hier als erledigt vermerken.",
            "See in the calling case whether it can go on without the value; then mark this as settled.",
        ),
        ..why.clone()
    }
}
