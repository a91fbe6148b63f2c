//! Processes: which are in use, and what is in them.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use fachwerk_core::{
    authority::{AuthorityCommand, DeployedRelease},
    definition::Release,
    language::Folder,
    schema::{Field, ObjectType, TextFormat, Type, Validator},
    soundness::at_authority,
    words::{Language, Object, Period, ProcessId, ReleaseId, Timestamp, Value},
};
use fachwerk_store::{CaseQuery, Hash, Piece};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    language::Lang,
    outline::{BlockName, Graph, HandlerEntry, Outline, block_name, case_handlers, graph, outline},
    params::Params,
    people::RoleEntry,
    person::{Authenticated, CommandId},
    problem::Problem,
    proof::Soundness,
    release_source::{FileEntry, PROCESS_FILES, placed},
    server::Server,
    shapes::{ActorName, Diagnostic, Misfit, Text, Values, values},
    visibility::{Segments, releases_in_view},
    wording::Wording,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list_processes))
        .routes(routes!(show_process))
        .routes(routes!(read_process_file))
        .routes(routes!(change_settings))
        .routes(routes!(retire_process))
        .routes(routes!(reinstate_process))
}

/// A process in the list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ProcessEntry {
    /// Its id.
    id: String,
    /// What people read.
    title: Text,
    /// The version in use, or that was used last.
    #[schema(value_type = String)]
    version: Arc<str>,
    /// The release.
    release: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    deployed_at: Timestamp,
    /// Who deployed it.
    #[schema(value_type = String)]
    deployed_by: Arc<str>,
    /// How many of its cases go on; counted up to 1,000.
    open_cases: u32,
    /// Whether new cases begin with it.
    current: bool,
    /// The norms that it rests on.
    #[schema(value_type = Vec<String>)]
    legal_basis: Vec<Arc<str>>,
}

/// What an authority sets for a process.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProcessSettings {
    /// Their shape as JSON Schema, with titles in the language of the request.
    #[schema(value_type = Values)]
    schema: Value,
    /// The values that count: what the authority set, over the defaults. Periods in the language of the request.
    values: Values,
    /// What counts when nothing is set; periods likewise.
    defaults: Values,
}

/// A process.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProcessDetail {
    /// Its id.
    id: String,
    /// What people read.
    title: Text,
    /// Its version.
    #[schema(value_type = String)]
    version: Arc<str>,
    /// The release: the hash of its files.
    release: String,
    /// The norms that it rests on.
    #[schema(value_type = Vec<String>)]
    legal_basis: Vec<Arc<str>>,
    /// The roles that take part.
    roles: Vec<RoleEntry>,
    /// What the authority sets.
    settings: ProcessSettings,
    /// The shape of the application as JSON Schema, with titles in the language of the request.
    #[schema(value_type = Values)]
    data_schema: Value,
    /// Its steps, to be read.
    outline: Vec<Outline>,
    /// What the case reacts to at any time.
    handlers: Vec<HandlerEntry>,
    /// Its steps, to be drawn.
    graph: Graph,
    /// The blocks that it uses.
    blocks: Vec<BlockName>,
    /// Its files.
    files: Vec<FileEntry>,
    /// What is proven of it by today's rules.
    soundness: Soundness,
    /// What is wrong with it by today's rules.
    problems: Vec<Diagnostic>,
}

/// What goes into a [`ProcessDetail`] besides the release.
pub struct Around<'a> {
    pub wording: &'a Wording,
    pub own_settings: &'a Object,
    pub files: Vec<FileEntry>,
    pub soundness: Soundness,
    pub problems: Vec<Diagnostic>,
    pub language: Language,
}

