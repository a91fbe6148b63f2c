//! The servers on one database, and which format of turns they write.
//!
//! Each server says which formats it reads, and again and again that it is there. A newer format is written only from the
//! moment on at which all servers that live read it, and that moment is kept: from then on a program that does not read it
//! refuses. Both are looked at under one lock, so of an older server that starts and a newer one that begins to write the
//! newer format one comes first, and the other one sees it.
//!
//! On which machine a server runs is a part of its id ([`node_id`]): so whatever is held under that id names it, too.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use fachwerk_core::{
    format::{FIRST, Formats},
    words::Timestamp,
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    Store,
    database::{Database, Link},
    error::StoreError,
    schema::{self, MIGRATION_LOCK},
    statement::{Cell, Row},
};

/// Whoever was not seen for so long does not live any more. The clocks of the servers may differ by less than that.
pub const LIVE: Duration = Duration::from_secs(60);
/// Whoever was not seen for so long is not named any more.
const NAMED: Duration = Duration::from_hours(24);
/// So many servers are named at most.
const MOST_NODES: i64 = 1000;
/// Whoever joins, or begins with a newer format, holds it: a number beside that of [`MIGRATION_LOCK`] and its neighbour.
pub(crate) const FORMATS_LOCK: i64 = MIGRATION_LOCK + 2;

/// A server on the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its id; another one after each start.
    pub id: String,
    /// The machine that it runs on, when its id says so: those of older versions do not.
    pub host: Option<String>,
    /// The number of its process there.
    pub process: Option<u32>,
    /// The version of its program.
    pub version: String,
    /// The newest format of turns that it reads; it reads all before.
    pub reads: u32,
    /// The newest format of turns that it writes, when all others read it.
    pub writes: u32,
    /// The format of the tables that it was made for.
    pub schema: u32,
    /// Since when it runs.
    pub since: Timestamp,
    /// When it was seen last.
    pub seen_at: Timestamp,
    /// Whether that was just now.
    pub lives: bool,
    /// Whether it is the one that is asked.
    pub here: bool,
}

/// The longest name of a machine that an id has, in characters.
const LONGEST_HOST: usize = 64;

/// The id of a server that names its process and its machine: `0198….4711@srv-1`.
pub fn node_id(unique: Uuid, process: u32, host: &str) -> String {
    let host: String = host.trim().chars().filter(|sign| !sign.is_control()).take(LONGEST_HOST).collect();
    format!("{unique}.{process}@{host}")
}

/// What [`node_id`] has put into an id.
fn machine_of(id: &str) -> (Option<String>, Option<u32>) {
    let named = id.split_once('.').and_then(|(_, named)| named.split_once('@'));
    let (process, host) = named.unwrap_or_default();
    (Some(host.to_owned()).filter(|host| !host.is_empty()), process.parse().ok())
}

/// A format of turns besides the first, and since when it may be in the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WrittenFormat {
    /// The format.
    pub format: u32,
    /// Since when.
    pub since: Timestamp,
}

/// The servers, and what the database holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Nodes {
    /// By start, the oldest first.
    pub nodes: Vec<Node>,
    /// The newest format of turns that is written.
    pub written: u32,
    /// The formats besides the first.
    pub formats: Vec<WrittenFormat>,
    /// The format of the tables.
    pub schema: u32,
}

/// Which format this process writes.
pub(crate) struct Writing {
    /// The newest format that may be written, as far as this process has seen.
    format: AtomicU32,
    /// The id under which it takes part.
    node: Mutex<Option<String>>,
}

impl Writing {
    /// What a database allows that was just opened; refused, when this program cannot read what is in it.
    pub(crate) async fn begin(database: &Database, formats: &Formats) -> Result<Writing, StoreError> {
        let format = written(&mut database.reader().await?).await?;
        readable(format, formats)?;
        Ok(Writing { format: AtomicU32::new(format), node: Mutex::default() })
    }
}

impl Store {
    /// Takes part as a server, or goes on doing so: `id` runs `since` then. When all servers that live read a newer format than
    /// the one that is written, that is written from now on. An error that this program is too old means that it must end.
    pub async fn take_part(&self, id: &str, since: Timestamp, now: Timestamp) -> Result<(), StoreError> {
        let formats = *self.formats();
        let mut link = self.database().begin_write().await?;
        if link.is_postgres() {
            link.run("select pg_advisory_xact_lock($1)", vec![Cell::Int(FORMATS_LOCK)]).await?;
        } else {
            // Whoever asks owns the data directory: no other server can live.
            link.run("delete from nodes where node <> $1", vec![Cell::text(id)]).await?;
        }
        schema::fit(&mut link).await?;
        let before = written(&mut link).await?;
        readable(before, &formats)?;
        let sql = "insert into nodes (node, version, reads, writes, schema_format, since, seen_at) \
                   values ($1, $2, $3, $4, $5, $6, $7) on conflict (node) do update set seen_at = excluded.seen_at";
        let values = vec![
            Cell::text(id),
            Cell::text(env!("CARGO_PKG_VERSION")),
            Cell::int(formats.reads()),
            Cell::int(formats.writes),
            Cell::int(schema::KNOWN),
            Cell::instant(since),
            Cell::instant(now),
        ];
        link.run(sql, values).await?;
        let gone = now.checked_sub(NAMED).unwrap_or(Timestamp::MIN);
        link.run("delete from nodes where seen_at < $1", vec![Cell::instant(gone)]).await?;
        let all = link
            .row("select min(reads) from nodes where seen_at >= $1", vec![Cell::instant(live_since(now))])
            .await?;
        let all = all.map_or(Ok(before), |row| row.small(0))?;
        let after = formats.writes.min(all).max(before);
        for format in before + 1..=after {
            let sql = "insert into turn_formats (format, since) values ($1, $2)";
            link.run(sql, vec![Cell::int(format), Cell::instant(now)]).await?;
        }
        link.commit().await?;
        if after > before {
            tracing::info!(
                format = after,
                "all servers read this format of turns; it is written from now on"
            );
        }
        self.0.writing.format.fetch_max(after, Ordering::SeqCst);
        *self.node() = Some(id.to_owned());
        Ok(())
    }

