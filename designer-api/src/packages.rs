//! Blocks that come as signed packages, and whose packages an authority takes.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{authority::AuthorityCommand, words::Timestamp};
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    blocks::InstalledBlock,
    body::{self, PackageBody},
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{ActorName, Values},
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(install_package))
        .routes(routes!(list_publishers))
        .routes(routes!(trust_publisher, distrust_publisher))
}

/// Who makes packages that the authority takes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct PublisherEntry {
    /// Its public key, in 64 hexadecimal digits.
    #[schema(value_type = String)]
    key: Arc<str>,
    /// What people read.
    #[schema(value_type = String)]
    name: Arc<str>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who said so.
    #[schema(value_type = String)]
    by: Arc<str>,
}

/// What a publisher is called.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PublisherName {
    /// What people read: 1 to 200 characters.
    name: String,
}

/// What came with a package.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct InstalledPackage {
    /// Its id.
    #[schema(value_type = String)]
    package: Arc<str>,
    /// Its version.
    #[schema(value_type = String)]
    version: Arc<str>,
    /// Its blocks.
    blocks: Vec<InstalledBlock>,
}

/// Install a package
///
/// The file as `fachwerk block sign` made it. Its signature must be good and by a publisher whom the authority trusts; then its
/// blocks are checked, their scenarios are played, and all of them are installed, or none. Refused with a code that begins with
/// `Package`, or with `NotDeployable` and what stands against it: also when a process in use could not be deployed any more.
#[utoipa::path(
    post, path = "/packages", tag = "processes", operation_id = "installPackage",
    request_body = Values,
    responses((status = 200, description = "It is installed.", body = InstalledPackage))
)]
async fn install_package(
    State(server): State<Server>,
    who: Authenticated,
    PackageBody(package): PackageBody,
) -> Result<Json<InstalledPackage>, Problem> {
    who.need_administrator()?;
    let place = server.place_for_check().await?;
    let (runtime, simulated) = (server.runtime().clone(), server.options().simulated);
    let (tenant, actor) = (who.tenant.clone(), who.actor());
    let handle = Handle::current();
    let (id, version) = (package.manifest.package.clone(), package.manifest.version.clone());
    let installing = tokio::task::spawn_blocking(move || {
        let _place = place;
        handle.block_on(runtime.install_package(&tenant, actor, &package, &simulated))
    });
    let installed = installing.await.map_err(Problem::fault)??;
    let blocks = installed.into_iter().map(Into::into).collect();
    Ok(Json(InstalledPackage { package: id, version, blocks }))
}

/// Whose packages are taken
///
/// For administrators.
#[utoipa::path(
    get, path = "/publishers", tag = "administration", operation_id = "listPublishers",
    responses((status = 200, description = "The publishers, by name.", body = Vec<PublisherEntry>))
)]
async fn list_publishers(who: Authenticated, params: Params) -> Result<Json<Vec<PublisherEntry>>, Problem> {
    params.finish()?;
    who.need_administrator()?;
    let entry = |(key, publisher): (&Arc<str>, &fachwerk_core::authority::Publisher)| PublisherEntry {
        key: key.clone(),
        name: publisher.name.clone(),
        at: publisher.at,
        by: ActorName::of(&who.authority, &publisher.by).name,
    };
    let mut publishers: Vec<_> = who.authority.publishers.iter().map(entry).collect();
    publishers.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Json(publishers))
}

/// Take packages of a publisher
///
/// Or call it otherwise. Ask the publisher for the key in another way than the one by which its packages come.
#[utoipa::path(
    put, path = "/publishers/{key}", tag = "administration", operation_id = "trustPublisher",
    params(("key" = String, Path, description = "The public key of the publisher, in 64 hexadecimal digits.")),
    request_body = PublisherName,
    responses((status = 204, description = "Its packages are taken."))
)]
async fn trust_publisher(
    State(server): State<Server>,
    who: Authenticated,
    Segments(key): Segments<String>,
    CommandId(command_id): CommandId,
    body::Json(PublisherName { name }): body::Json<PublisherName>,
) -> Result<StatusCode, Problem> {
    who.need_administrator()?;
    let command = AuthorityCommand::TrustPublisher { key: key.into(), name: name.into() };
    server.change(&who, command_id, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take no more packages of a publisher
///
/// What was installed stays.
#[utoipa::path(
    delete, path = "/publishers/{key}", tag = "administration", operation_id = "distrustPublisher",
    params(("key" = String, Path, description = "The public key of the publisher.")),
    responses((status = 204, description = "Its packages are refused."))
)]
async fn distrust_publisher(
    State(server): State<Server>,
    who: Authenticated,
    Segments(key): Segments<String>,
    CommandId(command_id): CommandId,
) -> Result<StatusCode, Problem> {
    who.need_administrator()?;
    server.change(&who, command_id, AuthorityCommand::DistrustPublisher { key: key.into() }).await?;
    Ok(StatusCode::NO_CONTENT)
}
