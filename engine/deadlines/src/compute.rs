//! From the begin of a period to its end, with the reasons.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{
    calendar::Calendar,
    error::DeadlineError,
    law::Law,
    period::Period,
    reckoning::{check_date, last_day},
    sentence::{Sentence, dates, ordinal_en},
    shift::{ends_on, shifted_end},
    working_days::last_working_day,
};

/// What a period begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Begin {
    /// With an event in the course of a day; that day does not count (§ 187 Abs. 1 BGB).
    #[default]
    Event,
    /// With the begin of a day, which counts (§ 187 Abs. 2 BGB).
    DayBegin,
}

/// What began the period, for the words of the derivation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// Some event.
    #[default]
    Event,
    /// The notification of an act.
    Notification,
    /// Something else, said with its article: "dem Eingang der Unterlagen", "the receipt of the documents".
    Other {
        /// In the German dative.
        de: String,
        /// In English.
        en: String,
    },
}

impl Occasion {
    fn with_de(&self) -> &str {
        match self {
            Occasion::Event => "dem Ereignis",
            Occasion::Notification => "der Bekanntgabe",
            Occasion::Other { de, .. } => de,
        }
    }

    fn with_en(&self) -> &str {
        match self {
            Occasion::Event => "the event",
            Occasion::Notification => "the notification",
            Occasion::Other { en, .. } => en,
        }
    }

    pub(crate) fn day_de(&self) -> &'static str {
        match self {
            Occasion::Notification => "dem Tag der Bekanntgabe",
            Occasion::Event | Occasion::Other { .. } => "dem Tag des Ereignisses",
        }
    }

    pub(crate) fn day_en(&self) -> &'static str {
        match self {
            Occasion::Notification => "the day of the notification",
            Occasion::Event | Occasion::Other { .. } => "the day of the event",
        }
    }
}

/// What happens when the last day is a Saturday, Sunday or holiday.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shift {
    /// The period ends with the next working day (§ 193 BGB).
    #[default]
    NextWorkingDay,
    /// It ends where it ends.
    None {
        /// Why.
        reason: NoShift,
    },
}

/// Why a period ends on its last day whatever day that is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoShift {
    /// The age of a person (§ 187 Abs. 2 Satz 2 BGB).
    Age,
    /// A period for which an authority pays or performs (§ 31 Abs. 4 VwVfG).
    BenefitPeriod,
    /// An appointment set by an authority (§ 31 Abs. 5 VwVfG).
    Appointment,
    /// A certain day was announced as the end, with reference to the provision (§ 31 Abs. 3 Satz 2 VwVfG).
    AnnouncedDay,
    /// Another reason, in the words of whoever gave it.
    Other(String),
    /// No reason was given.
    Unstated,
}

impl NoShift {
    /// The reasons that laws give, each with its name in data.
    pub const BY_LAW: [(&'static str, NoShift); 4] = [
        ("age", NoShift::Age),
        ("benefit-period", NoShift::BenefitPeriod),
        ("appointment", NoShift::Appointment),
        ("announced-day", NoShift::AnnouncedDay),
    ];
}

/// A question: when does this period end?
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadlineInput {
    /// The day of the event, or the first day.
    pub start: Date,
    /// Which of the two it is.
    #[serde(default)]
    pub begin: Begin,
    /// How long the period is. Hours need a time of day: [`crate::compute_hours`].
    pub period: Period,
    /// What happens at its end.
    #[serde(default)]
    pub shift: Shift,
    /// The law that governs it; it decides what is cited.
    #[serde(default)]
    pub law: Law,
    /// What began it; it decides the words.
    #[serde(default)]
    pub occasion: Occasion,
}

impl DeadlineInput {
    /// A period from an event under the BGB that moves on to the next working day.
    pub fn new(start: Date, period: Period) -> Self {
        Self {
            start,
            begin: Begin::Event,
            period,
            shift: Shift::NextWorkingDay,
            law: Law::Bgb,
            occasion: Occasion::Event,
        }
    }
}

/// The answer. It is complete: it can be read years later without the data it was computed from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// The day of the event, or the first day.
    pub start: Date,
    /// The last day by §§ 187, 188 BGB.
    pub raw_end: Date,
    /// The last day, moved on where it had to be. The period runs until its end (24:00).
    pub end: Date,
    /// Why, sentence by sentence; never empty.
    pub derivation: Vec<Sentence>,
}

