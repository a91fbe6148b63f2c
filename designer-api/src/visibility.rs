//! Who sees what: a case is seen by the persons who hold a role of its process, within their own authority.
//!
//! Whether somebody may *do* something is decided in the core; here it is only decided what is shown at all.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use fachwerk_core::{
    authority::Authority,
    case::Case,
    decide::Rejection,
    definition::Release,
    projection::CaseRow,
    words::{CaseId, ProcessId, ReleaseId, RoleId},
};
use fachwerk_store::StoreError;
use serde::de::DeserializeOwned;

use crate::{person::Authenticated, problem::Problem, server::Server, shapes::Text};

/// A case that somebody may see.
#[derive(Debug)]
pub struct SeenCase {
    /// As lists show it.
    pub row: CaseRow,
    /// As it is now.
    pub case: Arc<Case>,
    /// Its release.
    pub release: Arc<Release>,
}

/// The variable parts of an address; what does not fit is an address where there is nothing.
#[derive(Debug)]
pub struct Segments<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Segments<T>, Problem> {
        let found = Path::<T>::from_request_parts(parts, state).await;
        found.map(|Path(segments)| Segments(segments)).map_err(|_| Problem::not_found())
    }
}

/// The release that stands for a process: the current one, else the one that it was retired with.
pub fn releases_in_view(authority: &Authority) -> BTreeMap<&ProcessId, &ReleaseId> {
    authority.retired.iter().chain(&authority.current).collect()
}

/// What people read for a process.
pub fn process_title(authority: &Authority, process: &ProcessId) -> Text {
    let release = releases_in_view(authority).get(process).and_then(|id| authority.releases.get(*id));
    release.map_or_else(|| Text::new(process.as_str(), process.as_str()), |release| (&release.title).into())
}

/// Whether somebody holds a role of a release.
pub fn takes_part(who: &Authenticated, release: &Release) -> bool {
    release.roles.keys().any(|role| who.roles.contains(role))
}

impl Server {
    /// The processes whose cases somebody sees in lists; items of the incoming post are not among them.
    pub async fn processes_of(&self, who: &Authenticated) -> Result<BTreeSet<ProcessId>, Problem> {
        self.seen(who, false).await
    }

    /// The processes whose items of the incoming post somebody sees.
    pub async fn items_of(&self, who: &Authenticated) -> Result<BTreeSet<ProcessId>, Problem> {
        self.seen(who, true).await
    }

    /// All of them.
    pub async fn all_of(&self, who: &Authenticated) -> Result<BTreeSet<ProcessId>, Problem> {
        let mut all = self.processes_of(who).await?;
        all.extend(self.items_of(who).await?);
        Ok(all)
    }

    /// The roles by which somebody has tasks in the inbox: not those that only work on the incoming post, which has a page of
    /// its own.
    pub async fn inbox_roles(&self, who: &Authenticated) -> Result<BTreeSet<RoleId>, Problem> {
        let (mut of_cases, mut of_items) = (BTreeSet::new(), BTreeSet::new());
        for id in releases_in_view(&who.authority).into_values() {
            if let Ok(release) = self.runtime().release(&who.tenant, id).await {
                let found = if release.item { &mut of_items } else { &mut of_cases };
                found.extend(release.roles.keys().cloned());
            }
        }
        let beside = |role: &&RoleId| of_items.contains(*role) && !of_cases.contains(*role);
        Ok(who.roles.iter().filter(|role| !beside(role)).cloned().collect())
    }

    async fn seen(&self, who: &Authenticated, items: bool) -> Result<BTreeSet<ProcessId>, Problem> {
        let mut found = BTreeSet::new();
        for (process, id) in releases_in_view(&who.authority) {
            match self.runtime().release(&who.tenant, id).await {
                Ok(release) if release.item == items && takes_part(who, &release) => {
                    found.insert(process.clone());
                }
                Ok(_) => {}
                // One release that cannot be read any more must not hide all others.
                Err(error) => {
                    tracing::error!(%error, tenant = %who.tenant, %process, "a release cannot be loaded")
                }
            }
        }
        Ok(found)
    }

    /// A case that somebody may see. One of another authority does not exist.
    pub async fn see_case(&self, who: &Authenticated, id: &str) -> Result<SeenCase, Problem> {
        let row = self.case_row(who, id).await?;
        let case = self.case_of(who, &row).await?;
        let release = self.runtime().release(&who.tenant, &case.release).await?;
        if takes_part(who, &release) || self.all_of(who).await?.contains(&row.process) {
            return Ok(SeenCase { row, case, release });
        }
        Err(Rejection::NoPartInProcess.into())
    }

    /// A case as it stands in the lists, whoever may see it.
    pub async fn case_of(&self, who: &Authenticated, row: &CaseRow) -> Result<Arc<Case>, Problem> {
        match self.runtime().case_since(&who.tenant, row.case, row.version).await? {
            Some(case) if case.version >= row.version => Ok(case),
            // Another process of the installation was at work; what is committed is what everybody sees.
            _ => {
                let stored = self.runtime().store().load(&who.tenant, row.case).await?;
                Ok(Arc::new(stored.ok_or(Rejection::CaseUnknown)?))
            }
        }
    }

    /// That a case is there, whoever may see it.
    pub async fn case_row(&self, who: &Authenticated, id: &str) -> Result<CaseRow, Problem> {
        let id: CaseId = id.parse().map_err(|_| Rejection::CaseUnknown)?;
        let row = self.runtime().store().case_row(&who.tenant, id).await?;
        if let Some(row) = row {
            return Ok(row);
        }
        match self.runtime().store().erasure(&who.tenant, id).await? {
            Some(erasure) => Err(StoreError::Erased { case: id, at: erasure.certificate.at }.into()),
            None => Err(Rejection::CaseUnknown.into()),
        }
    }
}
