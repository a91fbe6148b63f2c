//! Fees (Gebühren): tariffs by law, sphere and key day, as data; whether a fee arises, how much it is, and the way to it in words.
//!
//! All amounts are cents. Nothing here knows a case: whoever asks says what is measured.

mod ask;
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
            ));
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

    /// Whether each row finds what it names and says what its kind needs, and one version of a position holds on a day.
    fn check(&self, general: &FeeLaw) -> Result<(), LawProblem> {
        let law_known =
            |name: &Arc<str>| self.laws.iter().chain(&general.laws).any(|known| known.id == *name);
        let rate_known =
            |name: &Arc<str>| self.rates.iter().chain(&general.rates).any(|known| *known.key() == **name);
        let named = |list: &str, id: &str, name: &Arc<str>, known: bool| match known {
            true => Ok(()),
            false => Err(LawProblem::row(
                list,
                id,
                format_args!("„{name}“ gibt es nicht"),
                format_args!("nothing is called `{name}`"),
            )),
        };
        let wrong = |list: &str, id: &str, why: Text| LawProblem::row(list, id, why.de, why.en);
        for Row { id, what, .. } in &self.rules {
            named("rules", id, &what.fee_law, law_known(&what.fee_law))?;
            what.check().map_err(|why| wrong("rules", id, why))?;
        }
        for Row { id, what, .. } in &self.rates {
            named("rates", id, &what.fee_law, law_known(&what.fee_law))?;
            amount("cents_per_hour", Some(what.cents_per_hour)).map_err(|why| wrong("rates", id, why))?;
        }
        for row @ Row { id, what, .. } in &self.positions {
            named("positions", id, &what.fee_law, law_known(&what.fee_law))?;
            what.rates.iter().try_for_each(|rate| named("positions", id, rate, rate_known(rate)))?;
            what.check(row.in_force).map_err(|why| wrong("positions", id, why))?;
        }
        overlap("positions", &self.positions, Row::<PositionRow>::key)?;
        overlap("rates", &self.rates, Row::<RateRow>::key)
    }

    /// What processes can name.
    pub fn tariffs(&self) -> impl Iterator<Item = &str> {
        self.positions.iter().filter(|row| row.in_force).map(Row::<PositionRow>::key)
    }
}

fn overlap<T>(list: &str, all: &[Row<T>], key: fn(&Row<T>) -> &str) -> Result<(), LawProblem> {
    for (ix, row) in all.iter().enumerate() {
        let other = all[ix + 1..].iter().find(|other| key(other) == key(row) && row.meets(other));
        if let Some(other) = other {
            return Err(LawProblem::row(
                list,
                &row.id,
                format_args!("sie und „{}“ gelten am selben Tag für dasselbe", other.id),
                format_args!("it and `{}` hold for the same on one day", other.id),
            ));
        }
    }
    Ok(())
}

fn amount(name: &str, cents: Option<i64>) -> Result<(), Text> {
    match cents {
        Some(cents) if !(0..=MAX_CENTS).contains(&cents) => Err(Text::new(
            format!("`{name}` ist {cents} und liegt nicht zwischen 0 und {MAX_CENTS}"),
            format!("`{name}` is {cents}; it lies between 0 and {MAX_CENTS}"),
        )),
        _ => Ok(()),
    }
}

fn needed<T>(name: &str, value: Option<&T>) -> Result<(), Text> {
    value.map(|_| ()).ok_or_else(|| Text::new(format!("`{name}` fehlt"), format!("`{name}` is missing")))
}

fn check_factor(factor: Factor, most: i64) -> Result<(), Text> {
    match 0 <= factor.min && factor.min <= factor.max && factor.max <= most {
        true => Ok(()),
        false => Err(Text::new(
            format!("{} bis {} Prozent ist kein Rahmen bis {most}", factor.min, factor.max),
            format!("{} to {} percent is no range up to {most}", factor.min, factor.max),
        )),
    }
}

fn check_rounding(rounding: Option<Rounding>) -> Result<(), Text> {
    match rounding {
        Some(Rounding { to, .. }) if !(1..=MAX_CENTS).contains(&to) => Err(Text::new(
            format!("auf {to} kann nicht gerundet werden"),
            format!("rounding to {to} is not possible"),
        )),
        _ => Ok(()),
    }
}

