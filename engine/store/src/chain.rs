//! The audit chain: what the hash of a turn covers. Everything that lies in the journal in clear, and the hash of the stored
//! bytes; so the chain is proven without a key, and still holds when the bytes of an erased case are gone.

use fachwerk_core::words::{CaseId, TenantId};

use crate::{error::StoreError, hash::Hash, statement::Row};

/// The columns of a turn.
pub(crate) struct Columns<'a> {
    pub tenant: &'a TenantId,
    pub case: CaseId,
    pub version: u64,
    pub position: u64,
    pub command_id: &'a str,
    pub actor: &'a str,
    /// Microseconds since 1970.
    pub at: i64,
    pub release: &'a str,
}

impl Columns<'_> {
    /// The hash of the turn with these columns.
    pub(crate) fn chained(&self, previous: &Hash, body: &Hash) -> Hash {
        Hash::of_pieces([
            &previous.bytes()[..],
            self.tenant.as_str().as_bytes(),
            self.case.0.as_bytes(),
            &self.version.to_be_bytes(),
            &self.position.to_be_bytes(),
            self.command_id.as_bytes(),
            self.actor.as_bytes(),
            &self.at.to_be_bytes(),
            self.release.as_bytes(),
            body.bytes(),
        ])
    }
}

/// What is wrong with a link of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Broken {
    /// The stored bytes are not those of the hash beside them.
    Body,
    /// A column, the hash beside the bytes, or the turn before is another one.
    Link,
}

/// A row of the journal as [`crate::replay::Cases::turns`] reads it.
pub(crate) struct Link {
    pub case: CaseId,
    pub version: u64,
    pub position: u64,
    pub body: Vec<u8>,
    /// What the row says its hash is.
    pub hash: Hash,
    body_hash: Hash,
    command_id: String,
    actor: String,
    at: i64,
    release: String,
}

impl Link {
    /// Columns: case_id, version, position, command_id, actor, at, release, body, body_hash, hash.
    pub(crate) fn read(row: &Row) -> Result<Link, StoreError> {
        let (case, version) = (row.parsed(0)?, row.count(1)?);
        let place = || format!("turn {version} of case {case}");
        let hash = |column| {
            Hash::from_bytes(&row.bytes(column)?).map_err(|error| StoreError::corrupt(place(), error))
        };
        Ok(Link {
            case,
            version,
            position: row.count(2)?,
            command_id: row.text(3)?,
            actor: row.text(4)?,
            at: row.int(5)?,
            release: row.text(6)?,
            body: row.bytes(7)?,
            body_hash: hash(8)?,
            hash: hash(9)?,
        })
    }

    /// Whether it follows the turn with the hash before. A body that was dropped is nobody's to compare.
    pub(crate) fn check(&self, tenant: &TenantId, previous: &Hash) -> Result<(), Broken> {
        if !self.body.is_empty() && Hash::of(&self.body) != self.body_hash {
            return Err(Broken::Body);
        }
        let columns = Columns {
            tenant,
            case: self.case,
            version: self.version,
            position: self.position,
            command_id: &self.command_id,
            actor: &self.actor,
            at: self.at,
            release: &self.release,
        };
        if columns.chained(previous, &self.body_hash) == self.hash { Ok(()) } else { Err(Broken::Link) }
    }
}
