//! This process as one of the servers on a database: that it is there, and whether it may go on.

use std::time::Duration;

use fachwerk_store::{LIVE, Nodes, StoreError, node_id};
use tokio::time::{MissedTickBehavior, interval};
use uuid::Uuid;

use crate::Runtime;

/// How often the others are told that it is there.
const TOLD_EVERY: Duration = Duration::from_secs(10);
const _: () = assert!(TOLD_EVERY.as_secs() * 3 <= LIVE.as_secs());

/// What the machine is called: as Linux says it, elsewhere as the environment does; empty where neither does.
fn host() -> String {
    let said = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let said = said.or_else(|| ["HOSTNAME", "COMPUTERNAME"].iter().find_map(|name| std::env::var(name).ok()));
    said.unwrap_or_default()
}

/// An id for this process, as one of the servers and in leases; it names the machine.
pub(crate) fn own_id() -> String {
    node_id(Uuid::now_v7(), std::process::id(), &host())
}

impl Runtime {
    /// Takes part as a server; see [`fachwerk_store::Store::take_part`]. Whoever serves asks before the first request.
    pub async fn take_part(&self) -> Result<(), StoreError> {
        self.inner.store.take_part(&self.inner.owner, self.inner.since, self.inner.clock.now()).await
    }

    /// The servers on the database, as they were seen last.
    pub async fn nodes(&self) -> Result<Nodes, StoreError> {
        self.inner.store.nodes(self.inner.clock.now()).await
    }

    /// Waits until this program is too old for the database: a newer one has changed it since. Whoever serves must end then.
    pub async fn outdated(&self) -> StoreError {
        let mut outdated = self.inner.outdated.subscribe();
        loop {
            if let Some(error) = self.why_outdated() {
                return error;
            }
            // It is not gone: the runtime lives as long as this waits.
            let _ = outdated.changed().await;
        }
    }

    /// Why this process must end, if it must.
    pub fn why_outdated(&self) -> Option<StoreError> {
        self.inner.outdated.borrow().clone()
    }

    /// Goes on taking part; ends when this program is too old, and all background work with it.
    pub(crate) async fn keep_taking_part(&self) {
        let mut tell = interval(TOLD_EVERY);
        tell.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tell.tick().await;
            match self.take_part().await {
                Ok(()) if self.inner.store.is_shared() => {}
                // There is nobody to be told.
                Ok(()) => std::future::pending().await,
                Err(error @ (StoreError::NewerFormat { .. } | StoreError::NewerTurns { .. })) => {
                    tracing::error!(%error, "this program is too old for the database; it must end");
                    self.inner.outdated.send_replace(Some(error));
                    return;
                }
                Err(error) => tracing::warn!(%error, "other servers cannot be told that this one is there"),
            }
        }
    }
}
