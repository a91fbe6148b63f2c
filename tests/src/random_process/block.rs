//! Random blocks: steps with parameters, a role and outcomes, and the use of them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{
    rules::Of,
    steps::{Place, Writer},
    words, yaml,
};
use crate::dice::Dice;

/// A block, and what its use has to say.
pub struct RandomBlock {
    pub files: BTreeMap<String, String>,
    pub(super) reference: String,
    pub(super) outcomes: Vec<String>,
}

impl Writer<'_> {
    pub(super) fn block(&mut self, id: &str, place: &Place<'_>, _depth: usize) -> Value {
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
        self.holds_tasks(id);
        step
    }
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
    let mut writer = Writer::new(&[], true, constructs, dice, wide);
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
