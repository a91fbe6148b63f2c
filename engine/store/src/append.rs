//! The two ways to store a batch: on what this process remembers, in one step; and under the lock of the tenant, on what
//! the journal says. See [`crate::heads`].

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_core::{
    case::Case,
    projection::Change,
    words::{CaseId, TenantId},
};

use crate::{
    Store,
    blobs::use_blobs,
    change_set::{ChangeSet, Plan},
    counts,
    erase::Erasing,
    error::StoreError,
    hash::Hash,
    heads::{Head, Last},
    journal::{Appended, Draft, Judged, Known, StoredBatch, insert_turns, judge, known, set_counters},
    locked::{Locked, lock_tenant, lock_to_append},
    seal::Seals,
    snapshots,
    statement::{Cell, Kind},
    work::{EffectKey, Lease},
    writes::{Attempt, Held, Writes},
};

/// Counts that have come to nothing are deleted once in so many turns of a tenant.
const TIDIED_EVERY: u64 = 1000;

/// So often a batch is stored on what is remembered, when others store turns at the same time, before the row is locked.
const TRIES: u32 = 6;

/// What became of a batch that was stored on what is remembered.
enum Tried {
    Stored(StoredBatch),
    /// Nothing was stored; others have stored turns of cases, which is remembered now.
    Moved,
    /// Nothing was stored: what is remembered does not hold any more, or something has to be asked after all.
    InVain,
}

/// Of each turn what it changes, and the case after it when that is kept whole.
pub(crate) type Effects = Vec<(Vec<Change>, Option<Arc<Case>>)>;

/// What is stored together.
#[derive(Clone)]
pub(crate) struct Batch {
    pub drafts: Vec<Draft>,
    /// None for the authority's own.
    pub effects: Arc<Effects>,
    pub lease: Option<Lease>,
}

impl Store {
    pub(crate) async fn append_batch(
        &self,
        tenant: &TenantId,
        batch: Batch,
    ) -> Result<StoredBatch, StoreError> {
        let turns = batch.drafts.len() as u64;
        let stored = self.append_any_way(tenant, batch).await?;
        self.grown_by(turns);
        Ok(stored)
    }

    async fn append_any_way(&self, tenant: &TenantId, batch: Batch) -> Result<StoredBatch, StoreError> {
        for _ in 0..TRIES {
            let Some(head) = self.remembered(tenant, &batch) else { break };
            match self.append_on(tenant, batch.clone(), head).await? {
                Tried::Stored(stored) => return Ok(stored),
                Tried::Moved => {}
                Tried::InVain => break,
            }
        }
        self.append_locked(tenant, batch).await
    }

    /// What is remembered of the authority and the cases of a batch, when that is enough to judge it and nothing has to be
    /// asked while it is stored.
    fn remembered(&self, tenant: &TenantId, batch: &Batch) -> Option<Head> {
        let asks = |(changes, snapshot): &(Vec<Change>, Option<Arc<Case>>)| {
            snapshot.is_some() || changes.iter().any(|change| matches!(change, Change::Subscription(_)))
        };
        if batch.drafts.iter().any(Draft::is_plain) || batch.effects.iter().any(asks) {
            return None;
        }
        let begun: BTreeSet<CaseId> =
            batch.drafts.iter().filter(|it| it.version == 1).map(|it| it.case).collect();
        let cases = batch.drafts.iter().map(|draft| draft.case).filter(|case| !begun.contains(case));
        let counters = batch.drafts.iter().flat_map(|draft| &draft.numbers).map(|(counter, _)| counter);
        self.heads().of(tenant, cases, counters)
    }

    /// Stores a batch on what is remembered.
    async fn append_on(&self, tenant: &TenantId, batch: Batch, head: Head) -> Result<Tried, StoreError> {
        let held = Held { locks: head.locks, position: head.position, last: head.last };
        let listings = head.listings();
        let known = Known::from(&head);
        let Head { locks, position, authority, .. } = head;
        let locked = Locked { position, authority, rests: false, locks, knows: true };
        let seals = self.keys().seals_for(&batch.drafts, &known.slots).await?;
        let judged = judge(tenant, batch.drafts, known, locked, &seals)?;
        let all = judged.results.iter().all(|result| matches!(result, Appended::Committed { .. }));
        if !all || judged.is_time_to_tidy() {
            return Ok(Tried::InVain);
        }
        let Prepared { judged, leased, plan, seals: _, learned } =
            prepare(tenant, judged, &batch.effects, batch.lease, seals, Writes::default())?;
        let Some(writes) = plan.at_once(&listings) else { return Ok(Tried::InVain) };
        match writes.run_if_held(self.database(), tenant, held, judged.locked.position).await {
            Ok(Attempt::Done) => {
                self.heads().learn(tenant, held, learned);
                self.heads().hit(tenant);
                Ok(Tried::Stored(StoredBatch { turns: judged.results, leased }))
            }
            Ok(Attempt::Not(Some(now))) if self.heads().moved(tenant, held, now) => Ok(Tried::Moved),
            Ok(Attempt::Not(_)) => {
                self.heads().miss(tenant);
                Ok(Tried::InVain)
            }
            Err(error) => {
                self.heads().miss(tenant);
                match error {
                    StoreError::UnknownCommit { .. } | StoreError::Unavailable { .. } => Err(error),
                    // A row is there already, for example that of the same command: the long way finds out.
                    _ => Ok(Tried::InVain),
                }
            }
        }
    }

