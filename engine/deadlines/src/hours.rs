//! Periods in hours: they run from one instant to another, through nights, weekends and changes of the clock.

use jiff::{Span, ZonedDateTime};

use crate::{
    error::DeadlineError,
    law::Law,
    period::Period,
    reckoning::check_date,
    sentence::{Language, Sentence, date_text},
};

/// A question: when are these hours over?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoursInput {
    /// The instant of the event, in the zone in which people read the answer.
    pub start: ZonedDateTime,
    /// How many hours, 1 to 100,000.
    pub hours: u32,
    /// The law that governs them.
    pub law: Law,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoursDeadline {
    /// The instant of the event.
    pub start: ZonedDateTime,
    /// The instant of the end, in the same zone.
    pub end: ZonedDateTime,
    /// Why, sentence by sentence; never empty.
    pub derivation: Vec<Sentence>,
}

/// Computes the end of a period in hours. Hours have their natural length: they begin with the instant of the event,
/// and Saturdays, Sundays and holidays count (§ 31 Abs. 6 VwVfG). Refused for [`Law::VwGO`], where § 222 Abs. 3 ZPO
/// stops the hours on such days.
pub fn compute_hours(input: &HoursInput) -> Result<HoursDeadline, DeadlineError> {
    let period = Period::Hours(input.hours);
    period.check()?;
    check_date(input.start.date())?;
    if input.law == Law::VwGO {
        return Err(DeadlineError::HoursNotCounted { law: input.law.code() });
    }
    let out_of_range = || DeadlineError::DateOutOfRange { date: input.start.date() };
    let span = Span::new().try_hours(i64::from(input.hours)).map_err(|_| out_of_range())?;
    let end = input.start.checked_add(span).map_err(|_| out_of_range())?;

    let mut derivation = vec![Sentence::plain(
        format!("Die Frist beginnt am {}", instant_text(&input.start, Language::De)),
        format!("The period begins on {}", instant_text(&input.start, Language::En)),
    )];
    let runs_on = (
        format!(
            "Sie beträgt {}; Sonnabende, Sonntage und gesetzliche Feiertage werden mitgerechnet",
            period.text(Language::De)
        ),
        format!("It is {} long; Saturdays, Sundays and public holidays count", period.text(Language::En)),
    );
    derivation.push(match input.law.hours_norm() {
        Some(norm) => Sentence::cited(runs_on.0, runs_on.1, norm),
        None => Sentence::plain(runs_on.0, runs_on.1),
    });
    if input.start.offset() != end.offset() {
        derivation.push(Sentence::plain(
            "In die Frist fällt eine Umstellung der Uhr; gezählt werden die tatsächlich vergangenen Stunden",
            "The clock is changed within the period; the hours that really pass are counted",
        ));
    }
    derivation.push(Sentence::plain(
        format!("Die Frist endet am {}", instant_text(&end, Language::De)),
        format!("The period ends on {}", instant_text(&end, Language::En)),
    ));
    Ok(HoursDeadline { start: input.start.clone(), end, derivation })
}

fn instant_text(instant: &ZonedDateTime, language: Language) -> String {
    let date = date_text(instant.date(), language);
    let (hour, minute) = (instant.hour(), instant.minute());
    match language {
        Language::De => format!("{date}, um {hour}:{minute:02} Uhr"),
        Language::En => format!("{date}, at {hour}:{minute:02}"),
    }
}