impl ProcessDetail {
    pub fn of(release: &Release, around: Around<'_>) -> ProcessDetail {
        let Around { wording, own_settings, files, soundness, problems, language } = around;
        let role = |(id, title): (&fachwerk_core::words::RoleId, &fachwerk_core::words::Text)| RoleEntry {
            id: id.to_string(),
            title: title.into(),
        };
        ProcessDetail {
            id: release.process.to_string(),
            title: (&release.title).into(),
            version: release.version.clone(),
            release: release.id.to_string(),
            legal_basis: release.legal_basis.clone(),
            roles: release.roles.iter().map(role).collect(),
            settings: settings_of(release, own_settings, language),
            data_schema: release.data.to_json_schema(language),
            outline: outline(release, wording),
            handlers: case_handlers(release, wording),
            graph: graph(release, wording),
            blocks: release.blocks.keys().filter_map(|id| block_name(release, id)).collect(),
            files,
            soundness,
            problems,
        }
    }
}

fn settings_of(release: &Release, own: &Object, language: Language) -> ProcessSettings {
    ProcessSettings {
        schema: emptiable(&release.settings).to_json_schema(language),
        values: values(&in_words(release, release.settings_with(own), language)),
        defaults: values(&in_words(release, release.settings_with(&Object::new()), language)),
    }
}

fn is_period(ty: &Type) -> bool {
    matches!(ty, Type::Text { format: TextFormat::Period, .. })
}

/// Settings with their periods in the words of a language: „2 Wochen“.
fn in_words(release: &Release, mut settings: Object, language: Language) -> Object {
    for field in release.settings.fields.iter().filter(|field| is_period(&field.ty)) {
        if let Some(Value::String(period)) = settings.get_mut(&*field.name)
            && let Ok(read) = Period::parse(period)
        {
            *period = read.text(language);
        }
    }
    settings
}

/// The processes
///
/// Designers and administrators see all, others those they take part in.
#[utoipa::path(
    get, path = "/processes", tag = "processes", operation_id = "listProcesses",
    responses((status = 200, description = "The processes.", body = Vec<ProcessEntry>))
)]
async fn list_processes(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<Vec<ProcessEntry>>, Problem> {
    params.finish()?;
    let taking_part = server.processes_of(&who).await?;
    let mut entries = Vec::new();
    for (process, id) in releases_in_view(&who.authority) {
        if !who.may_design() && !taking_part.contains(process) {
            continue;
        }
        let Some(deployed) = who.authority.releases.get(id) else { continue };
        let open = CaseQuery {
            open: Some(true),
            process: Some(process.clone()),
            piece: Piece { cursor: None, limit: 1 },
            ..CaseQuery::default()
        };
        let total = server.runtime().store().cases(&who.tenant, &open).await?.total;
        // The list must not fail for one release that cannot be read any more; its page tells.
        let release = server.runtime().release(&who.tenant, id).await.ok();
        entries.push(ProcessEntry {
            id: process.to_string(),
            title: (&deployed.title).into(),
            version: deployed.version.clone(),
            release: id.to_string(),
            deployed_at: deployed.at,
            deployed_by: ActorName::of(&who.authority, &deployed.by).name,
            open_cases: total.map_or(0, |total| total.count),
            current: who.authority.current.contains_key(process),
            legal_basis: release.map(|release| release.legal_basis.clone()).unwrap_or_default(),
        });
    }
    Ok(Json(entries))
}

/// A process
///
/// The release in use, or another one of the process. `ETag` names the settings, for `If-Match`.
#[utoipa::path(
    get, path = "/processes/{id}", tag = "processes", operation_id = "showProcess",
    params(
        ("id" = String, Path, description = "The process."),
        ("release" = Option<String>, Query, description = "Which release; the one in use when not given."),
    ),
    responses((status = 200, description = "The process.", body = ProcessDetail))
)]
async fn show_process(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    Lang(language): Lang,
    mut params: Params,
) -> Result<Response, Problem> {
    let wanted = params.text("release")?;
    params.finish()?;
    let (process, id, _) = server.see_process(&who, &id, wanted).await?;
    let release = server.runtime().release(&who.tenant, &id).await?;
    let source = server.source(&who, &id).await?;
    let own = who.authority.settings.get(&process).cloned().unwrap_or_default();
    let mut problems = source.problems.clone();
    if who.may_design() {
        problems.extend(server.problems_here(&who, release.clone()).await?);
    }
    let around = Around {
        wording: &source.wording,
        own_settings: &own,
        files: source.files.clone(),
        soundness: source.soundness,
        problems,
        language,
    };
    let detail = ProcessDetail::of(&release, around);
    Ok(([(header::ETAG, tag_of(&own)?)], Json(detail)).into_response())
}

