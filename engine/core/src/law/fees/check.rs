//! Whether the rows of fees can be: each says what its kind needs and finds what it names; and whether two of them say
//! different things of the same.

use std::sync::Arc;

use super::{
    Factor, FeeLaw, MAX_CENTS, Measure, PositionKind, PositionRow, RateRow, Rounding, RuleKind, RuleRow,
    StepRow, said,
};
use crate::{
    law::{
        place::At,
        row::{LawProblem, Row},
    },
    words::{Text, day_text},
};

/// What is wrong with a row, and where in it.
struct Wrong {
    why: Text,
    at: Vec<At>,
}

impl Wrong {
    fn new(at: &str, de: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Wrong {
        Wrong { why: Text::new(de, en), at: vec![At::key(at)] }
    }

    /// What is missing stands nowhere: it is the row's.
    fn missing(name: &str) -> Wrong {
        let why = Text::new(format!("`{name}` fehlt"), format!("`{name}` is missing"));
        Wrong { why, at: Vec::new() }
    }

    /// The same, further inside.
    fn inside(self, outer: impl IntoIterator<Item = At>) -> Wrong {
        Wrong { at: outer.into_iter().chain(self.at).collect(), ..self }
    }

    fn of(self, list: &str, id: &str) -> LawProblem {
        LawProblem::row(list, id, self.why.de, self.why.en).within(self.at)
    }
}

impl FeeLaw {
    /// Whether each row finds what it names and says what its kind needs, and one version of a position holds on a day.
    pub(super) fn check(&self, general: &FeeLaw) -> Result<(), LawProblem> {
        let law_known =
            |name: &Arc<str>| self.laws.iter().chain(&general.laws).any(|known| known.id == *name);
        let rate_known =
            |name: &Arc<str>| self.rates.iter().chain(&general.rates).any(|known| *known.key() == **name);
        let named = |at: &[At], name: &Arc<str>, known: bool| match known {
            true => Ok(()),
            false => Err(Wrong {
                why: Text::new(format!("„{name}“ gibt es nicht"), format!("nothing is called `{name}`")),
                at: at.to_vec(),
            }),
        };
        let law = |name: &Arc<str>| named(&[At::key("fee_law")], name, law_known(name));
        for Row { id, what, .. } in &self.rules {
            law(&what.fee_law).and_then(|()| what.check()).map_err(|wrong| wrong.of("rules", id))?;
        }
        for Row { id, what, .. } in &self.rates {
            let hour = || amount("cents_per_hour", Some(what.cents_per_hour));
            law(&what.fee_law).and_then(|()| hour()).map_err(|wrong| wrong.of("rates", id))?;
        }
        for row @ Row { id, what, .. } in &self.positions {
            let rates = || {
                let mut rates = what.rates.iter().enumerate();
                rates.try_for_each(|(ix, rate)| {
                    named(&[At::key("rates"), At::Number(ix)], rate, rate_known(rate))
                })
            };
            let all = law(&what.fee_law).and_then(|()| rates()).and_then(|()| what.check(row.in_force));
            all.map_err(|wrong| wrong.of("positions", id))?;
        }
        versions("positions", &self.positions, Row::<PositionRow>::key)?;
        versions("rates", &self.rates, Row::<RateRow>::key)
    }

    /// Rows of these tables that say of one thing what another one says too, on the same day: which of them would count is left
    /// to chance. Behind these tables lie others, before which these go.
    pub fn contradictions(&self, general: &FeeLaw) -> Vec<LawProblem> {
        let mut found = Vec::new();
        for (ix, row) in self.rules.iter().enumerate() {
            let pairs = self.rules[..ix].iter().filter(|other| row.meets(other));
            found.extend(pairs.filter_map(|other| twice(row, other)));
        }
        for position in &self.positions {
            let rules = self.rules.iter().chain(&general.rules);
            found.extend(rules.filter_map(|rule| rounded_otherwise(position, rule)));
        }
        found
    }

