//! Lists by cursor: the next page begins behind the last row of this one, however the list has changed meanwhile.

use std::borrow::Cow;

use fachwerk_core::words::TenantId;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    by_case::{ByCase, KEYS_OF_CASES, Sorted, Stage},
    database::Link,
    error::StoreError,
    keys::Keys,
    seal::{Label, Ring},
    sieve::{Sieve, few},
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

/// A number of rows: all of them up to [`MAX_COUNTED`]; at least as many as have passed when each row has to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// How many.
    pub count: u32,
    /// Whether there are more than that, or may be.
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

/// Rows that are looked at, at most, to count those whose case passes tests.
pub(crate) const MAX_LOOKED_AT: u32 = 1_000;

/// The rows of a list: tables, and what their rows must pass.
pub(crate) struct Rows<'q> {
    pub tenant: &'q TenantId,
    /// The tables, `cross join`ed in the order in which they are read.
    pub from: &'static str,
    /// How they belong together; ends with the column that is the tenant's: `... and r.tenant = `.
    pub joined: &'static str,
    /// The column with the case.
    pub case_id: &'static str,
    /// Further conditions, each with its value.
    pub conditions: Vec<(&'static str, Option<Cell>)>,
    pub sieve: Sieve,
}

impl<'q> Rows<'q> {
    /// All rows of a table that belong to no case.
    pub(crate) fn of_no_cases(tenant: &'q TenantId, from: &'static str, joined: &'static str) -> Self {
        let (conditions, sieve) = (Vec::new(), Sieve::default());
        Rows { tenant, from, joined, case_id: "", conditions, sieve }
    }

    /// ` from ... where ...`, without the tests when `tested` is false.
    fn push(&self, statement: &mut Statement, tested: bool) {
        statement.push(" from ");
        self.sieve.push_few(statement, self.tenant);
        statement.push(self.from).push(" where ").push(self.joined).value(Cell::text(self.tenant));
        self.push_conditions(statement, tested);
    }

    fn push_conditions(&self, statement: &mut Statement, tested: bool) {
        for (condition, value) in &self.conditions {
            statement.push(condition);
            if let Some(value) = value {
                statement.value(value.clone());
            }
        }
        if tested {
            self.sieve.push_tests(statement, self.tenant, self.case_id);
        }
    }
}

/// A list in an order.
pub(crate) struct List<'q> {
    /// Names list and order within the cursor.
    pub name: &'static str,
    /// The columns to read.
    pub columns: &'static str,
    pub rows: Rows<'q>,
    /// The columns that the order goes by; together they are unique and never null.
    pub keys: &'static [Column],
    /// Whether the greatest comes first.
    pub descending: bool,
    /// Those of the columns that are sealed, by their places, each with its table.
    pub sealed: &'static [(usize, &'static str)],
    /// A list of cases `c` may be sorted by this instead.
    pub by: Option<ByCase<'q>>,
}

/// The sealed columns of a row of a list, opened.
pub(crate) struct Bodies<'a> {
    row: &'a Row,
    first: usize,
    ring: &'a Ring,
    sealed: &'a Sealed<'a>,
}

/// What of the rows of a list is sealed.
pub(crate) struct Sealed<'a> {
    pub keys: &'a Keys,
    pub tenant: &'a TenantId,
    /// The places of the columns, each with its table.
    pub columns: &'static [(usize, &'static str)],
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
        let Some((column, table)) = self.sealed.columns.get(number) else {
            return Err(StoreError::fault("a list has no such column"));
        };
        self.ring.json(&Label::row(table, self.sealed.tenant), &self.row.bytes(self.first + column)?)
    }
}

