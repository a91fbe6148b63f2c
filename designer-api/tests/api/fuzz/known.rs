//! What exists: ids that answers have named, so that later requests can ask for them.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::dice::Dice;

/// So many of a kind are kept.
const MOST: usize = 12;

#[derive(Default)]
pub struct Known(BTreeMap<&'static str, Vec<String>>);

impl Known {
    /// One of a kind, if there is any.
    pub fn pick(&self, kind: &str, dice: &mut Dice) -> Option<String> {
        let known = self.0.get(kind).filter(|known| !known.is_empty())?;
        Some(dice.pick(known).clone())
    }

    /// Takes in what an answer names.
    pub fn learn(&mut self, answer: &Value) {
        match answer {
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(fields) => {
                if let (Some(case), Some(_)) =
                    (fields.get("case").and_then(Value::as_str), fields.get("document"))
                {
                    self.keep("letter", case);
                }
                for (name, value) in fields {
                    match (kind(name, value.as_str()), value.as_str()) {
                        (Some(kind), Some(value)) => self.keep(kind, value),
                        _ => self.learn(value),
                    }
                }
            }
            _ => {}
        }
    }

    fn keep(&mut self, kind: &'static str, value: &str) {
        let known = self.0.entry(kind).or_default();
        // What was named last stays longest.
        known.retain(|old| old != value);
        if known.len() == MOST {
            known.remove(0);
        }
        known.push(value.to_owned());
    }
}

fn kind(name: &str, value: Option<&str>) -> Option<&'static str> {
    let is_case = |text: &str| Uuid::parse_str(text).is_ok();
    match (name, value?) {
        ("next", _) => Some("cursor"),
        ("release", _) => Some("release"),
        ("id" | "case", value) if is_case(value) => Some("case"),
        (_, value) => value.rsplit_once('.').filter(|(case, _)| is_case(case)).map(|_| "task"),
    }
}
