//! Random steps: sequences with ways back, choices, forks, groups, waits, and everything that a step can do.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    MESSAGES, ROLES, forms, names,
    rules::{Names, Of},
    words, yaml,
};
use crate::dice::Dice;

/// How deeply scopes lie in each other.
const DEEPEST: usize = 3;

/// Writes the steps of one text: a process or a block.
pub struct Writer<'a> {
    pub(super) dice: &'a mut Dice,
    constructs: &'a mut BTreeSet<&'static str>,
    blocks: &'a [RandomBlock],
    /// Whether this is the text of a block.
    in_block: bool,
    /// Whether it has what only the oracle is held against yet.
    pub(super) wide: bool,
    pub(super) names: Names,
    files: BTreeMap<String, String>,
    /// Numbers steps, handlers and files.
    drawn: usize,
    tasks: Vec<String>,
    letters: Vec<String>,
}

/// A block, and what its use has to say.
pub struct RandomBlock {
    pub files: BTreeMap<String, String>,
    reference: String,
    outcomes: Vec<String>,
}

/// Where a step may go.
pub(super) struct Place<'p> {
    /// The steps of its scope, in order; the last one is an end.
    pub(super) ids: &'p [String],
    at: usize,
    /// The outcomes that its scope can be left by.
    leave: &'p [String],
}

