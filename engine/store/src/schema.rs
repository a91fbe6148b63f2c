//! The tables, and how an older database is brought up to date.

use std::cmp::Ordering;

use crate::{
    database::{Database, Link, Place},
    error::StoreError,
    statement::Cell,
};

/// One script a format, in order. A script that was released is never changed.
const SCRIPTS: &[&str] = &[
    include_str!("schema/0001.sql"),
    include_str!("schema/0002.sql"),
    include_str!("schema/0003.sql"),
    include_str!("schema/0004.sql"),
    include_str!("schema/0005.sql"),
    include_str!("schema/0006.sql"),
    include_str!("schema/0007.sql"),
    include_str!("schema/0008.sql"),
    include_str!("schema/0009.sql"),
    include_str!("schema/0010.sql"),
];

/// Keeps several nodes from migrating one PostgreSQL database at the same time: any fixed number.
pub(crate) const MIGRATION_LOCK: i64 = 0x6661_6368_7765_726b;

/// Turns of an earlier format cannot be read any more.
const SEALED_SINCE: u32 = 8;

/// Brings the tables to the newest format, in one transaction.
pub(crate) async fn migrate(database: &Database, place: &Place) -> Result<(), StoreError> {
    let mut link = database.begin_write().await?;
    if link.is_postgres() {
        link.run("select pg_advisory_xact_lock($1)", vec![Cell::Int(MIGRATION_LOCK)]).await?;
    }
    // Class: operational. Which scripts have run.
    link.script("create table if not exists schema_format (format bigint not null primary key)".into())
        .await?;
    let found = match link.row("select coalesce(max(format), 0) from schema_format", vec![]).await? {
        Some(row) => row.small(0)?,
        None => 0,
    };
    let known = u32::try_from(SCRIPTS.len()).expect("few scripts");
    if found > known {
        link.leave().await?;
        return Err(StoreError::NewerFormat { found, known });
    }
    if (1..SEALED_SINCE).contains(&found)
        && link.row("select tenant from journal limit 1", vec![]).await?.is_some()
    {
        link.leave().await?;
        return Err(place.unusable(format!(
            "it was written with format {found}, before cases were sealed; go on with the program that wrote it, or begin anew"
        )));
    }
    for (script, format) in SCRIPTS.iter().zip(1_u32..).skip(found as usize) {
        let script = spoken(script, &link);
        link.script(script).await?;
        link.run("insert into schema_format (format) values ($1)", vec![Cell::int(format)]).await?;
    }
    link.commit().await
}

/// Only a database of the newest format is copied; one that a server has opened is.
pub(crate) async fn need_newest(database: &Database, place: &Place) -> Result<(), StoreError> {
    let row = database.reader().await?.row("select max(format) from schema_format", vec![]).await?;
    let (found, known) = (row.map_or(Ok(0), |row| row.small(0))?, u32::try_from(SCRIPTS.len()).unwrap_or(0));
    match found.cmp(&known) {
        Ordering::Equal => Ok(()),
        Ordering::Greater => Err(StoreError::NewerFormat { found, known }),
        Ordering::Less => Err(place
            .unusable(format!("it has format {found}; open it once with this program, which needs {known}"))),
    }
}

/// A script in the words of a back end.
pub(crate) fn spoken(script: &str, link: &Link) -> String {
    let words = if link.is_postgres() {
        [("BYTES", "bytea"), ("TEXT", "text collate \"C\""), ("CLUSTERED", "")]
    } else {
        [("BYTES", "blob"), ("TEXT", "text"), ("CLUSTERED", "without rowid")]
    };
    words.iter().fold(script.to_owned(), |script, (word, meaning)| script.replace(word, meaning))
}
