//! The life of one command.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use fachwerk_core::{
    authority::Authority,
    case::Case,
    command::{Command, Request},
    decide::{Decided, Refusal, Rejection, decide},
    definition::Release,
    facts::{Actor, CounterKey, FactVersions, Facts, day_of, norms_version},
    projection::changes,
    turn::Turn,
    words::{CaseId, PersonId, ReleaseId, TenantId},
};
use fachwerk_store::{Entry, MAX_TURN_BYTES, SNAPSHOT_EVERY, StoreError};

use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{
    MOST_CACHED_CASES, Runtime,
    background::Wakes,
    errors::SubmitError,
    writer::{MOST_WAITING_TURNS, NotQueued, Outcome, Proposal, Queue},
};

/// So often a command is decided anew when others were faster.
pub(crate) const MOST_TRIES: usize = 50;

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

/// What a command came to before anything is stored.
enum Proposed {
    /// Its turn waits.
    Waits(oneshot::Receiver<Outcome>),
    /// What it was decided on is not so any more.
    Stale,
    /// It is not allowed, if what it was decided on is so.
    Rejected(Box<Refused>),
}

/// A rejection, with what it was decided on.
struct Refused {
    rejection: Rejection,
    /// The version of the case.
    version: u64,
    /// The version of the authority.
    authority: u64,
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
        let queue = self.queue(&request.tenant);
        for tries in 0..MOST_TRIES {
            let proposed = {
                let lock = &self.inner.locks[slot(request.case, self.inner.locks.len())];
                let _one_at_a_time = lock.lock().await;
                self.propose(&queue, &actor, &request, tries > 0).await?
            };
            let done = match proposed {
                Proposed::Waits(outcome) => self.done(&request, outcome).await?,
                Proposed::Stale => None,
                Proposed::Rejected(refused) => {
                    queue.settled().await;
                    self.refused(&request, *refused).await?
                }
            };
            if let Some(committed) = done {
                if matches!(request.command, Command::EraseCase { .. }) {
                    self.forget(&request.tenant, request.case);
                }
                return Ok(committed);
            }
        }
        Err(SubmitError::Contended)
    }

    /// Decides on what will be when all that waits is stored, and lets the turn wait as well.
    async fn propose(
        &self,
        queue: &Arc<Queue>,
        actor: &Actor,
        request: &Request,
        again: bool,
    ) -> Result<Proposed, SubmitError> {
        let Request { tenant, case: id, command_id, command } = request;
        // The transaction looks whether the authority was changed meanwhile; only then it is read again.
        let known = if again { None } else { self.known_authority(tenant) };
        let authority = match known {
            Some(known) => known,
            None => self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?,
        };
        let base = queue.base(*id);
        let before = match &base.ahead {
            Some(ahead) => ahead.clone(),
            None => {
                // Whoever begins a case mostly is the first: the transaction looks whether that is so.
                let begins = command.begins().is_some() && !again;
                let stored = match begins {
                    true => self.known_case(tenant, *id),
                    false => self.case_to_decide_on(tenant, *id).await?,
                };
                stored.unwrap_or_else(|| Arc::new(Case::unborn(tenant.clone(), *id)))
            }
        };
        let rejected = |rejection| {
            let (version, authority) = (before.version, authority.version);
            Ok(Proposed::Rejected(Box::new(Refused { rejection, version, authority })))
        };
        let release_id = match release_of(&before, command) {
            Ok(release) => release,
            Err(rejection) => return rejected(rejection),
        };
        let release = match self.release(tenant, &release_id).await {
            Ok(release) => release,
            Err(SubmitError::Rejected(rejection)) => return rejected(rejection),
            Err(error) => return Err(error),
        };
        let mut facts = self.facts(&authority, &release, actor, &before);
        facts.persons = self.persons(tenant, command).await?;
        let mut numbers = None;
        let Decided { events, case: after } = loop {
            let decided = decide_aside(release.clone(), before.clone(), command.clone(), facts.clone()).await;
            match decided? {
                Ok(decided) => break decided,
                Err(Refusal::NumberNeeded(counter)) => {
                    if numbers.is_none() {
                        numbers = Some(queue.numbers().await);
                    }
                    let last = match queue.counter(&counter) {
                        Some(last) => last,
                        None => self.inner.store.counter(tenant, &counter).await?,
                    };
                    facts.numbers.insert(counter, last);
                }
                Err(Refusal::Rejected(rejection)) => return rejected(rejection),
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
        let changes = changes(&before, &after, &turn, release.listing(&after, &facts.local));
        let after = Arc::new(after);
        let snapshot = turn.version.is_multiple_of(SNAPSHOT_EVERY).then(|| after.clone());
        // A case that is kept whole has all that was ever written in it, at most.
        let before_it = if snapshot.is_some() { 0 } else { before.extent.bytes };
        let bytes = after.extent.bytes.saturating_sub(before_it);
        let wakes = Wakes::of(&changes, facts.now);
        let proposal = Proposal { entry: Entry { turn, changes, snapshot }, after, bytes, wakes };
        match queue.push(self, tenant, &base, proposal) {
            Ok(outcome) => Ok(Proposed::Waits(outcome)),
            Err(NotQueued::Stale) => Ok(Proposed::Stale),
            Err(NotQueued::Full) => Err(SubmitError::Overloaded { limit: MOST_WAITING_TURNS }),
        }
    }

    /// What became of a turn that waited; nothing: decide anew.
    async fn done(
        &self,
        request: &Request,
        outcome: oneshot::Receiver<Outcome>,
    ) -> Result<Option<Committed>, SubmitError> {
        let outcome = outcome.await;
        let outcome = outcome
            .map_err(|gone| SubmitError::Fault(format!("nobody writes the turns any more: {gone}")))?;
        self.came_of(&request.tenant, Some(request.case), request.command_id, outcome).await
    }

    /// What came of a command whose turn was to be stored, of a case or of the authority itself; nothing: decide anew.
    pub(crate) async fn came_of(
        &self,
        tenant: &TenantId,
        case: Option<CaseId>,
        command_id: Uuid,
        outcome: Outcome,
    ) -> Result<Option<Committed>, SubmitError> {
        let committed = |version, position, repeated| {
            Ok(Some(Committed { tenant: tenant.clone(), case, version, position, repeated }))
        };
        match outcome {
            Outcome::Committed { version, position } => committed(version, position, false),
            Outcome::Repeated { version, position } => committed(version, position, true),
            Outcome::TooLarge { bytes } => Err(SubmitError::TooLarge { bytes, limit: MAX_TURN_BYTES as u64 }),
            Outcome::Dropped | Outcome::Failed(StoreError::Again { .. }) => Ok(None),
            Outcome::Failed(StoreError::UnknownCommit { .. }) => {
                // The command id tells whether it happened. When it is not found, the commit may still be under way: then
                // the next try waits for it, and is told.
                let found = self.carried_out(tenant, case, command_id).await?;
                let found = found.map(|found| Committed { repeated: false, ..found });
                self.announce(found.clone().into_iter().collect());
                self.inner.wakers.wake(Wakes::ALL);
                Ok(found)
            }
            Outcome::Failed(error) => Err(error.into()),
        }
    }

    /// Tells whoever listens what is stored.
    pub(crate) fn announce(&self, stored: Vec<Committed>) {
        for committed in stored {
            // Nobody listening is fine.
            let _ = self.inner.own.send(committed.clone());
            let _ = self.inner.committed.send(committed);
        }
    }

    /// What waits to be stored, of an authority.
    pub(crate) fn queue(&self, tenant: &TenantId) -> Arc<Queue> {
        let mut queues = lock(&self.inner.queues);
        match queues.get(tenant) {
            Some(queue) => queue.clone(),
            None => queues.entry(tenant.clone()).or_default().clone(),
        }
    }

    /// Why a case would refuse this now, if it would. Nothing is committed: pages show with it what a person may do.
    pub async fn refuses(&self, actor: &Actor, request: &Request) -> Result<Option<Rejection>, SubmitError> {
        let Request { tenant, case: id, command, .. } = request;
        let case = self.case(tenant, *id).await?;
        let case = case.unwrap_or_else(|| Arc::new(Case::unborn(tenant.clone(), *id)));
        // A page asks this many times; whoever asks for it has just brought the authority up to the database.
        let authority = match self.known_authority(tenant) {
            Some(known) => known,
            None => self.authority(tenant).await?.ok_or(SubmitError::AuthorityUnknown)?,
        };
        let release = match release_of(&case, command) {
            Ok(release) => self.release(tenant, &release).await?,
            Err(rejection) => return Ok(Some(rejection)),
        };
        let mut facts = self.facts(&authority, &release, actor, &case);
        facts.persons = self.persons(tenant, command).await?;
        match decide(&release, &case, command, &facts) {
            Err(Refusal::Rejected(rejection)) => Ok(Some(rejection)),
            // Whoever would be asked for a number has not been refused.
            Ok(_) | Err(Refusal::NumberNeeded(_)) => Ok(None),
        }
    }

    /// A rejection counts only against what the database says, and not when the same command has been carried out before.
    async fn refused(&self, request: &Request, refused: Refused) -> Result<Option<Committed>, SubmitError> {
        let Request { tenant, case, command_id, .. } = request;
        if let Some(found) = self.carried_out(tenant, Some(*case), *command_id).await? {
            return Ok(Some(found));
        }
        let row = self.inner.store.case_row(tenant, *case).await?;
        let stored = row.map_or(0, |row| row.version);
        let authority = self.authority(tenant).await?.map_or(0, |authority| authority.version);
        if (stored, authority) != (refused.version, refused.authority) {
            self.forget(tenant, *case);
            return Ok(None);
        }
        Err(refused.rejection.into())
    }

    /// What a command came to that was carried out before, in a case or by the authority itself.
    pub(crate) async fn carried_out(
        &self,
        tenant: &TenantId,
        case: Option<CaseId>,
        command_id: Uuid,
    ) -> Result<Option<Committed>, StoreError> {
        let store = &self.inner.store;
        let found = match case {
            Some(case) => {
                let found = store.find_command(tenant, case, command_id).await?;
                found.map(|stored| (stored.turn.version, stored.position))
            }
            None => {
                let found = store.find_authority_command(tenant, command_id).await?;
                found.map(|stored| (stored.turn.version, stored.position))
            }
        };
        let tenant = tenant.clone();
        Ok(found.map(|(version, position)| Committed { tenant, case, version, position, repeated: true }))
    }

    /// A case that has at least this version; with it, somebody has seen it in the database.
    pub async fn case_since(
        &self,
        tenant: &TenantId,
        id: CaseId,
        version: u64,
    ) -> Result<Option<Arc<Case>>, StoreError> {
        match self.known_case(tenant, id).filter(|known| known.version >= version) {
            Some(known) => Ok(Some(known)),
            None => self.case(tenant, id).await,
        }
    }

    /// A case as it is now, whichever process changed it.
    pub async fn case(&self, tenant: &TenantId, id: CaseId) -> Result<Option<Arc<Case>>, StoreError> {
        if let Some(known) = self.known_case(tenant, id)
            && let Some(newer) = self.inner.store.newer(&known).await?
        {
            self.keep(tenant, Arc::new(newer));
        }
        self.case_to_decide_on(tenant, id).await
    }

    /// A case as this process knows it: good for what the transaction looks at again.
    async fn case_to_decide_on(
        &self,
        tenant: &TenantId,
        id: CaseId,
    ) -> Result<Option<Arc<Case>>, StoreError> {
        if let Some(known) = self.known_case(tenant, id) {
            return Ok(Some(known));
        }
        let Some(case) = self.inner.store.load(tenant, id).await? else { return Ok(None) };
        let case = Arc::new(case);
        self.keep(tenant, case.clone());
        Ok(Some(case))
    }

    fn known_case(&self, tenant: &TenantId, id: CaseId) -> Option<Arc<Case>> {
        lock(&self.inner.cases).get(&(tenant.clone(), id)).cloned()
    }

    pub(crate) fn keep(&self, tenant: &TenantId, case: Arc<Case>) {
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

    pub(crate) fn forget(&self, tenant: &TenantId, id: CaseId) {
        lock(&self.inner.cases).remove(&(tenant.clone(), id));
    }

    /// Those who log in themselves, where a decision asks for them.
    async fn persons(
        &self,
        tenant: &TenantId,
        command: &Command,
    ) -> Result<Arc<BTreeSet<PersonId>>, StoreError> {
        if !command.needs_persons() {
            return Ok(Arc::default());
        }
        self.inner.store.people_with_password(tenant).await.map(Arc::new)
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
            persons: Arc::default(),
            local: Arc::new(release.local(authority)),
            keeping: authority.keeping_rules(&release.process),
            calendar: authority.calendar(),
            law: authority.law.data.clone(),
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

pub(crate) fn release_of(case: &Case, command: &Command) -> Result<ReleaseId, Rejection> {
    match command.begins() {
        Some(release) if case.version == 0 => Ok(release.clone()),
        None if case.version == 0 => Err(Rejection::CaseUnknown),
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
