//! Bodies as they are stored: made small, and what belongs to a case sealed with a key of that case.
//!
//! The first byte says how: [`PLAIN`], then the small bytes; or [`SEALED`], the slot of the key (8 bytes), a nonce (12 bytes),
//! and the small bytes under AES-256-GCM with their tag. What the bytes are (a [`Label`]) is bound to them, so they cannot be
//! put into another place. Nonces are random: a turn that was not stored may be sealed once more under the same version, so
//! nothing that is unique among stored turns would be unique among sealed ones. A body without any byte is one that was
//! dropped when its case was erased.

use std::collections::{BTreeMap, HashMap};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac, rand,
};
use fachwerk_core::words::{CaseId, TenantId};
use serde::de::DeserializeOwned;

use crate::{
    compress::{compress, decompress},
    error::StoreError,
    hash::Hash,
};

const PLAIN: u8 = 1;
pub(crate) const SEALED: u8 = 2;
/// The bytes before what is sealed, as far as the slot goes.
pub(crate) const HEAD: usize = 9;

/// What some bytes are; bound to them when they are sealed.
pub(crate) struct Label(String);

impl Label {
    fn of(kind: &str, tenant: &TenantId, what: impl std::fmt::Display) -> Label {
        // No tenant and no table has a line break in its name.
        Label(format!("{kind}\n{tenant}\n{what}"))
    }

    pub(crate) fn turn(tenant: &TenantId, case: CaseId, version: u64) -> Label {
        Self::of("journal", tenant, format_args!("{case}/{version}"))
    }

    pub(crate) fn snapshot(tenant: &TenantId, case: CaseId, version: u64) -> Label {
        Self::of("snapshots", tenant, format_args!("{case}/{version}"))
    }

    pub(crate) fn blob(tenant: &TenantId, hash: &Hash) -> Label {
        Self::of("blobs", tenant, hash)
    }

    /// A row of a table.
    pub(crate) fn row(table: &str, tenant: &TenantId) -> Label {
        Self::of(table, tenant, "")
    }
}

/// A key and the slot that it lies in.
#[derive(Clone)]
pub(crate) struct Key {
    pub slot: u64,
    pub bytes: [u8; 32],
}

impl Key {
    /// Seals what [`compress`] made.
    pub(crate) fn seal_small(&self, label: &Label, small: &[u8]) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| StoreError::fault("the machine has no random numbers"))?;
        let mut sealed = small.to_vec();
        self.cipher()?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(label.0.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| StoreError::fault("a body cannot be sealed"))?;
        Ok([&[SEALED], &self.slot.to_be_bytes()[..], &nonce, &sealed].concat())
    }

    pub(crate) fn seal(&self, label: &Label, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.seal_small(label, &compress(bytes))
    }

    fn open(&self, label: &Label, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut sealed = sealed.to_vec();
        let small =
            self.cipher().ok()?.open_in_place(nonce, Aad::from(label.0.as_bytes()), &mut sealed).ok()?;
        decompress(small)
    }

    /// A hash that nobody can compute who has not the key: it tells nothing about what was hashed.
    pub(crate) fn keyed(&self, bytes: &[u8]) -> Vec<u8> {
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &self.bytes), bytes).as_ref().to_vec()
    }

    fn cipher(&self) -> Result<LessSafeKey, StoreError> {
        let key = UnboundKey::new(&AES_256_GCM, &self.bytes);
        Ok(LessSafeKey::new(key.map_err(|_| StoreError::fault("a key has the wrong length"))?))
    }
}

/// What is not sealed.
pub(crate) fn plain_small(small: &[u8]) -> Vec<u8> {
    [&[PLAIN], small].concat()
}

pub(crate) fn plain(bytes: &[u8]) -> Vec<u8> {
    plain_small(&compress(bytes))
}

/// The slot of the key that opens a body; its beginning is enough.
pub(crate) fn slot_of(body: &[u8]) -> Option<u64> {
    match body.split_first()? {
        (&SEALED, rest) => Some(u64::from_be_bytes(rest.get(..8)?.try_into().ok()?)),
        _ => None,
    }
}

/// What became of a key.
#[derive(Clone)]
pub(crate) enum Held {
    Key(Key),
    /// It was erased.
    Erased,
    /// The keys do not know it: they are older than the database, or belong to another one.
    Missing,
}

