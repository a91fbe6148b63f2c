//! Whether values fit their fields: the short form of fields, and the profile of JSON Schema, as far as random processes
//! write them.

use fachwerk_core::words::Date;
use serde_json::{Map, Value};

/// Whether a value fits a field.
pub fn fits(field: &Value, value: &Value) -> bool {
    match field["type"].as_str().unwrap_or_default() {
        "integer" | "money" => {
            let bound = |names: [&str; 2]| names.iter().find_map(|name| field[*name].as_i64());
            value.as_i64().is_some_and(|number| {
                bound(["min", "minimum"]).is_none_or(|least| number >= least)
                    && bound(["max", "maximum"]).is_none_or(|most| number <= most)
            })
        }
        "boolean" => value.is_boolean(),
        "text" | "long-text" | "date" | "time" | "email" | "string" => {
            value.as_str().is_some_and(|text| text_fits(field, text))
        }
        "choice" => value.as_str().is_some_and(|id| field["options"].get(id).is_some()),
        "choices" => value.as_array().is_some_and(|chosen| {
            let known = |id: &Value| id.as_str().is_some_and(|id| field["options"].get(id).is_some());
            chosen.iter().enumerate().all(|(at, id)| known(id) && !chosen[..at].contains(id))
        }),
        "list" | "array" => value.as_array().is_some_and(|items| {
            let most = field["max_items"].as_u64().or(field["maxItems"].as_u64()).unwrap_or(100);
            items.len() as u64 <= most && items.iter().all(|item| entry_fits(field, item))
        }),
        other => panic!("the oracle does not know fields of the type {other}"),
    }
}

fn entry_fits(list: &Value, item: &Value) -> bool {
    match list.get("fields") {
        Some(fields) => item.as_object().is_some_and(|item| all_fit(fields, item)),
        None => item.as_str().is_some_and(|text| text.chars().count() <= 500),
    }
}

/// Whether these are exactly values of these fields.
pub fn all_fit(fields: &Value, values: &Map<String, Value>) -> bool {
    let known = |(name, value): (&String, &Value)| fields.get(name).is_some_and(|field| fits(field, value));
    let mut required =
        fields.as_object().into_iter().flatten().filter(|(_, field)| field["required"] == true);
    values.iter().all(known) && required.all(|(name, _)| values.contains_key(name))
}

fn text_fits(field: &Value, text: &str) -> bool {
    let ty = field["type"].as_str().unwrap_or_default();
    let usual = if ty == "long-text" { 20_000 } else { 500 };
    let most = field["max_length"].as_u64().or(field["maxLength"].as_u64()).unwrap_or(usual);
    let format = match ty {
        "date" => is_day(text),
        "time" => is_time(text),
        "email" => text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty()),
        _ if field["format"] == "date" => is_day(text),
        _ => true,
    };
    let listed = field["enum"].as_array().is_none_or(|all| all.iter().any(|one| one == text));
    let pattern = match field["pattern"].as_str() {
        None => true,
        Some("^[a-z]{2,8}$") => {
            (2..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
        }
        Some(other) => panic!("the oracle does not know the pattern {other}"),
    };
    text.chars().count() as u64 <= most && format && listed && pattern
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<Date>().is_ok()
}

fn is_time(text: &str) -> bool {
    let parts: Vec<u32> = text.split(':').filter_map(|part| part.parse().ok()).collect();
    text.len() == 5 && matches!(parts[..], [hour, minute] if hour < 24 && minute < 60)
}

/// An empty text, or nothing, is no answer.
pub fn is_blank(field: &Value, value: &Value) -> bool {
    let texts = ["text", "long-text", "date", "time", "email", "choice"];
    match value {
        Value::Null => true,
        Value::String(text) => {
            text.trim().is_empty() && field["type"].as_str().is_some_and(|ty| texts.contains(&ty))
        }
        _ => false,
    }
}

/// What no case may have, wherever it comes from: fractions, and numbers beyond 64 bits.
pub fn is_sound(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.as_i64().is_some(),
        Value::Array(items) => items.iter().all(is_sound),
        Value::Object(entries) => entries.values().all(is_sound),
        _ => true,
    }
}
