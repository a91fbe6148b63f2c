//! Compiled releases: made once from the stored files, then shared.

use std::sync::Arc;

use fachwerk_core::{
    authority::InstalledBlock,
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

    /// The blocks that an authority deploys with: all versions that are installed and not retired.
    pub async fn catalogue(&self, tenant: &TenantId) -> Result<Catalogue, SubmitError> {
        self.catalogue_of(tenant, |block| !block.retired).await
    }

    /// All versions of blocks that were ever installed, retired ones among them.
    pub async fn installed_blocks(&self, tenant: &TenantId) -> Result<Catalogue, SubmitError> {
        self.catalogue_of(tenant, |_| true).await
    }

    async fn catalogue_of(
        &self,
        tenant: &TenantId,
        wanted: fn(&InstalledBlock) -> bool,
    ) -> Result<Catalogue, SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let mut catalogue = Catalogue::default();
        // Installed blocks were checked when they came in; what a newer program finds in them shows in the designer.
        let mut problems = Problems::default();
        for (id, versions) in &authority.blocks {
            for block in versions.values().filter(|block| wanted(block)) {
                let files = self.files(tenant, &block.files, "").await?;
                catalogue
                    .add(Folder { name: format!("building-blocks/{id}").into(), ..files }, &mut problems);
            }
        }
        Ok(catalogue)
    }
}

fn broken(id: &ReleaseId, why: String) -> SubmitError {
    SubmitError::ReleaseBroken(id.to_string(), why)
}
