//! How much room the database takes, and how its rows are spread.

use crate::{Store, error::StoreError};

impl Store {
    /// Has the database look at how its rows are spread, after many were written at once: PostgreSQL does so by itself, but
    /// up to minutes later, and until then it takes every table for an empty one. SQLite needs no such look.
    pub async fn look_at_rows(&self) -> Result<(), StoreError> {
        let mut link = self.database().writer().await?;
        if link.is_postgres() { link.script("analyze".into()).await } else { Ok(()) }
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
