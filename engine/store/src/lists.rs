//! Lists by cursor: the next page begins behind the last row of this one, however the list has changed meanwhile.

use fachwerk_core::words::TenantId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    database::Link,
    error::StoreError,
    keys::Keys,
    seal::{Label, Ring},
    statement::{Cell, Kind, Row, Statement},
    tables::Column,
};

/// The most rows of any list.
pub const MAX_ROWS: u32 = 500;
/// Rows are counted up to here.
pub const MAX_COUNTED: u32 = 1000;

/// A limit as the statement gets it: at least 1, at most [`MAX_ROWS`].
pub(crate) fn limited(limit: u32) -> Cell {
    Cell::int(limit.clamp(1, MAX_ROWS))
}

/// Where a list goes on. Opaque; it belongs to one list in one order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cursor(String);

impl Cursor {
    /// The cursor as it was handed out.
    pub fn from_text(text: impl Into<String>) -> Cursor {
        Cursor(text.into())
    }

    /// The cursor as it is handed out: letters and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A piece of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// Where it goes on; none at the end.
    pub next: Option<Cursor>,
    /// How many rows the whole list has; only with its first page.
    pub total: Option<Total>,
}

/// A number of rows, counted up to [`MAX_COUNTED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// How many.
    pub count: u32,
    /// Whether there are more than that.
    pub more: bool,
}

/// Which piece of a list is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Piece {
    /// Where it begins; none: at the beginning.
    pub cursor: Option<Cursor>,
    /// At most so many rows; 0: 50; at most [`MAX_ROWS`].
    pub limit: u32,
}

/// A list in an order.
pub(crate) struct List {
    /// Names list and order within the cursor.
    pub name: &'static str,
    /// The columns to read.
    pub columns: &'static str,
    /// `from ... where ...` with its values.
    pub rows: Statement,
    /// The columns that the order goes by; together they are unique and never null.
    pub keys: &'static [Column],
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Those of the columns that are sealed, by their places, each with its table.
    pub sealed: &'static [(usize, &'static str)],
}

/// The sealed columns of a row of a list, opened.
pub(crate) struct Bodies<'a> {
    row: &'a Row,
    first: usize,
    ring: &'a Ring,
    tenant: &'a TenantId,
    sealed: &'static [(usize, &'static str)],
}

impl Bodies<'_> {
    /// A column that is not sealed, counted from 0.
    pub(crate) fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.row.bytes(self.first + column)
    }

    /// The same of a number.
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.row.int(self.first + column)
    }

    /// The sealed column with this number, counted from 0.
    pub(crate) fn json<T: DeserializeOwned>(&self, number: usize) -> Result<T, StoreError> {
        let Some((column, table)) = self.sealed.get(number) else {
            return Err(StoreError::fault("a list has no such column"));
        };
        self.ring.json(&Label::row(table, self.tenant), &self.row.bytes(self.first + column)?)
    }
}

impl List {
    /// Reads a page.
    pub(crate) async fn page<T>(
        self,
        link: &mut Link,
        keys: &Keys,
        tenant: &TenantId,
        piece: &Piece,
        read: impl Fn(&Bodies<'_>) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let limit = if piece.limit == 0 { 50 } else { piece.limit.min(MAX_ROWS) };
        let total = match piece.cursor {
            None => Some(count(link, &self.rows).await?),
            Some(_) => None,
        };
        let names = || self.keys.iter().map(|(name, _)| *name);
        let mut statement = Statement::new("select ");
        // The keys stand first, so that their places do not depend on the list.
        statement.names(names()).push(", ").push(self.columns).append(self.rows);
        if let Some(cursor) = &piece.cursor {
            let key = decode(self.name, self.keys, cursor)?;
            statement
                .push(" and (")
                .names(names())
                .push(if self.descending { ") < " } else { ") > " })
                .list(key);
        }
        statement.push(" order by ");
        for (number, name) in names().enumerate() {
            statement.push(if number > 0 { ", " } else { "" }).push(name);
            statement.push(if self.descending { " desc" } else { "" });
        }
        statement.push(" limit ").value(Cell::int(limit + 1));
        let mut rows = statement.rows(link).await?;
        let next = if rows.len() > limit as usize {
            rows.truncate(limit as usize);
            rows.last().map(|last| encode(self.name, self.keys, last)).transpose()?
        } else {
            None
        };
        let (first, sealed) = (self.keys.len(), self.sealed);
        let mut bodies = Vec::with_capacity(rows.len() * sealed.len());
        for row in &rows {
            for (column, _) in sealed {
                bodies.push(row.bytes(first + column)?);
            }
        }
        let ring = &keys.ring_of(bodies.iter().map(Vec::as_slice)).await?;
        let items = rows.iter().map(|row| read(&Bodies { row, first, ring, tenant, sealed }));
        let items = items.collect::<Result<_, _>>()?;
        Ok(Page { items, next, total })
    }
}

/// Counts rows up to the limit.
pub(crate) async fn count(link: &mut Link, rows: &Statement) -> Result<Total, StoreError> {
    let mut statement = Statement::new("select count(*) from (select 1");
    statement.append(rows.clone()).push(" limit ").value(Cell::int(MAX_COUNTED + 1)).push(") as counted");
    let row = statement.row(link).await?.ok_or_else(|| StoreError::fault("a count without a row"))?;
    let count = row.small(0)?;
    Ok(Total { count: count.min(MAX_COUNTED), more: count > MAX_COUNTED })
}

fn encode(name: &str, keys: &[Column], row: &Row) -> Result<Cursor, StoreError> {
    let mut parts = vec![serde_json::Value::from(name)];
    for (place, (_, kind)) in keys.iter().enumerate() {
        parts.push(match row.cell(place, *kind)? {
            Cell::Int(value) => value.into(),
            Cell::Text(value) => value.into(),
            Cell::Null(_) | Cell::Bytes(_) => {
                return Err(StoreError::fault(format!("{name} is ordered by nothing")));
            }
        });
    }
    let text = serde_json::Value::from(parts).to_string();
    Ok(Cursor(text.bytes().map(|byte| format!("{byte:02x}")).collect()))
}

fn decode(name: &str, keys: &[Column], cursor: &Cursor) -> Result<Vec<Cell>, StoreError> {
    let digits = cursor.0.as_bytes();
    let bytes = digits.chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).map_err(|_| StoreError::BadCursor)?;
        u8::from_str_radix(pair, 16).map_err(|_| StoreError::BadCursor)
    });
    let bytes = bytes.collect::<Result<Vec<u8>, _>>()?;
    let parts: Vec<serde_json::Value> = serde_json::from_slice(&bytes).map_err(|_| StoreError::BadCursor)?;
    let (first, parts) = parts.split_first().ok_or(StoreError::BadCursor)?;
    if first.as_str() != Some(name) || parts.len() != keys.len() {
        return Err(StoreError::BadCursor);
    }
    let cell = |(part, (_, kind)): (&serde_json::Value, &Column)| match kind {
        Kind::Int => part.as_i64().map(Cell::Int),
        Kind::Text => part.as_str().map(Cell::text),
        Kind::Bytes | Kind::Sealed | Kind::Keyed => None,
    };
    parts.iter().zip(keys).map(|pair| cell(pair).ok_or(StoreError::BadCursor)).collect()
}
