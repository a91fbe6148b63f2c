//! Random waits and handlers: what steps wait for, and what scopes react to.

use serde_json::{Map, Value, json};

use super::{
    MESSAGES,
    rules::Of,
    steps::{Place, Writer},
    words,
};

impl Writer<'_> {
    pub(super) fn wait(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("wait");
        let mut messages = MESSAGES[..4].to_vec();
        let mut waits = Map::new();
        let mut outcomes = Vec::new();
        for _ in 0..self.dice.between(1, 3) {
            let name = self.id("w");
            let mut trigger = self.trigger(&mut messages);
            if self.dice.chance(15) {
                self.notes("condition of a trigger");
                trigger["when"] = self.names.rule(Of::Truth, self.dice).into();
            }
            waits.insert(name.clone(), trigger);
            outcomes.push(name);
        }
        let mut step = json!({ "wait": waits });
        self.then_by_outcome(&mut step, &outcomes, place, true);
        self.writes(id, &[(Of::Number, "amount".to_owned()), (Of::Day, "received_on".to_owned())]);
        step
    }

    /// What a wait step or handler reacts to; each message at most once in a scope.
    fn trigger(&mut self, messages: &mut Vec<&'static str>) -> Value {
        match self.dice.below(10) {
            0..5 if !messages.is_empty() => {
                self.notes("message");
                let at = self.dice.below(messages.len());
                let mut trigger = json!({ "message": messages.remove(at) });
                if self.wide && self.dice.chance(20) {
                    self.notes("message by a key");
                    trigger["key"] = self.key().into();
                }
                trigger
            }
            6 if self.dice.chance(60) => {
                self.notes("timer");
                if self.wide && self.dice.chance(45) {
                    return json!({ "timer": { "at": self.instant() } });
                }
                let at = *self.dice.pick(&["after", "every"]);
                let period = *self.dice.pick(&["2 hours", "3 days", "1 week"]);
                let mut timer = json!({ at: period });
                if at == "every" {
                    timer["times"] = self.dice.between(1, 3).into();
                }
                json!({ "timer": timer })
            }
            7 if self.dice.chance(50) => {
                self.notes("signal");
                json!({ "signal": "alarm" })
            }
            8 if self.dice.chance(50) => {
                self.notes("condition that begins to hold");
                json!({ "condition": self.names.rule(Of::Truth, self.dice) })
            }
            9 if self.wide && self.dice.chance(60) => {
                self.notes("trigger by hand");
                json!({ "by": self.role(), "title": words("Von Hand", "By hand") })
            }
            5 if !self.letters.is_empty() => {
                self.notes("dispatch");
                json!({ "dispatch": self.dice.pick(&self.letters).as_str() })
            }
            _ => {
                self.notes("deadline");
                json!({ "deadline": self.deadline() })
            }
        }
    }

    /// A rule for the time at which a timer rings: a day or an instant, now and then neither.
    fn instant(&mut self) -> String {
        self.notes("timer at a day");
        match self.dice.below(10) {
            0 => self.names.rule(Of::Text, self.dice),
            1..4 => format!(
                "{} + \"T{}\"",
                self.names.rule(Of::Day, self.dice),
                self.dice.pick(&["08:30", "23:59"])
            ),
            _ => self.names.rule(Of::Day, self.dice),
        }
    }

    fn deadline(&mut self) -> Value {
        let period =
            *self.dice.pick(&["3 days", "2 weeks", "1 month", "5 working days", "= settings.patience"]);
        let mut deadline = json!({ "title": words("Frist", "Deadline"), "period": period });
        if !self.letters.is_empty() && self.dice.chance(45) {
            self.notes("deadline from notification");
            let letter = self.dice.pick(&self.letters).as_str();
            deadline["from"] = json!({ "notification": letter });
        } else if self.dice.chance(20) {
            self.notes("deadline from a day");
            // Now and then not a day: then the case gets stuck.
            let of = if self.dice.chance(90) { Of::Day } else { Of::Text };
            deadline["from"] = json!({ "day": self.names.rule(of, self.dice) });
        }
        if self.dice.chance(15) {
            self.notes("deadline that begins with a day");
            deadline["begin"] = "day".into();
        }
        if self.dice.chance(20) {
            self.notes("deadline with grace");
            deadline["grace"] = "2 working days".into();
            deadline["warn"] = json!(["1 week", "1 day"]);
        }
        if self.dice.chance(20) {
            deadline["no_shift"] = "Nur intern.".into();
        }
        if self.wide && self.dice.chance(20) {
            self.notes("deadline that a law fixes");
            deadline["statutory"] = true.into();
        }
        deadline
    }

    /// Handlers of a scope.
    pub(super) fn handlers(&mut self, steps: &Value, leave: &[String]) -> Value {
        let ids = steps.as_object().into_iter().flatten().map(|(id, _)| id.clone());
        // What undoes a step lies on no path.
        let ids: Vec<String> = ids.filter(|id| !id.starts_with("u-")).collect();
        let mut messages = MESSAGES[..4].to_vec();
        let mut handlers = Map::new();
        for _ in 0..self.dice.between(1, 3) {
            let name = self.id("h");
            let mut handler = self.trigger(&mut messages);
            let outcome = self.dice.maybe_pick(leave).cloned();
            handler["then"] = match outcome.filter(|_| self.dice.chance(40)) {
                Some(outcome) => format!("${outcome}").into(),
                None => self.dice.pick(&ids).as_str().into(),
            };
            if self.dice.chance(55) {
                self.notes("handler that does not interrupt");
                handler["interrupt"] = false.into();
            } else {
                self.notes("handler that interrupts");
            }
            if self.dice.chance(20) {
                self.notes("condition of a trigger");
                handler["when"] = self.names.rule(Of::Truth, self.dice).into();
            }
            handlers.insert(name, handler);
        }
        self.reactions(&ids, &mut handlers);
        handlers.into()
    }
}

/// Handlers of the case as a whole, for some processes.
pub fn handlers_of_case(writer: &mut Writer<'_>, steps: &Value) -> Option<Value> {
    if writer.dice.chance(60) {
        return None;
    }
    writer.notes("handler of the case");
    Some(writer.handlers(steps, &[]))
}
