//! What ran on the database, written down so that it can run again without the engine. `fachwerk bench` measures with it
//! what the database alone could do at most; nothing else records, and nothing is kept but in memory.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use sqlx::AssertSqlSafe;

use crate::{Store, database::Link, error::StoreError, statement::Cell};

/// The statement that writes the journal begins like this.
const JOURNAL: &str = "insert into journal ";

/// How a connection was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opened {
    Reader,
    Writer,
    Storing,
    ReadTransaction,
    WriteTransaction,
}

/// How it was given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Dropped,
    Left,
    Committed,
}

/// What was wanted of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fetched {
    Rows,
    Row,
    Count,
}

/// All that ran between taking a connection and giving it back.
struct Unit {
    /// Counted from 0 in the order of taking.
    number: u64,
    opened: Opened,
    statements: Vec<Noted>,
    ended: Ended,
}

/// A statement.
struct Noted {
    fetched: Fetched,
    sql: String,
    values: Vec<Cell>,
    /// It did not run by itself: it is what another one did to the journal.
    within: bool,
}

/// Writes down, while it is switched on.
#[derive(Default)]
pub(crate) struct Recorder(Arc<Reel>);

#[derive(Default)]
struct Reel {
    on: AtomicBool,
    taken: AtomicU64,
    written: Mutex<Written>,
}

#[derive(Default)]
struct Written {
    units: Vec<Unit>,
    under_way: usize,
    most_under_way: usize,
}

impl Reel {
    fn written(&self) -> std::sync::MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Recorder {
    /// Writes down what runs on a connection that was just taken.
    pub(crate) fn tape(&self, opened: Opened) -> Option<Tape> {
        if !self.0.on.load(Ordering::Relaxed) {
            return None;
        }
        let mut written = self.0.written();
        written.under_way += 1;
        written.most_under_way = written.most_under_way.max(written.under_way);
        let number = self.0.taken.fetch_add(1, Ordering::Relaxed);
        let unit = Unit { number, opened, statements: Vec::new(), ended: Ended::Dropped };
        Some(Tape { unit: Some(unit), reel: self.0.clone() })
    }
}

/// What runs on one connection; it is handed in when the connection is given back.
pub(crate) struct Tape {
    /// There until it is handed in.
    unit: Option<Unit>,
    reel: Arc<Reel>,
}

impl Tape {
    pub(crate) fn note(&mut self, fetched: Fetched, sql: &str, values: &[Cell]) {
        if let Some(unit) = &mut self.unit {
            let (sql, values) = (sql.to_owned(), values.to_vec());
            unit.statements.push(Noted { fetched, sql, values, within: false });
        }
    }

    /// What the next statement does to the journal, among other things.
    pub(crate) fn note_within(&mut self, sql: &str, values: Vec<Cell>) {
        if let Some(unit) = &mut self.unit {
            let (fetched, sql) = (Fetched::Count, sql.to_owned());
            unit.statements.push(Noted { fetched, sql, values, within: true });
        }
    }

    /// Forgets what was written down of a transaction that came to nothing.
    pub(crate) fn forget(&mut self) {
        if let Some(unit) = &mut self.unit {
            unit.statements.clear();
        }
    }

    pub(crate) fn end(&mut self, ended: Ended) {
        if let Some(unit) = &mut self.unit {
            unit.ended = ended;
        }
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        let mut written = self.reel.written();
        written.under_way = written.under_way.saturating_sub(1);
        written.units.extend(self.unit.take());
    }
}

/// Which part of a recording runs again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Every statement, in the same transactions.
    All,
    /// Only the rows of the journal, in the same transactions.
    Journal,
}

/// What ran on a database: units of work, each a transaction or a single statement.
pub struct Recording {
    units: Vec<Unit>,
    connections: usize,
}

impl Recording {
    /// The most connections that were in use at the same time.
    pub fn connections(&self) -> usize {
        self.connections
    }

