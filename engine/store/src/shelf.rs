//! Connections to PostgreSQL that ended well, at hand for whoever asks next.
//!
//! The pool of the driver asks the server whether a connection still answers each time it is given back: one way to the server
//! and back behind every statement, on which nobody can use it. A connection on which everything that was asked was answered
//! needs no such question. It is laid here; the pool gets back, and tries out, only those that nobody has needed for a
//! while, and those that are in doubt. What somebody leaves in the middle of something is tidied up before it is laid down.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, pool::PoolConnection};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{sleep, timeout},
};

use crate::error::StoreError;

/// The connections of a pool, all of which are taken from here.
#[derive(Clone)]
pub(crate) struct Shelf(Arc<Inner>);

struct Inner {
    pool: PgPool,
    /// As many as the pool has connections: whoever has a place finds one here, or a free one in the pool.
    places: Arc<Semaphore>,
    patience: Duration,
    /// A connection rests here at least this long, and less than twice, before the pool gets it back.
    rest: Duration,
    laid: Mutex<Laid>,
    doubts: Doubts,
}

/// How often the server could not be had; shared by all who have connections to it. What was laid down before the last time hardly
/// answers either.
#[derive(Clone, Default)]
pub(crate) struct Doubts(Arc<AtomicU64>);

#[derive(Default)]
struct Laid {
    /// The last one is taken first.
    connections: Vec<Resting>,
    round: u64,
    /// Whether somebody looks through them each round.
    is_watched: bool,
    closed: bool,
}

struct Resting {
    connection: PoolConnection<Postgres>,
    /// In which it was laid down.
    round: u64,
    /// How many there were then.
    doubts: u64,
}

impl Inner {
    fn laid(&self) -> MutexGuard<'_, Laid> {
        self.laid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let laid = std::mem::take(&mut self.laid().connections);
        laid.into_iter().for_each(|it| give_back(it.connection));
    }
}

/// Gives a connection back to the pool, which does that in a task; where nobody runs one the connection ends.
fn give_back(connection: PoolConnection<Postgres>) {
    match Handle::try_current() {
        Ok(_) => drop(connection),
        Err(_) => drop(connection.detach()),
    }
}

