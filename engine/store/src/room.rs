//! The room that an embedded database takes: what was deleted is given back to the file system, and the log stays short.
//! Each step is short, so that whoever writes is held up by none of them. PostgreSQL looks after this by itself.

use std::{fs, path::PathBuf};

use crate::{
    Store,
    database::{Database, Link},
    error::StoreError,
};

/// So many pages are given back in one step.
const PAGES_AT_ONCE: i64 = 256;
/// So many free pages are kept for what comes next: giving them back and taking them again would cost more.
const FREE_PAGES: i64 = 1_024;
/// Of a large file this part is kept free: one page in so many.
const FREE_PART: i64 = 8;
/// A log that is longer is emptied, when nobody reads what lies in it.
pub const MOST_LOG_BYTES: u64 = 32 * 1024 * 1024;

/// What a file of an embedded database takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The file.
    pub file: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Those of them that nothing lies in.
    pub free: u64,
    /// The bytes of its log.
    pub log: u64,
    /// Whether free room can be given back. Files that an older program made cannot; a backup that is brought back can.
    pub gives_back: bool,
}

impl Store {
    /// What the files of an embedded database take, that with the keys last; nothing with PostgreSQL.
    pub async fn room(&self) -> Result<Vec<Room>, StoreError> {
        let mut rooms = Vec::new();
        for database in [self.database(), self.keys().database()] {
            rooms.extend(database.room().await?);
        }
        Ok(rooms)
    }

    /// Gives back a piece of what is free, and empties a log that is long; whether there is more to give back.
    pub async fn make_room(&self) -> Result<bool, StoreError> {
        let mut more = false;
        for database in [self.database(), self.keys().database()] {
            more |= database.make_room().await?;
        }
        Ok(more)
    }
}

impl Database {
    async fn room(&self) -> Result<Option<Room>, StoreError> {
        if self.is_postgres() {
            return Ok(None);
        }
        let mut link = self.reader().await?;
        let sql = "select file, page_size, page_count, freelist_count, auto_vacuum \
                   from pragma_database_list, pragma_page_size, pragma_page_count, pragma_freelist_count, \
                   pragma_auto_vacuum where name = 'main'";
        let Some(row) = link.row(sql, vec![]).await? else { return Ok(None) };
        let file = PathBuf::from(row.text(0)?);
        let page = row.count(1)?;
        let mut log = file.clone().into_os_string();
        log.push("-wal");
        // No log is an empty one.
        let log = fs::metadata(log).map_or(0, |about| about.len());
        let (bytes, free) = (page * row.count(2)?, page * row.count(3)?);
        Ok(Some(Room { file, bytes, free, log, gives_back: row.int(4)? != 0 }))
    }

    async fn make_room(&self) -> Result<bool, StoreError> {
        let Some(room) = self.room().await? else { return Ok(false) };
        let more = room.gives_back && give_back(&mut self.writer().await?).await?;
        if room.log > MOST_LOG_BYTES {
            // Held by somebody who reads for long: next time.
            self.writer().await?.empty_log().await?;
        }
        Ok(more)
    }
}

/// Gives back some pages; whether there are more.
async fn give_back(link: &mut Link) -> Result<bool, StoreError> {
    let sql = "select freelist_count, page_count from pragma_freelist_count, pragma_page_count";
    let Some(row) = link.row(sql, vec![]).await? else { return Ok(false) };
    let spare = row.int(0)? - FREE_PAGES.max(row.int(1)? / FREE_PART);
    if spare <= 0 {
        return Ok(false);
    }
    link.rows("pragma incremental_vacuum(256)", vec![]).await?;
    let more = spare > PAGES_AT_ONCE;
    if !more {
        // The file becomes shorter when the log comes into it. This waits for nobody.
        link.row("pragma wal_checkpoint(passive)", vec![]).await?;
    }
    Ok(more)
}
