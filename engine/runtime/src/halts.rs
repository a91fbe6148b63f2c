//! Timers and effects that rest: after a restore, or when the clock of the machine jumped.

use fachwerk_core::{
    authority::AuthorityCommand,
    facts::Actor,
    words::{TenantId, Timestamp},
};
use fachwerk_store::Halt;
use jiff::SignedDuration;
use uuid::Uuid;

use crate::{ChangeError, Runtime, SubmitError, background::Wakes, clock::Watch};

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

    /// The same when it jumps while this process runs. Whoever fires timers or does effects asks first.
    pub(crate) async fn mind_the_clock(&self) -> Result<(), SubmitError> {
        let mut watch = self.inner.watch.lock().await;
        let jump = watch.as_mut().map(Watch::jump).unwrap_or_default();
        if jump.abs() > LARGEST_JUMP {
            self.halt(self.inner.clock.now()).await?;
        }
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
