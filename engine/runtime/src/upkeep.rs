//! Verifying and rebuilding what the store derived, by the words of the releases.

use std::collections::HashMap;

use fachwerk_core::{authority::Authority, case::Case, projection::Listing, words::TenantId};
use fachwerk_store::{Finding, Problem, Rebuilt, Report};

use crate::{Runtime, SubmitError};

/// Turns of an authority that are read at once.
const TURNS_AT_ONCE: u32 = 500;

/// What an authority brought into rules through time: each change of it, with the version that made it.
type History = Vec<(u64, Authority)>;

impl Runtime {
    /// Goes through everything that an authority has; see [`fachwerk_store::Store::verify`].
    pub async fn verify(&self, tenant: &TenantId) -> Result<Report, SubmitError> {
        let (listing, mut unreadable) = self.listings(tenant).await?;
        let report = self.inner.store.verify(tenant, listing).await?;
        // First, because what is found in the lists of their cases follows from it.
        unreadable.extend(report.findings);
        Ok(Report { findings: unreadable, ..report })
    }

    /// Writes all derived tables of an authority anew; see [`fachwerk_store::Store::rebuild`].
    pub async fn rebuild(&self, tenant: &TenantId) -> Result<Rebuilt, SubmitError> {
        let (listing, unreadable) = self.listings(tenant).await?;
        for finding in unreadable {
            tracing::error!(%tenant, finding = %finding.text().en, "lists show these cases without their subject and columns");
        }
        Ok(self.inner.store.rebuild(tenant, listing).await?)
    }

    /// Writes the lists anew that an older program has written otherwise; once after an update, before anybody is served.
    pub async fn renew_lists(&self) -> Result<(), SubmitError> {
        for tenant in self.inner.store.with_older_lists().await? {
            tracing::info!(%tenant, "lists are written anew, once after the update");
            let rebuilt = self.rebuild(&tenant).await?;
            tracing::info!(%tenant, cases = rebuilt.cases, "lists are written anew");
        }
        Ok(())
    }

    /// How lists show cases, and the releases whose words are not known any more.
    async fn listings(
        &self,
        tenant: &TenantId,
    ) -> Result<(impl Fn(&Case) -> Listing + use<>, Vec<Finding>), SubmitError> {
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let mut releases = HashMap::new();
        let mut unreadable = Vec::new();
        for id in authority.releases.keys() {
            match self.release(tenant, id).await {
                Ok(release) => {
                    releases.insert(id.clone(), release);
                }
                Err(error) if error.is_of_database() => return Err(error),
                Err(error) => {
                    let (release, reason) = (id.clone(), error.to_string());
                    let problem = Problem::UnreadableRelease { release, reason };
                    unreadable.push(Finding { case: None, problem });
                }
            }
        }
        let history = self.local_through_time(tenant).await?;
        let listing = move |case: &Case| {
            let Some(release) = releases.get(&case.release) else { return Listing::default() };
            let known = history.partition_point(|(version, _)| *version <= case.authority);
            let local = known.checked_sub(1).map(|last| release.local(&history[last].1));
            release.listing(case, &local.unwrap_or_default())
        };
        Ok((listing, unreadable))
    }

    async fn local_through_time(&self, tenant: &TenantId) -> Result<History, SubmitError> {
        let mut history = History::new();
        let mut authority = Authority::default();
        loop {
            let turns = self.inner.store.authority_turns(tenant, authority.version, TURNS_AT_ONCE).await?;
            if turns.is_empty() {
                return Ok(history);
            }
            for stored in turns {
                stored.turn.apply(&mut authority);
                let same = |(_, last): &(u64, Authority)| {
                    last.settings == authority.settings && last.shown == authority.shown
                };
                if !history.last().is_some_and(same) {
                    let (settings, shown) = (authority.settings.clone(), authority.shown.clone());
                    history.push((authority.version, Authority { settings, shown, ..Authority::default() }));
                }
            }
        }
    }
}
