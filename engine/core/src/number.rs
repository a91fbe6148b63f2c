//! How numbers without gaps are written: `32.1-{year}/{number:5}`.

use std::sync::Arc;

use crate::words::Text;

/// A pattern that has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberPattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Arc<str>),
    /// Four digits.
    Year,
    /// The running number, with at least so many digits.
    Number(u8),
}

/// The longest pattern, in bytes.
const MAX_BYTES: usize = 100;

impl NumberPattern {
    /// Reads a pattern: text, `{year}`, and exactly once `{number}` or `{number:5}`.
    pub fn parse(pattern: &str) -> Option<NumberPattern> {
        let mut parts = Vec::new();
        let mut rest = pattern;
        while let Some(begin) = rest.find('{') {
            let (before, after) = rest.split_at(begin);
            let end = after.find('}')?;
            if !before.is_empty() {
                parts.push(Part::Text(before.into()));
            }
            parts.push(match &after[1..end] {
                "year" => Part::Year,
                "number" => Part::Number(1),
                other => {
                    let digits = other.strip_prefix("number:")?.parse().ok()?;
                    Part::Number((1..=12).contains(&digits).then_some(digits)?)
                }
            });
            rest = &after[end + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.into()));
        }
        let numbers = parts.iter().filter(|part| matches!(part, Part::Number(_))).count();
        (numbers == 1 && pattern.len() <= MAX_BYTES).then_some(NumberPattern(parts))
    }

    /// The counter of a year: one for each pattern and, when the year is part of it, for each year.
    pub fn counter(&self, year: i16) -> Arc<str> {
        self.write(year, |_| "#".to_owned()).into()
    }

    /// The number as written.
    pub fn text(&self, year: i16, value: u64) -> Arc<str> {
        self.write(year, |digits| format!("{value:0width$}", width = usize::from(digits))).into()
    }

    fn write(&self, year: i16, number: impl Fn(u8) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.to_string(),
            Part::Year => year.to_string(),
            Part::Number(digits) => number(*digits),
        };
        self.0.iter().map(part).collect()
    }
}

/// What a pattern may be, for whoever wrote one that cannot be read.
pub fn pattern_help() -> Text {
    Text::new(
        "Erlaubt sind Text, {year} und genau einmal {number} oder {number:5} (mit Nullen auf fünf Stellen), höchstens 100 Zeichen.",
        "Allowed are text, {year}, and exactly once {number} or {number:5} (five digits with zeros), at most 100 characters.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, expected: Option<(&str, &str)>) {
        let found = NumberPattern::parse(pattern).map(|it| (it.counter(2026), it.text(2026, 42)));
        let found = found.as_ref().map(|(counter, text)| (&**counter, &**text));
        assert_eq!(found, expected, "{pattern}");
    }

    #[test]
    fn patterns_are_read_and_written() {
        check("32.1-{year}/{number:5}", Some(("32.1-2026/#", "32.1-2026/00042")));
        check("K{number}", Some(("K#", "K42")));
        check("{number:1}-{year}", Some(("#-2026", "42-2026")));
        check("ä{number}ö", Some(("ä#ö", "ä42ö")));
        check("{year}", None);
        check("{number}{number}", None);
        check("{number:0}", None);
        check("{number:13}", None);
        check("{number", None);
        check("{month}/{number}", None);
        check("", None);
        check(&format!("{}{{number}}", "x".repeat(100)), None);
    }
}