impl Shelf {
    /// Of a pool with so many connections. Somebody waits for one as long as `patience`, and one may rest for `rest` before it is
    /// tried out again.
    pub(crate) fn of(pool: PgPool, (patience, rest): (Duration, Duration), doubts: Doubts) -> Shelf {
        let places = Arc::new(Semaphore::new(pool.options().get_max_connections() as usize));
        Shelf(Arc::new(Inner { pool, places, patience, rest, laid: Mutex::default(), doubts }))
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// A connection, as soon as one is free.
    pub(crate) async fn take(&self) -> Result<Taken, StoreError> {
        let place = timeout(self.0.patience, self.0.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let connection = match self.rested() {
            Some(connection) => connection,
            None => self.0.pool.acquire().await?,
        };
        let (connection, place, shelf) = (Some(connection), Some(place), self.clone());
        Ok(Taken { connection, shelf, place, at_rest: true, in_transaction: false, left: false })
    }

    /// One that rests here. What there are doubts about the pool gets back, which tries it out.
    fn rested(&self) -> Option<PoolConnection<Postgres>> {
        let doubts = self.0.doubts.0.load(Ordering::Relaxed);
        loop {
            let resting = self.0.laid().connections.pop()?;
            if resting.doubts == doubts {
                return Some(resting.connection);
            }
        }
    }

    fn lay(&self, connection: PoolConnection<Postgres>) {
        let mut laid = self.0.laid();
        if laid.closed {
            // Outside of the lock.
            drop(laid);
            return give_back(connection);
        }
        let (round, doubts) = (laid.round, self.0.doubts.0.load(Ordering::Relaxed));
        laid.connections.push(Resting { connection, round, doubts });
        if let (false, Ok(runtime)) = (laid.is_watched, Handle::try_current()) {
            laid.is_watched = true;
            runtime.spawn(watch(Arc::downgrade(&self.0)));
        }
    }

    /// Closes all connections, as soon as they are given back.
    pub(crate) async fn close(&self) {
        let laid = {
            let mut laid = self.0.laid();
            laid.closed = true;
            std::mem::take(&mut laid.connections)
        };
        drop(laid);
        self.0.pool.close().await;
    }
}

/// Gives those back to the pool that have rested for a whole round, until none is left.
async fn watch(shelf: Weak<Inner>) {
    while let Some(rest) = shelf.upgrade().map(|inner| inner.rest) {
        sleep(rest).await;
        let Some(inner) = shelf.upgrade() else { return };
        let mut laid = inner.laid();
        let round = laid.round;
        laid.round += 1;
        let rested: Vec<_> = laid.connections.extract_if(.., |it| it.round < round).collect();
        laid.is_watched = !laid.connections.is_empty();
        let goes_on = laid.is_watched;
        drop(laid);
        drop(rested);
        if !goes_on {
            return;
        }
    }
}

/// A connection that somebody has.
pub(crate) struct Taken {
    /// There until it is given back.
    connection: Option<PoolConnection<Postgres>>,
    shelf: Shelf,
    /// Freed behind the connection.
    place: Option<OwnedSemaphorePermit>,
    /// Whether everything that was asked was answered, and no transaction is open.
    at_rest: bool,
    in_transaction: bool,
    /// Whether taking back what was left open is being tried: if it is not at rest then, the connection ends.
    left: bool,
}

impl Taken {
    /// The connection to ask something; until [`Taken::answered`] it does not count as at rest.
    pub(crate) fn ask(&mut self) -> &mut PgConnection {
        self.at_rest = false;
        self.connection.as_mut().expect("it is there until it is given back")
    }

    /// Notes what came of it. What the server refuses is answered as well.
    pub(crate) fn answered<T>(&mut self, answer: &Result<T, StoreError>) {
        let is_lost = matches!(answer, Err(StoreError::Unavailable { .. }));
        self.at_rest = !is_lost && !self.in_transaction;
        if is_lost {
            self.doubt();
        }
    }

    fn doubt(&self) {
        self.shelf.0.doubts.0.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn is_in_transaction(&self) -> bool {
        self.in_transaction
    }

    /// Begins a transaction with these statements.
    pub(crate) async fn begin(&mut self, begin: String) -> Result<(), StoreError> {
        self.in_transaction = true;
        self.say(begin).await
    }

    /// Ends a transaction with a statement. What is not ended is taken back when the connection is given back.
    pub(crate) async fn end(&mut self, end: &'static str) -> Result<(), sqlx::Error> {
        let done = sqlx::raw_sql(end).execute(self.ask()).await.map(drop);
        if done.is_ok() {
            self.in_transaction = false;
            self.at_rest = true;
        } else {
            self.doubt();
        }
        done
    }

    async fn say(&mut self, script: String) -> Result<(), StoreError> {
        let done = sqlx::raw_sql(AssertSqlSafe(script)).execute(self.ask()).await;
        let done = done.map(drop).map_err(StoreError::from);
        self.answered(&done);
        done
    }

    /// Takes back what was left open, so that the next one finds nothing of it; waits for what was not answered.
    async fn tidy(mut self) {
        let limit = self.shelf.0.rest;
        let tidied = async {
            if self.in_transaction {
                return self.end("rollback").await.is_ok();
            }
            self.at_rest = self.ask().ping().await.is_ok();
            self.at_rest
        };
        let _ = timeout(limit, tidied).await;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        let place = self.place.take();
        match Handle::try_current() {
            _ if self.at_rest => self.shelf.lay(connection),
            Ok(_) if self.left => {
                connection.close_on_drop();
                drop(connection);
            }
            Ok(runtime) => {
                let (connection, shelf) = (Some(connection), self.shelf.clone());
                let in_transaction = self.in_transaction;
                // Until it is done it counts as tried in vain: so it is tried once, also when the task never runs.
                let taken = Taken { connection, shelf, place, at_rest: false, in_transaction, left: true };
                runtime.spawn(taken.tidy());
                return;
            }
            Err(_) => drop(connection.detach()),
        }
        drop(place);
    }
}
