//! Connections to PostgreSQL that ended well, at hand for whoever asks next.
//!
//! The pool of the driver asks the server whether a connection still answers each time it is given back, and ours asks
//! once more with a limit: two ways to the server and back behind every statement, on which nobody can use it. A connection on
//! which everything that was asked was answered needs no such question. It is laid here; the pool gets back, and tries
//! out, only those that something happened to, and those that nobody has needed for a while.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use sqlx::{PgConnection, PgPool, Postgres, Transaction, pool::PoolConnection};
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
}

#[derive(Default)]
struct Laid {
    /// Each with the round in which it was laid down; the last one is taken first.
    connections: Vec<(u64, PoolConnection<Postgres>)>,
    round: u64,
    /// Whether somebody looks through them each round.
    is_watched: bool,
    closed: bool,
}

impl Inner {
    fn laid(&self) -> MutexGuard<'_, Laid> {
        self.laid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        for (_, connection) in self.laid().connections.drain(..) {
            // The pool takes a connection back in a task, which needs somebody who runs it.
            match Handle::try_current() {
                Ok(_) => drop(connection),
                Err(_) => drop(connection.detach()),
            }
        }
    }
}

impl Shelf {
    /// Of a pool with so many connections. Somebody waits for one as long as `patience`, and one may rest for `rest` before it is
    /// tried out again.
    pub(crate) fn of(pool: PgPool, (patience, rest): (Duration, Duration)) -> Shelf {
        let places = Arc::new(Semaphore::new(pool.options().get_max_connections() as usize));
        Shelf(Arc::new(Inner { pool, places, patience, rest, laid: Mutex::default() }))
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.0.pool
    }

    /// A connection, as soon as one is free.
    pub(crate) async fn take(&self) -> Result<Taken, StoreError> {
        let place = timeout(self.0.patience, self.0.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        let laid = self.0.laid().connections.pop();
        let connection = match laid {
            Some((_, connection)) => connection,
            None => self.0.pool.acquire().await?,
        };
        Ok(Taken { connection: Some(connection), shelf: self.clone(), place: Some(place), at_rest: true })
    }

    fn lay(&self, connection: PoolConnection<Postgres>) {
        let mut laid = self.0.laid();
        if laid.closed {
            // Outside of the lock.
            drop(laid);
            return drop(connection);
        }
        let round = laid.round;
        laid.connections.push((round, connection));
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
        let rested: Vec<_> = laid.connections.extract_if(.., |(of, _)| *of < round).collect();
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
    /// Whether everything that was asked was answered.
    at_rest: bool,
}

impl Taken {
    /// The connection to ask something; until [`Taken::answered`] it does not count as at rest.
    pub(crate) fn ask(&mut self) -> &mut PgConnection {
        self.at_rest = false;
        self
    }

    /// Notes what came of it. Answered well it is at rest: no transaction is left open. If the server cannot be had, the others
    /// that lie here hardly answer either; the pool tries them out.
    pub(crate) fn answered<T>(&mut self, answer: &Result<T, StoreError>) {
        self.at_rest = answer.is_ok();
        if matches!(answer, Err(StoreError::Unavailable { .. })) {
            let laid = std::mem::take(&mut self.shelf.0.laid().connections);
            drop(laid);
        }
    }

    /// Begins a transaction with a statement. Its connection goes back to the pool at its end.
    pub(crate) async fn begin(
        mut self,
        begin: impl sqlx::SqlSafeStr,
    ) -> Result<(Transaction<'static, Postgres>, OwnedSemaphorePermit), StoreError> {
        let (Some(connection), Some(place)) = (self.connection.take(), self.place.take()) else {
            return Err(StoreError::fault("a connection that was given back"));
        };
        Ok((Transaction::begin(connection, Some(begin.into_sql_str())).await?, place))
    }
}

impl Deref for Taken {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        self.connection.as_ref().expect("it is there until it is given back")
    }
}

impl DerefMut for Taken {
    fn deref_mut(&mut self) -> &mut PgConnection {
        self.connection.as_mut().expect("it is there until it is given back")
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        match self.connection.take() {
            Some(connection) if self.at_rest => self.shelf.lay(connection),
            other => drop(other),
        }
        drop(self.place.take());
    }
}
