//! §§ 187 and 188 BGB: the last day of a period, before any weekend.

use jiff::{Span, civil::Date};

use crate::{
    compute::{Begin, DeadlineInput},
    error::DeadlineError,
    period::Period,
    sentence::{Language, Sentence, dates, month_text, weekday_text},
};

/// The first and the last day with which periods may begin: the BGB came into force on 1 January 1900.
const EARLIEST: Date = Date::constant(1900, 1, 1);
const LATEST: Date = Date::constant(2999, 12, 31);

pub(crate) fn check_date(date: Date) -> Result<(), DeadlineError> {
    if (EARLIEST..=LATEST).contains(&date) { Ok(()) } else { Err(DeadlineError::DateOutOfRange { date }) }
}

/// A day so many days later.
pub(crate) fn plus_days(date: Date, days: i64) -> Result<Date, DeadlineError> {
    let span = Span::new().try_days(days).map_err(|_| DeadlineError::DateOutOfRange { date })?;
    date.checked_add(span).map_err(|_| DeadlineError::DateOutOfRange { date })
}

/// Where a period by months ends.
enum MonthEnd {
    /// On the day that corresponds.
    Day(Date),
    /// On the last day of the month, because the corresponding day is missing in it (§ 188 Abs. 3 BGB).
    Missing { day: i8, last: Date },
}

/// The last day of a period of so many months.
fn month_end(start: Date, begin: Begin, months: u32) -> Result<MonthEnd, DeadlineError> {
    let out_of_range = || DeadlineError::DateOutOfRange { date: start };
    let index = i64::from(start.year()) * 12 + i64::from(start.month()) - 1 + i64::from(months);
    let year = i16::try_from(index.div_euclid(12)).map_err(|_| out_of_range())?;
    let month = i8::try_from(index.rem_euclid(12) + 1).map_err(|_| out_of_range())?;
    let first = Date::new(year, month, 1).map_err(|_| out_of_range())?;
    let day = match begin {
        Begin::Event => start.day(),
        // The day before the corresponding one (§ 188 Abs. 2 Alt. 2 BGB). Before the first lies the last day of the month
        // before; before the 31st lies the 30th, even in a month without a 31st.
        Begin::DayBegin if start.day() == 1 => {
            return first.yesterday().map(MonthEnd::Day).map_err(|_| out_of_range());
        }
        Begin::DayBegin => start.day() - 1,
    };
    Ok(match Date::new(year, month, day) {
        Ok(date) => MonthEnd::Day(date),
        Err(_) => MonthEnd::Missing { day, last: first.last_of_month() },
    })
}

/// The last day of a period in days, weeks, months or years, and the sentences that lead to it.
pub(crate) fn last_day(input: &DeadlineInput) -> Result<(Date, Vec<Sentence>), DeadlineError> {
    let (start, begin) = (input.start, input.begin);
    match input.period {
        Period::Days(n) => {
            let counted_first = i64::from(begin == Begin::DayBegin);
            let end = plus_days(start, i64::from(n) - counted_first)?;
            Ok((end, vec![by_days(input, end)]))
        }
        Period::Weeks(n) => {
            let counted_first = i64::from(begin == Begin::DayBegin);
            let end = plus_days(start, 7 * i64::from(n) - counted_first)?;
            Ok((end, vec![by_name(input, end)]))
        }
        Period::Months(n) => by_months(input, n),
        Period::Years(n) => by_months(input, n.saturating_mul(12)),
        Period::WorkingDays { .. } | Period::Hours(_) => Err(DeadlineError::HoursNeedTime),
    }
}

fn by_days(input: &DeadlineInput, end: Date) -> Sentence {
    let ((end_de, end_en), (length_de, length_en)) = (dates(end), length(input));
    Sentence::cited(
        format!("Letzter Tag der Frist von {length_de} ist {end_de}"),
        format!("The last day of the period of {length_en} is {end_en}"),
        &input.law.with_bgb("§ 188 Abs. 1"),
    )
}

