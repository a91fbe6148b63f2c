//! Reckons a fee: in whole cents, step by step, each step a sentence.

use std::sync::Arc;

use super::{
    Begun, Direction, FeeAsked, FeeLack, FeeLaw, KeyDay, LAWS, LawRow, Measure, Moment, POSITIONS,
    PositionKind, PositionRow, RATES, RULES, Rounding, RuleKind, RuleRow,
    said::{self, Reckoning},
};
use crate::{
    law::row::{LawUsed, Row},
    words::{Date, Text},
};

/// The largest amount: ten billion euros. Everything is reckoned far from where numbers end.
pub const MAX_CENTS: i64 = 1_000_000_000_000;

/// Minutes of an hour.
const HOUR: i64 = 60;

/// The tables that count: those of a process, and behind them those that are built in.
#[derive(Clone, Copy, Debug)]
pub struct Tariffs<'a> {
    /// What the process brings.
    pub own: &'a FeeLaw,
    /// What is built in.
    pub general: &'a FeeLaw,
}

/// How a position says its amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeeKind {
    /// Always the same; or so much a unit.
    Fixed,
    /// Between two amounts.
    Frame,
    /// By a value.
    Value,
    /// By time.
    Time,
    /// A share of another fee.
    Share,
}

impl FeeKind {
    /// As rules see it.
    pub fn code(self) -> &'static str {
        match self {
            FeeKind::Fixed => "fixed",
            FeeKind::Frame => "frame",
            FeeKind::Value => "value",
            FeeKind::Time => "time",
            FeeKind::Share => "share",
        }
    }
}

/// From how much to how much, in percent, by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The rule; none: the position itself.
    pub rule: Option<Arc<str>>,
    /// The least.
    pub min: i64,
    /// The most.
    pub max: i64,
}

/// A fee, or what is known of it so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fee {
    /// What the fee is for.
    pub title: Text,
    /// How the position says its amount.
    pub kind: FeeKind,
    /// The fee without expenses; none: `needs` says what is missing.
    pub cents: Option<i64>,
    /// The expenses.
    pub expenses: i64,
    /// What is to be paid: both together.
    pub total: Option<i64>,
    /// The fee before it was reduced.
    pub full: Option<i64>,
    /// The frame, of a fee within one.
    pub frame: Option<(i64, i64)>,
    /// What is taken within the frame when nothing is special.
    pub usual: Option<i64>,
    /// The share of another fee that may be taken.
    pub share: Option<Range>,
    /// How far the fee may be reduced.
    pub reduction: Option<Range>,
    /// What is still to be said.
    pub needs: Vec<&'static str>,
    /// Where it is written.
    pub basis: Arc<str>,
    /// The calculation, a sentence a step.
    pub words: Vec<Text>,
    /// The rows that it rests on.
    pub law: Vec<LawUsed>,
    /// Whether one of them only shows a shape and is law of no place.
    pub sample: bool,
}

/// The rows found for a question.
struct Found<'a> {
    law: &'a Row<LawRow>,
    position: &'a Row<PositionRow>,
    on: Date,
}

impl<'a> Tariffs<'a> {
    /// The fee; or why there is none.
    pub fn fee(&self, asked: &FeeAsked, at: &Moment) -> Result<Fee, FeeLack> {
        check_amounts(asked)?;
        let found = self.found(&asked.tariff, at)?;
        let mut done = Reckoning::default();
        done.law.push(found.position.used(POSITIONS));
        done.law.push(found.law.used(LAWS));
        let reduction = self.reduction(asked, &found)?;
        let what = &found.position.what;
        let base = self.base(asked, &found, &mut done)?;
        let full = match base {
            Some(cents) => Some(bounded(found.position, cents, &mut done)?),
            None => None,
        };
        let cents = match full {
            Some(cents) => {
                let cents = reduced(cents, asked, reduction, &mut done)?;
                let cents = self.rounded(cents, &found, &mut done)?;
                Some(self.worth_charging(cents, asked.expenses, &found, &mut done))
            }
            None => None,
        };
        // What is too little to be charged takes the expenses with it.
        let (cents, expenses) = match cents {
            Some(None) => (Some(0), 0),
            Some(Some(cents)) => (Some(cents), asked.expenses),
            None => (None, asked.expenses),
        };
        let total = cents.map(|cents| within(cents.checked_add(expenses))).transpose()?;
        done.expenses(expenses, total);
        let norms = [found.law.norm.as_ref(), found.position.norm.as_ref()].into_iter().flatten();
        let basis = norms.map(|norm| norm.replace("; ", ", ")).collect::<Vec<_>>().join(", ");
        Ok(Fee {
            title: what.title.clone(),
            kind: kind_of(what.kind).ok_or_else(|| self.unusable(found.position))?,
            cents,
            expenses,
            total,
            full,
            frame: frame_of(what),
            usual: what.usual_cents,
            share: what.share.map(|share| Range { rule: None, min: share.min, max: share.max }),
            reduction: reduction.and_then(range_of),
            needs: if cents.is_some() { Vec::new() } else { done.needs },
            basis: basis.into(),
            words: done.words,
            law: done.law,
            sample: what.sample || reduction.is_some_and(|rule| rule.what.sample),
        })
    }

