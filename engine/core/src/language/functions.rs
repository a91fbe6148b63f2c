//! The functions about days and amounts that rules may call, besides those that every sandbox has.
//!
//! A day is a text, `2026-03-02`, as in the data. These are plain calendar arithmetic; a deadline with legal
//! consequence is never computed in a rule but set by a `deadline`, which writes down why.

use std::sync::LazyLock;

use fachwerk_deadlines::{Language, Period};
use fachwerk_rules::{
    Lang, RuleCode, RuleError, Sandbox, Text, money_text,
    rhai::{EvalAltResult, ImmutableString},
};
use jiff::Span;

use crate::words::{Date, letter_day};

/// The one sandbox in which the rules of all processes are compiled.
pub fn sandbox() -> &'static Sandbox {
    static SANDBOX: LazyLock<Sandbox> = LazyLock::new(|| {
        Sandbox::builder()
            .register(|engine| {
                engine.register_fn("add_period", add_period);
                engine.register_fn("subtract_period", subtract_period);
                engine.register_fn("days_between", days_between);
                engine.register_fn("date_text", date_text);
                engine.register_fn("period_text", period_text);
                engine.register_fn("money_text", |cents: i64| {
                    ImmutableString::from(money_text(cents, Lang::De))
                });
                engine
                    .register_fn("year", |day: ImmutableString| parse(&day).map(|day| i64::from(day.year())));
                engine.register_fn("month", |day: ImmutableString| {
                    parse(&day).map(|day| i64::from(day.month()))
                });
                engine.register_fn("weekday", |day: ImmutableString| {
                    parse(&day).map(|day| i64::from(day.weekday().to_monday_one_offset()))
                });
            })
            .build()
    });
    &SANDBOX
}

type Said<T> = Result<T, Box<EvalAltResult>>;

fn wrong(de: impl Into<String>, en: impl Into<String>) -> Box<EvalAltResult> {
    RuleError::new(RuleCode::Other, Text::new(en, de)).into()
}

fn out_of_range() -> Box<EvalAltResult> {
    wrong("der Tag liegt außerhalb des Kalenders", "the day lies outside the calendar")
}

fn parse(day: &str) -> Said<Date> {
    day.parse().map_err(|_| {
        wrong(format!("\"{day}\" ist kein Tag (2026-03-02)"), format!("\"{day}\" is not a day (2026-03-02)"))
    })
}

fn span(period: &str) -> Said<Span> {
    let period =
        Period::parse(period).map_err(|error| wrong(error.text(Language::De), error.text(Language::En)))?;
    let count = i64::from(period.count());
    let span = match period {
        Period::Days(_) => Span::new().try_days(count),
        Period::Weeks(_) => Span::new().try_weeks(count),
        Period::Months(_) => Span::new().try_months(count),
        Period::Years(_) => Span::new().try_years(count),
        Period::WorkingDays { .. } | Period::Hours(_) => {
            return Err(wrong(
                "Arbeitstage und Stunden lassen sich in einer Regel nicht addieren; dafür ist eine Frist da",
                "working days and hours cannot be added in a rule; set a `deadline`",
            ));
        }
    };
    span.map_err(|_| out_of_range())
}

/// The day that lies a period later; none where rules cannot add it.
pub fn later(day: Date, period: &str) -> Option<Date> {
    day.checked_add(span(period).ok()?).ok()
}

/// `add_period("2026-01-31", "1 month")` is "2026-02-28".
fn add_period(day: ImmutableString, period: ImmutableString) -> Said<ImmutableString> {
    let sum = parse(&day)?.checked_add(span(&period)?).map_err(|_| out_of_range())?;
    Ok(sum.to_string().into())
}

/// `subtract_period("2026-03-31", "1 month")` is "2026-02-28".
fn subtract_period(day: ImmutableString, period: ImmutableString) -> Said<ImmutableString> {
    let difference = parse(&day)?.checked_sub(span(&period)?).map_err(|_| out_of_range())?;
    Ok(difference.to_string().into())
}

/// `date_text("2026-03-02")` is "2. März 2026", as letters write it.
fn date_text(day: ImmutableString) -> Said<ImmutableString> {
    Ok(letter_day(parse(&day)?).into())
}

/// `period_text("4 weeks")` is "4 Wochen", as letters write it.
fn period_text(period: ImmutableString) -> Said<ImmutableString> {
    let period =
        Period::parse(&period).map_err(|error| wrong(error.text(Language::De), error.text(Language::En)))?;
    Ok(period.text(Language::De).into())
}

/// `days_between("2026-03-02", "2026-03-06")` is 4; negative when the second day is the earlier one.
fn days_between(from: ImmutableString, to: ImmutableString) -> Said<i64> {
    let (from, to) = (parse(&from)?, parse(&to)?);
    let span = from.until(to).map_err(|_| out_of_range())?;
    Ok(i64::from(span.get_days()))
}