/// Computes the end of a period of days, weeks, months, years or working days.
///
/// Periods of working days are counted by their definition; with [`Shift::NextWorkingDay`] a count of Werktage that ends
/// on a Saturday moves on like every other end.
pub fn compute(input: &DeadlineInput, calendar: &Calendar) -> Result<Deadline, DeadlineError> {
    input.period.check()?;
    check_date(input.start)?;
    let (raw_end, reckoned) = match input.period {
        Period::Hours(_) => return Err(DeadlineError::HoursNeedTime),
        Period::WorkingDays { n, definition } => {
            last_working_day(input.start, input.begin, n, definition, calendar)?
        }
        _ => last_day(input)?,
    };
    let mut derivation = Vec::with_capacity(8);
    derivation.push(begins(input));
    derivation.extend(reckoned);
    let (end, closing) = ending(raw_end, &input.shift, Some(input.period), input.law, calendar)?;
    derivation.extend(closing);
    Ok(Deadline { start: input.start, raw_end, end, derivation })
}

/// Where a period ends whose last day is this one, and why. The period itself is not known when only its end was said.
pub(crate) fn ending(
    raw_end: Date,
    shift: &Shift,
    period: Option<Period>,
    law: Law,
    calendar: &Calendar,
) -> Result<(Date, Vec<Sentence>), DeadlineError> {
    let reason = match shift {
        Shift::NextWorkingDay => return shifted_end(raw_end, law.shift_norm(), calendar),
        Shift::None { reason } => reason,
    };
    let mut sentences = Vec::new();
    // Working days are counted by a definition of their own; that they do not move on needs no reason.
    if !matches!((period, reason), (Some(Period::WorkingDays { .. }), NoShift::Unstated)) {
        sentences.push(not_shifted(reason, law)?);
    }
    sentences.push(match (reason, period) {
        (NoShift::Age, Some(Period::Years(years))) => completed_age(years, raw_end),
        _ => ends_on(raw_end),
    });
    Ok((raw_end, sentences))
}

fn begins(input: &DeadlineInput) -> Sentence {
    let (de, en) = dates(input.start);
    let working_days = matches!(input.period, Period::WorkingDays { .. });
    let age = matches!(&input.shift, Shift::None { reason: NoShift::Age });
    match input.begin {
        Begin::Event => Sentence::cited(
            format!("Die Frist beginnt mit {} am {de}; dieser Tag zählt nicht mit", input.occasion.with_de()),
            format!("The period begins with {} on {en}; that day does not count", input.occasion.with_en()),
            &input.law.with_bgb("§ 187 Abs. 1"),
        ),
        Begin::DayBegin if age && !working_days => Sentence::cited(
            format!("Das Lebensalter wird vom Tag der Geburt an berechnet; {de}, zählt mit"),
            format!("An age is reckoned from the day of birth; {en}, counts"),
            &input.law.with_bgb("§ 187 Abs. 2 Satz 2"),
        ),
        Begin::DayBegin => Sentence::cited(
            format!("Die Frist beginnt mit dem Anfang des Tages am {de}; dieser Tag zählt mit"),
            format!("The period begins with the start of the day on {en}; that day counts"),
            &input.law.with_bgb("§ 187 Abs. 2 Satz 1"),
        ),
    }
}

fn completed_age(years: u32, last_day: Date) -> Sentence {
    let ((de, en), year_en) = (dates(last_day), ordinal_en(years));
    Sentence::plain(
        format!("Das {years}. Lebensjahr ist am {de}, um 24 Uhr vollendet"),
        format!("The {year_en} year of life is completed on {en}, at midnight (24:00)"),
    )
}

fn not_shifted(reason: &NoShift, law: Law) -> Result<Sentence, DeadlineError> {
    let norm = law.no_shift_norm(reason).map_err(|()| DeadlineError::NoShiftUnfounded { law: law.code() })?;
    let (why_de, why_en) = match reason {
        NoShift::Age => (
            "Ein Lebensalter ist keine Frist für eine Erklärung oder Leistung",
            "An age is no period for a declaration or performance",
        ),
        NoShift::BenefitPeriod => {
            ("Es geht um einen Zeitraum, für den Leistungen erbracht werden", "This is a period of benefits")
        }
        NoShift::Appointment => ("Es geht um einen Termin", "This is an appointment"),
        NoShift::AnnouncedDay => (
            "Als Ende der Frist wurde ein bestimmter Tag mitgeteilt",
            "A certain day was announced as the end",
        ),
        NoShift::Other(_) | NoShift::Unstated => ("", ""),
    };
    Ok(match (reason, norm) {
        (NoShift::Other(text), _) => Sentence::plain(
            format!("Das Ende verschiebt sich nicht auf den nächsten Werktag (Grund: {text})"),
            format!("The end does not move to the next working day (reason: {text})"),
        ),
        (NoShift::Unstated, _) | (_, None) => Sentence::plain(
            "Das Ende verschiebt sich nicht auf den nächsten Werktag (ohne Angabe eines Grundes)",
            "The end does not move to the next working day (no reason given)",
        ),
        (_, Some(norm)) => Sentence::cited(
            format!("{why_de}; das Ende verschiebt sich nicht auf den nächsten Werktag"),
            format!("{why_en}; the end does not move to the next working day"),
            norm,
        ),
    })
}
