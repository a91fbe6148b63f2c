//! Correction while a case runs, and reactions that a person causes: each needs a right and a reason. Whether it is
//! allowed is decided in the core; here only that a token with fewer roles than its person may not do more than it says.

use std::sync::Arc;

use axum::{Json, extract::State};
use fachwerk_core::{
    command::Command,
    decide::Rejection,
    definition::Release,
    event::Trigger,
    words::{CaseId, InstanceId, Object},
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    cases::read_day,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::Version,
    visibility::{SeenCase, Segments, takes_part},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(skip_step))
        .routes(routes!(move_step))
        .routes(routes!(change_data))
        .routes(routes!(end_case))
        .routes(routes!(trigger_by_hand))
        .routes(routes!(give_up))
}

/// Why, and how it goes on.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Skipping {
    /// The outcome by which the step is left, when it has several.
    outcome: Option<String>,
    /// At most 2,000 characters.
    reason: String,
}

/// Where to, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Moving {
    /// The id of the step to go back to.
    to: String,
    /// At most 2,000 characters.
    reason: String,
}

/// What changes, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DataChange {
    /// The fields of the application that change; one with null is removed.
    #[schema(value_type = crate::shapes::Values)]
    fields: Object,
    /// The true day of receipt of the application; not given: it stays. Deadlines that are set do not move with it.
    #[schema(format = Date)]
    received_on: Option<String>,
    /// The `version` of the case that was shown.
    seen: Option<u64>,
    /// At most 2,000 characters.
    reason: String,
}

/// How the case ends, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Ending {
    /// How it ends, in a few words.
    outcome: Option<String>,
    /// At most 2,000 characters.
    reason: String,
}

/// Why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Reason {
    /// At most 2,000 characters.
    reason: String,
}

/// Whether somebody may correct cases of a process, with the roles that they have come with.
pub fn may_correct(who: &Authenticated, release: &Release) -> bool {
    who.is_administrator() || release.correctors.iter().any(|role| who.roles.contains(role))
}

impl Server {
    /// Carries out a correction, when the person comes with the right to it.
    pub async fn correct(
        &self,
        who: &Authenticated,
        id: &str,
        command: CommandId,
        ask: Command,
    ) -> Result<Json<Version>, Problem> {
        let case = self.corrects_case(who, id).await?;
        let committed = self.submit(who, case, command, ask).await?;
        Ok(Json(Version { version: committed.version }))
    }

    /// The case, when the person comes with the right to correct it.
    pub async fn corrects_case(&self, who: &Authenticated, id: &str) -> Result<CaseId, Problem> {
        let SeenCase { row, release, .. } = self.see_case(who, id).await?;
        if may_correct(who, &release) { Ok(row.case) } else { Err(Rejection::CorrectionNotAllowed.into()) }
    }

    /// The case, when the person comes with the role that a reaction by hand needs.
    async fn handler_by_hand(
        &self,
        who: &Authenticated,
        id: &str,
        instance: InstanceId,
        name: &str,
    ) -> Result<CaseId, Problem> {
        let SeenCase { row, case, .. } = self.see_case(who, id).await?;
        let waits = case.instance(instance).map(|it| it.waits.clone());
        let wait = waits.iter().flat_map(|waits| waits.iter()).find(|wait| *wait.name == *name);
        match wait.map(|wait| &wait.trigger) {
            Some(Trigger::ByHand(role, _)) if who.roles.contains(role) => Ok(row.case),
            Some(Trigger::ByHand(role, _)) => Err(Rejection::MissingRole { role: role.clone() }.into()),
            _ => Err(Rejection::TriggerNotPossible.into()),
        }
    }
}

fn instance_of(text: &str) -> Result<InstanceId, Problem> {
    text.parse().map(InstanceId).map_err(|_| Rejection::StepNotActive.into())
}

/// Skip a step
///
/// It is left without being done, and never counts as a hearing, a signature or a dispatch.
#[utoipa::path(
    post, path = "/cases/{id}/steps/{instance}/skip", tag = "cases", operation_id = "skipStep",
    params(
        ("id" = String, Path, description = "The case."),
        ("instance" = u32, Path, description = "The active instance of the step, as in `active`."),
    ),
    request_body = Skipping,
    responses((status = 200, description = "It is skipped.", body = Version))
)]
async fn skip_step(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, instance)): Segments<(String, String)>,
    command: CommandId,
    body::Json(Skipping { outcome, reason }): body::Json<Skipping>,
) -> Result<Json<Version>, Problem> {
    let instance = instance_of(&instance)?;
    let ask = Command::SkipStep { instance, outcome: outcome.map(Arc::from), reason: reason.into() };
    server.correct(&who, &id, command, ask).await
}

