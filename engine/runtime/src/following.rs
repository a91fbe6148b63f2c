//! What the deadlines of open cases hang on has changed (days off, the place of the authority, legal data): each case reckons
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
    facts::{Actor, day_of, norms_version},
    words::{CaseId, TenantId},
};
use fachwerk_store::{CaseQuery, DeadlineQuery, DeadlineState, Piece};

use crate::{Runtime, SubmitError, authorities::ChangeError, background::derived_id};

/// Cases that are read at once.
const CASES_AT_ONCE: u32 = 200;

impl Runtime {
    /// Lets the open cases of all authorities follow what has changed.
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
        let all = changed.reaches_back(day_of(self.inner.clock.now()));
        let mut piece = Some(Piece { cursor: None, limit: CASES_AT_ONCE });
        let mut seen: BTreeSet<CaseId> = BTreeSet::new();
        while let Some(here) = piece {
            let (cases, next) = self.concerned(tenant, (all, &changed), here).await?;
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

    /// Some cases that may have to follow: all that go on, when what changed reaches back and something may have fired;
    /// else those with a deadline that ends only then.
    async fn concerned(
        &self,
        tenant: &TenantId,
        (all, changed): (bool, &LawChanged),
        piece: Piece,
    ) -> Result<(Vec<CaseId>, Option<Piece>), SubmitError> {
        let (cases, next) = if all {
            let query = CaseQuery { open: Some(true), piece, ..CaseQuery::default() };
            let page = self.store().cases(tenant, &query).await?;
            (page.items.iter().map(|row| row.case).collect(), page.next)
        } else {
            let query =
                DeadlineQuery { state: Some(DeadlineState::Running), piece, ..DeadlineQuery::default() };
            let page = self.store().deadlines(tenant, &query).await?;
            let first = changed.days.first().map(|changed| changed.day);
            let rows = page.items.iter().map(|listed| &listed.row);
            let later = rows.filter(|row| row.grace_until.or(row.end) >= first);
            (later.map(|row| row.case).collect(), page.next)
        };
        Ok((cases, next.map(|cursor| Piece { cursor: Some(cursor), limit: CASES_AT_ONCE })))
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
