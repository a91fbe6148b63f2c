//! Work that nobody asked for just now: effects to be done, timers that are due.

use std::{sync::Arc, time::Duration};

use fachwerk_core::{
    command::{Command, EffectResult, Request},
    decide::Rejection,
    event::EffectError,
    facts::Actor,
    projection::TimerRow,
    words::{InstanceId, TenantId, Text, Timestamp},
};
use fachwerk_store::{ClaimedEffect, StoreError};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use tokio::{
    task::{JoinHandle, JoinSet},
    time::{MissedTickBehavior, interval},
};
use uuid::Uuid;

use crate::{Call, Made, Runtime, SubmitError};

/// How long a claimed effect belongs to this process.
pub(crate) const LEASE: SignedDuration = SignedDuration::from_mins(5);
/// How many effects are done at once.
const EFFECTS_AT_ONCE: u32 = 16;
/// How long a timer rests that could not be fired.
const TIMER_REST: SignedDuration = SignedDuration::from_mins(5);
/// How many timers are fired in one go.
const TIMERS_AT_ONCE: u32 = 100;
/// After so many attempts an effect gives up, and the case tells.
const MOST_ATTEMPTS: u32 = 8;
/// How often the background looks, when nothing wakes it.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The background work of this process; it ends when dropped.
#[derive(Debug)]
pub struct Worker(JoinHandle<()>);

impl Drop for Worker {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Runtime {
    /// Begins the background work.
    pub fn start_background(&self) -> Worker {
        let runtime = self.clone();
        Worker(tokio::spawn(async move {
            if let Err(error) = runtime.take_over().await {
                tracing::error!(%error, "what an earlier process left could not be taken over");
            }
            if let Err(error) = runtime.halt_if_clock_went_back().await {
                tracing::error!(%error, "it is not known whether the clock went back");
            }
            let mut watch = runtime.inner.clock.watch();
            let mut look = interval(LOOK_EVERY);
            look.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                // Whichever comes first: a commit, or the next look for what is due. A commit makes no schedule due; so
                // the authorities are looked at once in a while only, however much is committed.
                let done = tokio::select! {
                    _ = look.tick() => match runtime.halt_if_clock_jumps(&mut watch).await {
                        Ok(()) => runtime.settle().await,
                        Err(error) => Err(error),
                    },
                    () = runtime.inner.work.notified() => runtime.work_off().await,
                };
                if let Err(error) = done {
                    tracing::error!(%error, "background work failed; trying again");
                    look.tick().await;
                }
            }
        }))
    }

    /// Takes over what an earlier process left: its leases, when nobody else can be at work, and what arrived long ago.
    pub async fn take_over(&self) -> Result<(), SubmitError> {
        self.inner.store.release_abandoned(&self.inner.owner, self.inner.clock.now()).await?;
        self.forget_arrivals().await
    }

    /// Does everything that is due now, until nothing is left.
    pub async fn settle(&self) -> Result<(), SubmitError> {
        self.begin_scheduled().await?;
        self.work_off().await?;
        self.close_days().await
    }

    async fn work_off(&self) -> Result<(), SubmitError> {
        loop {
            let fired = self.fire_timers().await?;
            let done = self.do_effects().await?;
            let brought = self.bring_arrivals().await?;
            if fired + done + brought == 0 {
                return Ok(());
            }
        }
    }

    async fn fire_timers(&self) -> Result<usize, SubmitError> {
        let now = self.inner.clock.now();
        let due = self.inner.store.due_timers(now, TIMERS_AT_ONCE).await?;
        let mut fired = 0;
        for (tenant, timer) in &due {
            let request = Request {
                tenant: tenant.clone(),
                case: timer.case,
                command_id: firing(tenant, timer),
                command: Command::FireTimer {
                    instance: timer.instance,
                    name: timer.name.clone(),
                    revision: timer.revision,
                },
            };
            match self.submit(Actor::Engine, request).await {
                Ok(committed) if !committed.repeated => fired += 1,
                // It has rung before, and rests if it is still there: ringing again would change nothing.
                Ok(_) => self.rest(tenant, timer).await?,
                Err(error) if error.is_of_database() => return Err(error),
                Err(error) => {
                    // Somebody else was faster, and the timer is gone; or it cannot be fired now, for example because
                    // its case is unreadable. Then it must neither be lost nor stand in the way of others.
                    tracing::warn!(%error, %tenant, case = %timer.case, "a timer could not be fired; trying again later");
                    self.rest(tenant, timer).await?;
                }
            }
        }
        Ok(fired)
    }

    async fn rest(&self, tenant: &TenantId, timer: &TimerRow) -> Result<(), StoreError> {
        let later = self.inner.clock.now().checked_add(TIMER_REST).unwrap_or(Timestamp::MAX);
        self.inner.store.postpone_timer(tenant, timer, later).await?;
        Ok(())
    }

