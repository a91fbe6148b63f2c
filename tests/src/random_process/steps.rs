//! Random steps: sequences with ways back, choices, and what a step by itself can do.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    ROLES,
    block::RandomBlock,
    forms, names,
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
    pub(super) blocks: &'a [RandomBlock],
    /// Whether this is the text of a block.
    pub(super) in_block: bool,
    /// Whether it has what only the oracle is held against yet.
    pub(super) wide: bool,
    pub(super) names: Names,
    pub(super) files: BTreeMap<String, String>,
    /// Numbers steps, handlers and files.
    drawn: usize,
    pub(super) tasks: Vec<String>,
    pub(super) letters: Vec<String>,
}

/// Where a step may go.
pub(super) struct Place<'p> {
    /// The steps of its scope, in order; the last one is an end.
    pub(super) ids: &'p [String],
    pub(super) at: usize,
    /// The outcomes that its scope can be left by.
    pub(super) leave: &'p [String],
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        blocks: &'a [RandomBlock],
        in_block: bool,
        constructs: &'a mut BTreeSet<&'static str>,
        dice: &'a mut Dice,
        wide: bool,
    ) -> Writer<'a> {
        let (mut names, files, tasks, letters) = (names(), BTreeMap::new(), Vec::new(), Vec::new());
        if wide {
            names.add_acts();
        }
        Writer { dice, constructs, blocks, in_block, wide, names, files, drawn: 0, tasks, letters }
    }

    /// The files that the steps name.
    pub fn finish(self) -> BTreeMap<String, String> {
        self.files
    }

    /// Steps of a scope; the first is where it begins.
    pub fn scope(&mut self, size: usize, depth: usize, leave: &[String]) -> Value {
        let ids: Vec<String> = (0..=size).map(|_| self.id("s")).collect();
        let mut steps = Map::new();
        let meeting = self.meeting(size);
        for (at, id) in ids.iter().enumerate() {
            let place = Place { ids: &ids, at, leave };
            let step = match &meeting {
                _ if at == size => self.end(),
                Some(meeting) if meeting.end == at => self.join(id, &place, depth),
                _ => self.step(id, &place, depth),
            };
            steps.insert(id.clone(), step);
        }
        if let Some(meeting) = meeting {
            self.lead_to_meeting(&mut steps, &ids[meeting.clone()], &ids[meeting.end]);
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

    pub(super) fn step(&mut self, id: &str, place: &Place<'_>, depth: usize) -> Value {
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
            (5 * wide, Self::call),
            (6 * wide * usize::from(!self.in_block), Self::issue),
            (4 * wide, Self::message),
            (4 * wide, Self::cancel),
            (8 * wide, Self::compensate),
            (5 * wide * deeper, Self::ad_hoc),
            (2 * wide * usize::from(place.at > 0), Self::join),
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
    pub(super) fn target(&mut self, place: &Place<'_>, waits: bool) -> Value {
        if !place.leave.is_empty() && self.dice.chance(20) {
            self.notes("leave");
            return format!("${}", self.dice.pick(place.leave)).into();
        }
        if self.dice.chance(if waits { 22 } else { 1 }) {
            self.notes(if waits { "loop" } else { "loop without a stop" });
            return self.dice.pick(&place.ids[..=place.at]).as_str().into();
        }
        let last = place.ids.len() - 1;
        if self.wide && place.at + 2 < last && self.dice.chance(4) {
            return self.several(&place.ids[place.at + 1..]);
        }
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
    pub(super) fn then_by_outcome(
        &mut self,
        step: &mut Value,
        outcomes: &[String],
        place: &Place<'_>,
        waits: bool,
    ) {
        if outcomes.is_empty() || self.dice.chance(15) {
            return self.then(step, place, waits);
        }
        let ways: Map<String, Value> =
            outcomes.iter().map(|outcome| (outcome.clone(), self.target(place, waits))).collect();
        step["then"] = ways.into();
    }

    /// Notes the fields that a step writes, for the rules of later steps.
    pub(super) fn writes(&mut self, id: &str, fields: &[(Of, String)]) {
        for (of, field) in fields {
            self.writes_one(id, *of, field, true);
        }
    }

    pub(super) fn writes_one(&mut self, id: &str, of: Of, field: &str, surely: bool) {
        let key = id.replace('-', "_");
        let within = if self.in_block { "result".to_owned() } else { format!("steps.{key}") };
        self.names.add_result(of, &within, field, surely);
    }

    pub(super) fn role(&mut self) -> Value {
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

    pub(super) fn choose(&mut self, _id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("choose");
        let mut ways = Vec::new();
        for _ in 0..self.dice.between(1, 3) {
            let when = self.names.rule(Of::Truth, self.dice);
            ways.push(json!({ "when": when, "then": self.target(place, false) }));
        }
        ways.push(json!({ "else": self.target(place, false) }));
        json!({ "choose": ways })
    }

    pub(super) fn raise(&mut self, _id: &str, place: &Place<'_>, _depth: usize) -> Value {
        self.notes("raise");
        let what = *self.dice.pick(&["signal", "escalation"]);
        let mut step = json!({ "raise": { what: "alarm" } });
        self.then(&mut step, place, false);
        step
    }
}
