//! One question and its answer.

use std::{collections::HashMap, sync::LazyLock};

use jiff::{civil::Date, tz::TimeZone};
use serde_json::Value;

use super::{
    Answer,
    fields::{ElementError, Fields, needed},
};
use crate::{
    calendar::{Calendar, WorkingDays},
    change::{Decided, Extension, Terms, extend},
    compute::{Begin, Deadline, DeadlineInput, NoShift, Occasion, Shift, compute},
    holidays::HolidayLaw,
    hours::{HoursInput, compute_hours},
    land::{Land, Place},
    law::Law,
    nearest::nearest,
    notification::{NotificationLaw, NotificationRules, Way},
    notify::{DocumentKind, NotificationInput, notify_by},
    period::Period,
    sentence::{Language, Sentence},
};

/// The zone in which a time of day is meant: German authorities have one.
static ZONE: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::get("Europe/Berlin").expect("the zone is compiled in"));

/// What a question can ask.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Notification,
    Workdays,
}

/// An answer before it is put into words.
struct Dates {
    notified_on: Option<Date>,
    raw_end: String,
    deadline: String,
    derivation: Vec<Sentence>,
}

/// Answers question after question and keeps the calendars that it has built.
pub(super) struct Desk<'a> {
    language: Language,
    holidays: &'a HolidayLaw,
    rules: &'a NotificationRules,
    /// At most one for each valid place and set of categories.
    calendars: HashMap<(String, Vec<String>), Calendar>,
}

impl<'a> Desk<'a> {
    pub(super) fn new(language: Language, holidays: &'a HolidayLaw, rules: &'a NotificationRules) -> Self {
        Self { language, holidays, rules, calendars: HashMap::new() }
    }

    pub(super) fn answer(&mut self, element: &Value) -> Answer {
        let id = element.get("id").filter(|id| id.is_string() || id.is_number()).cloned();
        match self.dates(element, id.is_some()) {
            Ok(dates) => Answer::Computed {
                id: id.unwrap_or(Value::Null),
                notified_on: dates.notified_on,
                raw_end: dates.raw_end,
                deadline: dates.deadline,
                derivation: dates.derivation.iter().map(|it| it.text(self.language).to_owned()).collect(),
            },
            Err(error) => Answer::Failed { id: id.unwrap_or(Value::Null), error: error.text(self.language) },
        }
    }

    fn dates(&mut self, element: &Value, has_id: bool) -> Result<Dates, ElementError> {
        let map = element.as_object().ok_or(ElementError::NotAnObject)?;
        let fields = Fields::new(map)?;
        if !has_id {
            return Err(ElementError::MissingId);
        }
        let calendar = self.calendar(&fields)?;
        match fields.word("kind", &[("notification", Kind::Notification), ("workdays", Kind::Workdays)])? {
            None => period(&fields, &calendar),
            Some(Kind::Notification) => notification(&fields, &calendar, self.rules),
            Some(Kind::Workdays) => workdays(&fields, &calendar),
        }
    }

    fn calendar(&mut self, fields: &Fields<'_>) -> Result<Calendar, ElementError> {
        let land = needed("land", fields.text("land")?)?;
        let mut categories: Vec<String> =
            fields.texts("extra_categories")?.into_iter().map(str::to_owned).collect();
        categories.sort();
        categories.dedup();
        let key = (land.to_owned(), categories);
        if let Some(calendar) = self.calendars.get(&key) {
            return Ok(calendar.clone());
        }
        let mut place = match self.holidays.place(land) {
            Some(place) => place,
            None => Place::land(self.land(land)?),
        };
        place.categories.extend(key.1.iter().cloned());
        let calendar = self.holidays.calendar(&place)?;
        self.calendars.insert(key, calendar.clone());
        Ok(calendar)
    }

    fn land(&self, text: &str) -> Result<Land, ElementError> {
        text.parse().map_err(|_| {
            let known =
                Land::ALL.iter().flat_map(|land| [land.code(), land.name()]).chain(self.holidays.places());
            crate::DeadlineError::UnknownLand {
                text: super::fields::cut(text),
                suggestion: nearest(text, known).map(str::to_owned),
            }
            .into()
        })
    }
}

fn begin(fields: &Fields<'_>) -> Result<Begin, ElementError> {
    Ok(fields.word("mode", &[("event", Begin::Event), ("daybegin", Begin::DayBegin)])?.unwrap_or_default())
}

fn shift(fields: &Fields<'_>, default: bool) -> Result<Shift, ElementError> {
    let moves = fields.flag("shift")?;
    let reason = fields.text("noshift_reason")?.map(str::trim).filter(|reason| !reason.is_empty());
    match (moves.unwrap_or(default), reason) {
        (true, None) => Ok(Shift::NextWorkingDay),
        (true, Some(_)) => Err(ElementError::ReasonWithoutNoShift),
        (false, None) => Ok(Shift::None { reason: NoShift::Unstated }),
        (false, Some("Altersberechnung")) => Ok(Shift::None { reason: NoShift::Age }),
        (false, Some(text)) => Ok(Shift::None { reason: NoShift::Other(super::fields::cut(text)) }),
    }
}

/// Every field about an extension.
const EXTENSION: [&str; 4] = ["extended_by", "extended_until", "extended_on", "extension_reason"];

