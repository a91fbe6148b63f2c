//! The holiday law as data: reading `holidays.yaml`, and which rule falls on which day.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use jiff::civil::{Date, Weekday};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::Calendar,
    error::{DeadlineError, LegalDataError},
    land::{Land, Place},
    nearest::nearest,
};

/// What something is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Names {
    /// In German.
    pub de: String,
    /// In English.
    pub en: String,
}

/// Where a piece of legal data comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Provenance {
    /// Where it was taken from.
    pub source: String,
    /// Who compared it with the promulgated text; none: nobody yet.
    pub checked_by: Option<String>,
    /// Whether sources disagree.
    pub disputed: bool,
}

/// When a holiday is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rule {
    /// On the same day every year.
    Fixed {
        /// 1 to 12.
        month: i8,
        /// 1 to 31; a day that the month lacks in a year is no holiday in it.
        day: i8,
    },
    /// So many days after Easter Sunday.
    Easter(i16),
    /// On the last Wednesday before this day.
    WednesdayBefore {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
    },
    /// On one day only.
    Once(Date),
}

/// One row of the holiday law, as it applies at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// The same in all rows of one holiday, for example `reformation`.
    pub id: String,
    /// What people call it.
    pub name: Names,
    /// When it is.
    pub rule: Rule,
    /// Where that is written; none only for days that an authority added.
    pub norm: Option<String>,
    /// The first day of validity; none: as long as anybody remembers.
    pub valid_from: Option<Date>,
    /// The last day of validity; none: until the law changes.
    pub valid_to: Option<Date>,
    /// Where it is a holiday, for a sentence: "in Hessen".
    pub(crate) where_de: String,
    /// The same in English.
    pub(crate) where_en: String,
    /// Where the row comes from.
    pub provenance: Provenance,
}

impl Holiday {
    /// Whether it falls on that day; `easter` is Easter Sunday of the day's year.
    pub(crate) fn is_on(&self, date: Date, easter: Date) -> bool {
        let falls_on = match self.rule {
            Rule::Fixed { month, day } => date.month() == month && date.day() == day,
            Rule::Easter(offset) => date.day_of_year() - easter.day_of_year() == offset,
            Rule::WednesdayBefore { .. } => {
                date.weekday() == Weekday::Wednesday && self.date_in(date.year(), easter) == Some(date)
            }
            Rule::Once(once) => once == date,
        };
        falls_on && self.is_valid_on(date)
    }

    /// The day on which it falls in a year, if it is valid then.
    pub(crate) fn date_in(&self, year: i16, easter: Date) -> Option<Date> {
        let date = match self.rule {
            Rule::Fixed { month, day } => Date::new(year, month, day).ok()?,
            Rule::Easter(offset) => easter.checked_add(jiff::Span::new().days(offset)).ok()?,
            Rule::WednesdayBefore { month, day } => {
                Date::new(year, month, day).ok()?.nth_weekday(-1, Weekday::Wednesday).ok()?
            }
            Rule::Once(once) => Some(once).filter(|once| once.year() == year)?,
        };
        self.is_valid_on(date).then_some(date)
    }

    fn is_valid_on(&self, date: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= date) && self.valid_to.is_none_or(|to| date <= to)
    }
}

/// The holiday law of the sixteen Länder.
#[derive(Clone, Debug)]
pub struct HolidayLaw {
    version: u32,
    complete_from: Date,
    acts: BTreeMap<Land, ActText>,
    categories: BTreeMap<String, Names>,
    places: BTreeMap<String, PlaceText>,
    rows: Vec<Row>,
}

/// The data that is compiled in.
static BUILT_IN: LazyLock<HolidayLaw> = LazyLock::new(|| {
    HolidayLaw::from_yaml(include_str!("../../../building-blocks/law/holidays.yaml"))
        .expect("a test reads the built-in holidays")
});

