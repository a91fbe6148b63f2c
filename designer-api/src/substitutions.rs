//! Who stands in for whom (Vertretung). Whoever is away says so for themselves; administrators for everybody.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    authority::{Authority, AuthorityCommand, Substitution},
    facts::day_of,
    soundness::lacking_while_away,
    words::{Date, PersonId, ReleaseId},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, PersonName, Text},
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list_substitutions, begin_substitution))
        .routes(routes!(end_substitution))
}

/// Somebody stands in for somebody.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SubstitutionEntry {
    /// Its number.
    number: u32,
    /// Who is away.
    absent: PersonName,
    /// Who stands in.
    substitute: PersonName,
    /// The first day.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// Whether it counts today.
    now: bool,
}

/// Who shall stand in for whom.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SubstitutionRequest {
    /// Who is away; whoever asks when not given.
    absent: Option<String>,
    /// Who stands in.
    substitute: String,
    /// The first day; not before today.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    until: Date,
}

/// A substitution that was begun.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct BegunSubstitution {
    /// It.
    substitution: SubstitutionEntry,
    /// What nobody can do while somebody is away, of what somebody can else, by process.
    lacking: Vec<LackingProcess>,
}

/// What nobody can do in a process while somebody is away.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct LackingProcess {
    /// The process, as people read it.
    title: Text,
    /// When, what and why.
    problems: Vec<Text>,
}

/// The substitutions
///
/// Those that are not over. Administrators see all, others those that they take part in.
#[utoipa::path(
    get, path = "/substitutions", tag = "administration", operation_id = "listSubstitutions",
    responses((status = 200, description = "By their first day.", body = Vec<SubstitutionEntry>))
)]
async fn list_substitutions(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<Vec<SubstitutionEntry>>, Problem> {
    params.finish()?;
    let shown = |it: &Substitution| who.is_administrator() || it.takes_part(&who.person);
    Ok(Json(entries(&who.authority, server.work_day(), shown)))
}

/// Let somebody stand in
///
/// For oneself, or for anybody as an administrator. The substitute gets the roles of who is away, but not those that
/// administer the authority or design processes, and may take the tasks that they hold. Four-eyes still keeps people apart:
/// the answer tells what nobody can do then.
#[utoipa::path(
    post, path = "/substitutions", tag = "administration", operation_id = "beginSubstitution",
    request_body = SubstitutionRequest,
    responses((status = 200, description = "It counts on its days.", body = BegunSubstitution))
)]
async fn begin_substitution(
    State(server): State<Server>,
    who: Authenticated,
    CommandId(command_id): CommandId,
    body::Json(asked): body::Json<SubstitutionRequest>,
) -> Result<Json<BegunSubstitution>, Problem> {
    // A program must not pass on what a person may.
    who.need_session()?;
    let today = server.work_day();
    let days = [("/from", asked.from), ("/until", asked.until)].into_iter().filter(|(_, day)| *day < today);
    let over = |(at, _)| Misfit::new(at, "day_over", "Dieser Tag ist schon vorbei.", "This day is over.");
    let misfits: Vec<Misfit> = days.map(over).collect();
    if !misfits.is_empty() {
        return Err(Problem::values(misfits));
    }
    let substitution = Substitution {
        absent: asked.absent.map_or_else(|| who.person.clone(), PersonId::from),
        substitute: PersonId::from(asked.substitute),
        from: asked.from,
        until: asked.until,
    };
    let command = AuthorityCommand::Substitute(substitution.clone());
    let after = server.change(&who, command_id, command).await?;
    let begun = after.substitutions.iter().find(|(_, known)| **known == substitution);
    let entry = begun.map(|(number, known)| entry(&after, *number, known, today));
    let substitution = entry.ok_or_else(|| Problem::fault("the substitution is missing"))?;
    let lacking = server.lacking_then(&who, &after, today).await?;
    Ok(Json(BegunSubstitution { substitution, lacking }))
}

/// End a substitution
///
/// Before its last day. For whoever is away, and for administrators.
#[utoipa::path(
    delete, path = "/substitutions/{number}", tag = "administration", operation_id = "endSubstitution",
    params(("number" = u32, Path, description = "Its number.")),
    responses((status = 204, description = "It is over."))
)]
async fn end_substitution(
    State(server): State<Server>,
    who: Authenticated,
    Segments(number): Segments<u32>,
    CommandId(command_id): CommandId,
) -> Result<StatusCode, Problem> {
    who.need_session()?;
    server.change(&who, command_id, AuthorityCommand::EndSubstitution { number }).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Server {
    /// The day that cases live in; in a demo it can be moved.
    pub fn work_day(&self) -> Date {
        day_of(self.runtime().clock().now())
    }

    /// What nobody can do in the processes in use while somebody is away.
    async fn lacking_then(
        &self,
        who: &Authenticated,
        authority: &Arc<Authority>,
        today: Date,
    ) -> Result<Vec<LackingProcess>, Problem> {
        let mut releases = Vec::new();
        for id in authority.current.values().cloned().collect::<Vec<ReleaseId>>() {
            releases.push(self.runtime().release(&who.tenant, &id).await?);
        }
        let place = self.place_for_check().await?;
        let authority = authority.clone();
        let found = tokio::task::spawn_blocking(move || {
            let _place = place;
            let of_process = releases.iter().map(|release| LackingProcess {
                title: (&release.title).into(),
                problems: lacking_while_away(release, &authority, today)
                    .iter()
                    .map(|problem| (&problem.message).into())
                    .collect(),
            });
            of_process.filter(|it| !it.problems.is_empty()).collect()
        });
        found.await.map_err(Problem::fault)
    }
}

/// Those that are not over, by their first day.
pub fn entries(
    authority: &Authority,
    today: Date,
    shown: impl Fn(&Substitution) -> bool,
) -> Vec<SubstitutionEntry> {
    let open = authority.substitutions.iter().filter(|(_, it)| it.until >= today && shown(it));
    let mut entries: Vec<_> = open.map(|(number, it)| entry(authority, *number, it, today)).collect();
    entries.sort_by_key(|entry| (entry.from, entry.number));
    entries
}

fn entry(authority: &Authority, number: u32, it: &Substitution, today: Date) -> SubstitutionEntry {
    SubstitutionEntry {
        number,
        absent: PersonName::of(authority, &it.absent),
        substitute: PersonName::of(authority, &it.substitute),
        from: it.from,
        until: it.until,
        now: it.is_on(today),
    }
}
