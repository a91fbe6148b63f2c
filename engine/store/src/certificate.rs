//! What is left of an erased case, and what it proves.

use std::{collections::BTreeSet, sync::Arc};

use fachwerk_core::{
    facts::{Actor, CounterKey},
    format::Formats,
    turn::Turn,
    words::{CaseId, PersonId, TenantId, Timestamp},
};
use serde::{Deserialize, Serialize};

use crate::{
    error::StoreError,
    hash::Hash,
    roots::Signature,
    seal::{Label, Ring},
    statement::Cell,
};

/// What is left of an erased case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The authority.
    pub tenant: TenantId,
    /// The case.
    pub case: CaseId,
    /// What it was a case of.
    pub process: Arc<str>,
    /// Its file number, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Arc<str>>,
    /// When it began.
    pub began_at: Timestamp,
    /// When it was erased.
    pub at: Timestamp,
    /// Who confirmed it.
    pub by: Actor,
    /// Who asked for it.
    pub asked_by: PersonId,
    /// Why.
    pub reason: Arc<str>,
    /// Why although it went on, or was to be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exception: Option<Arc<str>>,
    /// Why the same person asked for it and confirmed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alone: Option<Arc<str>>,
    /// How many turns it had, the one that erased it not among them.
    pub turns: u64,
    /// How many documents went with it. Those that another case holds too are not among them.
    pub documents: u64,
    /// The hash of its last turn before.
    pub last_hash: Hash,
    /// The keys that are gone: that of the case first, then those of its documents.
    pub keys: Vec<GoneKey>,
    /// The numbers without gaps that it drew: they are not drawn again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<(CounterKey, u64)>,
}

/// A key that is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoneKey {
    /// The slot that it lay in.
    pub slot: u64,
    /// Its SHA-256: whoever finds a key can tell whether it was this one. Zero when nobody had it any more.
    pub hash: Hash,
}

/// A certificate, and who vouches for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// What was erased.
    pub certificate: Certificate,
    /// Over the certificate as JSON.
    pub signature: Signature,
    /// Whether the keys are gone as well.
    #[serde(skip)]
    pub done: bool,
}

impl Erasure {
    pub(crate) fn body(&self) -> Result<Cell, StoreError> {
        Ok(Cell::Bytes(json(self)?))
    }

    pub(crate) fn read(bytes: &[u8], done: bool) -> Result<Erasure, StoreError> {
        let erasure: Erasure =
            serde_json::from_slice(bytes).map_err(|error| StoreError::corrupt("erasures", error))?;
        Ok(Erasure { done, ..erasure })
    }

    /// Whether it was signed by whoever it says.
    pub fn is_signed(&self) -> bool {
        json(&self.certificate).is_ok_and(|bytes| self.signature.vouches_for(&bytes))
    }

    /// Whether it was signed for this case as its chain ends. The last turn says that it is erased and follows the turn that
    /// the certificate names; in an older copy that was erased again the chain ends there, or before.
    pub(crate) fn is_of(
        &self,
        (tenant, case): (&TenantId, CaseId),
        (version, before, hash): (u64, Hash, Hash),
        erases: bool,
    ) -> bool {
        let Certificate { turns, last_hash, .. } = &self.certificate;
        let ends = match erases {
            true => version == turns + 1 && before == *last_hash,
            false => version < *turns || (version == *turns && hash == *last_hash),
        };
        ends && self.certificate.case == case && self.certificate.tenant == *tenant && self.is_signed()
    }

    /// What is signed.
    pub fn signed_text(&self) -> String {
        json(&self.certificate).map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into())
    }

    pub(crate) fn slots(&self) -> BTreeSet<u64> {
        self.certificate.keys.iter().map(|key| key.slot).collect()
    }
}

pub(crate) fn json(what: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(what).map_err(|error| StoreError::fault(format!("a certificate is no JSON: {error}")))
}

/// Whether a turn says that its case is erased: it lies in clear.
pub(crate) fn says_erased(tenant: &TenantId, (case, version): (CaseId, u64), body: &[u8]) -> bool {
    let opened = Ring::default().open(&Label::turn(tenant, case, version), body);
    let Ok(Some(body)) = opened else { return false };
    Formats::OURS.read::<Turn>(&body).is_ok_and(|turn| turn.erases())
}
