//! Timers and effects that rest: after a restore, or when the clock of the machine jumped.

use fachwerk_core::{
    authority::AuthorityCommand,
    facts::Actor,
    words::{TenantId, Timestamp},
};
use fachwerk_store::Halt;
use jiff::SignedDuration;
use uuid::Uuid;

use crate::{ChangeError, Runtime, SubmitError, background::Wakes};

/// A clock that jumps further is not trusted: deadlines would pass that have not, or letters go out twice.
const LARGEST_JUMP: SignedDuration = SignedDuration::from_hours(1);

impl Runtime {
    /// Lets the timers and effects of an authority go on; an administrator says so.
    pub async fn resume(&self, tenant: &TenantId, actor: Actor, command_id: Uuid) -> Result<(), ChangeError> {
        if self.store().halted(tenant).await.map_err(SubmitError::from)?.is_none() {
            return Ok(());
        }
        self.change(tenant, actor, command_id, AuthorityCommand::ResumeWork).await?;
        self.store().resume(tenant).await.map_err(SubmitError::from)?;
        self.inner.wakers.wake(Wakes::ALL);
        Ok(())
    }

    /// Timers and effects of all authorities rest when the clock of the machine says much less than when the last turn was
    /// written: it was wrong then, or is now.
    pub(crate) async fn halt_if_clock_went_back(&self) -> Result<(), SubmitError> {
        let (now, last) = (self.inner.clock.now(), self.store().last_turn_at().await?);
        if last.is_some_and(|last| last.duration_since(now) > LARGEST_JUMP) {
            self.halt(now).await?;
        }
        Ok(())
    }

    /// The same when it jumps while this process runs. Whoever fires timers or does effects asks first. A jump counts until
    /// the database knows of it: a machine that wakes up often has no connection yet.
    pub(crate) async fn mind_the_clock(&self) -> Result<(), SubmitError> {
        let mut watch = self.inner.watch.lock().await;
        let Some(watch) = watch.as_mut() else { return Ok(()) };
        if watch.jump().abs() > LARGEST_JUMP {
            self.halt(self.inner.clock.now()).await?;
        }
        watch.trust();
        Ok(())
    }

    async fn halt(&self, now: Timestamp) -> Result<(), SubmitError> {
        tracing::error!(
            "the clock of the machine jumped by more than an hour; deadlines and letters rest until an administrator \
             lets them go on"
        );
        Ok(self.store().halt_all(now, Halt::ClockJumped).await?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use fachwerk_store::{Place, Store};

    use super::*;
    use crate::clock::Clock;

    /// Whoever asks is not told that the clock can be trusted before the jump is stored.
    #[tokio::test]
    async fn a_jump_counts_until_the_database_knows_of_it() {
        let dir = tempfile::tempdir().expect("a directory");
        let store = Store::open(&Place::Sqlite { dir: dir.path().to_owned() }).await.expect("a store");
        let runtime = Runtime::new(store, Clock::system(), BTreeMap::new());
        let jump = |minutes| {
            let mut watch = runtime.inner.watch.try_lock().expect("nobody looks");
            watch.as_mut().expect("a clock that runs").pretend_jump(SignedDuration::from_mins(minutes));
        };
        runtime.mind_the_clock().await.expect("it has not jumped");
        jump(59);
        runtime.mind_the_clock().await.expect("that much is trusted");
        runtime.store().close().await;
        jump(59);
        runtime.mind_the_clock().await.expect("and as much again");
        for minutes in [61, -200] {
            jump(minutes);
            for _ in 0..3 {
                let minded = runtime.mind_the_clock().await;
                assert!(minded.as_ref().is_err_and(SubmitError::is_of_database), "{minutes}: {minded:?}");
            }
        }
    }
}