    /// Does not take part any more. If that fails, the others find out by themselves.
    pub(crate) async fn leave(&self) {
        let Some(id) = self.node().take() else { return };
        let gone = async {
            let mut link = self.database().writer().await?;
            link.run("delete from nodes where node = $1", vec![Cell::text(id)]).await
        };
        if let Err(error) = gone.await {
            tracing::warn!(%error, "the other servers take this one for alive for a while");
        }
    }

    /// The servers as they were seen last, and the formats of the database.
    pub async fn nodes(&self, now: Timestamp) -> Result<Nodes, StoreError> {
        let mut link = self.database().begin_read().await?;
        let sql = "select node, version, reads, writes, schema_format, since, seen_at from nodes \
                   order by since, node limit $1";
        let rows = link.rows(sql, vec![Cell::Int(MOST_NODES)]).await?;
        let mut nodes = rows.iter().map(|row| read(row, now)).collect::<Result<Vec<_>, _>>()?;
        let here = self.node().clone();
        if !self.is_shared() {
            // Whoever asks owns the data directory: another one was killed, and had no time to leave.
            nodes.retain(|node| Some(&node.id) == here.as_ref());
        }
        for node in nodes.iter_mut().filter(|node| Some(&node.id) == here.as_ref()) {
            node.here = true;
            if !self.is_shared() {
                // It tells nobody that it is there, because there is nobody.
                (node.seen_at, node.lives) = (now, true);
            }
        }
        let rows = link.rows("select format, since from turn_formats order by format", vec![]).await?;
        let formats =
            rows.iter().map(|row| Ok(WrittenFormat { format: row.small(0)?, since: row.instant(1)? }));
        let formats = formats.collect::<Result<Vec<_>, StoreError>>()?;
        let schema = schema::fit(&mut link).await?;
        link.leave().await?;
        Ok(Nodes { nodes, written: formats.last().map_or(FIRST, |last| last.format), formats, schema })
    }

    /// The format in which turns are written now.
    pub(crate) fn writes(&self) -> u32 {
        self.0.writing.format.load(Ordering::SeqCst).min(self.formats().writes)
    }

    fn node(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.0.writing.node.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn live_since(now: Timestamp) -> Timestamp {
    now.checked_sub(LIVE).unwrap_or(Timestamp::MIN)
}

/// Columns: node, version, reads, writes, schema_format, since, seen_at.
fn read(row: &Row, now: Timestamp) -> Result<Node, StoreError> {
    let (id, seen_at) = (row.text(0)?, row.instant(6)?);
    let (host, process) = machine_of(&id);
    Ok(Node {
        id,
        host,
        process,
        version: row.text(1)?,
        reads: row.small(2)?,
        writes: row.small(3)?,
        schema: row.small(4)?,
        since: row.instant(5)?,
        seen_at,
        lives: seen_at >= live_since(now),
        here: false,
    })
}

/// The newest format of turns that may be in the journal.
async fn written(link: &mut Link) -> Result<u32, StoreError> {
    let row = link.row("select coalesce(max(format), $1) from turn_formats", vec![Cell::int(FIRST)]).await?;
    row.map_or(Ok(FIRST), |row| row.small(0))
}

fn readable(written: u32, formats: &Formats) -> Result<(), StoreError> {
    let (found, known) = (written, formats.reads());
    if found > known { Err(StoreError::NewerTurns { found, known }) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(id: &str, host: Option<&str>, process: Option<u32>) {
        assert_eq!(machine_of(id), (host.map(str::to_owned), process), "{id}");
    }

    #[test]
    fn an_id_says_where_a_server_runs() {
        let id = |host: &str| node_id(Uuid::from_u128(7), 4711, host);
        check(&id("srv-1"), Some("srv-1"), Some(4711));
        check(&id("srv-1.rathaus.example\n"), Some("srv-1.rathaus.example"), Some(4711));
        check(&id("a@b"), Some("a@b"), Some(4711));
        check(&id(&"ä".repeat(200)), Some(&"ä".repeat(LONGEST_HOST)), Some(4711));
        // What the machine does not say, and ids of older versions.
        check(&id(""), None, Some(4711));
        check("01a20aa9-1019-7767-a097-f48873d5ccb7", None, None);
        check("old", None, None);
        check("a.b", None, None);
    }
}
