//! What administrators do about the keeping of cases, many at once.

use std::sync::Arc;

use fachwerk_core::{
    command::{Command, Request},
    facts::Actor,
    keeping::KeepingRecord,
    words::{CaseId, TenantId},
};
use uuid::Uuid;

use crate::{Runtime, SubmitError, background::derived_id};

/// What is done about each of several cases.
#[derive(Clone, Debug)]
pub enum KeepingStep {
    /// Something is recorded.
    Record(KeepingRecord),
    /// It is erased, as another person asked for.
    Erase {
        /// Why the same person confirms it.
        alone: Option<Arc<str>>,
    },
}

impl Runtime {
    /// Does the same about several cases, each in a turn of its own: one that is refused stops none behind it. Answers with
    /// those of which it could not be done, and why. When the database is gone, what is done is done; the same command once
    /// more goes on behind it.
    pub async fn keep_cases(
        &self,
        actor: &Actor,
        tenant: &TenantId,
        cases: &[CaseId],
        command_id: Uuid,
        step: &KeepingStep,
    ) -> Result<Vec<(CaseId, SubmitError)>, SubmitError> {
        let mut troubles = Vec::new();
        for case in cases {
            let command_id = derived_id(&["keep", &command_id.to_string(), &case.to_string()]);
            let done = match step {
                KeepingStep::Record(record) => {
                    let command = Command::RecordKeeping { record: record.clone() };
                    let request = Request { tenant: tenant.clone(), case: *case, command_id, command };
                    self.submit(actor.clone(), request).await.map(drop)
                }
                KeepingStep::Erase { alone } => {
                    self.erase(actor.clone(), tenant, *case, command_id, alone.clone()).await.map(drop)
                }
            };
            match done {
                Ok(()) => {}
                Err(error) if error.is_of_database() => return Err(error),
                Err(error) => troubles.push((*case, error)),
            }
        }
        Ok(troubles)
    }
}
