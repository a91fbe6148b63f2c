//! What becomes of a period that was extended (§ 31 Abs. 7 VwVfG, § 190 BGB) or did not run for a while (§ 209 BGB).
//!
//! The old derivation stays; what was decided is added to it, with when, why and the norm.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{Calendar, WorkingDays},
    compute::{Begin, Deadline, DeadlineInput, Occasion, Shift, compute, ending},
    error::DeadlineError,
    hours::{HoursDeadline, HoursInput, compute_hours},
    law::Law,
    period::Period,
    reckoning::{check_date, plus_days},
    sentence::{Language, Sentence, dates, norm_en},
    working_days::last_working_day,
};

/// What was decided about a period, in the words of its derivation. By whom, tells the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// On which day.
    pub on: Date,
    /// Why.
    pub reason: String,
    /// On which norm it rests; none: what the law of the period says, if it says something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<String>,
}

impl Decided {
    /// "(entschieden am Montag, 2. März 2026; Grund: „…“)", with the norm behind it.
    fn says(&self, de: String, en: String, usual: Option<&str>) -> Sentence {
        let (on_de, on_en) = dates(self.on);
        let reason = self.reason.trim();
        let de = format!("{de} (entschieden am {on_de}; Grund: „{reason}“)");
        let en = format!("{en} (decided on {on_en}; reason: “{reason}”)");
        let own = self.norm.as_deref().map(str::trim).filter(|norm| !norm.is_empty());
        match own.or(usual) {
            Some(norm) => Sentence::cited(de, en, norm),
            None => Sentence::plain(de, en),
        }
    }
}

/// How the end of a period moves on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extension {
    /// By a period that begins when the old one has run out (§ 190 BGB).
    By(Period),
    /// To this day; it moves on like every other end.
    Until(Date),
}

/// By what a period is reckoned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What it began with: whether its first day counts, and can be given back.
    pub begin: Begin,
    /// What happens at its end.
    pub shift: Shift,
    /// The law that governs it.
    pub law: Law,
    /// Which days count, when it is a period in working days; none: every day counts.
    pub working_days: Option<WorkingDays>,
}

/// A period that was extended. Its new end must lie after the old one.
pub fn extend(
    old: &Deadline,
    extension: Extension,
    terms: &Terms,
    decided: &Decided,
    calendar: &Calendar,
) -> Result<Deadline, DeadlineError> {
    let Terms { shift, law, .. } = terms;
    let mut derivation = old.derivation.clone();
    let (raw_end, end, reckoned) = match extension {
        Extension::By(period) => {
            derivation.push(decided.says(
                format!("Die Frist wurde um {} verlängert", period.text(Language::De)),
                format!("The period was extended by {}", period.text(Language::En)),
                law.extension_norm(),
            ));
            derivation.push(Sentence::cited(
                "Die neue Frist wird vom Ablauf der bisherigen an berechnet",
                "The new period is reckoned from the end of the old one",
                "§ 190 BGB",
            ));
            let occasion = Occasion::Other {
                de: "dem Ablauf der bisherigen Frist".into(),
                en: "the end of the old period".into(),
            };
            let input = DeadlineInput {
                shift: shift.clone(),
                law: *law,
                occasion,
                ..DeadlineInput::new(old.end, period)
            };
            let found = compute(&input, calendar)?;
            (found.raw_end, found.end, found.derivation)
        }
        Extension::Until(day) => {
            check_date(day)?;
            let (de, en) = dates(day);
            derivation.push(decided.says(
                format!("Die Frist wurde bis zum {de}, verlängert"),
                format!("The period was extended until {en}"),
                law.extension_norm(),
            ));
            let (end, reckoned) = ending(day, shift, None, *law, calendar)?;
            (day, end, reckoned)
        }
    };
    if raw_end <= old.end {
        return Err(DeadlineError::EndNotLater { end: raw_end, old: old.end });
    }
    derivation.extend(reckoned);
    Ok(Deadline { start: old.start, raw_end, end, derivation })
}

/// A period in hours that was extended by more hours, from its end on.
pub fn extend_hours(
    old: &HoursDeadline,
    hours: u32,
    law: Law,
    decided: &Decided,
) -> Result<HoursDeadline, DeadlineError> {
    let more = compute_hours(&HoursInput { start: old.end.clone(), hours, law })?;
    let mut derivation = old.derivation.clone();
    let period = Period::Hours(hours);
    derivation.push(decided.says(
        format!("Die Frist wurde um {} verlängert", period.text(Language::De)),
        format!("The period was extended by {}", period.text(Language::En)),
        law.extension_norm(),
    ));
    derivation.extend(more.derivation);
    Ok(HoursDeadline { start: old.start.clone(), end: more.end, derivation })
}

