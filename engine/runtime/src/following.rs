//! What the deadlines of cases hang on has changed (days off, the place of the authority, legal data): each case reckons
//! them anew in a turn of its own that says why.
//!
//! What is still to be followed stands in the stream of the authority and is ended there by one event, so a process that
//! ends in between, or several at once, begin again: the ids of the commands are derived, and a case with nothing to reckon
//! anew refuses.

use std::collections::BTreeSet;

use fachwerk_core::{
    authority::AuthorityCommand,
    command::{Command, Request},
    decide::{DeadlineRefusal, Rejection},
    event::LawChanged,
    facts::{Actor, norms_version},
    words::{CaseId, TenantId},
};
use fachwerk_store::{CaseQuery, Piece};

use jiff::SignedDuration;

use crate::{Runtime, SubmitError, authorities::ChangeError, background::derived_id};

/// So long after the last change of a case a period for a remedy may still run: a year where nobody was told of it, from a
/// notification that the law presumes later than it was recorded.
const REMEDIES_FOR: SignedDuration = SignedDuration::from_hours(2 * 366 * 24);

/// Cases that are read at once.
const CASES_AT_ONCE: u32 = 200;

impl Runtime {
    /// Lets the cases of all authorities follow what has changed.
    pub(crate) async fn follow_law(&self) -> Result<(), SubmitError> {
        for (tenant, version) in self.all_authorities().await? {
            match self.follow_law_of(&tenant, version).await {
                Ok(()) => {}
                Err(error) if error.is_of_database() => return Err(error),
                Err(error) => {
                    tracing::error!(%error, %tenant, "the deadlines of an authority cannot follow what has changed; trying again");
                }
            }
        }
        Ok(())
    }

    async fn follow_law_of(&self, tenant: &TenantId, version: u64) -> Result<(), SubmitError> {
        let Some(authority) = self.authority_since(tenant, version).await? else { return Ok(()) };
        let norms = norms_version();
        let Some(changed) = authority.following.changed(norms) else { return Ok(()) };
        if self.store().halted(tenant).await?.is_some() {
            return Ok(());
        }
        let mut piece = Some(Piece { cursor: None, limit: CASES_AT_ONCE });
        let mut seen: BTreeSet<CaseId> = BTreeSet::new();
        while let Some(here) = piece {
            let (cases, next) = self.concerned(tenant, here).await?;
            for case in cases {
                if seen.insert(case) {
                    self.follow_law_in(tenant, case, (authority.version, norms), &changed).await?;
                }
            }
            piece = next;
        }
        let id = derived_id(&["follow", tenant.as_str(), &format!("{}/{norms}", authority.version)]);
        let done = AuthorityCommand::FollowCases { version: authority.version, norms };
        match self.change(tenant, Actor::Engine, id, done).await {
            Ok(_) => Ok(()),
            Err(ChangeError::Submit(error)) => Err(error),
            Err(ChangeError::Rejected(rejection)) => Err(SubmitError::Fault(format!("{rejection:?}"))),
        }
    }

    /// Some cases that may have to follow: those that go on, and those that ended so short a time ago that a remedy can still
    /// be sought.
    async fn concerned(
        &self,
        tenant: &TenantId,
        piece: Piece,
    ) -> Result<(Vec<CaseId>, Option<Piece>), SubmitError> {
        let now = self.inner.clock.now();
        let since = now.checked_sub(REMEDIES_FOR).unwrap_or(now);
        let page = self.store().cases(tenant, &CaseQuery { piece, ..CaseQuery::default() }).await?;
        let rows = page.items.iter().filter(|row| row.open || row.changed_at >= since);
        let cases = rows.map(|row| row.case).collect();
        Ok((cases, page.next.map(|cursor| Piece { cursor: Some(cursor), limit: CASES_AT_ONCE })))
    }

    async fn follow_law_in(
        &self,
        tenant: &TenantId,
        case: CaseId,
        (version, norms): (u64, u32),
        changed: &LawChanged,
    ) -> Result<(), SubmitError> {
        let command_id = derived_id(&["recompute", tenant.as_str(), &format!("{case}/{version}/{norms}")]);
        let command = Command::Recompute { changed: changed.clone() };
        let request = Request { tenant: tenant.clone(), case, command_id, command };
        match self.submit(Actor::Engine, request).await {
            Ok(_) | Err(SubmitError::Rejected(Rejection::Deadline(DeadlineRefusal::Unchanged))) => Ok(()),
            Err(error @ (SubmitError::Contended | SubmitError::Overloaded { .. })) => Err(error),
            Err(error) if error.is_of_database() => Err(error),
            Err(error) => {
                // One that cannot be read or has been erased meanwhile stops none behind it.
                tracing::error!(%error, %tenant, %case, "the deadlines of a case could not be reckoned anew");
                Ok(())
            }
        }
    }
}
