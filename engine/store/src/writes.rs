//! What a transaction writes, put together before any of it runs.
//!
//! To PostgreSQL it goes as one statement, however many tables and rows it touches: each statement of its own is a way to
//! the server and back, and the row of the tenant is locked for as long. Lists of values are sent as arrays, so the same
//! tables are always written by the same text, which stays prepared. SQLite lies in the same process and knows no arrays;
//! it gets one statement after the other.
//!
//! All parts of one statement see the tables as they were before it (PostgreSQL, 7.8.4 "Data-Modifying Statements in
//! WITH"): no two of them may touch the same row.

use fachwerk_core::words::TenantId;

use crate::{
    database::Link,
    error::StoreError,
    statement::{Cell, Row, Statement, chunks},
    tables::Column,
};

/// Rows, or keys: the cells of each stand in the order of the columns.
type Cells = Vec<Vec<Cell>>;

/// One part. The tenant is the first column of every table, and the first parameter of every statement.
#[derive(Clone)]
enum Write {
    /// Rows into a table. What becomes of those that are there already the end says.
    Put { table: &'static str, columns: Vec<Column>, rows: Cells, end: Vec<&'static str> },
    /// The rows go whose keys begin with these values.
    Delete { table: &'static str, columns: Vec<Column>, keys: Cells },
    /// `update <table> set <columns> where tenant = $1`.
    Set { table: &'static str, columns: Vec<Column>, cells: Vec<Cell> },
}

/// Everything that is to be written for one tenant.
#[derive(Default)]
pub(crate) struct Writes(Vec<Write>);

impl Writes {
    /// Writes rows; nothing if there are none.
    pub(crate) fn put(
        &mut self,
        table: &'static str,
        columns: impl IntoIterator<Item = Column>,
        rows: Cells,
        end: Vec<&'static str>,
    ) {
        if !rows.is_empty() {
            self.0.push(Write::Put { table, columns: columns.into_iter().collect(), rows, end });
        }
    }

    /// Removes rows; nothing if there are no keys.
    pub(crate) fn delete(
        &mut self,
        table: &'static str,
        columns: impl IntoIterator<Item = Column>,
        keys: Cells,
    ) {
        if !keys.is_empty() {
            self.0.push(Write::Delete { table, columns: columns.into_iter().collect(), keys });
        }
    }

    /// Changes the tenant's row of a table that has one for each.
    pub(crate) fn set(&mut self, table: &'static str, cells: Vec<(Column, Cell)>) {
        let (columns, cells) = cells.into_iter().unzip();
        self.0.push(Write::Set { table, columns, cells });
    }

    /// Writes it all; the answer is that of the last part, if it says what it returns.
    pub(crate) async fn run(self, link: &mut Link, tenant: &TenantId) -> Result<Vec<Row>, StoreError> {
        if self.0.is_empty() {
            return Ok(vec![]);
        }
        if link.is_postgres() {
            if let Some(tape) = link.tape() {
                for journal in self.0.iter().filter(|write| write.is_of("journal")) {
                    let (sql, values) = Writes(vec![journal.clone()]).together(tenant).ready();
                    tape.note_within(&sql.0, values);
                }
            }
            return self.together(tenant).rows(link).await;
        }
        let mut last = vec![];
        for write in self.0 {
            last.clear();
            for statement in write.one_by_one(tenant) {
                last.extend(statement.rows(link).await?);
            }
        }
        Ok(last)
    }

    /// All parts in one statement: each but the last is a query that is named and not asked.
    fn together(self, tenant: &TenantId) -> Statement {
        const NAMES: [&str; 24] = [
            "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s",
            "t", "u", "v", "w", "x",
        ];
        let mut statement = Statement::default();
        statement.tenant(tenant);
        let last = self.0.len() - 1;
        for (number, write) in self.0.into_iter().enumerate() {
            if number < last {
                let name = NAMES.get(number).expect("there are fewer tables than names");
                statement.push(if number == 0 { "with " } else { ", " }).push(name).push(" as (");
            } else if number > 0 {
                statement.push(" ");
            }
            write.at_once(&mut statement);
            statement.push(if number < last { ")" } else { "" });
        }
        statement
    }
}

impl Write {
    fn is_of(&self, name: &str) -> bool {
        let (Write::Put { table, .. } | Write::Delete { table, .. } | Write::Set { table, .. }) = self;
        *table == name
    }

    /// By arrays.
    fn at_once(self, statement: &mut Statement) {
        match self {
            Write::Put { table, columns, rows, end } => {
                statement.push("insert into ").push(table).push(" (tenant, ").names(names(&columns));
                statement.push(") select $1, given.* from ");
                statement.given(&columns, rows);
                statement.pieces(&end);
            }
            Write::Delete { table, columns, keys } => {
                statement.push("delete from ").push(table).push(" as there using ");
                statement.given(&columns, keys);
                statement.push(" where there.tenant = $1");
                for name in names(&columns) {
                    statement.push(" and there.").push(name).push(" = given.").push(name);
                }
            }
            Write::Set { table, columns, cells } => set(statement, table, &columns, cells),
        }
    }

    /// By lists of values, so many at a time.
    fn one_by_one(self, tenant: &TenantId) -> Vec<Statement> {
        let begun = || {
            let mut statement = Statement::default();
            statement.tenant(tenant);
            statement
        };
        match self {
            Write::Put { table, columns, rows, end } => chunks(rows)
                .map(|rows| {
                    let mut statement = begun();
                    statement.push("insert into ").push(table).push(" (tenant, ").names(names(&columns));
                    statement.push(") values ");
                    for (number, row) in rows.into_iter().enumerate() {
                        statement.push(if number > 0 { ", ($1" } else { "($1" });
                        for cell in row {
                            statement.push(", ").value(cell);
                        }
                        statement.push(")");
                    }
                    statement.pieces(&end);
                    statement
                })
                .collect(),
            Write::Delete { table, columns, keys } => chunks(keys)
                .map(|keys| {
                    let mut statement = begun();
                    statement.push("delete from ").push(table).push(" where tenant = $1 and (");
                    for (number, key) in keys.into_iter().enumerate() {
                        statement.push(if number > 0 { " or (" } else { "(" });
                        for (place, (name, cell)) in names(&columns).zip(key).enumerate() {
                            statement.push(if place > 0 { " and " } else { "" });
                            statement.push(name).push(" = ").value(cell);
                        }
                        statement.push(")");
                    }
                    statement.push(")");
                    statement
                })
                .collect(),
            Write::Set { table, columns, cells } => {
                let mut statement = begun();
                set(&mut statement, table, &columns, cells);
                vec![statement]
            }
        }
    }
}

fn names(columns: &[Column]) -> impl Iterator<Item = &'static str> {
    columns.iter().map(|(name, _)| *name)
}

fn set(statement: &mut Statement, table: &'static str, columns: &[Column], cells: Vec<Cell>) {
    statement.push("update ").push(table).push(" set ");
    for (place, (name, cell)) in names(columns).zip(cells).enumerate() {
        statement.push(if place > 0 { ", " } else { "" }).push(name).push(" = ").value(cell);
    }
    statement.push(" where tenant = $1");
}
