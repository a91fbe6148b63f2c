//! The journal of a case: turn by turn, newest first, in plain language and as it is stored.

use axum::{Json, extract::State};
use fachwerk_core::{
    case::Case,
    words::{Timestamp, Value},
};
use fachwerk_store::{Moment, Total};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    narration::Narrator,
    paging::Page,
    params::Params,
    person::Authenticated,
    problem::Problem,
    server::Server,
    shapes::{ActorName, Text},
    visibility::{SeenCase, Segments},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(read_journal))
}

/// One turn of a case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct JournalEntry {
    /// The version of the case after it.
    version: u64,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who asked.
    actor: ActorName,
    /// What happened, in plain language.
    sentences: Vec<Text>,
    /// What happened, as it is stored.
    events: Vec<Value>,
}

/// The journal of a case
///
/// Newest first.
#[utoipa::path(
    get, path = "/cases/{id}/journal", tag = "cases", operation_id = "readJournal",
    params(
        ("id" = String, Path, description = "The case."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many turns; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the journal.", body = Page<JournalEntry>))
)]
async fn read_journal(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    mut params: Params,
) -> Result<Json<Page<JournalEntry>>, Problem> {
    let piece = params.piece()?;
    params.finish()?;
    let SeenCase { row, release, .. } = server.see_case(&who, &id).await?;
    let store = server.runtime().store();
    // The page ends before the version that its cursor names.
    let end = piece.number()?.unwrap_or(row.version + 1).clamp(1, row.version + 1);
    let begin = end.saturating_sub(u64::from(piece.limit)).max(1);
    // What the second turn says depends on who began the case.
    let from = if begin == 2 { 1 } else { begin };
    let turns = match u32::try_from(end - from) {
        Ok(count) if count > 0 => store.turns(&who.tenant, row.case, from - 1, count).await?,
        _ => Vec::new(),
    };
    let before =
        if from > 1 { store.load_at(&who.tenant, row.case, Moment::Version(from - 1)).await? } else { None };
    let source = server.source(&who, &row.release).await?;
    let mut narrator = Narrator {
        authority: &who.authority,
        release: &release,
        wording: &source.wording,
        case: before.unwrap_or_else(|| Case::unborn(who.tenant.clone(), row.case)),
        began_by_itself: false,
    };
    let mut items = Vec::with_capacity(turns.len());
    for stored in turns {
        let sentences = narrator.tell(&stored.turn);
        if stored.turn.version < begin {
            continue;
        }
        let events = stored.turn.events.iter().map(serde_json::to_value).collect::<Result<_, _>>();
        items.push(JournalEntry {
            version: stored.turn.version,
            at: stored.turn.now,
            actor: ActorName::of(&who.authority, &stored.turn.actor),
            sentences,
            events: events.map_err(Problem::fault)?,
        });
    }
    items.reverse();
    let total = Total { count: u32::try_from(row.version).unwrap_or(u32::MAX), more: false };
    let next = (begin > 1).then(|| begin.to_string());
    Ok(Json(Page::of(items, next, Some(total), &piece)))
}