/// A period that was missed and may be kept until a day after all: by restoration (Wiedereinsetzung), or because the
/// authority extends it though it is over (§ 31 Abs. 7 Satz 2 VwVfG). The day stands; it was reckoned by its own rules.
pub fn reinstated(old: &Deadline, until: Date, restored: bool, decided: &Decided) -> Deadline {
    let (de, en) = dates(until);
    let (what_de, what_en) = match restored {
        true => (
            format!(
                "Wegen der Versäumung ist Wiedereinsetzung gewährt; was bis zum {de}, nachgeholt ist, gilt als rechtzeitig"
            ),
            format!("Restoration was granted; what is made up for by {en} counts as in time"),
        ),
        false => (
            format!("Die Frist wurde nach ihrem Ablauf rückwirkend bis zum {de}, verlängert"),
            format!("The period was extended after its end until {en}"),
        ),
    };
    let mut derivation = old.derivation.clone();
    derivation.push(decided.says(what_de, what_en, None));
    let (raw_end, end) = if until > old.end { (until, until) } else { (old.raw_end, old.end) };
    Deadline { start: old.start, raw_end, end, derivation }
}

/// The sentence on a period that does not run from a day on.
pub fn suspended(since: Date, decided: &Decided) -> Sentence {
    let (de, en) = dates(since);
    decided.says(format!("Die Frist ruht seit {de}"), format!("The period does not run since {en}"), None)
}

/// A period that runs again: the days from `since` to `until`, both of them, are not counted (§ 209 BGB); of a period in
/// working days, its working days among them. `old` is the period as it ran before.
pub fn resume(
    old: &Deadline,
    (since, until): (Date, Date),
    terms: &Terms,
    decided: &Decided,
    calendar: &Calendar,
) -> Result<Deadline, DeadlineError> {
    check_date(since)?;
    check_date(until)?;
    if until < since {
        return Err(DeadlineError::ResumedTooEarly { since, until });
    }
    // The day of the event does not count anyway, so nothing is to be given back for it.
    let first = since.max(match terms.begin {
        Begin::Event => plus_days(old.start, 1)?,
        Begin::DayBegin => old.start,
    });
    // Whoever stops a period that only waits for the next working day stops it at its end.
    let base = if since > old.raw_end { old.end } else { old.raw_end };
    let left_out = left_out((first, until), terms.working_days, calendar)?;
    let (raw_end, counted) = later(base, left_out, calendar)?;
    let ((until_de, until_en), (first_de, first_en)) = (dates(until), dates(first));
    let ((base_de, base_en), (raw_de, raw_en)) = (dates(base), dates(raw_end));
    let (days_de, days_en) = (left_out.text(Language::De), left_out.text(Language::En));
    let mut derivation = old.derivation.clone();
    derivation.push(decided.says(
        format!("Mit Ablauf des Tages {until_de}, läuft die Frist weiter"),
        format!("With the end of {until_en}, the period runs on"),
        None,
    ));
    if until >= first {
        derivation.push(Sentence {
            de: format!(
                "Vom {first_de}, bis zum {until_de}, den ersten und den letzten Tag mitgezählt, sind es {days_de}; sie werden in die Frist nicht eingerechnet (entsprechend § 209 BGB)."
            ),
            en: format!(
                "From {first_en}, to {until_en}, the first and the last day included, it is {days_en}; they are not counted into the period ({} by analogy).",
                norm_en("§ 209 BGB")
            ),
            norm: Some("§ 209 BGB".to_owned()),
        });
    }
    derivation.extend(counted);
    derivation.push(Sentence::plain(
        format!("Der letzte Tag der Frist, bisher {base_de}, ist damit {raw_de}"),
        format!("The last day of the period, so far {base_en}, is therefore {raw_en}"),
    ));
    let (end, reckoned) = ending(raw_end, &terms.shift, None, terms.law, calendar)?;
    derivation.extend(reckoned);
    Ok(Deadline { start: old.start, raw_end, end, derivation })
}

/// How much of a period in days or working days lies in these days, both of them included.
fn left_out(
    (first, until): (Date, Date),
    working_days: Option<WorkingDays>,
    calendar: &Calendar,
) -> Result<Period, DeadlineError> {
    let Some(definition) = working_days else {
        let days = i64::from((until - first).get_days()) + 1;
        return Ok(Period::Days(u32::try_from(days).unwrap_or(0)));
    };
    let (mut n, mut day) = (0, first);
    while day <= until {
        n += u32::from(calendar.is_working_day(day, definition));
        day = plus_days(day, 1)?;
    }
    Ok(Period::WorkingDays { n, definition })
}

/// The day by so much later, and what is to be said of how it was counted.
fn later(base: Date, by: Period, calendar: &Calendar) -> Result<(Date, Vec<Sentence>), DeadlineError> {
    match by {
        Period::WorkingDays { n, definition } if n > 0 => {
            last_working_day(base, Begin::Event, n, definition, calendar)
        }
        Period::Days(days) => Ok((plus_days(base, i64::from(days))?, Vec::new())),
        _ => Ok((base, Vec::new())),
    }
}
