//! Writes values as YAML the way people do: blocks, now and then `{ ... }` in one line, texts in quotes where needed.

use std::fmt::Write as _;

use serde_json::Value;

use crate::dice::Dice;

/// A value as the text of a YAML file.
pub fn text(value: &Value, dice: &mut Dice) -> String {
    let mut out = String::new();
    block(value, 0, dice, &mut out);
    out
}

fn block(value: &Value, depth: usize, dice: &mut Dice, out: &mut String) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                let _ = write!(out, "{:1$}{key}:", "", depth * 2);
                below(value, depth, dice, out);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                let _ = write!(out, "{:1$}-", "", depth * 2);
                below(item, depth, dice, out);
            }
        }
        scalar => {
            let _ = writeln!(out, "{:1$}{2}", "", depth * 2, line(scalar));
        }
    }
}

/// What stands behind a `:` or a `-`.
fn below(value: &Value, depth: usize, dice: &mut Dice, out: &mut String) {
    let small = size(value) <= 8;
    let nested = matches!(value, Value::Object(entries) if !entries.is_empty())
        || matches!(value, Value::Array(items) if !items.is_empty());
    if nested && !(small && dice.chance(60)) {
        out.push('\n');
        block(value, depth + 1, dice, out);
    } else {
        let _ = writeln!(out, " {}", line(value));
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Object(entries) => 1 + entries.values().map(size).sum::<usize>(),
        Value::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        _ => 1,
    }
}

/// A value in one line.
fn line(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{key}: {}", line(value))).collect();
            if entries.is_empty() { "{}".into() } else { format!("{{ {} }}", entries.join(", ")) }
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// Plain when nobody can misread it; else in double quotes, where YAML reads what JSON writes.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_./@".contains(c))
        && !["true", "false", "null", "yes", "no"].contains(&text.to_lowercase().as_str());
    if plain { text.to_owned() } else { Value::from(text).to_string() }
}
