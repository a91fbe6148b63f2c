//! The store: the journal of all turns, and the tables derived from it, on SQLite or PostgreSQL.
//!
//! A turn is written once, with all that follows from it, in one transaction; see [`Store::append`]. Everything else
//! reads. Three classes of table, named at each in `schema/`: *truth* (the journal and its documents; append-only),
//! *derived* (may be rebuilt from the journal at any time), *operational* (leases, sessions; backed up, never rebuilt).
//!
//! What belongs to a case is sealed with a key of that case (`seal`), and the keys lie in a database of their own (`keys`):
//! erasing a case is throwing its keys away (`erase`). The sealed bytes of documents may lie in a depot outside (`depot`).
//!
//! **Architecture invariant.** This is the only crate that knows SQL. It has no rule of the domain, it does not decide
//! and reads no clock: instants are arguments. No list is without a limit. A statement is written once for both back
//! ends, and one conformance suite runs on both.

mod access;
mod append;
mod backup;
mod between;
mod blobs;
mod by_case;
mod certificate;
mod chain;
mod change_set;
mod compress;
mod copying;
mod counts;
mod database;
mod depot;
mod erase;
mod error;
mod finding;
mod halts;
mod hash;
mod heads;
mod history;
mod holders;
mod inbox;
mod journal;
mod keeping;
mod kept;
mod key_copies;
mod keys;
mod lists;
mod locked;
mod loose;
mod moving;
mod needed;
mod nodes;
mod notices;
mod older;
#[cfg(feature = "test-postgres")]
mod plans;
mod prove;
mod rebuild;
mod recorder;
mod registers;
mod replay;
mod room;
mod roots;
mod schema;
mod scratch;
mod seal;
mod search;
mod shelf;
mod sieve;
mod sign;
mod size;
mod snapshots;
mod statement;
mod tables;
#[cfg(feature = "test-postgres")]
pub mod test_postgres;
mod verify;
mod wanted;
mod work;
mod writes;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use database::Database;
use depot::Depots;
use fachwerk_core::format::Formats;
use heads::Heads;
use keys::Keys;
use nodes::Writing;
use size::Growth;

pub use access::{Session, TokenSecret};
pub use backup::{Copied, Included};
pub use between::{Arrival, ClaimedArrival, Published, Publishing};
pub use blobs::MAX_BLOB_BYTES;
pub use by_case::CaseKey;
pub use certificate::{Certificate, Erasure, GoneKey};
pub use counts::Statistics;
pub use database::{DATABASE_FILE, LOCK_FILE, Place};
pub use depot::{Depot, Documents, MARKER, MAX_SEALED_BYTES, Opener};
pub use error::{Obstacle, StoreError};
pub use finding::{Difference, Finding, Problem, Report};
pub use halts::Halt;
pub use hash::{BadHash, Hash};
pub use history::{AnyTurn, ErasedTurn, Stored, StoredTurn};
pub use inbox::{InboxEntry, InboxOrder, InboxQuery, TaskCounts, Whose};
pub use journal::{Appended, Entry, MAX_BATCH_TURNS, MAX_TURN_BYTES, MAX_TURN_DEPTH, StoredBatch};
pub use keeping::KeptCases;
pub use kept::{MAX_KEPT_MESSAGES, MAX_KEPT_MESSAGES_OF_AUTHORITY};
pub use key_copies::Brought;
pub use keys::{KEYS_FILE, KEYS_SCHEMA, KeysAt};
pub use lists::{Cursor, MAX_COUNTED, MAX_ROWS, Page, Piece, Total};
pub use moving::{Moved, Moving};
pub use nodes::{LIVE, Node, Nodes, WrittenFormat, node_id};
pub use notices::{MAX_NOTICE_BYTES, Notices};
#[cfg(feature = "test-postgres")]
pub use plans::Planned;
pub use prove::Proven;
pub use rebuild::Rebuilt;
pub use recorder::{Part, Recording};
pub use registers::{CaseQuery, DeadlineQuery, DeadlineState, Found, Listed};
pub use room::{MOST_LOG_BYTES, Room};
pub use roots::{ROOTS_FOLDER, Root, RootProblem, Signature, SignedRoot};
pub use schema::KNOWN as TABLES_FORMAT;
pub use scratch::{create_database, drop_database};
pub use sign::{BadKey, Signer};
pub use snapshots::{Moment, SNAPSHOT_EVERY};
pub use work::{ClaimedEffect, Due, EffectKey, Lease};

/// An open database. Cheap to copy; all copies share the connections.
#[derive(Clone)]
pub struct Store(Arc<Open>);

struct Open {
    database: Database,
    keys: Keys,
    depots: Depots,
    /// What this process remembers of the ends of the journals.
    heads: Heads,
    /// Where the signed roots are written, when there is a directory for them.
    roots: Option<PathBuf>,
    /// The formats of turns that this process knows.
    formats: Formats,
    writing: Writing,
    growth: Growth,
}

impl Store {
    /// Opens the database at a place, with the keys beside it; see [`Store::open_with`].
    pub async fn open(place: &Place) -> Result<Store, StoreError> {
        Self::open_with(place, place).await
    }

