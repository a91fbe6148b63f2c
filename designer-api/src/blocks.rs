//! The blocks of an authority.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    authority::AuthorityCommand,
    diagnostic::Problems,
    language::{Block, Category, Entry, check_block_folder},
    words::{Timestamp, Value},
};
use fachwerk_runtime::{DeployError, InstalledVersion};
use serde::Serialize;
use tokio::runtime::Handle;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body::FilesBody,
    deployment::folder,
    language::Lang,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Files, Text, Values},
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list_blocks, install_block))
        .routes(routes!(retire_block))
        .routes(routes!(reinstate_block))
}

/// A way in which a block can end.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct BlockOutcome {
    /// Its id.
    #[schema(value_type = String)]
    id: Arc<str>,
    /// What people read.
    title: Text,
}

/// A block.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct BlockEntry {
    /// Its id.
    #[schema(value_type = String)]
    id: Arc<str>,
    /// Its version.
    version: String,
    /// What people read.
    title: Text,
    /// What it does, in a sentence.
    summary: Text,
    /// Where it stands in the palette: `intake`, `examination`, `decision`, `notification` or `closing`.
    #[schema(value_type = String)]
    category: Category,
    /// The name of its picture.
    #[schema(value_type = Option<String>)]
    icon: Option<Arc<str>>,
    /// The norms that it rests on.
    #[schema(value_type = Vec<String>)]
    legal_basis: Vec<Arc<str>>,
    /// What its use sets, as JSON Schema with titles in the language of the request.
    #[schema(value_type = Values)]
    parameters: Value,
    /// How it can end.
    outcomes: Vec<BlockOutcome>,
    /// The messages that it waits for.
    #[schema(value_type = Vec<String>)]
    messages: Vec<Arc<str>>,
    /// Whether its use says who does it.
    needs_role: bool,
    /// Since when it is installed.
    #[schema(value_type = Option<String>, format = DateTime)]
    installed_at: Option<Timestamp>,
    /// Whether new deployments do without it. Only administrators see those.
    retired: bool,
    /// The package that it came with.
    package: Option<BlockOrigin>,
    /// The processes in use that use exactly this version.
    used_by: Vec<String>,
    /// Its description, in Markdown.
    readme: String,
}

/// The package that a block came with.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct BlockOrigin {
    /// Its id.
    #[schema(value_type = String)]
    package: Arc<str>,
    /// Its version.
    #[schema(value_type = String)]
    version: Arc<str>,
    /// The public key of its publisher.
    #[schema(value_type = String)]
    key: Arc<str>,
    /// What the publisher is called, as long as the authority takes its packages.
    #[schema(value_type = Option<String>)]
    publisher: Option<Arc<str>>,
}

/// A block was installed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InstalledBlock {
    /// Its id.
    #[schema(value_type = String)]
    id: Arc<str>,
    /// Its version.
    #[schema(value_type = String)]
    version: Arc<str>,
}

impl From<InstalledVersion> for InstalledBlock {
    fn from(InstalledVersion { block: id, version }: InstalledVersion) -> InstalledBlock {
        InstalledBlock { id, version }
    }
}