/// Keys at hand, by slot.
#[derive(Default)]
pub(crate) struct Ring(pub HashMap<u64, Held>);

impl Ring {
    /// What a body holds; none when its key was erased, or the body itself was dropped.
    pub(crate) fn open(&self, label: &Label, body: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let place = || label.0.trim_end().replace('\n', " ");
        let damaged = || StoreError::corrupt(place(), "the bytes are not those that were sealed or written");
        let Some((form, rest)) = body.split_first() else { return Ok(None) };
        match *form {
            PLAIN => decompress(rest).map(Some).ok_or_else(damaged),
            SEALED => {
                let slot = slot_of(body).ok_or_else(damaged)?;
                match self.0.get(&slot) {
                    Some(Held::Key(key)) => key.open(label, &body[HEAD..]).map(Some).ok_or_else(damaged),
                    Some(Held::Erased) => Ok(None),
                    Some(Held::Missing) | None => Err(StoreError::KeyMissing { place: place() }),
                }
            }
            _ => Err(damaged()),
        }
    }

    /// A body that must be there.
    pub(crate) fn json<T: DeserializeOwned>(&self, label: &Label, body: &[u8]) -> Result<T, StoreError> {
        let place = || label.0.trim_end().replace('\n', " ");
        let opened = self.open(label, body)?;
        let opened = opened.ok_or_else(|| StoreError::corrupt(place(), "its key was erased"))?;
        serde_json::from_slice(&opened).map_err(|error| StoreError::corrupt(place(), error))
    }
}

/// The keys that some cases are sealed with.
#[derive(Default)]
pub(crate) struct Seals(pub BTreeMap<CaseId, Key>);

impl Seals {
    pub(crate) fn of(&self, case: CaseId) -> Result<&Key, StoreError> {
        self.0.get(&case).ok_or_else(|| StoreError::fault(format!("no key of case {case} is at hand")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(slot: u64, byte: u8) -> Key {
        Key { slot, bytes: [byte; 32] }
    }

    fn label(version: u64) -> Label {
        Label::turn(&TenantId::from("musterstadt"), CaseId(uuid::Uuid::from_u128(7)), version)
    }

    #[track_caller]
    fn check(
        key: &Key,
        held: Held,
        read_as: &Label,
        change: Option<usize>,
        expected: Result<Option<&str>, &str>,
    ) {
        let mut body = key.seal(&label(1), b"Anna").unwrap();
        if let Some(place) = change {
            body[place] ^= 1;
        }
        let ring = Ring([(key.slot, held)].into());
        let opened = ring.open(read_as, &body);
        let opened = opened.map(|bytes| bytes.map(|bytes| String::from_utf8(bytes).unwrap()));
        let opened = opened.map_err(|error| error.code());
        assert_eq!(opened, expected.map(|text| text.map(str::to_owned)));
    }

    #[test]
    fn only_the_right_key_opens_only_the_same_bytes_in_their_place() {
        let one = key(5, 1);
        check(&one, Held::Key(one.clone()), &label(1), None, Ok(Some("Anna")));
        check(&one, Held::Key(one.clone()), &label(2), None, Err("store_corrupt"));
        check(&one, Held::Key(key(5, 2)), &label(1), None, Err("store_corrupt"));
        check(&one, Held::Erased, &label(1), None, Ok(None));
        check(&one, Held::Missing, &label(1), None, Err("store_key_missing"));
        let length = one.seal(&label(1), b"Anna").unwrap().len();
        for place in HEAD..length {
            check(&one, Held::Key(one.clone()), &label(1), Some(place), Err("store_corrupt"));
        }
        for place in 1..HEAD {
            check(&one, Held::Key(one.clone()), &label(1), Some(place), Err("store_key_missing"));
        }
        check(&one, Held::Key(one.clone()), &label(1), Some(0), Err("store_corrupt"));
    }

    #[test]
    fn the_same_is_never_sealed_into_the_same() {
        let one = key(5, 1);
        let sealed = |_| one.seal(&label(1), b"Anna").unwrap();
        let all: std::collections::BTreeSet<Vec<u8>> = (0..100).map(sealed).collect();
        assert_eq!(all.len(), 100);
        assert!(all.iter().all(|body| slot_of(body) == Some(5)));
    }
}