    /// Opens the database at a place and the keys at another one, makes them when they are not there, brings the tables up
    /// to date, and erases again what was erased since an older copy of one of the two was made. A database that holds
    /// anything sealed opens only with its own keys, and with older ones of its own only when these will do.
    pub async fn open_with(place: &Place, keys: impl Into<KeysAt>) -> Result<Store, StoreError> {
        Self::open_at(place, keys, &Documents::default()).await
    }

    /// The same with a choice where new documents lie. Older ones are found wherever they lie.
    pub async fn open_at(
        place: &Place,
        keys: impl Into<KeysAt>,
        documents: &Documents,
    ) -> Result<Store, StoreError> {
        Self::open_whole(place, &keys.into(), documents, Formats::OURS).await
    }

    /// The same for whoever begins nothing: neither database nor keys are made where none are.
    pub async fn open_there(
        place: &Place,
        keys: impl Into<KeysAt>,
        documents: &Documents,
    ) -> Result<Store, StoreError> {
        let keys = keys.into();
        if !Database::is_at(place).await? {
            return Err(StoreError::NoDatabase { place: place.spoken() });
        }
        match Keys::there(&keys.place).await? {
            Some(found) => found.close().await,
            None => return Err(StoreError::KeysMissing { place: keys.place.spoken_keys() }),
        }
        Self::open_at(place, keys, documents).await
    }

    /// The same as a program that knows other formats of turns.
    #[doc(hidden)]
    pub async fn open_as(place: &Place, keys: &Place, formats: Formats) -> Result<Store, StoreError> {
        Self::open_whole(place, &keys.into(), &Documents::default(), formats).await
    }

    async fn open_whole(
        place: &Place,
        keys: &KeysAt,
        documents: &Documents,
        formats: Formats,
    ) -> Result<Store, StoreError> {
        // Before anything is made or changed.
        if matches!(place, Place::Sqlite { dir } if !dir.join(DATABASE_FILE).exists()) {
            needed::look_for_new(keys).await?;
        }
        let database = Database::open(place).await?;
        match needed::look(&database, keys).await {
            Ok(0) => {}
            Ok(authorities) => tracing::warn!(
                authorities,
                "the keys are older than the database: what was sealed with newer ones cannot be read; bring these back as soon as they are found"
            ),
            Err(error) => {
                database.close().await;
                return Err(error);
            }
        }
        let store = Self::not_compared(database, place, &keys.place, documents, formats).await?;
        if let Err(error) = store.replay_ledger().await {
            store.close().await;
            return Err(error);
        }
        Ok(store)
    }

    /// Opened with keys that belong to it, without comparing what was erased here and there.
    async fn not_compared(
        database: Database,
        place: &Place,
        keys: &Place,
        documents: &Documents,
        formats: Formats,
    ) -> Result<Store, StoreError> {
        let opened = async {
            schema::migrate(&database, place).await?;
            let writing = Writing::begin(&database, &formats).await?;
            let keys = Keys::open(keys).await?;
            match Depots::open(&database, documents).await {
                Ok(depots) => Ok((writing, depots, keys)),
                Err(error) => {
                    keys.close().await;
                    Err(error)
                }
            }
        };
        let (writing, depots, keys) = match opened.await {
            Ok(opened) => opened,
            Err(error) => {
                database.close().await;
                return Err(error);
            }
        };
        let roots = match place {
            Place::Sqlite { dir } => Some(dir.join(ROOTS_FOLDER)),
            Place::Postgres { .. } => None,
        };
        let heads = Heads::default();
        let growth = Growth::default();
        Ok(Store(Arc::new(Open { database, keys, depots, heads, roots, formats, writing, growth })))
    }

    /// The database alone.
    async fn bare(place: &Place) -> Result<Database, StoreError> {
        let database = Database::open(place).await?;
        if let Err(error) = schema::migrate(&database, place).await {
            database.close().await;
            return Err(error);
        }
        Ok(database)
    }

    /// Waits for what is under way, closes all connections and gives the data directory free. Every later call answers
    /// [`StoreError::Unavailable`].
    pub async fn close(&self) {
        self.0.growth.end();
        self.leave().await;
        if self.keys().database().is_postgres() {
            self.look_for_keys().await;
        }
        self.0.keys.close().await;
        self.0.database.close().await;
    }

    /// Looks whether the keys of the newest cases are still there. What was at hand may lead to a database that is gone: then once
    /// more.
    async fn look_for_keys(&self) {
        for _ in 0..2 {
            match self.keys().look_again().await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, "it is not known whether the newest keys are still there")
                }
            }
        }
    }

    fn database(&self) -> &Database {
        &self.0.database
    }

    fn keys(&self) -> &Keys {
        &self.0.keys
    }

    fn heads(&self) -> &Heads {
        &self.0.heads
    }

    fn depots(&self) -> &Depots {
        &self.0.depots
    }

    fn formats(&self) -> &Formats {
        &self.0.formats
    }

    fn roots_folder(&self) -> Option<&Path> {
        self.0.roots.as_deref()
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.database.is_postgres() { "Store(PostgreSQL)" } else { "Store(SQLite)" })
    }
}
