//! What lies around the end of a period: the days on which people are warned of it, and the days for which it is waited
//! for what came in time and is registered later. Neither makes a period longer or shorter.

use jiff::{Span, civil::Date};

use crate::{
    calendar::Calendar,
    compute::{Begin, DeadlineInput},
    error::DeadlineError,
    period::Period,
    reckoning::{check_date, last_day, plus_days},
    sentence::{Language, Sentence, dates},
    working_days::last_working_day,
};

/// The last day of the grace after the end of a period, and what the derivation says of it.
pub fn grace(end: Date, period: Period, calendar: &Calendar) -> Result<(Date, Sentence), DeadlineError> {
    period.check()?;
    check_date(end)?;
    let (last, _) = match period {
        Period::Hours(_) => return Err(DeadlineError::HoursNeedTime),
        Period::WorkingDays { n, definition } => {
            last_working_day(end, Begin::Event, n, definition, calendar)?
        }
        _ => last_day(&DeadlineInput::new(end, period))?,
    };
    let (de, en) = dates(last);
    let sentence = Sentence::plain(
        format!(
            "Bis zum {de}, wird abgewartet, ob noch etwas erfasst wird, das rechtzeitig eingegangen ist ({}); die Frist wird dadurch nicht länger",
            period.text(Language::De)
        ),
        format!(
            "Until {en}, it is waited for what came in time and is registered later ({}); the period does not become longer by that",
            period.text(Language::En)
        ),
    );
    Ok((last, sentence))
}

/// The day so long before a day; of months and years the day of the same number, or the last one of a shorter month.
pub fn days_before(end: Date, period: Period, calendar: &Calendar) -> Result<Date, DeadlineError> {
    const MOST_DAYS: u32 = 20_000;
    period.check()?;
    check_date(end)?;
    let out_of_range = || DeadlineError::DateOutOfRange { date: end };
    let back = |span: Result<Span, jiff::Error>| {
        span.ok().and_then(|span| end.checked_sub(span).ok()).ok_or_else(out_of_range)
    };
    let span = Span::new();
    match period {
        Period::Hours(_) => Err(DeadlineError::HoursNeedTime),
        Period::Days(n) => back(span.try_days(i64::from(n))),
        Period::Weeks(n) => back(span.try_weeks(i64::from(n))),
        Period::Months(n) => back(span.try_months(i64::from(n))),
        Period::Years(n) => back(span.try_years(i64::from(n))),
        Period::WorkingDays { n, definition } => {
            let (mut left, mut day) = (n, end);
            for _ in 0..MOST_DAYS {
                day = plus_days(day, -1)?;
                left -= u32::from(calendar.is_working_day(day, definition));
                if left == 0 {
                    return Ok(day);
                }
            }
            Err(DeadlineError::NoWorkingDay { from: end })
        }
    }
}
