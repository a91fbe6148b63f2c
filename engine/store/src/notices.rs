//! What the processes of one installation tell each other at once: that turns are stored. Whoever misses a notice finds
//! the turns in the journal, by looking once in a while.
//!
//! Only PostgreSQL has several processes. Listening needs a connection of its own that leads to the server directly: a
//! pooler that hands out connections by transaction cannot carry it.

use sqlx::{
    Postgres,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgListener},
};

use crate::{
    Store,
    error::StoreError,
    statement::{Cell, Statement, chunks},
};

const CHANNEL: &str = "fachwerk";
/// The longest notice that PostgreSQL takes, in bytes.
pub const MAX_NOTICE_BYTES: usize = 7_999;

/// Hears what other processes tell.
#[derive(Debug)]
pub struct Notices(PgListener);

impl Notices {
    /// The next notice. After a connection that broke it goes on, with what is told from then on.
    pub async fn next(&mut self) -> Result<String, StoreError> {
        Ok(self.0.recv().await?.payload().to_owned())
    }
}

impl Store {
    /// Tells all who listen, this process as well. Not part of any transaction: what is told is stored already.
    pub async fn notify(&self, notices: Vec<String>) -> Result<(), StoreError> {
        if let Some(long) = notices.iter().find(|notice| notice.len() > MAX_NOTICE_BYTES) {
            let (size, limit) = (long.len() as u64, MAX_NOTICE_BYTES as u64);
            return Err(StoreError::TooLarge { what: "notice_bytes", size, limit });
        }
        if !self.is_shared() || notices.is_empty() {
            return Ok(());
        }
        let mut link = self.database().writer().await?;
        for notices in chunks(notices) {
            let mut statement = Statement::new("select count(pg_notify(");
            statement.value(Cell::text(CHANNEL)).push(", notice)) from (values ");
            for (number, notice) in notices.into_iter().enumerate() {
                statement.push(if number > 0 { ", " } else { "" }).list([Cell::text(notice)]);
            }
            statement.push(") as told (notice)");
            statement.rows(&mut link).await?;
        }
        Ok(())
    }

    /// Begins to listen; none when there are no other processes, or when they cannot be heard because a pooler stands
    /// between and `direct` does not lead past it.
    pub async fn listen(&self, direct: Option<&str>) -> Result<Option<Notices>, StoreError> {
        let Some(pool) = self.database().postgres() else { return Ok(None) };
        let options: PgConnectOptions = match direct {
            Some(url) => url.parse()?,
            None if self.database().is_pooled() => {
                tracing::warn!(
                    "what other processes store is found by looking: the database is reached through a pooler"
                );
                return Ok(None);
            }
            None => (*pool.connect_options()).clone(),
        };
        let own = PoolOptions::<Postgres>::new().max_connections(1).connect_lazy_with(options);
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Notices(listener)))
    }

    /// Whether other processes may write to the same database.
    pub fn is_shared(&self) -> bool {
        self.database().is_postgres()
    }
}
