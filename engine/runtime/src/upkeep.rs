//! Verifying and rebuilding what the store derived, by the words of the releases.

use std::collections::HashMap;

use fachwerk_core::{case::Case, projection::Listing, words::TenantId};
use fachwerk_store::{Rebuilt, Report};

use crate::{Runtime, SubmitError};

impl Runtime {
    /// Goes through everything that an authority has; see [`fachwerk_store::Store::verify`].
    pub async fn verify(&self, tenant: &TenantId) -> Result<Report, SubmitError> {
        let listing = self.listings(tenant).await?;
        Ok(self.inner.store.verify(tenant, listing).await?)
    }

    /// Writes all derived tables of an authority anew; see [`fachwerk_store::Store::rebuild`].
    pub async fn rebuild(&self, tenant: &TenantId) -> Result<Rebuilt, SubmitError> {
        let listing = self.listings(tenant).await?;
        Ok(self.inner.store.rebuild(tenant, listing).await?)
    }

    async fn listings(&self, tenant: &TenantId) -> Result<impl Fn(&Case) -> Listing + use<>, SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let mut releases = HashMap::new();
        for id in authority.releases.keys() {
            releases.insert(id.clone(), self.release(tenant, id).await?);
        }
        Ok(move |case: &Case| {
            releases.get(&case.release).map(|release| release.listing(case)).unwrap_or_default()
        })
    }
}