    async fn do_effects(&self) -> Result<usize, SubmitError> {
        let now = self.inner.clock.now();
        let until = now.checked_add(LEASE).unwrap_or(Timestamp::MAX);
        let claimed = self.inner.store.claim_effects(&self.inner.owner, now, until, EFFECTS_AT_ONCE).await?;
        let count = claimed.len();
        let mut running = JoinSet::new();
        for effect in claimed {
            let runtime = self.clone();
            running.spawn(async move { runtime.do_effect(effect).await });
        }
        // All are waited for, whatever becomes of one: the others must not be cut off halfway.
        let mut database = Ok(count);
        while let Some(done) = running.join_next().await {
            match done {
                Ok(Ok(())) => {}
                Ok(Err(error)) if error.is_of_database() => database = Err(error),
                Ok(Err(error)) => {
                    tracing::error!(%error, "an effect could not be brought to an end; its lease runs out and it is tried again");
                }
                Err(panic) => {
                    tracing::error!(%panic, "an effect panicked; its lease runs out and it is tried again");
                }
            }
        }
        database
    }

    async fn do_effect(&self, effect: ClaimedEffect) -> Result<(), SubmitError> {
        if effect.key.instance == InstanceId::SENDER {
            return self.bring(&effect).await;
        }
        let row = &effect.row;
        let tenant = &effect.key.tenant;
        let key = format!("{tenant}/{}/{}/{}", row.case, row.instance, row.round);
        let made = match self.inner.connectors.get(&*row.connector) {
            Some(connector) => {
                let call = Call {
                    tenant: tenant.clone(),
                    idempotency_key: key.clone(),
                    request: row.request.clone(),
                };
                connector(call).await
            }
            None => Err(unknown_connector(&row.connector)),
        };
        let result = match made {
            Ok(made) => match self.keep_documents(&effect, made).await {
                Ok(result) => Ok(result),
                Err(error) => Err(refused(error.into())?),
            },
            Err(error) if error.retry && effect.attempt < MOST_ATTEMPTS => {
                let later =
                    self.inner.clock.now().checked_add(pause(effect.attempt)).unwrap_or(Timestamp::MAX);
                self.inner
                    .store
                    .postpone_effect(&effect.key, &self.inner.owner, later, &error.message.en)
                    .await?;
                return Ok(());
            }
            Err(error) => Err(error),
        };
        match self.finish_effect(&effect, &key, result).await {
            Ok(()) => Ok(()),
            // What the case does not take becomes an incident there: somebody must look at it.
            Err(error) => self.finish_effect(&effect, &key, Err(refused(error)?)).await,
        }
    }

    async fn finish_effect(
        &self,
        effect: &ClaimedEffect,
        key: &str,
        result: Result<EffectResult, EffectError>,
    ) -> Result<(), SubmitError> {
        let row = &effect.row;
        let request = Request {
            tenant: effect.key.tenant.clone(),
            case: row.case,
            command_id: derived_id(&["finish", key]),
            command: Command::FinishEffect { instance: row.instance, round: row.round, result },
        };
        match self.submit(Actor::Connector(row.connector.clone()), request).await {
            Ok(_) | Err(SubmitError::Rejected(Rejection::EffectStale)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn keep_documents(&self, effect: &ClaimedEffect, made: Made) -> Result<EffectResult, StoreError> {
        let mut documents = Vec::with_capacity(made.documents.len());
        for (mut content, bytes) in made.documents {
            content.size = bytes.len() as u64;
            content.hash = self
                .inner
                .store
                .put_document(&effect.key.tenant, effect.row.case, bytes)
                .await?
                .to_string()
                .into();
            documents.push(content);
        }
        Ok(EffectResult { values: made.values, documents })
    }
}

/// The command by which a timer rings: another one when it was set anew, even if its revisions are counted from 1 again.
fn firing(tenant: &TenantId, timer: &TimerRow) -> Uuid {
    let TimerRow { case, instance, name, revision, at } = timer;
    derived_id(&["fire", tenant.as_str(), &format!("{case}/{instance}/{name}/{revision}/{at}")])
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

/// The same id for the same thing, so that doing it twice is noticed.
pub(crate) fn derived_id(parts: &[&str]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

#[cfg(test)]
mod tests {
    use fachwerk_core::words::CaseId;

    use super::*;

    #[test]
    fn a_timer_that_is_set_anew_rings_anew() {
        let tenant = TenantId::from("musterstadt");
        let timer = |second| TimerRow {
            case: CaseId(Uuid::from_u128(7)),
            instance: InstanceId(2),
            name: "late".into(),
            revision: 1,
            at: Timestamp::from_second(second).unwrap(),
        };
        assert_eq!(firing(&tenant, &timer(1)), firing(&tenant, &timer(1)));
        assert_ne!(firing(&tenant, &timer(1)), firing(&tenant, &timer(2)));
    }
}