fn by_name(input: &DeadlineInput, end: Date) -> Sentence {
    let ((end_de, end_en), (length_de, length_en)) = (dates(end), length(input));
    let (name_de, name_en) = (
        weekday_text(input.start.weekday(), Language::De),
        weekday_text(input.start.weekday(), Language::En),
    );
    match input.begin {
        Begin::Event => Sentence::cited(
            format!(
                "Letzter Tag der Frist von {length_de} ist der Tag der letzten Woche, der durch seine Benennung ({name_de}) \
                 {} entspricht: {end_de}",
                input.occasion.day_de()
            ),
            format!(
                "The last day of the period of {length_en} is the day of the last week that by its name ({name_en}) \
                 corresponds to {}: {end_en}",
                input.occasion.day_en()
            ),
            &input.law.with_bgb("§ 188 Abs. 2 Alt. 1"),
        ),
        Begin::DayBegin => Sentence::cited(
            format!(
                "Letzter Tag der Frist von {length_de} ist der Tag der letzten Woche vor demjenigen, der durch seine Benennung \
                 ({name_de}) dem Anfangstag der Frist entspricht: {end_de}"
            ),
            format!(
                "The last day of the period of {length_en} is the day of the last week before the one that by its name \
                 ({name_en}) corresponds to the first day of the period: {end_en}"
            ),
            &input.law.with_bgb("§ 188 Abs. 2 Alt. 2"),
        ),
    }
}

fn by_months(input: &DeadlineInput, months: u32) -> Result<(Date, Vec<Sentence>), DeadlineError> {
    match month_end(input.start, input.begin, months)? {
        MonthEnd::Day(end) => {
            let (de, en) = dates(end);
            Ok((end, vec![by_number(input, ("ist", "is"), (format!(": {de}"), format!(": {en}")))]))
        }
        MonthEnd::Missing { day, last } => {
            let year = last.year();
            let wanted_de = format!(", also der {day}. {} {year}", month_text(last.month(), Language::De));
            let wanted_en = format!(", that is {day} {} {year}", month_text(last.month(), Language::En));
            let (last_de, last_en) = dates(last);
            let missing = Sentence::cited(
                format!(
                    "Diesen Tag gibt es nicht; letzter Tag der Frist ist deshalb der letzte Tag des Monats: {last_de}"
                ),
                format!(
                    "There is no such day; the last day of the period is therefore the last day of the month: {last_en}"
                ),
                &input.law.with_bgb("§ 188 Abs. 3"),
            );
            Ok((last, vec![by_number(input, ("wäre", "would be"), (wanted_de, wanted_en)), missing]))
        }
    }
}

fn by_number(input: &DeadlineInput, is: (&str, &str), end: (String, String)) -> Sentence {
    let (length_de, length_en) = length(input);
    let ((is_de, is_en), (end_de, end_en)) = (is, end);
    match input.begin {
        Begin::Event => Sentence::cited(
            format!(
                "Letzter Tag der Frist von {length_de} {is_de} der Tag des letzten Monats, der durch seine Zahl {} \
                 entspricht{end_de}",
                input.occasion.day_de()
            ),
            format!(
                "The last day of the period of {length_en} {is_en} the day of the last month that by its number corresponds \
                 to {}{end_en}",
                input.occasion.day_en()
            ),
            &input.law.with_bgb("§ 188 Abs. 2 Alt. 1"),
        ),
        Begin::DayBegin => Sentence::cited(
            format!(
                "Letzter Tag der Frist von {length_de} {is_de} der Tag vor demjenigen, der durch seine Zahl dem Anfangstag der \
                 Frist entspricht{end_de}"
            ),
            format!(
                "The last day of the period of {length_en} {is_en} the day before the one that by its number corresponds to \
                 the first day of the period{end_en}"
            ),
            &input.law.with_bgb("§ 188 Abs. 2 Alt. 2"),
        ),
    }
}

fn length(input: &DeadlineInput) -> (String, String) {
    (input.period.dative_de(), input.period.spoken_en())
}
