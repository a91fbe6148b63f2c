//! The deadlines of a case that run no more: they passed, or what they were set for ended. The case itself forgets them;
//! its journal does not.

use axum::{Json, extract::State};
use fachwerk_core::{
    case::Case,
    definition::Release,
    event::{Deadline, Event},
    words::{InstanceId, StepPath, Timestamp},
};
use fachwerk_store::MAX_ROWS;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    case_detail::case_deadline,
    case_shapes::CaseDeadline,
    params::Params,
    person::Authenticated,
    problem::Problem,
    server::Server,
    visibility::{SeenCase, Segments},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(list_ended_deadlines))
}

/// A deadline that runs no more.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct EndedDeadline {
    /// As it stood when it ended.
    #[serde(flatten)]
    deadline: CaseDeadline,
    /// When it ended.
    #[schema(value_type = String, format = DateTime)]
    ended_at: Timestamp,
    /// How it ended.
    how: DeadlineEnd,
}

/// How a deadline ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum DeadlineEnd {
    /// It has passed.
    Passed,
    /// What it was set for has ended before.
    Over,
    /// A remedy has come in before its end.
    Remedy,
    /// The letter that it ran from did not arrive.
    NotArrived,
    /// A law sets it, and it runs on although the case has ended.
    RunsOn,
}

/// The ended deadlines of a case
///
/// The last one that ended first.
#[utoipa::path(
    get, path = "/cases/{id}/ended-deadlines", tag = "cases", operation_id = "listEndedDeadlines",
    params(
        ("id" = String, Path, description = "The case."),
        ("at" = Option<String>, Query, format = DateTime, description = "As the case stood at this moment; now when not given."),
    ),
    responses((status = 200, description = "The deadlines.", body = Vec<EndedDeadline>))
)]
async fn list_ended_deadlines(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    mut params: Params,
) -> Result<Json<Vec<EndedDeadline>>, Problem> {
    let at: Option<Timestamp> = params.parsed("at")?;
    params.finish()?;
    let SeenCase { row, release, .. } = server.see_case(&who, &id).await?;
    let mut before = Case::unborn(who.tenant.clone(), row.case);
    let mut ended = Vec::new();
    loop {
        let turns = server.runtime().store().turns(&who.tenant, row.case, before.version, MAX_ROWS).await?;
        let last = turns.len() < MAX_ROWS as usize;
        for turn in turns.into_iter().map(|stored| stored.turn) {
            if at.is_some_and(|at| turn.now > at) {
                ended.reverse();
                return Ok(Json(ended));
            }
            let mut after = before.clone();
            turn.apply(&mut after);
            ended.extend(gone(&before, &after).map(|(instance, deadline)| EndedDeadline {
                deadline: shown(&before, &release, instance, deadline),
                ended_at: turn.now,
                how: how(&before, &turn.events, (instance, deadline)),
            }));
            before = after;
        }
        if last {
            ended.reverse();
            return Ok(Json(ended));
        }
    }
}

/// What was set before a turn and is not after it.
fn gone<'c>(before: &'c Case, after: &'c Case) -> impl Iterator<Item = (InstanceId, &'c Deadline)> {
    let still = |instance: InstanceId, deadline: &Deadline| {
        after.instance(instance).is_some_and(|it| it.deadlines.contains_key(&deadline.name))
    };
    before.deadlines().filter(move |(instance, deadline)| !still(*instance, deadline))
}

fn how(case: &Case, events: &[Event], (of, deadline): (InstanceId, &Deadline)) -> DeadlineEnd {
    let fired = |event: &Event| matches!(event, Event::DeadlineFired { instance, name } if *instance == of && *name == deadline.name);
    let any = |found: fn(&Event) -> bool| events.iter().any(found);
    if events.iter().any(fired) {
        DeadlineEnd::Passed
    } else if of != InstanceId::ROOT || case.act_of_deadline(&deadline.name).is_none() {
        DeadlineEnd::Over
    } else if any(|event| matches!(event, Event::LetterNotArrived(_))) {
        DeadlineEnd::NotArrived
    } else if any(|event| matches!(event, Event::RemedyRecorded(_) | Event::RemedyInTime(_))) {
        DeadlineEnd::Remedy
    } else {
        DeadlineEnd::RunsOn
    }
}

fn shown(case: &Case, release: &Release, instance: InstanceId, deadline: &Deadline) -> CaseDeadline {
    let step: Option<&StepPath> = case.instance(instance).and_then(|it| it.step.as_ref());
    CaseDeadline { running: false, ..case_deadline(release, step, instance, deadline) }
}
