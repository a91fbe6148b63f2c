//! The life of one command.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_core::{
    authority::Authority,
    case::Case,
    command::{Command, Request},
    decide::{Decided, Refusal, Rejection, decide},
    definition::Release,
    facts::{Actor, CounterKey, FactVersions, Facts, day_of, norms_version},
    projection::changes,
    turn::Turn,
    words::{CaseId, ReleaseId, TenantId},
};
use fachwerk_store::{Appended, Entry, MAX_TURN_BYTES, StoreError};

use crate::{MOST_CACHED_CASES, Runtime, errors::SubmitError};

/// So often a command is decided anew when others were faster.
const MOST_TRIES: usize = 50;
/// After so many turns a case is kept whole, so that loading it does not replay all.
const SNAPSHOT_EVERY: u64 = 50;

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The authority.
    pub tenant: TenantId,
    /// The case; the authority's own stream has none.
    pub case: Option<CaseId>,
    /// The version of the case after it.
    pub version: u64,
    /// Its place among all turns of the tenant.
    pub position: u64,
    /// Whether it had been carried out before.
    pub repeated: bool,
}

impl Runtime {
    /// Asks a case. When this returns, the turn is committed and every list shows it. Once begun it is carried out, even
    /// when nobody waits for the answer any more: the memory must not fall behind the database.
    pub async fn submit(&self, actor: Actor, request: Request) -> Result<Committed, SubmitError> {
        let runtime = self.clone();
        let carried_out = tokio::spawn(async move { runtime.carry_out(actor, request).await });
        carried_out.await.map_err(|panic| SubmitError::Fault(panic.to_string()))?
    }

    async fn carry_out(&self, actor: Actor, request: Request) -> Result<Committed, SubmitError> {
        let lock = &self.inner.locks[slot(request.case, self.inner.locks.len())];
        let _one_at_a_time = lock.lock().await;
        for _ in 0..MOST_TRIES {
            if let Some(committed) = self.try_once(&actor, &request).await? {
                if matches!(request.command, Command::EraseCase { .. }) {
                    self.forget(&request.tenant, request.case);
                }
                if !committed.repeated {
                    // Nobody listening is fine.
                    let _ = self.inner.committed.send(committed.clone());
                    self.inner.work.notify_one();
                }
                return Ok(committed);
            }
            self.forget(&request.tenant, request.case);
        }
        Err(SubmitError::Contended)
    }

    /// One try; nothing: somebody else was faster.
    async fn try_once(&self, actor: &Actor, request: &Request) -> Result<Option<Committed>, SubmitError> {
        let Request { tenant, case: id, command_id, command } = request;
        let case = self.case(tenant, *id).await?;
        let before = case.unwrap_or_else(|| Arc::new(Case::unborn(tenant.clone(), *id)));
        let authority = self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?;
        let release_id = release_of(&before, command)?;
        let release = self.release(tenant, &release_id).await?;
        let mut facts = self.facts(&authority, &release, actor, &before);
        let Decided { events, case: after } = loop {
            let decided = decide_aside(release.clone(), before.clone(), command.clone(), facts.clone()).await;
            match decided? {
                Ok(decided) => break decided,
                Err(Refusal::NumberNeeded(counter)) => {
                    let last = self.inner.store.counter(tenant, &counter).await?;
                    facts.numbers.insert(counter, last);
                }
                Err(Refusal::Rejected(rejection)) => return self.refused(request, &before, rejection).await,
            }
        };
        let turn = Turn {
            tenant: tenant.clone(),
            case: *id,
            version: before.version + 1,
            command_id: *command_id,
            actor: actor.clone(),
            now: facts.now,
            release: release_id,
            facts: facts.versions,
            events,
        };
        let changes = changes(&before, &after, &turn, release.listing(&after, &facts.settings));
        let version = turn.version;
        let after = Arc::new(after);
        let snapshot = version.is_multiple_of(SNAPSHOT_EVERY).then(|| after.clone());
        let entry = Entry { turn, changes, snapshot };
        let appended = match self.inner.store.append(tenant, vec![entry]).await {
            Ok(appended) => appended.first().copied(),
            Err(StoreError::UnknownCommit { .. }) => {
                // The command id tells whether it happened; it is never sent again unseen.
                return Ok(self
                    .carried_out(request)
                    .await?
                    .map(|found| Committed { repeated: false, ..found }));
            }
            Err(error) => return Err(error.into()),
        };
        match appended {
            Some(Appended::Committed { position }) => {
                self.keep(tenant, after);
                let case = Some(*id);
                Ok(Some(Committed { tenant: tenant.clone(), case, version, position, repeated: false }))
            }
            Some(Appended::Repeated { version, position }) => {
                self.forget(tenant, *id);
                let case = Some(*id);
                Ok(Some(Committed { tenant: tenant.clone(), case, version, position, repeated: true }))
            }
            Some(Appended::TooLarge { bytes }) => {
                Err(SubmitError::TooLarge { bytes, limit: MAX_TURN_BYTES as u64 })
            }
            Some(Appended::Conflict) | None => Ok(None),
        }
    }

