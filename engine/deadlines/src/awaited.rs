//! What is still to be proven before something that was sent counts as notified.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    error::DeadlineError,
    notification::{CountsFrom, NotificationRules, RuleKind},
    notify::{NotificationInput, dispatched, row},
    reckoning::plus_days,
    sentence::{Sentence, dates},
};

/// What is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// That it was received.
    Receipt,
    /// That it was served.
    Service,
    /// That it was retrieved.
    Retrieval,
}

/// That something notifies nobody before it is proven that it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// What is waited for.
    pub proof: Proof,
    /// The last day on which it can happen; none: any day.
    pub until: Option<Date>,
    /// Why, sentence by sentence; never empty.
    pub derivation: Vec<Sentence>,
}

impl Proof {
    /// Its name, with "der" or "die" before it in German.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Proof::Receipt => ("der Nachweis des Zugangs", "proof of receipt"),
            Proof::Service => ("der Nachweis der Zustellung", "proof of service"),
            Proof::Retrieval => ("der Abruf", "the retrieval"),
        }
    }
}

/// What is waited for with a letter that was sent in a way in which nothing is presumed; none: the law says the day of
/// notification by itself, or it is proven.
pub fn awaited_by(
    rules: &NotificationRules,
    input: &NotificationInput,
) -> Result<Option<Awaited>, DeadlineError> {
    let rule = row(rules, input)?;
    let rule = &*input.document.cite(rule);
    let (what_de, what_en) = input.document.first_words();
    let (proof, until) = match rule.kind {
        _ if input.proven_receipt.is_some() => return Ok(None),
        RuleKind::Fiction(_) | RuleKind::SameDay => return Ok(None),
        RuleKind::Proof if rule.counts_from == CountsFrom::Service => (Proof::Service, None),
        RuleKind::Proof => (Proof::Receipt, None),
        RuleKind::Retrieval { within_days, .. } => {
            (Proof::Retrieval, Some(plus_days(input.dispatched_on, i64::from(within_days))?))
        }
    };
    let sentence = match until.map(dates) {
        None => Sentence::cited(
            format!(
                "{what_de} ist erst bekannt gegeben, wenn nachgewiesen ist, an welchem Tag; bis dahin läuft keine Frist"
            ),
            format!("{what_en} is notified only once it is proven on which day; until then no period runs"),
            &rule.norm,
        ),
        Some((last_de, last_en)) => Sentence::cited(
            format!(
                "{what_de} ist erst mit dem Abruf bekannt gegeben; er ist möglich bis {last_de}. Danach ist die Bekanntgabe gescheitert und zu wiederholen"
            ),
            format!(
                "{what_en} is notified only with its retrieval, which is possible until {last_en}. After that the notification has failed and is to be done anew"
            ),
            &rule.norm,
        ),
    };
    Ok(Some(Awaited { proof, until, derivation: vec![dispatched(input, rule.counts_from), sentence] }))
}
