//! What a transaction writes, put together before any of it runs.
//!
//! To PostgreSQL it goes as one statement, however many tables and rows it touches: each statement of its own is a way to
//! the server and back, and the row of the tenant is locked for as long. Lists of values are sent as arrays, so the same
//! tables are always written by the same text, which stays prepared. SQLite lies in the same process and knows no arrays;
//! it gets one statement after the other, many at once.
//!
//! All parts of one statement see the tables as they were before it (PostgreSQL, 7.8.4 "Data-Modifying Statements in
//! WITH"): no two of them may touch the same row.

use fachwerk_core::words::TenantId;

use crate::{
    database::{Database, Link},
    error::StoreError,
    locked::{Locked, TurnAt, push_locked},
    recorder::{Ended, Fetched, Tape},
    statement::{BETWEEN, Cell, Row, Statement, chunks},
    tables::Column,
};

/// Rows, or keys: the cells of each stand in the order of the columns.
type Cells = Vec<Vec<Cell>>;

/// Puts a piece behind a statement.
type Pushing<'p> = dyn FnMut(&mut Statement) + 'p;

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

    /// Writes it all; the answer is that of the part that says what it returns.
    pub(crate) async fn run(self, link: &mut Link, tenant: &TenantId) -> Result<Vec<Row>, StoreError> {
        if self.0.is_empty() {
            return Ok(vec![]);
        }
        self.note_journal(link, tenant);
        if link.is_postgres() {
            return self.together(tenant, None).rows(link).await;
        }
        let mut answers = vec![];
        for script in self.one_after_another(tenant, Script::of(tenant)) {
            answers.extend(script.rows(link).await?);
        }
        Ok(answers)
    }

    /// Writes down what it does to the journal, when that is wanted.
    fn note_journal(&self, link: &mut Link, tenant: &TenantId) {
        let is_postgres = link.is_postgres();
        let Some(tape) = link.tape() else { return };
        for write in self.0.iter().filter(|write| write.is_of("journal")) {
            let alone = Writes(vec![write.clone()]);
            let parts = match is_postgres {
                true => vec![alone.together(tenant, None)],
                false => alone
                    .one_after_another(tenant, Script::of(tenant))
                    .into_iter()
                    .map(|it| it.statement)
                    .collect(),
            };
            for (sql, values) in parts.into_iter().map(Statement::ready) {
                tape.note_within(&sql.0, values);
            }
        }
    }

    /// For SQLite: behind what stands in the first script.
    fn one_after_another(self, tenant: &TenantId, first: Script) -> Vec<Script> {
        let mut scripts = vec![first];
        for write in self.0 {
            write.one_by_one(&mut |push: &mut Pushing<'_>| {
                if scripts.last().is_none_or(Script::is_long) {
                    scripts.push(Script::of(tenant));
                }
                if let Some(script) = scripts.last_mut() {
                    script.add(push);
                }
            });
        }
        scripts
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes it all in a transaction of its own, when the row of the tenant is as it is remembered and its work does not rest;
    /// then the row has this position. Else nothing is written. Where the answer is an error other than
    /// [`StoreError::UnknownCommit`] nothing was written either.
    pub(crate) async fn run_if_held(
        self,
        database: &Database,
        tenant: &TenantId,
        held: Held,
        position: u64,
    ) -> Result<Attempt, StoreError> {
        if database.is_postgres() {
            return self.run_alone_if_held(&mut database.storing().await?, tenant, held, position).await;
        }
        let mut link = database.begin_write().await?;
        let done = self.run_within_if_held(&mut link, tenant, held, position).await;
        if !matches!(done, Ok(Attempt::Done)) {
            link.tape().map(Tape::forget);
            return done;
        }
        link.commit().await?;
        Ok(Attempt::Done)
    }

    async fn run_within_if_held(
        self,
        link: &mut Link,
        tenant: &TenantId,
        held: Held,
        position: u64,
    ) -> Result<Attempt, StoreError> {
        let mut script = Script::of(tenant);
        script.add(&mut |statement| {
            statement
                .push("update tenants set position = ")
                .value(Cell::int(position))
                .push(" where tenant = $1 and ");
            as_held(statement, "tenants", held);
            statement.push(" and not exists (select 1 from halts where halts.tenant = $1) returning 'held'");
        });
        self.note_journal(link, tenant);
        let mut held = None;
        for script in self.one_after_another(tenant, script) {
            let rows = script.rows(link).await?;
            // It is the first thing that is answered. What was written in vain is taken back.
            if !*held.get_or_insert_with(|| {
                rows.first().is_some_and(|row| row.text(0).is_ok_and(|it| it == "held"))
            }) {
                return Ok(Attempt::Not(None));
            }
        }
        Ok(Attempt::Done)
    }

    /// On PostgreSQL, in one statement: that is one way to the server and back.
    async fn run_alone_if_held(
        self,
        link: &mut Link,
        tenant: &TenantId,
        held: Held,
        position: u64,
    ) -> Result<Attempt, StoreError> {
        let journal = Writes(self.0.iter().filter(|write| write.is_of("journal")).cloned().collect());
        let (sql, values) = self.together(tenant, Some((held, position))).ready();
        let noted = link.tape().is_some().then(|| (sql.0.clone(), values.clone()));
        match link.rows_untaped(sql, values).await {
            Ok(rows) => match rows.first() {
                None => return Ok(Attempt::Not(None)),
                Some(row) if row.int(0)? == 0 => return Ok(Attempt::Not(Some(Locked::read(row, 1)?))),
                Some(_) => {}
            },
            // Whether it was committed before the connection broke nobody knows here.
            Err(StoreError::Unavailable { reason }) => return Err(StoreError::UnknownCommit { reason }),
            Err(error) => return Err(error),
        }
        journal.note_journal(link, tenant);
        if let (Some(tape), Some((sql, mut values))) = (link.tape(), noted) {
            // Who runs this again may be before or behind others.
            values.splice(LAST, [Cell::Int(0), Cell::Int(0), Cell::Bytes(vec![])]);
            values.splice(REMEMBERED, [0, i64::MAX, 0, i64::MAX].map(Cell::Int));
            tape.note(Fetched::Rows, &sql, &values);
            tape.end(Ended::Committed);
        }
        Ok(Attempt::Done)
    }

    /// All parts in one statement: each but the last is a query that is named and not asked.
    ///
    /// With the tenant's row as it is remembered, and the position that it shall have, they are written only if the row is so,
    /// and the answer is whether it was.
    fn together(self, tenant: &TenantId, held: Option<(Held, u64)>) -> Statement {
        let mut statement = Statement::default();
        statement.tenant(tenant);
        if let Some((held, position)) = held {
            // Whoever comes to a row that somebody else is just changing waits, and gets it as it is then.
            statement.push("with of_tenant as (select ");
            push_locked(&mut statement, held.last);
            statement.push(" from tenants where tenant = $1 for update of tenants), ");
            statement.push("held as (update tenants set position = ").value(Cell::int(position));
            statement.push(" from of_tenant where tenants.tenant = $1 and of_tenant.rests = 0 and of_tenant.knows = 1 and ");
            as_held(&mut statement, "of_tenant", held);
            statement.push(" returning 1)");
        }
        let only = held.map_or("", |_| "exists (select 1 from held)");
        // Whether it held is asked last; else the last part is.
        let named = if held.is_some() { self.0.len() } else { self.0.len() - 1 };
        for (number, write) in self.0.into_iter().enumerate() {
            if number < named {
                let begin = if number == 0 && held.is_none() { "with part" } else { ", part" };
                statement.push(begin).number(number).push(" as (");
            } else if number > 0 {
                statement.push(" ");
            }
            write.at_once(&mut statement, only);
            statement.push(if number < named { ")" } else { "" });
        }
        if held.is_some() {
            statement.push(" select (select count(*) from held), of_tenant.* from of_tenant");
        }
        statement
    }
}

