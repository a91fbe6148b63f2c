//! Which keys a database needs: that they are missing, those of another one, or older than it, is noticed when it is opened and
//! not with the first case that nobody can read.
//!
//! Slots are random, so keys that know any slot of what was sealed last are those of this database. Each process draws from
//! reserves of its own, so whether they know all of it is asked of each authority: of what it wrote last, and of the cases that it
//! began last. A key that was erased is known too.

use std::collections::BTreeMap;

use fachwerk_core::words::TenantId;

use crate::{
    chain,
    database::Database,
    error::StoreError,
    hash::Hash,
    journal::AUTHORITY,
    keys::{Keys, KeysAt},
    schema,
    seal::{Held, SEALED, slot_of},
    statement::Cell,
};

/// So many turns of an authority are looked at, from the newest on, and as many cases.
const NEWEST: i64 = 8;
/// So many turns are looked through for those that are sealed.
const LOOKED_THROUGH: i64 = 1_000;
/// So many authorities are read at once.
const AT_ONCE: i64 = 100;

/// What keys are to a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// There is no authority in it: keys that something was sealed with belong to another one.
    Empty,
    /// Nothing is sealed in it: any keys will do, and new ones may be made.
    Any,
    /// They open what was sealed last.
    Own,
    /// They are from before: of some authorities they do not open what was sealed last.
    Older(Lacking),
    /// They open nothing of it.
    Other,
}

/// Of how many authorities keys do not open what was sealed last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lacking {
    pub authorities: u64,
    /// Of so many that have sealed anything.
    pub of: u64,
}

/// What keys are to a database; without keys, whether it needs any. It may be of an older format yet: what is asked for has been
/// there since cases are sealed.
pub(crate) async fn fit(database: &Database, keys: Option<&Keys>) -> Result<Fit, StoreError> {
    if !schema::may_be_sealed(database).await? {
        return Ok(Fit::Empty);
    }
    let (mut lacking, mut known, mut after) = (Lacking { authorities: 0, of: 0 }, false, String::new());
    loop {
        let sql = "select tenant, position, key_slot from tenants where tenant > $1 order by tenant limit $2";
        let rows = database.reader().await?.rows(sql, vec![Cell::text(&after), Cell::Int(AT_ONCE)]).await?;
        for row in &rows {
            after = row.text(0)?;
            let tenant = after.as_str().into();
            let sealed = Sealed::last(database, tenant, row.int(1)?, row.maybe_int(2)?).await?;
            if sealed.slots.is_empty() {
                continue;
            }
            let Some(keys) = keys else { return Ok(Fit::Other) };
            lacking.of += 1;
            let ring = keys.ring(sealed.slots.keys().copied()).await?;
            let is_missing = |slot: &u64| matches!(ring.0.get(slot), Some(Held::Missing) | None);
            known |= !sealed.slots.keys().all(is_missing);
            lacking.authorities += u64::from(sealed.any_whole(database, is_missing).await?);
        }
        if rows.is_empty() {
            return Ok(match lacking {
                _ if after.is_empty() => Fit::Empty,
                Lacking { of: 0, .. } => Fit::Any,
                _ if !known => Fit::Other,
                Lacking { authorities: 0, .. } => Fit::Own,
                lacking => Fit::Older(lacking),
            });
        }
    }
}

/// What an authority has sealed last.
struct Sealed {
    tenant: TenantId,
    /// The slots, each with a turn that was sealed with it; none with that of its messages.
    slots: BTreeMap<u64, Option<(String, u64)>>,
}

