//! Rows of legal data that an authority sets itself, in the place of those that are compiled in or beside them.

use std::sync::Arc;

use super::{Authority, AuthorityEvent, AuthorityRejection};
use crate::{
    facts::Actor,
    law::{LawProblem, LegalData, OwnRows, Table, Unread},
    words::{Object, Value},
};

/// Rows that an authority may set.
const MAX_OWN_ROWS: usize = 2_000;
/// Characters of a row, as JSON.
const MAX_ROW: usize = 20_000;
/// Characters of the id of a row.
const MAX_ID: usize = 80;

/// The legal data of an authority.
#[derive(Clone)]
pub struct Law {
    /// Its own rows.
    pub own: OwnRows,
    /// All that holds: what is compiled in, and its own rows.
    pub data: Arc<LegalData>,
    /// Own rows that this program cannot read; what is compiled in holds in their place.
    pub unread: Unread,
}

impl Default for Law {
    fn default() -> Self {
        Law { own: OwnRows::new(), data: LegalData::built_in(), unread: Vec::new() }
    }
}

/// All else follows from its own rows.
impl std::fmt::Debug for Law {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Law").field("own", &self.own).field("unread", &self.unread).finish()
    }
}

impl PartialEq for Law {
    fn eq(&self, other: &Law) -> bool {
        self.own == other.own
    }
}

impl Law {
    fn changed(&mut self, change: impl FnOnce(&mut OwnRows)) {
        change(&mut self.own);
        self.own.retain(|_, rows| !rows.is_empty());
        let (data, unread) = LegalData::with_those_that_fit(&self.own);
        (self.data, self.unread) = (Arc::new(data), unread);
    }

    pub(super) fn set(&mut self, table: &Arc<str>, id: &Arc<str>, row: &Object) {
        self.changed(|own| {
            own.entry(table.clone()).or_default().insert(id.clone(), row.clone());
        });
    }

    pub(super) fn remove(&mut self, table: &Arc<str>, id: &Arc<str>) {
        self.changed(|own| {
            own.get_mut(table).map(|rows| rows.remove(id));
        });
    }

    /// The same with one more own row, or one in another wording; or why that cannot be. Others that cannot be read are no
    /// reason to refuse it.
    pub fn with_row(&self, table: &str, id: &str, mut row: Object) -> Result<Law, LawProblem> {
        row.insert("id".into(), Value::String(id.to_owned()));
        let mut own = self.own.clone();
        for (table, id) in &self.unread {
            own.get_mut(table).map(|rows| rows.remove(id));
        }
        own.entry(table.into()).or_default().insert(id.into(), row);
        let data = Arc::new(self.agreeing(&own)?);
        Ok(Law { own, data, unread: Vec::new() })
    }

    /// The data with other own rows; or the first contradiction that they bring. Those that were there before stay: of a row
    /// that was set when nobody looked for them, an authority is not robbed.
    fn agreeing(&self, own: &OwnRows) -> Result<LegalData, LawProblem> {
        let data = LegalData::with(own)?;
        let known = self.data.contradictions();
        match data.contradictions().into_iter().find(|problem| !known.contains(problem)) {
            Some(problem) => Err(problem),
            None => Ok(data),
        }
    }

    /// The own row, if there is one.
    pub fn own_row(&self, table: &str, id: &str) -> Option<&Object> {
        self.own.get(table)?.get(id)
    }
}

impl Authority {
    pub(super) fn set_law_row(
        &self,
        (table, id): (Arc<str>, Arc<str>),
        mut row: Object,
        checked: bool,
        actor: &Actor,
    ) -> Result<Option<AuthorityEvent>, AuthorityRejection> {
        let table_of = Table::named(&table).ok_or(AuthorityRejection::LawTableUnknown)?;
        let named = |id: &str| {
            let good = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
            (1..=MAX_ID).contains(&id.len()) && id.chars().all(good)
        };
        row.insert("id".into(), Value::String(id.to_string()));
        // What was compared with the promulgated text, by whom, is said anew with each change.
        let checked_by = match (checked, actor) {
            (true, Actor::Person(person)) => {
                let known = self.people.get(person).map(|known| known.name.to_string());
                Value::String(known.unwrap_or_else(|| person.to_string()))
            }
            _ => Value::Null,
        };
        row.insert("checked_by".into(), checked_by);
        let many = self.law.own.values().map(|rows| rows.len()).sum::<usize>() >= MAX_OWN_ROWS;
        let is_new = self.law.own_row(&table, &id).is_none();
        let size = Value::Object(row.clone()).to_string().chars().count();
        if !named(&id) || size > MAX_ROW || (many && is_new) {
            return Err(AuthorityRejection::LawRowTooLarge);
        }
        if self.law.own_row(&table, &id) == Some(&row) || (is_new && table_of.built_in_row(&id) == Some(&row))
        {
            return Ok(None);
        }
        let set = self.law.with_row(&table, &id, row.clone());
        set.map_err(|problem| AuthorityRejection::LawRowInvalid(problem.text))?;
        Ok(Some(AuthorityEvent::LawRowSet { table, id, row }))
    }

    pub(super) fn remove_law_row(
        &self,
        table: Arc<str>,
        id: Arc<str>,
    ) -> Result<Option<AuthorityEvent>, AuthorityRejection> {
        if self.law.own_row(&table, &id).is_none() {
            return Err(AuthorityRejection::LawRowUnknown);
        }
        let mut own = self.law.own.clone();
        own.get_mut(&table).map(|rows| rows.remove(&id));
        // Another row may name it.
        if self.law.unread.is_empty() {
            self.law.agreeing(&own).map_err(|problem| AuthorityRejection::LawRowInvalid(problem.text))?;
        }
        Ok(Some(AuthorityEvent::LawRowRemoved { table, id }))
    }
}
