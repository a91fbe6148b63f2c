//! As much of DMN as its decision tables need.

use fachwerk_rules::{HitPolicy, InputSource, OutputSource, RowSource, TableSource};
use serde_json::{Map, Value};

use super::xml::Element;

pub struct Decision {
    pub name: String,
    pub table: TableSource,
    /// Its results have fractions, and are taken in hundredths.
    pub hundredths: bool,
}

/// The decisions that are tables.
pub fn read(model: &Element) -> Vec<Decision> {
    let decisions = model.all("decision").into_iter();
    decisions
        .filter_map(|decision| {
            let table = decision.children("decisionTable").next()?;
            let name = decision.attribute("name")?.to_owned();
            let hundredths = table.all("outputEntry").iter().any(|cell| {
                cell.children("text")
                    .any(|text| text.text.trim().parse::<f64>().is_ok() && text.text.contains('.'))
            });
            Some(Decision { name, table: source(table, hundredths), hundredths })
        })
        .collect()
}

fn source(table: &Element, hundredths: bool) -> TableSource {
    let input = |input: &Element| {
        let text = input.text_of("inputExpression").unwrap_or_default().to_owned();
        InputSource { id: text.clone(), expression: text, label: None }
    };
    let output = |(number, output): (usize, &Element)| OutputSource {
        id: output.attribute("name").map_or_else(|| format!("output {number}"), str::to_owned),
        kind: None,
        values: output.text_of("outputValues").map_or_else(Vec::new, |values| {
            values.split(',').map(|value| result(value.trim(), hundredths)).collect()
        }),
    };
    let row = |rule: &Element| RowSource {
        id: None,
        when: rule.children("inputEntry").map(|cell| text(cell).to_owned()).collect(),
        then: rule.children("outputEntry").map(|cell| result(text(cell), hundredths)).collect(),
        norm: None,
    };
    TableSource {
        inputs: table.children("input").map(input).collect(),
        outputs: table.children("output").enumerate().map(output).collect(),
        hit_policy: policy(table),
        rows: table.children("rule").map(row).collect(),
        default: None,
    }
}

fn policy(table: &Element) -> HitPolicy {
    let name = table.attribute("hitPolicy").unwrap_or("UNIQUE");
    let name = table.attribute("aggregation").map_or(name.to_owned(), |how| format!("{name} {how}"));
    name.parse().unwrap_or_else(|_| panic!("{name} is a hit policy"))
}

fn text(cell: &Element) -> &str {
    cell.children("text").next().map_or("", |text| text.text.trim())
}

/// A literal of FEEL.
fn result(text: &str, hundredths: bool) -> Value {
    if let Some(inner) = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return inner.into();
    }
    match text {
        "true" => true.into(),
        "false" => false.into(),
        _ => number(text, hundredths),
    }
}

fn number(text: &str, hundredths: bool) -> Value {
    let number = |text: &str| text.parse::<i64>().unwrap_or_else(|_| panic!("{text} is a whole number"));
    match (text.split_once('.'), hundredths) {
        (Some((whole, rest)), true) => number(&format!("{whole}{rest:0<2}")).into(),
        (None, true) => (number(text) * 100).into(),
        _ => number(text).into(),
    }
}

/// The value of an input or result of a test case.
pub fn value(of: &Element, hundredths: bool) -> Value {
    if let Some(list) = of.children("list").next() {
        return list.children("item").map(|item| value(item, hundredths)).collect();
    }
    let members: Map<String, Value> = of
        .children("component")
        .filter_map(|part| Some((part.attribute("name")?.to_owned(), value(part, hundredths))))
        .collect();
    if !members.is_empty() {
        return Value::Object(members);
    }
    let Some(value) = of.children("value").next() else { return Value::Null };
    if value.attribute("nil") == Some("true") {
        return Value::Null;
    }
    let text = value.text.trim();
    match value.attribute("type").and_then(|kind| kind.rsplit(':').next()) {
        Some("boolean") => (text == "true").into(),
        Some("decimal" | "integer" | "double") => number(text, hundredths),
        _ => text.into(),
    }
}
