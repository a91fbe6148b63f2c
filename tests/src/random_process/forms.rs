//! Random forms, decision tables and templates: what the steps of a random process name.

use serde_json::{Map, Value, json};

use super::{
    rules::{Names, Of},
    words,
};
use crate::dice::Dice;

/// A form, and the fields that its task writes, with whether it surely does.
pub struct RandomForm {
    pub form: Value,
    pub fields: Vec<(Of, String, bool)>,
    pub outcomes: Vec<String>,
}

/// A form. `entering`: whether its rules see the values that are being entered.
pub fn form(names: &Names, entering: bool, dice: &mut Dice) -> RandomForm {
    let mut fields = Map::new();
    let mut written = Vec::new();
    let outcomes: Vec<String> = if dice.chance(65) {
        (0..dice.between(2, 3))
            .map(|number| ["granted", "refused", "back"][number as usize].to_owned())
            .collect()
    } else {
        Vec::new()
    };
    if !outcomes.is_empty() {
        fields.insert("outcome".into(), outcome_field(&outcomes));
        written.push((Of::Text, "outcome".to_owned(), true));
    }
    for number in 0..dice.between(if outcomes.is_empty() { 1 } else { 0 }, 4) {
        let name = format!("f{number}");
        let (of, mut field) = field(dice);
        if dice.chance(40) {
            field["required"] = true.into();
        }
        if dice.chance(25) {
            let entered = entering && !outcomes.is_empty() && dice.chance(50);
            let rule = if entered {
                format!("result?.outcome == \"{}\"", dice.pick(&outcomes))
            } else {
                names.rule(Of::Truth, dice)
            };
            field["when"] = rule.into();
        }
        if let Some(of) = of.filter(|_| dice.chance(25)) {
            field["propose"] = names.rule(of, dice).into();
        }
        let surely = field["required"] == true && field.get("when").is_none();
        written.extend(of.map(|of| (of, name.clone(), surely)));
        fields.insert(name, field);
    }
    let mut form = json!({ "fields": fields });
    if dice.chance(25) {
        let shown = [Of::Number, Of::Text]
            .map(|of| json!({ "title": words("Wert", "value"), "value": names.rule(of, dice) }));
        form["show"] = json!(shown);
    }
    RandomForm { form, fields: written, outcomes }
}

fn outcome_field(outcomes: &[String]) -> Value {
    let options: Map<String, Value> =
        outcomes.iter().map(|outcome| (outcome.clone(), words(outcome, outcome))).collect();
    json!({ "type": "choice", "required": true, "title": words("Ergebnis", "Result"), "options": options })
}

/// A field, and what rules take it for when they can use it.
fn field(dice: &mut Dice) -> (Option<Of>, Value) {
    let options = json!({ "x": words("X", "X"), "y": words("Y", "Y"), "z": words("Z", "Z") });
    let (of, mut field) = dice
        .pick(&[
            (Some(Of::Number), json!({ "type": "integer", "min": 0, "max": 50 })),
            (Some(Of::Number), json!({ "type": "integer" })),
            (Some(Of::Number), json!({ "type": "money", "min": 0 })),
            (Some(Of::Truth), json!({ "type": "boolean" })),
            (Some(Of::Truth), json!({ "type": "boolean", "default": true })),
            (Some(Of::Text), json!({ "type": "text", "max_length": 40 })),
            (Some(Of::Text), json!({ "type": "text", "pattern": "^[a-z]{2,8}$", "person": true })),
            (Some(Of::Text), json!({ "type": "long-text", "default": "…" })),
            (Some(Of::Text), json!({ "type": "choice", "options": options })),
            (Some(Of::Day), json!({ "type": "date" })),
            (None, json!({ "type": "choices", "options": options })),
            (None, json!({ "type": "time" })),
            (None, json!({ "type": "email" })),
            (None, json!({ "type": "list", "max_items": 3 })),
            (
                None,
                json!({ "type": "list", "max_items": 3, "fields": {
            "what": { "type": "text", "title": words("Was", "What"), "required": true },
            "much": { "type": "integer", "title": words("Wie viel", "How much") },
        } }),
            ),
        ])
        .clone();
    field["title"] = words("Angabe", "Value");
    (of, field)
}

/// A decision table, and the fields that it writes.
pub fn table(names: &Names, dice: &mut Dice) -> (Value, Vec<(Of, String)>) {
    let of = *dice.pick(&[Of::Number, Of::Truth, Of::Text]);
    let text = "application.sort".to_owned();
    let rule = if of == Of::Text { text } else { names.rule(of, dice) };
    let cells: &[&str] = match of {
        Of::Number => &["< 3", "[3..8]", "> 8"],
        Of::Truth => &["true", "false"],
        Of::Text | Of::Day => &["\"house\"", "\"tree\"", "not(\"house\", \"tree\")"],
    };
    let policy = *dice.pick(&["unique", "first", "any", "collect", "collect-count", "rule-order"]);
    // Without the last row some values match nothing, and the case gets stuck.
    let rows = if dice.chance(25) { cells.len() - 1 } else { cells.len() };
    let single = policy == "collect-count" || dice.chance(40);
    let rows: Vec<Value> = cells[..rows]
        .iter()
        .enumerate()
        .map(|(number, cell)| {
            let mut then = json!({ "level": number });
            if !single {
                then["why"] = format!("\"row {number}\"").into();
            }
            let mut row = json!({ "when": { "by": cell }, "then": then });
            if dice.chance(50) {
                row["norm"] = "VwVfG § 24".into();
            }
            row
        })
        .collect();
    let mut outputs = json!({ "level": null });
    if !single {
        outputs["why"] = Value::Null;
    }
    let mut table =
        json!({ "inputs": { "by": rule }, "outputs": outputs, "hit_policy": policy, "rows": rows });
    if dice.chance(30) && ["unique", "first", "any"].contains(&policy) {
        let mut default = json!({ "level": 99 });
        if !single {
            default["why"] = "\"none\"".into();
        }
        table["default"] = default;
    }
    let one_row = ["unique", "first", "any", "collect-count"].contains(&policy);
    let mut written = Vec::new();
    if one_row {
        written.push((Of::Number, "level".to_owned()));
        if !single {
            written.push((Of::Text, "why".to_owned()));
        }
    }
    (table, written)
}

/// The text of a letter.
pub fn template(dice: &mut Dice) -> String {
    let middle = *dice.pick(&[
        "{{ application.name }}",
        "{{ application.count }} {{ settings.limit }}",
        "{% if application.urgent %}Eilt!{% endif %}",
        // Absent in some applications: then the case gets stuck.
        "{{ application.note }}",
        "{{ application.note | default(\"-\") }}",
    ]);
    format!("Sehr geehrte Damen und Herren,\n\n{middle}\n\n{{{{ file.channel }}}}\n")
}
