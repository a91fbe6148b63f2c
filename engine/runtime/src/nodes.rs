//! Several processes on one database: what one of them has stored the others tell those who listen to them at once.
//!
//! Nothing depends on a notice: what is missed is found by looking, see [`crate::Runtime::subscribe`].

use fachwerk_core::words::{CaseId, TenantId};
use fachwerk_store::{MAX_NOTICE_BYTES, StoreError};
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{Committed, Runtime, background::looks};

/// How many turns one notice tells of: it stays below [`MAX_NOTICE_BYTES`] with the longest names.
const TURNS_OF_A_NOTICE: usize = 50;
const _: () = assert!(TURNS_OF_A_NOTICE * 100 + 1_000 < MAX_NOTICE_BYTES);
/// How many turns are told in one go.
const TURNS_AT_ONCE: usize = 1_000;

/// Turns of one authority that are stored.
#[derive(Serialize, Deserialize)]
struct Notice {
    /// The process that stored them.
    by: String,
    tenant: TenantId,
    /// Case, version, position.
    turns: Vec<(Option<CaseId>, u64, u64)>,
}

impl Runtime {
    /// Tells the other processes what this one stores.
    pub(crate) async fn keep_telling(&self) {
        if !self.inner.store.is_shared() {
            return;
        }
        let mut own = self.inner.own.subscribe();
        let mut look = looks();
        while let Some(stored) = all_of(&mut own).await {
            if let Err(error) = self.inner.store.notify(self.notices(stored)).await {
                tracing::warn!(%error, "other processes could not be told what is stored; they find it by looking");
                look.tick().await;
            }
        }
    }

    fn notices(&self, mut stored: Vec<Committed>) -> Vec<String> {
        stored.sort_by(|one, other| (&one.tenant, one.position).cmp(&(&other.tenant, other.position)));
        let by_tenant = stored.chunk_by(|one, other| one.tenant == other.tenant);
        let pieces = by_tenant.flat_map(|of_tenant| of_tenant.chunks(TURNS_OF_A_NOTICE));
        let notice = |piece: &[Committed]| {
            let turns = piece.iter().map(|turn| (turn.case, turn.version, turn.position)).collect();
            let notice = Notice { by: self.inner.owner.clone(), tenant: piece[0].tenant.clone(), turns };
            serde_json::to_string(&notice).ok()
        };
        pieces.filter_map(notice).collect()
    }

    /// Hears what other processes store.
    pub(crate) async fn keep_listening(&self) {
        let mut look = looks();
        loop {
            match self.listen().await {
                Ok(()) => return,
                Err(error) => {
                    tracing::warn!(%error, "other processes cannot be heard; what they store is found by looking");
                    look.tick().await;
                }
            }
        }
    }

    /// Ends well when there are no other processes.
    async fn listen(&self) -> Result<(), StoreError> {
        let Some(mut notices) = self.inner.store.listen(self.inner.direct.as_deref()).await? else {
            return Ok(());
        };
        loop {
            let notice = notices.next().await?;
            // One that a newer program writes otherwise is passed over like one that was missed.
            let Ok(Notice { by, tenant, turns }) = serde_json::from_str(&notice) else { continue };
            if by == self.inner.owner {
                continue;
            }
            for (case, version, position) in turns {
                let tenant = tenant.clone();
                let _ =
                    self.inner.committed.send(Committed { tenant, case, version, position, repeated: false });
            }
        }
    }
}

/// All that has been stored since; waits until there is something. None: the runtime is gone.
async fn all_of(own: &mut Receiver<Committed>) -> Option<Vec<Committed>> {
    let mut stored = Vec::new();
    loop {
        let next =
            if stored.is_empty() { own.recv().await.map_err(Some) } else { own.try_recv().map_err(|_| None) };
        match next {
            Ok(turn) => stored.push(turn),
            Err(Some(RecvError::Closed)) => return None,
            // Too much for telling: it is found by looking.
            Err(Some(RecvError::Lagged(_))) => {}
            Err(None) => return Some(stored),
        }
        if stored.len() >= TURNS_AT_ONCE {
            return Some(stored);
        }
    }
}
