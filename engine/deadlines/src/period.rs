//! Periods as people say them: "4 weeks", "1 Monat", `P14D`, `2w`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{calendar::WorkingDays, error::DeadlineError, nearest::nearest, sentence::Language};

/// The length of a period. Never zero and never longer than [`Period::limit`] when it was parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// Calendar days (§ 188 Abs. 1 BGB).
    Days(u32),
    /// Weeks (§ 188 Abs. 2 BGB).
    Weeks(u32),
    /// Months; a quarter is three, half a year is six (§ 189 Abs. 1 BGB).
    Months(u32),
    /// Years (§ 188 Abs. 2 BGB).
    Years(u32),
    /// Working days, which §§ 187 ff. BGB do not know: internal due dates and a few special acts.
    WorkingDays {
        /// How many.
        n: u32,
        /// Which days count.
        definition: WorkingDays,
    },
    /// Hours; they need a time of day, see [`crate::compute_hours`].
    Hours(u32),
}

/// What a word for a unit means, and how often it is contained.
#[derive(Clone, Copy)]
enum Unit {
    Days,
    Weeks,
    Months(u32),
    Years,
    Working(WorkingDays),
    Hours,
}

/// As people write them; case does not count when they are read.
const UNITS: &[(&str, Unit)] = &[
    ("d", Unit::Days),
    ("day", Unit::Days),
    ("days", Unit::Days),
    ("calendar day", Unit::Days),
    ("calendar days", Unit::Days),
    ("Tag", Unit::Days),
    ("Tage", Unit::Days),
    ("Kalendertag", Unit::Days),
    ("Kalendertage", Unit::Days),
    ("w", Unit::Weeks),
    ("week", Unit::Weeks),
    ("weeks", Unit::Weeks),
    ("Woche", Unit::Weeks),
    ("Wochen", Unit::Weeks),
    ("m", Unit::Months(1)),
    ("month", Unit::Months(1)),
    ("months", Unit::Months(1)),
    ("Monat", Unit::Months(1)),
    ("Monate", Unit::Months(1)),
    ("quarter", Unit::Months(3)),
    ("quarters", Unit::Months(3)),
    ("Vierteljahr", Unit::Months(3)),
    ("Vierteljahre", Unit::Months(3)),
    ("half-year", Unit::Months(6)),
    ("half-years", Unit::Months(6)),
    ("Halbjahr", Unit::Months(6)),
    ("Halbjahre", Unit::Months(6)),
    ("y", Unit::Years),
    ("year", Unit::Years),
    ("years", Unit::Years),
    ("Jahr", Unit::Years),
    ("Jahre", Unit::Years),
    ("h", Unit::Hours),
    ("hour", Unit::Hours),
    ("hours", Unit::Hours),
    ("Stunde", Unit::Hours),
    ("Stunden", Unit::Hours),
    ("working day", Unit::Working(WorkingDays::Arbeitstage)),
    ("working days", Unit::Working(WorkingDays::Arbeitstage)),
    ("Arbeitstag", Unit::Working(WorkingDays::Arbeitstage)),
    ("Arbeitstage", Unit::Working(WorkingDays::Arbeitstage)),
    ("Werktag", Unit::Working(WorkingDays::Werktage)),
    ("Werktage", Unit::Working(WorkingDays::Werktage)),
    ("working day including Saturdays", Unit::Working(WorkingDays::Werktage)),
    ("working days including Saturdays", Unit::Working(WorkingDays::Werktage)),
];

impl Period {
    /// Reads "4 weeks", "1 Monat", "3 Arbeitstage", "48 hours", `P4W`, `14d`; case and spaces do not count.
    pub fn parse(text: &str) -> Result<Self, DeadlineError> {
        const LONGEST_TEXT: usize = 60;
        let invalid = |suggestion: Option<&str>| DeadlineError::InvalidPeriod {
            text: text.chars().take(LONGEST_TEXT).collect(),
            suggestion: suggestion.map(str::to_owned),
        };
        if text.len() > LONGEST_TEXT {
            return Err(invalid(None));
        }
        let words = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let (number, unit) = match words.strip_prefix('p') {
            Some(iso) => split_iso(iso).ok_or_else(|| invalid(None))?,
            None => split_spoken(&words).ok_or_else(|| invalid(None))?,
        };
        let Some((_, unit)) = UNITS.iter().find(|(word, _)| word.to_lowercase() == unit) else {
            let known = UNITS.iter().map(|(word, _)| *word).filter(|word| word.len() > 1);
            return Err(invalid(nearest(unit, known)));
        };
        let count = number
            .parse::<u32>()
            .map_err(|_| DeadlineError::PeriodTooLong { text: text.trim().to_owned() })?;
        let period = match *unit {
            Unit::Days => Period::Days(count),
            Unit::Weeks => Period::Weeks(count),
            Unit::Months(each) => Period::Months(count.saturating_mul(each)),
            Unit::Years => Period::Years(count),
            Unit::Working(definition) => Period::WorkingDays { n: count, definition },
            Unit::Hours => Period::Hours(count),
        };
        period.check()?;
        Ok(period)
    }

