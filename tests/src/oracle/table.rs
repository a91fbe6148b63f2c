//! Decision tables with one column of conditions, as random processes write them.

use serde_json::{Map, Value, json};

/// What a table says about a value; none: nothing, and the case is stuck.
pub fn decide(table: &Value, by: &Value) -> Option<Map<String, Value>> {
    let rows = table["rows"].as_array().expect("a table has rows");
    let matched: Vec<Value> = rows
        .iter()
        .filter(|row| matches(row["when"]["by"].as_str().unwrap_or_default(), by))
        .map(|row| said(&row["then"]))
        .collect();
    let list = |value: Value| Some(Map::from_iter([("level".to_owned(), value)]));
    match table["hit_policy"].as_str().expect("random tables say how rows count") {
        "collect" | "rule-order" => list(matched.into()),
        "collect-count" => list(json!(matched.len())),
        // The conditions of random tables never overlap.
        _ => {
            let row = matched.into_iter().next().or_else(|| table.get("default").map(said))?;
            row.as_object().cloned()
        }
    }
}

/// The results of a row; a text in quotes stands for itself.
fn said(row: &Value) -> Value {
    let plain =
        |value: &Value| match value.as_str().and_then(|text| text.strip_prefix('"')?.strip_suffix('"')) {
            Some(inner) => inner.into(),
            None => value.clone(),
        };
    row.as_object().into_iter().flatten().map(|(name, value)| (name.clone(), plain(value))).collect()
}

fn matches(cell: &str, by: &Value) -> bool {
    let text = |quoted: &str| quoted.trim().trim_matches('"').to_owned();
    match (cell, by) {
        ("< 3", Value::Number(number)) => number.as_i64().is_some_and(|number| number < 3),
        ("[3..8]", Value::Number(number)) => number.as_i64().is_some_and(|number| (3..=8).contains(&number)),
        ("> 8", Value::Number(number)) => number.as_i64().is_some_and(|number| number > 8),
        ("true" | "false", Value::Bool(said)) => cell == said.to_string(),
        (_, Value::String(said)) => match cell.strip_prefix("not(") {
            Some(others) => !others.trim_end_matches(')').split(',').any(|other| text(other) == *said),
            None => text(cell) == *said,
        },
        _ => false,
    }
}
