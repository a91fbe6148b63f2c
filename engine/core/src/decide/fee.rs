//! Fees: a step reckons one by law, and an act says what is to be paid.

use std::sync::Arc;

use serde_json::json;

use super::turn::{Deciding, trouble};
use crate::{
    costs::Costs,
    definition::{FeeStep, Step},
    event::{MatchedRow, Trouble},
    law::{
        Fee, FeeAsked, FeeLack, Tariffs,
        fees::{Moment, Range},
    },
    words::{Date, InstanceId, Object, Text, Value},
};

impl Deciding<'_> {
    /// Reckons a fee and goes on.
    pub fn reckon_fee(&mut self, instance: InstanceId, step: &Step, fee: &FeeStep) {
        let reckoned = self.fee_asked(instance, fee).and_then(|(asked, said, key_day)| {
            let land = self.facts.local.profile.place.as_ref().map(|place| place.land);
            let at = Moment { key_day, today: self.facts.today, land };
            let tariffs = Tariffs { own: &self.release.fees, general: &self.facts.law.fees };
            let fee = tariffs.fee(&asked, &at).map_err(|lack| self.no_fee(instance, &lack, &said))?;
            Ok((asked.tariff, said, fee))
        });
        match reckoned {
            Ok((tariff, said, fee)) => {
                let written = written(&fee);
                let matched = fee.law.iter().map(|row| MatchedRow {
                    row: 0,
                    norm: row.norm.clone(),
                    law: Some(row.clone()),
                });
                let matched = matched.collect();
                self.trace(instance, tariff, said, Value::Object(written.clone()), matched);
                self.write(instance, step, written);
                self.leave(instance, None);
            }
            Err(trouble) => self.stuck(Some(instance), *trouble),
        }
    }

    /// What is asked, and how it was said.
    fn fee_asked(
        &self,
        instance: InstanceId,
        fee: &FeeStep,
    ) -> Result<(FeeAsked, Object, Option<Date>), Box<Trouble>> {
        let tariff = self.value(instance, &fee.tariff)?;
        let mut said = match self.value(instance, &fee.asked)? {
            Value::Object(said) => said,
            _ => Object::new(),
        };
        said.retain(|_, value| !value.is_null());
        let unfit = |name: &str| self.unfit(instance, name, &Value::Object(said.clone()));
        let number = |name: &str| match said.get(name) {
            None => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| unfit(name)),
        };
        let text = |name: &str| match said.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(|text| Some(Arc::from(text))).ok_or_else(|| unfit(name)),
        };
        // An empty text says nothing.
        let word = |name: &str| text(name).map(|word: Option<Arc<str>>| word.filter(|word| !word.is_empty()));
        let key_day = match word("on")? {
            None => None,
            Some(day) => Some(day.parse().map_err(|_| unfit("on"))?),
        };
        let asked = FeeAsked {
            tariff: tariff.as_str().map(Arc::from).ok_or_else(|| unfit("tariff"))?,
            amount: number("amount")?,
            quantities: match said.get("quantities") {
                None => Vec::new(),
                Some(value) => {
                    let counts = value.as_array().map(|counts| counts.iter().map(Value::as_i64).collect());
                    counts.flatten().ok_or_else(|| unfit("quantities"))?
                }
            },
            value: number("value")?,
            time: match said.get("time") {
                None => Vec::new(),
                Some(value) => time_of(value).ok_or_else(|| unfit("time"))?,
            },
            share_of: number("share_of")?,
            percent: number("percent")?,
            occasion: word("occasion")?,
            reduction: word("reduction")?,
            reduced_to: number("reduced_to")?,
            reasons: text("reasons")?,
            expenses: number("expenses")?.unwrap_or_default(),
        };
        Ok((asked, said, key_day))
    }

    fn unfit(&self, instance: InstanceId, name: &str, said: &Value) -> Box<Trouble> {
        trouble(
            "fee_failed",
            self.step_of(instance).as_ref(),
            Text::new(
                format!("Die Gebühr kann nicht berechnet werden: „{name}“ hat nicht die erwartete Form."),
                format!("The fee cannot be reckoned: `{name}` has not the form that is expected."),
            ),
            Text::new(
                "Beträge und Prozente sind ganze Zahlen, „time“ ist eine Liste aus #{ rate, minutes }, „quantities“ eine Liste ganzer Zahlen, „on“ ein Tag.",
                "Amounts and percentages are whole numbers, `time` is a list of #{ rate, minutes }, `quantities` a list of whole numbers, `on` a day.",
            ),
            json!({ "asked": said }),
        )
    }

    fn no_fee(&self, instance: InstanceId, lack: &FeeLack, said: &Object) -> Box<Trouble> {
        let (why, help) = (lack.text(), lack.help());
        trouble(
            if lack.is_of_law() { "fee_unknown" } else { "fee_failed" },
            self.step_of(instance).as_ref(),
            Text::new(
                format!("Die Gebühr kann nicht berechnet werden. {}.", why.de),
                format!("The fee cannot be reckoned: {}.", why.en),
            ),
            Text::new(format!("{} Dann wiederholen.", help.de), format!("{} Then retry.", help.en)),
            json!({ "asked": said }),
        )
    }

    /// What an act costs, as its step says it: an amount in cents, or what a step has reckoned.
    pub fn costs_of(&self, said: &Value) -> Result<(Option<i64>, Option<Costs>), Text> {
        match said {
            Value::Null => Ok((None, None)),
            Value::Number(_) => match said.as_i64().filter(|cents| *cents >= 0) {
                Some(cents) => Ok((Some(cents), None)),
                None => {
                    Err(Text::new("die Gebühr ist kein Betrag in Cent", "the fee is not an amount in cents"))
                }
            },
            Value::Object(said) => {
                let (cents, mut costs) =
                    Costs::read(said, self.facts.local.profile.payee.as_ref(), self.facts.today)?;
                let tariffs = Tariffs { own: &self.release.fees, general: &self.facts.law.fees };
                if let Some(row) = tariffs.outdated(&costs.law, self.facts.today) {
                    return Err(Text::new(
                        format!(
                            "die Gebühr ist nach „{}“ berechnet, und das gilt heute nicht mehr; sie ist neu zu berechnen (Weitere Aktionen → Zurück zu einem Schritt)",
                            row.id
                        ),
                        format!(
                            "the fee was reckoned by `{}`, which does not hold any more; it must be reckoned anew (more actions → back to a step)",
                            row.id
                        ),
                    ));
                }
                costs.due = costs.due.map(|due| self.facts.calendar.working_day_from(due));
                Ok((Some(cents), Some(costs)))
            }
            _ => Err(Text::new("die Gebühr ist kein Betrag in Cent", "the fee is not an amount in cents")),
        }
    }
}

