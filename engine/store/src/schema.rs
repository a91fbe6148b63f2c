//! The tables, and how an older database is brought up to date.
//!
//! A newer program does so while older ones still work with the same tables, where there are several servers. So a script
//! only adds what an older program does not miss and does not have to know: tables, indexes, columns with a default. What
//! nobody uses any more goes with a later script, when every program that used it is out of use. Each script says how old a
//! program may be that goes on; an older one refuses, at the latest when it is seen again (`nodes.rs`). As long as a server
//! lives that could not go on, the tables stay as they are.

use std::cmp::Ordering;

use crate::{
    database::{Database, Link, Place},
    error::StoreError,
    older::live_before,
    statement::Cell,
};

/// What brings the tables from one format to the next.
struct Script {
    text: &'static str,
    /// The oldest format whose program can go on with the tables that this makes.
    compatible_since: u32,
}

/// One script a format, in order. A script that was released is never changed.
const SCRIPTS: &[Script] = &[
    Script { text: include_str!("schema/0001.sql"), compatible_since: 1 },
    Script { text: include_str!("schema/0002.sql"), compatible_since: 2 },
    Script { text: include_str!("schema/0003.sql"), compatible_since: 3 },
    Script { text: include_str!("schema/0004.sql"), compatible_since: 4 },
    Script { text: include_str!("schema/0005.sql"), compatible_since: 5 },
    Script { text: include_str!("schema/0006.sql"), compatible_since: 6 },
    Script { text: include_str!("schema/0007.sql"), compatible_since: 7 },
    Script { text: include_str!("schema/0008.sql"), compatible_since: 8 },
    Script { text: include_str!("schema/0009.sql"), compatible_since: 9 },
    Script { text: include_str!("schema/0010.sql"), compatible_since: 10 },
    Script { text: include_str!("schema/0011.sql"), compatible_since: 11 },
    Script { text: include_str!("schema/0012.sql"), compatible_since: 12 },
    Script { text: include_str!("schema/0013.sql"), compatible_since: 13 },
    Script { text: include_str!("schema/0014.sql"), compatible_since: 13 },
    Script { text: include_str!("schema/0015.sql"), compatible_since: 13 },
];

/// The newest format of tables that this program knows.
pub const KNOWN: u32 = SCRIPTS.len() as u32;

/// Keeps several nodes from migrating one PostgreSQL database at the same time: any fixed number.
pub(crate) const MIGRATION_LOCK: i64 = 0x6661_6368_7765_726b;

/// Turns of an earlier format cannot be read any more.
const SEALED_SINCE: u32 = 8;
/// From here on the database itself says how old a program may be.
const COMPATIBLE_SINCE: u32 = 11;

/// Brings the tables to the newest format, in one transaction.
pub(crate) async fn migrate(database: &Database, place: &Place) -> Result<(), StoreError> {
    migrate_by(SCRIPTS, database, place).await
}

async fn migrate_by(scripts: &[Script], database: &Database, place: &Place) -> Result<(), StoreError> {
    let mut link = database.begin_write().await?;
    if link.is_postgres() {
        // An index over many rows takes its time, and others who start meanwhile wait for it.
        let lock = format!("set local statement_timeout = 0; select pg_advisory_xact_lock({MIGRATION_LOCK})");
        link.script(lock).await?;
    }
    // Class: operational. Which scripts have run.
    link.script("create table if not exists schema_format (format bigint not null primary key)".into())
        .await?;
    let found = match fit(&mut link).await {
        Ok(found) => found,
        Err(error) => {
            link.leave().await?;
            return Err(error);
        }
    };
    if (1..SEALED_SINCE).contains(&found)
        && link.row("select tenant from journal limit 1", vec![]).await?.is_some()
    {
        link.leave().await?;
        return Err(place.unusable(format!(
            "it was written with format {found}, before cases were sealed; go on with the program that wrote it, or begin anew"
        )));
    }
    let least = scripts.iter().skip(found as usize).map(|script| script.compatible_since).max();
    if let Some(least) = least.filter(|_| found >= COMPATIBLE_SINCE)
        && let Some(error) = live_before(&mut link, least).await?
    {
        link.leave().await?;
        return Err(error);
    }
    for (script, format) in scripts.iter().zip(1_u32..).skip(found as usize) {
        let text = spoken(script.text, &link);
        link.script(text).await?;
        link.run("insert into schema_format (format) values ($1)", vec![Cell::int(format)]).await?;
        if format >= COMPATIBLE_SINCE {
            let sql = "update schema_format set compatible_since = $2 where format = $1";
            link.run(sql, vec![Cell::int(format), Cell::int(script.compatible_since)]).await?;
        }
    }
    link.commit().await
}

/// Whether anything may be sealed in a database: it has tables, of a format that knows that. Nothing is made or changed.
pub(crate) async fn may_be_sealed(database: &Database) -> Result<bool, StoreError> {
    let sql = if database.is_postgres() {
        "select count(to_regclass('schema_format'))"
    } else {
        "select count(*) from sqlite_master where name = 'schema_format'"
    };
    Ok(database.count(sql).await? > 0 && fit(&mut database.reader().await?).await? >= SEALED_SINCE)
}

