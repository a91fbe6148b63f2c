//! The messages that nobody waits for: what administrators see of them, and what they do about them.
//!
//! Their content is not shown: who administers an authority need not read what comes to its cases.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    authority::{AuthorityCommand, KeptMessage},
    words::Timestamp,
};
use fachwerk_store::Arrival;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body,
    paging::Page,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::Text,
    visibility::{Segments, releases_in_view},
};

/// So many keys are told that cases wait for.
const AWAITED: u32 = 20;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list_messages))
        .routes(routes!(readdress_message))
        .routes(routes!(discard_message))
}

/// A message that nobody waits for.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct MessageEntry {
    /// Its id.
    #[schema(value_type = String, format = "uuid")]
    id: Uuid,
    /// Its name.
    name: String,
    /// What people read for its name; the name where no process says more.
    title: Text,
    /// The key that it came with: the file number, as a rule.
    key: String,
    /// Since when it is kept.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// Keys that cases wait for with a message of this name; the first twenty.
    awaited: Vec<String>,
}

/// Another key.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Readdressing {
    /// The key that it is for: 1 to 500 characters.
    key: String,
    /// Why: at most 2,000 characters. It stands in the audit list.
    reason: String,
}

/// That it is not needed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Discarding {
    /// Why: at most 2,000 characters. It stands in the audit list.
    reason: String,
}

/// Messages without a case
///
/// What came for a key that no case waits for, oldest first. It is kept until one does. For administrators, without its
/// content.
#[utoipa::path(
    get, path = "/messages", tag = "administration", operation_id = "listMessages",
    params(
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the messages.", body = Page<MessageEntry>))
)]
async fn list_messages(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<MessageEntry>>, Problem> {
    let piece = params.piece()?;
    params.finish()?;
    who.need_administrator()?;
    let store = server.runtime().store();
    let page = store.kept_messages(&who.tenant, &piece.of_store()).await?;
    let titles = server.message_titles(&who).await;
    let mut awaited: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for arrival in &page.items {
        let name = arrival.subject.name();
        if !awaited.contains_key(name) {
            awaited.insert(name.to_owned(), store.awaited_keys(&who.tenant, name, AWAITED).await?);
        }
    }
    Ok(Json(Page::from_store(page, &piece, |arrival: Arrival| {
        let name = arrival.subject.name();
        MessageEntry {
            id: arrival.message_id,
            name: name.to_owned(),
            title: titles.get(name).cloned().unwrap_or_else(|| Text::new(name, name)),
            awaited: awaited.get(name).cloned().unwrap_or_default(),
            since: arrival.at,
            key: arrival.key,
        }
    })))
}

/// Correct the key of a message
///
/// It goes to the case that waits for the new key, or is kept with it.
#[utoipa::path(
    post, path = "/messages/{id}/key", tag = "administration", operation_id = "readdressMessage",
    params(("id" = String, Path, description = "The id of the message.")),
    request_body = Readdressing,
    responses((status = 204, description = "It has the new key."))
)]
async fn readdress_message(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<Uuid>,
    CommandId(command): CommandId,
    body::Json(Readdressing { key, reason }): body::Json<Readdressing>,
) -> Result<StatusCode, Problem> {
    let key: Arc<str> = key.trim().into();
    let message = server.kept_message(&who, id).await?;
    let ask = AuthorityCommand::ReaddressMessage { message, to: key.clone(), reason: reason.into() };
    server.change(&who, command, ask).await?;
    let there = server.runtime().readdress(&who.tenant, id, &key).await?;
    if there { Ok(StatusCode::NO_CONTENT) } else { Err(not_kept()) }
}

/// Discard a message
///
/// It is gone for good, with its content.
#[utoipa::path(
    post, path = "/messages/{id}/discard", tag = "administration", operation_id = "discardMessage",
    params(("id" = String, Path, description = "The id of the message.")),
    request_body = Discarding,
    responses((status = 204, description = "It is gone."))
)]
async fn discard_message(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<Uuid>,
    CommandId(command): CommandId,
    body::Json(Discarding { reason }): body::Json<Discarding>,
) -> Result<StatusCode, Problem> {
    let message = server.kept_message(&who, id).await?;
    let ask = AuthorityCommand::DiscardMessage { message, reason: reason.into() };
    server.change(&who, command, ask).await?;
    let there = server.runtime().store().discard(&who.tenant, id).await?;
    if there { Ok(StatusCode::NO_CONTENT) } else { Err(not_kept()) }
}

fn not_kept() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "MessageNotKept",
        "Diese Nachricht wartet nicht mehr: Ein Vorgang hat sie bekommen, oder sie wurde verworfen.",
        "This message does not wait any more: a case got it, or it was discarded.",
    )
}

impl Server {
    /// A message that an administrator may do something about.
    async fn kept_message(&self, who: &Authenticated, id: Uuid) -> Result<KeptMessage, Problem> {
        who.need_administrator()?;
        let arrival = self.runtime().store().kept_message(&who.tenant, id).await?.ok_or_else(not_kept)?;
        Ok(KeptMessage { id, name: arrival.subject.name().into(), key: arrival.key.into() })
    }

    /// What people read for the messages that the processes of an authority know.
    async fn message_titles(&self, who: &Authenticated) -> BTreeMap<Arc<str>, Text> {
        let mut titles = BTreeMap::new();
        for (process, id) in releases_in_view(&who.authority) {
            match self.runtime().release(&who.tenant, id).await {
                Ok(release) => {
                    let more = release.messages.iter().map(|(name, title)| (name.clone(), title.into()));
                    titles.extend(more);
                }
                // One release that cannot be read any more must not hide all messages.
                Err(error) => {
                    tracing::error!(%error, tenant = %who.tenant, %process, "a release cannot be loaded");
                }
            }
        }
        titles
    }
}
