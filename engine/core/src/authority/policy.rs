//! What an authority sets for all its cases.

use serde::{Deserialize, Serialize};

use super::AuthorityRejection;

/// What holds for all cases of an authority (Vorgaben).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Whether a case is erased only when the archive has answered (Anbietungspflicht).
    #[serde(default)]
    pub archive_first: bool,
}

impl Policy {
    /// Whether it can be so.
    pub fn check(&self) -> Result<(), AuthorityRejection> {
        Ok(())
    }
}
