//! § 193 BGB and its kin: a day on which nothing can end, and the next one on which something can.

use jiff::civil::{Date, Weekday};

use crate::{
    calendar::{Calendar, WorkingDays},
    error::DeadlineError,
    reckoning::plus_days,
    sentence::{Language, Sentence, dates, norm_en, short_date_text},
};

/// Why a day is none on which a period ends, in both languages.
pub(crate) struct Obstacle {
    /// After "dieser Tag ist": "ein Sonnabend", "ein gesetzlicher Feiertag in Hessen (Karfreitag, § 1 HFeiertagsG)".
    pub(crate) is: (String, String),
    /// After the written date, which names the day of the week: nothing, or " (Karfreitag, gesetzlicher Feiertag …)".
    pub(crate) bracket: (String, String),
}

/// What stands in the way of a period that ends on that day; none for a working day.
pub(crate) fn obstacle(date: Date, calendar: &Calendar) -> Option<Obstacle> {
    let weekend = match date.weekday() {
        Weekday::Saturday => Some(("ein Sonnabend", "a Saturday")),
        Weekday::Sunday => Some(("ein Sonntag", "a Sunday")),
        _ => None,
    };
    let Some(holiday) = calendar.holiday(date) else {
        return weekend
            .map(|(de, en)| Obstacle { is: (de.to_owned(), en.to_owned()), bracket: Default::default() });
    };
    let (name, norm) = (&holiday.name, holiday.norm.as_deref());
    let (kind_de, kind_en) = match weekend {
        Some((de, en)) => (format!("{de} und gesetzlicher Feiertag"), format!("{en} and a public holiday")),
        None => ("ein gesetzlicher Feiertag".to_owned(), "a public holiday".to_owned()),
    };
    let after =
        |word: &str, norm: Option<String>| norm.map(|norm| format!("{word}{norm}")).unwrap_or_default();
    let (norm_de, norm_en) = (|| norm.map(str::to_owned), || norm.map(norm_en));
    Some(Obstacle {
        is: (
            format!("{kind_de} {} ({}{})", holiday.where_de, name.de, after(", ", norm_de())),
            format!("{kind_en} {} ({}{})", holiday.where_en, name.en, after(", ", norm_en())),
        ),
        bracket: (
            format!(
                " ({}, gesetzlicher Feiertag {}{})",
                name.de,
                holiday.where_de,
                after(" nach ", norm_de())
            ),
            format!(" ({}, public holiday {}{})", name.en, holiday.where_en, after(" under ", norm_en())),
        ),
    })
}

/// The days after `from` that are passed over, each with its sentence, and the working day on which they stop.
pub(crate) fn next_working_day(
    from: Date,
    calendar: &Calendar,
) -> Result<(Date, Vec<Sentence>), DeadlineError> {
    const MOST_DAYS: usize = 400;
    let mut sentences = Vec::new();
    let mut date = plus_days(from, 1)?;
    for _ in 0..MOST_DAYS {
        let Some(Obstacle { bracket: (why_de, why_en), .. }) = obstacle(date, calendar) else {
            return Ok((date, sentences));
        };
        let (de, en) = dates(date);
        sentences.push(Sentence::plain(
            format!("Auch {de}, scheidet aus{why_de}"),
            format!("{en}, is ruled out as well{why_en}"),
        ));
        date = plus_days(date, 1)?;
    }
    Err(DeadlineError::NoWorkingDay { from })
}

/// Moves the end of a period to the next working day where it must, with a sentence for every day.
pub(crate) fn shifted_end(
    raw_end: Date,
    norm: &str,
    calendar: &Calendar,
) -> Result<(Date, Vec<Sentence>), DeadlineError> {
    let (end, mut sentences) = match obstacle(raw_end, calendar) {
        None => (raw_end, vec![no_shift_needed(calendar)]),
        Some(Obstacle { bracket: (why_de, why_en), .. }) => {
            let (de, en) = dates(raw_end);
            let first = Sentence::cited(
                format!(
                    "Der letzte Tag fällt auf {de}{why_de}; die Frist endet deshalb erst mit Ablauf des nächsten Werktags"
                ),
                format!(
                    "The last day falls on {en}{why_en}; the period therefore ends only with the next working day"
                ),
                norm,
            );
            let (end, passed) = next_working_day(raw_end, calendar)?;
            (end, std::iter::once(first).chain(passed).collect())
        }
    };
    debug_assert!(
        calendar.is_working_day(end, WorkingDays::Arbeitstage),
        "the search stops at a working day"
    );
    sentences.push(ends_on(end));
    sentences.extend(coverage_note(raw_end, calendar));
    Ok((end, sentences))
}

fn no_shift_needed(calendar: &Calendar) -> Sentence {
    Sentence::plain(
        format!(
            "Dieser Tag ist weder Sonnabend noch Sonntag noch gesetzlicher Feiertag {}",
            calendar.where_text(Language::De)
        ),
        format!(
            "That day is neither a Saturday nor a Sunday nor a public holiday {}",
            calendar.where_text(Language::En)
        ),
    )
}

/// "Die Frist endet am Dienstag, 7. April 2026, um 24 Uhr."
pub(crate) fn ends_on(end: Date) -> Sentence {
    let (de, en) = dates(end);
    Sentence::plain(
        format!("Die Frist endet am {de}, um 24 Uhr"),
        format!("The period ends on {en}, at midnight (24:00)"),
    )
}

/// A warning where the holidays are not known completely.
pub(crate) fn coverage_note(date: Date, calendar: &Calendar) -> Option<Sentence> {
    let from = calendar.complete_from();
    (date < from).then(|| {
        Sentence::plain(
            format!(
                "Hinweis: Die Feiertage sind erst ab dem {} vollständig hinterlegt; das Ergebnis ist zu prüfen",
                short_date_text(from, Language::De)
            ),
            format!(
                "Note: the holidays are complete only from {}; the result is to be checked",
                short_date_text(from, Language::En)
            ),
        )
    })
}
