//! Where a workload runs: a database that is made for it and removed afterwards, so that each begins with an empty one.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use fachwerk_store::{Place, Store, create_database, drop_database};
use uuid::Uuid;

use crate::Failure;

/// Where databases are made.
pub struct Grounds {
    /// A server of databases; without one, embedded databases in the folder.
    server: Option<String>,
    dir: PathBuf,
    made: AtomicU32,
    /// Tells the databases of this run from those of another.
    run: String,
}

impl Grounds {
    pub fn new(server: Option<&str>, dir: Option<PathBuf>) -> Grounds {
        Grounds {
            server: server.map(ToOwned::to_owned),
            dir: dir.unwrap_or_else(std::env::temp_dir),
            made: AtomicU32::new(0),
            run: Uuid::now_v7().simple().to_string(),
        }
    }

    pub fn backend(&self) -> &'static str {
        if self.server.is_some() { "postgres" } else { "sqlite" }
    }

    /// Works on a new, empty database. It is removed afterwards, whatever comes of the work.
    pub async fn on_fresh<T>(
        &self,
        work: impl AsyncFnOnce(&Place) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let name = format!("fachwerk_bench_{}_{number}", self.run);
        let Some(server) = &self.server else {
            let dir = self.dir.join(name);
            let done = work(&Place::Sqlite { dir: dir.clone() }).await;
            let _ = fs::remove_dir_all(dir);
            return done;
        };
        let url = create_database(server, &name).await.map_err(|error| {
            format!("{}; the benchmark makes databases of its own there and removes them", error.text().en)
        })?;
        let done = work(&Place::Postgres { url }).await;
        let removed = drop_database(server, &name).await.map_err(|error| error.text().en.to_string());
        done.and_then(|done| removed.map(|()| done))
    }
}

/// Opens the store at a place.
pub async fn open(place: &Place) -> Result<Store, Failure> {
    Store::open(place).await.map_err(|error| error.text().en.to_string())
}

/// How much room a database takes.
pub async fn bytes(store: &Store) -> Result<u64, Failure> {
    store.bytes().await.map_err(|error| error.to_string())
}
