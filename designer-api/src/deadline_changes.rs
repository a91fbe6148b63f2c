//! Deadlines that people change: extended, suspended, resumed. Whether it is allowed is decided in the core.

use std::sync::Arc;

use axum::{Json, extract::State};
use fachwerk_core::{
    command::Command,
    decide::{DeadlineRefusal, Rejection},
    event::DeadlineName,
    words::{Date, Extension, InstanceId, Language, Period},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    cases::read_day,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, Version},
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(extend_deadline))
        .routes(routes!(suspend_deadlines))
        .routes(routes!(resume_deadlines))
}

/// How far a deadline moves on, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewExtension {
    /// By a period that begins when the old one has run out, like `2 weeks`; either this or `until`.
    by: Option<String>,
    /// The new last day; either this or `by`.
    #[schema(format = Date)]
    until: Option<String>,
    /// At most 2,000 characters.
    reason: String,
    /// The norm it rests on; when not given what the law of the process says, for example § 31 Abs. 7 VwVfG.
    norm: Option<String>,
}

/// A deadline that was extended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Extended {
    /// The version of the case.
    version: u64,
    /// Its last day now, moved on where the law says so; none when it has been changed again or ended since.
    #[schema(value_type = Option<String>, format = Date)]
    end: Option<Date>,
}

/// A deadline of a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NamedDeadline {
    /// The number of what it belongs to, as in `deadlines`.
    instance: u32,
    /// Its name there.
    name: String,
}

/// Which deadlines stop or run on, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeadlineStop {
    /// Which.
    deadlines: Vec<NamedDeadline>,
    /// The first day that is not counted, or the last one; today when not given.
    #[schema(format = Date)]
    on: Option<String>,
    /// At most 2,000 characters.
    reason: String,
    /// The norm it rests on.
    norm: Option<String>,
}

impl DeadlineStop {
    fn names(&self) -> Vec<DeadlineName> {
        let name = |NamedDeadline { instance, name }: &NamedDeadline| DeadlineName {
            instance: InstanceId(*instance),
            name: name.as_str().into(),
        };
        self.deadlines.iter().map(name).collect()
    }
}

fn extension(by: Option<&str>, until: Option<&str>) -> Result<Extension, Problem> {
    match (by, until) {
        (Some(by), None) => Period::parse(by).map(Extension::By).map_err(|error| {
            let (de, en) = (error.text(Language::De), error.text(Language::En));
            Problem::values(vec![Misfit::new("/by", "period", de, en)])
        }),
        (None, Some(until)) => read_day("/until", until).map(Extension::Until),
        _ => Err(Problem::values(vec![Misfit::new(
            "/until",
            "required",
            "Bitte entweder den neuen letzten Tag oder einen Zeitraum angeben.",
            "Please give either the new last day or a period.",
        )])),
    }
}

/// Extend a deadline
///
/// Also one that has passed, as long as the case has not gone on because of it. Not one that a law fixes.
#[utoipa::path(
    post, path = "/cases/{id}/deadlines/{instance}/{name}/extend", tag = "cases", operation_id = "extendDeadline",
    params(
        ("id" = String, Path, description = "The case."),
        ("instance" = u32, Path, description = "What the deadline belongs to, as in `deadlines`."),
        ("name" = String, Path, description = "Its name there."),
    ),
    request_body = NewExtension,
    responses((status = 200, description = "It has a new end.", body = Extended))
)]
async fn extend_deadline(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, instance, name)): Segments<(String, String, String)>,
    command: CommandId,
    body::Json(NewExtension { by, until, reason, norm }): body::Json<NewExtension>,
) -> Result<Json<Extended>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let unknown = || Problem::from(Rejection::Deadline(DeadlineRefusal::NotSet));
    let instance = instance.parse().map(InstanceId).map_err(|_| unknown())?;
    let ask = Command::ExtendDeadline {
        deadline: DeadlineName { instance, name: name.as_str().into() },
        extension: extension(by.as_deref(), until.as_deref())?,
        reason: reason.into(),
        norm: norm.map(Arc::from),
    };
    let committed = server.submit(&who, case, command, ask).await?;
    let after = server.runtime().case(&who.tenant, case).await?;
    let instance = after.as_ref().and_then(|after| after.instance(instance));
    let run = instance.and_then(|it| it.deadlines.get(name.as_str())?.run.as_ref());
    Ok(Json(Extended { version: committed.version, end: run.map(|run| run.end) }))
}

/// Suspend deadlines
///
/// They have no end and do not fire until they are resumed.
#[utoipa::path(
    post, path = "/cases/{id}/deadlines/suspend", tag = "cases", operation_id = "suspendDeadlines",
    params(("id" = String, Path, description = "The case.")),
    request_body = DeadlineStop,
    responses((status = 200, description = "They are suspended.", body = Version))
)]
async fn suspend_deadlines(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(stop): body::Json<DeadlineStop>,
) -> Result<Json<Version>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let (deadlines, since) = (stop.names(), stop.on.map(|day| read_day("/on", &day)).transpose()?);
    let (reason, norm) = (stop.reason.into(), stop.norm.map(Arc::from));
    let ask = Command::SuspendDeadlines { deadlines, since, reason, norm };
    let committed = server.submit(&who, case, command, ask).await?;
    Ok(Json(Version { version: committed.version }))
}

/// Resume deadlines
///
/// The days on which they did not run, the first and the last one included, are added to their end.
#[utoipa::path(
    post, path = "/cases/{id}/deadlines/resume", tag = "cases", operation_id = "resumeDeadlines",
    params(("id" = String, Path, description = "The case.")),
    request_body = DeadlineStop,
    responses((status = 200, description = "They run on.", body = Version))
)]
async fn resume_deadlines(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(stop): body::Json<DeadlineStop>,
) -> Result<Json<Version>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let (deadlines, until) = (stop.names(), stop.on.map(|day| read_day("/on", &day)).transpose()?);
    let (reason, norm) = (stop.reason.into(), stop.norm.map(Arc::from));
    let ask = Command::ResumeDeadlines { deadlines, until, reason, norm };
    let committed = server.submit(&who, case, command, ask).await?;
    Ok(Json(Version { version: committed.version }))
}
