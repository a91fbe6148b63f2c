//! Statements, and what goes into and comes out of them.

use std::{fmt::Display, str::FromStr};

use fachwerk_core::words::{TenantId, Timestamp};
use sqlx::{AssertSqlSafe, Row as _, postgres::PgRow, sqlite::SqliteRow};

use crate::{database::Link, error::StoreError, tables::Column};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Text,
    Int,
    Bytes,
    /// Bytes that are stored sealed.
    Sealed,
    /// A hash that is stored so that nobody without the key of the case can compute it.
    Keyed,
}

/// A value on its way into or out of a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell {
    Null(Kind),
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    /// Many values of one kind, for PostgreSQL alone.
    List(Kind, Vec<Cell>),
}

impl Cell {
    /// A text. PostgreSQL refuses the character NUL; it is replaced on both back ends.
    pub(crate) fn text(text: impl ToString) -> Cell {
        let text = text.to_string();
        Cell::Text(if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text })
    }

    pub(crate) fn maybe_text(text: Option<impl ToString>) -> Cell {
        text.map_or(Cell::Null(Kind::Text), Cell::text)
    }

    /// A number. What does not fit cannot have been counted.
    pub(crate) fn int(value: impl TryInto<i64>) -> Cell {
        Cell::Int(value.try_into().unwrap_or(i64::MAX))
    }

    pub(crate) fn instant(at: Timestamp) -> Cell {
        Cell::Int(at.as_microsecond())
    }

    pub(crate) fn into_text(self) -> Option<String> {
        match self {
            Cell::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn into_int(self) -> Option<i64> {
        match self {
            Cell::Int(int) => Some(int),
            _ => None,
        }
    }

    pub(crate) fn into_bytes(self) -> Option<Vec<u8>> {
        match self {
            Cell::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// A row as it came.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl From<SqliteRow> for Row {
    fn from(row: SqliteRow) -> Self {
        Self::Sqlite(row)
    }
}
impl From<PgRow> for Row {
    fn from(row: PgRow) -> Self {
        Self::Postgres(row)
    }
}

macro_rules! column {
    ($(#[$doc:meta])* $name:ident: $type:ty) => {
        $(#[$doc])*
        pub(crate) fn $name(&self, column: usize) -> Result<$type, StoreError> {
            Ok(match self {
                Self::Sqlite(row) => row.try_get(column)?,
                Self::Postgres(row) => row.try_get(column)?,
            })
        }
    };
}

impl Row {
    column!(text: String);
    column!(maybe_text: Option<String>);
    column!(int: i64);
    column!(maybe_int: Option<i64>);
    column!(bytes: Vec<u8>);
    column!(maybe_bytes: Option<Vec<u8>>);

    /// A number that is counted from 0.
    pub(crate) fn count(&self, column: usize) -> Result<u64, StoreError> {
        let value = self.int(column)?;
        value
            .try_into()
            .map_err(|_| StoreError::corrupt(format!("column {column}"), format!("{value} is negative")))
    }

    /// A small number that is counted from 0.
    pub(crate) fn small(&self, column: usize) -> Result<u32, StoreError> {
        let value = self.int(column)?;
        value
            .try_into()
            .map_err(|_| StoreError::corrupt(format!("column {column}"), format!("{value} is no u32")))
    }

    pub(crate) fn instant(&self, column: usize) -> Result<Timestamp, StoreError> {
        let value = self.int(column)?;
        Timestamp::from_microsecond(value)
            .map_err(|error| StoreError::corrupt(format!("column {column}"), error))
    }

    /// Something written as text: an id, a hash.
    pub(crate) fn parsed<T: FromStr<Err: Display>>(&self, column: usize) -> Result<T, StoreError> {
        let text = self.text(column)?;
        text.parse()
            .map_err(|error| StoreError::corrupt(format!("column {column}"), format!("{text:?}: {error}")))
    }

    pub(crate) fn cell(&self, column: usize, kind: Kind) -> Result<Cell, StoreError> {
        Ok(match kind {
            Kind::Text => self.maybe_text(column)?.map_or(Cell::Null(kind), Cell::Text),
            Kind::Int => self.maybe_int(column)?.map_or(Cell::Null(kind), Cell::Int),
            Kind::Bytes | Kind::Sealed | Kind::Keyed => {
                self.maybe_bytes(column)?.map_or(Cell::Null(kind), Cell::Bytes)
            }
        })
    }
}

/// Splits a list into pieces whose lengths are powers of two, at most 64: so a statement over many rows comes in seven
/// sizes, and each stays prepared.
pub(crate) fn chunks<T>(mut list: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    std::iter::from_fn(move || {
        if list.is_empty() {
            return None;
        }
        let size = if list.len() >= 64 { 64 } else { 1 << list.len().ilog2() };
        let rest = list.split_off(size);
        Some(std::mem::replace(&mut list, rest))
    })
}

/// What stands between the statements of a script.
pub(crate) const BETWEEN: &str = "; ";

/// A statement put together from fixed pieces; values go in as numbered parameters only.
#[derive(Clone, Default)]
pub(crate) struct Statement {
    sql: String,
    values: Vec<Cell>,
}

impl Statement {
    pub(crate) fn new(sql: &'static str) -> Self {
        Self { sql: sql.into(), values: Vec::new() }
    }

    pub(crate) fn push(&mut self, sql: &'static str) -> &mut Self {
        self.sql.push_str(sql);
        self
    }

    /// The bytes of its text.
    pub(crate) fn len(&self) -> usize {
        self.sql.len()
    }

    /// A number that belongs to a name.
    pub(crate) fn number(&mut self, number: usize) -> &mut Self {
        self.sql.push_str(&number.to_string());
        self
    }

    pub(crate) fn pieces(&mut self, pieces: &[&'static str]) -> &mut Self {
        pieces.iter().for_each(|piece| self.sql.push_str(piece));
        self
    }

    /// Begins with the tenant as `$1`; whoever needs it names it.
    pub(crate) fn tenant(&mut self, tenant: &TenantId) -> &mut Self {
        debug_assert!(self.values.is_empty(), "the tenant is the first parameter");
        self.values.push(Cell::text(tenant));
        self
    }

    /// A value that comes once.
    pub(crate) fn value(&mut self, value: Cell) -> &mut Self {
        self.values.push(value);
        self.sql.push('$');
        self.sql.push_str(&self.values.len().to_string());
        self
    }

    /// A list in parentheses.
    pub(crate) fn list(&mut self, values: impl IntoIterator<Item = Cell>) -> &mut Self {
        self.push("(");
        for (number, value) in values.into_iter().enumerate() {
            if number > 0 {
                self.push(", ");
            }
            self.value(value);
        }
        self.push(")")
    }

    /// Rows as arrays, for PostgreSQL alone: `unnest($2::text[], ...) as given (<columns>)`. The text is the same for any
    /// number of them.
    pub(crate) fn given(&mut self, columns: &[Column], rows: Vec<Vec<Cell>>) -> &mut Self {
        let mut lists: Vec<Vec<Cell>> = columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
        for row in rows {
            lists.iter_mut().zip(row).for_each(|(list, cell)| list.push(cell));
        }
        self.push("unnest(");
        for (place, ((_, kind), list)) in columns.iter().zip(lists).enumerate() {
            self.push(if place > 0 { ", " } else { "" }).value(Cell::List(*kind, list)).push(match kind {
                Kind::Text => "::text[]",
                Kind::Int => "::bigint[]",
                Kind::Bytes | Kind::Sealed | Kind::Keyed => "::bytea[]",
            });
        }
        self.push(") as given (").names(columns.iter().map(|(name, _)| *name)).push(")")
    }

    /// Names of columns.
    pub(crate) fn names(&mut self, names: impl IntoIterator<Item = &'static str>) -> &mut Self {
        for (number, name) in names.into_iter().enumerate() {
            if number > 0 {
                self.push(", ");
            }
            self.push(name);
        }
        self
    }

    /// Another statement behind this one; its parameters are numbered on. It must name each parameter once.
    pub(crate) fn append(&mut self, other: Statement) -> &mut Self {
        debug_assert!(
            self.values.is_empty(),
            "the parameters of the second would be taken for those of the first"
        );
        self.sql.push_str(&other.sql);
        self.values = other.values;
        self
    }

    pub(crate) fn ready(self) -> (AssertSqlSafe<String>, Vec<Cell>) {
        (AssertSqlSafe(self.sql), self.values)
    }

    pub(crate) async fn rows(self, link: &mut Link) -> Result<Vec<Row>, StoreError> {
        let (sql, values) = self.ready();
        link.rows(sql, values).await
    }

    pub(crate) async fn row(self, link: &mut Link) -> Result<Option<Row>, StoreError> {
        let (sql, values) = self.ready();
        link.row(sql, values).await
    }

    pub(crate) async fn run(self, link: &mut Link) -> Result<u64, StoreError> {
        let (sql, values) = self.ready();
        link.run(sql, values).await
    }
}
