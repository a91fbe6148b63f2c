//! What silence has granted, said by a person where what is known has changed since. What it does is decided in the core.

use axum::{Json, extract::State};
use fachwerk_core::command::Command;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::Version,
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(rule_fiction))
}

/// Whether an act counts as granted by silence.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRuling {
    /// The kind of act, as the process names it.
    act: String,
    /// Whether it counts as granted.
    deemed: bool,
    /// At most 2,000 characters.
    reason: String,
}

/// Say whether an act counts as granted by silence
///
/// For whoever may correct, after the period is over: when a receipt, a returned letter, a corrected day or other legal data
/// have turned round what was done (the incident `fiction_in_doubt`). Counts as granted: the act exists from then on, or since
/// another day. Does not: an act that counted as granted never came to be, and its certificates are not sent.
#[utoipa::path(
    post, path = "/cases/{id}/fictions", tag = "cases", operation_id = "ruleFiction",
    params(("id" = String, Path, description = "The case.")),
    request_body = NewRuling,
    responses((status = 200, description = "It holds.", body = Version))
)]
async fn rule_fiction(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(NewRuling { act, deemed, reason }): body::Json<NewRuling>,
) -> Result<Json<Version>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let ask = Command::RuleFiction { act: act.into(), deemed, reason: reason.into() };
    let committed = server.submit(&who, case, command, ask).await?;
    Ok(Json(Version { version: committed.version }))
}
