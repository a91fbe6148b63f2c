//! What people do with tasks: take them, give them back, hand them over, do them.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State};
use fachwerk_core::{
    case::{Activity, Case},
    command::Command,
    decide::Rejection,
    definition::Release,
    words::{CaseId, InstanceId, Object, PersonId, RoleId, TaskId},
};
use fachwerk_runtime::Committed;
use fachwerk_store::{InboxQuery, Whose};
use serde::{Deserialize, Serialize};
use tokio::{sync::broadcast, time::timeout};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    corrections::may_correct,
    limits,
    people::RoleEntry,
    person::{Authenticated, CommandId},
    previews::LetterPreview,
    problem::Problem,
    server::Server,
    shapes::{Misfit, Text, Version},
    task_detail::{Entered, SeenTask, unsent, why},
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(claim_task))
        .routes(routes!(release_task))
        .routes(routes!(delegate_task))
        .routes(routes!(complete_task))
        .routes(routes!(preview_task))
        .routes(routes!(start_step))
        .routes(routes!(take_back_task))
}

/// A step that is begun.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Chosen {
    /// The id of the step, as in `choices` of the task.
    step: String,
}

/// Why a task is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakeBack {
    /// At most 2,000 characters.
    reason: String,
}

/// Begin a step of an ad-hoc group
#[utoipa::path(
    post, path = "/tasks/{id}/steps", tag = "tasks", operation_id = "startStep",
    params(("id" = String, Path, description = "The task that the group is.")),
    request_body = Chosen,
    responses((status = 200, description = "It has begun.", body = Version))
)]
async fn start_step(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(Chosen { step }): body::Json<Chosen>,
) -> Result<Json<Version>, Problem> {
    let found = server.see_task(&who, &id).await?;
    let ask = Command::StartStep { group: found.id.instance, step: step.into() };
    act(&server, &who, &found, command, ask).await.map(Json)
}

/// Take back a task that one has done
///
/// As long as nothing has come of it.
#[utoipa::path(
    post, path = "/tasks/{id}/take-back", tag = "tasks", operation_id = "takeBackTask",
    params(("id" = String, Path, description = "The task that was done.")),
    request_body = TakeBack,
    responses((status = 200, description = "It is open again, as a new task.", body = Version))
)]
async fn take_back_task(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(TakeBack { reason }): body::Json<TakeBack>,
) -> Result<Json<Version>, Problem> {
    let found = server.see_task(&who, &id).await?;
    server.part_in_case(&who, &found.id.case.to_string()).await?;
    let ask = Command::TakeBackTask { task: found.id.instance, reason: reason.into() };
    let committed = server.submit(&who, found.id.case, command, ask).await?;
    Ok(Json(Version { version: committed.version }))
}

/// Who shall do a task.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Delegation {
    /// The name that the person logs in with.
    to: String,
}

/// What was entered.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Completion {
    /// Values by field; a field that is absent keeps its proposal.
    #[schema(value_type = crate::shapes::Values)]
    values: Object,
    /// The `version` that the form showed.
    seen: Option<u64>,
    /// Whoever signs letters: the `shown` of the preview that they have looked at. When the letters would say something else by
    /// now, nothing is signed (`LettersChanged`).
    shown: Option<String>,
    /// Whether the answer waits, for a few seconds at most, until connectors have done what comes next: letters are made,
    /// and the task behind them is open.
    #[serde(default)]
    follow: bool,
}

/// A task was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Completed {
    /// The version of the case.
    version: u64,
    /// The case.
    case: String,
    /// The next task for this person: of the same case if there is one, else the first of the inbox.
    next: Option<String>,
    /// Where the case is now.
    now: Whereabouts,
}

/// Where a case is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Whereabouts {
    /// Whether it goes on.
    open: bool,
    /// Whether connectors are still at work for it.
    under_way: bool,
    /// The roles that have an open task of it.
    with: Vec<RoleEntry>,
    /// How many of its letters wait to leave the house.
    letters: u32,
}