impl List<'_> {
    /// Reads a page.
    pub(crate) async fn page<T>(
        mut self,
        link: &mut Link,
        keys: &Keys,
        tenant: &TenantId,
        piece: &Piece,
        read: impl Fn(&Bodies<'_>) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let few = few(link, tenant).await?;
        self.rows.sieve.weigh(link, tenant, few).await?;
        let total = match piece.cursor {
            None => Some(self.total(link).await?),
            Some(_) => None,
        };
        let (name, order_keys, descending) = match &self.by {
            Some(by) => (by.name(self.name).into(), KEYS_OF_CASES, by.descending),
            None => (self.name.into(), self.keys, self.descending),
        };
        let order = Order { name, keys: order_keys, descending };
        let sealed = Sealed { keys, tenant, columns: self.sealed };
        let rows = match &self.by {
            Some(by) => {
                let sorted = |stage| self.sorted(by, stage, &order, piece);
                by.rows(link, (&order, piece), self.rows.sieve.gathers(), sorted).await?
            }
            None => self.statement(&order, piece)?.rows(link).await?,
        };
        order.page(rows, &sealed, piece, total, read).await
    }

    fn statement(&self, order: &Order, piece: &Piece) -> Result<Statement, StoreError> {
        let mut statement = Statement::new("select ");
        // The keys stand first, so that their places do not depend on the list.
        statement.names(order.names());
        if !self.rows.sieve.gathers() {
            statement.push(", ").push(self.columns);
            self.rows.push(&mut statement, true);
            order.push(&mut statement, piece)?;
            return Ok(statement);
        }
        // What is gathered has to be sorted: by its keys alone. What is shown is read of one page.
        let mut keys = Statement::new("with k as (");
        keys.append(statement);
        self.rows.push(&mut keys, true);
        order.push(&mut keys, piece)?;
        keys.push(") select ").names(order.names()).push(", ").push(self.columns).push(" from k cross join ");
        keys.push(self.rows.from).push(" where ").push(self.rows.joined).value(Cell::text(self.rows.tenant));
        for name in order.names() {
            keys.push(" and ").push(name).push(" = k.").push(name.rsplit('.').next().unwrap_or(name));
        }
        order.push_order(&mut keys, "");
        Ok(keys)
    }

    /// Cases by something that they have: their keys first, then what is shown of one page.
    fn sorted(
        &self,
        by: &ByCase<'_>,
        stage: Stage,
        order: &Order,
        piece: &Piece,
    ) -> Result<Statement, StoreError> {
        let sorted = Sorted { table: "cases c", tenant: "c.tenant", case_id: "c.case_id", instance: None };
        let mut statement = Statement::new("with k as (select * from (");
        if self.rows.sieve.gathers() {
            by.push_gathered(&mut statement, &sorted, |statement| self.rows.push(statement, true));
        } else {
            let push = |statement: &mut Statement| self.rows.push_conditions(statement, true);
            by.push_in_order(&mut statement, &sorted, stage, (order, piece), push)?;
        }
        statement.push(") as sorted where 1 = 1");
        order.push(&mut statement, piece)?;
        statement.push(") select k.part, k.value, k.case_id, ").push(self.columns);
        statement.push(" from k cross join cases c where c.case_id = k.case_id and c.tenant = ");
        statement.value(Cell::text(self.rows.tenant));
        order.push_order(&mut statement, "k.");
        Ok(statement)
    }

    async fn total(&self, link: &mut Link) -> Result<Total, StoreError> {
        if !self.rows.sieve.asks() {
            let mut all = Statement::new("select 1");
            self.rows.push(&mut all, true);
            return count(link, all).await;
        }
        let mut looked_at = Statement::new("select ");
        looked_at.push(self.rows.case_id).push(" as case_id");
        self.rows.push(&mut looked_at, false);
        count_passing(link, looked_at, &self.rows.sieve, self.rows.tenant).await
    }
}

/// The order of a list, and where its pages end.
pub(crate) struct Order {
    pub name: Cow<'static, str>,
    pub keys: &'static [Column],
    pub descending: bool,
}

