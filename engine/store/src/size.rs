//! How much room the database takes, and how its rows are spread.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use tokio::{runtime::Handle, task::AbortHandle};

use crate::{Store, error::StoreError, tables::Derived};

/// How many turns this process has stored.
#[derive(Default)]
pub(crate) struct Growth {
    turns: AtomicU64,
    /// Whoever looks at the rows.
    looking: Mutex<Option<AbortHandle>>,
}

impl Growth {
    /// Looks no longer, so that nobody waits for that.
    pub(crate) fn end(&self) {
        let looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner).take();
        looking.iter().for_each(AbortHandle::abort);
    }
}

/// As long as there are no more, PostgreSQL may do what it wants.
const A_FEW: u64 = 100;
/// What grows with the turns, beside the derived tables.
const GROWING: [&str; 8] =
    ["journal", "tenants", "snapshots", "arrivals", "blobs", "blob_uses", "counters", "counts"];

impl Store {
    /// Has the database look at how its rows are spread, after many were written at once: PostgreSQL does so by itself, but
    /// up to minutes later, and until then it takes every table for an empty one. SQLite needs no such look.
    pub async fn look_at_rows(&self) -> Result<(), StoreError> {
        if !self.database().is_postgres() {
            return Ok(());
        }
        let tables: Vec<&str> = Derived::ALL.iter().map(|table| table.shape().name).chain(GROWING).collect();
        self.database().writer().await?.script(format!("analyze {}", tables.join(", "))).await
    }

    /// Notes that turns were stored. A plan is kept until the database has looked at its rows again; so it looks whenever there are ten
    /// times as many as before. Among those that it takes for empty it may choose any index.
    pub(crate) fn grown_by(&self, turns: u64) {
        let before = self.0.growth.turns.fetch_add(turns, Ordering::Relaxed);
        let after = before + turns;
        if after < A_FEW || before.max(1).ilog10() == after.ilog10() || !self.database().is_postgres() {
            return;
        }
        let Ok(runtime) = Handle::try_current() else { return };
        let store = self.clone();
        let looking = runtime.spawn(async move {
            if let Err(error) = store.look_at_rows().await {
                tracing::debug!(%error, "how the rows are spread was not looked at");
            }
        });
        let mut before = self.0.growth.looking.lock().unwrap_or_else(PoisonError::into_inner);
        *before = Some(looking.abort_handle());
    }

    /// The bytes that tables and indexes take, without what lies free in the files. With PostgreSQL those of the whole
    /// database.
    pub async fn bytes(&self) -> Result<u64, StoreError> {
        let mut link = self.database().reader().await?;
        let sql = if link.is_postgres() {
            "select pg_database_size(current_database())"
        } else {
            "select (page_count - freelist_count) * page_size \
             from pragma_page_count, pragma_freelist_count, pragma_page_size"
        };
        let row = link
            .row(sql, vec![])
            .await?
            .ok_or_else(|| StoreError::fault("the database does not tell its size"))?;
        row.count(0)
    }
}

#[cfg(all(test, feature = "test-postgres"))]
mod tests {
    use super::*;
    use crate::{Place, test_postgres};

    /// Whether the rows were looked at, asked again and again for a while.
    async fn looked_at(store: &Store, times: u32) -> bool {
        let sql = "select count(*) from pg_class where relname = 'journal' and reltuples >= 0";
        for _ in 0..times {
            if store.database().count(sql).await.expect("a count") > 0 {
                return true;
            }
        }
        false
    }

    #[tokio::test]
    async fn rows_are_looked_at_when_there_are_many_more() {
        let Some(server) = test_postgres::server() else { return };
        let url = server.create_database().await;
        let store = Store::open(&Place::Postgres { url: url.clone() }).await.expect("a store");
        store.grown_by(A_FEW - 1);
        assert!(!looked_at(&store, 20).await, "of a few nothing is to be known");
        store.grown_by(1);
        assert!(looked_at(&store, 10_000).await, "it looked in vain");
        store.close().await;
        server.drop_database(&url).await;
    }
}