    /// Whether a position holds at an authority on a day; and whether it only shows a shape.
    pub fn holds(&self, tariff: &str, at: &Moment) -> Result<bool, FeeLack> {
        self.found(tariff, at).map(|found| found.position.what.sample)
    }

    /// Whether anything has this name, of which an amount is known.
    pub fn named(&self, tariff: &str) -> Result<(), FeeLack> {
        let first = self.positions(tariff).next().ok_or_else(|| FeeLack::Unknown(tariff.into()))?;
        match self.positions(tariff).any(|row| row.in_force) {
            true => Ok(()),
            false => Err(self.unusable(first)),
        }
    }

    /// Whether the law of a position takes another day than today, so that the process has to say it.
    pub fn asks_for_day(&self, tariff: &str) -> bool {
        let position = self.positions(tariff).next();
        let law = position.and_then(|row| self.laws().find(|law| law.id == row.what.fee_law));
        law.is_some_and(|law| law.what.key_day != KeyDay::ActEnded)
    }

    /// Of the rows that a fee was reckoned by the first one that does not hold any more, where the day on which the act is issued
    /// is the one that counts.
    pub fn outdated<'u>(&self, used: &'u [LawUsed], today: Date) -> Option<&'u LawUsed> {
        let of_law = |id: &str| self.laws().find(|law| *law.id == *id);
        used.iter().find(|used| {
            let position = [self.own, self.general].into_iter().flat_map(|from| &from.positions);
            let mut position = position.filter(|row| *used.table == *POSITIONS && row.id == used.id);
            position.next().is_some_and(|row| {
                let by_end =
                    of_law(&row.what.fee_law).is_some_and(|law| law.what.key_day == KeyDay::ActEnded);
                by_end && !row.holds_on(today)
            })
        })
    }

    /// What processes can name.
    pub fn tariffs(&self) -> impl Iterator<Item = &'a str> {
        self.own.tariffs().chain(self.general.tariffs())
    }

    fn laws(&self) -> impl Iterator<Item = &'a Row<LawRow>> {
        self.own.laws.iter().chain(&self.general.laws)
    }

    fn rules(&self) -> impl Iterator<Item = &'a Row<RuleRow>> {
        self.own.rules.iter().chain(&self.general.rules)
    }

    /// The versions of a position; those of the process stand in for all others.
    fn positions(&self, tariff: &str) -> impl Iterator<Item = &'a Row<PositionRow>> {
        let own = self.own.positions.iter().any(|row| row.key() == tariff);
        let from = if own { self.own } else { self.general };
        from.positions.iter().filter(move |row| row.key() == tariff).collect::<Vec<_>>().into_iter()
    }

    fn found(&self, tariff: &str, at: &Moment) -> Result<Found<'a>, FeeLack> {
        let versions: Vec<_> = self.positions(tariff).collect();
        let Some(first) = versions.first() else { return Err(FeeLack::Unknown(tariff.into())) };
        // One version may belong to another law than the next, and each law says which day counts.
        let mut lack = None;
        for position in &versions {
            match self.held(position, at) {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => {}
                Err(why) => lack = lack.or(Some(why)),
            }
        }
        if let Some(lack) = lack {
            return Err(lack);
        }
        let on = at.key_day.unwrap_or(at.today);
        Err(match versions.iter().all(|row| !row.in_force) {
            true => self.unusable(first),
            false => FeeLack::NotOn { tariff: tariff.into(), on, holds: times(versions.iter().copied()) },
        })
    }

    /// A version of a tariff with its law, when it holds on the day that counts by that law.
    fn held(&self, position: &'a Row<PositionRow>, at: &Moment) -> Result<Option<Found<'a>>, FeeLack> {
        let (tariff, what) = (position.key(), &position.what);
        let law = self.laws().find(|law| law.id == what.fee_law);
        let law = law.ok_or_else(|| FeeLack::Unknown(what.fee_law.clone()))?;
        let on = match at.key_day {
            Some(day) => day,
            None if law.what.key_day == KeyDay::ActEnded => at.today,
            None => return Err(FeeLack::KeyDay { tariff: tariff.into(), law: law.what.title.clone() }),
        };
        if let Some(land) = at.land.filter(|land| !law.what.land.fits(land)) {
            return Err(FeeLack::OtherLand { tariff: tariff.into(), land });
        }
        if !position.holds_on(on) {
            return Ok(None);
        }
        match law.holds_on(on) {
            true => Ok(Some(Found { law, position, on })),
            false => Err(FeeLack::NotOn { tariff: law.id.clone(), on, holds: times([law]) }),
        }
    }

    fn unusable(&self, position: &Row<PositionRow>) -> FeeLack {
        FeeLack::WithoutAmount { tariff: position.key().into(), title: position.what.title.clone() }
    }

    /// The rule by which less is charged: the one that was chosen, else the one for the occasion. An occasion that nothing is
    /// said about is an error: whether there is a fee at all is not known then. One that was chosen fits the occasion, too.
    fn reduction(&self, asked: &FeeAsked, found: &Found<'_>) -> Result<Option<&'a Row<RuleRow>>, FeeLack> {
        let of_law = |kinds: &[RuleKind], row: &Row<RuleRow>| {
            kinds.contains(&row.what.kind) && row.what.fee_law == found.law.id && row.holds_on(found.on)
        };
        let lessens = |row: &&Row<RuleRow>| of_law(&[RuleKind::Reduction, RuleKind::Exemption], row);
        let occasion = asked.occasion.as_ref();
        let meant = |row: &&Row<RuleRow>| occasion.is_some_and(|occasion| row.what.on.contains(occasion));
        let for_occasion = self.rules().filter(lessens).find(meant);
        if let Some(occasion) = occasion.filter(|_| for_occasion.is_none()) {
            let basis = |row: &&Row<RuleRow>| of_law(&[RuleKind::Basis], row);
            if !self.rules().filter(basis).any(|row| meant(&row)) {
                return Err(FeeLack::Occasion {
                    occasion: occasion.clone(),
                    law: found.law.what.title.clone(),
                });
            }
        }
        let Some(chosen) = &asked.reduction else { return Ok(for_occasion) };
        let row = self.rules().filter(lessens).find(|row| row.id == *chosen);
        let row = row.ok_or_else(|| FeeLack::UnknownReduction(chosen.clone()))?;
        match row.what.on.is_empty() || meant(&row) {
            true => Ok(Some(row)),
            false => Err(FeeLack::OtherOccasion {
                reduction: chosen.clone(),
                on: row.what.on.clone(),
                occasion: asked.occasion.clone(),
            }),
        }
    }

    /// The fee as the position says it; none: something is not said yet.
    fn base(
        &self,
        asked: &FeeAsked,
        found: &Found<'_>,
        done: &mut Reckoning,
    ) -> Result<Option<i64>, FeeLack> {
        let what = &found.position.what;
        match what.kind {
            PositionKind::Fixed => fixed(asked, what, done),
            PositionKind::Frame => {
                let (min, max) = frame_of(what).ok_or_else(|| self.unusable(found.position))?;
                let Some(amount) = asked.amount else {
                    done.needs.push("amount");
                    done.say(said::frame(min, max, None));
                    return Ok(None);
                };
                if !(min..=max).contains(&amount) {
                    return Err(FeeLack::Outside {
                        what: said::amount_word(),
                        said: amount,
                        min,
                        max,
                        money: true,
                    });
                }
                let reasons = reasons(asked).ok_or(FeeLack::Reasons)?;
                done.say(said::frame(min, max, Some((amount, reasons))));
                Ok(Some(amount))
            }
            PositionKind::Value => self.by_value(asked, found, done),
            PositionKind::Time => self.by_time(asked, found, done),
            PositionKind::Share => share(asked, what, done),
            PositionKind::Unknown => Err(self.unusable(found.position)),
        }
    }

    fn rounding(&self, measure: Measure, found: &Found<'_>) -> Option<(&'a Row<RuleRow>, Rounding)> {
        let row = self.rules().find(|row| {
            row.what.kind == RuleKind::Rounding
                && row.what.applies_to == Some(measure)
                && row.what.fee_law == found.law.id
                && row.holds_on(found.on)
        })?;
        Some((row, row.what.rounding?))
    }

    fn by_value(
        &self,
        asked: &FeeAsked,
        found: &Found<'_>,
        done: &mut Reckoning,
    ) -> Result<Option<i64>, FeeLack> {
        let Some(value) = asked.value else {
            done.needs.push("value");
            return Ok(None);
        };
        let what = &found.position.what;
        let rule = self.rounding(Measure::Value, found);
        let counted = match rule {
            Some((row, rounding)) => {
                done.law.push(row.used(RULES));
                within(round(value, rounding))?
            }
            None => value,
        };
        done.say(said::value(value, counted, rule.map(|(row, _)| row)));
        if let Some(parts) = what.per_ten_thousand {
            // At most 10^12 times 10^4.
            let cents = value_share(counted, parts);
            done.say(said::value_share(counted, parts, cents));
            return Ok(Some(cents));
        }
        let mut above = 0;
        for step in &what.steps {
            if step.up_to_cents.is_none_or(|end| counted <= end) {
                let more = step.begun.map_or(Some(0), |begun| begun_parts(counted - above, begun));
                let cents = within(more.and_then(|more| step.cents.checked_add(more)))?;
                done.say(said::value_step(step.up_to_cents, above, cents));
                return Ok(Some(cents));
            }
            above = step.up_to_cents.unwrap_or(above);
        }
        Err(self.unusable(found.position))
    }

    fn by_time(
        &self,
        asked: &FeeAsked,
        found: &Found<'_>,
        done: &mut Reckoning,
    ) -> Result<Option<i64>, FeeLack> {
        if asked.time.is_empty() {
            done.needs.push("time");
            return Ok(None);
        }
        let rule = self.rounding(Measure::Time, found);
        if let Some((row, _)) = rule {
            done.law.push(row.used(RULES));
        }
        let unit = rule.map_or(1, |(_, rounding)| rounding.to);
        let mut sum = 0_i64;
        for (key, minutes) in &asked.time {
            let rates = self.own.rates.iter().chain(&self.general.rates);
            let fits = |row: &&Row<super::RateRow>| {
                row.key() == &**key && found.position.what.rates.contains(key) && row.holds_on(found.on)
            };
            let rate = rates.into_iter().find(fits).ok_or_else(|| FeeLack::UnknownRate {
                rate: key.clone(),
                known: found.position.what.rates.clone(),
            })?;
            done.law.push(rate.used(RATES));
            let direction = rule.map_or(Direction::Up, |(_, rounding)| rounding.direction);
            let counted = within(round(*minutes, Rounding { direction, to: unit }))?;
            let cents = within(counted.checked_mul(rate.what.cents_per_hour).map(|total| total / HOUR))?;
            done.say(said::time(&rate.what, *minutes, counted / unit, unit, cents));
            sum = within(sum.checked_add(cents))?;
        }
        if asked.time.len() > 1 {
            done.say(said::sum(sum));
        }
        Ok(Some(sum))
    }

    fn rounded(&self, cents: i64, found: &Found<'_>, done: &mut Reckoning) -> Result<i64, FeeLack> {
        let of_law = self.rounding(Measure::Amount, found);
        let (norm, rounding) = match (found.position.what.rounding, of_law) {
            (Some(rounding), _) => (None, rounding),
            (None, Some((row, rounding))) => {
                done.law.push(row.used(RULES));
                (row.norm.clone(), rounding)
            }
            (None, None) => return Ok(cents),
        };
        let exact = within(round(cents, rounding))?;
        if exact != cents {
            done.say(said::rounded(exact, rounding, norm.as_deref()));
        }
        Ok(exact)
    }

    /// The fee, or nothing where it is too little together with the expenses.
    fn worth_charging(
        &self,
        cents: i64,
        expenses: i64,
        found: &Found<'_>,
        done: &mut Reckoning,
    ) -> Option<i64> {
        let row = self.rules().find(|row| {
            row.what.kind == RuleKind::SmallAmount
                && row.what.fee_law == found.law.id
                && row.holds_on(found.on)
        });
        let Some((row, up_to)) = row.and_then(|row| Some((row, row.what.up_to_cents?))) else {
            return Some(cents);
        };
        let together = cents.saturating_add(expenses);
        if together == 0 || together > up_to {
            return Some(cents);
        }
        done.law.push(row.used(RULES));
        done.say(said::small(up_to, row.norm.as_deref()));
        None
    }
}

fn kind_of(kind: PositionKind) -> Option<FeeKind> {
    match kind {
        PositionKind::Fixed => Some(FeeKind::Fixed),
        PositionKind::Frame => Some(FeeKind::Frame),
        PositionKind::Value => Some(FeeKind::Value),
        PositionKind::Time => Some(FeeKind::Time),
        PositionKind::Share => Some(FeeKind::Share),
        PositionKind::Unknown => None,
    }
}

fn frame_of(what: &PositionRow) -> Option<(i64, i64)> {
    (what.kind == PositionKind::Frame).then_some((what.min_cents?, what.max_cents?))
}

fn range_of(row: &Row<RuleRow>) -> Option<Range> {
    let factor = row.what.factor?;
    Some(Range { rule: Some(row.id.clone()), min: factor.min, max: factor.max })
}

fn reasons(asked: &FeeAsked) -> Option<&str> {
    asked.reasons.as_deref().map(str::trim).filter(|reasons| !reasons.is_empty())
}

/// Every number that people or rules say lies within bounds.
fn check_amounts(asked: &FeeAsked) -> Result<(), FeeLack> {
    let single = [
        (said::amount_word(), asked.amount, MAX_CENTS),
        (Text::new("Der Wert", "The value"), asked.value, MAX_CENTS),
        (Text::new("Die andere Gebühr", "The other fee"), asked.share_of, MAX_CENTS),
        (Text::new("Die Auslagen", "The expenses"), Some(asked.expenses), MAX_CENTS),
        (said::share_word(), asked.percent, 1000),
        (said::reduced_word(), asked.reduced_to, 100),
    ];
    let counted = asked.quantities.iter().map(|count| (Text::new("Die Menge", "The quantity"), *count));
    let minutes = asked.time.iter().map(|(_, minutes)| (Text::new("Die Minuten", "The minutes"), *minutes));
    let many = counted.chain(minutes).map(|(what, said)| (what, Some(said), 1_000_000_000));
    for (what, said, max) in single.into_iter().chain(many) {
        if let Some(said) = said.filter(|said| !(0..=max).contains(said)) {
            return Err(FeeLack::Outside { what, said, min: 0, max, money: max == MAX_CENTS });
        }
    }
    Ok(())
}

fn within(cents: Option<i64>) -> Result<i64, FeeLack> {
    cents.filter(|cents| (0..=MAX_CENTS).contains(cents)).ok_or(FeeLack::TooLarge)
}

fn round(amount: i64, Rounding { direction, to }: Rounding) -> Option<i64> {
    let (whole, rest) = (amount / to, amount % to);
    let up = match direction {
        Direction::Down => false,
        Direction::Up => rest > 0,
        Direction::HalfUp => rest.checked_mul(2)? >= to,
    };
    whole.checked_add(i64::from(up))?.checked_mul(to)
}

/// A share of a value. What is less than a cent is left out, in favour of who pays.
fn value_share(value: i64, per_ten_thousand: i64) -> i64 {
    let exact = i128::from(value) * i128::from(per_ten_thousand) / 10_000;
    i64::try_from(exact).unwrap_or(i64::MAX)
}

fn percent_of(cents: i64, percent: i64) -> Option<i64> {
    i64::try_from(i128::from(cents) * i128::from(percent) / 100).ok()
}

fn begun_parts(above: i64, begun: Begun) -> Option<i64> {
    let parts = above.max(0).checked_add(begun.each_cents - 1)? / begun.each_cents;
    parts.checked_mul(begun.cents)
}

fn fixed(asked: &FeeAsked, what: &PositionRow, done: &mut Reckoning) -> Result<Option<i64>, FeeLack> {
    let one = what.cents.unwrap_or_default();
    if what.units.is_empty() {
        done.say(said::fixed(one));
        return Ok(Some(one));
    }
    if asked.quantities.is_empty() {
        done.needs.push("quantities");
        return Ok(None);
    }
    if asked.quantities.len() != what.units.len() {
        return Err(FeeLack::Quantities { units: what.units.clone(), said: asked.quantities.len() });
    }
    let all = asked.quantities.iter().try_fold(one, |all, count| all.checked_mul(*count));
    let cents = within(all)?;
    done.say(said::units(one, &what.units, &asked.quantities, cents));
    Ok(Some(cents))
}

fn share(asked: &FeeAsked, what: &PositionRow, done: &mut Reckoning) -> Result<Option<i64>, FeeLack> {
    let (min, max) = what.share.map_or((0, 0), |share| (share.min, share.max));
    let percent = asked.percent.or((min == max).then_some(min));
    if asked.share_of.is_none() {
        done.needs.push("share_of");
    }
    if percent.is_none() {
        done.needs.push("percent");
    }
    let (Some(of), Some(percent)) = (asked.share_of, percent) else { return Ok(None) };
    if !(min..=max).contains(&percent) {
        return Err(FeeLack::Outside { what: said::share_word(), said: percent, min, max, money: false });
    }
    let reasons = reasons(asked);
    if min < max && reasons.is_none() {
        return Err(FeeLack::Reasons);
    }
    let cents = within(percent_of(of, percent))?;
    done.say(said::share(of, percent, (min, max), cents, reasons.filter(|_| min < max)));
    Ok(Some(cents))
}

/// The least and the most that a position allows; a frame is its own.
fn bounded(position: &Row<PositionRow>, cents: i64, done: &mut Reckoning) -> Result<i64, FeeLack> {
    let what = &position.what;
    if what.kind == PositionKind::Frame {
        return Ok(cents);
    }
    if let Some(least) = what.min_cents.filter(|least| cents < *least) {
        done.say(said::least(least));
        return Ok(least);
    }
    if let Some(most) = what.max_cents.filter(|most| cents > *most) {
        done.say(said::most(most));
        return Ok(most);
    }
    Ok(cents)
}

fn reduced(
    full: i64,
    asked: &FeeAsked,
    rule: Option<&Row<RuleRow>>,
    done: &mut Reckoning,
) -> Result<i64, FeeLack> {
    let Some((row, factor)) = rule.and_then(|row| Some((row, row.what.factor?))) else {
        return match asked.reduced_to {
            Some(percent) if percent < 100 => Err(FeeLack::NoReduction),
            _ => Ok(full),
        };
    };
    done.law.push(row.used(RULES));
    // An exemption holds unless somebody says less of it; a reduction is for somebody to choose.
    let usual = if row.what.kind == RuleKind::Exemption { factor.min } else { factor.max };
    let percent = asked.reduced_to.unwrap_or(usual);
    if !(factor.min..=factor.max).contains(&percent) {
        let (min, max) = (factor.min, factor.max);
        return Err(FeeLack::Outside { what: said::reduced_word(), said: percent, min, max, money: false });
    }
    let reasons = reasons(asked);
    if row.what.reasons_required && asked.reduced_to.is_some_and(|to| to < 100) && reasons.is_none() {
        return Err(FeeLack::Reasons);
    }
    let cents = within(percent_of(full, percent))?;
    // The reasons of a frame are told with it.
    let told = reasons.filter(|_| asked.amount.is_none() && asked.percent.is_none());
    done.say(said::reduced(full, percent, (factor.min, factor.max), cents, row, told));
    Ok(cents)
}

/// From when until when rows hold, the first one first.
fn times<'r, T: 'r>(rows: impl IntoIterator<Item = &'r Row<T>>) -> Vec<(Option<Date>, Option<Date>)> {
    let in_force = rows.into_iter().filter(|row| row.in_force);
    let mut times: Vec<_> = in_force.map(|row| (row.valid_from, row.valid_to)).collect();
    times.sort_unstable();
    times
}
