//! What is done once and for all: erasing cases, and signing the days that are over.

use std::sync::Arc;

use fachwerk_core::{
    command::{Command, Request},
    decide::Rejection,
    facts::{Actor, day_of},
    words::{CaseId, TenantId},
};
use fachwerk_store::{Erasure, StoreError};
use uuid::Uuid;

use crate::{Runtime, SubmitError, errors::is_of_database, submit::lock};

/// Authorities that are read at once.
pub(crate) const AUTHORITIES_AT_ONCE: u32 = 100;

impl Runtime {
    /// Erases a case as another person asked for; what is left of it. `alone`: why the same person confirms it. The same
    /// command once more answers with the same.
    pub async fn erase(
        &self,
        actor: Actor,
        tenant: &TenantId,
        case: CaseId,
        command_id: Uuid,
        alone: Option<Arc<str>>,
    ) -> Result<Erasure, SubmitError> {
        let row = self.store().case_row(tenant, case).await?;
        let asked = row.and_then(|row| row.keeping.asked);
        if asked.is_some_and(|asked| asked.exception.is_none())
            && self.store().is_sending(tenant, case).await?
        {
            return Err(Rejection::CaseStillSends.into());
        }
        let command = Command::EraseCase { alone };
        let request = Request { tenant: tenant.clone(), case, command_id, command };
        match self.submit(actor, request).await {
            Ok(_) => {}
            Err(SubmitError::Store(StoreError::Erased { .. }))
                if self.store().find_command(tenant, case, command_id).await?.is_some() => {}
            Err(error) => return Err(error),
        }
        let erasure = self.store().erasure(tenant, case).await?;
        erasure.ok_or_else(|| SubmitError::Fault(format!("case {case} was erased without a certificate")))
    }

    /// Once a day: signs the days of all authorities that are over, forgets what has arrived long ago, and goes on with what was
    /// left half erased. One authority whose days cannot be signed stops none of it; its next day is signed with those before.
    pub(crate) async fn close_days(&self) -> Result<(), SubmitError> {
        let now = self.inner.clock.now();
        let today = day_of(now);
        if *lock(&self.inner.signed) == Some(today) {
            return Ok(());
        }
        let store = &self.inner.store;
        let mut after: Option<TenantId> = None;
        loop {
            let tenants = store.tenants(after.as_ref(), AUTHORITIES_AT_ONCE).await?;
            for tenant in &tenants {
                match store.sign_days(tenant, now).await {
                    Err(error) if !is_of_database(&error) => {
                        tracing::error!(%error, %tenant, "the days of an authority cannot be signed");
                    }
                    signed => drop(signed?),
                }
            }
            match tenants.into_iter().last() {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        self.forget_arrivals().await?;
        store.finish_erasures().await?;
        *lock(&self.inner.signed) = Some(today);
        Ok(())
    }
}
