//! The ends of the journals as this process remembers them.
//!
//! To store a batch one has to know the last turn of each of its cases, the last numbers drawn, the version of the
//! authority. A process that has stored the batch before knows all of this, as long as nobody else has been here since; and
//! that the row of the tenant tells: its position, and `tenants.locks`, which counts how often it was locked for anything
//! else than to store turns of cases. So the batch is judged on what is remembered, and stored under the condition that the row
//! is as it was: on PostgreSQL that is one way to the server and back in place of five. When the condition does not hold
//! nothing was stored, and the row as it is now comes back. The last turn that this process has stored must be there as well:
//! after a failover to a server that was behind it is not, and then nothing counts that is remembered.
//!
//! When only its position is another, other servers have stored turns of cases. Numbers that are remembered may have been
//! drawn since, and are forgotten. Of the cases everything still holds, or their next version is taken, and then the database
//! refuses the batch as a whole. So it is tried once more, a few times. In all other cases the batch goes the long way: lock, ask,
//! judge, write, commit; and those behind it for a while, and longer each time, so that in vain is tried only now and then.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use fachwerk_core::{
    facts::CounterKey,
    words::{CaseId, TenantId},
};

use crate::{
    hash::Hash,
    locked::{Locked, TurnAt},
    writes::Held,
};

/// So many cases of an authority are remembered, and so many of all; then they are forgotten, and come again one by one.
const MOST_CASES: usize = 10_000;
const MOST_CASES_OF_ALL: usize = 100_000;
/// So many authorities.
const MOST_TENANTS: usize = 1_000;
/// So many batches go the long way at most before the short one is tried again.
const LONGEST_PAUSE: u32 = 64;

/// The last turn of a case.
#[derive(Clone, Debug)]
pub(crate) struct Last {
    pub version: u64,
    pub hash: Hash,
    /// Of its key.
    pub slot: u64,
    /// What stands in `cases.listing`.
    pub listing: Vec<u8>,
}

/// The row of a tenant, and what was stored under it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Head {
    pub locks: u64,
    pub position: u64,
    pub authority: u64,
    /// The last turn that this process has stored; nothing is remembered that was stored behind it.
    pub last: Option<TurnAt>,
    pub cases: HashMap<CaseId, Last>,
    /// Last numbers drawn.
    pub counters: HashMap<CounterKey, u64>,
}

impl Head {
    /// What stands in `cases.listing`, by case.
    pub(crate) fn listings(&self) -> HashMap<CaseId, Vec<u8>> {
        self.cases.iter().map(|(case, last)| (*case, last.listing.clone())).collect()
    }
}

#[derive(Default)]
struct Memory {
    head: Head,
    /// How often in a row the head was not as it is remembered.
    misses: u32,
    /// So many batches go the long way before the short one is tried again.
    pause: u32,
}

/// What this process remembers.
#[derive(Default)]
pub(crate) struct Heads(Mutex<HashMap<TenantId, Memory>>);

impl Heads {
    fn memories(&self) -> MutexGuard<'_, HashMap<TenantId, Memory>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is remembered of some cases and counters of a tenant; none when that is not all of them, or when it is not to be
    /// tried.
    pub(crate) fn of<'a>(
        &self,
        tenant: &TenantId,
        cases: impl Iterator<Item = CaseId>,
        counters: impl Iterator<Item = &'a CounterKey>,
    ) -> Option<Head> {
        let mut memories = self.memories();
        let memory = memories.get_mut(tenant)?;
        if memory.pause > 0 {
            memory.pause -= 1;
            return None;
        }
        let Head { locks, position, authority, last, cases: known, counters: drawn } = &memory.head;
        Some(Head {
            locks: *locks,
            position: *position,
            authority: *authority,
            last: *last,
            cases: cases.map(|case| Some((case, known.get(&case)?.clone()))).collect::<Option<_>>()?,
            counters: counters
                .map(|counter| Some((counter.clone(), *drawn.get(counter)?)))
                .collect::<Option<_>>()?,
        })
    }

    /// The last turn that this process has stored for a tenant, as far as it remembers.
    pub(crate) fn last(&self, tenant: &TenantId) -> Option<TurnAt> {
        self.memories().get(tenant)?.head.last
    }

    /// Remembers what a batch has come to that is committed; `before` is the row as it was under it, with the last turn that was
    /// there. What others have stored before it, or this process behind it, is told apart by the position.
    pub(crate) fn learn(&self, tenant: &TenantId, before: Held, now: Head) {
        let mut memories = self.memories();
        let cases: usize = memories.values().map(|memory| memory.head.cases.len()).sum();
        if memories.len() >= MOST_TENANTS && !memories.contains_key(tenant) || cases >= MOST_CASES_OF_ALL {
            memories.clear();
        }
        let memory = memories.entry(tenant.clone()).or_default();
        let known = &mut memory.head;
        if known.locks > now.locks || known.position >= now.position {
            return;
        }
        if known.locks != before.locks
            || known.last != before.last
            || known.cases.len() + now.cases.len() > MOST_CASES
        {
            *known = Head::default();
        } else if known.position != before.position {
            known.counters.clear();
        }
        let Head { locks, position, authority, last, cases, counters } = now;
        (known.locks, known.position, known.authority, known.last) = (locks, position, authority, last);
        known.cases.extend(cases);
        known.counters.extend(counters);
    }

    /// Takes over the row as it is now, when others have only stored turns of cases since; false when more has happened, or it is
    /// not the row that was remembered any more.
    pub(crate) fn moved(&self, tenant: &TenantId, held: Held, now: Locked) -> bool {
        let mut memories = self.memories();
        let Some(memory) = memories.get_mut(tenant) else { return false };
        let head = &mut memory.head;
        let only_moved =
            now.locks == held.locks && now.authority == head.authority && now.knows && !now.rests;
        if !only_moved || now.position <= held.position || head.locks != held.locks {
            return false;
        }
        if head.position < now.position {
            head.position = now.position;
            head.counters.clear();
        }
        true
    }

    /// Notes that what is remembered held.
    pub(crate) fn hit(&self, tenant: &TenantId) {
        if let Some(memory) = self.memories().get_mut(tenant) {
            memory.misses = 0;
        }
    }

    /// Forgets what did not hold.
    pub(crate) fn miss(&self, tenant: &TenantId) {
        if let Some(memory) = self.memories().get_mut(tenant) {
            memory.head = Head { locks: memory.head.locks, ..Head::default() };
            memory.pause = LONGEST_PAUSE.min(1 << memory.misses.min(31));
            memory.misses += 1;
        }
    }
}
