//! What only the oracle is held against yet: errors and escalations that are handled, steps that are ended from elsewhere
//! and undone, groups whose steps a person chooses, and rounds that are told by name and ended by a rule.

use serde_json::{Map, Value, json};

use super::{
    rules::Of,
    steps::{Place, Writer},
};

impl Writer<'_> {
    /// An error, of a code that some handler may know.
    pub(super) fn error(&mut self, _id: &str, _place: &Place<'_>, _depth: usize) -> Value {
        self.notes("error");
        json!({ "raise": { "error": "broken" } })
    }

    /// Ends a step of the same scope, which may be active beside this one.
    pub(super) fn cancel(&mut self, _id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("cancel");
        let other = self.dice.pick(&place.ids[..place.ids.len() - 1]).as_str();
        let mut step = json!({ "cancel": if self.dice.chance(50) { json!([other]) } else { other.into() } });
        self.then(&mut step, place, false);
        step
    }

    /// Undoes what was done.
    pub(super) fn compensate(&mut self, _id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("compensate");
        let mut step = json!({ "compensate": true });
        self.then(&mut step, place, true);
        step
    }

    /// A group whose steps a person chooses.
    pub(super) fn ad_hoc(&mut self, _id: &str, place: &Place<'_>, depth: usize) -> Value {
        self.notes("ad-hoc group");
        let size = self.dice.between(1, 3) as usize;
        let mut steps = self.scope(size, depth + 1, &[]);
        let first = steps.as_object_mut().and_then(|steps| steps.values_mut().next());
        if let Some(first) = first.filter(|_| self.dice.chance(30)) {
            first["when"] = self.names.rule(Of::Truth, self.dice).into();
        }
        let mut kind = json!({ "role": "clerk", "one_at_a_time": self.dice.chance(50) });
        if self.dice.chance(40) {
            kind["until"] = self.names.rule(Of::Truth, self.dice).into();
        }
        let mut step = json!({ "group": { "ad_hoc": kind, "steps": steps } });
        self.then(&mut step, place, true);
        step
    }

    /// Lets some steps of a scope be undone.
    pub(super) fn undoing(&mut self, steps: &mut Map<String, Value>) {
        let ids: Vec<String> = steps.keys().cloned().collect();
        for id in ids {
            let kind = ["task", "compute", "number", "group", "block", "each"];
            let can = kind.iter().any(|kind| steps[&id].get(*kind).is_some());
            if !self.wide || !can || !self.dice.chance(35) {
                continue;
            }
            self.notes("undo");
            let by = self.id("u");
            steps[&id]["undo"] = by.as_str().into();
            let form = json!({ "title": super::words("Rückgängig", "Undo") });
            let step = match self.dice.chance(60) {
                true => json!({ "task": form, "role": "clerk" }),
                false => json!({ "compute": { "undone": "undone" } }),
            };
            steps.insert(by, step);
        }
    }

    /// Handlers of errors and escalations.
    pub(super) fn reactions(&mut self, ids: &[String], handlers: &mut Map<String, Value>) {
        if !self.wide {
            return;
        }
        if self.dice.chance(70) {
            self.notes("handler of an error");
            let code = *self.dice.pick(&["broken", "rule_failed", "any", "any"]);
            let name = self.id("h");
            handlers.insert(name, json!({ "error": code, "then": self.dice.pick(ids).as_str() }));
        }
        if self.dice.chance(40) {
            self.notes("handler of an escalation");
            let of = *self.dice.pick(&["alarm", "any"]);
            let mut handler = json!({ "escalation": of, "then": self.dice.pick(ids).as_str() });
            if self.dice.chance(50) {
                handler["interrupt"] = false.into();
            }
            let name = self.id("h");
            handlers.insert(name, handler);
        }
    }

    /// What rounds are called, and when there were enough of them.
    pub(super) fn rounds(&mut self, each: &mut Value) {
        if self.wide && self.dice.chance(40) {
            self.notes("label of a round");
            each["label"] = (*self.dice.pick(&["item", "\"R\" + item"])).into();
        }
        if self.wide && self.dice.chance(30) {
            self.notes("until of rounds");
            each["until"] = self.names.rule(Of::Truth, self.dice).into();
        }
    }
}