impl Write {
    fn is_of(&self, name: &str) -> bool {
        let (Write::Put { table, .. } | Write::Delete { table, .. } | Write::Set { table, .. }) = self;
        *table == name
    }

    /// By arrays, and only where a condition holds.
    fn at_once(self, statement: &mut Statement, only: &'static str) {
        match self {
            Write::Put { table, columns, rows, end } => {
                statement.push("insert into ").push(table).push(" (tenant, ").names(names(&columns));
                statement.push(") select $1, given.* from ");
                statement.given(&columns, rows);
                statement.push(if only.is_empty() { "" } else { " where " }).push(only).pieces(&end);
            }
            Write::Delete { table, columns, keys } => {
                statement.push("delete from ").push(table).push(" as there using ");
                statement.given(&columns, keys);
                statement.push(" where there.tenant = $1");
                for name in names(&columns) {
                    statement.push(" and there.").push(name).push(" = given.").push(name);
                }
                statement.push(if only.is_empty() { "" } else { " and " }).push(only);
            }
            Write::Set { table, columns, cells } => set(statement, table, &columns, cells),
        }
    }

    /// Rows by lists of values, so many at a time; each key by itself.
    fn one_by_one(self, add: &mut dyn FnMut(&mut Pushing<'_>)) {
        match self {
            Write::Put { table, columns, rows, end } => {
                for rows in chunks(rows) {
                    let mut rows = Some(rows);
                    add(&mut |statement| {
                        statement.push("insert into ").push(table).push(" (tenant, ").names(names(&columns));
                        statement.push(") values ");
                        for (number, row) in rows.take().into_iter().flatten().enumerate() {
                            statement.push(if number > 0 { ", ($1" } else { "($1" });
                            for cell in row {
                                statement.push(", ").value(cell);
                            }
                            statement.push(")");
                        }
                        statement.pieces(&end);
                    });
                }
            }
            // Of several keys the planner thinks that together they are most of the table, and goes through all rows of the tenant.
            Write::Delete { table, columns, keys } => {
                for mut key in keys {
                    add(&mut |statement| {
                        statement.push("delete from ").push(table).push(" where tenant = $1");
                        for (name, cell) in names(&columns).zip(std::mem::take(&mut key)) {
                            statement.push(" and ").push(name).push(" = ").value(cell);
                        }
                    });
                }
            }
            Write::Set { table, columns, cells } => {
                let mut cells = Some(cells);
                add(&mut |statement| set(statement, table, &columns, cells.take().unwrap_or_default()));
            }
        }
    }
}

/// Statements for SQLite that run one after another without anybody waiting between them: each wait is two switches between
/// threads, which takes longer than most statements.
struct Script {
    statement: Statement,
    statements: usize,
}

/// A script is kept prepared up to so many statements; longer ones hardly ever come again as they are.
const KEPT_STATEMENTS: usize = 16;
/// Nothing is added any more behind so many bytes: the database goes over all that follows with each statement.
const LONG_SCRIPT: usize = 16 * 1024;

impl Script {
    fn of(tenant: &TenantId) -> Script {
        let mut statement = Statement::default();
        statement.tenant(tenant);
        Script { statement, statements: 0 }
    }