/// The format of the tables, when this program can work with them: it is known, or newer but compatible.
pub(crate) async fn fit(link: &mut Link) -> Result<u32, StoreError> {
    let found = link.row("select coalesce(max(format), 0) from schema_format", vec![]).await?;
    let found = found.map_or(Ok(0), |row| row.small(0))?;
    if found > KNOWN {
        // Whoever wrote a format that is not known here has made the column.
        let sql = "select max(coalesce(compatible_since, format)) from schema_format where format > $1";
        let row = link.row(sql, vec![Cell::int(KNOWN)]).await?;
        if row.map_or(Ok(found), |row| row.small(0))? > KNOWN {
            return Err(StoreError::NewerFormat { found, known: KNOWN });
        }
    }
    Ok(found)
}

/// Only a database of the newest format is copied; one that a server has opened is.
pub(crate) async fn need_newest(database: &Database, place: &Place) -> Result<(), StoreError> {
    let row = database.reader().await?.row("select max(format) from schema_format", vec![]).await?;
    let (found, known) = (row.map_or(Ok(0), |row| row.small(0))?, KNOWN);
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

#[cfg(all(test, feature = "test-postgres"))]
mod tests {
    use fachwerk_core::words::Timestamp;

    use super::*;
    use crate::{Documents, KEYS_FILE, Store, test_postgres};

    /// It must not be cut off, however long it takes.
    const TEXT: &str = "create table later (id BIGINT not null primary key); \
        do $$ begin if current_setting('statement_timeout') <> '0' then raise 'it is limited'; end if; end $$;";

    /// What is sealed in an older database is noticed before it is changed, and before anything is laid beside it.
    #[tokio::test]
    async fn without_its_keys_an_older_database_stays_as_it_is() {
        let dir = std::env::temp_dir().join(format!("fachwerk-schema-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&dir);
        let (place, depot) = (Place::Sqlite { dir: dir.join("data") }, dir.join("documents"));
        let database = Database::open(&place).await.expect("a database");
        let older = &SCRIPTS[..KNOWN as usize - 1];
        migrate_by(older, &database, &place).await.expect("the tables of the format before");
        let mut link = database.begin_write().await.expect("a connection");
        let sql = "insert into tenants (tenant, position) values ('musterstadt', 1); \
                   insert into journal values ('musterstadt', 'a', 1, 1, 'c', 'engine', 0, 'r', \
                   x'0200000000000000010000', x'00', x'00')";
        link.script(sql.into()).await.expect("something is sealed");
        link.commit().await.expect("it is stored");
        database.close().await;
        let documents = Documents::in_folder(&depot).expect("it is named in full");
        let opened = Store::open_at(&place, &place, &documents).await;
        assert_eq!(opened.map(drop).map_err(|error| error.code()), Err("store_keys_missing"));
        let database = Database::open(&place).await.expect("a database");
        let format = database.count("select max(format) from schema_format").await;
        assert_eq!(format, Ok(u64::from(KNOWN) - 1));
        database.close().await;
        assert!(!depot.exists() && !dir.join("data").join(KEYS_FILE).exists());
        std::fs::remove_dir_all(&dir).expect("it is ours");
    }

    const fn script(compatible_since: u32) -> Script {
        Script { text: TEXT, compatible_since }
    }

    /// What brings the tables to the next format, which programs of these formats can go on with.
    async fn check(since: u32, seen_at: Timestamp, expected: Result<(), &str>) {
        let Some(server) = test_postgres::server() else { return };
        let url = server.create_database().await;
        let place = Place::Postgres { url: url.clone() };
        let older = Store::open(&place).await.expect("a store");
        older.take_part("older", seen_at, seen_at).await.expect("it takes part");
        let older_ones = SCRIPTS.iter().map(|script| Script { text: script.text, ..*script });
        let scripts: Vec<Script> = older_ones.chain([script(since)]).collect();
        let database = Database::open(&place).await.expect("a database");
        let migrated = migrate_by(&scripts, &database, &place).await;
        assert_eq!(migrated.as_ref().map(drop).map_err(StoreError::code), expected, "{since} {seen_at}");
        if let Err(error) = migrated {
            assert!(error.text().de.contains("1 Server"), "{}", error.text().de);
            older.take_part("older", seen_at, seen_at).await.expect("nothing was touched");
            older.leave().await;
            migrate_by(&scripts, &database, &place).await.expect("it has ended");
        }
        older.close().await;
        database.close().await;
        server.drop_database(&url).await;
    }

    #[tokio::test]
    async fn tables_are_not_changed_under_servers_that_cannot_go_on() {
        // Whoever was seen in the future lives, whatever day it is; whoever was seen in 1970 does not.
        let (lives, gone) = (Timestamp::MAX, Timestamp::UNIX_EPOCH);
        check(KNOWN + 1, lives, Err("store_older_servers_live")).await;
        check(KNOWN + 1, gone, Ok(())).await;
        check(KNOWN, lives, Ok(())).await;
    }
}