    /// Stores a batch under the lock of the tenant, on what the journal says.
    async fn append_locked(&self, tenant: &TenantId, batch: Batch) -> Result<StoredBatch, StoreError> {
        let last = self.heads().last(tenant);
        let mut link = self.database().begin_write().await?;
        let locked = match batch.drafts.iter().any(Draft::is_plain) {
            true => lock_tenant(&mut link, tenant).await?,
            false => lock_to_append(&mut link, tenant, last).await?,
        };
        let held =
            Held { locks: locked.locks, position: locked.position, last: last.filter(|_| locked.knows) };
        let known = known(&mut link, tenant, &batch.drafts).await?;
        let seals = self.keys().seals_for(&batch.drafts, &known.slots).await?;
        let judged = judge(tenant, batch.drafts, known, locked, &seals)?;
        if judged.rows.is_empty() {
            link.leave().await?;
            return Ok(StoredBatch { turns: judged.results, leased: vec![] });
        }
        let erasing: Vec<Erasing> = judged.rows.iter().filter_map(Erasing::of).collect();
        let kept =
            judged.committed(&batch.effects).filter_map(|(_, snapshot)| snapshot.clone()).collect::<Vec<_>>();
        let tidies = judged.is_time_to_tidy();
        let mut writes = Writes::default();
        writes.set(
            "tenants",
            vec![
                (("position", Kind::Int), Cell::int(judged.locked.position)),
                (("authority_version", Kind::Int), Cell::int(judged.locked.authority)),
            ],
        );
        let Prepared { judged, leased, plan, seals, learned } =
            prepare(tenant, judged, &batch.effects, batch.lease, seals, writes)?;
        let subscribed = plan.run(&mut link, tenant, &seals).await?;
        // Whoever publishes locks the tenant as well, so neither can miss the other.
        for (subject, key) in subscribed {
            self.hand_out_kept(&mut link, tenant, &subject.to_string(), &key).await?;
        }
        snapshots::write(&mut link, tenant, &kept, &seals).await?;
        if tidies {
            counts::tidy(&mut link, tenant).await?;
        }
        for erasing in erasing {
            self.erase_case(&mut link, tenant, &erasing).await?;
        }
        link.commit().await?;
        self.heads().learn(tenant, held, learned);
        Ok(StoredBatch { turns: judged.results, leased })
    }
}

impl Judged {
    /// What comes with the turns that are stored.
    fn committed<'a, T>(&'a self, with: &'a [T]) -> impl Iterator<Item = &'a T> {
        let stored = |result: &Appended| matches!(result, Appended::Committed { .. });
        self.results.iter().zip(with).filter(move |(result, _)| stored(result)).map(|(_, with)| with)
    }

    fn is_time_to_tidy(&self) -> bool {
        self.locked.position % TIDIED_EVERY < self.rows.len() as u64
    }
}

impl From<&Head> for Known {
    /// As far as a batch needs it that goes on behind. A command that was carried out before is not known: its row is refused.
    fn from(head: &Head) -> Known {
        let mut known = Known::default();
        for (case, last) in &head.cases {
            known.turns.insert((*case, last.version), last.hash);
            known.slots.insert(*case, last.slot);
        }
        known.counters.extend(head.counters.iter().map(|(counter, value)| (counter.clone(), *value)));
        known
    }
}

/// A batch that is judged, with everything that it writes.
struct Prepared {
    judged: Judged,
    leased: Vec<EffectKey>,
    plan: Plan,
    seals: Seals,
    /// What to remember when it is committed.
    learned: Head,
}

/// Puts together what a batch writes, behind `writes`.
fn prepare(
    tenant: &TenantId,
    mut judged: Judged,
    effects: &Effects,
    lease: Option<Lease>,
    seals: Seals,
    mut writes: Writes,
) -> Result<Prepared, StoreError> {
    let mut changes = ChangeSet::default();
    for (result, (of_turn, _)) in judged.results.iter().zip(effects) {
        if let Appended::Committed { .. } = result {
            for change in of_turn {
                changes.add(change)?;
            }
        }
    }
    let rows = std::mem::take(&mut judged.rows);
    for row in rows.iter().filter(|row| row.draft.version == 1) {
        changes.begin(row.draft.case);
    }
    let lease = lease.filter(|_| !judged.locked.rests);
    let leased = lease.map(|lease| changes.lease(tenant, &lease)).unwrap_or_default();
    let documents =
        rows.iter().flat_map(|row| row.draft.documents.iter().map(|hash| (row.draft.case, *hash)));
    let documents: Vec<_> = documents.collect();
    let ends: Vec<(CaseId, u64, Hash)> = rows
        .iter()
        .filter(|row| !row.draft.is_plain())
        .map(|row| (row.draft.case, row.draft.version, row.hash))
        .collect();
    let counters = std::mem::take(&mut judged.counters);
    let Locked { position, authority, locks, .. } = judged.locked;
    let last = rows.last().map(|row| (position, row.hash));
    let mut learned = Head { locks, position, authority, last, ..Head::default() };
    learned.counters.extend(counters.clone());
    insert_turns(&mut writes, rows);
    use_blobs(&mut writes, documents);
    set_counters(&mut writes, counters);
    let plan = changes.plan(tenant, &seals, writes)?;
    for (case, version, hash) in ends {
        if let (Some(key), Some(listing)) = (seals.0.get(&case), plan.listing(case)) {
            learned.cases.insert(case, Last { version, hash, slot: key.slot, listing });
        }
    }
    Ok(Prepared { judged, leased, plan, seals, learned })
}