/// Go back to an earlier step
#[utoipa::path(
    post, path = "/cases/{id}/steps/{instance}/move", tag = "cases", operation_id = "moveStep",
    params(
        ("id" = String, Path, description = "The case."),
        ("instance" = u32, Path, description = "The active instance of the step, as in `active`."),
    ),
    request_body = Moving,
    responses((status = 200, description = "The case has gone back.", body = Version))
)]
async fn move_step(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, instance)): Segments<(String, String)>,
    command: CommandId,
    body::Json(Moving { to, reason }): body::Json<Moving>,
) -> Result<Json<Version>, Problem> {
    let instance = instance_of(&instance)?;
    let ask = Command::MoveStep { instance, to: to.into(), reason: reason.into() };
    server.correct(&who, &id, command, ask).await
}

/// Change the application
#[utoipa::path(
    post, path = "/cases/{id}/data", tag = "cases", operation_id = "changeData",
    params(("id" = String, Path, description = "The case.")),
    request_body = DataChange,
    responses((status = 200, description = "It is changed.", body = Version))
)]
async fn change_data(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(DataChange { fields, received_on, seen, reason }): body::Json<DataChange>,
) -> Result<Json<Version>, Problem> {
    let received_on = received_on.map(|day| read_day("/received_on", &day)).transpose()?;
    let ask = Command::ChangeData { fields, received_on, seen, reason: reason.into() };
    server.correct(&who, &id, command, ask).await
}

/// End a case, whatever is active
#[utoipa::path(
    post, path = "/cases/{id}/end", tag = "cases", operation_id = "endCase",
    params(("id" = String, Path, description = "The case.")),
    request_body = Ending,
    responses((status = 200, description = "It has ended.", body = Version))
)]
async fn end_case(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(Ending { outcome, reason }): body::Json<Ending>,
) -> Result<Json<Version>, Problem> {
    let ask = Command::EndCase { outcome: outcome.map(Arc::from), reason: reason.into() };
    server.correct(&who, &id, command, ask).await
}

/// Let the case react to something that a person notes
#[utoipa::path(
    post, path = "/cases/{id}/triggers/{instance}/{name}", tag = "cases", operation_id = "triggerByHand",
    params(
        ("id" = String, Path, description = "The case."),
        ("instance" = u32, Path, description = "The scope, as in `triggers`."),
        ("name" = String, Path, description = "The name, as in `triggers`."),
    ),
    request_body = Reason,
    responses((status = 200, description = "It has reacted.", body = Version))
)]
async fn trigger_by_hand(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, instance, name)): Segments<(String, String, String)>,
    command: CommandId,
    body::Json(Reason { reason }): body::Json<Reason>,
) -> Result<Json<Version>, Problem> {
    let instance = instance_of(&instance)?;
    let case = server.handler_by_hand(&who, &id, instance, &name).await?;
    let ask = Command::TriggerByHand { instance, name: name.into(), reason: reason.into() };
    let committed = server.submit(&who, case, command, ask).await?;
    Ok(Json(Version { version: committed.version }))
}

/// Give up what does not get done
///
/// A letter beside the steps, a correction of an act, or a letter of one that goes out anew: what an incident names in
/// `gives_up`. A correction needs the right to correct.
#[utoipa::path(
    post, path = "/cases/{id}/steps/{instance}/give-up", tag = "cases", operation_id = "giveUp",
    params(
        ("id" = String, Path, description = "The case."),
        ("instance" = u32, Path, description = "Its number."),
    ),
    request_body = Reason,
    responses((status = 200, description = "It is given up.", body = Version))
)]
async fn give_up(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, instance)): Segments<(String, String)>,
    command: CommandId,
    body::Json(Reason { reason }): body::Json<Reason>,
) -> Result<Json<Version>, Problem> {
    let SeenCase { row, case, release, .. } = server.see_case(&who, &id).await?;
    let instance = InstanceId(instance.parse().map_err(|_| Rejection::StepNotActive)?);
    let ask = Command::GiveUp { instance, reason: reason.into() };
    if case.act_made_by(instance).is_some_and(|(_, draft)| draft.correction.is_some()) {
        return server.correct(&who, &id, command, ask).await;
    }
    if !takes_part(&who, &release) && !who.is_administrator() {
        return Err(Rejection::NoPartInProcess.into());
    }
    let committed = server.submit(&who, row.case, command, ask).await?;
    Ok(Json(Version { version: committed.version }))
}
