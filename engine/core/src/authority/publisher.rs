//! Whose packages an authority takes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Authority, AuthorityEvent, AuthorityRejection, decide::Decided};
use crate::{facts::Actor, package::is_public_key, words::Timestamp};

/// Characters of the name of a publisher.
const MAX_NAME: usize = 200;
/// Publishers of an authority.
const MAX_PUBLISHERS: usize = 200;

/// Who makes packages that an authority takes (Herausgeber).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publisher {
    /// What people read.
    pub name: Arc<str>,
    /// Since when.
    pub at: Timestamp,
    /// Who said so.
    pub by: Actor,
}

/// The package that a block came with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageOrigin {
    /// Its id.
    pub package: Arc<str>,
    /// Its version.
    pub version: Arc<str>,
    /// The public key that its signature was checked with.
    pub key: Arc<str>,
    /// The hash of what was signed.
    pub hash: Arc<str>,
}

impl Authority {
    pub(super) fn trust_publisher(&self, key: Arc<str>, name: &str) -> Decided {
        let name: Arc<str> = name.trim().into();
        let named = !name.is_empty() && name.chars().count() <= MAX_NAME && !name.contains(char::is_control);
        let known = self.publishers.get(&key);
        let room = known.is_some() || self.publishers.len() < MAX_PUBLISHERS;
        if !named || !room || !is_public_key(&key) {
            return Err(AuthorityRejection::PublisherInvalid);
        }
        let same = known.is_some_and(|known| known.name == name);
        Ok((!same).then_some(AuthorityEvent::PublisherTrusted { key, name }))
    }

    pub(super) fn distrust_publisher(&self, key: Arc<str>) -> Decided {
        let known = self.publishers.get(&key).ok_or(AuthorityRejection::PublisherUnknown)?;
        Ok(Some(AuthorityEvent::PublisherDistrusted { key, name: known.name.clone() }))
    }
}
