//! What one cell of a decision table asks of a value. Its text is read in `parse`.
//!
//! Null is matched by `-` and by `null` only: `not("x")` and `< 5` say nothing about a
//! value that is not there.

use crate::error::Text;

/// What a cell asks of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    Any,
    OneOf(Vec<Check>),
    /// Any value that is not null and not among these.
    Not(Vec<Check>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Check {
    Null,
    NotNull,
    Bool(bool),
    /// From the first to the last, both included.
    Numbers(i64, i64),
    /// From the first text, up to but without the second; no second: without end.
    Texts(String, Option<String>),
    /// The same for dates, which are ordered as their ISO texts are.
    Dates(String, Option<String>),
}

/// What a column holds, as its cells show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Bool,
    Number,
    Text,
    Date,
}

impl Kind {
    /// With article, for messages.
    pub(crate) fn name(self) -> Text {
        match self {
            Kind::Bool => Text::new("true or false", "ein Wahrheitswert"),
            Kind::Number => Text::new("a number", "eine Zahl"),
            Kind::Text => Text::new("text", "ein Text"),
            Kind::Date => Text::new("a date", "ein Datum"),
        }
    }
}

impl Check {
    /// The text, if it asks for exactly one.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Check::Texts(from, Some(to)) if to.strip_suffix('\0') == Some(from) => Some(from),
            _ => None,
        }
    }

    pub(crate) fn kind(&self) -> Option<Kind> {
        match self {
            Check::Null | Check::NotNull => None,
            Check::Bool(_) => Some(Kind::Bool),
            Check::Numbers(..) => Some(Kind::Number),
            Check::Texts(..) => Some(Kind::Text),
            Check::Dates(..) => Some(Kind::Date),
        }
    }
}

impl Test {
    pub(crate) fn checks(&self) -> &[Check] {
        match self {
            Test::Any => &[],
            Test::OneOf(checks) | Test::Not(checks) => checks,
        }
    }

    pub(crate) fn matches_null(&self) -> bool {
        match self {
            Test::Any => true,
            Test::OneOf(checks) => checks.contains(&Check::Null),
            Test::Not(_) => false,
        }
    }

    /// Treats quoted ISO dates as dates, for a column that has `date(…)` cells as well.
    pub(crate) fn texts_to_dates(&mut self) {
        let (Test::OneOf(checks) | Test::Not(checks)) = self else { return };
        for check in checks {
            if let Check::Texts(from, to) = check
                && is_date_bound(from)
                && to.as_deref().is_none_or(is_date_bound)
            {
                *check = Check::Dates(std::mem::take(from), to.take());
            }
        }
    }
}

fn is_date_bound(bound: &str) -> bool {
    let text = bound.strip_suffix('\0').unwrap_or(bound);
    text.is_empty() || is_iso_date(text)
}

/// The text that follows directly in the order of texts.
pub(crate) fn next_text(text: &str) -> String {
    format!("{text}\0")
}

/// A day of the Gregorian calendar as `YYYY-MM-DD`.
pub(crate) fn is_iso_date(text: &str) -> bool {
    date_parts(text).is_some()
}

/// Year, month and day of an ISO date that exists.
pub(crate) fn date_parts(text: &str) -> Option<(u16, u8, u8)> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    let number = |range: std::ops::Range<usize>| -> Option<u16> {
        let digits = text.get(range)?;
        digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
    };
    let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then_some((year, u8::try_from(month).ok()?, u8::try_from(day).ok()?))
}

/// The day after another one; `None` after the last that can be written.
pub(crate) fn day_after(day: &str) -> Option<String> {
    let (year, month, day) = date_parts(day)?;
    let days = [(year, month, day + 1), (year, month + 1, 1), (year + 1, 1, 1)];
    days.into_iter().map(written).find(|day| is_iso_date(day))
}

/// The day before another one; `None` before the first that can be written.
pub(crate) fn day_before(day: &str) -> Option<String> {
    let (year, month, day) = date_parts(day)?;
    let last = (28..=31).rev().map(|last| (year, month.wrapping_sub(1), last));
    let days = [(year, month, day - 1)].into_iter().chain(last).chain([(year.wrapping_sub(1), 12, 31)]);
    days.map(written).find(|day| is_iso_date(day))
}

fn written((year, month, day): (u16, u8, u8)) -> String {
    format!("{year:04}-{month:02}-{day:02}")
}