    /// Days between two versions of a position, on which none holds.
    pub fn gaps(&self) -> Vec<LawProblem> {
        let mut found = Vec::new();
        for row in self.positions.iter().filter(|row| row.in_force) {
            let Some(last) = row.valid_to.and_then(|to| to.tomorrow().ok()) else { continue };
            let others = self.positions.iter().filter(|other| other.in_force && other.key() == row.key());
            let next = others.filter_map(|other| other.valid_from.filter(|from| *from >= last));
            let Some(next) = next.min().filter(|next| *next > last) else { continue };
            let (from, to) = (day_text(last), next.yesterday().map_or_else(|_| day_text(next), day_text));
            found.push(LawProblem::row(
                "positions",
                &row.id,
                format_args!("vom {} bis zum {} gilt keine Fassung von „{}“", from.de, to.de, row.key()),
                format_args!("from {} to {} no version of `{}` holds", from.en, to.en, row.key()),
            ));
        }
        found
    }
}

/// Two versions of one thing that hold on one day.
fn versions<T>(list: &str, all: &[Row<T>], key: fn(&Row<T>) -> &str) -> Result<(), LawProblem> {
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

/// Two rules of one law about the same.
fn twice(row: &Row<RuleRow>, other: &Row<RuleRow>) -> Option<LawProblem> {
    let (one, two) = (&row.what, &other.what);
    if one.fee_law != two.fee_law {
        return None;
    }
    let lessens = |rule: &RuleRow| matches!(rule.kind, RuleKind::Reduction | RuleKind::Exemption);
    let (about, key) = match (one.kind, two.kind) {
        (RuleKind::Rounding, RuleKind::Rounding) if one.applies_to == two.applies_to => {
            (one.applies_to.map(Measure::rounded)?, "rounding")
        }
        (RuleKind::SmallAmount, RuleKind::SmallAmount) => (
            Text::new("was zu wenig ist, um erhoben zu werden", "what is too little to be charged"),
            "up_to_cents",
        ),
        _ if lessens(one) && lessens(two) => {
            let occasion = one.on.iter().find(|occasion| two.on.contains(occasion))?;
            let about = Text::new(
                format!("wie viel bei „{occasion}“ zu zahlen ist"),
                format!("how much is to be paid on `{occasion}`"),
            );
            (about, "on")
        }
        _ => return None,
    };
    let problem = LawProblem::row(
        "rules",
        &row.id,
        format_args!(
            "sie und „{}“ regeln für denselben Tag beide, {}; eine von beiden muss weg oder an anderen Tagen gelten",
            other.id, about.de
        ),
        format_args!(
            "it and `{}` both say {} for one day; one of them has to go, or to hold on other days",
            other.id, about.en
        ),
    );
    Some(problem.within([At::key(key)]))
}

/// A position that rounds the amount in another way than its law.
fn rounded_otherwise(position: &Row<PositionRow>, rule: &Row<RuleRow>) -> Option<LawProblem> {
    let (own, of_law) = (position.what.rounding?, rule.what.rounding?);
    let about_it = rule.what.kind == RuleKind::Rounding
        && rule.what.applies_to == Some(Measure::Amount)
        && rule.what.fee_law == position.what.fee_law
        && position.meets(rule);
    if !about_it || own == of_law {
        return None;
    }
    let (here, there) = (said::rounding(own), said::rounding(of_law));
    let problem = LawProblem::row(
        "positions",
        &position.id,
        format_args!(
            "ihr Betrag wird hier {}, nach „{}“ aber {}; nur eine von beiden Rundungen darf bleiben",
            here.de, rule.id, there.de
        ),
        format_args!(
            "here its amount is {}, but by `{}` it is {}; only one of both may stay",
            here.en, rule.id, there.en
        ),
    );
    Some(problem.within([At::key("rounding")]))
}

impl Measure {
    fn rounded(self) -> Text {
        match self {
            Measure::Value => Text::new("wie der Wert gerundet wird", "how the value is rounded"),
            Measure::Time => Text::new("wie die Zeit gerundet wird", "how time is rounded"),
            Measure::Amount => Text::new("wie der Betrag gerundet wird", "how the amount is rounded"),
        }
    }
}

fn amount(name: &str, cents: Option<i64>) -> Result<(), Wrong> {
    match cents {
        Some(cents) if !(0..=MAX_CENTS).contains(&cents) => Err(Wrong::new(
            name,
            format!("`{name}` ist {cents} und liegt nicht zwischen 0 und {MAX_CENTS}"),
            format!("`{name}` is {cents}; it lies between 0 and {MAX_CENTS}"),
        )),
        _ => Ok(()),
    }
}

fn needed<T>(name: &str, value: Option<&T>) -> Result<(), Wrong> {
    value.map(|_| ()).ok_or_else(|| Wrong::missing(name))
}

fn check_factor(name: &str, factor: Factor, most: i64) -> Result<(), Wrong> {
    match 0 <= factor.min && factor.min <= factor.max && factor.max <= most {
        true => Ok(()),
        false => Err(Wrong::new(
            name,
            format!("{} bis {} Prozent ist kein Rahmen bis {most}", factor.min, factor.max),
            format!("{} to {} percent is no range up to {most}", factor.min, factor.max),
        )),
    }
}

fn check_rounding(rounding: Option<Rounding>) -> Result<(), Wrong> {
    match rounding {
        Some(Rounding { to, .. }) if !(1..=MAX_CENTS).contains(&to) => Err(Wrong::new(
            "rounding",
            format!("auf {to} kann nicht gerundet werden"),
            format!("rounding to {to} is not possible"),
        )),
        _ => Ok(()),
    }
}

impl RuleRow {
    fn check(&self) -> Result<(), Wrong> {
        check_rounding(self.rounding)?;
        amount("up_to_cents", self.up_to_cents)?;
        self.factor.map_or(Ok(()), |factor| check_factor("factor", factor, 100))?;
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
    fn check(&self, in_force: bool) -> Result<(), Wrong> {
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
            return Err(Wrong::new(
                "max_cents",
                format!("`max_cents` {max} liegt unter `min_cents` {min}"),
                format!("`max_cents` {max} lies below `min_cents` {min}"),
            ));
        }
        if let Some(usual) = self.usual_cents
            && !(self.min_cents.unwrap_or(0)..=self.max_cents.unwrap_or(MAX_CENTS)).contains(&usual)
        {
            return Err(Wrong::new(
                "usual_cents",
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
                self.share.map_or(Ok(()), |share| check_factor("share", share, 1000))
            }
            PositionKind::Unknown => Err(Wrong::new(
                "kind",
                "was sie sagt, ist unbekannt; dazu gehört `in_force: unknown`",
                "what it says is unknown, so it needs `in_force: unknown`",
            )),
        }
    }

    fn check_value(&self) -> Result<(), Wrong> {
        if let Some(parts) = self.per_ten_thousand {
            return match (self.steps.is_empty(), (0..=10_000).contains(&parts)) {
                (true, true) => Ok(()),
                (false, _) => Err(Wrong::new(
                    "per_ten_thousand",
                    "entweder `steps` oder `per_ten_thousand`",
                    "either `steps` or `per_ten_thousand`",
                )),
                _ => Err(Wrong::new(
                    "per_ten_thousand",
                    format!("`per_ten_thousand` ist {parts} und liegt nicht zwischen 0 und 10000"),
                    format!("`per_ten_thousand` is {parts}; it lies between 0 and 10000"),
                )),
            };
        }
        let Some((last, before)) = self.steps.split_last() else {
            return Err(Wrong::new(
                "kind",
                "`steps` oder `per_ten_thousand` fehlt",
                "`steps` or `per_ten_thousand` is missing",
            ));
        };
        if last.up_to_cents.is_some() || before.iter().any(|step| step.up_to_cents.is_none()) {
            return Err(Wrong::new(
                "steps",
                "alle Stufen außer der letzten haben `up_to_cents`",
                "all steps but the last have `up_to_cents`",
            ));
        }
        let ends: Vec<i64> = before.iter().filter_map(|step| step.up_to_cents).collect();
        if ends.windows(2).any(|pair| pair[1] <= pair[0]) {
            return Err(Wrong::new("steps", "die Stufen steigen nicht an", "the steps do not ascend"));
        }
        let mut steps = self.steps.iter().enumerate();
        steps.try_for_each(|(ix, step)| {
            step.check().map_err(|wrong| wrong.inside([At::key("steps"), At::Number(ix)]))
        })
    }
}

impl StepRow {
    fn check(&self) -> Result<(), Wrong> {
        amount("cents", Some(self.cents))?;
        amount("up_to_cents", self.up_to_cents)?;
        let Some(begun) = self.begun else { return Ok(()) };
        let inside = |wrong: Wrong| wrong.inside([At::key("begun")]);
        amount("cents", Some(begun.cents)).map_err(inside)?;
        match begun.each_cents {
            1..=MAX_CENTS => Ok(()),
            each => Err(inside(Wrong::new(
                "each_cents",
                format!("`each_cents` ist {each} und liegt nicht zwischen 1 und {MAX_CENTS}"),
                format!("`each_cents` is {each}; it lies between 1 and {MAX_CENTS}"),
            ))),
        }
    }
}
