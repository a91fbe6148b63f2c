//! Random scopes: forks, rounds, groups.

use std::{collections::BTreeSet, ops::Range};

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

    /// Paths go on as one.
    pub(super) fn join(&mut self, _id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("join");
        let how = self.dice.pick(&[json!("all"), json!("inclusive"), json!(2)]).clone();
        let mut step = json!({ "join": how });
        self.then(&mut step, place, false);
        step
    }

    /// Where in a scope of this size paths shall begin at once and meet again, if anywhere: from a step to a join.
    pub(super) fn meeting(&mut self, size: usize) -> Option<Range<usize>> {
        if !self.wide || size < 4 || !self.dice.chance(50) {
            return None;
        }
        let paths = self.dice.between(2, if size > 4 { 3 } else { 2 }) as usize;
        let begin = self.dice.below(size - paths - 1);
        Some(begin..begin + paths + 1)
    }

    /// The steps of a meeting, without its join: the first one leads to all the others, each of them to the join.
    pub(super) fn lead_to_meeting(&mut self, steps: &mut Map<String, Value>, ids: &[String], join: &str) {
        self.notes("several steps at once");
        lead(&mut steps[&ids[0]], &json!(ids[1..]), false);
        for id in &ids[1..] {
            // Now and then one way of several leads elsewhere.
            let all = self.dice.chance(75);
            lead(&mut steps[id], &join.into(), !all);
        }
    }

    /// Two of these steps at once, now and then one of them twice.
    pub(super) fn several(&mut self, of: &[String]) -> Value {
        self.notes("several steps at once");
        let one = self.dice.pick(of).clone();
        let other = if self.dice.chance(20) { one.clone() } else { self.dice.pick(of).clone() };
        json!([one, other])
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
    pub(super) fn each(&mut self, id: &str, place: &Place<'_>, depth: usize) -> Value {
        self.notes("each");
        let outside = self.names.clone();
        let over = self.over();
        let size = self.dice.between(1, 3) as usize;
        let steps = self.scope(size, depth + 1, &[]);
        self.names = outside;
        let mut each = match over {
            Some(over) => over,
            None => json!({ "times": self.dice.between(0, 3).to_string() }),
        };
        each["steps"] = steps;
        if self.dice.chance(40) {
            each["order"] = "sequential".into();
        }
        self.quorum(&mut each);
        self.rounds(&mut each);
        let mut step = json!({ "each": each });
        self.then(&mut step, place, false);
        self.holds_tasks(id);
        step
    }

    pub(super) fn group(&mut self, id: &str, place: &Place<'_>, depth: usize) -> Value {
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
        if self.dice.chance(if self.wide { 28 } else { 15 }) {
            self.notes("repeat");
            let until = json!({ "until": self.names.rule(Of::Truth, self.dice), "max": 2 });
            group["repeat"] = self.repeated_while(&steps).unwrap_or(until);
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
        self.holds_tasks(id);
        step
    }
}

/// Lets a step lead to a target: by all of its ways, or by one of them when it has several.
fn lead(step: &mut Value, to: &Value, by_one: bool) {
    if step.get("end").is_some() || step["raise"].get("error").is_some() {
        return;
    }
    if let Some(ways) = step.get_mut("choose").and_then(Value::as_array_mut) {
        let way = ways.last_mut().expect("a choice has ways");
        way["else"] = to.clone();
        return;
    }
    let key = if step.get("fork").is_some() { "join" } else { "then" };
    match step[key].as_object_mut().and_then(|ways| ways.values_mut().next()).filter(|_| by_one) {
        Some(way) => *way = to.clone(),
        None => step[key] = to.clone(),
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