    fn add(&mut self, push: &mut Pushing<'_>) {
        self.statement.push(if self.statements > 0 { BETWEEN } else { "" });
        push(&mut self.statement);
        self.statements += 1;
    }

    fn is_long(&self) -> bool {
        self.statement.len() >= LONG_SCRIPT
    }

    async fn rows(self, link: &mut Link) -> Result<Vec<Row>, StoreError> {
        if self.statements == 0 {
            return Ok(vec![]);
        }
        let (sql, values) = self.statement.ready();
        link.rows_of(sql, values, self.statements <= KEPT_STATEMENTS).await
    }
}

/// The row of a tenant as it is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// How often it was locked for more than to store turns of cases.
    pub locks: u64,
    /// The last position given.
    pub position: u64,
    /// The last turn that this process has stored. Is it not there, the database has lost it, and what is remembered with it:
    /// a server that followed, and was behind, has taken over.
    pub last: Option<TurnAt>,
}

/// What became of everything that was to be written.
#[derive(Clone, Copy)]
pub(crate) enum Attempt {
    Done,
    /// Nothing of it was written; the row as it is, where that is known.
    Not(Option<Locked>),
}

/// Which parameters say what is remembered: behind the tenant the last turn; behind the new position the row, the least and the
/// most of each.
const LAST: std::ops::Range<usize> = 1..4;
const REMEMBERED: std::ops::Range<usize> = 5..9;

fn as_held(statement: &mut Statement, row: &'static str, held: Held) {
    for (number, (name, value)) in
        [(".locks", held.locks), (".position", held.position)].into_iter().enumerate()
    {
        statement.push(if number > 0 { " and " } else { "" }).push(row).push(name).push(" between ");
        statement.value(Cell::int(value)).push(" and ").value(Cell::int(value));
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
