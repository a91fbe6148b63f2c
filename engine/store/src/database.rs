//! The two back ends behind one surface: a statement is written once and runs on both.

mod postgres;

use std::{
    fs::File,
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection, PgPool, Postgres, SqlSafeStr, SqlStr, Sqlite, SqliteConnection, SqlitePool,
    Transaction,
    pool::{PoolConnection, PoolOptions},
    postgres::PgConnectOptions,
    query::Query,
    sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::time::timeout;

use self::postgres::{CONNECTIONS_TO_KEYS, CONNECTIONS_TO_POSTGRES, begun};
use crate::{
    error::{StoreError, of_commit},
    keys::{KEYS_FILE, KEYS_SCHEMA},
    recorder::{Ended, Fetched, Opened, Recorder, Tape},
    shelf::{Shelf, Taken},
    statement::{Cell, Kind, Row},
};

/// The file in the data directory that holds everything.
pub const DATABASE_FILE: &str = "fachwerk.db";
/// The file in the data directory that its owner keeps locked.
pub const LOCK_FILE: &str = "fachwerk.lock";

const READERS_OF_SQLITE: u32 = 4;
/// The pages of a new embedded database: a turn of a KB or two wastes less of a page than with half of this.
const PAGE_BYTES: u32 = 8192;
/// A log that was longer is cut to this when it begins anew.
const JOURNAL_BYTES: &str = "8388608";
const PATIENCE: Duration = Duration::from_secs(10);
/// Statements that a connection keeps prepared: each comes in several sizes, see [`crate::statement::chunks`].
const PREPARED_STATEMENTS: usize = 512;
/// How long we wait for PostgreSQL: longer than a statement may take. A machine that lost its power, or its network, says
/// nothing, not even that the connection is broken.
const ANSWER: Duration = Duration::from_secs(75);
/// Where the data lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A directory of this machine; it is made when absent. One process owns it.
    Sqlite {
        /// The directory.
        dir: PathBuf,
    },
    /// A PostgreSQL server, version 15 or newer; any number of processes.
    Postgres {
        /// For example `postgres://user:password@host/database`. With the parameter `pooler=transaction` it leads to a
        /// pooler that gives out connections by transaction (such as PgBouncer): then no session is relied upon.
        url: String,
    },
}

impl Place {
    /// How the place is named in messages: never with a password.
    pub(crate) fn spoken(&self) -> String {
        match self {
            Place::Sqlite { dir } => dir.display().to_string(),
            Place::Postgres { url } => match url.parse::<PgConnectOptions>() {
                Ok(options) => format!(
                    "postgres://{}:{}/{}",
                    options.get_host(),
                    options.get_port(),
                    options.get_database().unwrap_or_default()
                ),
                Err(_) => "postgres://...".into(),
            },
        }
    }

    /// The same for the keys of the place.
    pub(crate) fn spoken_keys(&self) -> String {
        match self {
            Place::Sqlite { dir } => dir.join(KEYS_FILE).display().to_string(),
            Place::Postgres { .. } => format!("{} ({KEYS_SCHEMA})", self.spoken()),
        }
    }

    pub(crate) fn unusable(&self, reason: impl ToString) -> StoreError {
        StoreError::UnusablePlace { place: self.spoken(), reason: reason.to_string() }
    }
}

/// Connections to a database, and what is written down of what runs on them.
pub(crate) struct Database {
    pools: Pools,
    pub(crate) recorder: Recorder,
    /// How long an answer may take.
    answer: Duration,
}

enum Pools {
    Sqlite {
        writer: SqlitePool,
        readers: SqlitePool,
        lock: Option<File>,
    },
    Postgres {
        shelf: Shelf,
        /// Those that store batches, so that they wait for none that ask. None through a pooler.
        storing: Option<Shelf>,
    },
}

impl From<Pools> for Database {
    fn from(pools: Pools) -> Self {
        Self { pools, recorder: Recorder::default(), answer: ANSWER }
    }
}

