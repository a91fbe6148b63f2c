//! Erasing a case: the last thing that is ever decided about it. What the store does with it is no matter of the case.

use std::sync::Arc;

use super::{Rejection, correct::check_reason, turn::Deciding};
use crate::{authority::ADMINISTRATOR, event::Event, words::RoleId};

impl Deciding<'_> {
    /// Erases the case. One that goes on only by way of exception, and then it stands in the certificate why.
    pub fn erase(&mut self, reason: &Arc<str>, exception: Option<&Arc<str>>) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        if !self.facts.roles.contains(&RoleId::from(ADMINISTRATOR)) {
            return Err(Rejection::AdministratorNeeded);
        }
        check_reason(reason)?;
        match exception {
            Some(exception) => check_reason(exception)?,
            None if self.case.is_open() => return Err(Rejection::CaseGoesOn),
            None => {}
        }
        self.record(Event::CaseErased { by, reason: reason.clone(), exception: exception.cloned() });
        Ok(())
    }
}