/// The blocks
///
/// All versions, the newest of a block first. A process that says `id@1` gets the newest with this first number, one that says
/// `id@^1.2` the newest from 1.2.0 on below 2.0.0.
#[utoipa::path(
    get, path = "/blocks", tag = "processes", operation_id = "listBlocks",
    responses((status = 200, description = "The blocks.", body = Vec<BlockEntry>))
)]
async fn list_blocks(
    State(server): State<Server>,
    who: Authenticated,
    Lang(language): Lang,
    params: Params,
) -> Result<Json<Vec<BlockEntry>>, Problem> {
    params.finish()?;
    let all = who.authority.blocks.values().flat_map(|versions| versions.values());
    let catalogue = if who.is_administrator() && all.into_iter().any(|block| block.retired) {
        Arc::new(server.runtime().installed_blocks(&who.tenant).await?)
    } else {
        server.catalogue(&who).await?
    };
    let installed = |block: &Block| who.authority.installed(&block.id, &block.version.to_string());
    let entry = |Entry { block, folder }: &Entry| BlockEntry {
        id: block.id.clone(),
        version: block.version.to_string(),
        title: (&block.title).into(),
        summary: (&block.summary).into(),
        category: block.category,
        icon: block.icon.clone(),
        legal_basis: block.legal_basis.clone(),
        parameters: block.parameters.to_json_schema(language),
        outcomes: block
            .outcomes
            .iter()
            .map(|(id, title)| BlockOutcome { id: id.clone(), title: title.into() })
            .collect(),
        messages: block.messages.keys().cloned().collect(),
        needs_role: block.needs_role,
        installed_at: installed(block).map(|installed| installed.at),
        retired: installed(block).is_some_and(|installed| installed.retired),
        package: installed(block).and_then(|installed| installed.package.as_ref()).map(|origin| {
            BlockOrigin {
                package: origin.package.clone(),
                version: origin.version.clone(),
                key: origin.key.clone(),
                publisher: who.authority.publishers.get(&origin.key).map(|publisher| publisher.name.clone()),
            }
        }),
        used_by: who
            .authority
            .users_of(&block.id, &block.version.to_string())
            .map(ToString::to_string)
            .collect(),
        readme: folder
            .files
            .get("README.md")
            .map(|text| String::from_utf8_lossy(text).into_owned())
            .unwrap_or_default(),
    };
    Ok(Json(catalogue.entries().map(entry).collect()))
}

/// Install a block
///
/// Checks it and plays its scenarios first. What stands against it is told with the code `NotDeployable`.
#[utoipa::path(
    post, path = "/blocks", tag = "processes", operation_id = "installBlock",
    request_body = Files,
    responses((status = 200, description = "It is installed.", body = InstalledBlock))
)]
async fn install_block(
    State(server): State<Server>,
    who: Authenticated,
    FilesBody(Files { files }): FilesBody<Files>,
) -> Result<Json<InstalledBlock>, Problem> {
    who.need_administrator()?;
    let place = server.place_for_check().await?;
    let (runtime, simulated) = (server.runtime().clone(), server.options().simulated);
    let (tenant, actor) = (who.tenant.clone(), who.actor());
    let handle = Handle::current();
    let installing = tokio::task::spawn_blocking(move || {
        let _place = place;
        let folder = folder(&files);
        let mut problems = Problems::default();
        check_block_folder(&folder, &mut problems);
        if problems.has_errors() {
            return Err(DeployError::NotDeployable {
                problems: problems.into_sorted(),
                scenarios: Vec::new(),
            });
        }
        handle.block_on(runtime.install_block(&tenant, actor, &folder, &simulated))
    });
    Ok(Json(installing.await.map_err(Problem::fault)??.into()))
}

/// Retire a version of a block
///
/// New deployments do without it. Refused as long as a process in use has exactly this version; cases under way keep it.
#[utoipa::path(
    post, path = "/blocks/{id}/versions/{version}/retire", tag = "administration", operation_id = "retireBlock",
    params(
        ("id" = String, Path, description = "The block."),
        ("version" = String, Path, description = "Its version, for example `1.2.0`."),
    ),
    responses((status = 204, description = "It is retired."))
)]
async fn retire_block(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, version)): Segments<(String, String)>,
    CommandId(command_id): CommandId,
) -> Result<StatusCode, Problem> {
    who.need_administrator()?;
    let command = AuthorityCommand::RetireBlock { block: id.into(), version: version.into() };
    server.change(&who, command_id, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reinstate a version of a block
///
/// Deployments may take it again.
#[utoipa::path(
    post, path = "/blocks/{id}/versions/{version}/reinstate", tag = "administration", operation_id = "reinstateBlock",
    params(
        ("id" = String, Path, description = "The block."),
        ("version" = String, Path, description = "Its version, for example `1.2.0`."),
    ),
    responses((status = 204, description = "It is offered again."))
)]
async fn reinstate_block(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, version)): Segments<(String, String)>,
    CommandId(command_id): CommandId,
) -> Result<StatusCode, Problem> {
    who.need_administrator()?;
    let command = AuthorityCommand::ReinstateBlock { block: id.into(), version: version.into() };
    server.change(&who, command_id, command).await?;
    Ok(StatusCode::NO_CONTENT)
}
