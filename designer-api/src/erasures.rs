//! Cases that are erased, the certificates of it, and the signed daily roots.

use axum::{Json, extract::State};
use fachwerk_core::words::{CaseId, Date, Timestamp};
use fachwerk_store::{Erasure, SignedRoot, StoreError};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    paging::Page,
    params::Params,
    person::Authenticated,
    problem::Problem,
    server::Server,
    shapes::{ActorName, PersonName, Text},
    visibility::{Segments, process_title},
};

/// So many roots are told at once.
const ROOTS: u32 = 400;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(list_erasures))
        .routes(routes!(read_erasure))
        .routes(routes!(list_roots))
}

/// What is left of an erased case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Certificate {
    /// The id of the case.
    case: String,
    /// Its file number.
    number: Option<String>,
    /// What it was a case of.
    process: Text,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    began_at: Timestamp,
    /// When it was erased.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who confirmed it.
    by: ActorName,
    /// Who asked for it.
    asked_by: PersonName,
    /// Why.
    reason: String,
    /// Why although it went on, or was to be kept.
    exception: Option<String>,
    /// Why the same person asked for it and confirmed it.
    alone: Option<String>,
    /// How many turns it had.
    turns: u64,
    /// How many documents went with it.
    documents: u64,
    /// The hash of its last turn.
    last_hash: String,
    /// The SHA-256 of each key that is gone.
    keys: Vec<String>,
    /// What is signed: all of this once more, for whoever checks the signature.
    signed: String,
    /// The public key that it is signed with, in hexadecimal digits.
    public_key: String,
    /// The signature (Ed25519), in hexadecimal digits.
    signature: String,
    /// Whether the keys are gone; if not they go soon.
    done: bool,
}

impl Certificate {
    fn of(who: &Authenticated, erasure: &Erasure) -> Certificate {
        let Erasure { certificate, signature, done } = erasure;
        Certificate {
            case: certificate.case.to_string(),
            number: certificate.number.as_deref().map(Into::into),
            process: process_title(&who.authority, &certificate.process[..].into()),
            began_at: certificate.began_at,
            at: certificate.at,
            by: ActorName::of(&who.authority, &certificate.by),
            asked_by: PersonName::of(&who.authority, &certificate.asked_by),
            reason: certificate.reason.to_string(),
            exception: certificate.exception.as_deref().map(Into::into),
            alone: certificate.alone.as_deref().map(Into::into),
            turns: certificate.turns,
            documents: certificate.documents,
            last_hash: certificate.last_hash.to_string(),
            keys: certificate.keys.iter().map(|key| key.hash.to_string()).collect(),
            signed: erasure.signed_text(),
            public_key: signature.key.clone(),
            signature: signature.value.clone(),
            done: *done,
        }
    }
}

/// The root of a day.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct DayRoot {
    /// The day.
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// What is signed, as it belongs into a file.
    file: String,
}

/// Erased cases
///
/// Newest first. For administrators.
#[utoipa::path(
    get, path = "/erasures", tag = "administration", operation_id = "listErasures",
    params(
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the certificates.", body = Page<Certificate>))
)]
async fn list_erasures(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<Certificate>>, Problem> {
    let piece = params.piece()?;
    params.finish()?;
    who.need_administrator()?;
    let page = server.runtime().store().erasures(&who.tenant, &piece.of_store()).await?;
    Ok(Json(Page::from_store(page, &piece, |erasure: Erasure| Certificate::of(&who, &erasure))))
}

/// The certificate of an erased case
///
/// For administrators.
#[utoipa::path(
    get, path = "/erasures/{case}", tag = "administration", operation_id = "readErasure",
    params(("case" = String, Path, description = "The case.")),
    responses((status = 200, description = "What is left of it.", body = Certificate))
)]
async fn read_erasure(
    State(server): State<Server>,
    who: Authenticated,
    Segments(case): Segments<CaseId>,
    params: Params,
) -> Result<Json<Certificate>, Problem> {
    params.finish()?;
    who.need_administrator()?;
    let erasure = server.runtime().store().erasure(&who.tenant, case).await?;
    Ok(Json(Certificate::of(&who, &erasure.ok_or_else(Problem::not_found)?)))
}

/// Signed daily roots
///
/// Of the days behind `after`, at most 400. Whoever keeps copies of them elsewhere proves by `fachwerk verify --roots` that
/// nothing up to their days was changed. For administrators.
#[utoipa::path(
    get, path = "/roots", tag = "administration", operation_id = "listRoots",
    params(("after" = Option<String>, Query, format = Date, description = "Only those of later days.")),
    responses((status = 200, description = "The roots, by their days.", body = Vec<DayRoot>))
)]
async fn list_roots(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Vec<DayRoot>>, Problem> {
    let after = params.day("after")?;
    params.finish()?;
    who.need_administrator()?;
    let roots = server.runtime().store().roots(&who.tenant, after, ROOTS).await?;
    let told = |root: &SignedRoot| -> Result<DayRoot, StoreError> {
        let file = String::from_utf8_lossy(&root.to_bytes()?).into_owned();
        Ok(DayRoot { day: root.root.day, file })
    };
    Ok(Json(roots.iter().map(told).collect::<Result<_, _>>()?))
}