impl Server {
    /// What stands against a process at this authority as it is today: its people and its settings change.
    async fn problems_here(
        &self,
        who: &Authenticated,
        release: Arc<Release>,
    ) -> Result<Vec<Diagnostic>, Problem> {
        let place = self.place_for_check().await?;
        let (authority, today) = (who.authority.clone(), self.work_day());
        let found = tokio::task::spawn_blocking(move || {
            let _place = place;
            placed(&at_authority(&release, &authority, today), Some(&release))
        });
        found.await.map_err(Problem::fault)
    }
}

/// A file of a process
#[utoipa::path(
    get, path = "/processes/{id}/files/{path}", tag = "processes", operation_id = "readProcessFile",
    params(
        ("id" = String, Path, description = "The process."),
        ("path" = String, Path, description = "The path of the file, percent-encoded with its slashes."),
        ("release" = Option<String>, Query, description = "Of which release; the one in use when not given."),
    ),
    responses((status = 200, description = "Its text.", body = String, content_type = "text/plain"))
)]
async fn read_process_file(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, path)): Segments<(String, String)>,
    mut params: Params,
) -> Result<Response, Problem> {
    let wanted = params.text("release")?;
    params.finish()?;
    let (_, _, deployed) = server.see_process(&who, &id, wanted).await?;
    let name: Arc<str> = format!("{PROCESS_FILES}{path}").into();
    let hash = deployed.files.get(&name).ok_or_else(Problem::not_found)?.clone();
    let one = [(name.clone(), hash)].into();
    let Folder { files, .. } = server.runtime().files(&who.tenant, &one, "").await?;
    let bytes =
        files.get(&name).ok_or_else(|| Problem::fault(format!("the file {path} of a release is missing")))?;
    let kind = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind)], bytes.to_vec()).into_response())
}

/// Settings that an authority wants.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SettingsChange {
    /// By name. `null`, or one that is not given: the default.
    #[schema(value_type = Values)]
    values: Object,
}

/// Change the settings of a process
///
/// `If-Match` with the `ETag` of the process refuses to overwrite what somebody else has changed meanwhile.
#[utoipa::path(
    put, path = "/processes/{id}/settings", tag = "processes", operation_id = "changeSettings",
    params(
        ("id" = String, Path, description = "The process."),
        ("If-Match" = Option<String>, Header, description = "The `ETag` that the process had."),
    ),
    request_body = SettingsChange,
    responses((status = 200, description = "The settings.", body = ProcessSettings))
)]
async fn change_settings(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    Lang(language): Lang,
    headers: HeaderMap,
    CommandId(command_id): CommandId,
    body::Json(SettingsChange { values }): body::Json<SettingsChange>,
) -> Result<Response, Problem> {
    who.need_administrator()?;
    let (process, id, _) = server.see_process(&who, &id, None).await?;
    let release = server.runtime().release(&who.tenant, &id).await?;
    let own = checked_settings(&release, values)?;
    let _alone = server.editing().await;
    if let Some(seen) = headers.get(header::IF_MATCH) {
        let now = server.runtime().authority(&who.tenant).await?;
        let present = now.and_then(|now| now.settings.get(&process).cloned()).unwrap_or_default();
        if seen != "*" && *seen != tag_of(&present)? {
            return Err(Problem::new(
                StatusCode::PRECONDITION_FAILED,
                "Changed",
                "Die Einstellungen wurden inzwischen geändert. Bitte laden Sie sie neu.",
                "The settings have been changed meanwhile. Please load them anew.",
            ));
        }
    }
    let command = AuthorityCommand::ChangeSettings { process: process.clone(), values: own.clone() };
    server.change(&who, command_id, command).await?;
    let settings = settings_of(&release, &own, language);
    Ok(([(header::ETAG, tag_of(&own)?)], Json(settings)).into_response())
}