impl<'a> Writer<'a> {
    pub fn of_process(
        blocks: &'a [RandomBlock],
        constructs: &'a mut BTreeSet<&'static str>,
        dice: &'a mut Dice,
        wide: bool,
    ) -> Writer<'a> {
        Writer { wide, ..Writer::new(blocks, false, constructs, dice) }
    }

    fn new(
        blocks: &'a [RandomBlock],
        in_block: bool,
        constructs: &'a mut BTreeSet<&'static str>,
        dice: &'a mut Dice,
    ) -> Writer<'a> {
        let (names, files, tasks, letters) = (names(), BTreeMap::new(), Vec::new(), Vec::new());
        Writer { dice, constructs, blocks, in_block, wide: false, names, files, drawn: 0, tasks, letters }
    }

    /// The files that the steps name.
    pub fn finish(self) -> BTreeMap<String, String> {
        self.files
    }

    /// Steps of a scope; the first is where it begins.
    pub fn scope(&mut self, size: usize, depth: usize, leave: &[String]) -> Value {
        let ids: Vec<String> = (0..=size).map(|_| self.id("s")).collect();
        let mut steps = Map::new();
        for (at, id) in ids.iter().enumerate() {
            let place = Place { ids: &ids, at, leave };
            let step = if at == size { self.end() } else { self.step(id, &place, depth) };
            steps.insert(id.clone(), step);
        }
        self.undoing(&mut steps);
        Value::Object(steps)
    }

    pub(super) fn id(&mut self, prefix: &str) -> String {
        self.drawn += 1;
        // Hyphens, so that the key of a result is not the name of its step.
        format!("{prefix}-{}", self.drawn)
    }

    /// Notes a construct, so that a test can tell whether it was there at all.
    pub(super) fn notes(&mut self, construct: &'static str) {
        self.constructs.insert(construct);
    }

    fn end(&mut self) -> Value {
        self.notes("end");
        if self.dice.chance(50) { json!({ "end": true }) } else { json!({ "end": "done" }) }
    }

    fn step(&mut self, id: &str, place: &Place<'_>, depth: usize) -> Value {
        let (deeper, wide) = (usize::from(depth < DEEPEST), usize::from(self.wide));
        let blocks = usize::from(!self.blocks.is_empty() && depth < 2);
        type Write<'a> = fn(&mut Writer<'a>, &str, &Place<'_>, usize) -> Value;
        let write = self.dice.weighted::<Write<'a>>(&[
            (26, Self::task),
            (9, Self::compute),
            (8, Self::decide),
            (5, Self::number),
            (11, Self::effect),
            (12, Self::wait),
            (9, Self::choose),
            (8 * deeper, Self::fork),
            (11 * deeper, Self::group),
            (8 * blocks, Self::block),
            (6 * deeper, Self::each),
            (4, Self::raise),
            (4 * wide, Self::error),
            (4 * wide, Self::cancel),
            (5 * wide, Self::compensate),
            (5 * wide * deeper, Self::ad_hoc),
        ]);
        let mut step = write(self, id, place, depth);
        if self.dice.chance(20) {
            step["title"] = words("Schritt", "Step");
        }
        if self.dice.chance(15) {
            step["legal_basis"] = json!(["VwVfG § 24"]);
        }
        step
    }

    /// Where a flow leads. Back only from steps that wait, so that a loop stops; one that does not is rare.
    fn target(&mut self, place: &Place<'_>, waits: bool) -> Value {
        if !place.leave.is_empty() && self.dice.chance(20) {
            self.notes("leave");
            return format!("${}", self.dice.pick(place.leave)).into();
        }
        if self.dice.chance(if waits { 22 } else { 1 }) {
            self.notes(if waits { "loop" } else { "loop without a stop" });
            return self.dice.pick(&place.ids[..=place.at]).as_str().into();
        }
        let last = place.ids.len() - 1;
        let next = place.at + if self.dice.chance(80) { 1 } else { self.dice.between(1, 3) as usize };
        let next = next.min(last);
        place.ids[next].as_str().into()
    }

    /// `then` for a step that ends in one way.
    pub(super) fn then(&mut self, step: &mut Value, place: &Place<'_>, waits: bool) {
        if self.dice.chance(95) {
            step["then"] = self.target(place, waits);
        }
    }

    /// `then` for a step that can end in several ways.
    fn then_by_outcome(&mut self, step: &mut Value, outcomes: &[String], place: &Place<'_>, waits: bool) {
        if outcomes.is_empty() || self.dice.chance(15) {
            return self.then(step, place, waits);
        }
        let ways: Map<String, Value> =
            outcomes.iter().map(|outcome| (outcome.clone(), self.target(place, waits))).collect();
        step["then"] = ways.into();
    }

    /// Notes the fields that a step writes, for the rules of later steps.
    fn writes(&mut self, id: &str, fields: &[(Of, String)]) {
        for (of, field) in fields {
            self.writes_one(id, *of, field, true);
        }
    }

    fn writes_one(&mut self, id: &str, of: Of, field: &str, surely: bool) {
        let key = id.replace('-', "_");
        let within = if self.in_block { "result".to_owned() } else { format!("steps.{key}") };
        self.names.add_result(of, &within, field, surely);
    }

    fn role(&mut self) -> Value {
        if self.in_block && self.dice.chance(70) {
            "$role".into()
        } else {
            (*self.dice.pick(&ROLES[..if self.in_block { 1 } else { 3 }])).into()
        }
    }

    fn task(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("task");
        let made = forms::form(&self.names, self.in_block, self.dice);
        let mut step = json!({ "role": self.role() });
        let mut form = made.form;
        form["title"] = words("Aufgabe", "Task");
        if self.dice.chance(40) {
            let file = format!("forms/{id}.yaml");
            self.files.insert(file.clone(), yaml::text(&form, self.dice));
            step["task"] = file.into();
        } else {
            step["task"] = form;
        }
        if self.dice.chance(40) {
            step["due"] = (*self.dice.pick(&["3 working days", "1 week", "1 month"])).into();
        }
        if !self.tasks.is_empty() && self.dice.chance(25) {
            self.notes("four eyes");
            let other = self.dice.pick(&self.tasks).clone();
            step["not_same_person_as"] = if self.dice.chance(50) { json!([other]) } else { other.into() };
        }
        self.then_by_outcome(&mut step, &made.outcomes, place, true);
        for (of, field, surely) in &made.fields {
            // The forms of a block write into one result, each with its own idea of a field.
            self.writes_one(id, *of, field, *surely && !self.in_block);
        }
        self.tasks.push(id.to_owned());
        step
    }

    fn compute(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
        let fields = [(Of::Number, "number"), (Of::Truth, "truth"), (Of::Text, "text"), (Of::Day, "day")];
        let count = self.dice.between(1, 4) as usize;
        let mut step = if self.dice.chance(30) {
            self.notes("script");
            let file = format!("rules/{id}.rhai");
            let lines: Vec<String> = fields[..count]
                .iter()
                .map(|(of, name)| format!("  {name}: {},\n", self.names.rule(*of, self.dice)))
                .collect();
            self.files.insert(file.clone(), format!("let start = 1;\n#{{\n{}}}\n", lines.concat()));
            json!({ "compute": file })
        } else {
            self.notes("compute");
            let rules: Map<String, Value> = fields[..count]
                .iter()
                .map(|(of, name)| ((*name).to_owned(), self.names.rule(*of, self.dice).into()))
                .collect();
            json!({ "compute": rules })
        };
        self.then(&mut step, place, false);
        self.writes(
            id,
            &fields[..count].iter().map(|(of, name)| (*of, (*name).to_owned())).collect::<Vec<_>>(),
        );
        step
    }

    fn decide(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("decide");
        let (table, fields) = forms::table(&self.names, self.dice);
        let file = format!("decisions/{id}.yaml");
        self.files.insert(file.clone(), yaml::text(&table, self.dice));
        let mut step = json!({ "decide": file });
        self.then(&mut step, place, false);
        self.writes(id, &fields);
        step
    }

    fn number(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("number");
        let pattern = *self.dice.pick(&["32.1-{year}/{number:5}", "B {number}", "{number:3}"]);
        let mut step = json!({ "number": { "pattern": pattern, "file_number": self.dice.chance(50) } });
        self.then(&mut step, place, false);
        self.writes(id, &[(Of::Text, "number".to_owned())]);
        step
    }

    fn effect(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("effect");
        let connector = self.dice.weighted(&[(45, "letter"), (35, "register"), (20, "unsteady")]);
        let rule = |of, writer: &mut Self| format!("= {}", writer.names.rule(of, writer.dice));
        let mut with = json!({ "to": rule(Of::Text, self), "list": [1, rule(Of::Number, self)] });
        if self.dice.chance(40) {
            self.notes("template");
            let file = format!("templates/{id}.md");
            self.files.insert(file.clone(), forms::template(self.dice));
            with["body"] = json!({ "template": file });
        }
        let mut step = json!({ "effect": connector, "with": with });
        self.then(&mut step, place, true);
        self.writes(id, &[(Of::Number, "size".to_owned()), (Of::Text, "answer".to_owned())]);
        if connector == "letter" {
            self.letters.push(id.to_owned());
        }
        step
    }

    fn wait(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
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
                json!({ "message": messages.remove(at) })
            }
            6 if self.dice.chance(60) => {
                self.notes("timer");
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
        if self.dice.chance(20) {
            deadline["no_shift"] = "Nur intern.".into();
        }
        deadline
    }

    fn choose(&mut self, _id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("choose");
        let mut ways = Vec::new();
        for _ in 0..self.dice.between(1, 3) {
            let when = self.names.rule(Of::Truth, self.dice);
            ways.push(json!({ "when": when, "then": self.target(place, false) }));
        }
        ways.push(json!({ "else": self.target(place, false) }));
        json!({ "choose": ways })
    }

    fn fork(&mut self, _id: &str, place: &Place<'_>, depth: usize) -> Value {
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
    fn each(&mut self, _id: &str, place: &Place<'_>, depth: usize) -> Value {
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

    fn raise(&mut self, _id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("raise");
        let what = *self.dice.pick(&["signal", "escalation"]);
        let mut step = json!({ "raise": { what: "alarm" } });
        self.then(&mut step, place, false);
        step
    }

    fn group(&mut self, _id: &str, place: &Place<'_>, depth: usize) -> Value {
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

    /// Handlers of a scope.
    fn handlers(&mut self, steps: &Value, leave: &[String]) -> Value {
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

    fn block(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("block");
        let blocks = self.blocks;
        let block = self.dice.pick(blocks);
        let mut with = json!({ "rule": self.names.rule(Of::Truth, self.dice) });
        if self.dice.chance(60) {
            with["amount"] = self.dice.between(0, 30).into();
        }
        if self.dice.chance(40) {
            with["patience"] = "4 days".into();
        }
        let mut step = json!({ "block": block.reference, "role": self.role(), "with": with });
        self.then_by_outcome(&mut step, &block.outcomes, place, false);
        self.writes(id, &[(Of::Number, "sum".to_owned())]);
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

/// Handlers of the case as a whole, for some processes.
pub fn handlers_of_case(writer: &mut Writer<'_>, steps: &Value) -> Option<Value> {
    if writer.dice.chance(60) {
        return None;
    }
    writer.notes("handler of the case");
    Some(writer.handlers(steps, &[]))
}

/// A block: its own text with parameters, a role and outcomes.
pub fn block(
    number: usize,
    constructs: &mut BTreeSet<&'static str>,
    dice: &mut Dice,
    wide: bool,
) -> RandomBlock {
    let id = format!("random-{number}");
    let outcomes = vec!["good".to_owned(), "bad".to_owned()];
    let size = dice.between(1, 4) as usize;
    let mut writer = Writer { wide, ..Writer::new(&[], true, constructs, dice) };
    writer.names.add(Of::Number, "params.amount");
    let mut steps = writer.scope(size, 1, &outcomes);
    // Every use writes something, and goes by the rule that it was handed.
    let first = steps.as_object().and_then(|steps| steps.keys().next()).cloned().unwrap_or_default();
    let begin = json!({
        "begin": { "compute": { "sum": "params.amount + application.count" }, "then": "fork-in-the-road" },
        "fork-in-the-road": { "choose": [{ "when": "$rule", "then": first.as_str() }, { "else": "patience" }] },
        "patience": {
            "wait": { "over": { "deadline": { "title": words("Frist", "Deadline"), "period": "$patience" } } },
            "then": first,
        },
    });
    let mut all = begin.as_object().cloned().unwrap_or_default();
    all.extend(steps.as_object_mut().map(std::mem::take).unwrap_or_default());
    let mut block = json!({
        "block": id,
        "version": "1.0.0",
        "title": words("Baustein", "Block"),
        "summary": words("Zufällig.", "Random."),
        "category": "examination",
        "role": true,
        "parameters": {
            "amount": parameter(json!({ "type": "integer", "default": 3 })),
            "patience": parameter(json!({ "type": "period", "default": "1 week" })),
            "rule": parameter(json!({ "type": "expression", "required": true })),
        },
        "outcomes": { "good": { "title": words("gut", "good") }, "bad": { "title": words("schlecht", "bad") } },
    });
    if writer.dice.chance(40) {
        let all = Value::Object(all.clone());
        block["on"] = writer.handlers(&all, &outcomes);
    }
    block["steps"] = all.into();
    let mut files = writer.finish();
    files.insert("block.yaml".into(), yaml::text(&block, dice));
    RandomBlock { files, reference: format!("{id}@1"), outcomes }
}

fn parameter(mut field: Value) -> Value {
    field["title"] = words("Parameter", "Parameter");
    field["help"] = words("Zufällig.", "Random.");
    field
}
