//! Sealed bytes that no row of `blobs` holds, and how they are swept up: those of a document that is still on its way, those of
//! one that went, and those that a crash left (see `depot.rs` for the order of the steps). And documents that came for a turn
//! that was refused or never came: no case has them, so nobody could ever erase them.
//!
//! What is on its way is older than a day only when nobody waits for it any more. A piece is taken away from whoever may still
//! be writing it before anything is removed ([`Since::Gone`]): the transaction that would hold it finds the note no longer and
//! begins anew.

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_core::words::{TenantId, Timestamp};

use crate::{
    Store,
    blobs::{Laid, drop_unheld},
    database::Link,
    depot::Outside,
    error::StoreError,
    hash::Hash,
    locked::lock_tenant,
    statement::{Cell, Kind, Row},
};

/// So many are swept up at once.
const AT_ONCE: i64 = 100;
/// What is on its way for longer, in microseconds, never comes: a day.
const ON_ITS_WAY: i64 = 24 * 60 * 60 * 1_000_000;

/// Bytes without a row, and the key that goes with them.
pub(crate) struct Loose {
    pub name: String,
    /// Where they lie; nowhere: only the key is to go.
    pub depot: Option<String>,
    pub slot: Option<u64>,
}

impl Loose {
    /// A key alone: that of a document whose bytes lay in its row.
    pub(crate) fn key(slot: u64) -> Loose {
        Loose { name: format!("key {slot}"), depot: None, slot: Some(slot) }
    }
}

/// Since when bytes have no row.
pub(crate) enum Since {
    /// It may still come.
    Instant(Timestamp),
    /// It will not: they are to go.
    Gone,
}

/// Notes that bytes have no row.
pub(crate) async fn note(
    link: &mut Link,
    tenant: &TenantId,
    loose: Loose,
    since: Since,
) -> Result<(), StoreError> {
    let sql = "insert into loose_bytes (tenant, name, depot, slot, since) values ($1, $2, $3, $4, $5) \
               on conflict (tenant, name) do update set since = excluded.since";
    let since = match since {
        // An instant that would mean something else is one of a clock that was never set.
        Since::Instant(at) => Cell::Int(at.as_microsecond().max(1)),
        Since::Gone => Cell::Int(0),
    };
    let slot = loose.slot.map_or(Cell::Null(Kind::Int), Cell::int);
    let values = vec![Cell::text(tenant), Cell::text(loose.name), Cell::maybe_text(loose.depot), slot, since];
    link.run(sql, values).await?;
    Ok(())
}

/// Takes the note away, because a row comes with this transaction; false when the bytes were given up meanwhile.
pub(crate) async fn hold(link: &mut Link, tenant: &TenantId, outside: &Outside) -> Result<bool, StoreError> {
    let sql = "delete from loose_bytes where tenant = $1 and name = $2 and since > 0";
    Ok(link.run(sql, of_name(tenant, &outside.name)).await? > 0)
}

fn of_name(tenant: &TenantId, name: &str) -> Vec<Cell> {
    vec![Cell::text(tenant), Cell::text(name)]
}

impl Store {
    /// Removes bytes that no row came for. What goes wrong is done by the next sweep.
    pub(crate) async fn let_go(&self, tenant: &TenantId, piece: Laid, slot: Option<u64>) {
        let Some(outside) = piece.outside else { return };
        let done = async {
            // Noted anew: a sweep may have given them up before they were there.
            let gone = Loose { name: outside.name, depot: Some(outside.depot), slot };
            note(&mut self.database().writer().await?, tenant, gone, Since::Gone).await?;
            self.clear(tenant).await
        };
        if let Err(error) = done.await {
            tracing::debug!(%tenant, %error, "bytes that nobody needs are removed later");
        }
    }

    /// Sweeps up a batch of what nobody needs any more, by the clock of the caller; whether there is more. Documents whose
    /// turn did not come within a day go, and bytes without a row.
    pub async fn sweep(&self, now: Timestamp) -> Result<bool, StoreError> {
        let before = now.as_microsecond().saturating_sub(ON_ITS_WAY);
        let dropped = self.drop_never_taken(before).await?;
        let sql = "update loose_bytes set since = 0 where (tenant, name) in (select tenant, name from loose_bytes \
                   where since > 0 and since < $1 order by since, tenant, name limit $2)";
        let given_up =
            self.database().writer().await?.run(sql, vec![Cell::Int(before), Cell::Int(AT_ONCE)]).await?;
        let (mut wrong, mut more) = (None, false);
        for tenant in self.tenants_with_loose().await? {
            // What cannot be removed of one authority stops no other.
            match self.clear(&tenant).await {
                Ok(left) => more |= left,
                Err(error) => wrong = Some(error),
            }
        }
        let batch = AT_ONCE as u64;
        wrong.map_or(Ok(more || dropped >= batch || given_up >= batch), Err)
    }

