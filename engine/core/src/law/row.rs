//! Rows of legal data: what every one says besides what it is about.

use std::sync::Arc;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    diagnostic::Problems,
    language::read_yaml,
    law::place::{At, Place},
    words::{Date, Object, Text, Value},
};

/// A row of a table of law.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<T> {
    /// What names it for ever, within its table.
    pub id: Arc<str>,
    /// Where it is written.
    pub norm: Option<Arc<str>>,
    /// The first day on which it holds; none: as long as anybody remembers.
    pub valid_from: Option<Date>,
    /// The last day; none: until the law changes.
    pub valid_to: Option<Date>,
    /// Where it was taken from.
    pub source: Arc<str>,
    /// Who compared it with the promulgated text; none: nobody yet.
    pub checked_by: Option<Arc<str>>,
    /// Whether sources disagree.
    pub disputed: bool,
    /// What one should know, above all what the dispute is.
    pub note: Option<Text>,
    /// Whether it may be law. One of which that is not known is shown and never used.
    pub in_force: bool,
    /// What it is about.
    pub what: T,
}

/// A row that something rests on, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LawUsed {
    /// The table.
    pub table: Arc<str>,
    /// The row.
    pub id: Arc<str>,
    /// Where it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub norm: Option<Arc<str>>,
    /// Whether somebody had compared it with the promulgated text.
    #[serde(default)]
    pub checked: bool,
    /// Whether sources disagreed.
    #[serde(default)]
    pub disputed: bool,
}

impl LawUsed {
    /// Whether whoever signs should know about it.
    pub fn is_doubtful(&self) -> bool {
        self.disputed || !self.checked
    }
}

/// Why legal data cannot be as they are; who corrects a row reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LawProblem {
    /// What is wrong with which row.
    pub text: Text,
    /// Where that stands in the file.
    pub place: Place,
}

impl LawProblem {
    pub(super) fn new(de: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Self {
        LawProblem { text: Text::new(de, en), place: Place::default() }
    }

    /// The same, at a place.
    pub(super) fn at(self, place: Place) -> Self {
        LawProblem { place, ..self }
    }

    /// The same, at a place within the one that is known.
    pub(super) fn within(mut self, inner: impl IntoIterator<Item = At>) -> Self {
        self.place.0.extend(inner);
        self
    }

    /// There is no such table.
    pub(super) fn unknown_table(name: &str) -> Self {
        LawProblem::new(
            format!("Eine Tabelle „{name}“ gibt es in den Rechtsdaten nicht."),
            format!("There is no table `{name}` in the legal data."),
        )
    }

    /// Something is wrong with a row.
    pub(super) fn row(list: &str, id: &str, de: impl std::fmt::Display, en: impl std::fmt::Display) -> Self {
        LawProblem::new(
            format!("Tabelle „{list}“, Zeile „{id}“: {de}."),
            format!("Table `{list}`, row `{id}`: {en}."),
        )
        .at(Place(vec![At::key(list), At::Row(id.into())]))
    }
}

/// The fields that every row may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    id: Arc<str>,
    norm: Option<Arc<str>>,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    source: Arc<str>,
    checked_by: Option<Arc<str>>,
    disputed: bool,
    note: Option<Text>,
    in_force: Option<Arc<str>>,
}

const COMMON: [&str; 9] =
    ["id", "norm", "valid_from", "valid_to", "source", "checked_by", "disputed", "note", "in_force"];

/// What `in_force` says of a row of which it is not known.
const UNKNOWN: &str = "unknown";

impl<T> Row<T> {
    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.in_force
            && self.valid_from.is_none_or(|from| from <= day)
            && self.valid_to.is_none_or(|to| day <= to)
    }

    /// Whether there is a day on which both hold.
    pub fn meets<U>(&self, other: &Row<U>) -> bool {
        let begins_before_end = |from: Option<Date>, to: Option<Date>| match (from, to) {
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        let both_begin = begins_before_end(self.valid_from, other.valid_to)
            && begins_before_end(other.valid_from, self.valid_to);
        self.in_force && other.in_force && both_begin
    }

    /// As it is kept by what rests on it.
    pub fn used(&self, table: &str) -> LawUsed {
        LawUsed {
            table: table.into(),
            id: self.id.clone(),
            norm: self.norm.clone(),
            checked: self.checked_by.is_some(),
            disputed: self.disputed,
        }
    }
}

