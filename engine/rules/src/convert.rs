//! Between JSON, the language of case data, and the values of rhai.
//!
//! Objects become maps ordered by name, null becomes `()`, numbers are 64-bit integers.
//! A fractional number is refused: money is integer cents, and a rule that rounds
//! unseen is a wrong rule.

use rhai::{Dynamic, INT, ImmutableString};
use serde_json::{Map, Value};

use crate::data::Node;
use crate::error::{Limit, RuleCode, RuleError, Text};
use crate::limits::Limits;

/// Lists and objects within each other, in and out. Deeper data is nobody's form.
pub(crate) const MAX_DEPTH: usize = 64;

/// What a JSON value is, as a person calls it, with its article.
pub(crate) fn json_kind(value: &Value) -> Text {
    match value {
        Value::Null => Text::new("null", "leer (null)"),
        Value::Bool(_) => Text::new("true or false", "ein Wahrheitswert"),
        Value::Number(_) => Text::new("a number", "eine Zahl"),
        Value::String(_) => Text::new("text", "ein Text"),
        Value::Array(_) => Text::new("a list", "eine Liste"),
        Value::Object(_) => Text::new("an object", "ein Objekt"),
    }
}

/// The same for the type names of rhai.
pub(crate) fn rhai_kind(type_name: &str) -> Text {
    match type_name {
        "()" => json_kind(&Value::Null),
        "bool" => json_kind(&Value::Bool(true)),
        "i64" => json_kind(&Value::from(0)),
        "string" | "&str" | "ImmutableString" | "String" => json_kind(&Value::from("")),
        "char" => Text::new("a character", "ein Zeichen"),
        "array" => json_kind(&Value::Array(Vec::new())),
        "map" => json_kind(&Value::Object(Map::new())),
        "Fn" => Text::new("a function", "eine Funktion"),
        other if other.ends_with("Fraction") => Fraction::kind(),
        other if other.contains("range") || other.contains("Range") => Text::new("a range", "ein Bereich"),
        other => Text::new(other, other),
    }
}

/// A fractional number within a list or object. It may be passed on, but not used: a rule
/// about trees need not fail because each has its coordinates.
#[derive(Debug, Clone)]
pub(crate) struct Fraction(serde_json::Number);

impl Fraction {
    pub(crate) fn kind() -> Text {
        Text::new("a fractional number", "eine Kommazahl")
    }
}

/// Converts one value of the case for a rule. A fractional number by itself is refused.
pub(crate) fn to_rhai(node: Node, limits: &Limits) -> Result<Dynamic, RuleError> {
    if let Node::Value(Value::Number(number)) = node {
        return integer(number).map(Dynamic::from_int);
    }
    let mut reader = Reader { limits, items: 0, entries: 0, bytes: 0 };
    reader.node(node, 0)
}

/// Counts as rhai counts, so that data which comes in can also be passed on.
struct Reader<'l> {
    limits: &'l Limits,
    items: usize,
    entries: usize,
    bytes: usize,
}

impl Reader<'_> {
    fn node(&mut self, node: Node, depth: usize) -> Result<Dynamic, RuleError> {
        let members = match node {
            Node::Value(value) => return self.value(value, depth),
            Node::Members(members) => members,
        };
        let mut map = rhai::Map::new();
        for name in members.names() {
            if let Some(member) = members.member(name) {
                map.insert(name.into(), self.node(member, depth + 1)?);
            }
        }
        Ok(Dynamic::from_map(map))
    }

    fn value(&mut self, value: &Value, depth: usize) -> Result<Dynamic, RuleError> {
        if depth > MAX_DEPTH {
            return Err(RuleError::limit(Limit::DataDepth, MAX_DEPTH));
        }
        Ok(match value {
            Value::Null => Dynamic::UNIT,
            Value::Bool(truth) => Dynamic::from_bool(*truth),
            Value::Number(number) => match number.as_i64() {
                Some(number) => Dynamic::from_int(number),
                None => Dynamic::from(Fraction(number.clone())),
            },
            Value::String(text) => {
                self.bytes += text.len();
                check(self.bytes, self.limits.string_bytes, Limit::StringSize)?;
                Dynamic::from(ImmutableString::from(text.as_str()))
            }
            Value::Array(values) => {
                self.items += values.len();
                check(self.items, self.limits.array_items, Limit::ArraySize)?;
                let items: Result<rhai::Array, _> =
                    values.iter().map(|value| self.value(value, depth + 1)).collect();
                Dynamic::from_array(items?)
            }
            Value::Object(members) => {
                self.entries += members.len();
                check(self.entries, self.limits.map_entries, Limit::MapSize)?;
                let entries: Result<rhai::Map, _> = members
                    .iter()
                    .map(|(name, value)| Ok((name.as_str().into(), self.value(value, depth + 1)?)))
                    .collect();
                Dynamic::from_map(entries?)
            }
        })
    }
}

fn check(size: usize, maximum: usize, limit: Limit) -> Result<(), RuleError> {
    if size > maximum { Err(RuleError::limit(limit, maximum)) } else { Ok(()) }
}

pub(crate) fn integer(number: &serde_json::Number) -> Result<INT, RuleError> {
    number.as_i64().ok_or_else(|| {
        let error = RuleError::new(
            RuleCode::NotAnInteger,
            Text::new(
                format!("{number} is not a whole number that a rule can use"),
                format!("{number} ist keine ganze Zahl, mit der eine Regel rechnen kann"),
            ),
        );
        fraction_help(error)
    })
}

pub(crate) fn fraction_help(error: RuleError) -> RuleError {
    error.help(
        "rules use whole numbers: store money in cents and measures in a smaller unit (cm instead of m)",
        "Regeln rechnen mit ganzen Zahlen: Speichern Sie Geld in Cent und Maße in einer kleineren Einheit (cm statt m)",
    )
}

/// Converts the result of a rule.
pub(crate) fn to_json(value: Dynamic) -> Result<Value, RuleError> {
    json(value, 0)
}

fn json(value: Dynamic, depth: usize) -> Result<Value, RuleError> {
    if depth > MAX_DEPTH {
        return Err(RuleError::limit(Limit::DataDepth, MAX_DEPTH));
    }
    // A variable that a closure captured is shared; the result is a copy.
    let value = if value.is_shared() { value.flatten() } else { value };
    if value.is_unit() {
        return Ok(Value::Null);
    }
    if let Ok(truth) = value.as_bool() {
        return Ok(Value::Bool(truth));
    }
    if let Ok(number) = value.as_int() {
        return Ok(Value::from(number));
    }
    if let Ok(character) = value.as_char() {
        return Ok(Value::from(character.to_string()));
    }
    if value.is_string() {
        return Ok(Value::from(value.into_string().unwrap_or_default()));
    }
    if value.is_array() {
        let items = value.into_array().unwrap_or_default();
        return items.into_iter().map(|item| json(item, depth + 1)).collect();
    }
    if let Some(fraction) = value.read_lock::<Fraction>() {
        return Ok(Value::Number(fraction.0.clone()));
    }
    let type_name = value.type_name();
    if let Some(map) = value.try_cast::<rhai::Map>() {
        let mut members = Map::new();
        for (name, value) in map {
            members.insert(name.into(), json(value, depth + 1)?);
        }
        return Ok(Value::Object(members));
    }
    let kind = rhai_kind(type_name);
    Err(RuleError::new(
        RuleCode::WrongType,
        Text::new(
            format!("the result of a rule must be data, not {}", kind.en),
            format!("Das Ergebnis einer Regel müssen Daten sein, nicht {}", kind.de),
        ),
    ))
}
