//! What an act costs (Kosten: Gebühren und Auslagen), as it stands in its letters: the amount, why, and how to pay.

use std::sync::Arc;

use fachwerk_rules::{Lang, money_text};
use serde::{Deserialize, Serialize};
use serde_json::from_value;

use crate::{
    authority::profile::Payee,
    law::LawUsed,
    words::{Date, Object, Text, Value, letter_day},
};

/// So long the purpose of a payment (Verwendungszweck) may be.
pub const MAX_PURPOSE: usize = 27;

/// What an act costs, besides the amount.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// Where it is written.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub basis: Arc<str>,
    /// The calculation in words, German, a line a step.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub calculation: Arc<str>,
    /// The expenses (Auslagen) in the amount, in cents.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub expenses: i64,
    /// Until when it is to be paid: a working day (§ 31 Abs. 3 VwVfG, § 108 Abs. 3 AO).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
    /// What is written on the payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Arc<str>>,
    /// Where to pay; none: the authority has not said it, or there is nothing to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<Payee>,
    /// The rows of law that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub law: Vec<LawUsed>,
}

fn is_zero(cents: &i64) -> bool {
    *cents == 0
}

impl Costs {
    /// Reads what a step has reckoned, with day and purpose beside it; and the amount. The day may be a period: then it begins with
    /// the day on which the act is issued, however long ago the fee was reckoned.
    pub fn read(said: &Object, payee: Option<&Payee>, issued: Date) -> Result<(i64, Costs), Text> {
        let cents = said.get("total").and_then(Value::as_i64).filter(|cents| *cents >= 0);
        let cents = cents.ok_or_else(|| {
            Text::new(
                "die Gebühr ist noch nicht festgesetzt („total“ fehlt)",
                "the fee is not set yet (`total` is missing)",
            )
        })?;
        let text = |name: &str| -> Result<Option<Arc<str>>, Text> {
            match said.get(name) {
                None | Some(Value::Null) => Ok(None),
                Some(Value::String(text)) => {
                    Ok(Some(text.as_str().into()).filter(|text: &Arc<str>| !text.is_empty()))
                }
                Some(_) => Err(Text::new(
                    format!("„{name}“ der Gebühr ist kein Text"),
                    format!("`{name}` of the fee is no text"),
                )),
            }
        };
        let due = match text("due")? {
            None => None,
            Some(said) => Some(due_day(&said, issued).ok_or_else(|| {
                Text::new(
                    "die Fälligkeit der Gebühr ist weder ein Tag noch ein Zeitraum in Tagen, Wochen oder Monaten",
                    "when the fee is due is neither a day nor a period in days, weeks or months",
                )
            })?),
        };
        let purpose = text("purpose")?;
        if purpose.as_ref().is_some_and(|purpose| purpose.chars().count() > MAX_PURPOSE) {
            return Err(Text::new(
                format!("der Verwendungszweck ist länger als {MAX_PURPOSE} Zeichen"),
                format!("the purpose of the payment is longer than {MAX_PURPOSE} characters"),
            ));
        }
        let law = match said.get("law") {
            None | Some(Value::Null) => Vec::new(),
            Some(rows) => from_value(rows.clone()).map_err(|_| {
                Text::new(
                    "die Rechtszeilen der Gebühr sind nicht lesbar",
                    "the rows of law of the fee cannot be read",
                )
            })?,
        };
        Ok((
            cents,
            Costs {
                basis: text("basis")?.unwrap_or_default(),
                calculation: text("calculation")?.unwrap_or_default(),
                expenses: said.get("expenses").and_then(Value::as_i64).unwrap_or_default(),
                due: due.filter(|_| cents > 0),
                purpose: purpose.filter(|_| cents > 0),
                payee: payee.filter(|_| cents > 0).cloned(),
                law,
            },
        ))
    }

    /// As it stands in a letter, paragraph by paragraph; `part`: of a letter by which several acts are issued, the one that it
    /// belongs to. For what it is charged the act says: a notice of costs is not itself what costs. Where nothing is charged,
    /// nothing is said of paying.
    pub fn in_letter(&self, cents: i64, part: Option<&str>) -> String {
        let (verb, what) = match (cents, self.expenses > 0) {
            (0, _) => ("werden", "keine Kosten".to_owned()),
            (_, true) => {
                ("werden", format!("Kosten (Gebühren und Auslagen) von {}", money_text(cents, Lang::De)))
            }
            (_, false) => ("wird", format!("eine Gebühr von {}", money_text(cents, Lang::De))),
        };
        let fixed = if cents == 0 { "erhoben" } else { "festgesetzt" };
        let calculation = self.calculation.replace('\n', " ");
        let mut paragraphs = vec![match part {
            Some(part) => format!("In {part} {verb} {what} {fixed}."),
            None => format!("Es {verb} {what} {fixed}."),
        }];
        let mut why = Vec::new();
        if !self.basis.is_empty() {
            why.push(format!("Rechtsgrundlage: {}.", self.basis));
        }
        if !calculation.is_empty() {
            why.push(format!("Berechnung: {calculation}"));
        }
        if !why.is_empty() {
            paragraphs.push(why.join(" "));
        }
        if cents > 0 {
            paragraphs.extend(self.to_pay());
        }
        paragraphs.join("\n\n")
    }

