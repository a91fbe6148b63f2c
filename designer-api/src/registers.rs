//! The other lists of an authority: deadlines, incidents, outgoing post.

use std::sync::Arc;

use axum::{Json, extract::State};
use fachwerk_core::{
    case::Case,
    event::Document,
    words::{Date, StepPath, Timestamp},
};
use fachwerk_store::{DeadlineQuery, DeadlineState};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    paging::Page, params::Params, person::Authenticated, problem::Problem, server::Server, shapes::Text,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list_deadlines))
        .routes(routes!(list_incidents))
        .routes(routes!(list_post))
}

/// How deadlines stand.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum StateOfDeadline {
    /// They run, or are suspended.
    #[default]
    Begun,
    /// They run.
    Running,
    /// They are suspended.
    Suspended,
    /// They do not run yet, because what they run from has not happened.
    Waiting,
}

/// A deadline.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct DeadlineEntry {
    /// The case.
    case: String,
    /// The file number of the case.
    #[schema(value_type = Option<String>)]
    number: Option<Arc<str>>,
    /// What names the case beside its number.
    #[schema(value_type = Option<String>)]
    subject: Option<Arc<str>>,
    /// The process.
    process: String,
    /// The number of what it belongs to.
    instance: u32,
    /// Its name there.
    #[schema(value_type = String)]
    name: Arc<str>,
    /// What people read.
    title: Text,
    /// Its last day; none while it is suspended or does not run yet.
    #[schema(value_type = Option<String>, format = Date)]
    end: Option<Date>,
    /// The last day of its grace: it is waited for what came in time and is registered later.
    #[schema(value_type = Option<String>, format = Date)]
    grace_until: Option<Date>,
    /// The day from which on people are warned of it.
    #[schema(value_type = Option<String>, format = Date)]
    warn_on: Option<Date>,
    /// Whether it does not run for the time being.
    suspended: bool,
}

/// Something that is stuck.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct IncidentEntry {
    /// The case.
    case: String,
    /// Its number within the case.
    number: u32,
    /// The file number of the case.
    #[schema(value_type = Option<String>)]
    case_number: Option<Arc<str>>,
    /// What names the case beside its number; not told to those who may not see the case.
    #[schema(value_type = Option<String>)]
    subject: Option<Arc<str>>,
    /// The process.
    process: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Stable, for programs.
    #[schema(value_type = String)]
    code: Arc<str>,
    /// What happened.
    message: Text,
    /// What can be done.
    help: Text,
    /// The step.
    step: Option<String>,
}

/// A letter that waits to leave the house.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PostEntry {
    /// The case.
    case: String,
    /// The number of the document within the case.
    document: u32,
    /// What people read.
    #[schema(value_type = String)]
    title: Arc<str>,
    /// Who it goes to.
    #[schema(value_type = Option<String>)]
    addressee: Option<Arc<str>>,
    /// Since when it waits.
    #[schema(value_type = String, format = Date)]
    since: Date,
    /// The file number of the case.
    #[schema(value_type = Option<String>)]
    case_number: Option<Arc<str>>,
}

impl PostEntry {
    /// A document of a case.
    pub fn of(case: &Case, number: u32, document: &Document) -> PostEntry {
        PostEntry {
            case: case.id.to_string(),
            document: number,
            title: document.content.title.clone(),
            addressee: document.content.addressee.clone(),
            since: document.on,
            case_number: case.number.clone(),
        }
    }
}

/// The deadlines
///
/// Those that run, the earliest first; behind them those that are suspended. Those that do not run yet are told when asked for.
#[utoipa::path(
    get, path = "/deadlines", tag = "lists", operation_id = "listDeadlines",
    params(
        ("until" = Option<String>, Query, format = Date, description = "Only those that end up to this day, with it; none that is suspended."),
        ("state" = inline(Option<StateOfDeadline>), Query, description = "Only those that stand like this; `begun` when not given."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the deadlines.", body = Page<DeadlineEntry>))
)]
async fn list_deadlines(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<DeadlineEntry>>, Problem> {
    let until = params.day("until")?;
    let state = match params.word("state")? {
        StateOfDeadline::Begun => None,
        StateOfDeadline::Running => Some(DeadlineState::Running),
        StateOfDeadline::Suspended => Some(DeadlineState::Suspended),
        StateOfDeadline::Waiting => Some(DeadlineState::Waiting),
    };
    let piece = params.piece()?;
    params.finish()?;
    let processes = Some(server.processes_of(&who).await?);
    let query =
        DeadlineQuery { until, state, processes, piece: piece.of_store(), ..DeadlineQuery::default() };
    let page = server.runtime().store().deadlines(&who.tenant, &query).await?;
    Ok(Json(Page::from_store(page, &piece, |listed| DeadlineEntry {
        case: listed.row.case.to_string(),
        number: listed.case.number,
        subject: listed.case.subject,
        process: listed.case.process.to_string(),
        instance: listed.row.instance.0,
        name: listed.row.name,
        title: listed.row.title.into(),
        end: listed.row.end,
        grace_until: listed.row.grace_until,
        warn_on: listed.row.warn_on.first().copied(),
        suspended: listed.row.suspended,
    })))
}

/// What is stuck
///
/// The oldest first. Administrators see all incidents; of cases that they do not see otherwise without the subject.
#[utoipa::path(
    get, path = "/incidents", tag = "lists", operation_id = "listIncidents",
    params(
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the incidents.", body = Page<IncidentEntry>))
)]
async fn list_incidents(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<IncidentEntry>>, Problem> {
    let piece = params.piece()?;
    params.finish()?;
    let processes = server.processes_of(&who).await?;
    let only = (!who.is_administrator()).then_some(&processes);
    let page = server.runtime().store().incidents_of(&who.tenant, only, &piece.of_store()).await?;
    Ok(Json(Page::from_store(page, &piece, |listed| IncidentEntry {
        case: listed.row.case.to_string(),
        number: listed.row.number,
        case_number: listed.case.number,
        subject: listed.case.subject.filter(|_| processes.contains(&listed.row.process)),
        process: listed.row.process.to_string(),
        since: listed.row.since,
        code: listed.row.trouble.code,
        message: listed.row.trouble.message.into(),
        help: listed.row.trouble.help.into(),
        step: listed.row.trouble.step.as_ref().map(StepPath::to_string),
    })))
}

/// The outgoing post
///
/// Letters that wait to leave the house, the oldest first.
#[utoipa::path(
    get, path = "/post", tag = "lists", operation_id = "listPost",
    params(
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the outgoing post.", body = Page<PostEntry>))
)]
async fn list_post(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<PostEntry>>, Problem> {
    let piece = params.piece()?;
    params.finish()?;
    let processes = server.processes_of(&who).await?;
    let page = server.runtime().store().post_of(&who.tenant, Some(&processes), &piece.of_store()).await?;
    Ok(Json(Page::from_store(page, &piece, |listed| PostEntry {
        case: listed.row.case.to_string(),
        document: listed.row.document,
        title: listed.row.title,
        addressee: listed.row.addressee,
        since: listed.row.since,
        case_number: listed.case.number,
    })))
}
