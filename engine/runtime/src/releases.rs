//! Compiled releases: made once from the stored files, then shared.

use std::sync::Arc;

use fachwerk_core::{
    definition::Release,
    diagnostic::Problems,
    language::{Catalogue, Folder},
    words::{ReleaseId, TenantId},
};

use crate::{Runtime, SubmitError, deploy::compile_bundle, submit::lock};

/// How many compiled releases are kept.
const MOST_CACHED_RELEASES: usize = 500;

impl Runtime {
    /// A release that was deployed at this authority.
    pub async fn release(&self, tenant: &TenantId, id: &ReleaseId) -> Result<Arc<Release>, SubmitError> {
        let key = (tenant.clone(), id.clone());
        let known = lock(&self.inner.releases).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let Some(deployed) = authority.releases.get(id) else {
            let release = id.clone();
            return Err(SubmitError::Rejected(fachwerk_core::decide::Rejection::ReleaseUnknown { release }));
        };
        let bundle = self.files(tenant, &deployed.files, "").await?;
        let compiled = compile_bundle(&bundle);
        let release = match compiled.release {
            Some(release) if release.id == *id => Arc::new(release),
            Some(other) => return Err(broken(id, format!("its files give {}", other.id))),
            None => {
                let first = compiled
                    .problems
                    .first()
                    .map(|problem| format!("{}: {}", problem.span, problem.message.en));
                return Err(broken(id, first.unwrap_or_default()));
            }
        };
        let mut releases = lock(&self.inner.releases);
        if releases.len() >= MOST_CACHED_RELEASES {
            releases.clear();
        }
        releases.insert(key, release.clone());
        Ok(release)
    }

    /// The blocks of an authority.
    pub async fn catalogue(&self, tenant: &TenantId) -> Result<Catalogue, SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let mut catalogue = Catalogue::default();
        // Installed blocks were checked when they came in; what a newer program finds in them shows in the designer.
        let mut problems = Problems::default();
        for (id, block) in &authority.blocks {
            let files = self.files(tenant, &block.files, "").await?;
            catalogue.add(Folder { name: format!("building-blocks/{id}").into(), ..files }, &mut problems);
        }
        Ok(catalogue)
    }
}

fn broken(id: &ReleaseId, why: String) -> SubmitError {
    SubmitError::ReleaseBroken(id.to_string(), why)
}