impl Database {
    pub(crate) async fn open(place: &Place) -> Result<Self, StoreError> {
        match place {
            Place::Sqlite { dir } => {
                make_dir(dir).map_err(|error| place.unusable(error))?;
                let lock = File::create(dir.join(LOCK_FILE)).map_err(|error| place.unusable(error))?;
                match lock.try_lock() {
                    Ok(()) => {}
                    Err(std::fs::TryLockError::WouldBlock) => {
                        return Err(StoreError::InUse { dir: dir.clone() });
                    }
                    Err(std::fs::TryLockError::Error(error)) => return Err(place.unusable(error)),
                }
                Self::on_sqlite(place, &dir.join(DATABASE_FILE), Some(lock)).await
            }
            Place::Postgres { url } => Self::on_postgres(place, url, CONNECTIONS_TO_POSTGRES).await,
        }
    }

    /// Opens the keys of a place; makes them when they are not there.
    pub(crate) async fn of_keys(place: &Place) -> Result<Self, StoreError> {
        match place {
            Place::Sqlite { dir } => {
                make_dir(dir).map_err(|error| place.unusable(error))?;
                let file = dir.join(KEYS_FILE);
                make_private(&file).map_err(|error| place.unusable(error))?;
                Self::on_sqlite(place, &file, None).await
            }
            Place::Postgres { url } => Self::on_postgres(place, url, CONNECTIONS_TO_KEYS).await,
        }
    }