impl HolidayLaw {
    /// The law as it is compiled in.
    pub fn built_in() -> &'static HolidayLaw {
        &BUILT_IN
    }

    /// Reads data of the shape of `building-blocks/law/holidays.yaml` (described there), at most 1 MiB and 2,000 rows.
    pub fn from_yaml(text: &str) -> Result<Self, LegalDataError> {
        let file: FileText = LegalDataError::read(text)?;
        if file.holidays.len() > LegalDataError::MOST_ROWS {
            return Err(LegalDataError::TooManyRows);
        }
        if let Some(land) = Land::ALL.iter().find(|land| !file.laws.contains_key(land)) {
            return Err(LegalDataError::row(land.code(), "no holiday act under laws"));
        }
        for (name, place) in &file.places {
            if let Some(unknown) = place.categories.iter().find(|it| !file.categories.contains_key(*it)) {
                return Err(LegalDataError::row(name, format!("unknown category `{unknown}`")));
            }
        }
        let rows = file
            .holidays
            .into_iter()
            .map(|row| row.checked(&file.categories, &file.places))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            version: file.version,
            complete_from: file.complete_from,
            acts: file.laws,
            categories: file.categories,
            places: file.places,
            rows,
        })
    }

    /// The version written in the data.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The first day from which the rows are complete.
    pub fn complete_from(&self) -> Date {
        self.complete_from
    }

    /// A place with a holiday of its own, by name in any case of letters: `Augsburg`.
    pub fn place(&self, name: &str) -> Option<Place> {
        let wanted = name.trim().to_lowercase();
        let (name, place) = self.places.iter().find(|(known, _)| known.to_lowercase() == wanted)?;
        Some(Place {
            land: place.land,
            municipality: Some(name.clone()),
            categories: place.categories.iter().cloned().collect(),
        })
    }

    /// The places with a holiday of their own.
    pub fn places(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// What a municipality may be, as far as holidays depend on it: `catholic`.
    pub fn categories(&self) -> impl Iterator<Item = &str> {
        self.categories.keys().map(String::as_str)
    }

    /// The holidays of a place.
    pub fn calendar(&self, place: &Place) -> Result<Calendar, DeadlineError> {
        if let Some(unknown) = place.categories.iter().find(|it| !self.categories.contains_key(*it)) {
            return Err(DeadlineError::UnknownCategory {
                text: unknown.clone(),
                suggestion: nearest(unknown, self.categories()).map(str::to_owned),
                known: self.categories().collect::<Vec<_>>().join(", "),
            });
        }
        let municipality = place.municipality.as_deref().unwrap_or_default();
        let own = self.place(municipality).filter(|own| own.land == place.land);
        let mut place = place.clone();
        if let Some(own) = own {
            place.municipality = own.municipality;
            place.categories.extend(own.categories);
        }
        let holidays =
            self.rows.iter().filter(|row| row.applies_at(&place)).map(|row| self.holiday(row, place.land));
        Ok(Calendar::from_rules(Some(place.clone()), holidays.collect(), self.complete_from))
    }

    /// Only what is a holiday in all sixteen Länder.
    pub fn nationwide(&self) -> Calendar {
        let holidays = self.rows.iter().filter(|row| row.is_nationwide()).map(|row| Holiday {
            norm: row.holiday.norm.clone(),
            where_de: "in allen Ländern".to_owned(),
            where_en: "in all Länder".to_owned(),
            ..row.holiday.clone()
        });
        Calendar::from_rules(None, holidays.collect(), self.complete_from)
    }

    fn holiday(&self, row: &Row, land: Land) -> Holiday {
        let (mut where_de, mut where_en) = (land.inside_de(), format!("in {}", land.name_en()));
        if let Some(place) = &row.place {
            (where_de, where_en) = (format!("in {place}"), format!("in {place}"));
        } else if let Some(category) = row.category.as_ref().and_then(|id| self.categories.get(id)) {
            where_de = format!("{} {where_de}", category.de);
            where_en = format!("{} {where_en}", category.en);
        }
        let act = || self.acts.get(&land).map(|act| act.norm.clone());
        Holiday { norm: row.holiday.norm.clone().or_else(act), where_de, where_en, ..row.holiday.clone() }
    }
}

/// A checked row.
#[derive(Clone, Debug)]
struct Row {
    holiday: Holiday,
    laender: BTreeSet<Land>,
    category: Option<String>,
    place: Option<String>,
}

