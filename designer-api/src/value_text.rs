//! Values as people read them: days, money, choices by their titles.

use fachwerk_core::{
    definition::{Expr, Part, Release},
    schema::{ObjectType, TextFormat, Type},
    words::{Date, Language, Period, Value, date_text},
};

use crate::channels;

/// Nothing to show.
const NONE: &str = "–";
/// The most entries of a list that are written out.
const MOST_ENTRIES: usize = 50;

/// The type of what a rule says, when the rule is nothing but the path of a field that is known.
/// `results`: those of the release.
pub fn type_of<'r>(release: &'r Release, results: &'r ObjectType, rule: &Expr) -> Option<&'r Type> {
    let source = rule.source.replace("?.", ".");
    let names: Vec<&str> = source.trim().split('.').collect();
    let is_name =
        |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !names.iter().all(is_name) {
        return None;
    }
    match names.as_slice() {
        ["application", rest @ ..] => within(&release.data, rest),
        ["settings", rest @ ..] => within(&release.settings, rest),
        ["file", "channel"] => Some(&channels::TYPE),
        ["steps", rest @ ..] => within(results, rest),
        ["result", rest @ ..] => within(object_at(results, &release.frame(rule.frame).at)?, rest),
        _ => None,
    }
}

fn within<'r>(object: &'r ObjectType, names: &[&str]) -> Option<&'r Type> {
    let (first, rest) = names.split_first()?;
    let ty = &object.field(first)?.ty;
    match ty {
        _ if rest.is_empty() => Some(ty),
        Type::Object(inner) => within(inner, rest),
        _ => None,
    }
}

/// The results at an address, in whichever rounds.
fn object_at<'r>(results: &'r ObjectType, at: &[Part]) -> Option<&'r ObjectType> {
    let mut object = results;
    for part in at {
        let Part::Key(name) = part else { continue };
        object = match &object.field(name)?.ty {
            Type::Object(inner) => inner,
            Type::List { item, .. } => match &**item {
                Type::Object(inner) => inner,
                _ => return None,
            },
            _ => return None,
        };
    }
    Some(object)
}

/// A value as people read it.
pub fn text(value: &Value, ty: Option<&Type>, language: Language) -> String {
    match (value, ty) {
        (Value::Null, _) => NONE.into(),
        (Value::Bool(said), _) => yes_or_no(*said, language).into(),
        (Value::Number(number), Some(Type::Integer { money: true, .. })) => {
            number.as_i64().map_or_else(|| number.to_string(), |cents| money(cents, language))
        }
        (Value::Number(number), Some(Type::Documents)) => match language {
            Language::De => format!("Dokument {number}"),
            Language::En => format!("document {number}"),
        },
        (Value::Number(number), _) => number.to_string(),
        (Value::String(id), Some(Type::Choice(choices))) => {
            let choice = choices.iter().find(|choice| *choice.id == **id);
            choice.map_or_else(|| id.clone(), |choice| choice.title.get(language).to_owned())
        }
        (Value::String(period), Some(Type::Text { format: TextFormat::Period, .. })) => {
            Period::parse(period).map_or_else(|_| period.clone(), |period| period.text(language))
        }
        // A text that is exactly a day is one: rules have no other way to say a day.
        (Value::String(text), None | Some(Type::Text { format: TextFormat::Date, .. })) => {
            day(text, language)
        }
        (Value::String(text), _) if text.trim().is_empty() => NONE.into(),
        (Value::String(text), _) => text.clone(),
        (Value::Array(items), _) if items.is_empty() => NONE.into(),
        (Value::Array(items), ty) => {
            let inner = match ty {
                Some(Type::List { item, .. }) => Some(&**item),
                Some(Type::Choices(choices)) => Some(&Type::Choice(choices.clone())),
                Some(Type::Documents) => ty,
                _ => None,
            };
            let entries: Vec<String> =
                items.iter().take(MOST_ENTRIES).map(|item| text(item, inner, language)).collect();
            let more = if items.len() > MOST_ENTRIES { ", …" } else { "" };
            format!("{}{more}", entries.join(", "))
        }
        (Value::Object(fields), Some(Type::Object(object))) => {
            let shown = object.fields.iter().filter_map(|field| {
                let value = fields.get(&*field.name).filter(|value| !value.is_null())?;
                Some(format!("{}: {}", field.title.get(language), text(value, Some(&field.ty), language)))
            });
            shown.collect::<Vec<_>>().join("; ")
        }
        (Value::Object(fields), _) => {
            let shown = fields.iter().map(|(name, value)| format!("{name}: {}", text(value, None, language)));
            shown.collect::<Vec<_>>().join("; ")
        }
    }
}

