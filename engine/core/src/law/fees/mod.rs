//! Fees (Gebühren): tariffs by law, sphere and key day, as data; whether a fee arises, how much it is, and the way to it in words.
//!
//! All amounts are cents. Nothing here knows a case: whoever asks says what is measured.

mod ask;
mod check;
mod reckon;
mod said;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use fachwerk_deadlines::Land;
use serde::Deserialize;

pub use self::{
    ask::{FeeAsked, Moment},
    reckon::{Fee, FeeKind, MAX_CENTS, Range, Tariffs},
    said::FeeLack,
};
use super::{
    place::{At, Place},
    remedies::Key,
    row::{LawProblem, Row, read_file, rows},
};
use crate::{
    definition::Sphere,
    words::{Object, Text},
};

/// The name of the tables in what is kept of the rows that were used.
const POSITIONS: &str = "fees";
const LAWS: &str = "fee-laws";
const RULES: &str = "fee-rules";
const RATES: &str = "fee-rates";

/// The lists of a file.
const LISTS: [&str; 4] = ["laws", "rules", "rates", "positions"];

/// The tables of fees: those that are built in, or those that a process brings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeeLaw {
    laws: Vec<Row<LawRow>>,
    rules: Vec<Row<RuleRow>>,
    rates: Vec<Row<RateRow>>,
    positions: Vec<Row<PositionRow>>,
}

/// A law by which fees are charged.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct LawRow {
    land: Key<Land>,
    title: Arc<str>,
    sphere: Key<Sphere>,
    key_day: KeyDay,
}

/// Which day says what version of a tariff counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyDay {
    /// The day on which the act is ended: today.
    ActEnded,
    /// The day on which a use begins.
    BeginOfUse,
    /// The first day of the year that is taxed.
    FirstDayOfTaxYear,
}

/// When, whether and how much of a fee.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleRow {
    fee_law: Arc<str>,
    kind: RuleKind,
    #[serde(default)]
    title: Option<Text>,
    /// The occasions on which it holds.
    #[serde(default)]
    on: Vec<Arc<str>>,
    /// The share of the full fee that remains, in percent.
    #[serde(default)]
    factor: Option<Factor>,
    #[serde(default)]
    reasons_required: bool,
    /// What is rounded.
    #[serde(default)]
    applies_to: Option<Measure>,
    #[serde(default)]
    rounding: Option<Rounding>,
    /// Whether a value has the value added tax in it.
    #[serde(default)]
    value_includes_vat: bool,
    /// Fees and expenses together up to this are not charged.
    #[serde(default)]
    up_to_cents: Option<i64>,
    /// What one should know of it.
    #[serde(default)]
    effect: Option<Text>,
    /// Shows a shape; law of no place.
    #[serde(default)]
    sample: bool,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RuleKind {
    /// A fee arises on this occasion too.
    Basis,
    /// Less than the full fee.
    Reduction,
    /// None, or less.
    Exemption,
    /// How something is rounded.
    Rounding,
    /// What is too little to be charged.
    SmallAmount,
    /// What a frame is filled by.
    Criteria,
    /// Something to know that nothing is reckoned by.
    Note,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Measure {
    Value,
    Time,
    Amount,
}

/// A share of the full fee, in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Factor {
    min: i64,
    max: i64,
}

/// How something is rounded: amounts to so many cents, times to so many minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rounding {
    direction: Direction,
    to: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Direction {
    Down,
    Up,
    HalfUp,
}

/// What an hour costs.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RateRow {
    fee_law: Arc<str>,
    /// What processes name, the same for all versions; none: the id.
    #[serde(default)]
    key: Option<Arc<str>>,
    title: Text,
    cents_per_hour: i64,
}

/// A position of a tariff (Tarifstelle).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct PositionRow {
    fee_law: Arc<str>,
    /// What processes name, the same for all versions; none: the id.
    #[serde(default)]
    key: Option<Arc<str>>,
    title: Text,
    kind: PositionKind,
    /// A fixed fee; of one unit, if there are units.
    #[serde(default)]
    cents: Option<i64>,
    #[serde(default)]
    units: Vec<Text>,
    #[serde(default)]
    min_cents: Option<i64>,
    #[serde(default)]
    max_cents: Option<i64>,
    /// What is taken within a frame when nothing is special.
    #[serde(default)]
    usual_cents: Option<i64>,
    /// By value: ascending; the last one has no end.
    #[serde(default)]
    steps: Vec<StepRow>,
    /// By value: so many ten-thousandths of it.
    #[serde(default)]
    per_ten_thousand: Option<i64>,
    /// The rates by which time is charged.
    #[serde(default)]
    rates: Vec<Arc<str>>,
    /// A share of another fee, in percent.
    #[serde(default)]
    share: Option<Factor>,
    /// How the amount is rounded.
    #[serde(default)]
    rounding: Option<Rounding>,
    /// Shows a shape; law of no place.
    #[serde(default)]
    sample: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum PositionKind {
    Fixed,
    Frame,
    Value,
    Time,
    Share,
    /// There is such a position; what it says was not found.
    Unknown,
}

/// A step of a fee by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct StepRow {
    #[serde(default)]
    up_to_cents: Option<i64>,
    cents: i64,
    /// For what lies above the step before: so much for each part that is begun.
    #[serde(default)]
    begun: Option<Begun>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Begun {
    each_cents: i64,
    cents: i64,
}

impl Row<PositionRow> {
    fn key(&self) -> &str {
        self.what.key.as_deref().unwrap_or(&self.id)
    }
}

impl Row<RateRow> {
    fn key(&self) -> &str {
        self.what.key.as_deref().unwrap_or(&self.id)
    }
}

impl FeeLaw {
    /// Reads the tables; behind them lie others, which they may name.
    pub fn read(lists: &Object, general: &FeeLaw) -> Result<FeeLaw, LawProblem> {
        let law = FeeLaw::lists(lists)?;
        law.check(general)?;
        Ok(law)
    }

    /// The tables that a process brings; they go before these.
    pub fn of_process(text: &str, general: &FeeLaw) -> Result<FeeLaw, LawProblem> {
        FeeLaw::read(&read_file("fees.yaml", text)?, general)
    }

    fn lists(lists: &Object) -> Result<FeeLaw, LawProblem> {
        let known = |list: &&String| *list == "version" || LISTS.contains(&list.as_str());
        if let Some(other) = lists.keys().find(|list| !known(list)) {
            let all = LISTS.join(", ");
            return Err(LawProblem::new(
                format!("Eine Liste „{other}“ gibt es nicht; möglich sind {all}."),
                format!("There is no list `{other}`; there are {all}."),
            )
            .at(Place(vec![At::key(other)])));
        }
        let mut law = FeeLaw::default();
        if lists.contains_key("laws") {
            law.laws = rows(lists, "laws")?;
        }
        if lists.contains_key("rules") {
            law.rules = rows(lists, "rules")?;
        }
        if lists.contains_key("rates") {
            law.rates = rows(lists, "rates")?;
        }
        if lists.contains_key("positions") {
            law.positions = rows(lists, "positions")?;
        }
        Ok(law)
    }

    /// What processes can name.
    pub fn tariffs(&self) -> impl Iterator<Item = &str> {
        self.positions.iter().filter(|row| row.in_force).map(Row::<PositionRow>::key)
    }
}
