//! Random scopes: forks, rounds, groups.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{
    rules::Of,
    steps::{Place, Writer},
};

impl Writer<'_> {
    pub(super) fn fork(&mut self, _id: &str, place: &Place<'_>, depth: usize) -> Value {
        self.notes("fork");
        let count = self.dice.between(2, 4) as usize;
        let ids: Vec<String> = (0..count).map(|_| self.id("b")).collect();
        let mut branches = Map::new();
        for id in &ids {
            // A branch is one step without a way on; several stand in a group.
            let alone = Place { ids: &[id.clone(), id.clone()], at: 0, leave: &[] };
            let mut branch = self.step(id, &alone, depth + 1);
            let choice = branch.get("choose").is_some();
            if let Some(branch) = branch.as_object_mut() {
                branch.remove("then");
                branch.remove("join");
            }
            if choice {
                branch = json!({ "end": true });
            }
            if self.dice.chance(20) {
                self.notes("inclusive fork");
                branch["when"] = self.names.rule(Of::Truth, self.dice).into();
            }
            branches.insert(id.clone(), branch);
        }
        let mut step = json!({ "fork": branches });
        self.quorum(&mut step);
        if self.dice.chance(95) {
            step["join"] = self.target(place, false);
        }
        step
    }

    /// How many must end, and what becomes of the rest.
    fn quorum(&mut self, of: &mut Value) {
        if self.dice.chance(25) {
            self.notes("m of n");
            of["wait_for"] = "1".into();
            if self.dice.chance(50) {
                self.notes("the rest goes on");
                of["rest"] = "go-on".into();
            }
        }
    }

    /// What is written in rounds is seen in rounds only.
    pub(super) fn each(&mut self, _id: &str, place: &Place<'_>, depth: usize) -> Value {
        self.notes("each");
        let outside = self.names.clone();
        let size = self.dice.between(1, 3) as usize;
        let steps = self.scope(size, depth + 1, &[]);
        self.names = outside;
        let mut each = json!({ "times": self.dice.between(0, 3).to_string(), "steps": steps });
        if self.dice.chance(40) {
            each["order"] = "sequential".into();
        }
        self.quorum(&mut each);
        self.rounds(&mut each);
        let mut step = json!({ "each": each });
        self.then(&mut step, place, false);
        step
    }

    pub(super) fn group(&mut self, _id: &str, place: &Place<'_>, depth: usize) -> Value {
        self.notes("group");
        // In a block, `$` stands before its parameters and its own outcomes only; a group may use the names of those.
        let named = if self.in_block { ["good", "bad"] } else { ["out", "stop"] };
        let leave = if self.dice.chance(70) { named.map(str::to_owned).to_vec() } else { Vec::new() };
        let size = self.dice.between(1, 4) as usize;
        let steps = self.scope(size, depth + 1, &leave);
        let mut group = json!({ "steps": steps });
        if self.dice.chance(65) {
            group["on"] = self.handlers(&steps, &leave);
        }
        let mut used = outcomes_in(&group, &leave);
        if self.dice.chance(15) {
            self.notes("repeat");
            group["repeat"] = json!({ "until": self.names.rule(Of::Truth, self.dice), "max": 2 });
            used.push("max-reached".to_owned());
        }
        // A lock inside the same lock is refused; a block may have it too.
        let text = group.to_string();
        if !text.contains("\"lock\"") && !text.contains("\"block\"") && self.dice.chance(20) {
            self.notes("lock");
            group["lock"] = "room".into();
        }
        let mut step = json!({ "group": group });
        self.then_by_outcome(&mut step, &used, place, false);
        step
    }
}

/// The outcomes of a group: those that some flow inside it names, and those of its ends.
fn outcomes_in(group: &Value, leave: &[String]) -> Vec<String> {
    // Inner groups have their own; a flow names an outcome of the scope that it stands in.
    let steps = group["steps"].as_object().into_iter().flatten().map(|(_, step)| step);
    let mut flows = Vec::new();
    for step in steps {
        for key in ["then", "join"] {
            texts(&step[key], &mut flows);
        }
        for way in step["choose"].as_array().into_iter().flatten() {
            texts(&way["then"], &mut flows);
            texts(&way["else"], &mut flows);
        }
    }
    for (_, handler) in group["on"].as_object().into_iter().flatten() {
        texts(&handler["then"], &mut flows);
    }
    let steps = group["steps"].as_object().into_iter().flatten();
    let ends: BTreeSet<&str> = steps.filter_map(|(_, step)| step["end"].as_str()).collect();
    let left = leave.iter().filter(|outcome| flows.contains(&format!("${outcome}"))).cloned();
    left.chain(ends.into_iter().map(str::to_owned)).collect()
}

fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Object(entries) => entries.values().for_each(|value| texts(value, found)),
        _ => {}
    }
}
