//! Copying tables row by row between two databases, either of which may be an embedded one or on PostgreSQL.

use fachwerk_core::words::TenantId;
use sqlx::AssertSqlSafe;

use crate::{
    backup::Copied,
    blobs::{Laid, laid},
    database::{Database, Link},
    depot::{Depots, Outside},
    error::StoreError,
    hash::Hash,
    statement::{Cell, Kind, Row},
};

/// Tables of which nothing is copied.
const LEFT_OUT: [&str; 5] = ["schema_format", "nodes", "sessions", "case_words", "case_columns"];
/// Tables that tell of depots: not needed where no document lies outside.
const OF_DEPOTS: [&str; 2] = ["depots", "loose_bytes"];
/// The table of documents.
const BLOBS: &str = "blobs";
/// So many rows are copied at once, when they are small.
const MOST_ROWS: usize = 512;
/// So many values a statement takes at most, on either back end.
const MOST_VALUES: usize = 30_000;
/// Of rows that are larger, fewer are held in memory at once.
const BYTES_AT_ONCE: usize = 4_000_000;

/// A table as it is copied.
pub(crate) struct Table {
    pub name: String,
    columns: Vec<(String, Kind)>,
    /// The columns of its key, by their place.
    key: Vec<usize>,
}

/// Puts bytes that lie outside into the rows that know them.
pub(crate) struct Fetching<'a> {
    pub source: &'a Database,
    pub depots: &'a Depots,
    pub missing: u64,
}

impl Fetching<'_> {
    /// The columns of a row as they are when the bytes lie in it.
    async fn fetched(
        &mut self,
        tenant: &TenantId,
        hash: &Hash,
        mut known: Laid,
    ) -> Result<[Cell; 3], StoreError> {
        let body = loop {
            let error = match self.depots.whole(self.source, &known).await {
                Ok(body) => break body.into_owned(),
                Err(error @ (StoreError::BytesMissing { .. } | StoreError::Corrupt { .. })) => error,
                Err(error) => return Err(error),
            };
            // Moved or erased since the copy was begun?
            let now = laid(self.source, tenant, hash).await?;
            match now {
                Some(now) if now != known => known = now,
                now => {
                    if now.is_some() {
                        tracing::error!(%tenant, document = %hash, %error, "a document is not in the backup");
                        self.missing += 1;
                    }
                    // A body without bytes is one that was dropped.
                    break Vec::new();
                }
            }
        };
        Ok(Laid { body, outside: None }.cells())
    }
}

/// Copies all rows. One of the two is an embedded database: it says which tables there are. With `fetching` no document lies
/// outside of the copy.
pub(crate) async fn copy(
    read: &mut Link,
    write: &mut Link,
    described_by_source: bool,
    mut fetching: Option<Fetching<'_>>,
) -> Result<Copied, StoreError> {
    let tables = tables(if described_by_source { &mut *read } else { &mut *write }).await?;
    let mut copied = Copied::default();
    for table in &tables {
        if fetching.is_some() && OF_DEPOTS.contains(&&*table.name) {
            continue;
        }
        let of_this = fetching.as_mut().filter(|_| table.name == BLOBS);
        let rows = table.copy(read, write, ["", ""], of_this).await?;
        copied.rows += rows;
        if table.name == "tenants" {
            copied.tenants = rows;
        }
    }
    match fetching {
        Some(fetching) => copied.missing = fetching.missing,
        None => {
            let sql = "select count(*) from blobs where depot is not null";
            copied.left_out = write.row(sql, vec![]).await?.map_or(Ok(0), |row| row.count(0))?;
        }
    }
    Ok(copied)
}

pub(crate) async fn tables(link: &mut Link) -> Result<Vec<Table>, StoreError> {
    let names = link
        .rows(
            "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
            vec![],
        )
        .await?;
    let mut tables = Vec::new();
    for row in names {
        let name = row.text(0)?;
        if LEFT_OUT.contains(&&*name) {
            continue;
        }
        let described = link
            .rows("select name, type, pk from pragma_table_info($1) order by cid", vec![Cell::text(&name)])
            .await?;
        let (mut columns, mut key) = (Vec::new(), Vec::new());
        for (place, column) in described.iter().enumerate() {
            let kind = match &*column.text(1)?.to_ascii_lowercase() {
                "text" => Kind::Text,
                "blob" => Kind::Bytes,
                _ => Kind::Int,
            };
            columns.push((column.text(0)?, kind));
            let in_key = column.int(2)?;
            if in_key > 0 {
                key.push((in_key, place));
            }
        }
        key.sort_unstable();
        tables.push(Table { name, columns, key: key.into_iter().map(|(_, place)| place).collect() });
    }
    Ok(tables)
}