    /// What is deleted is written over at once: nothing of an erased case is left in the file.
    async fn on_sqlite(place: &Place, file: &Path, lock: Option<File>) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            // What is free is given back in steps (room.rs). It counts for files that are made now.
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .pragma("journal_size_limit", JOURNAL_BYTES)
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            .pragma("secure_delete", "on")
            .pragma("cache_size", "-32768")
            .page_size(PAGE_BYTES)
            .statement_cache_capacity(PREPARED_STATEMENTS);
        let lasting = || {
            PoolOptions::<Sqlite>::new()
                .acquire_timeout(PATIENCE)
                .test_before_acquire(false)
                .before_acquire(|connection, _| Box::pin(is_free(connection)))
                .idle_timeout(None)
                .max_lifetime(None)
        };
        let writer = lasting().max_connections(1).connect_with(options.clone()).await;
        let writer = writer.map_err(|error| unusable(place, error))?;
        let readers = lasting()
            .max_connections(READERS_OF_SQLITE)
            .connect_lazy_with(options.create_if_missing(false).pragma("query_only", "on"));
        Ok(Pools::Sqlite { writer, readers, lock }.into())
    }

    /// Opens a place to read, beside whoever owns it.
    pub(crate) async fn beside(place: &Place) -> Result<Self, StoreError> {
        match place {
            Place::Sqlite { dir } => Self::file(&dir.join(DATABASE_FILE)).await,
            Place::Postgres { .. } => Self::open(place).await,
        }
    }

    /// The same for the keys of a place.
    pub(crate) async fn keys_beside(place: &Place) -> Result<Self, StoreError> {
        match place {
            Place::Sqlite { dir } => Self::file(&dir.join(KEYS_FILE)).await,
            Place::Postgres { .. } => Self::of_keys(place).await,
        }
    }

    /// Opens the file of an embedded database to read.
    pub(crate) async fn file(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .busy_timeout(PATIENCE)
            .pragma("query_only", "on")
            .statement_cache_capacity(PREPARED_STATEMENTS);
        let place = Place::Sqlite { dir: file.to_owned() };
        // One for what reads a moment for long, one for what is looked up meanwhile.
        let pool = PoolOptions::<Sqlite>::new().max_connections(2).acquire_timeout(PATIENCE);
        let readers = pool.connect_with(options).await.map_err(|error| unusable(&place, error))?;
        Ok(Pools::Sqlite { writer: readers.clone(), readers, lock: None }.into())
    }

    /// Whether there is a database at a place. Nothing is made.
    pub(crate) async fn is_at(place: &Place) -> Result<bool, StoreError> {
        let sql = match place {
            Place::Sqlite { dir } if !dir.join(DATABASE_FILE).is_file() => return Ok(false),
            Place::Sqlite { .. } => "select count(*) from sqlite_master where name = 'schema_format'",
            Place::Postgres { .. } => "select count(to_regclass('schema_format'))",
        };
        let database = Self::beside(place).await?;
        let found = database.count(sql).await;
        database.close().await;
        Ok(found? > 0)
    }

    /// What a statement counts.
    pub(crate) async fn count(&self, sql: &'static str) -> Result<u64, StoreError> {
        self.reader().await?.row(sql, vec![]).await?.map_or(Ok(0), |row| row.count(0))
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.postgres().is_some()
    }

    /// Whether PostgreSQL is reached through a pooler that gives out connections by transaction.
    pub(crate) fn is_pooled(&self) -> bool {
        matches!(self.pools, Pools::Postgres { storing: None, .. })
    }

    pub(crate) fn postgres(&self) -> Option<&PgPool> {
        match &self.pools {
            Pools::Postgres { shelf, .. } => Some(shelf.pool()),
            Pools::Sqlite { .. } => None,
        }
    }

    pub(crate) async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { writer, readers, lock } => {
                readers.close().await;
                writer.close().await;
                // Closing the file would release it too, but the last owner of the store may live on for a while.
                let _ = lock.as_ref().map(File::unlock);
            }
            Pools::Postgres { shelf, storing } => {
                shelf.close().await;
                if let Some(storing) = storing {
                    storing.close().await;
                }
            }
        }
    }

    /// A connection for one statement that reads.
    pub(crate) async fn reader(&self) -> Result<Link, StoreError> {
        let held = match &self.pools {
            Pools::Sqlite { readers, .. } => Held::Sqlite(readers.acquire().await?),
            Pools::Postgres { shelf, .. } => Held::Postgres(shelf.take().await?),
        };
        Ok(self.link(held, Opened::Reader))
    }

    /// A connection for one statement that writes.
    pub(crate) async fn writer(&self) -> Result<Link, StoreError> {
        let held = match &self.pools {
            Pools::Sqlite { writer, .. } => Held::Sqlite(writer.acquire().await?),
            Pools::Postgres { shelf, .. } => Held::Postgres(shelf.take().await?),
        };
        Ok(self.link(held, Opened::Writer))
    }

    /// A connection for the one statement that stores a batch.
    pub(crate) async fn storing(&self) -> Result<Link, StoreError> {
        let Pools::Postgres { storing: Some(storing), .. } = &self.pools else { return self.writer().await };
        Ok(self.link(Held::Postgres(storing.take().await?), Opened::Storing))
    }

    /// A short transaction in which all statements read the same state.
    pub(crate) async fn begin_read(&self) -> Result<Link, StoreError> {
        let held = match &self.pools {
            Pools::Sqlite { readers, .. } => Held::SqliteTransaction(readers.begin().await?),
            Pools::Postgres { shelf, storing } => {
                let begin = "begin isolation level repeatable read read only";
                within(self.answer, begun(shelf, storing.is_none(), begin)).await?
            }
        };
        Ok(self.link(held, Opened::ReadTransaction))
    }

    /// A transaction that writes. On SQLite there is one at a time.
    pub(crate) async fn begin_write(&self) -> Result<Link, StoreError> {
        let held = match &self.pools {
            Pools::Sqlite { writer, .. } => {
                Held::SqliteTransaction(writer.begin_with("begin immediate").await?)
            }
            Pools::Postgres { shelf, storing } => {
                let begin = "begin isolation level read committed";
                within(self.answer, begun(shelf, storing.is_none(), begin)).await?
            }
        };
        Ok(self.link(held, Opened::WriteTransaction))
    }

    fn link(&self, held: Held, opened: Opened) -> Link {
        Link { held, pooled: self.is_pooled(), answer: self.answer, tape: self.recorder.tape(opened) }
    }
}

/// Whether a connection is outside of any transaction. When there was no room SQLite takes a transaction back by itself, and
/// the driver does not notice: such a connection is of no use any more.
async fn is_free(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    if connection.is_in_transaction() {
        // One that was dropped is taken back behind everything that was asked before.
        connection.ping().await?;
    }
    Ok(!connection.is_in_transaction())
}