impl<T: DeserializeOwned> Row<T> {
    /// Reads a row of a list; or what is wrong with it.
    pub fn read(list: &str, row: &Value) -> Result<Row<T>, LawProblem> {
        let Some(all) = row.as_object() else {
            return Err(LawProblem::row(list, "?", "eine Zeile ist ein Objekt", "a row is an object"));
        };
        let (common, what): (Object, Object) =
            all.clone().into_iter().partition(|(key, _)| COMMON.contains(&key.as_str()));
        let id = common.get("id").and_then(Value::as_str).unwrap_or("?").to_owned();
        let common: Common = part(list, &id, common)?;
        let what = part(list, &id, what)?;
        let Common { id, norm, valid_from, valid_to, source, checked_by, disputed, note, in_force } = common;
        let in_force = match in_force.as_deref() {
            None => true,
            Some(UNKNOWN) => false,
            Some(other) => {
                return Err(LawProblem::row(
                    list,
                    &id,
                    format_args!("`in_force` fehlt oder ist `{UNKNOWN}`, nicht `{other}`"),
                    format_args!("`in_force` is absent or `{UNKNOWN}`, not `{other}`"),
                )
                .within([At::key("in_force")]));
            }
        };
        if let (Some(from), Some(to)) = (valid_from, valid_to)
            && to < from
        {
            return Err(LawProblem::row(
                list,
                &id,
                format_args!("sie endet am {to}, bevor sie am {from} beginnt"),
                format_args!("it ends on {to}, before it begins on {from}"),
            )
            .within([At::key("valid_to")]));
        }
        Ok(Row { id, norm, valid_from, valid_to, source, checked_by, disputed, note, in_force, what })
    }
}

/// Some of the keys of a row.
fn part<T: DeserializeOwned>(list: &str, id: &str, keys: Object) -> Result<T, LawProblem> {
    serde_path_to_error::deserialize(Value::Object(keys)).map_err(|error| {
        let place = At::path(error.path());
        let key = Place(place.clone());
        let why = error.inner().to_string();
        // An unknown or missing key is said in words; what else cannot be is told as the reader says it.
        let quoted = |begin: &str| why.strip_prefix(begin).and_then(|rest| rest.split('`').next());
        let text = if let Some(unknown) = quoted("unknown field `") {
            Text::new(
                format!("einen Schlüssel „{unknown}“ gibt es hier nicht ({why})"),
                format!("there is no key `{unknown}` here ({why})"),
            )
        } else if let Some(missing) = quoted("missing field `") {
            Text::new(format!("„{missing}“ fehlt"), format!("`{missing}` is missing"))
        } else if place.is_empty() {
            Text::new(format!("nicht lesbar ({why})"), format!("cannot be read ({why})"))
        } else {
            Text::new(format!("„{key}“ ist nicht lesbar ({why})"), format!("`{key}` cannot be read ({why})"))
        };
        LawProblem::row(list, id, text.de, text.en).within(place)
    })
}

/// Reads the lists of rows of a file, by the names of the lists.
pub fn read_file(name: &str, text: &str) -> Result<Object, LawProblem> {
    let mut problems = Problems::default();
    let node = read_yaml(&name.into(), text.as_bytes(), 0, &mut problems);
    match node.map(|node| node.to_value()) {
        Some(Value::Object(lists)) if !problems.has_errors() => Ok(lists),
        _ => {
            let all = problems.into_sorted();
            let why = all.first().map(|first| first.message.clone());
            let why = why.unwrap_or_else(|| Text::new("kein Objekt", "no object"));
            Err(LawProblem::new(format!("{name}: {}", why.de), format!("{name}: {}", why.en)))
        }
    }
}

/// The rows of a list; each id once.
pub fn rows<T: DeserializeOwned>(lists: &Object, list: &str) -> Result<Vec<Row<T>>, LawProblem> {
    let all = lists.get(list).ok_or_else(|| LawProblem::unknown_table(list))?;
    let all = all.as_array().ok_or_else(|| {
        LawProblem::new(
            format!("„{list}“ ist keine Liste von Zeilen."),
            format!("`{list}` is no list of rows."),
        )
        .at(Place(vec![At::key(list)]))
    })?;
    let mut rows: Vec<Row<T>> = Vec::with_capacity(all.len());
    for (ix, row) in all.iter().enumerate() {
        // By its number: it may have no id, or the one of another row.
        let numbered = |problem: LawProblem| {
            let inner = problem.place.0.get(2..).unwrap_or_default().to_vec();
            problem.at(Place(vec![At::key(list), At::Number(ix)])).within(inner)
        };
        let row = Row::read(list, row).map_err(numbered)?;
        if rows.iter().any(|known| known.id == row.id) {
            let twice = LawProblem::row(list, &row.id, "es gibt sie zweimal", "there are two of it");
            return Err(numbered(twice).within([At::key("id")]));
        }
        rows.push(row);
    }
    Ok(rows)
}