    /// How many units it has.
    pub fn count(self) -> u32 {
        match self {
            Period::Days(n)
            | Period::Weeks(n)
            | Period::Months(n)
            | Period::Years(n)
            | Period::WorkingDays { n, .. }
            | Period::Hours(n) => n,
        }
    }

    /// The greatest number of units that is accepted: about 200 years; 2,500 working days (ten years); 100,000 days or hours.
    pub fn limit(self) -> u32 {
        match self {
            Period::Days(_) | Period::Hours(_) => 100_000,
            Period::Weeks(_) => 14_000,
            Period::Months(_) => 2_400,
            Period::Years(_) => 200,
            Period::WorkingDays { .. } => 2_500,
        }
    }

    /// Refuses what parsing refuses too, for periods that were built in code.
    pub(crate) fn check(self) -> Result<(), DeadlineError> {
        match self.count() {
            0 => Err(DeadlineError::EmptyPeriod),
            n if n > self.limit() => Err(DeadlineError::PeriodTooLong { text: self.to_string() }),
            _ => Ok(()),
        }
    }

    /// "4 Wochen", "1 Monat"; "4 weeks", "1 month".
    pub fn text(self, language: Language) -> String {
        let (one, many) = match language {
            Language::De => self.unit_de(),
            Language::En => self.unit_en(),
        };
        let n = self.count();
        format!("{n} {}", if n == 1 { one } else { many })
    }

    /// "4 Wochen", "einem Monat"; "4 weeks", "one month": as it stands after "innerhalb von", "within".
    pub fn after_preposition(self, language: Language) -> String {
        match language {
            Language::De => self.dative_de(),
            Language::En => self.spoken_en(),
        }
    }

    /// "4 Wochen", "einem Monat", "14 Tagen": after "die Frist von".
    pub(crate) fn dative_de(self) -> String {
        let n = self.count();
        if n == 1 {
            let article = if matches!(self, Period::Weeks(_) | Period::Hours(_)) { "einer" } else { "einem" };
            return format!("{article} {}", self.unit_de().0);
        }
        let many = self.unit_de().1;
        let ending = if many.ends_with('n') { "" } else { "n" };
        format!("{n} {many}{ending}")
    }

    /// "4 weeks", "one month".
    pub(crate) fn spoken_en(self) -> String {
        match self.count() {
            1 => format!("one {}", self.unit_en().0),
            _ => self.text(Language::En),
        }
    }

    fn unit_de(self) -> (&'static str, &'static str) {
        match self {
            Period::Days(_) => ("Tag", "Tage"),
            Period::Weeks(_) => ("Woche", "Wochen"),
            Period::Months(_) => ("Monat", "Monate"),
            Period::Years(_) => ("Jahr", "Jahre"),
            Period::WorkingDays { definition: WorkingDays::Arbeitstage, .. } => ("Arbeitstag", "Arbeitstage"),
            Period::WorkingDays { definition: WorkingDays::Werktage, .. } => ("Werktag", "Werktage"),
            Period::Hours(_) => ("Stunde", "Stunden"),
        }
    }

    fn unit_en(self) -> (&'static str, &'static str) {
        match self {
            Period::Days(_) => ("day", "days"),
            Period::Weeks(_) => ("week", "weeks"),
            Period::Months(_) => ("month", "months"),
            Period::Years(_) => ("year", "years"),
            Period::WorkingDays { definition: WorkingDays::Arbeitstage, .. } => {
                ("working day", "working days")
            }
            Period::WorkingDays { definition: WorkingDays::Werktage, .. } => {
                ("working day including Saturdays", "working days including Saturdays")
            }
            Period::Hours(_) => ("hour", "hours"),
        }
    }
}

/// `4 weeks`, `14d` -> number and unit.
fn split_spoken(words: &str) -> Option<(&str, &str)> {
    let end = words.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0)?;
    Some((&words[..end], words[end..].trim_start()))
}

/// What follows the `p` of an ISO 8601 duration with one component: `4w`, `t48h`.
fn split_iso(rest: &str) -> Option<(&str, &str)> {
    match rest.strip_prefix('t') {
        Some(time) => split_spoken(time).filter(|(_, unit)| *unit == "h"),
        None => split_spoken(rest).filter(|(_, unit)| matches!(*unit, "d" | "w" | "m" | "y")),
    }
}

impl fmt::Display for Period {
    /// The form that [`Period::parse`] reads back, in English as in process definitions.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::En))
    }
}

impl FromStr for Period {
    type Err = DeadlineError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}
