//! Whether each fee that a process reckons is law at the authority that shall use it: in its Land, on the day.

use super::said::codes;
use crate::{
    authority::Authority,
    definition::{Dynamic, FeeStep, Kind, Release, Step},
    diagnostic::{Diagnostic, Severity},
    law::{FeeLack, Tariffs, fees::Moment},
    words::{Date, Text, Value},
};

/// What is wrong with a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charged {
    /// It is no law there, or not on that day.
    NotHere,
    /// It only shows a shape.
    Sample,
    /// The authority has not said where to pay.
    NoAccount,
}

codes! {
    Charged {
        Charged::NotHere => "fee_not_here",
        Charged::Sample => "fee_sample",
        Charged::NoAccount => "account_unsaid",
    }
}

/// Fees of a process that an authority cannot charge so.
pub fn not_charged(release: &Release, authority: &Authority, on: Date) -> Vec<Diagnostic> {
    let tariffs = Tariffs { own: &release.fees, general: &authority.law.data.fees };
    let land = authority.profile.place.as_ref().map(|place| place.land);
    let mut found: Vec<Diagnostic> = Vec::new();
    for step in &release.steps {
        let Kind::Fee(fee) = &step.kind else { continue };
        let Some(tariff) = tariff_of(fee, release, authority) else { continue };
        // The day that the law takes comes with the case; today stands in for it.
        let at = Moment { key_day: Some(on), today: on, land };
        match tariffs.holds(&tariff, &at) {
            Ok(true) => found.push(sample(step, &tariff)),
            Ok(false) => {}
            Err(lack) => found.push(not_here(step, &lack)),
        }
    }
    if authority.profile.payee.is_none() {
        found.extend(release.steps.iter().find(|step| charges(step)).map(no_account));
    }
    // What several steps reckon is told once.
    found.dedup_by(|later, first| later.message == first.message);
    found
}

/// Whether a step issues an act that may ask for money.
fn charges(step: &Step) -> bool {
    let nothing = |fee: &Dynamic| matches!(fee, Dynamic::Constant(Value::Null));
    match &step.kind {
        Kind::Issue(issue) => issue.each().any(|issue| issue.fee.as_ref().is_some_and(|fee| !nothing(fee))),
        _ => false,
    }
}

/// The name of the tariff, as far as it is known before there is a case: written down, or a setting.
fn tariff_of(fee: &FeeStep, release: &Release, authority: &Authority) -> Option<String> {
    let name = match &fee.tariff {
        Dynamic::Constant(name) => name.as_str()?,
        Dynamic::Rule(rule) => {
            let [path] = rule.compiled.variables() else { return None };
            let names = path.names();
            let ["settings", setting] = names[..] else { return None };
            if *rule.source != format!("settings.{setting}") {
                return None;
            }
            let own = authority.settings.get(&release.process).and_then(|own| own.get(setting));
            let default = release.settings.field(setting).and_then(|field| field.default.as_ref());
            own.or(default).and_then(Value::as_str)?
        }
        _ => return None,
    };
    Some(name.to_owned())
}

fn not_here(step: &Step, lack: &FeeLack) -> Diagnostic {
    let (why, title) = (lack.text(), &step.title);
    Diagnostic {
        help: Some(lack.help()),
        ..Diagnostic::new(
            Severity::Error,
            step.span.clone(),
            Charged::NotHere.code(),
            Text::new(
                format!("„{}“ hätte bei dieser Behörde keine Gebühr. {}.", title.de, why.de),
                format!("At this authority “{}” would have no fee: {}.", title.en, why.en),
            ),
        )
    }
}

fn sample(step: &Step, tariff: &str) -> Diagnostic {
    Diagnostic {
        help: Some(Text::new(
            "Die Tarifstelle der eigenen Satzung mit Betrag, Norm und Geltung in „law/fees.yaml“ neben dem Verfahren eintragen.",
            "Put the position of the own bylaw with amount, norm and validity into `law/fees.yaml` beside the process.",
        )),
        ..Diagnostic::new(
            Severity::Warning,
            step.span.clone(),
            Charged::Sample.code(),
            Text::new(
                format!("Die Gebühr „{tariff}“ ist ein Muster; sie ist bei dieser Behörde kein Recht."),
                format!("The fee `{tariff}` is a sample; it is no law of this authority."),
            ),
        )
    }
}

fn no_account(step: &Step) -> Diagnostic {
    let title = &step.title;
    Diagnostic {
        help: Some(Text::new(
            "Unter *Verwaltung → Behörde* Kontoinhaber und IBAN eintragen.",
            "Enter account holder and IBAN under *Administration → Authority*.",
        )),
        ..Diagnostic::new(
            Severity::Warning,
            step.span.clone(),
            Charged::NoAccount.code(),
            Text::new(
                format!(
                    "„{}“ setzt eine Gebühr fest, und diese Behörde hat nicht gesagt, auf welches Konto zu zahlen ist.",
                    title.de
                ),
                format!(
                    "“{}” sets a fee, and this authority has not said which account it is to be paid to.",
                    title.en
                ),
            ),
        )
    }
}