fn day(text: &str, language: Language) -> String {
    match text.parse::<Date>() {
        Ok(day) if text.len() == 10 => date_text(day, language),
        _ if text.trim().is_empty() => NONE.into(),
        _ => text.into(),
    }
}

pub fn yes_or_no(said: bool, language: Language) -> &'static str {
    match (said, language) {
        (true, Language::De) => "ja",
        (false, Language::De) => "nein",
        (true, Language::En) => "yes",
        (false, Language::En) => "no",
    }
}

/// Cents as `1.234,50 €` or `€1,234.50`.
fn money(cents: i64, language: Language) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (euros, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    match language {
        Language::De => format!("{sign}{},{rest:02} €", grouped(euros, '.')),
        Language::En => format!("{sign}€{}.{rest:02}", grouped(euros, ',')),
    }
}

fn grouped(number: u64, mark: char) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use fachwerk_core::{
        schema::{Choice, Field},
        words::Text,
    };
    use serde_json::json;

    use super::*;
    use crate::test_material::{as_expected, permit};

    #[track_caller]
    fn check(value: Value, ty: Option<&Type>, de: &str, en: &str) {
        assert_eq!(text(&value, ty, Language::De), de);
        assert_eq!(text(&value, ty, Language::En), en);
    }

    fn field(name: &str, de: &str, en: &str, ty: Type) -> Field {
        Field {
            name: name.into(),
            title: Text::new(de, en),
            help: None,
            ty,
            required: false,
            person: false,
            list: false,
            default: None,
        }
    }

    /// What people read of the results, in the order of the process: tasks in blocks, tables, numbers, and nothing else.
    #[test]
    fn results_have_the_titles_of_their_fields() {
        let schema = permit().0.results().to_json_schema(Language::De);
        as_expected("results.json", &(serde_json::to_string_pretty(&schema).expect("it is data") + "\n"));
    }

    #[test]
    fn values_are_read_by_people() {
        let money = Type::Integer { min: None, max: None, money: true };
        let count = Type::Integer { min: None, max: None, money: false };
        let choices: Arc<[Choice]> = [
            Choice { id: "grant".into(), title: Text::new("bewilligen", "grant") },
            Choice { id: "refuse".into(), title: Text::new("ablehnen", "refuse") },
        ]
        .into();
        let period = Type::Text { format: TextFormat::Period, max_length: 60, min_length: 0, pattern: None };
        let line = Type::Text { format: TextFormat::Line, max_length: 60, min_length: 0, pattern: None };
        let list = Type::List { item: Box::new(money.clone()), max: 9, min: 0 };
        let fields = vec![
            field("paid", "Bezahlt", "Paid", Type::Boolean),
            field("fee", "Gebühr", "Fee", money.clone()),
        ];
        let object = Type::Object(ObjectType { fields });

        check(Value::Null, None, "–", "–");
        check(json!(true), None, "ja", "yes");
        check(json!(123_450), Some(&money), "1.234,50 €", "€1,234.50");
        check(json!(-5), Some(&money), "-0,05 €", "-€0.05");
        check(json!(100_000_000), Some(&money), "1.000.000,00 €", "€1,000,000.00");
        check(json!(2026), Some(&count), "2026", "2026");
        check(json!("grant"), Some(&Type::Choice(choices.clone())), "bewilligen", "grant");
        check(json!("other"), Some(&Type::Choice(choices.clone())), "other", "other");
        check(
            json!(["grant", "refuse"]),
            Some(&Type::Choices(choices)),
            "bewilligen, ablehnen",
            "grant, refuse",
        );
        check(json!("4 weeks"), Some(&period), "4 Wochen", "4 weeks");
        check(json!("2026-04-07"), None, "Dienstag, 7. April 2026", "Tuesday, 7 April 2026");
        check(json!("2026-04-07"), Some(&line), "2026-04-07", "2026-04-07");
        check(json!("20260407"), None, "20260407", "20260407");
        check(json!(" "), None, "–", "–");
        check(json!([]), Some(&list), "–", "–");
        check(json!([100, 2]), Some(&list), "1,00 €, 0,02 €", "€1.00, €0.02");
        check(
            json!({ "fee": 1, "paid": false, "x": 1 }),
            Some(&object),
            "Bezahlt: nein; Gebühr: 0,01 €",
            "Paid: no; Fee: €0.01",
        );
        check(json!({ "a": 1, "b": true }), None, "a: 1; b: ja", "a: 1; b: yes");
    }
}
