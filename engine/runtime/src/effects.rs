//! Effects: what the outside must do now, done by connectors under a lease.
//!
//! Whoever stores a turn takes its effects along, as far as this process can do them at once: they are stored under its
//! lease, and nobody has to claim them. What it cannot take, and what others left, is claimed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use fachwerk_core::{
    authority::with_pictures,
    command::{Command, EffectResult, Request},
    decide::Rejection,
    definition::LETTER,
    event::{Direction, EffectError},
    facts::Actor,
    projection::{Change, OutboxRow},
    words::{InstanceId, TenantId, Text, Timestamp},
};
use fachwerk_store::{ClaimedEffect, EffectKey, Entry, Lease, StoreError};
use jiff::SignedDuration;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, mpsc},
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use crate::{
    Call, Connector, Made, Runtime, SubmitError,
    background::{LEASE, Wakes, derived_id, ended, looks, trouble, wait_for_all},
    looking::{ALL_EVERY, Looking},
    submit::lock,
};

/// How many effects are done at once.
const EFFECTS_AT_ONCE: usize = 64;
/// How long a process that ends waits for the effects that it is at.
const ENDS_WITHIN: Duration = Duration::from_secs(10);
/// After so many attempts an effect gives up, and the case tells.
const MOST_ATTEMPTS: u32 = 8;
/// So long a connector may take: its lease must not be another one's before it ends.
const MOST_TIME: Duration = Duration::from_secs(240);
const _: () = assert!(MOST_TIME.as_secs() as i64 + 30 < LEASE.as_secs());

/// Where effects go that were taken along; nobody takes any while no background is at work.
#[derive(Default)]
pub(crate) struct Taker(Mutex<Option<Taking>>);

#[derive(Clone)]
struct Taking {
    free: Arc<Semaphore>,
    taken: mpsc::UnboundedSender<Taken>,
}

/// An effect under the lease of this process, and the room to do it.
struct Taken {
    effect: ClaimedEffect,
    _room: OwnedSemaphorePermit,
}

/// Effects that this process would do at once if they were stored.
pub(crate) struct TakenAlong {
    rows: HashMap<EffectKey, OutboxRow>,
    room: OwnedSemaphorePermit,
    taken: mpsc::UnboundedSender<Taken>,
    pub lease: Lease,
}

impl TakenAlong {
    /// Begins with those that are stored, under the lease. The others are none any more.
    pub fn begin(mut self, leased: Vec<EffectKey>) {
        for key in leased {
            let (Some(row), Some(room)) = (self.rows.remove(&key), self.room.split(1)) else { continue };
            let effect = ClaimedEffect { key, row: Ok(row), attempt: 1, last_error: None };
            // Nobody takes it any more: its lease runs out, as if the process had ended.
            let _ = self.taken.send(Taken { effect, _room: room });
        }
    }
}

impl TakenAlong {
    /// Nobody knows whether they are stored. If they are, they are under the lease and nobody does them: it is given back,
    /// as soon as the database answers, at the latest when it has run out.
    pub fn give_back(self, runtime: Runtime) {
        tokio::spawn(async move {
            let mut look = looks();
            for key in self.rows.keys() {
                loop {
                    let now = runtime.inner.clock.now();
                    let given = runtime.store().release_effect(key, &self.lease.owner, now).await;
                    if given.is_ok() || now >= self.lease.until {
                        break;
                    }
                    look.tick().await;
                }
            }
            runtime.inner.wakers.wake(Wakes::ALL);
        });
    }
}

/// Nobody takes effects along behind a background that has ended.
struct Closes<'r>(&'r Taker);

impl Drop for Closes<'_> {
    fn drop(&mut self) {
        *lock(&self.0.0) = None;
    }
}

impl Runtime {
    /// Whether the effects of these turns can be taken along, all of them or none.
    pub(crate) async fn take_along(&self, tenant: &TenantId, entries: &[Entry]) -> Option<TakenAlong> {
        let changes = || entries.iter().flat_map(|entry| &entry.changes);
        if !changes().any(|change| matches!(change, Change::Outbox(_))) {
            return None;
        }
        let taking = lock(&self.inner.taker.0).clone()?;
        let mut rows = HashMap::new();
        for change in changes() {
            let Change::Outbox(row) = change else { continue };
            if row.instance != InstanceId::SENDER {
                let (tenant, case) = (tenant.clone(), row.case);
                let key = EffectKey { tenant, case, instance: row.instance, round: row.round };
                rows.insert(key, (**row).clone());
            }
        }
        let count = u32::try_from(rows.len()).ok().filter(|count| *count > 0)?;
        let room = taking.free.try_acquire_many_owned(count).ok()?;
        // What is stored while the clock jumps is left for whoever lets it go on.
        self.mind_the_clock().await.ok()?;
        let until = self.inner.clock.now().checked_add(LEASE).unwrap_or(Timestamp::MAX);
        let lease = Lease { owner: self.inner.owner.clone(), until };
        Some(TakenAlong { rows, room, taken: taking.taken, lease })
    }

