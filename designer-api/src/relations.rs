//! Cases that are split and merged, and the cases that one belongs to.

use std::sync::Arc;

use axum::{Json, extract::State};
use fachwerk_core::{
    case::Case,
    command::Command,
    event::{Event, Related, Relation},
    words::{CaseId, Object},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    case_actions::key_of_another,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, PersonName, Version},
    visibility::{SeenCase, Segments},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(split_case)).routes(routes!(merge_case))
}

/// How a case stands to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CaseRelation {
    /// A part of this case goes on in the other one.
    SplitInto,
    /// This case goes on with a part of the other one.
    SplitFrom,
    /// This case has ended; the other one goes on for both.
    MergedInto,
    /// The other case has ended; this one goes on for both.
    Merged,
    /// The other case is an item of the incoming post that was handed on to this one.
    Post,
    /// The other case is an item of the incoming post that was given back: it did not belong to this one.
    GivenBack,
}

/// Whether another case is an item that one has given back: what came with it was taken out. A part that is split off stays here, too.
pub fn was_given_back(case: &Case, other: CaseId) -> bool {
    let mut outs = case.documents.values().filter_map(|document| document.taken_out.as_ref());
    outs.any(|out| out.to == Some(other))
}

/// Another case that this one belongs to.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RelatedCase {
    /// The other case.
    pub case: String,
    /// How this one stands to it.
    pub how: CaseRelation,
    /// Its file number; none as long as it has none, and for whoever does not see the case.
    #[schema(value_type = Option<String>)]
    pub number: Option<Arc<str>>,
    /// What names it beside its number; none for whoever does not see the case.
    #[schema(value_type = Option<String>)]
    pub subject: Option<Arc<str>>,
    /// Whether this person sees the case.
    pub visible: bool,
    /// Whether it is an item of which documents lie here, and this person can give it back to the incoming post.
    pub may_give_back: bool,
    /// Who decided it.
    pub by: PersonName,
    /// Why.
    #[schema(value_type = String)]
    pub reason: Arc<str>,
}

/// The case that goes on with a part, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Splitting {
    /// Its application, whole.
    #[schema(value_type = crate::shapes::Values)]
    data: Object,
    /// The documents that go along, by number; they stay in this case, too.
    #[serde(default)]
    documents: Vec<u32>,
    /// At most 2,000 characters.
    reason: String,
}

/// Which case goes on for both, and why.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Merging {
    /// The id of the other case.
    into: String,
    /// At most 2,000 characters.
    reason: String,
}

/// The case that goes on with a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct SplitOff {
    /// The version of this case.
    version: u64,
    /// The other case; it is there soon after the answer.
    case: String,
}

impl Server {
    /// The cases that one belongs to.
    pub async fn relations(&self, who: &Authenticated, case: &Case) -> Result<Vec<RelatedCase>, Problem> {
        let mut found = Vec::new();
        let processes = if case.relations.is_empty() { Default::default() } else { self.all_of(who).await? };
        let is_item = match case.relations.is_empty() {
            true => false,
            false => self.runtime().release(&who.tenant, &case.release).await?.item,
        };
        for Related { case: other, how, by, reason } in case.relations.iter() {
            let row = self.runtime().store().case_row(&who.tenant, *other).await?;
            let may_give_back = *how == Relation::Post && self.given_to(who, *other, case.id).await?.1;
            let row = row.filter(|row| processes.contains(&row.process));
            found.push(RelatedCase {
                case: other.to_string(),
                how: match how {
                    Relation::SplitInto if !is_item && was_given_back(case, *other) => {
                        CaseRelation::GivenBack
                    }
                    Relation::SplitInto => CaseRelation::SplitInto,
                    Relation::SplitFrom => CaseRelation::SplitFrom,
                    Relation::MergedInto => CaseRelation::MergedInto,
                    Relation::Merged => CaseRelation::Merged,
                    Relation::Post => CaseRelation::Post,
                },
                visible: row.is_some(),
                may_give_back,
                number: row.as_ref().and_then(|row| row.number.clone()),
                subject: row.and_then(|row| row.subject),
                by: PersonName::of(&who.authority, by),
                reason: reason.clone(),
            });
        }
        Ok(found)
    }
}

/// Split a case
///
/// A part of it goes on in a case of its own, of the same process and with the same day of receipt, from the beginning.
/// This one goes on, too. Both refer to each other.
#[utoipa::path(
    post, path = "/cases/{id}/split", tag = "cases", operation_id = "splitCase",
    params(("id" = String, Path, description = "The case.")),
    request_body = Splitting,
    responses((status = 200, description = "It is split.", body = SplitOff))
)]
async fn split_case(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(Splitting { data, documents, reason }): body::Json<Splitting>,
) -> Result<Json<SplitOff>, Problem> {
    let SeenCase { row, .. } = server.see_case(&who, &id).await?;
    let ask = Command::SplitCase { data, documents, reason: reason.into() };
    let Json(Version { version }) = server.correct(&who, &id, command, ask).await?;
    let turn = server.turn_of(&who, row.case, command).await?;
    let case = turn.events.iter().find_map(|event| match event {
        Event::CaseRelated { related } => Some(related.case.to_string()),
        _ => None,
    });
    Ok(Json(SplitOff { version, case: case.ok_or_else(key_of_another)? }))
}

/// Merge a case into another one
///
/// Its documents and parties go along to the other one, which goes on for both. It ends once that one has taken it over, right after the
/// answer; if that one does not, this one goes on, and an incident tells. Both refer to each other.
#[utoipa::path(
    post, path = "/cases/{id}/merge", tag = "cases", operation_id = "mergeCase",
    params(("id" = String, Path, description = "The case.")),
    request_body = Merging,
    responses((status = 200, description = "The other one is asked.", body = Version))
)]
async fn merge_case(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(Merging { into, reason }): body::Json<Merging>,
) -> Result<Json<Version>, Problem> {
    server.see_case(&who, &id).await?;
    let SeenCase { row, case, .. } = server.see_case(&who, &into).await?;
    if !case.is_open() {
        return Err(Problem::values(vec![Misfit::new(
            "/into",
            "case_ended",
            "Dieser Vorgang ist abgeschlossen; verbinden lässt sich nur mit einem laufenden.",
            "That case has ended; a case can only be merged into one that goes on.",
        )]));
    }
    let ask = Command::MergeCase { into: row.case, reason: reason.into() };
    server.correct(&who, &id, command, ask).await
}