/// Makes the data directory; nobody else may look into it.
pub(crate) fn make_dir(dir: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Makes a file that nobody else may look into, when it is not there.
fn make_private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

fn unusable(place: &Place, error: sqlx::Error) -> StoreError {
    match StoreError::from(error) {
        // Without a password: what the driver says about an address may hold one.
        StoreError::UnusablePlace { reason, .. } | StoreError::Unavailable { reason } => {
            place.unusable(reason)
        }
        StoreError::Corrupt { reason, .. } => StoreError::Corrupt { place: place.spoken(), reason },
        other => other,
    }
}

/// A connection, or a transaction on one; dropping a transaction takes it back.
pub(crate) struct Link {
    held: Held,
    /// Whether a statement outside of a transaction must be made one: what is prepared in one may be gone in the next.
    pooled: bool,
    /// How long PostgreSQL may take to answer.
    answer: Duration,
    /// Writes down what runs here, when that is wanted.
    tape: Option<Tape>,
}

enum Held {
    Sqlite(PoolConnection<Sqlite>),
    SqliteTransaction(Transaction<'static, Sqlite>),
    Postgres(Taken),
}

/// What PostgreSQL answers in time.
async fn within<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    timeout(limit, answer).await.unwrap_or_else(|_| Err(StoreError::Unavailable { reason: no_answer(limit) }))
}

fn no_answer(limit: Duration) -> String {
    format!("PostgreSQL has not answered for {} seconds", limit.as_secs())
}

/// Runs the same code on whichever connection there is, PostgreSQL within a limit.
macro_rules! on_link {
    ($link:expr, $limit:expr, $connection:ident => $body:expr) => {
        match &mut $link.held {
            Held::Sqlite(held) => {
                let $connection = &mut **held;
                $body
            }
            Held::SqliteTransaction(held) => {
                let $connection = &mut **held;
                $body
            }
            Held::Postgres(held) if $link.pooled && !held.is_in_transaction() => {
                let connection = held.ask();
                let answer = async {
                    let mut transaction = connection.begin().await?;
                    let done = {
                        let $connection = &mut *transaction;
                        $body
                    };
                    transaction.commit().await?;
                    Ok::<_, StoreError>(done)
                };
                let answer = within($limit, answer).await;
                held.answered(&answer);
                if answer.is_err() {
                    // The transaction around it is still to be taken back.
                    held.ask();
                }
                answer?
            }
            Held::Postgres(held) => {
                let $connection = held.ask();
                let answer = async { Ok::<_, StoreError>($body) };
                let answer = within($limit, answer).await;
                held.answered(&answer);
                answer?
            }
        }
    };
}

/// Binds a value, to whichever back end.
trait Bind {
    fn cell(self, value: Cell) -> Self;
}

macro_rules! binds {
    ($database:ty, $list:expr) => {
        impl Bind for Query<'_, $database, <$database as sqlx::Database>::Arguments> {
            fn cell(self, value: Cell) -> Self {
                match value {
                    Cell::Text(text) => self.bind(text),
                    Cell::Int(int) => self.bind(int),
                    Cell::Bytes(bytes) => self.bind(bytes),
                    Cell::Null(Kind::Text) => self.bind(None::<String>),
                    Cell::Null(Kind::Int) => self.bind(None::<i64>),
                    Cell::Null(Kind::Bytes | Kind::Sealed | Kind::Keyed) => self.bind(None::<Vec<u8>>),
                    Cell::List(kind, list) => $list(self, kind, list),
                }
            }
        }
    };
}

binds!(Sqlite, |query, _, _| {
    debug_assert!(false, "SQLite knows no arrays");
    query
});

binds!(Postgres, |query: Self, kind, list: Vec<Cell>| match kind {
    Kind::Text => query.bind(list.into_iter().map(Cell::into_text).collect::<Vec<_>>()),
    Kind::Int => query.bind(list.into_iter().map(Cell::into_int).collect::<Vec<_>>()),
    Kind::Bytes | Kind::Sealed | Kind::Keyed => {
        query.bind(list.into_iter().map(Cell::into_bytes).collect::<Vec<_>>())
    }
});

/// A statement with its values bound.
macro_rules! bound {
    ($persistent:expr, $sql:expr, $values:expr) => {
        $values.into_iter().fold(sqlx::query($sql).persistent($persistent), Bind::cell)
    };
}