    fn to_pay(&self) -> Option<String> {
        let until = self.due.map(|due| format!(" bis zum {}", letter_day(due))).unwrap_or_default();
        let purpose = self.purpose.as_ref().map(|purpose| format!(", Verwendungszweck: {purpose}"));
        let purpose = purpose.unwrap_or_default();
        match &self.payee {
            Some(Payee { holder, iban, bic }) => {
                let bic = bic.as_ref().map(|bic| format!(", BIC {bic}")).unwrap_or_default();
                let iban = crate::authority::profile::in_fours(iban);
                Some(format!(
                    "Bitte zahlen Sie den Betrag{until} auf folgendes Konto: {holder}, IBAN {iban}{bic}{purpose}."
                ))
            }
            None if until.is_empty() && purpose.is_empty() => None,
            None => Some(format!("Bitte zahlen Sie den Betrag{until}{purpose}.")),
        }
    }
}

fn due_day(said: &str, issued: Date) -> Option<Date> {
    said.parse().ok().or_else(|| crate::language::later(issued, said))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(said: Value, expected: Result<&str, &str>) {
        let payee = Payee { holder: "Stadt Burg".into(), iban: "DE02120300000000202051".into(), bic: None };
        let Value::Object(said) = said else { panic!("an object") };
        let read = Costs::read(&said, Some(&payee), Date::constant(2026, 11, 16));
        let found = read.map(|(cents, costs)| costs.in_letter(cents, None)).map_err(|why| why.en.to_string());
        assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned));
    }

    #[test]
    fn a_letter_says_what_is_to_be_paid_and_nothing_of_paying_when_that_is_nothing() {
        check(
            json!({ "total": 8000, "basis": "§ 1 VwKostG LSA", "calculation": "Feste Gebühr: 80,00 €.", "due": "2026-12-15", "purpose": "K 2026/00001" }),
            Ok(
                "Es wird eine Gebühr von 80,00 € festgesetzt.\n\nRechtsgrundlage: § 1 VwKostG LSA. Berechnung: Feste Gebühr: 80,00 €.\n\nBitte zahlen Sie den Betrag bis zum 15. Dezember 2026 auf folgendes Konto: Stadt Burg, IBAN DE02 1203 0000 0000 2020 51, Verwendungszweck: K 2026/00001.",
            ),
        );
        check(
            json!({ "total": 1200, "expenses": 200 }),
            Ok(
                "Es werden Kosten (Gebühren und Auslagen) von 12,00 € festgesetzt.\n\nBitte zahlen Sie den Betrag auf folgendes Konto: Stadt Burg, IBAN DE02 1203 0000 0000 2020 51.",
            ),
        );
        check(
            json!({ "total": 0, "calculation": "Gebührenfrei (§ 6 Satzung).", "due": "2026-12-15", "purpose": "K 1" }),
            Ok("Es werden keine Kosten erhoben.\n\nBerechnung: Gebührenfrei (§ 6 Satzung)."),
        );
        check(
            json!({ "total": 1200, "due": "30 days" }),
            Ok(
                "Es wird eine Gebühr von 12,00 € festgesetzt.\n\nBitte zahlen Sie den Betrag bis zum 16. Dezember 2026 auf folgendes Konto: Stadt Burg, IBAN DE02 1203 0000 0000 2020 51.",
            ),
        );
        let costs = Costs { basis: "§ 4 KAG-LSA".into(), ..Costs::default() };
        assert_eq!(
            costs.in_letter(1200, Some("Teil B dieses Bescheids (Gebührenbescheid)")),
            "In Teil B dieses Bescheids (Gebührenbescheid) wird eine Gebühr von 12,00 € festgesetzt.\n\nRechtsgrundlage: § 4 KAG-LSA."
        );
        check(json!({ "total": null }), Err("the fee is not set yet (`total` is missing)"));
        for due in ["soon", "24 hours", "1000000000 years"] {
            check(
                json!({ "total": 1, "due": due }),
                Err("when the fee is due is neither a day nor a period in days, weeks or months"),
            );
        }
        let long = "1234567890123456789012345678";
        check(
            json!({ "total": 1, "purpose": long }),
            Err("the purpose of the payment is longer than 27 characters"),
        );
    }
}
