//! The people of an authority, and the roles that they can hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Json, extract::State};
use fachwerk_core::{
    authority::{ADMINISTRATOR, Authority, AuthorityCommand, DESIGNER},
    command::Command,
    words::{self, PersonId, RoleId, TenantId},
};
use fachwerk_runtime::Runtime;
use fachwerk_store::{Cursor, InboxEntry, InboxOrder, InboxQuery, Page, Piece, Whose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body,
    params::Params,
    passwords::flaw,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{PersonName, Text},
    throttle::person_key,
    visibility::{Segments, releases_in_view},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list_people))
        .routes(routes!(set_person))
        .routes(routes!(list_roles))
        .routes(routes!(held_tasks))
}

/// A person of an authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Person {
    /// The name they log in with.
    id: String,
    /// The name people read.
    name: String,
    /// Their roles.
    roles: Vec<String>,
    /// Whether they may log in.
    active: bool,
}

impl Person {
    pub fn of(authority: &Authority, id: &PersonId) -> Person {
        let known = authority.people.get(id);
        let roles = known.map(|person| person.roles.iter().map(ToString::to_string).collect());
        Person {
            id: id.to_string(),
            name: PersonName::of(authority, id).name.to_string(),
            roles: roles.unwrap_or_default(),
            active: known.is_some_and(|person| person.active),
        }
    }
}

/// What shall be known of a person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PersonChange {
    /// The name people read.
    name: String,
    /// Their roles.
    roles: BTreeSet<String>,
    /// Whether they may log in.
    active: bool,
    /// A new password; the old one stays when not given.
    password: Option<String>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoleEntry {
    /// Its id.
    pub id: String,
    /// What people read.
    pub title: Text,
}

/// A person in the list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ListedPerson {
    #[serde(flatten)]
    person: Person,
    /// Whether it is a technical account: it has no password and works with tokens only.
    technical: bool,
}

/// The people
///
/// Administrators see all; others those who are active, so that they can hand tasks over.
#[utoipa::path(
    get, path = "/people", tag = "administration", operation_id = "listPeople",
    responses((status = 200, description = "The people.", body = Vec<ListedPerson>))
)]
async fn list_people(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<Vec<ListedPerson>>, Problem> {
    params.finish()?;
    let with_password = server.runtime().store().people_with_password(&who.tenant).await?;
    let all = who.is_administrator();
    let shown = who.authority.people.iter().filter(|(_, person)| all || person.active);
    let listed = |id: &PersonId| ListedPerson {
        person: Person::of(&who.authority, id),
        technical: !with_password.contains(id),
    };
    Ok(Json(shown.map(|(id, _)| listed(id)).collect()))
}

/// Add or change a person
///
/// Whoever is no longer active, or gets a new password, is logged out everywhere, and has to change the password that somebody
/// else gave at the next login; the tasks that somebody holds who is no
/// longer active are free again. With a token one can give neither a
/// password nor a role that the person does not have yet.
#[utoipa::path(
    put, path = "/people/{id}", tag = "administration", operation_id = "setPerson",
    params(("id" = String, Path, description = "The name that the person logs in with.")),
    request_body = PersonChange,
    responses((status = 200, description = "The person.", body = Person))
)]
async fn set_person(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    CommandId(command_id): CommandId,
    body::Json(change): body::Json<PersonChange>,
) -> Result<Json<Person>, Problem> {
    who.need_administrator()?;
    let person = PersonId::from(id);
    let PersonChange { name, roles, active, password } = change;
    let roles: BTreeSet<RoleId> = roles.into_iter().map(RoleId::from).collect();
    let known = who.authority.people.get(&person);
    let more = roles.iter().any(|role| !known.is_some_and(|known| known.roles.contains(role)));
    // Otherwise a program could make itself a login, which outlives its token.
    if password.is_some() || more {
        who.need_session()?;
    }
    let misfit =
        password.as_ref().and_then(|new| flaw("/password", new, person.as_str(), server.options().demo));
    if let Some(misfit) = misfit {
        return Err(Problem::values(vec![misfit]));
    }
    let command =
        AuthorityCommand::SetPerson { person: person.clone(), name: name.trim().into(), roles, active };
    let after = server.change(&who, command_id, command).await?;
    if let Some(password) = password {
        // What an administrator knows is nobody's secret.
        let provisional = person != who.person;
        server.set_password(&who.tenant, &person, (password, provisional)).await?;
        // Whoever has locked the person out by wrong passwords did not know this one.
        server.throttle().forget(&person_key(&who.tenant, &person));
    }
    if !active {
        server.runtime().store().delete_sessions_of(&who.tenant, &person).await?;
        server.free_tasks_of(&who, &person).await?;
    }
    Ok(Json(Person::of(&after, &person)))
}