impl RuleRow {
    fn check(&self) -> Result<(), Text> {
        check_rounding(self.rounding)?;
        amount("up_to_cents", self.up_to_cents)?;
        self.factor.map_or(Ok(()), |factor| check_factor(factor, 100))?;
        match self.kind {
            RuleKind::Reduction | RuleKind::Exemption => needed("factor", self.factor.as_ref()),
            RuleKind::SmallAmount => needed("up_to_cents", self.up_to_cents.as_ref()),
            RuleKind::Rounding => {
                needed("applies_to", self.applies_to.as_ref())?;
                needed("rounding", self.rounding.as_ref())
            }
            RuleKind::Criteria | RuleKind::Note => needed("effect", self.effect.as_ref()),
            RuleKind::Basis => Ok(()),
        }
    }
}

impl PositionRow {
    fn check(&self, in_force: bool) -> Result<(), Text> {
        check_rounding(self.rounding)?;
        for (name, cents) in [
            ("cents", self.cents),
            ("min_cents", self.min_cents),
            ("max_cents", self.max_cents),
            ("usual_cents", self.usual_cents),
        ] {
            amount(name, cents)?;
        }
        if let (Some(min), Some(max)) = (self.min_cents, self.max_cents)
            && max < min
        {
            return Err(Text::new(
                format!("`max_cents` {max} liegt unter `min_cents` {min}"),
                format!("`max_cents` {max} lies below `min_cents` {min}"),
            ));
        }
        if let Some(usual) = self.usual_cents
            && !(self.min_cents.unwrap_or(0)..=self.max_cents.unwrap_or(MAX_CENTS)).contains(&usual)
        {
            return Err(Text::new(
                format!("`usual_cents` {usual} liegt außerhalb des Rahmens"),
                format!("`usual_cents` {usual} lies outside the frame"),
            ));
        }
        if !in_force {
            return Ok(());
        }
        match self.kind {
            PositionKind::Fixed => needed("cents", self.cents.as_ref()),
            PositionKind::Frame => {
                needed("min_cents", self.min_cents.as_ref())?;
                needed("max_cents", self.max_cents.as_ref())
            }
            PositionKind::Value => self.check_value(),
            PositionKind::Time if self.rates.is_empty() => needed::<()>("rates", None),
            PositionKind::Time => Ok(()),
            PositionKind::Share => {
                needed("share", self.share.as_ref())?;
                self.share.map_or(Ok(()), |share| check_factor(share, 1000))
            }
            PositionKind::Unknown => Err(Text::new(
                "was sie sagt, ist unbekannt; dazu gehört `in_force: unknown`",
                "what it says is unknown, so it needs `in_force: unknown`",
            )),
        }
    }

    fn check_value(&self) -> Result<(), Text> {
        if let Some(parts) = self.per_ten_thousand {
            return match (self.steps.is_empty(), (0..=10_000).contains(&parts)) {
                (true, true) => Ok(()),
                (false, _) => Err(Text::new(
                    "entweder `steps` oder `per_ten_thousand`",
                    "either `steps` or `per_ten_thousand`",
                )),
                _ => Err(Text::new(
                    format!("`per_ten_thousand` ist {parts} und liegt nicht zwischen 0 und 10000"),
                    format!("`per_ten_thousand` is {parts}; it lies between 0 and 10000"),
                )),
            };
        }
        let Some((last, before)) = self.steps.split_last() else {
            return Err(Text::new(
                "`steps` oder `per_ten_thousand` fehlt",
                "`steps` or `per_ten_thousand` is missing",
            ));
        };
        if last.up_to_cents.is_some() || before.iter().any(|step| step.up_to_cents.is_none()) {
            return Err(Text::new(
                "alle Stufen außer der letzten haben `up_to_cents`",
                "all steps but the last have `up_to_cents`",
            ));
        }
        let ends: Vec<i64> = before.iter().filter_map(|step| step.up_to_cents).collect();
        if ends.windows(2).any(|pair| pair[1] <= pair[0]) {
            return Err(Text::new("die Stufen steigen nicht an", "the steps do not ascend"));
        }
        for step in &self.steps {
            amount("cents", Some(step.cents))?;
            amount("up_to_cents", step.up_to_cents)?;
            if let Some(begun) = step.begun {
                amount("begun.cents", Some(begun.cents))?;
                check_rounding(Some(Rounding { direction: Direction::Up, to: begun.each_cents }))?;
            }
        }
        Ok(())
    }
}