impl Whereabouts {
    fn of(case: &Case, release: &Release) -> Whereabouts {
        let roles: BTreeSet<&RoleId> = case.tasks().map(|(_, _, task)| &task.role).collect();
        let with = roles.into_iter().map(|role| RoleEntry {
            id: role.to_string(),
            title: release
                .roles
                .get(role)
                .map_or_else(|| Text::new(role.as_str(), role.as_str()), Text::from),
        });
        Whereabouts {
            open: case.is_open(),
            under_way: is_under_way(case),
            with: with.collect(),
            letters: u32::try_from(unsent(case).len()).unwrap_or(u32::MAX),
        }
    }
}

/// Whether something outside is being done for a case, and is not stuck.
fn is_under_way(case: &Case) -> bool {
    let stuck = |id: InstanceId| case.incidents.values().any(|incident| incident.instance == Some(id));
    case.instances.iter().any(|(id, it)| matches!(it.activity, Activity::Effect { .. }) && !stuck(*id))
}

async fn act(
    server: &Server,
    who: &Authenticated,
    found: &SeenTask,
    id: CommandId,
    command: Command,
) -> Result<Version, Problem> {
    need_role(who, found, &command)?;
    let committed = server.submit(who, found.id.case, id, command).await?;
    Ok(Version { version: committed.version })
}

/// A token can have fewer roles than its person; the core knows only the person's.
fn need_role(who: &Authenticated, found: &SeenTask, command: &Command) -> Result<(), Problem> {
    let hands_on = matches!(command, Command::ReleaseTask { .. } | Command::DelegateTask { .. });
    let corrects = hands_on && may_correct(who, &found.seen.release);
    match found.task().filter(|task| !corrects && !who.roles.contains(&task.role)) {
        None => Ok(()),
        Some(task) => {
            let rejection = Rejection::MissingRole { role: task.role.clone() };
            let detail = why(&rejection, &who.authority, &found.seen.release);
            Err(Problem::from(rejection).saying(detail))
        }
    }
}

/// Take a task
#[utoipa::path(
    post, path = "/tasks/{id}/claim", tag = "tasks", operation_id = "claimTask",
    params(("id" = String, Path, description = "The task.")),
    responses((status = 200, description = "It is mine.", body = Version))
)]
async fn claim_task(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
) -> Result<Json<Version>, Problem> {
    let found = server.see_task(&who, &id).await?;
    let ask = Command::ClaimTask { task: found.id.instance };
    act(&server, &who, &found, command, ask).await.map(Json)
}

/// Give a task back
///
/// Whoever may correct the case, or an administrator, frees one that somebody else holds.
#[utoipa::path(
    post, path = "/tasks/{id}/release", tag = "tasks", operation_id = "releaseTask",
    params(("id" = String, Path, description = "The task.")),
    responses((status = 200, description = "It is nobody's.", body = Version))
)]
async fn release_task(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
) -> Result<Json<Version>, Problem> {
    let found = server.see_task(&who, &id).await?;
    let ask = Command::ReleaseTask { task: found.id.instance };
    act(&server, &who, &found, command, ask).await.map(Json)
}

/// Hand a task over
///
/// Whoever may correct the case hands on one that somebody else holds.
#[utoipa::path(
    post, path = "/tasks/{id}/delegate", tag = "tasks", operation_id = "delegateTask",
    params(("id" = String, Path, description = "The task.")),
    request_body = Delegation,
    responses((status = 200, description = "It is theirs.", body = Version))
)]
async fn delegate_task(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(Delegation { to }): body::Json<Delegation>,
) -> Result<Json<Version>, Problem> {
    let found = server.see_task(&who, &id).await?;
    let to = PersonId::from(to);
    // The core checks everything else; it does not know the people.
    if let Some(task) = found.task().filter(|task| !who.authority.holds(&to, task.role.as_str())) {
        let title = found.seen.release.roles.get(&task.role);
        let (de, en) =
            title.map_or((task.role.as_str(), task.role.as_str()), |title| (&*title.de, &*title.en));
        return Err(Problem::values(vec![Misfit::new(
            "/to",
            "lacks_role",
            format!("Diese Person gibt es nicht, oder ihr fehlt die Rolle „{de}“."),
            format!("There is no such person, or they lack the role “{en}”."),
        )]));
    }
    let ask = Command::DelegateTask { task: found.id.instance, to };
    act(&server, &who, &found, command, ask).await.map(Json)
}

