//! An item of the incoming post that was assigned to a case by mistake goes back to the post room, with all that came with it.

use axum::{Json, extract::State};
use fachwerk_core::{
    case::{Case, Status},
    command::Command,
    decide::Rejection,
    event::{Beginning, Event, Relation},
    item,
    words::CaseId,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    case_actions::key_of_another,
    corrections::may_correct,
    incoming_actions::Begun,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::Version,
    visibility::{SeenCase, Segments},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(give_item_back))
}

/// Why an item does not belong to the case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GivingBack {
    /// At most 2,000 characters.
    reason: String,
}

/// What was assigned to a case of an item.
pub struct Given {
    /// What it goes on as when it is given back.
    begins: Beginning,
    /// Its documents that lie in that case still, by number.
    documents: Vec<u32>,
}

/// Give an item back to the incoming post
///
/// It was assigned to this case by mistake: its documents are taken out of the file, and wait in the incoming post as a new item with
/// the true day of receipt; `case` is its id, and it is there soon after the answer. What the case had taken it for is not undone:
/// an incident tells. For whoever may correct cases.
#[utoipa::path(
    post, path = "/cases/{id}/items/{item}/give-back", tag = "cases", operation_id = "giveItemBack",
    params(
        ("id" = String, Path, description = "The case."),
        ("item" = String, Path, description = "The item that was assigned to it."),
    ),
    request_body = GivingBack,
    responses((status = 200, description = "It is on its way.", body = Begun))
)]
async fn give_item_back(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, item)): Segments<(String, String)>,
    command: CommandId,
    body::Json(GivingBack { reason }): body::Json<GivingBack>,
) -> Result<Json<Begun>, Problem> {
    let SeenCase { row, case, .. } = server.see_case(&who, &id).await?;
    let item: CaseId = item.parse().map_err(|_| Rejection::NotAnItem)?;
    let Given { begins, documents } = server.given(&who, item, &case).await?.ok_or(Rejection::NotAnItem)?;
    let ask = Command::GiveBackItem { item, begins, documents, reason: reason.into() };
    let Json(Version { version }) = server.correct(&who, &id, command, ask).await?;
    let turn = server.turn_of(&who, row.case, command).await?;
    let case = turn.events.iter().find_map(|event| match event {
        Event::CaseRelated { related } => Some(related.case.to_string()),
        _ => None,
    });
    Ok(Json(Begun { version, case: case.ok_or_else(key_of_another)? }))
}

impl Server {
    /// What a case has of an item; none when that was not assigned to it, or is erased.
    pub async fn given(
        &self,
        who: &Authenticated,
        item: CaseId,
        case: &Case,
    ) -> Result<Option<Given>, Problem> {
        let Some(row) = self.runtime().store().case_row(&who.tenant, item).await? else { return Ok(None) };
        let item = self.case_of(who, &row).await?;
        let assigned = matches!(&item.status, Status::Ended { outcome: Some(outcome), .. } if **outcome == *item::ASSIGNED);
        let went = |into: &CaseId| {
            item.relations.iter().any(|it| it.how == Relation::MergedInto && it.case == *into)
        };
        let into_item = self.runtime().release(&who.tenant, &case.release).await?.item;
        if !assigned || !went(&case.id) || into_item {
            return Ok(None);
        }
        let mut documents: Vec<u32> = Vec::new();
        for brought in item.documents.values().filter(|document| document.taken_out.is_none()) {
            let (hash, title) = (&brought.content.hash, &brought.content.title);
            let found = case.documents.values().find(|document| {
                document.taken_out.is_none()
                    && document.content.hash == *hash
                    && document.content.title == *title
                    && case.belongs_here(document).is_none()
                    && !documents.contains(&document.number)
            });
            documents.extend(found.map(|document| document.number));
        }
        let begins = Beginning {
            release: item.release.clone(),
            data: item.data.as_object().cloned().unwrap_or_default(),
            received_on: item.received_on,
            channel: Some(item.channel.clone()),
        };
        Ok(Some(Given { begins, documents }))
    }

    /// Whether documents of an item lie in the case that it was assigned to (none: it was not), and whether somebody can give them back.
    pub async fn given_to(
        &self,
        who: &Authenticated,
        item: CaseId,
        case: CaseId,
    ) -> Result<(Option<bool>, bool), Problem> {
        let Some(row) = self.runtime().store().case_row(&who.tenant, case).await? else {
            return Ok((None, false));
        };
        let case = self.case_of(who, &row).await?;
        let lies_there = self.given(who, item, &case).await?.map(|given| !given.documents.is_empty());
        let release = self.runtime().release(&who.tenant, &case.release).await?;
        Ok((lies_there, lies_there == Some(true) && may_correct(who, &release)))
    }
}