    async fn tenants_with_loose(&self) -> Result<Vec<TenantId>, StoreError> {
        let sql = "select distinct tenant from loose_bytes where since = 0 order by tenant limit 100";
        let rows = self.database().reader().await?.rows(sql, vec![]).await?;
        rows.iter().map(|row| Ok(row.text(0)?.into())).collect()
    }

    /// Documents that wait for their turn since before an instant; how many.
    async fn drop_never_taken(&self, before: i64) -> Result<u64, StoreError> {
        let sql = "select tenant, hash, case_id from blob_uses where since is not null and since < $1 \
                   order by since, tenant, hash, case_id limit $2";
        let rows =
            self.database().reader().await?.rows(sql, vec![Cell::Int(before), Cell::Int(AT_ONCE)]).await?;
        let mut waiting: BTreeMap<TenantId, Vec<(Hash, String)>> = BTreeMap::new();
        for row in &rows {
            waiting.entry(row.text(0)?.into()).or_default().push((row.parsed(1)?, row.text(2)?));
        }
        for (tenant, uses) in waiting {
            let mut link = self.database().begin_write().await?;
            // No turn takes one of them meanwhile.
            lock_tenant(&mut link, &tenant).await?;
            let mut unused = BTreeSet::new();
            for (hash, case) in uses {
                let sql = "delete from blob_uses where tenant = $1 and hash = $2 and case_id = $3 \
                           and since is not null and since < $4";
                let values = vec![Cell::text(&tenant), Cell::text(hash), Cell::text(case), Cell::Int(before)];
                if link.run(sql, values).await? > 0 {
                    unused.insert(hash);
                }
            }
            drop_unheld(&mut link, &tenant, unused, true).await?;
            link.commit().await?;
        }
        Ok(rows.len() as u64)
    }

    /// Removes what is to go of an authority, a batch: first the keys, then the bytes, then the notes. Whether there is more.
    pub(crate) async fn clear(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        let (mut after, mut wrong, mut away) = (String::new(), None, BTreeSet::new());
        loop {
            let sql = "select name, depot, slot from loose_bytes where tenant = $1 and since = 0 and name > $2 \
                       order by name limit $3";
            let values = vec![Cell::text(tenant), Cell::text(&after), Cell::Int(AT_ONCE)];
            let rows = self.database().reader().await?.rows(sql, values).await?;
            let Some(last) = rows.last() else { return wrong.map_or(Ok(false), Err) };
            after = last.text(0)?;
            self.throw_loose_keys_away(&rows).await?;
            let mut removed = 0;
            for row in &rows {
                let depot = row.maybe_text(1)?;
                // One that is away is asked once.
                if away.contains(&depot) {
                    continue;
                }
                match self.remove_loose(tenant, row).await {
                    Ok(()) => removed += 1,
                    Err(error) => {
                        wrong = Some(error);
                        away.insert(depot);
                    }
                }
            }
            // Behind what cannot be removed there may be what can.
            if removed > 0 {
                return wrong.map_or(Ok(rows.len() as i64 == AT_ONCE), Err);
            }
        }
    }

    async fn throw_loose_keys_away(&self, rows: &[Row]) -> Result<(), StoreError> {
        let slots = rows.iter().map(|row| row.maybe_int(2)).collect::<Result<Vec<_>, _>>()?;
        let slots: BTreeSet<u64> =
            slots.into_iter().flatten().filter_map(|slot| slot.try_into().ok()).collect();
        if slots.is_empty() {
            return Ok(());
        }
        let mut link = self.keys().database().begin_write().await?;
        self.keys().erase(&mut link, &slots).await?;
        link.commit().await?;
        self.keys().forget(slots);
        // Nobody waits for the log: no case ever had what these keys open.
        self.keys().database().writer().await?.empty_log().await?;
        Ok(())
    }

    async fn remove_loose(&self, tenant: &TenantId, row: &Row) -> Result<(), StoreError> {
        let (name, depot) = (row.text(0)?, row.maybe_text(1)?);
        if let Some(depot) = depot {
            let outside = Outside { depot, name: name.clone() };
            self.depots().remove(self.database(), &outside).await?;
        }
        let sql = "delete from loose_bytes where tenant = $1 and name = $2 and since = 0";
        self.database().writer().await?.run(sql, of_name(tenant, &name)).await?;
        Ok(())
    }
}
