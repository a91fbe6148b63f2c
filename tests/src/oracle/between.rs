//! Between cases: calls, messages by a key, what is sent to others.

use fachwerk_core::{
    command::CallResult,
    event::{Addressee, Caller, EffectError, Parcel},
    facts::Actor,
    words::CaseId,
};
use serde_json::{Map, Value};

use super::{
    Failed, Oracle,
    commands::{Said, need},
    names::Place,
    view::sorted,
};

/// What was sent, in short; not the numbers that only the engine knows.
pub fn parcel(parcel: &Parcel) -> String {
    match parcel {
        Parcel::Call { process, data, caller, .. } => called(process.as_str(), data, caller.depth),
        Parcel::CallOff { .. } => CALL_OFF.to_owned(),
        Parcel::CallEnded { caller, outcome, result } => ended(caller, outcome.as_deref(), result),
        Parcel::Message { name, to: Addressee::Case(case), payload } => to_case(name, *case, payload),
        Parcel::Message { name, to: Addressee::Key(key), payload } => by_key(name, key, payload),
        Parcel::Signal { name } => signal(name),
        Parcel::MergeAnswer { to, refused } => merge_answer(*to, refused.as_ref().map(|why| &*why.code)),
        Parcel::Document { .. } => panic!("the walk moves no document"),
        Parcel::Handover { begins, handover, .. } => super::relate::handover(begins.as_ref(), handover),
    }
}

pub const CALL_OFF: &str = "call off";

fn called(process: &str, data: &Map<String, Value>, depth: u32) -> String {
    format!("call {process} at {depth} with {}", sorted(&data.clone().into()))
}

fn ended(caller: &Caller, outcome: Option<&str>, result: &Map<String, Value>) -> String {
    let Caller { case, instance, depth } = caller;
    format!("ended for {case} {instance:?} {depth} by {outcome:?} with {}", sorted(&result.clone().into()))
}

fn to_case(name: &str, case: CaseId, payload: &Map<String, Value>) -> String {
    format!("message {name} to {case} with {}", sorted(&payload.clone().into()))
}

fn by_key(name: &str, key: &str, payload: &Map<String, Value>) -> String {
    format!("message {name} by {key:?} with {}", sorted(&payload.clone().into()))
}

/// Whether this case takes over another one, or why not.
pub fn merge_answer(to: CaseId, refused: Option<&str>) -> String {
    format!("merge answer to {to}: {refused:?}")
}

pub fn signal(name: &str) -> String {
    format!("signal {name}")
}

/// What a receiver is recognised by.
fn key_of(said: &Value) -> Result<String, Failed> {
    let text = match said {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(_) | Value::Bool(_) => said.to_string(),
        _ => String::new(),
    };
    let fits = (1..=200).contains(&text.chars().count());
    if fits { Ok(text) } else { Err("key_invalid".to_owned()) }
}

impl Oracle {
    /// What is put under `with`.
    fn with(&self, place: &Place<'_>, with: Option<&Value>) -> Result<Map<String, Value>, Failed> {
        let said = self.value(place, with.unwrap_or(&Value::Null))?;
        Ok(said.as_object().cloned().unwrap_or_default())
    }

    /// Begins another case and waits for its end.
    pub fn call(&mut self, id: usize, place: &Place<'_>, written: &Value) -> Result<(), Failed> {
        if self.state.nodes[&id].calls {
            return Ok(());
        }
        let depth = self.state.caller.as_ref().map_or(0, |caller| caller.depth) + 1;
        if depth > 10 {
            return Err("calls_too_deep".to_owned());
        }
        let data = self.with(place, written.get("with"))?;
        self.state.send(called(written["call"].as_str().unwrap_or_default(), &data, depth));
        self.state.nodes.get_mut(&id).expect("it runs").calls = true;
        Ok(())
    }

    /// The case that was called has ended, or could not begin.
    pub(super) fn call_over(
        &mut self,
        actor: &Actor,
        id: Option<usize>,
        result: &Result<CallResult, EffectError>,
    ) -> Said {
        need(*actor == Actor::Engine, "only the engine")?;
        let id = id.filter(|id| self.state.nodes[id].calls).ok_or("nobody waits for it")?;
        self.state.nodes.get_mut(&id).expect("it waits").calls = false;
        match result {
            Ok(CallResult { outcome, values }) => {
                self.write(id, values.clone());
                self.leave(id, outcome.as_deref());
            }
            Err(error) => self.stuck(Some(id), error.code.to_string(), None),
        }
        Ok(())
    }

    /// The case that called this one does not wait any more.
    pub(super) fn call_off(&mut self, actor: &Actor, by: CaseId) -> Said {
        need(*actor == Actor::Engine, "only the engine")?;
        let caller = self.state.caller.take().filter(|caller| caller.case == by);
        need(caller.is_some() && self.state.ended.is_none(), "nothing to call off")?;
        self.end(Some("called-off"));
        self.state.caller = caller;
        Ok(())
    }

    /// Tells the case that called this one how it has ended, and what it hands over.
    pub fn tell_caller(&mut self, outcome: Option<&str>) {
        let Some(caller) = self.state.caller.clone() else { return };
        let mut result = Map::new();
        for (name, rule) in self.texts.process["out"].as_object().cloned().unwrap_or_default() {
            let place = Place { frame: 0, rounds: &[], node: Some(0), entering: None };
            match self.rule(&place, &rule) {
                Ok(value) => drop(result.insert(name, value)),
                Err(_) => self.stuck(None, "out_missing", None),
            }
        }
        self.state.send(ended(&caller, outcome, &result));
    }

    /// Sends a message to another case and goes on.
    pub fn send_message(&mut self, id: usize, place: &Place<'_>, what: &Value) -> Result<(), Failed> {
        let payload = self.with(place, what.get("with"))?;
        let name = what["message"].as_str().unwrap_or_default();
        let sent = match what.get("key") {
            Some(rule) => by_key(name, &key_of(&self.rule(place, rule)?)?, &payload),
            None => {
                let caller = self.state.caller.as_ref().ok_or("no_caller")?;
                to_case(name, caller.case, &payload)
            }
        };
        self.state.send(sent);
        self.leave(id, None);
        Ok(())
    }

    /// By which keys a step or scope waits for messages.
    pub fn set_keys(
        &mut self,
        id: usize,
        triggers: &Map<String, Value>,
        place: &Place<'_>,
    ) -> Result<(), Failed> {
        for (name, trigger) in triggers {
            if let Some(rule) = trigger.get("key") {
                let key = key_of(&self.rule(place, rule)?)?;
                self.state.nodes.get_mut(&id).expect("it runs").keys.insert(name.clone(), key);
            }
        }
        Ok(())
    }
}