impl Server {
    /// Gives back the tasks that a person holds, in the name of the administrator.
    async fn free_tasks_of(&self, who: &Authenticated, person: &PersonId) -> Result<(), Problem> {
        let mut cursor = None;
        loop {
            let page = self.held_by(who, person, cursor).await?;
            for entry in page.items {
                let ask = Command::ReleaseTask { task: entry.task.instance };
                let freed = self.submit(who, entry.task.case, CommandId(Uuid::now_v7()), ask).await;
                // Somebody was faster: it is done, or free already. The others go on.
                if let Err(problem) = freed {
                    let (case, status) = (entry.task.case, problem.status());
                    tracing::warn!(tenant = %who.tenant, %case, %status, "a task could not be freed");
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    async fn held_by(
        &self,
        who: &Authenticated,
        person: &PersonId,
        cursor: Option<Cursor>,
    ) -> Result<Page<InboxEntry>, Problem> {
        let query = InboxQuery {
            whose: Whose::Of(person.clone()),
            order: InboxOrder::Opened,
            piece: Piece { cursor, limit: 100 },
            ..InboxQuery::default()
        };
        Ok(self.runtime().store().inbox(&who.tenant, &query).await?)
    }
}

/// A task that somebody holds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct HeldTask {
    /// The file number of its case.
    #[schema(value_type = Option<String>)]
    number: Option<Arc<str>>,
    /// What is to be done.
    title: Text,
}

/// The tasks that somebody holds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct HeldTasks {
    /// The first hundred, the oldest first.
    tasks: Vec<HeldTask>,
    /// How many there are.
    total: u32,
    /// Whether there are more than `total`.
    total_capped: bool,
}

/// The tasks that a person holds
///
/// They are free again when the person is no longer active.
#[utoipa::path(
    get, path = "/people/{id}/tasks", tag = "administration", operation_id = "listHeldTasks",
    params(("id" = String, Path, description = "The name that the person logs in with.")),
    responses((status = 200, description = "The tasks.", body = HeldTasks))
)]
async fn held_tasks(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<Json<HeldTasks>, Problem> {
    params.finish()?;
    who.need_administrator()?;
    let page = server.held_by(&who, &PersonId::from(id), None).await?;
    let total = page.total.map_or((0, false), |total| (total.count, total.more));
    let tasks = page
        .items
        .iter()
        .map(|entry| HeldTask { number: entry.case.number.clone(), title: (&entry.task.title).into() });
    Ok(Json(HeldTasks { tasks: tasks.collect(), total: total.0, total_capped: total.1 }))
}

/// The roles
///
/// Those of all processes in use, and the two that Fachwerk itself knows.
#[utoipa::path(
    get, path = "/roles", tag = "administration", operation_id = "listRoles",
    responses((status = 200, description = "The roles.", body = Vec<RoleEntry>))
)]
async fn list_roles(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<Vec<RoleEntry>>, Problem> {
    params.finish()?;
    let roles = server.roles(&who).await.into_iter();
    Ok(Json(roles.map(|(id, title)| RoleEntry { id: id.to_string(), title }).collect()))
}

impl Server {
    /// What people read for the roles of all processes in use, and for the two that Fachwerk itself knows.
    pub async fn roles(&self, who: &Authenticated) -> BTreeMap<RoleId, Text> {
        let roles = role_titles(self.runtime(), &who.tenant, &who.authority).await;
        roles.into_iter().map(|(role, title)| (role, title.into())).collect()
    }
}

/// What people read for the roles of all processes of an authority, and for the two that Fachwerk itself knows.
pub async fn role_titles(
    runtime: &Runtime,
    tenant: &TenantId,
    authority: &Authority,
) -> BTreeMap<RoleId, words::Text> {
    let mut roles = BTreeMap::new();
    for (process, id) in releases_in_view(authority) {
        match runtime.release(tenant, id).await {
            Ok(release) => {
                for (role, title) in &release.roles {
                    roles.entry(role.clone()).or_insert_with(|| title.clone());
                }
            }
            Err(error) => {
                tracing::error!(%error, %tenant, %process, "a release cannot be loaded")
            }
        }
    }
    roles.insert(RoleId::from(ADMINISTRATOR), words::Text::new("Administration", "Administrator"));
    roles.insert(RoleId::from(DESIGNER), words::Text::new("Verfahrensgestaltung", "Process designer"));
    roles
}