impl Row {
    fn applies_at(&self, place: &Place) -> bool {
        self.laender.contains(&place.land)
            && self.category.as_ref().is_none_or(|category| place.categories.contains(category))
            && self.place.as_ref().is_none_or(|name| place.municipality.as_ref() == Some(name))
    }

    fn is_nationwide(&self) -> bool {
        self.laender.len() == Land::ALL.len() && self.category.is_none() && self.place.is_none()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    version: u32,
    complete_from: Date,
    laws: BTreeMap<Land, ActText>,
    categories: BTreeMap<String, Names>,
    places: BTreeMap<String, PlaceText>,
    holidays: Vec<RowText>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "title and source are read by people")]
struct ActText {
    norm: String,
    title: String,
    source: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "provenance is read by people")]
struct PlaceText {
    land: Land,
    categories: Vec<String>,
    norm: String,
    source: String,
    checked_by: Option<String>,
    disputed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowText {
    id: String,
    name: Names,
    rule: RuleText,
    laender: LaenderText,
    category: Option<String>,
    place: Option<String>,
    norm: Option<String>,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    source: String,
    checked_by: Option<String>,
    disputed: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    fixed: Option<String>,
    easter: Option<i16>,
    wednesday_before: Option<String>,
    date: Option<Date>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum LaenderText {
    Word(String),
    List(BTreeSet<Land>),
}

impl RowText {
    fn checked(
        self,
        categories: &BTreeMap<String, Names>,
        places: &BTreeMap<String, PlaceText>,
    ) -> Result<Row, LegalDataError> {
        let wrong = |problem: &str| Err(LegalDataError::row(&self.id, problem));
        let laender = match self.laender {
            LaenderText::Word(ref word) if word == "all" => Land::ALL.into_iter().collect(),
            LaenderText::Word(_) => return wrong("`laender` is `all` or a list of Länder"),
            LaenderText::List(ref list) if list.is_empty() => return wrong("`laender` is empty"),
            LaenderText::List(ref list) => list.clone(),
        };
        if self.category.as_ref().is_some_and(|it| !categories.contains_key(it)) {
            return wrong("`category` is not declared under categories");
        }
        if self.place.as_ref().is_some_and(|it| !places.contains_key(it)) {
            return wrong("`place` is not declared under places");
        }
        if self.valid_from.zip(self.valid_to).is_some_and(|(from, to)| to < from) {
            return wrong("`valid_to` lies before `valid_from`");
        }
        let rule = match self.rule.checked() {
            Ok(rule) => rule,
            Err(problem) => return wrong(problem),
        };
        Ok(Row {
            laender,
            category: self.category,
            place: self.place,
            holiday: Holiday {
                id: self.id,
                name: self.name,
                rule,
                norm: self.norm,
                valid_from: self.valid_from,
                valid_to: self.valid_to,
                where_de: String::new(),
                where_en: String::new(),
                provenance: Provenance {
                    source: self.source,
                    checked_by: self.checked_by,
                    disputed: self.disputed,
                },
            },
        })
    }
}

impl RuleText {
    fn checked(&self) -> Result<Rule, &'static str> {
        let month_day = |text: &str| {
            // A leap year, so that 29 February is a day.
            let date: Date =
                format!("2000-{text}").parse().map_err(|_| "a day of the year is written MM-DD")?;
            Ok::<_, &'static str>((date.month(), date.day()))
        };
        match (&self.fixed, self.easter, &self.wednesday_before, self.date) {
            (Some(text), None, None, None) => month_day(text).map(|(month, day)| Rule::Fixed { month, day }),
            (None, Some(offset), None, None) if (-80..=200).contains(&offset) => Ok(Rule::Easter(offset)),
            (None, Some(_), None, None) => Err("`easter` lies between -80 and 200 days"),
            (None, None, Some(text), None) => {
                month_day(text).map(|(month, day)| Rule::WednesdayBefore { month, day })
            }
            (None, None, None, Some(date)) => Ok(Rule::Once(date)),
            _ => Err("a rule has exactly one of fixed, easter, wednesday_before, date"),
        }
    }
}