    /// Why a case would refuse this now, if it would. Nothing is committed: pages show with it what a person may do.
    pub async fn refuses(&self, actor: &Actor, request: &Request) -> Result<Option<Rejection>, SubmitError> {
        let Request { tenant, case: id, command, .. } = request;
        let case = self.case(tenant, *id).await?;
        let case = case.unwrap_or_else(|| Arc::new(Case::unborn(tenant.clone(), *id)));
        // A page asks this many times; whoever asks for it has just brought the authority up to the database.
        let known = lock(&self.inner.authorities).get(tenant).cloned();
        let authority = match known {
            Some(known) => known,
            None => self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?,
        };
        let release = match release_of(&case, command) {
            Ok(release) => self.release(tenant, &release).await?,
            Err(rejection) => return Ok(Some(rejection)),
        };
        match decide(&release, &case, command, &self.facts(&authority, &release, actor, &case)) {
            Err(Refusal::Rejected(rejection)) => Ok(Some(rejection)),
            // Whoever would be asked for a number has not been refused.
            Ok(_) | Err(Refusal::NumberNeeded(_)) => Ok(None),
        }
    }

    /// A rejection counts only against a version that the database has confirmed, and not when the same command has
    /// been carried out before.
    async fn refused(
        &self,
        request: &Request,
        seen: &Case,
        rejection: Rejection,
    ) -> Result<Option<Committed>, SubmitError> {
        if let Some(found) = self.carried_out(request).await? {
            return Ok(Some(found));
        }
        let row = self.inner.store.case_row(&request.tenant, request.case).await?;
        let stored = row.map_or(0, |row| row.version);
        if stored != seen.version {
            return Ok(None);
        }
        Err(rejection.into())
    }

    async fn carried_out(&self, request: &Request) -> Result<Option<Committed>, SubmitError> {
        let found = self.inner.store.find_command(&request.tenant, request.case, request.command_id).await?;
        Ok(found.map(|stored| Committed {
            tenant: request.tenant.clone(),
            case: Some(request.case),
            version: stored.turn.version,
            position: stored.position,
            repeated: true,
        }))
    }

    /// A case as it is now.
    pub async fn case(&self, tenant: &TenantId, id: CaseId) -> Result<Option<Arc<Case>>, StoreError> {
        let key = (tenant.clone(), id);
        let known = lock(&self.inner.cases).get(&key).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(case) = self.inner.store.load(tenant, id).await? else { return Ok(None) };
        let case = Arc::new(case);
        self.keep(tenant, case.clone());
        Ok(Some(case))
    }

    fn keep(&self, tenant: &TenantId, case: Arc<Case>) {
        let mut cases = lock(&self.inner.cases);
        if cases.len() >= MOST_CACHED_CASES {
            // Whichever: the next command loads it again.
            let gone = cases.keys().next().cloned();
            gone.map(|gone| cases.remove(&gone));
        }
        let key = (tenant.clone(), case.id);
        // A load that was overtaken by a commit must not bring the older case back.
        let newer = cases.get(&key).is_some_and(|known| known.version > case.version);
        if !newer {
            cases.insert(key, case);
        }
    }

    fn forget(&self, tenant: &TenantId, id: CaseId) {
        lock(&self.inner.cases).remove(&(tenant.clone(), id));
    }

    /// All that a decision may know besides the case.
    pub(crate) fn facts(
        &self,
        authority: &Authority,
        release: &Release,
        actor: &Actor,
        case: &Case,
    ) -> Facts {
        // Never backwards within a case, whatever the machine's clock does.
        let now = self.inner.clock.now().max(case.now);
        let own = authority.settings.get(&release.process).cloned().unwrap_or_default();
        let today = day_of(now);
        let person = actor.person();
        Facts {
            now,
            today,
            actor: actor.clone(),
            roles: person.map(|person| authority.roles_on(person, today)).unwrap_or_default(),
            stands_in_for: Arc::new(
                person.map(|person| authority.stands_in_for(person, today)).unwrap_or_default(),
            ),
            people: authority.people.clone(),
            settings: Arc::new(release.settings_with(&own)),
            calendar: authority.calendar(),
            numbers: BTreeMap::<CounterKey, u64>::new(),
            versions: FactVersions { authority: authority.version, norms: norms_version() },
        }
    }
}

/// Decides off the threads that serve the network: a rule may take its milliseconds.
pub(crate) async fn decide_aside(
    release: Arc<Release>,
    case: Arc<Case>,
    command: Command,
    facts: Facts,
) -> Result<Result<Decided, Refusal>, SubmitError> {
    let aside = tokio::task::spawn_blocking(move || decide(&release, &case, &command, &facts));
    aside.await.map_err(|panic| SubmitError::Fault(panic.to_string()))
}

fn release_of(case: &Case, command: &Command) -> Result<ReleaseId, Rejection> {
    match command {
        Command::StartCase { release, .. } if case.version == 0 => Ok(release.clone()),
        _ if case.version == 0 => Err(Rejection::CaseUnknown),
        _ => Ok(case.release.clone()),
    }
}

fn slot(case: CaseId, slots: usize) -> usize {
    usize::try_from(case.0.as_u128() % slots as u128).unwrap_or(0)
}

/// A lock that a panic elsewhere has poisoned still guards consistent data: every change under it is one insert.
pub(crate) fn lock<T>(mutex: &std::sync::Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