impl Table {
    /// Copies all rows, from one schema to another.
    pub(crate) async fn copy(
        &self,
        read: &mut Link,
        write: &mut Link,
        [from, to]: [&str; 2],
        mut fetching: Option<&mut Fetching<'_>>,
    ) -> Result<u64, StoreError> {
        let (mut after, mut copied, mut size): (Option<Vec<Cell>>, u64, usize) = (None, 0, 1);
        let width = self.columns.len();
        let most = MOST_ROWS.min(MOST_VALUES / width.max(1));
        loop {
            let rows = read
                .rows(AssertSqlSafe(self.next(from, after.is_some(), size)), after.unwrap_or_default())
                .await?;
            let mut values: Vec<Cell> = Vec::with_capacity(rows.len() * width);
            let (mut bytes, mut held) = (0, 0);
            for row in &rows {
                let first = values.len();
                for (place, (_, kind)) in self.columns.iter().enumerate() {
                    values.push(row.cell(place, *kind)?);
                }
                bytes += values[first..].iter().map(weight).sum::<usize>();
                if let Some(fetching) = &mut fetching {
                    self.fetch(row, &mut values[first..], fetching).await?;
                }
                held += values[first..].iter().map(weight).sum::<usize>();
                // What is fetched may be large: it is not held for all rows.
                if held > BYTES_AT_ONCE {
                    self.put(write, to, std::mem::take(&mut values)).await?;
                    held = 0;
                }
            }
            copied += rows.len() as u64;
            if !values.is_empty() {
                self.put(write, to, values).await?;
            }
            let Some(last) = rows.last() else { return Ok(copied) };
            if rows.len() < size {
                return Ok(copied);
            }
            let key = self.key.iter().map(|place| last.cell(*place, self.columns[*place].1));
            after = Some(key.collect::<Result<_, _>>()?);
            size = if bytes > BYTES_AT_ONCE { (size / 2).max(1) } else { (size * 2).min(most) };
        }
    }

    async fn put(&self, write: &mut Link, to: &str, values: Vec<Cell>) -> Result<(), StoreError> {
        let rows = values.len() / self.columns.len().max(1);
        write.run(AssertSqlSafe(self.insert(to, rows)), values).await?;
        Ok(())
    }

    /// Lets the cells of a row hold the bytes that lie outside.
    async fn fetch(
        &self,
        row: &Row,
        cells: &mut [Cell],
        fetching: &mut Fetching<'_>,
    ) -> Result<(), StoreError> {
        let place = |name: &str| {
            let place = self.columns.iter().position(|(column, _)| column == name);
            place.ok_or_else(|| StoreError::fault(format!("documents without the column {name}")))
        };
        let [body, depot, name] = [place("body")?, place("depot")?, place("name")?];
        let outside = row.maybe_text(depot)?.zip(row.maybe_text(name)?);
        let Some((of_depot, of_name)) = outside else { return Ok(()) };
        let outside = Some(Outside { depot: of_depot, name: of_name });
        let known = Laid { body: row.bytes(body)?, outside };
        let (tenant, hash) = (row.text(place("tenant")?)?.into(), row.parsed(place("hash")?)?);
        let fetched = fetching.fetched(&tenant, &hash, known).await?;
        for (place, cell) in [body, depot, name].into_iter().zip(fetched) {
            cells[place] = cell;
        }
        Ok(())
    }

    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
    }

    /// The rows behind a key, in its order. Texts are compared byte by byte on both back ends.
    fn next(&self, schema: &str, goes_on: bool, limit: usize) -> String {
        let key = self.key.iter().map(|place| format!("\"{}\"", self.columns[*place].0));
        let key = key.collect::<Vec<_>>().join(", ");
        let behind = (1..=self.key.len()).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ");
        let behind = if goes_on { format!("where ({key}) > ({behind}) ") } else { String::new() };
        format!("select {} from {schema}\"{}\" {behind}order by {key} limit {limit}", self.names(), self.name)
    }

    fn insert(&self, schema: &str, rows: usize) -> String {
        let width = self.columns.len();
        let row = |row: usize| {
            let values = (1..=width).map(|column| format!("${}", row * width + column));
            format!("({})", values.collect::<Vec<_>>().join(", "))
        };
        let rows = (0..rows).map(row).collect::<Vec<_>>().join(", ");
        format!("insert into {schema}\"{}\" ({}) values {rows}", self.name, self.names())
    }
}

fn weight(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.len(),
        Cell::Bytes(bytes) => bytes.len(),
        Cell::Int(_) | Cell::Null(_) => 8,
        Cell::List(_, list) => list.iter().map(weight).sum(),
    }
}