impl Link {
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.held, Held::Postgres(_))
    }

    fn note(&mut self, fetched: Fetched, sql: &SqlStr, values: &[Cell]) {
        if let Some(tape) = &mut self.tape {
            tape.note(fetched, sql.as_str(), values);
        }
    }

    /// What is written down of the running statements, when that is wanted.
    pub(crate) fn tape(&mut self) -> Option<&mut Tape> {
        self.tape.as_mut()
    }

    /// All rows of a statement. It must have its own limit.
    pub(crate) async fn rows(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Cell>,
    ) -> Result<Vec<Row>, StoreError> {
        self.rows_of(sql, values, true).await
    }

    /// The same; it is kept prepared or not. On SQLite it may be several statements.
    pub(crate) async fn rows_of(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Cell>,
        kept: bool,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = sql.into_sql_str();
        self.note(Fetched::Rows, &sql, &values);
        let (answer, persistent) = (self.answer, kept && !self.pooled);
        Ok(on_link!(self, answer, connection => {
            bound!(persistent, sql, values).fetch_all(connection).await?.into_iter().map(Row::from).collect()
        }))
    }

    /// All rows of a statement; whoever asks has written down what shall run again.
    pub(crate) async fn rows_untaped(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Cell>,
    ) -> Result<Vec<Row>, StoreError> {
        let sql = sql.into_sql_str();
        let (answer, persistent) = (self.answer, !self.pooled);
        Ok(on_link!(self, answer, connection => {
            bound!(persistent, sql, values).fetch_all(connection).await?.into_iter().map(Row::from).collect()
        }))
    }

    /// The first row, if there is one.
    pub(crate) async fn row(
        &mut self,
        sql: impl SqlSafeStr,
        values: Vec<Cell>,
    ) -> Result<Option<Row>, StoreError> {
        let sql = sql.into_sql_str();
        self.note(Fetched::Row, &sql, &values);
        let (answer, persistent) = (self.answer, !self.pooled);
        Ok(on_link!(self, answer, connection => {
            bound!(persistent, sql, values).fetch_optional(connection).await?.map(Row::from)
        }))
    }

    /// Runs a statement; how many rows it touched.
    pub(crate) async fn run(&mut self, sql: impl SqlSafeStr, values: Vec<Cell>) -> Result<u64, StoreError> {
        let sql = sql.into_sql_str();
        self.note(Fetched::Count, &sql, &values);
        let (answer, persistent) = (self.answer, !self.pooled);
        Ok(on_link!(self, answer, connection => {
            bound!(persistent, sql, values).execute(connection).await?.rows_affected()
        }))
    }

    /// Runs a script of several statements without values, however long it takes.
    pub(crate) async fn script(&mut self, sql: String) -> Result<(), StoreError> {
        on_link!(self, Duration::MAX, connection => { sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?; });
        Ok(())
    }

    /// Brings the log of an embedded database into its file and empties it, so that nothing older lies in it. False when
    /// somebody who reads holds it back: they are waited for only shortly, because nobody can write meanwhile.
    pub(crate) async fn empty_log(&mut self) -> Result<bool, StoreError> {
        if self.is_postgres() {
            return Ok(true);
        }
        self.row("pragma busy_timeout = 200", vec![]).await?;
        let row = self.row("pragma wal_checkpoint(truncate)", vec![]).await;
        self.row("pragma busy_timeout = 10000", vec![]).await?;
        row?.map_or(Ok(true), |row| Ok(row.int(0)? == 0))
    }

    /// Ends a transaction well.
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        self.end(Ended::Committed);
        let done = match self.held {
            Held::SqliteTransaction(transaction) => transaction.commit().await,
            Held::Postgres(mut held) if held.is_in_transaction() => {
                match timeout(self.answer, held.end("commit")).await {
                    Ok(done) => done,
                    Err(_) => return Err(StoreError::UnknownCommit { reason: no_answer(self.answer) }),
                }
            }
            Held::Sqlite(_) | Held::Postgres(_) => Ok(()),
        };
        done.map_err(of_commit)
    }

    /// Ends a transaction that has changed nothing, or shall not.
    pub(crate) async fn leave(mut self) -> Result<(), StoreError> {
        self.end(Ended::Left);
        match self.held {
            Held::SqliteTransaction(transaction) => transaction.rollback().await?,
            Held::Postgres(mut held) if held.is_in_transaction() => {
                within(self.answer, async { Ok(held.end("rollback").await?) }).await?;
            }
            Held::Sqlite(_) | Held::Postgres(_) => {}
        }
        Ok(())
    }

    fn end(&mut self, ended: Ended) {
        if let Some(tape) = &mut self.tape {
            tape.end(ended);
        }
    }
}

#[cfg(all(test, feature = "test-postgres"))]
mod tests;
