//! What an authority sets for all its cases (Vorgaben).

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::authority::{AuthorityCommand, Policy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(read_policy, set_policy))
}

/// What holds for all cases of the authority.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HousePolicy {
    /// Whether a case is erased only when the archive has answered (Anbietungspflicht).
    archive_first: bool,
}

/// The policy
///
/// For administrators.
#[utoipa::path(
    get, path = "/policy", tag = "administration", operation_id = "readPolicy",
    responses((status = 200, description = "What holds.", body = HousePolicy))
)]
async fn read_policy(
    State(_): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<HousePolicy>, Problem> {
    params.finish()?;
    who.need_administrator()?;
    let Policy { archive_first } = who.authority.policy;
    Ok(Json(HousePolicy { archive_first }))
}

/// Set the policy
///
/// All of it; it counts at once. For administrators.
#[utoipa::path(
    put, path = "/policy", tag = "administration", operation_id = "setPolicy",
    request_body = HousePolicy,
    responses((status = 204, description = "It counts."))
)]
async fn set_policy(
    State(server): State<Server>,
    who: Authenticated,
    CommandId(command): CommandId,
    body::Json(HousePolicy { archive_first }): body::Json<HousePolicy>,
) -> Result<StatusCode, Problem> {
    server.change(&who, command, AuthorityCommand::SetPolicy(Policy { archive_first })).await?;
    Ok(StatusCode::NO_CONTENT)
}