/// Do a task
#[utoipa::path(
    post, path = "/tasks/{id}/complete", tag = "tasks", operation_id = "completeTask",
    params(("id" = String, Path, description = "The task.")),
    request_body = Completion,
    responses((status = 200, description = "It is done.", body = Completed))
)]
async fn complete_task(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(Completion { values, seen, shown, follow }): body::Json<Completion>,
) -> Result<Json<Completed>, Problem> {
    let found = server.see_task(&who, &id).await?;
    let ask = Command::CompleteTask { task: found.id.instance, values, seen, shown: shown.map(Into::into) };
    // Subscribed before it is asked, so that nothing falls between the two.
    let committed = follow.then(|| server.runtime().subscribe());
    let Version { version } = act(&server, &who, &found, command, ask).await?;
    let case = found.id.case;
    let after = follow_up(&server, &who, (case, version), committed).await?;
    let of_case = next_of_case(&who, &after).map(|instance| TaskId { case, instance });
    let next = match of_case {
        Some(next) => Some(next),
        None => next_of_inbox(&server, &who).await?,
    };
    let now = Whereabouts::of(&after, &found.seen.release);
    Ok(Json(Completed { version, case: case.to_string(), next: next.map(|next| next.to_string()), now }))
}

/// Preview the letters of a task
///
/// Those that come of it before anything else must be done than signing them, as they would be made now; nothing changes.
#[utoipa::path(
    post, path = "/tasks/{id}/preview", tag = "tasks", operation_id = "previewTask",
    params(("id" = String, Path, description = "The task.")),
    request_body = Entered,
    responses((status = 200, description = "What would come of it.", body = LetterPreview))
)]
async fn preview_task(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    body::Json(Entered { values }): body::Json<Entered>,
) -> Result<Json<LetterPreview>, Problem> {
    let found = server.see_task(&who, &id).await?;
    let ask = Command::CompleteTask { task: found.id.instance, values, seen: None, shown: None };
    need_role(&who, &found, &ask)?;
    server.preview(&who, found.id.case, ask).await.map(Json)
}

/// The case as soon as this person can go on with it or nothing is under way any more, or when it takes too long.
async fn follow_up(
    server: &Server,
    who: &Authenticated,
    (case, version): (CaseId, u64),
    committed: Option<broadcast::Receiver<Committed>>,
) -> Result<Arc<Case>, Problem> {
    let there = |found: Option<Arc<Case>>| found.ok_or_else(|| Problem::from(Rejection::CaseUnknown));
    let now = async || there(server.runtime().case(&who.tenant, case).await?);
    let mut after = there(server.runtime().case_since(&who.tenant, case, version).await?)?;
    let Some(mut committed) = committed else { return Ok(after) };
    let follow = async {
        while is_under_way(&after) && next_of_case(who, &after).is_none() {
            match committed.recv().await {
                Ok(turn) if turn.case != Some(case) => {}
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => after = now().await?,
                Err(broadcast::error::RecvError::Closed) => break,
            }
        }
        Ok::<(), Problem>(())
    };
    // When it takes too long, the case is told as it stands by then.
    if let Ok(followed) = timeout(limits::FOLLOW_UP, follow).await {
        followed?;
    }
    Ok(after)
}

/// The oldest open task of a case that a person may do.
fn next_of_case(who: &Authenticated, case: &Case) -> Option<InstanceId> {
    let mut tasks = case.tasks().filter(|(_, _, task)| {
        let free = task.assignee.as_ref().is_none_or(|assignee| *assignee == who.person);
        free && who.roles.contains(&task.role) && !task.excluded.contains(&who.person)
    });
    tasks.next().map(|(instance, ..)| instance)
}

async fn next_of_inbox(server: &Server, who: &Authenticated) -> Result<Option<TaskId>, Problem> {
    let query = InboxQuery {
        roles: Some(server.inbox_roles(who).await?),
        whose: Whose::OfOrUnassigned(who.person.clone()),
        hide_excluding: Some(who.person.clone()),
        ..InboxQuery::default()
    };
    Ok(server.runtime().store().first_task(&who.tenant, &query).await?)
}