/// A period, extended when that is said.
fn run(fields: &Fields<'_>, input: &DeadlineInput, calendar: &Calendar) -> Result<Deadline, ElementError> {
    let deadline = compute(input, calendar)?;
    let extension = match (fields.text("extended_by")?, fields.date("extended_until")?) {
        (Some(_), Some(_)) => return Err(ElementError::TwoExtensions),
        (Some(period), None) => Extension::By(Period::parse(period)?),
        (None, Some(day)) => Extension::Until(day),
        (None, None) => {
            fields.refuse(
                ("einer Frist, die nicht verlängert ist", "a period that is not extended"),
                &EXTENSION,
            )?;
            return Ok(deadline);
        }
    };
    let terms = Terms {
        begin: input.begin,
        shift: input.shift.clone(),
        law: input.law,
        working_days: match input.period {
            Period::WorkingDays { definition, .. } => Some(definition),
            _ => None,
        },
    };
    let reason = needed("extension_reason", fields.text("extension_reason")?)?;
    let decided = Decided {
        on: needed("extended_on", fields.date("extended_on")?)?,
        reason: super::fields::cut(reason),
        norm: None,
    };
    Ok(extend(&deadline, extension, &terms, &decided, calendar)?)
}

fn period(fields: &Fields<'_>, calendar: &Calendar) -> Result<Dates, ElementError> {
    fields.refuse(
        ("einer einfachen Frist", "a plain period"),
        &["fiction_days", "actual_receipt", "named_day", "way", "n", "definition"],
    )?;
    let period = Period::parse(needed("period", fields.text("period")?)?)?;
    let law = fields.word("regime", &Law::ALL.map(|law| (law.code(), law)))?.unwrap_or_default();
    if let (Period::Hours(hours), Some(start)) = (period, fields.date_time("start")?) {
        fields.refuse(
            ("einer Frist nach Stunden", "a period in hours"),
            &["mode", "shift", "noshift_reason"],
        )?;
        fields.refuse(("einer Frist nach Stunden", "a period in hours"), &EXTENSION)?;
        let start = start
            .to_zoned_datetime(ZONE.clone())
            .map_err(|_| ElementError::InvalidDate { field: "start", text: start.to_string() })?;
        let answer = compute_hours(&HoursInput { start, hours, law })?;
        let end = answer.end.datetime().strftime("%Y-%m-%dT%H:%M").to_string();
        return Ok(Dates {
            notified_on: None,
            raw_end: end.clone(),
            deadline: end,
            derivation: answer.derivation,
        });
    }
    let input = DeadlineInput {
        start: needed("start", fields.date("start")?)?,
        begin: begin(fields)?,
        period,
        shift: shift(fields, true)?,
        law,
        occasion: Occasion::Event,
    };
    let deadline = run(fields, &input, calendar)?;
    Ok(Dates {
        notified_on: None,
        raw_end: deadline.raw_end.to_string(),
        deadline: deadline.end.to_string(),
        derivation: deadline.derivation,
    })
}

fn notification(
    fields: &Fields<'_>,
    calendar: &Calendar,
    rules: &NotificationRules,
) -> Result<Dates, ElementError> {
    fields.refuse(("einer Bekanntgabe", "a notification"), &["n", "definition"])?;
    let laws = NotificationLaw::ALL.map(|law| (law.code(), law));
    let law = needed("regime", fields.word("regime", &laws)?)?;
    let fiction_days = fields
        .number("fiction_days")?
        .map(|days| u8::try_from(days).map_err(|_| crate::DeadlineError::FictionDaysOutOfRange { days }))
        .transpose()?;
    let input = NotificationInput {
        law,
        land: calendar.place().map(|place| place.land),
        document: DocumentKind::Act,
        way: fields.word("way", &Way::ALL.map(|way| (way.code(), way)))?.unwrap_or_default(),
        dispatched_on: needed("start", fields.date("start")?)?,
        fiction_days,
        named_day: fields.date("named_day")?,
        proven_receipt: fields.date("actual_receipt")?,
    };
    let (begin, shift) = (begin(fields)?, shift(fields, true)?);
    let notified = notify_by(rules, &input, calendar)?;
    let notified_on = notified.notified_on;
    let Some(period) = fields.text("period")? else {
        fields.refuse(("einer Bekanntgabe ohne Frist", "a notification without a period"), &EXTENSION)?;
        return Ok(Dates {
            notified_on: Some(notified_on),
            raw_end: notified_on.to_string(),
            deadline: notified_on.to_string(),
            derivation: notified.derivation,
        });
    };
    let occasion = Occasion::Notification;
    let period = Period::parse(period)?;
    let input = DeadlineInput { start: notified_on, begin, period, shift, law: law.law(), occasion };
    let deadline = run(fields, &input, calendar)?;
    Ok(Dates {
        notified_on: Some(notified_on),
        raw_end: deadline.raw_end.to_string(),
        deadline: deadline.end.to_string(),
        derivation: notified.derivation.into_iter().chain(deadline.derivation).collect(),
    })
}

fn workdays(fields: &Fields<'_>, calendar: &Calendar) -> Result<Dates, ElementError> {
    fields.refuse(
        ("einer Zählung von Werktagen", "a count of working days"),
        &["period", "mode", "regime", "fiction_days", "actual_receipt", "named_day", "way"],
    )?;
    fields.refuse(("einer Zählung von Werktagen", "a count of working days"), &EXTENSION)?;
    let words = [("Werktage", WorkingDays::Werktage), ("Arbeitstage", WorkingDays::Arbeitstage)];
    let definition = needed("definition", fields.word("definition", &words)?)?;
    let period = Period::WorkingDays { n: needed("n", fields.number("n")?)?, definition };
    let input = DeadlineInput {
        shift: shift(fields, false)?,
        ..DeadlineInput::new(needed("start", fields.date("start")?)?, period)
    };
    let deadline = compute(&input, calendar)?;
    Ok(Dates {
        notified_on: None,
        raw_end: deadline.raw_end.to_string(),
        deadline: deadline.end.to_string(),
        derivation: deadline.derivation,
    })
}
