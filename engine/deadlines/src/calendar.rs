//! Which days count at a place.

use std::{collections::BTreeMap, fmt, sync::Arc};

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::{
    easter::easter_sunday,
    error::DeadlineError,
    holidays::{Holiday, HolidayLaw, Names, Provenance, Rule},
    land::{Land, Place},
    sentence::Language,
};

/// Which days of the week are working days; holidays never are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum WorkingDays {
    /// Monday to Saturday (§ 3 Abs. 2 BUrlG and the common legal meaning of "Werktag").
    Werktage,
    /// Monday to Friday: the days on which an authority works, and the days on which a period may end (§ 193 BGB).
    Arbeitstage,
}

impl WorkingDays {
    /// "Montag bis Freitag", "Monday to Friday".
    pub(crate) fn week_text(self, language: Language) -> &'static str {
        match (self, language) {
            (WorkingDays::Werktage, Language::De) => "Montag bis Sonnabend",
            (WorkingDays::Werktage, Language::En) => "Monday to Saturday",
            (WorkingDays::Arbeitstage, Language::De) => "Montag bis Freitag",
            (WorkingDays::Arbeitstage, Language::En) => "Monday to Friday",
        }
    }

    /// Whether that day of the week counts, holidays aside.
    pub(crate) fn includes_day(self, date: Date) -> bool {
        self.includes(date.weekday())
    }

    fn includes(self, weekday: Weekday) -> bool {
        match self {
            WorkingDays::Werktage => weekday != Weekday::Sunday,
            WorkingDays::Arbeitstage => !matches!(weekday, Weekday::Saturday | Weekday::Sunday),
        }
    }
}

/// The holidays of one place. Cheap to clone; nothing is cached and nothing is locked, every question is computed from
/// a few dozen rules.
#[derive(Clone)]
pub struct Calendar(Arc<Days>);

#[derive(Clone)]
struct Days {
    /// None: only what is a holiday in all sixteen Länder.
    place: Option<Place>,
    holidays: Vec<Holiday>,
    extra: BTreeMap<Date, Holiday>,
    complete_from: Date,
}

impl Calendar {
    /// The holidays of a place by the built-in law. Fails for a category that the law does not know.
    pub fn new(place: &Place) -> Result<Self, DeadlineError> {
        HolidayLaw::built_in().calendar(place)
    }

    /// Only what is a holiday in all sixteen Länder, by the built-in law.
    pub fn nationwide() -> Self {
        HolidayLaw::built_in().nationwide()
    }

    pub(crate) fn from_rules(place: Option<Place>, holidays: Vec<Holiday>, complete_from: Date) -> Self {
        Self(Arc::new(Days { place, holidays, extra: BTreeMap::new(), complete_from }))
    }

    /// The same calendar with one more day on which no period ends, ordered for a special occasion (for example
    /// § 2 Abs. 2 SFTG). It must be a holiday by law; a day on which an office is merely closed is none. `norm`: where
    /// that is ordered.
    #[must_use]
    pub fn with_extra(mut self, date: Date, name: Names, norm: Option<String>) -> Self {
        let holiday = Holiday {
            id: format!("extra-{date}"),
            name,
            rule: Rule::Once(date),
            norm,
            valid_from: None,
            valid_to: None,
            where_de: self
                .0
                .place
                .as_ref()
                .map_or_else(|| nationwide_text(Language::De).to_owned(), inside_de),
            where_en: self
                .0
                .place
                .as_ref()
                .map_or_else(|| nationwide_text(Language::En).to_owned(), inside_en),
            provenance: Provenance { source: "authority".to_owned(), checked_by: None, disputed: false },
        };
        Arc::make_mut(&mut self.0).extra.insert(date, holiday);
        self
    }

    /// The same calendar without a day that was added to it.
    #[must_use]
    pub fn without_extra(mut self, date: Date) -> Self {
        Arc::make_mut(&mut self.0).extra.remove(&date);
        self
    }

    /// The holiday on that day; where two fall on one day (1 May 2008), the first in the order of the data.
    pub fn holiday(&self, date: Date) -> Option<&Holiday> {
        let easter = easter_sunday(date.year());
        self.0.holidays.iter().find(|holiday| holiday.is_on(date, easter)).or_else(|| self.0.extra.get(&date))
    }

    /// Whether that day counts as a working day.
    pub fn is_working_day(&self, date: Date, definition: WorkingDays) -> bool {
        definition.includes(date.weekday()) && self.holiday(date).is_none()
    }

    /// That day, or the next one on which a period may end (§ 193 BGB). The last day of all years when there is none.
    pub fn working_day_from(&self, mut date: Date) -> Date {
        while !self.is_working_day(date, WorkingDays::Arbeitstage) {
            match date.tomorrow() {
                Ok(next) => date = next,
                Err(_) => break,
            }
        }
        date
    }

    /// All holidays of a year by date. Where two fall on one day, both are there.
    pub fn holidays(&self, year: i16) -> Vec<(Date, &Holiday)> {
        let easter = easter_sunday(year);
        let mut days: Vec<(Date, &Holiday)> = Vec::new();
        for holiday in &self.0.holidays {
            if let Some(date) = holiday.date_in(year, easter)
                && !days.iter().any(|(other, known)| *other == date && known.id == holiday.id)
            {
                days.push((date, holiday));
            }
        }
        days.extend(
            self.0.extra.iter().filter(|(date, _)| date.year() == year).map(|(date, it)| (*date, it)),
        );
        days.sort_by_key(|(date, _)| *date);
        days
    }

    /// The place; none for the holidays common to all Länder.
    pub fn place(&self) -> Option<&Place> {
        self.0.place.as_ref()
    }

    /// The first day from which the holidays are complete; before it a result is to be checked by hand.
    pub fn complete_from(&self) -> Date {
        self.0.complete_from
    }

    /// "in Hessen", "im Saarland", "in Augsburg".
    pub(crate) fn where_text(&self, language: Language) -> String {
        match (&self.0.place, language) {
            (None, _) => nationwide_text(language).to_owned(),
            (Some(place), Language::De) => inside_de(place),
            (Some(place), Language::En) => inside_en(place),
        }
    }
}

fn nationwide_text(language: Language) -> &'static str {
    match language {
        Language::De => "in allen Ländern",
        Language::En => "in all Länder",
    }
}

fn inside_de(place: &Place) -> String {
    match &place.municipality {
        Some(name) => format!("in {name}"),
        None => place.land.inside_de(),
    }
}

fn inside_en(place: &Place) -> String {
    format!("in {}", place.municipality.as_deref().unwrap_or(place.land.name_en()))
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let land = self.0.place.as_ref().map_or("all", |place| Land::code(place.land));
        f.debug_struct("Calendar")
            .field("land", &land)
            .field("extra", &self.0.extra.len())
            .finish_non_exhaustive()
    }
}
