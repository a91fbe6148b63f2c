//! How much room the database takes.

use crate::{Store, error::StoreError};

impl Store {
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
