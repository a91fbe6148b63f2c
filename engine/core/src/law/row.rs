//! Rows of legal data: what every one says besides what it is about.

use std::sync::Arc;

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    diagnostic::Problems,
    language::read_yaml,
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
pub struct LawProblem(pub Text);

impl LawProblem {
    pub(super) fn new(de: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Self {
        LawProblem(Text::new(de, en))
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
    pub fn meets(&self, other: &Row<T>) -> bool {
        let begins_before_end = |one: &Row<T>, other: &Row<T>| match (one.valid_from, other.valid_to) {
            (Some(from), Some(to)) => from <= to,
            _ => true,
        };
        self.in_force && other.in_force && begins_before_end(self, other) && begins_before_end(other, self)
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
        let broken = |error: serde_json::Error| {
            LawProblem::row(
                list,
                &id,
                format_args!("nicht lesbar ({error})"),
                format_args!("cannot be read ({error})"),
            )
        };
        let common: Common = serde_json::from_value(Value::Object(common)).map_err(broken)?;
        let what = serde_json::from_value(Value::Object(what)).map_err(broken)?;
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
                ));
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
            ));
        }
        Ok(Row { id, norm, valid_from, valid_to, source, checked_by, disputed, note, in_force, what })
    }
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
    let all = lists.get(list).and_then(Value::as_array).ok_or_else(|| LawProblem::unknown_table(list))?;
    let mut rows: Vec<Row<T>> = Vec::with_capacity(all.len());
    for row in all {
        let row = Row::read(list, row)?;
        if rows.iter().any(|known| known.id == row.id) {
            return Err(LawProblem::row(list, &row.id, "es gibt sie zweimal", "there are two of it"));
        }
        rows.push(row);
    }
    Ok(rows)
}
