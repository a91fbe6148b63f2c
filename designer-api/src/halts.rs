//! Timers and effects of an authority that rest, and who lets them go on.

use axum::{extract::State, http::StatusCode};
use fachwerk_core::words::Timestamp;
use fachwerk_store::Halt;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(resume_work))
}

/// Deadlines do not ring and nothing is sent until an administrator lets them go on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Halted {
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Why.
    why: HaltReason,
    /// When anything was stored last, at whichever authority: what the clock is held against. For administrators.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_turn_at: Option<Timestamp>,
}

/// Why they rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HaltReason {
    /// The data were brought back from a backup.
    Restored,
    /// The clock of the machine jumped.
    ClockJumped,
}

/// Let deadlines and effects go on
///
/// After a restore, or a jump of the clock. What is due by then happens at once: deadlines pass, letters are made. For
/// administrators.
#[utoipa::path(
    post, path = "/resume", tag = "administration", operation_id = "resumeWork",
    responses((status = 204, description = "They go on, or did not rest."))
)]
async fn resume_work(
    State(server): State<Server>,
    who: Authenticated,
    CommandId(command_id): CommandId,
) -> Result<StatusCode, Problem> {
    who.need_administrator()?;
    server.runtime().resume(&who.tenant, who.actor(), command_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Server {
    /// Whether the timers and effects of an authority rest.
    pub async fn halted(&self, who: &Authenticated) -> Result<Option<Halted>, Problem> {
        let store = self.runtime().store();
        let Some((since, why)) = store.halted(&who.tenant).await? else { return Ok(None) };
        let why = match why {
            Halt::Restored => HaltReason::Restored,
            Halt::ClockJumped => HaltReason::ClockJumped,
        };
        let last_turn_at = if who.is_administrator() { store.last_turn_at().await? } else { None };
        Ok(Some(Halted { since, why, last_turn_at }))
    }
}
