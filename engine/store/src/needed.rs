//! Which keys a database needs: that they are missing, or those of another one, is noticed when it is opened and not with the
//! first case that nobody can read.
//!
//! Slots are random, so keys that know the slot of what was sealed last are the right ones, and not older than that. A key
//! that was erased is known too.

use std::collections::BTreeSet;

use crate::{
    database::{Database, Place},
    error::StoreError,
    journal::AUTHORITY,
    keys::Keys,
    seal::{Held, SEALED, slot_of},
    statement::Cell,
};

/// So many turns of an authority are looked at, from the newest on: one that is damaged says nothing about the keys.
const NEWEST: i64 = 8;

/// Of each authority that has sealed anything, the slots of its newest turns.
pub(crate) struct Needed(Vec<BTreeSet<u64>>);

impl Needed {
    pub(crate) async fn by(database: &Database) -> Result<Needed, StoreError> {
        let (mut needed, mut after) = (Vec::new(), String::new());
        loop {
            let sql = "select tenant from tenants where tenant > $1 order by tenant limit 1";
            let row = database.reader().await?.row(sql, vec![Cell::text(&after)]).await?;
            let Some(row) = row else { return Ok(Needed(needed)) };
            after = row.text(0)?;
            // Turns of the authority itself are not sealed, and those of erased cases have no bytes any more.
            let sql = "select substr(body, 1, 9) from journal where tenant = $1 and case_id <> $2 \
                       and substr(body, 1, 1) = $3 order by position desc limit $4";
            let values =
                vec![Cell::text(&after), Cell::text(AUTHORITY), Cell::Bytes(vec![SEALED]), Cell::Int(NEWEST)];
            let rows = database.reader().await?.rows(sql, values).await?;
            let heads = rows.iter().map(|row| row.bytes(0)).collect::<Result<Vec<_>, _>>()?;
            let slots: BTreeSet<u64> = heads.iter().filter_map(|head| slot_of(head)).collect();
            needed.extend(Some(slots).filter(|slots| !slots.is_empty()));
        }
    }

    /// What a database needs that is not there yet.
    pub(crate) fn nothing() -> Needed {
        Needed(Vec::new())
    }

    /// Whether nothing is sealed: then any keys will do, and new ones may be made.
    pub(crate) fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether these are the keys.
    pub(crate) async fn are(&self, keys: &Keys) -> Result<bool, StoreError> {
        for slots in &self.0 {
            let ring = keys.ring(slots.iter().copied()).await?;
            if ring.0.values().all(|held| matches!(held, Held::Missing)) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// An error when the keys are not at this place. Nothing is made there.
    pub(crate) async fn must_be_at(&self, place: &Place) -> Result<(), StoreError> {
        if self.is_nothing() {
            return Ok(());
        }
        let Some(keys) = Keys::there(place).await? else {
            return Err(StoreError::KeysMissing { place: place.spoken_keys() });
        };
        let are = self.are(&keys).await;
        keys.close().await;
        if are? { Ok(()) } else { Err(StoreError::OtherKeys { place: place.spoken_keys() }) }
    }
}
