//! The store: the journal of all turns, and the tables derived from it, on SQLite or PostgreSQL.
//!
//! A turn is written once, with all that follows from it, in one transaction; see [`Store::append`]. Everything else
//! reads. Three classes of table, named at each in `schema/`: *truth* (the journal and its documents; append-only),
//! *derived* (may be rebuilt from the journal at any time), *operational* (leases, sessions; backed up, never rebuilt).
//!
//! **Architecture invariant.** This is the only crate that knows SQL. It has no rule of the domain, it does not decide
//! and reads no clock: instants are arguments. No list is without a limit. A statement is written once for both back
//! ends, and one conformance suite runs on both.

mod access;
mod backup;
mod between;
mod blobs;
mod change_set;
mod database;
mod error;
mod finding;
mod halts;
mod hash;
mod history;
mod inbox;
mod journal;
mod kept;
mod lists;
mod notices;
mod rebuild;
mod recorder;
mod registers;
mod replay;
mod schema;
mod scratch;
mod search;
mod sieve;
mod size;
mod snapshots;
mod statement;
mod tables;
#[cfg(feature = "test-postgres")]
pub mod test_postgres;
mod verify;
mod wanted;
mod work;

use std::sync::Arc;

pub use access::{Session, TokenSecret};
pub use backup::Copied;
pub use between::{Arrival, ClaimedArrival, Published, Publishing};
pub use blobs::MAX_BLOB_BYTES;
pub use database::{DATABASE_FILE, LOCK_FILE, Place};
pub use error::{Obstacle, StoreError};
pub use finding::{Finding, Problem, Report};
pub use halts::Halt;
pub use hash::{BadHash, Hash};
pub use history::{AnyTurn, Stored, StoredTurn};
pub use inbox::{InboxEntry, InboxOrder, InboxQuery, TaskCounts, Whose};
pub use journal::{Appended, Entry, MAX_BATCH_TURNS, MAX_TURN_BYTES, MAX_TURN_DEPTH};
pub use kept::{MAX_KEPT_MESSAGES, MAX_KEPT_MESSAGES_OF_AUTHORITY};
pub use lists::{Cursor, MAX_COUNTED, MAX_ROWS, Page, Piece, Total};
pub use notices::{MAX_NOTICE_BYTES, Notices};
pub use rebuild::Rebuilt;
pub use recorder::{Part, Recording};
pub use registers::{CaseQuery, DeadlineQuery, DeadlineState, Found, Listed};
pub use scratch::{create_database, drop_database};
pub use snapshots::Moment;
pub use work::{ClaimedEffect, EffectKey};

/// An open database. Cheap to copy; all copies share the connections.
#[derive(Clone)]
pub struct Store(Arc<database::Database>);

impl Store {
    /// Opens the database at a place, makes it when it is not there, and brings its tables up to date.
    pub async fn open(place: &Place) -> Result<Store, StoreError> {
        let database = database::Database::open(place).await?;
        if let Err(error) = schema::migrate(&database).await {
            database.close().await;
            return Err(error);
        }
        Ok(Store(Arc::new(database)))
    }

    /// Waits for what is under way, closes all connections and gives the data directory free. Every later call answers
    /// [`StoreError::Unavailable`].
    pub async fn close(&self) {
        self.0.close().await;
    }

    fn database(&self) -> &database::Database {
        &self.0
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_postgres() { "Store(PostgreSQL)" } else { "Store(SQLite)" })
    }
}
