//! How a value is read from what was recorded.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    diagnostic::{Problems, Span},
    facts::day_of,
    language::{Fields, Node, read_entries, read_text},
    words::{Date, Text, Value},
};

use super::constant;
use crate::replay::xes::{LogEvent, TIME, Trace, instant};

/// Where a value comes from.
#[derive(Debug)]
pub enum Source {
    /// Always the same.
    Constant(Value),
    /// An attribute of the event.
    Attribute {
        /// Its key.
        key: Arc<str>,
        /// How it is read.
        reading: Reading,
        /// Whether it may be missing.
        optional: bool,
        /// Where this was written.
        span: Span,
    },
}

/// How an attribute is read.
#[derive(Debug)]
pub enum Reading {
    /// As written.
    Text,
    /// The text of an attribute of the trace.
    Trace,
    /// A whole number; `3.0` is one.
    Integer,
    /// An amount of money with at most two digits after the point, in cents.
    Cents,
    /// A day, or the day of a time.
    Day,
    /// One of these words, translated.
    Choice(BTreeMap<Arc<str>, Value>),
}

/// Why a value could not be read.
#[derive(Debug, PartialEq, Eq)]
pub struct Unreadable(pub String);

const READINGS: [&str; 6] = ["text", "trace", "integer", "cents", "day", "choice"];

impl Source {
    /// Reads where a value comes from.
    pub fn read(node: &Node, problems: &mut Problems) -> Option<Source> {
        if let Some(value) = constant(node) {
            return Some(Source::Constant(value));
        }
        let fields = Fields::of(node, problems)?;
        let found: Vec<_> = READINGS.iter().filter_map(|name| Some((*name, fields.get(name)?))).collect();
        let of = fields.get("of");
        let optional = fields.flag("optional", false, problems);
        let [(name, key)] = found.as_slice() else {
            problems.error(
                &node.span,
                "reading_unclear",
                Text::new(
                    format!("Hier steht ein fester Wert oder genau eines: {}.", READINGS.join(", ")),
                    format!("Here stands a constant, or exactly one of: {}.", READINGS.join(", ")),
                ),
            );
            return None;
        };
        let key = read_text(key, problems)?.clone();
        let reading = match (*name, of) {
            ("choice", Some(of)) => {
                let pairs = read_entries(of, problems).iter();
                Reading::Choice(pairs.map(|(word, value)| (word.text.clone(), value.to_value())).collect())
            }
            ("choice", None) => {
                fields.need("of", problems);
                return None;
            }
            (_, Some(of)) => {
                problems.error(
                    &of.span,
                    "values_unused",
                    Text::new("„of“ gehört zu „choice“.", "`of` belongs to `choice`."),
                );
                return None;
            }
            ("text", None) => Reading::Text,
            ("trace", None) => Reading::Trace,
            ("integer", None) => Reading::Integer,
            ("cents", None) => Reading::Cents,
            _ => Reading::Day,
        };
        fields.finish(problems);
        Some(Source::Attribute { key, reading, optional, span: node.span.clone() })
    }

    /// The value of an event; none when an optional attribute is missing.
    pub fn value(&self, trace: &Trace, event: &LogEvent) -> Result<Option<Value>, Unreadable> {
        let (key, reading, optional, span) = match self {
            Source::Constant(value) => return Ok(Some(value.clone())),
            Source::Attribute { key, reading, optional, span } => (key, reading, *optional, span),
        };
        if matches!(reading, Reading::Day) && &**key == TIME {
            return Ok(Some(Value::String(day_of(event.at).to_string())));
        }
        let attributes =
            if matches!(reading, Reading::Trace) { &trace.attributes } else { &event.attributes };
        let Some(text) = attributes.get(key) else {
            let missing = Unreadable(format!("the attribute `{key}` is missing (mapped in {span})"));
            return if optional { Ok(None) } else { Err(missing) };
        };
        let value = match reading {
            Reading::Text | Reading::Trace => Some(Value::String(text.to_string())),
            Reading::Integer => decimal(text, 0).map(Value::from),
            Reading::Cents => decimal(text, 2).map(Value::from),
            Reading::Day => day(text).map(|day| Value::String(day.to_string())),
            Reading::Choice(words) => words.get(text).cloned(),
        };
        let unfit = || Unreadable(format!("the attribute `{key}` is `{text}`, which does not fit {span}"));
        value.map(Some).ok_or_else(unfit)
    }
}

/// A decimal number in units of its last of `digits` places: `decimal("35.5", 2)` is 3550. More places are allowed only
/// as zeros: nothing is rounded.
fn decimal(text: &str, digits: usize) -> Option<i64> {
    let text = text.trim();
    let (sign, unsigned) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let plain = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(fraction) {
        return None;
    }
    let (kept, rest) = fraction.split_at(fraction.len().min(digits));
    if rest.bytes().any(|digit| digit != b'0') {
        return None;
    }
    let number: i64 = format!("{whole}{kept:0<digits$}").parse().ok()?;
    Some(sign * number)
}

fn day(text: &str) -> Option<Date> {
    let whole_day = text.trim().len() == 10;
    if whole_day { text.trim().parse().ok() } else { instant(text).map(day_of) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals() {
        #[track_caller]
        fn check(text: &str, digits: usize, expected: Option<i64>) {
            assert_eq!(decimal(text, digits), expected, "{text}");
        }
        check("35.0", 2, Some(3500));
        check("6.71", 2, Some(671));
        check("0", 2, Some(0));
        check("-1.5", 2, Some(-150));
        check("12", 0, Some(12));
        check("12.00", 0, Some(12));
        check(" 7.500 ", 2, Some(750));
        for wrong in ["", ".", ".5", "1,5", "1.005", "1e3", "--1", "NaN", "99999999999999999999"] {
            check(wrong, 2, None);
        }
        check("1.5", 0, None);
    }

    #[test]
    fn days() {
        #[track_caller]
        fn check(text: &str, expected: Option<&str>) {
            assert_eq!(day(text).map(|day| day.to_string()).as_deref(), expected, "{text}");
        }
        check("2026-03-02", Some("2026-03-02"));
        check("2026-03-01T23:30:00Z", Some("2026-03-02"));
        check("2026-02-30", None);
        check("soon", None);
    }
}
