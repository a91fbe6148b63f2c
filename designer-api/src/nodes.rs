//! The servers of the installation: which program each runs, and which formats of turns it reads and writes.

use axum::{Json, extract::State};
use fachwerk_core::words::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{person::Authenticated, problem::Problem, server::Server};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(list_nodes))
}

/// The servers on the database, and what it holds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Nodes {
    /// The servers, by start. One that ended well is not named any more; one that was not seen for a day neither.
    nodes: Vec<Node>,
    /// The newest format of turns that is written: a program that does not read it refuses this database.
    written: u32,
    /// The formats of turns besides the first, with the instant from which on each was written.
    formats: Vec<WrittenFormat>,
    /// The format of the tables.
    schema: u32,
}

/// A server.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Node {
    /// Its id; another one after each start.
    id: String,
    /// The machine that it runs on; none of a server of an older version.
    host: Option<String>,
    /// The number of its process there.
    process: Option<u32>,
    /// The version of its program.
    version: String,
    /// The newest format of turns that it reads; it reads all before.
    reads: u32,
    /// The newest format of turns that it writes as soon as all servers read it.
    writes: u32,
    /// The format of the tables that it was made for.
    schema: u32,
    /// Since when it runs.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// When it was seen last.
    #[schema(value_type = String, format = DateTime)]
    seen_at: Timestamp,
    /// Whether it runs, as far as is known: it was seen within the last minute.
    lives: bool,
    /// Whether it is the one that answers.
    here: bool,
}

/// A format of turns.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct WrittenFormat {
    /// The format.
    format: u32,
    /// Since when it is written.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

/// List the servers
///
/// All that work on the database, whichever answers, with their machines, the version of their programs and the formats that they read and
/// write: what one looks at while upgrading. For administrators.
#[utoipa::path(
    get, path = "/nodes", tag = "administration", operation_id = "listNodes",
    responses((status = 200, body = Nodes, description = "The servers, and the formats of the database."))
)]
async fn list_nodes(State(server): State<Server>, who: Authenticated) -> Result<Json<Nodes>, Problem> {
    who.need_administrator()?;
    let found = server.runtime().nodes().await?;
    let nodes = found.nodes.into_iter().map(|node| Node {
        id: node.id,
        host: node.host,
        process: node.process,
        version: node.version,
        reads: node.reads,
        writes: node.writes,
        schema: node.schema,
        since: node.since,
        seen_at: node.seen_at,
        lives: node.lives,
        here: node.here,
    });
    let formats = found.formats.iter().map(|it| WrittenFormat { format: it.format, since: it.since });
    Ok(Json(Nodes {
        nodes: nodes.collect(),
        written: found.written,
        formats: formats.collect(),
        schema: found.schema,
    }))
}
