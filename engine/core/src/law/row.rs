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
    /// Reads a row; or what is wrong with it.
    pub fn read(row: &Value) -> Result<Row<T>, String> {
        let Some(all) = row.as_object() else { return Err(format!("a row is an object: {row}")) };
        let (common, what): (Object, Object) =
            all.clone().into_iter().partition(|(key, _)| COMMON.contains(&key.as_str()));
        let id = common.get("id").map(ToString::to_string).unwrap_or_default();
        let broken = |error: serde_json::Error| format!("row {id}: {error}");
        let common: Common = serde_json::from_value(Value::Object(common)).map_err(broken)?;
        let what = serde_json::from_value(Value::Object(what)).map_err(broken)?;
        let Common { id, norm, valid_from, valid_to, source, checked_by, disputed, note, in_force } = common;
        let in_force = match in_force.as_deref() {
            None => true,
            Some(UNKNOWN) => false,
            Some(other) => return Err(format!("row {id}: in_force is absent or `{UNKNOWN}`, not `{other}`")),
        };
        if let (Some(from), Some(to)) = (valid_from, valid_to)
            && to < from
        {
            return Err(format!("row {id}: it ends on {to}, before it begins on {from}"));
        }
        Ok(Row { id, norm, valid_from, valid_to, source, checked_by, disputed, note, in_force, what })
    }
}

/// Reads the lists of rows of a file, by the names of the lists.
pub fn read_file(name: &str, text: &str) -> Result<Object, String> {
    let mut problems = Problems::default();
    let node = read_yaml(&name.into(), text.as_bytes(), 0, &mut problems);
    let said = |problems: Problems| {
        let all = problems.into_sorted();
        all.first().map_or_else(|| "it is no object".to_owned(), |first| first.message.en.to_string())
    };
    match node.map(|node| node.to_value()) {
        Some(Value::Object(lists)) if !problems.has_errors() => Ok(lists),
        _ => Err(format!("{name}: {}", said(problems))),
    }
}

/// The rows of a list; each id once.
pub fn rows<T: DeserializeOwned>(lists: &Object, list: &str) -> Result<Vec<Row<T>>, String> {
    let all =
        lists.get(list).and_then(Value::as_array).ok_or_else(|| format!("the list `{list}` is missing"))?;
    let mut rows: Vec<Row<T>> = Vec::with_capacity(all.len());
    for row in all {
        let row = Row::read(row).map_err(|why| format!("{list}: {why}"))?;
        if rows.iter().any(|known| known.id == row.id) {
            return Err(format!("{list}: there are two rows `{}`", row.id));
        }
        rows.push(row);
    }
    Ok(rows)
}