impl Sealed {
    async fn last(
        database: &Database,
        tenant: TenantId,
        position: i64,
        of_messages: Option<i64>,
    ) -> Result<Sealed, StoreError> {
        // Turns of the authority itself are not sealed, and those of erased cases have no bytes any more. What was written last may
        // all be of old cases, of which keys from before have the keys.
        let sql = "select case_id, version, substr(body, 1, 9) from (select case_id, version, body from journal \
                   where tenant = $1 and position > $5 and case_id <> $2 and substr(body, 1, 1) = $3 \
                   order by position desc limit $4) as written \
                   union all select case_id, version, substr(body, 1, 9) from (select j.case_id, j.version, j.body \
                   from cases c join journal j on j.tenant = c.tenant and j.case_id = c.case_id and j.version = 1 \
                   where c.tenant = $1 order by c.case_id desc limit $4) as begun";
        let values = vec![
            Cell::text(&tenant),
            Cell::text(AUTHORITY),
            Cell::Bytes(vec![SEALED]),
            Cell::Int(NEWEST),
            Cell::Int(position - LOOKED_THROUGH),
        ];
        let rows = database.reader().await?.rows(sql, values).await?;
        let mut slots = BTreeMap::new();
        for row in &rows {
            if let Some(slot) = slot_of(&row.bytes(2)?) {
                slots.insert(slot, Some((row.text(0)?, row.count(1)?)));
            }
        }
        // Messages may come before the first case.
        slots.extend(of_messages.and_then(|slot| slot.try_into().ok()).map(|slot| (slot, None)));
        Ok(Sealed { tenant, slots })
    }

    /// Whether any of these slots stands in a turn as it was stored: one that is damaged says nothing about the keys.
    async fn any_whole(
        &self,
        database: &Database,
        is_meant: impl Fn(&u64) -> bool,
    ) -> Result<bool, StoreError> {
        for (_, turn) in self.slots.iter().filter(|(slot, _)| is_meant(slot)) {
            let is_whole = match turn {
                Some((case, version)) => self.is_whole(database, case, *version).await?,
                None => true,
            };
            if is_whole {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn is_whole(&self, database: &Database, case: &str, version: u64) -> Result<bool, StoreError> {
        let sql = "select case_id, version, position, command_id, actor, at, release, body, body_hash, hash \
                   from journal where tenant = $1 and case_id = $2 and version between $3 and $4 order by version";
        let between = [Cell::int(version.saturating_sub(1)), Cell::int(version)];
        let values = [Cell::text(&self.tenant), Cell::text(case)].into_iter().chain(between).collect();
        let rows = database.reader().await?.rows(sql, values).await?;
        let links: Result<Vec<_>, _> = rows.iter().map(chain::Link::read).collect();
        let (before, link) = match links.as_deref() {
            Ok([link]) if version == 1 => (Hash::ZERO, link),
            Ok([before, link]) => (before.hash, link),
            _ => return Ok(false),
        };
        Ok(link.check(&self.tenant, &before).is_ok())
    }
}

/// Looks whether the keys of a database are at a place: of how many authorities they do not open what was sealed last, which is
/// none unless older ones will do. Nothing is made there.
pub(crate) async fn look(database: &Database, at: &KeysAt) -> Result<u64, StoreError> {
    let place = || at.place.spoken_keys();
    let Some(keys) = Keys::there(&at.place).await? else {
        return match fit(database, None).await? {
            Fit::Empty | Fit::Any => Ok(0),
            _ => Err(StoreError::KeysMissing { place: place() }),
        };
    };
    let found = match fit(database, Some(&keys)).await {
        // What is erased by one of the two would be erased in the other one.
        Ok(Fit::Empty) => keys.any().await.map(|used| if used { Fit::Other } else { Fit::Empty }),
        found => found,
    };
    keys.close().await;
    match found? {
        Fit::Empty | Fit::Any | Fit::Own => Ok(0),
        Fit::Older(lacking) => at.older_will_do(lacking, place),
        Fit::Other => Err(StoreError::OtherKeys { place: place() }),
    }
}

/// The same before there is a database.
pub(crate) async fn look_for_new(at: &KeysAt) -> Result<(), StoreError> {
    let Some(keys) = Keys::there(&at.place).await? else { return Ok(()) };
    let used = keys.any().await;
    keys.close().await;
    if used? { Err(StoreError::OtherKeys { place: at.place.spoken_keys() }) } else { Ok(()) }
}

impl KeysAt {
    /// Whether it is known that keys do not open everything.
    pub(crate) fn older_will_do(
        &self,
        Lacking { authorities, of }: Lacking,
        place: impl FnOnce() -> String,
    ) -> Result<u64, StoreError> {
        if self.older {
            Ok(authorities)
        } else {
            Err(StoreError::OlderKeys { place: place(), authorities, of })
        }
    }
}
