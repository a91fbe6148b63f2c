//! Random steps that speak to other cases.

use serde_json::{Value, json};

use super::{
    MESSAGES,
    rules::Of,
    steps::{Place, Writer},
};

impl Writer<'_> {
    /// Begins a case of another process and waits for its end.
    pub(super) fn call(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("call");
        let with = json!({
            "name": format!("= {}", self.names.rule(Of::Text, self.dice)),
            "count": format!("= {}", self.names.rule(Of::Number, self.dice)),
        });
        let mut step = json!({ "call": "random-other", "with": with });
        if self.dice.chance(60) {
            let (done, other) = (self.target(place, true), self.target(place, true));
            step["then"] = json!({ "done": done, "else": other });
        } else {
            self.then(&mut step, place, true);
        }
        self.writes_one(id, Of::Number, "total", false);
        step
    }

    /// A message for another case: whoever waits for its key, or the one that called this one.
    pub(super) fn message(&mut self, _id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("message to another case");
        let with = json!({ "why": format!("= {}", self.names.rule(Of::Text, self.dice)), "list": [1, 2] });
        let mut message = json!({ "message": *self.dice.pick(&MESSAGES) });
        if self.dice.chance(70) {
            message["key"] = self.key().into();
        }
        if self.dice.chance(80) {
            message["with"] = with;
        }
        let mut step = json!({ "raise": message });
        self.then(&mut step, place, false);
        step
    }

    /// A rule for what the receiver is recognised by; now and then nothing that could be.
    pub(super) fn key(&mut self) -> String {
        let of = *self.dice.pick(&[Of::Text, Of::Text, Of::Number]);
        self.names.rule(of, self.dice)
    }

    /// What a case hands over to the one that called it.
    pub fn out(&mut self) -> Option<Value> {
        if !self.wide || self.dice.chance(30) {
            return None;
        }
        self.notes("out");
        let daring = "100 / (application.count % 2)";
        let total =
            if self.dice.chance(80) { self.names.rule(Of::Number, self.dice) } else { daring.to_owned() };
        Some(json!({ "total": total, "who": self.names.rule(Of::Text, self.dice) }))
    }
}