/// Retire a process
///
/// No new cases begin; those under way go on. For designers and administrators.
#[utoipa::path(
    post, path = "/processes/{id}/retire", tag = "processes", operation_id = "retireProcess",
    params(("id" = String, Path, description = "The process.")),
    responses((status = 204, description = "It is retired."))
)]
async fn retire_process(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    CommandId(command_id): CommandId,
) -> Result<StatusCode, Problem> {
    who.need_designer()?;
    server.change(&who, command_id, AuthorityCommand::Retire { process: ProcessId::from(id) }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reinstate a process
///
/// New cases begin again, with the release of before. For designers and administrators.
#[utoipa::path(
    post, path = "/processes/{id}/reinstate", tag = "processes", operation_id = "reinstateProcess",
    params(("id" = String, Path, description = "The process.")),
    responses((status = 204, description = "It is in use again."))
)]
async fn reinstate_process(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    CommandId(command_id): CommandId,
) -> Result<StatusCode, Problem> {
    who.need_designer()?;
    server.change(&who, command_id, AuthorityCommand::Reinstate { process: ProcessId::from(id) }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A text whose default is empty may be left empty.
fn emptiable(settings: &ObjectType) -> ObjectType {
    let empty = |field: &Field| field.default.as_ref().is_some_and(|default| default == "");
    let field = |field: &Field| Field { required: field.required && !empty(field), ..field.clone() };
    ObjectType { fields: settings.fields.iter().map(field).collect() }
}

/// What differs from the defaults, when it fits.
fn checked_settings(release: &Release, given: Object) -> Result<Object, Problem> {
    let given: Object = given.into_iter().filter(|(_, value)| !value.is_null()).collect();
    // Any part of the settings may be given; what is not falls back to the default.
    let parts = release.settings.fields.iter().map(|field| Field { required: false, ..field.clone() });
    let validator = Validator::of(&ObjectType { fields: parts.collect() }).map_err(Problem::fault)?;
    let misfits = validator.check(&Value::Object(given.clone()));
    if !misfits.is_empty() {
        return Err(Problem::values(misfits.iter().map(Misfit::from).collect()));
    }
    // However a period is written, the process reads it in one way.
    let given = in_words(release, given, Language::En);
    let defaults = in_words(release, release.settings_with(&Object::new()), Language::En);
    let differs = |name: &str, value: &Value| defaults.get(name) != Some(value);
    Ok(given.into_iter().filter(|(name, value)| differs(name, value)).collect())
}

/// Names settings by their content.
fn tag_of(own: &Object) -> Result<HeaderValue, Problem> {
    let mut sorted: Vec<(&String, &Value)> = own.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    let text = serde_json::to_string(&sorted).map_err(Problem::fault)?;
    let hash = Hash::of(text.as_bytes()).to_string();
    format!("\"{}\"", &hash[..16]).parse().map_err(Problem::fault)
}

impl Server {
    /// A release that somebody may see: of a process that they take part in, or any for designers.
    pub async fn see_process<'w>(
        &self,
        who: &'w Authenticated,
        process: &str,
        wanted: Option<String>,
    ) -> Result<(ProcessId, ReleaseId, &'w DeployedRelease), Problem> {
        let unknown = || {
            Problem::new(
                StatusCode::NOT_FOUND,
                "ProcessUnknown",
                "Dieses Verfahren, oder diese Version davon, gibt es hier nicht.",
                "There is no such process here, or no such release of it.",
            )
        };
        let process = ProcessId::from(process);
        let id = match wanted {
            Some(release) => ReleaseId::from(release),
            None => (*releases_in_view(&who.authority).get(&process).ok_or_else(unknown)?).clone(),
        };
        let deployed = who.authority.releases.get(&id).filter(|release| release.process == process);
        let deployed = deployed.ok_or_else(unknown)?;
        // The post room begins cases of any process, so it reads what their forms ask for.
        let reads = self.processes_of(who).await?.contains(&process) || !self.items_of(who).await?.is_empty();
        if who.may_design() || reads {
            return Ok((process, id, deployed));
        }
        Err(Problem::not_allowed())
    }
}