fn time_of(said: &Value) -> Option<Vec<(Arc<str>, i64)>> {
    let entry = |entry: &Value| Some((entry.get("rate")?.as_str()?.into(), entry.get("minutes")?.as_i64()?));
    said.as_array()?.iter().map(entry).collect()
}

/// What a step that reckons writes: all names of [`FeeStep::WRITTEN`].
fn written(fee: &Fee) -> Object {
    let lines = |language: fn(&Text) -> &Arc<str>| {
        fee.words.iter().map(|words| language(words).to_string()).collect::<Vec<_>>().join("\n")
    };
    let of = |range: &Option<Range>, end: fn(&Range) -> i64| range.as_ref().map(end);
    let Value::Object(written) = json!({
        "title": fee.title.de,
        "title_en": fee.title.en,
        "kind": fee.kind.code(),
        "cents": fee.cents,
        "expenses": fee.expenses,
        "total": fee.total,
        "full": fee.full,
        "min_cents": fee.frame.map(|frame| frame.0),
        "max_cents": fee.frame.map(|frame| frame.1),
        "usual_cents": fee.usual,
        "share_min": of(&fee.share, |range| range.min),
        "share_max": of(&fee.share, |range| range.max),
        "reduction_min": of(&fee.reduction, |range| range.min),
        "reduction_max": of(&fee.reduction, |range| range.max),
        "needs": fee.needs,
        "basis": fee.basis,
        "calculation": lines(|words| &words.de),
        "calculation_en": lines(|words| &words.en),
        "law": fee.law,
        "sample": fee.sample,
    }) else {
        return Object::new();
    };
    written
}