impl Order {
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.keys.iter().map(|(name, _)| *name)
    }

    /// Behind the conditions: only what comes after the cursor, in this order, one row more than the page has.
    pub(crate) fn push(&self, statement: &mut Statement, piece: &Piece) -> Result<(), StoreError> {
        if let Some(key) = self.after(piece)? {
            statement.push(" and (").names(self.names());
            statement.push(if self.descending { ") < " } else { ") > " }).list(key);
        }
        self.push_order(statement, "");
        self.push_limit(statement, piece);
        Ok(())
    }

    /// The keys of the last row before a piece.
    pub(crate) fn after(&self, piece: &Piece) -> Result<Option<Vec<Cell>>, StoreError> {
        piece.cursor.as_ref().map(|cursor| decode(&self.name, self.keys, cursor)).transpose()
    }

    /// One row more than the page has: whether there is one says whether the list goes on.
    pub(crate) fn push_limit(&self, statement: &mut Statement, piece: &Piece) {
        statement.push(" limit ").value(Cell::int(rows_of(piece) + 1));
    }

    /// `of`: where the keys come from, with the dot.
    pub(crate) fn push_order(&self, statement: &mut Statement, of: &'static str) {
        for (number, name) in self.names().enumerate() {
            statement.push(if number > 0 { ", " } else { " order by " }).push(of).push(name);
            statement.push(if self.descending { " desc" } else { "" });
        }
    }

    /// The page that rows are, each beginning with its keys.
    pub(crate) async fn page<T>(
        &self,
        mut rows: Vec<Row>,
        sealed: &Sealed<'_>,
        piece: &Piece,
        total: Option<Total>,
        read: impl Fn(&Bodies<'_>) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let limit = rows_of(piece);
        let next = if rows.len() > limit as usize {
            rows.truncate(limit as usize);
            rows.last().map(|last| encode(&self.name, self.keys, last)).transpose()?
        } else {
            None
        };
        let (first, columns) = (self.keys.len(), sealed.columns);
        let mut bodies = Vec::with_capacity(rows.len() * columns.len());
        for row in &rows {
            for (column, _) in columns {
                bodies.push(row.bytes(first + column)?);
            }
        }
        let ring = &sealed.keys.ring_of(bodies.iter().map(Vec::as_slice)).await?;
        let items = rows.iter().map(|row| read(&Bodies { row, first, ring, sealed }));
        // Where older keys have to do, what they do not open is left out, and hides nothing else.
        let items = items.filter(|item| !matches!(item, Err(StoreError::KeyMissing { .. })));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        let left_out = rows.len() - items.len();
        if left_out > 0 {
            tracing::warn!(tenant = %sealed.tenant, list = %self.name, left_out, "keys are missing for what a list shows");
        }
        // What is on the page is there, even if counting ended before it was found.
        let shown = u32::try_from(items.len()).unwrap_or(MAX_COUNTED).min(MAX_COUNTED);
        let total = total.map(|total| Total { count: total.count.max(shown), ..total });
        Ok(Page { items, next, total })
    }
}

/// How many rows a page has at most.
pub(crate) fn rows_of(piece: &Piece) -> u32 {
    if piece.limit == 0 { 50 } else { piece.limit.min(MAX_ROWS) }
}

/// Counts the rows of a statement up to the limit.
pub(crate) async fn count(link: &mut Link, rows: Statement) -> Result<Total, StoreError> {
    let count = count_up_to(link, rows, MAX_COUNTED + 1).await?;
    Ok(Total { count: count.min(MAX_COUNTED), more: count > MAX_COUNTED })
}

/// Counts the rows of a statement; not further than a number.
pub(crate) async fn count_up_to(link: &mut Link, rows: Statement, most: u32) -> Result<u32, StoreError> {
    let mut statement = Statement::new("select count(*) from (");
    statement.append(rows).push(" limit ").value(Cell::int(most)).push(") as counted");
    let row = statement.row(link).await?.ok_or_else(|| StoreError::fault("a count without a row"))?;
    row.small(0)
}

/// Counts those rows of a statement, which gives their cases as `case_id`, whose case passes the tests. It looks at so many
/// rows and no more; if there are others, there may be more that pass.
pub(crate) async fn count_passing(
    link: &mut Link,
    looked_at: Statement,
    sieve: &Sieve,
    tenant: &TenantId,
) -> Result<Total, StoreError> {
    let mut statement = Statement::new("with looked_at as (");
    statement.append(looked_at).push(" limit ").value(Cell::int(MAX_LOOKED_AT));
    statement.push(") select (select count(*) from looked_at), (select count(*) from looked_at where 1 = 1");
    sieve.push_tests(&mut statement, tenant, "looked_at.case_id");
    statement.push(")");
    let row = statement.row(link).await?.ok_or_else(|| StoreError::fault("a count without a row"))?;
    let (looked_at, passed) = (row.small(0)?, row.small(1)?);
    Ok(Total { count: passed.min(MAX_COUNTED), more: passed > MAX_COUNTED || looked_at == MAX_LOOKED_AT })
}

fn encode(name: &str, keys: &[Column], row: &Row) -> Result<Cursor, StoreError> {
    let mut parts = vec![serde_json::Value::from(name)];
    for (place, (_, kind)) in keys.iter().enumerate() {
        parts.push(match row.cell(place, *kind)? {
            Cell::Int(value) => value.into(),
            Cell::Text(value) => value.into(),
            Cell::Null(_) | Cell::Bytes(_) | Cell::List(..) => {
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
