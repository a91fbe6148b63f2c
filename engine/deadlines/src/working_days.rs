//! Counting working days one by one.

use jiff::civil::Date;

use crate::{
    calendar::{Calendar, WorkingDays},
    compute::Begin,
    error::DeadlineError,
    period::Period,
    reckoning::plus_days,
    sentence::{Language, Sentence, dates},
    shift::{coverage_note, obstacle},
};

/// How many passed-over holidays get a sentence of their own; a longer list would hide the result.
const MOST_NAMED: usize = 12;

/// The last of `n` working days. With [`Begin::Event`] counting starts after `start`, with [`Begin::DayBegin`] on it.
pub(crate) fn last_working_day(
    start: Date,
    begin: Begin,
    n: u32,
    definition: WorkingDays,
    calendar: &Calendar,
) -> Result<(Date, Vec<Sentence>), DeadlineError> {
    // Extra holidays cannot stop the count for ever: a year without a single working day ends it.
    const MOST_DAYS_BETWEEN: u32 = 400;
    let (mut counted, mut passed, mut holidays) = (0, 0, Vec::new());
    let mut date = if begin == Begin::DayBegin { start } else { plus_days(start, 1)? };
    loop {
        if calendar.is_working_day(date, definition) {
            (counted, passed) = (counted + 1, 0);
            if counted == n {
                break;
            }
        } else {
            passed += 1;
            // A holiday on a day of rest changes nothing and needs no word.
            if definition.includes_day(date) {
                holidays.push(date);
            }
            if passed > MOST_DAYS_BETWEEN {
                return Err(DeadlineError::NoWorkingDay { from: start });
            }
        }
        date = plus_days(date, 1)?;
    }
    let mut sentences = vec![what_counts(Period::WorkingDays { n, definition }, definition, calendar)];
    sentences.extend(named(&holidays, calendar));
    let (de, en) = dates(date);
    sentences.push(Sentence::plain(
        format!("Der letzte gezählte Tag ist {de}"),
        format!("The last day counted is {en}"),
    ));
    sentences.extend(coverage_note(start, calendar));
    Ok((date, sentences))
}

fn what_counts(period: Period, definition: WorkingDays, calendar: &Calendar) -> Sentence {
    let (days_de, days_en) = match definition {
        WorkingDays::Werktage => (period.text(Language::De), format!("{} Werktage", period.count())),
        WorkingDays::Arbeitstage => (period.text(Language::De), period.text(Language::En)),
    };
    Sentence::plain(
        format!(
            "Zu zählen: {days_de} ({} ohne gesetzliche Feiertage {})",
            definition.week_text(Language::De),
            calendar.where_text(Language::De)
        ),
        format!(
            "To be counted: {days_en} ({} without public holidays {})",
            definition.week_text(Language::En),
            calendar.where_text(Language::En)
        ),
    )
}

fn named(holidays: &[Date], calendar: &Calendar) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = holidays
        .iter()
        .take(MOST_NAMED)
        .filter_map(|date| {
            let ((de, en), (why_de, why_en)) = (dates(*date), obstacle(*date, calendar)?.bracket);
            Some(Sentence::plain(
                format!("{de}{why_de}, zählt nicht"),
                format!("{en}{why_en}, does not count"),
            ))
        })
        .collect();
    if holidays.len() > MOST_NAMED {
        let more = holidays.len() - MOST_NAMED;
        sentences.push(Sentence::plain(
            format!("Weitere {more} gesetzliche Feiertage zählen nicht"),
            format!("{more} more public holidays do not count"),
        ));
    }
    sentences
}
