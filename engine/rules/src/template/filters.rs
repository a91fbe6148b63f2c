//! Filters for German administration: dates, periods, money, numbers, a default that also covers
//! null.

use fachwerk_deadlines::Period;
use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, Value};

use crate::table::date_parts;
use crate::template::Lang;
use crate::template::error::Fault;

pub(super) fn register(environment: &mut Environment<'static>, lang: Lang) {
    environment.add_filter("date", move |value: Value, style: Option<String>| {
        let text = value.as_str().ok_or(Fault::NoDate)?;
        let short = match style.as_deref() {
            None | Some("long") => false,
            Some("short") => true,
            Some(_) => return Err(Error::from(Fault::NoDateStyle)),
        };
        let written = if short { short_date(text, lang) } else { date_text(text, lang) };
        written.ok_or_else(|| Fault::NoDate.into())
    });
    environment.add_filter("money", move |value: Value| {
        whole(&value).map(|cents| money_text(cents, lang)).ok_or_else(|| Error::from(Fault::NoMoney))
    });
    environment.add_filter("number", move |value: Value| {
        whole(&value).map(|number| number_text(number, lang)).ok_or_else(|| Error::from(Fault::NoNumber))
    });
    environment.add_filter("period", move |value: Value, style: Option<String>| {
        let period = value.as_str().and_then(|text| Period::parse(text).ok()).ok_or(Fault::NoPeriod)?;
        match style.as_deref() {
            None => Ok(period.text(lang.into())),
            Some("within") => Ok(period.after_preposition(lang.into())),
            Some(_) => Err(Error::from(Fault::NoPeriodStyle)),
        }
    });
    environment.add_filter("join", move |list: Value, between: Option<String>, named: Kwargs| {
        let attribute: Option<String> = named.get("attribute")?;
        named.assert_all_used()?;
        let mut joined = String::new();
        for (index, mut item) in list.try_iter()?.enumerate() {
            if let Some(attribute) = &attribute {
                item = item.get_attr(attribute)?;
            }
            if index > 0 {
                joined.push_str(between.as_deref().unwrap_or_default());
            }
            // The whole is escaped when it is written.
            joined.push_str(&plain_text(&item, lang).ok_or(Fault::NullElement)??);
        }
        Ok::<_, Error>(joined)
    });
    let default = |value: Value, instead: Rest<Value>| {
        if matches!(value.kind(), ValueKind::Undefined | ValueKind::None) {
            instead.0.into_iter().next().ok_or_else(|| Error::from(Fault::NoDefault))
        } else {
            Ok(value)
        }
    };
    environment.add_filter("default", default);
    environment.add_filter("d", default);
}

fn whole(value: &Value) -> Option<i64> {
    // Neither text nor true counts as a number.
    (value.kind() == ValueKind::Number && value.is_integer()).then(|| value.as_i64()).flatten()
}

const MONTHS_DE: [&str; 12] = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Year, month and day of an ISO date or of the date of an ISO date and time.
fn parts(text: &str) -> Option<(u16, u8, u8)> {
    let date = text.split_once('T').map_or(text, |(date, _)| date);
    date_parts(date)
}

/// `2026-03-02` as `2. März 2026` (DIN 5008) or `2 March 2026`.
pub fn date_text(iso: &str, lang: Lang) -> Option<String> {
    let (year, month, day) = parts(iso)?;
    let index = usize::from(month) - 1;
    Some(match lang {
        Lang::De => format!("{day}. {} {year}", MONTHS_DE[index]),
        Lang::En => format!("{day} {} {year}", MONTHS_EN[index]),
    })
}

/// `2026-03-02` as `02.03.2026` or `02/03/2026`.
fn short_date(iso: &str, lang: Lang) -> Option<String> {
    let (year, month, day) = parts(iso)?;
    let mark = if lang == Lang::De { '.' } else { '/' };
    Some(format!("{day:02}{mark}{month:02}{mark}{year:04}"))
}

/// Cents as `1.234,50 €` or `€1,234.50`.
pub fn money_text(cents: i64, lang: Lang) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let (euros, rest) = (cents.unsigned_abs() / 100, cents.unsigned_abs() % 100);
    match lang {
        Lang::De => format!("{sign}{},{rest:02} €", grouped(euros, '.')),
        Lang::En => format!("{sign}€{}.{rest:02}", grouped(euros, ',')),
    }
}

/// `1234567` as `1.234.567` or `1,234,567`.
pub fn number_text(number: i64, lang: Lang) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let mark = if lang == Lang::De { '.' } else { ',' };
    format!("{sign}{}", grouped(number.unsigned_abs(), mark))
}

fn grouped(number: u64, mark: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

/// A single value as it stands in a letter, without escapes; `None` if it is missing.
pub(super) fn plain_text(value: &Value, lang: Lang) -> Option<Result<String, Fault>> {
    Some(Ok(match value.kind() {
        ValueKind::Undefined | ValueKind::None => return None,
        ValueKind::Bool => match (lang, value.is_true()) {
            (Lang::De, true) => "ja".to_string(),
            (Lang::De, false) => "nein".to_string(),
            (Lang::En, true) => "yes".to_string(),
            (Lang::En, false) => "no".to_string(),
        },
        ValueKind::Number if value.is_integer() => value.to_string(),
        ValueKind::Number => decimal_text(&value.to_string(), lang),
        ValueKind::String => value.as_str().unwrap_or_default().to_string(),
        _ => return Some(Err(Fault::NotText)),
    }))
}

/// A fractional number with the decimal mark of the language.
fn decimal_text(number: &str, lang: Lang) -> String {
    match lang {
        Lang::De => number.replace('.', ","),
        Lang::En => number.to_string(),
    }
}