    /// Does effects as long as the process lives. It claims when something has woken it, not whenever one is done: a claim is
    /// a transaction, and takes all there is.
    pub(crate) async fn keep_doing_effects(&self) {
        let (sender, mut taken) = mpsc::unbounded_channel();
        let free = Arc::new(Semaphore::new(EFFECTS_AT_ONCE));
        *lock(&self.inner.taker.0) = Some(Taking { free: free.clone(), taken: sender });
        let _closes = Closes(&self.inner.taker);
        let mut woken = self.inner.wakers.effects();
        let (mut look, mut all) = (looks(), interval(ALL_EVERY));
        all.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut running, mut looking) = (JoinSet::new(), Looking::default());
        // Whether there may be effects that nobody has claimed.
        let mut more = true;
        loop {
            if woken.has_changed().unwrap_or_default() {
                more = true;
                looking.at_all();
            }
            woken.mark_unchanged();
            if more && free.available_permits() > 0 {
                match self.begin_effects(&mut running, &free, &mut looking).await {
                    Ok(whether) => more = whether,
                    Err(error) => {
                        looking.at_all();
                        trouble(&error, &mut look).await;
                    }
                }
            }
            tokio::select! {
                Some(one) = taken.recv() => self.begin_effect(&mut running, one),
                Some(done) = running.join_next() => {
                    let mut done = Some(done);
                    while let Some(one) = done {
                        if let Err(error) = ended("an effect", one) {
                            trouble(&error, &mut look).await;
                        }
                        done = running.try_join_next();
                    }
                }
                Ok(()) = woken.changed() => (more, looking) = (true, Looking::default()),
                _ = all.tick() => (more, looking) = (true, Looking::default()),
                _ = look.tick() => more = true,
            }
        }
    }

    /// Waits until the effects end that are under way. As long as the room that this gives back is held, no others begin.
    pub(crate) async fn let_effects_end(&self) -> Option<OwnedSemaphorePermit> {
        let taking = lock(&self.inner.taker.0).take();
        let all = taking?.free.acquire_many_owned(u32::try_from(EFFECTS_AT_ONCE).unwrap_or(u32::MAX));
        let ended = tokio::time::timeout(ENDS_WITHIN, all).await;
        if ended.is_err() {
            tracing::warn!(
                "effects did not end in time and are cut off; when their leases run out they are tried again"
            );
        }
        ended.ok()?.ok()
    }

    /// Does what may be done now, and waits for it; how much it was.
    pub(crate) async fn do_effects(&self) -> Result<usize, SubmitError> {
        let mut running = JoinSet::new();
        let free = Arc::new(Semaphore::new(EFFECTS_AT_ONCE));
        self.begin_effects(&mut running, &free, &mut Looking::default()).await?;
        let count = running.len();
        wait_for_all(&mut running, "an effect", |()| {}).await?;
        Ok(count)
    }

    /// Claims effects that may be done now, as many as there is room for, and begins with them. Whether there may be more.
    async fn begin_effects(
        &self,
        running: &mut JoinSet<Result<(), SubmitError>>,
        free: &Arc<Semaphore>,
        looking: &mut Looking,
    ) -> Result<bool, SubmitError> {
        let most = u32::try_from(free.available_permits()).unwrap_or(u32::MAX);
        let Ok(mut room) = free.clone().try_acquire_many_owned(most) else { return Ok(true) };
        self.mind_the_clock().await?;
        let now = self.inner.clock.now();
        let until = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
        let due = looking.due(now);
        let claimed = self.inner.store.claim_effects(&self.inner.owner, due, until, most).await?;
        let more = claimed.len() as u64 == u64::from(most);
        if !more {
            looking.found_nothing();
        }
        for effect in claimed {
            if let Some(room) = room.split(1) {
                self.begin_effect(running, Taken { effect, _room: room });
            }
        }
        Ok(more)
    }

    fn begin_effect(&self, running: &mut JoinSet<Result<(), SubmitError>>, taken: Taken) {
        let runtime = self.clone();
        running.spawn(async move {
            let Taken { effect, _room } = taken;
            runtime.do_effect(effect).await
        });
    }

    async fn do_effect(&self, effect: ClaimedEffect) -> Result<(), SubmitError> {
        let row = match &effect.row {
            Ok(row) => row,
            Err(error) => return self.tell_unreadable(&effect, error).await,
        };
        let made = match self.inner.connectors.get(&*row.connector) {
            // So often somebody began with it and never said what came of it: perhaps it is what ends the servers.
            _ if effect.attempt > MOST_ATTEMPTS => Err(never_ended(&row.connector)),
            Some(connector) => {
                let tenant = effect.key.tenant.clone();
                let authority = self.authority(&tenant).await?;
                let request = match authority.filter(|_| *row.connector == *LETTER) {
                    Some(authority) => with_pictures(&row.request, &authority.pictures),
                    None => row.request.clone(),
                };
                let call = Call { tenant, idempotency_key: named(&effect.key), request };
                ask(&row.connector, connector.clone(), call, MOST_TIME).await
            }
            None => Err(unknown_connector(&row.connector)),
        };
        let result = match made {
            Ok(made) => match self.keep_documents(&effect, made).await {
                Ok(result) => Ok(result),
                Err(error) => Err(refused(error)?),
            },
            Err(error) if error.retry && effect.attempt < MOST_ATTEMPTS => {
                let later =
                    self.inner.clock.now().checked_add(pause(effect.attempt)).unwrap_or(Timestamp::MAX);
                self.inner.store.postpone_effect(&effect.key, &self.inner.owner, later, &error.code).await?;
                return Ok(());
            }
            Err(error) => Err(error),
        };
        let actor = || Actor::Connector(row.connector.clone());
        match self.finish_effect(&effect.key, actor(), result).await {
            Ok(()) => Ok(()),
            // What the case does not take becomes an incident there: somebody must look at it.
            Err(error) => self.finish_effect(&effect.key, actor(), Err(refused(error)?)).await,
        }
    }

    /// What cannot be read is not done, and holds up nothing else: its case tells, so that somebody looks at it. When that
    /// cannot be read either, the log does, and it is tried again later.
    async fn tell_unreadable(&self, effect: &ClaimedEffect, error: &StoreError) -> Result<(), SubmitError> {
        let EffectKey { tenant, case, .. } = &effect.key;
        tracing::error!(%error, %tenant, %case, "what a case has asked for cannot be read");
        match self.finish_effect(&effect.key, Actor::Engine, Err(unreadable(error))).await {
            Err(why) if why.is_of_database() => Err(why),
            Err(_) if matches!(error, StoreError::KeyMissing { .. }) => self.wait_for_keys(effect).await,
            Err(why) => self.rest(effect, why.class()).await,
            Ok(()) => Ok(()),
        }
    }

    async fn finish_effect(
        &self,
        key: &EffectKey,
        actor: Actor,
        result: Result<EffectResult, EffectError>,
    ) -> Result<(), SubmitError> {
        let request = Request {
            tenant: key.tenant.clone(),
            case: key.case,
            command_id: derived_id(&["finish", &named(key)]),
            command: Command::FinishEffect { instance: key.instance, round: key.round, result },
        };
        match self.submit(actor, request).await {
            Ok(_) => Ok(()),
            Err(
                error @ (SubmitError::Rejected(Rejection::EffectStale)
                | SubmitError::Store(StoreError::Erased { .. })),
            ) => {
                tracing::info!(tenant = %key.tenant, case = %key.case, %error, "nobody waits for this result any more");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn keep_documents(&self, effect: &ClaimedEffect, made: Made) -> Result<EffectResult, SubmitError> {
        let (tenant, case) = (&effect.key.tenant, effect.key.case);
        let from_outside = made.documents.iter().any(|(content, _)| content.direction == Direction::Incoming);
        let limit = match from_outside {
            true => self.authority(tenant).await?.and_then(|authority| authority.policy.authority_bytes),
            false => None,
        };
        let mut documents = Vec::with_capacity(made.documents.len());
        for (mut content, bytes) in made.documents {
            content.size = bytes.len() as u64;
            // What the process makes itself must never be lost by a limit; what comes in can come again.
            let at_most = limit.filter(|_| content.direction == Direction::Incoming);
            let now = self.inner.clock.now();
            let kept = self.inner.store.put_document(tenant, case, bytes, at_most, now).await?;
            content.hash = kept.to_string().into();
            documents.push(content);
        }
        Ok(EffectResult { values: made.values, documents })
    }
}

/// Asks a connector. One that panics, or takes too long, has failed like one that says so.
async fn ask(name: &Arc<str>, connector: Connector, call: Call, most: Duration) -> Result<Made, EffectError> {
    // Ended with whoever waits for it.
    let mut asked = JoinSet::new();
    asked.spawn(async move { connector(call).await });
    match tokio::time::timeout(most, asked.join_next()).await {
        Ok(Some(Ok(made))) => made,
        Ok(panic) => {
            tracing::error!(connector = %name, ?panic, "a connector panicked");
            Err(failed(
                "connector_failed",
                format!("Die Anbindung „{name}“ ist abgebrochen. Einzelheiten stehen im Protokoll."),
                format!("The connector `{name}` broke off. The log has the details."),
            ))
        }
        Err(_) => Err(failed(
            "connector_silent",
            format!("Die Anbindung „{name}“ hat in {} Sekunden nicht geantwortet.", most.as_secs()),
            format!("The connector `{name}` has not answered within {} seconds.", most.as_secs()),
        )),
    }
}

fn failed(code: &str, de: String, en: String) -> EffectError {
    EffectError { code: code.into(), message: Text::new(de, en), retry: true }
}

fn never_ended(name: &Arc<str>) -> EffectError {
    EffectError {
        retry: false,
        ..failed(
            "connector_never_ended",
            format!("Die Anbindung „{name}“ wurde {MOST_ATTEMPTS}-mal beauftragt, und nie kam etwas zurück."),
            format!("The connector `{name}` was asked {MOST_ATTEMPTS} times, and nothing ever came back."),
        )
    }
}

/// What an effect is called outside, at every attempt.
fn named(EffectKey { tenant, case, instance, round }: &EffectKey) -> String {
    format!("{tenant}/{case}/{instance}/{round}")
}

/// One second, four, sixteen, ... at most an hour.
fn pause(attempt: u32) -> SignedDuration {
    SignedDuration::from_secs(4_i64.saturating_pow(attempt.saturating_sub(1)).min(3_600))
}

/// What a case is told when a result cannot be taken; an error that may pass stays one.
fn refused(error: SubmitError) -> Result<EffectError, SubmitError> {
    let why = error.for_good().ok_or(error)?;
    Ok(EffectError {
        code: "result_refused".into(),
        message: Text::new(
            format!("Das Ergebnis kann nicht übernommen werden: {}", why.de),
            format!("The result cannot be taken: {}", why.en),
        ),
        retry: false,
    })
}

pub(crate) fn unreadable(error: &StoreError) -> EffectError {
    let why = error.text();
    EffectError {
        code: "effect_unreadable".into(),
        message: Text::new(
            format!("Was hier zu tun ist, kann nicht gelesen werden: {}", why.de),
            format!("What is to be done here cannot be read: {}", why.en),
        ),
        retry: false,
    }
}

fn unknown_connector(name: &Arc<str>) -> EffectError {
    EffectError {
        code: "connector_unknown".into(),
        message: Text::new(
            format!("Eine Anbindung „{name}“ ist hier nicht eingerichtet."),
            format!("There is no connector `{name}` here."),
        ),
        retry: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn check(connector: Connector, expected: Result<(), &str>) {
        let call =
            Call { tenant: "musterstadt".into(), idempotency_key: "a".into(), request: Default::default() };
        let asked = ask(&"letter".into(), connector, call, Duration::from_millis(50)).await;
        let told = asked.as_ref().map(drop).map_err(|error| (&*error.code, error.retry));
        assert_eq!(told, expected.map_err(|code| (code, true)));
    }

    #[tokio::test]
    async fn a_connector_that_breaks_off_or_never_answers_has_failed() {
        check(Arc::new(|_| Box::pin(async { Ok(Made::default()) })), Ok(())).await;
        check(Arc::new(|_| Box::pin(std::future::pending())), Err("connector_silent")).await;
        check(Arc::new(|_| Box::pin(async { panic!("later") })), Err("connector_failed")).await;
        check(Arc::new(|_| panic!("at once")), Err("connector_failed")).await;
    }
}
