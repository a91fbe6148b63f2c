//! Writing the derived tables of a tenant anew from its journal.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    case::Case,
    projection::Listing,
    turn::Turn,
    words::{CaseId, TenantId},
};

use crate::{
    Store, counts,
    database::Link,
    erase::erased_draws,
    error::StoreError,
    history::read_turn,
    journal::{AUTHORITY, set_counters},
    keys::Keys,
    locked::lock_tenant,
    older,
    replay::{Cases, Replay, opened},
    seal::{Label, Seals, slot_of},
    snapshots,
    statement::Cell,
    tables::Derived,
    writes::Writes,
};

/// How this program writes lists, counted up when rows of cases that nothing happens to would be others: 2: every case has a
/// place in the order of priority; 3: letters that came back wait to leave anew.
pub(crate) const LISTS: u32 = 3;
/// The format of tables with which it began.
const LISTS_SINCE: u32 = 15;

/// What was written anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Cases gone through.
    pub cases: u64,
    /// Turns gone through.
    pub turns: u64,
}

impl Store {
    /// Writes all derived tables of a tenant anew, in one transaction that its writers wait for. Effects that are in
    /// the outbox rightly keep their attempts and leases, so nothing is sent a second time. `listing` says how lists
    /// show a case, by the words of its release.
    pub async fn rebuild(
        &self,
        tenant: &TenantId,
        listing: impl Fn(&Case) -> Listing,
    ) -> Result<Rebuilt, StoreError> {
        let mut link = self.database().begin_write().await?;
        lock_tenant(&mut link, tenant).await?;
        let kept = with_snapshots(&mut link, tenant).await?;
        clear(&mut link, tenant).await?;
        let mut rebuilt = Rebuilt::default();
        let mut counters = BTreeMap::new();
        let mut after = Cases::before_all();
        loop {
            let (cases, more) = Cases::next(&mut link, tenant, &after).await?;
            let (mut replay, states, seals) = self.replay(&mut link, tenant, &cases, &mut rebuilt).await?;
            let mut snapshots = Vec::new();
            for (id, case) in states {
                replay.changes.list(id, listing(&case));
                if kept.binary_search(&id).is_ok() {
                    snapshots.push(Arc::new(case));
                }
            }
            for (counter, values) in std::mem::take(&mut replay.draws) {
                let last = counters.entry(counter).or_insert(0);
                *last = values.into_iter().fold(*last, u64::max);
            }
            clear_outbox(&mut link, self.keys(), tenant, &cases, &replay).await?;
            replay.changes.plan(tenant, &seals, Writes::default())?.run(&mut link, tenant, &seals).await?;
            snapshots::write(&mut link, tenant, &snapshots, &seals).await?;
            if !more {
                break;
            }
            after = cases.end();
        }
        // What was drawn by cases that nobody can read any more stands in their certificates.
        for (counter, value) in erased_draws(&mut link, tenant).await? {
            let last = counters.entry(counter).or_insert(0);
            *last = value.max(*last);
        }
        let mut writes = Writes::default();
        set_counters(&mut writes, counters);
        writes.run(&mut link, tenant).await?;
        crate::blobs::count_anew(&mut link, tenant).await?;
        // While servers live that write otherwise there will be more of it: whoever starts next looks again.
        let older = older::live_before(&mut link, LISTS_SINCE).await?.is_some();
        let lists = if older { LISTS - 1 } else { LISTS };
        link.run(
            "update tenants set lists = $2 where tenant = $1",
            vec![Cell::text(tenant), Cell::int(lists)],
        )
        .await?;
        // Locking an authority that has no turn has made a row for it.
        link.run("delete from tenants where tenant = $1 and position = 0", vec![Cell::text(tenant)]).await?;
        link.commit().await?;
        Ok(rebuilt)
    }

