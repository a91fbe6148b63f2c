//! Whether servers of an older program live, before any instant is known here: only the clock of the database can tell.

use std::collections::BTreeSet;

use crate::{
    database::Link,
    error::StoreError,
    nodes::{FORMATS_LOCK, LIVE},
    statement::Cell,
};

/// Why the tables cannot be changed yet: servers live whose program is older than the format that can go on with them.
pub(crate) async fn live_before(link: &mut Link, format: u32) -> Result<Option<StoreError>, StoreError> {
    if !link.is_postgres() {
        // Whoever opens an embedded database owns it.
        return Ok(None);
    }
    // Whoever joins holds it too: it is seen here, or finds the newer tables.
    link.run("select pg_advisory_xact_lock($1)", vec![Cell::Int(FORMATS_LOCK)]).await?;
    // By the clock of the database: no server has told its own yet.
    let sql = "select version from nodes where schema_format < $1 and seen_at >= \
               cast(extract(epoch from clock_timestamp()) * 1000000 as bigint) - $2 order by since, node limit 100";
    let live = i64::try_from(LIVE.as_micros()).unwrap_or(i64::MAX);
    let rows = link.rows(sql, vec![Cell::int(format), Cell::Int(live)]).await?;
    let versions = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>, _>>()?;
    let (servers, versions) = (versions.len(), versions.into_iter().collect::<BTreeSet<_>>());
    let versions = versions.into_iter().collect::<Vec<_>>().join(", ");
    Ok((servers > 0).then_some(StoreError::OlderServersLive { servers, versions }))
}
