//! What all handlers share: the engine, the options, and what is counted or kept ready between requests.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use fachwerk_core::{
    authority::{Authority, AuthorityCommand, AuthorityRejection},
    command::{Command, Request},
    decide::Rejection,
    language::Catalogue,
    law::index::LawIndex,
    turn::Turn,
    words::{CaseId, PersonId, ReleaseId, TenantId},
};
use fachwerk_runtime::{Committed, Runtime, SubmitError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use uuid::Uuid;

use crate::{
    Api, Options,
    case_actions::key_of_another,
    limits,
    metrics::Metrics,
    passwords::Passwords,
    person::{Authenticated, CommandId},
    problem::Problem,
    release_source::ReleaseSource,
    task_detail::why,
    throttle::Throttle,
};

/// So many releases and catalogues are kept ready.
const MOST_KEPT: usize = 200;

/// The state of the interface. Cheap to clone.
#[derive(Clone)]
pub struct Server(Arc<Inner>);

struct Inner {
    api: Api,
    passwords: Passwords,
    throttle: Throttle,
    metrics: Metrics,
    uploads: Arc<Semaphore>,
    checks: Arc<Semaphore>,
    requests: Arc<Semaphore>,
    sources: Mutex<HashMap<(TenantId, ReleaseId), Arc<ReleaseSource>>>,
    catalogues: Mutex<HashMap<TenantId, (u64, Arc<Catalogue>)>>,
    law_indexes: Mutex<HashMap<TenantId, (u64, Arc<LawIndex>)>>,
    streams: Mutex<HashMap<(TenantId, PersonId), u32>>,
    /// Held while a version that somebody has seen (`If-Match`) is compared and replaced.
    editing: tokio::sync::Mutex<()>,
    stopping: watch::Sender<bool>,
}

impl Server {
    pub fn new(api: Api) -> Server {
        Server(Arc::new(Inner {
            api,
            passwords: Passwords::default(),
            throttle: Throttle::default(),
            metrics: Metrics::default(),
            uploads: Arc::new(Semaphore::new(limits::UPLOADS)),
            checks: Arc::new(Semaphore::new(limits::CHECKS)),
            requests: Arc::new(Semaphore::new(limits::CONCURRENT_REQUESTS)),
            sources: Mutex::default(),
            catalogues: Mutex::default(),
            law_indexes: Mutex::default(),
            streams: Mutex::default(),
            editing: tokio::sync::Mutex::default(),
            stopping: watch::Sender::new(false),
        }))
    }

    pub fn runtime(&self) -> &Runtime {
        &self.0.api.runtime
    }

    pub fn options(&self) -> &Options {
        &self.0.api.options
    }

    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    pub fn throttle(&self) -> &Throttle {
        &self.0.throttle
    }

    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Begins to shut down: event streams end.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Tells when shutting down begins.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    /// A place among the requests under way; none when all are taken.
    pub fn place_for_request(&self) -> Option<OwnedSemaphorePermit> {
        self.0.requests.clone().try_acquire_owned().ok()
    }

    /// A place for an upload.
    pub async fn place_for_upload(&self) -> Result<OwnedSemaphorePermit, Problem> {
        place(&self.0.uploads, "uploads").await
    }

    /// A place for checking a process.
    pub async fn place_for_check(&self) -> Result<OwnedSemaphorePermit, Problem> {
        place(&self.0.checks, "checks").await
    }

    /// Held while somebody replaces what they have seen.
    pub async fn editing(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.editing.lock().await
    }

    /// Asks a case in somebody's name.
    pub async fn submit(
        &self,
        who: &Authenticated,
        case: CaseId,
        CommandId(command_id): CommandId,
        command: Command,
    ) -> Result<Committed, Problem> {
        let request = Request { tenant: who.tenant.clone(), case, command_id, command };
        let answer = self.runtime().submit(who.actor(), request).await;
        self.metrics().command(&answer);
        let committed = match answer {
            Err(SubmitError::Rejected(rejection)) => return Err(self.explained(who, case, rejection).await),
            other => other?,
        };
        if committed.repeated {
            // The same id in somebody else's name is not the same command.
            let turn = self.turn_of(who, case, CommandId(command_id)).await?;
            if turn.actor != who.actor() {
                return Err(key_of_another());
            }
        }
        Ok(committed)
    }

    /// A rejection in the words of the case: the names of people and roles instead of their ids.
    pub async fn explained(&self, who: &Authenticated, case: CaseId, rejection: Rejection) -> Problem {
        let named = matches!(rejection, Rejection::MissingRole { .. } | Rejection::ClaimedByAnother { .. });
        if named
            && let Ok(Some(case)) = self.runtime().case(&who.tenant, case).await
            && let Ok(release) = self.runtime().release(&who.tenant, &case.release).await
        {
            let detail = why(&rejection, &who.authority, &release);
            return Problem::from(rejection).saying(detail);
        }
        rejection.into()
    }

    /// Asks an authority in somebody's name. Once begun it is carried out, even when nobody waits any more: a browser
    /// that goes away must not leave the memory of the engine behind the database. The engine asks what roles the person holds;
    /// a token may have fewer, so that is asked here.
    pub async fn change(
        &self,
        who: &Authenticated,
        command_id: Uuid,
        command: AuthorityCommand,
    ) -> Result<Arc<Authority>, Problem> {
        if !who.authority.may_ask(&command, &who.person, |role| who.roles.contains(role)) {
            return Err(AuthorityRejection::NotAllowed.into());
        }
        let (runtime, tenant, actor) = (self.runtime().clone(), who.tenant.clone(), who.actor());
        let asked = tokio::spawn(async move { runtime.change(&tenant, actor, command_id, command).await });
        Ok(asked.await.map_err(Problem::fault)??)
    }

    /// The turn that a command made.
    pub async fn turn_of(&self, who: &Authenticated, case: CaseId, id: CommandId) -> Result<Turn, Problem> {
        let found = self.runtime().store().find_command(&who.tenant, case, id.0).await?;
        found
            .map(|stored| stored.turn)
            .ok_or_else(|| Problem::fault(format!("the turn of command {} is missing", id.0)))
    }

    /// The version that a command made of a case, if it was carried out before.
    pub async fn version_by(
        &self,
        who: &Authenticated,
        case: CaseId,
        id: CommandId,
    ) -> Result<Option<u64>, Problem> {
        let found = self.runtime().store().find_command(&who.tenant, case, id.0).await?;
        Ok(found.map(|stored| stored.turn.version))
    }

    /// The blocks of an authority.
    pub async fn catalogue(&self, who: &Authenticated) -> Result<Arc<Catalogue>, Problem> {
        let version = who.authority.version;
        let known = lock(&self.0.catalogues).get(&who.tenant).filter(|(known, _)| *known == version).cloned();
        if let Some((_, catalogue)) = known {
            return Ok(catalogue);
        }
        let catalogue = Arc::new(self.runtime().catalogue(&who.tenant).await?);
        keep(&self.0.catalogues, who.tenant.clone(), (version, catalogue.clone()));
        Ok(catalogue)
    }

    /// What rests on norms at an authority.
    pub async fn law_index(&self, who: &Authenticated) -> Result<Arc<LawIndex>, Problem> {
        let version = who.authority.version;
        let known =
            lock(&self.0.law_indexes).get(&who.tenant).filter(|(known, _)| *known == version).cloned();
        if let Some((_, index)) = known {
            return Ok(index);
        }
        let index = Arc::new(self.runtime().law_index(&who.tenant).await?);
        keep(&self.0.law_indexes, who.tenant.clone(), (version, index.clone()));
        Ok(index)
    }

    /// What the files of a release say.
    pub async fn source(
        &self,
        who: &Authenticated,
        release: &ReleaseId,
    ) -> Result<Arc<ReleaseSource>, Problem> {
        let key = (who.tenant.clone(), release.clone());
        let known = lock(&self.0.sources).get(&key).cloned();
        if let Some(source) = known {
            return Ok(source);
        }
        let deployed = who.authority.releases.get(release).ok_or_else(Problem::not_found)?;
        let bundle = self.runtime().files(&who.tenant, &deployed.files, "").await?;
        let read = tokio::task::spawn_blocking(move || ReleaseSource::of_bundle(&bundle));
        let source = Arc::new(read.await.map_err(Problem::fault)?);
        keep(&self.0.sources, key, source.clone());
        Ok(source)
    }

    /// Counts an event stream of a person; none when they have too many.
    pub fn open_stream(&self, who: &Authenticated) -> Option<OpenStream> {
        let key = (who.tenant.clone(), who.person.clone());
        let mut streams = lock(&self.0.streams);
        let count = streams.entry(key.clone()).or_default();
        if *count >= limits::EVENT_STREAMS {
            return None;
        }
        *count += 1;
        Some(OpenStream { server: self.clone(), key })
    }

    /// How many event streams are open.
    pub fn stream_count(&self) -> u32 {
        lock(&self.0.streams).values().sum()
    }
}

/// An event stream that is counted as long as this lives.
pub struct OpenStream {
    server: Server,
    key: (TenantId, PersonId),
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut streams = lock(&self.server.0.streams);
        if let Some(count) = streams.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                streams.remove(&self.key);
            }
        }
    }
}

async fn place(places: &Arc<Semaphore>, limit: &'static str) -> Result<OwnedSemaphorePermit, Problem> {
    match tokio::time::timeout(limits::PATIENCE, places.clone().acquire_owned()).await {
        Ok(Ok(place)) => Ok(place),
        _ => Err(Problem::busy(limit)),
    }
}

fn keep<K: Eq + std::hash::Hash, V>(kept: &Mutex<HashMap<K, V>>, key: K, value: V) {
    let mut kept = lock(kept);
    if kept.len() >= MOST_KEPT {
        kept.clear();
    }
    kept.insert(key, value);
}

/// A lock that a panic elsewhere has poisoned still guards consistent data: every change under it is one step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