    /// The authorities whose lists an older program has written, which this one writes otherwise.
    pub async fn with_older_lists(&self) -> Result<Vec<TenantId>, StoreError> {
        let sql = "select tenant from tenants where lists < $1 and position > 0 order by tenant";
        let rows = self.database().reader().await?.rows(sql, vec![Cell::int(LISTS)]).await?;
        rows.iter().map(|row| Ok(row.text(0)?.into())).collect()
    }

    /// Goes through some cases: what follows from their turns, and each as it is now.
    async fn replay(
        &self,
        link: &mut Link,
        tenant: &TenantId,
        cases: &Cases,
        rebuilt: &mut Rebuilt,
    ) -> Result<(Replay, BTreeMap<CaseId, Case>, Seals), StoreError> {
        let keys = self.keys();
        let mut slots = BTreeMap::new();
        let mut replay = Replay::default();
        let mut states: BTreeMap<CaseId, Case> = BTreeMap::new();
        let mut after = (Cases::before_all(), 0);
        loop {
            let rows = cases.turns(link, tenant, &after).await?;
            let bodies = rows.iter().map(|row| row.bytes(7)).collect::<Result<Vec<_>, _>>()?;
            let ring = keys.ring_of(bodies.iter().map(Vec::as_slice)).await?;
            for (row, body) in rows.iter().zip(&bodies) {
                after = (row.text(0)?, row.count(1)?);
                let id: CaseId = row.parsed(0)?;
                rebuilt.turns += 1;
                // Of an erased case only the turn that erased it can be read; nothing follows from it.
                let Some(slot) = slot_of(body).filter(|_| id != AUTHORITY) else { continue };
                let Some(opened) = ring.open(&Label::turn(tenant, id, after.1), body)? else { continue };
                let place = || format!("turn {} of case {id} of {tenant}", after.1);
                let turn: Turn = read_turn(self.formats(), &opened, place)?;
                slots.insert(id, slot);
                let case = states.entry(id).or_insert_with(|| Case::unborn(tenant.clone(), id));
                replay.turn(case, &turn)?;
            }
            if rows.is_empty() {
                break;
            }
        }
        rebuilt.cases += states.len() as u64;
        Ok((replay, states, keys.seals(&slots).await?))
    }
}

/// The cases that have a snapshot, in order: they get a new one.
async fn with_snapshots(link: &mut Link, tenant: &TenantId) -> Result<Vec<CaseId>, StoreError> {
    let sql = "select distinct case_id from snapshots where tenant = $1 order by case_id";
    link.rows(sql, vec![Cell::text(tenant)]).await?.iter().map(|row| row.parsed(0)).collect()
}

async fn clear(link: &mut Link, tenant: &TenantId) -> Result<(), StoreError> {
    for sql in [
        "delete from counters where tenant = $1",
        "delete from snapshots where tenant = $1",
        "delete from cases where tenant = $1",
        "delete from case_columns where tenant = $1",
        "delete from case_words where tenant = $1",
        "delete from tasks where tenant = $1",
        "delete from deadlines where tenant = $1",
        "delete from timers where tenant = $1",
        "delete from incidents where tenant = $1",
        "delete from post where tenant = $1",
        "delete from subscriptions where tenant = $1",
    ] {
        link.run(sql, vec![Cell::text(tenant)]).await?;
    }
    counts::clear(link, tenant).await
}

/// Removes effects that do not follow from the journal; the others keep their leases.
async fn clear_outbox(
    link: &mut Link,
    keys: &Keys,
    tenant: &TenantId,
    cases: &Cases,
    replay: &Replay,
) -> Result<(), StoreError> {
    let there = opened(keys, tenant, cases.rows(link, tenant, Derived::Outbox).await?).await?;
    let wrong = there.into_iter().filter(|row| {
        replay.changes.put_at(Derived::Outbox, &row.key).is_none_or(|right| right.derived != row.derived)
    });
    let mut writes = Writes::default();
    let key = Derived::Outbox.shape().key.iter().copied();
    writes.delete("outbox", key, wrong.map(|row| row.key).collect());
    writes.run(link, tenant).await.map(drop)
}