    /// How many statements each unit is, in the order in which they ran: so often somebody waits for the database, besides
    /// the beginning and the end of a transaction.
    pub fn statements(&self) -> Vec<usize> {
        let of = |unit: &Unit| unit.statements.iter().filter(|noted| is_of(noted, Part::All)).count();
        self.units.iter().map(of).collect()
    }

    /// The statements that look for rows, with their values, and how their connection was taken: all but those that only put
    /// some in.
    #[cfg(feature = "test-postgres")]
    pub(crate) fn looking(&self) -> impl Iterator<Item = (Opened, &str, &[Cell])> {
        let statements = self.units.iter().flat_map(|unit| {
            let opened = unit.opened;
            unit.statements.iter().map(move |noted| (opened, noted))
        });
        let statements = statements.filter(|(_, noted)| !noted.within);
        let looking =
            |sql: &str| ["select ", "with ", "delete ", "update "].iter().any(|it| sql.starts_with(it));
        let parts = statements.flat_map(|(opened, noted)| {
            noted.sql.split(crate::statement::BETWEEN).map(move |sql| (opened, sql, noted.values.as_slice()))
        });
        parts.filter(move |(_, sql, _)| looking(sql))
    }

    /// The places of the units that a part has, in the order in which they ran.
    pub fn units(&self, part: Part) -> Vec<usize> {
        let numbered = self.units.iter().enumerate();
        numbered.filter(|(_, unit)| unit.has(part)).map(|(place, _)| place).collect()
    }
}

impl Unit {
    fn has(&self, part: Part) -> bool {
        part == Part::All
            || (self.ended == Ended::Committed && self.statements.iter().any(|it| is_of(it, part)))
    }
}

fn is_of(noted: &Noted, part: Part) -> bool {
    match part {
        Part::All => !noted.within,
        Part::Journal => noted.sql.starts_with(JOURNAL),
    }
}

impl Store {
    /// Writes down all that runs from now on, in memory. For measuring only.
    pub fn record(&self) {
        self.database().recorder.0.on.store(true, Ordering::Relaxed);
    }

    /// Ends the recording, and gives what was written down.
    pub fn recorded(&self) -> Recording {
        let reel = &self.database().recorder.0;
        reel.on.store(false, Ordering::Relaxed);
        let mut written = reel.written();
        let mut units = std::mem::take(&mut written.units);
        units.sort_by_key(|unit| unit.number);
        Recording { units, connections: std::mem::take(&mut written.most_under_way).max(1) }
    }

    /// Runs the unit at a place of [`Recording::units`] again, here. The database must be as it was when the recording
    /// began, and the units before it must have run or be running.
    pub async fn rerun(&self, recording: &Recording, part: Part, place: usize) -> Result<(), StoreError> {
        let Some(unit) = recording.units.get(place) else { return Ok(()) };
        let database = self.database();
        let mut link = match unit.opened {
            Opened::Reader => database.reader().await?,
            Opened::Writer => database.writer().await?,
            Opened::Storing => database.storing().await?,
            Opened::ReadTransaction => database.begin_read().await?,
            Opened::WriteTransaction => database.begin_write().await?,
        };
        for statement in unit.statements.iter().filter(|it| is_of(it, part)) {
            run(&mut link, statement).await?;
        }
        match unit.ended {
            Ended::Committed => link.commit().await,
            Ended::Left => link.leave().await,
            Ended::Dropped => Ok(()),
        }
    }
}

async fn run(link: &mut Link, noted: &Noted) -> Result<(), StoreError> {
    let (sql, values) = (AssertSqlSafe(noted.sql.clone()), noted.values.clone());
    match noted.fetched {
        Fetched::Rows => drop(link.rows(sql, values).await?),
        Fetched::Row => drop(link.row(sql, values).await?),
        Fetched::Count => drop(link.run(sql, values).await?),
    }
    Ok(())
}
