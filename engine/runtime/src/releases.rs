//! Compiled releases: made once from the stored files, then shared.

use std::sync::Arc;

use fachwerk_core::{
    authority::InstalledBlock,
    definition::{Release, Start},
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
            // Whichever: it is compiled again.
            let gone = releases.keys().next().cloned();
            gone.map(|gone| releases.remove(&gone));
        }
        releases.insert(key, release.clone());
        Ok(release)
    }

    /// How cases of a release begin; none when this program cannot read it: that must not stop the work of all others. All
    /// releases in use are looked at for it again and again, however many they are: none is compiled twice.
    pub(crate) async fn start_of(
        &self,
        tenant: &TenantId,
        id: &ReleaseId,
    ) -> Result<Option<Arc<Start>>, SubmitError> {
        let key = (tenant.clone(), id.clone());
        let known = lock(&self.inner.starts).get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let start = match self.release(tenant, id).await {
            Ok(release) => Some(Arc::new(release.start.clone())),
            Err(error) if error.is_of_database() => return Err(error),
            Err(error) => {
                tracing::error!(%error, %tenant, release = %id, "a release cannot be used; until this server starts anew it begins no case");
                None
            }
        };
        lock(&self.inner.starts).insert(key, start.clone());
        Ok(start)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fachwerk_core::{
        authority::Profile,
        facts::Actor,
        scenario,
        words::{Land, Place, Text},
    };
    use fachwerk_store::{Place as StorePlace, Store};

    use super::*;
    use crate::{Founding, clock::Clock};

    const PROCESS: &str = "process: test
version: 1.0.0
title: { de: Test, en: Test }
start: { message: hello }
roles: { administrator: { title: { de: A, en: A } } }
steps:
  look: { task: { title: { de: Ansehen, en: Look } }, role: administrator }
";

    /// However many others there are: what is looked at every second is known without any of them, and without the database.
    #[tokio::test]
    async fn how_cases_of_a_release_begin_is_read_once() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(&StorePlace::Sqlite { dir: dir.path().to_owned() }).await.expect("a store");
        let clock = Clock::stopped_at("2026-03-02T08:00:00Z".parse().expect("an instant"));
        let runtime = Runtime::new(store, clock, BTreeMap::new());
        let founding = Founding {
            tenant: "musterstadt".into(),
            profile: Profile::of(Text::new("Musterstadt", "Musterstadt"), Place::land(Land::ST)),
            administrator: "admin".into(),
            name: "Admin".into(),
        };
        let tenant = founding.tenant.clone();
        runtime.found(founding).await.expect("founded");
        let files = [("process.yaml".into(), PROCESS.as_bytes().into())].into();
        let folder = Folder { name: "test".into(), files };
        let made = |_: &str, _: &_| Ok(scenario::Made::default());
        let admin = Actor::Person("admin".into());
        let deployed = runtime.deploy_despite(&tenant, admin, &folder, &made, Some("a test")).await;
        let release = deployed.expect("deployed").release;
        for _ in 0..3 {
            let start = runtime.start_of(&tenant, &release).await.expect("known").expect("it can be read");
            assert_eq!(start.message.as_deref(), Some("hello"));
            lock(&runtime.inner.releases).clear();
            runtime.store().close().await;
        }
    }
}
