//! What an authority sets for all its cases (Vorgaben).

use std::collections::BTreeSet;

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::authority::{AuthorityCommand, DocumentKind, Policy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(read_policy, set_policy))
}

/// What holds for all cases of the authority.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HousePolicy {
    /// Whether a case is erased only when the archive has answered (Anbietungspflicht).
    archive_first: bool,
    /// Which kinds of documents people may upload; at least one.
    document_kinds: BTreeSet<UploadKind>,
    /// So many bytes may the documents of a case have; absent: as many as there is room for.
    case_bytes: Option<u64>,
    /// The same of all documents of the authority.
    authority_bytes: Option<u64>,
    /// Whether what people send digitally as part of their profession is taken up before what has come otherwise. Citizens are
    /// not concerned: theirs is taken up by the day of receipt, on paper or not.
    #[serde(default)]
    digital_first: bool,
}

/// A kind of document that people upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum UploadKind {
    /// PDF.
    Pdf,
    /// Pictures: PNG, JPEG, GIF, WebP, TIFF, HEIC.
    Image,
    /// Documents of office programs, without macros.
    Office,
    /// Plain text.
    Text,
    /// CSV, JSON, XML.
    Data,
    /// E-mails.
    Mail,
    /// ZIP archives. What lies in one is not looked at.
    Archive,
}

const KINDS: [(UploadKind, DocumentKind); 7] = [
    (UploadKind::Pdf, DocumentKind::Pdf),
    (UploadKind::Image, DocumentKind::Image),
    (UploadKind::Office, DocumentKind::Office),
    (UploadKind::Text, DocumentKind::Text),
    (UploadKind::Data, DocumentKind::Data),
    (UploadKind::Mail, DocumentKind::Mail),
    (UploadKind::Archive, DocumentKind::Archive),
];

/// What holds, and how much is used of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ReadPolicy {
    /// What holds.
    policy: HousePolicy,
    /// So many bytes have all documents of the authority, and the files of its processes.
    used_bytes: u64,
}

impl HousePolicy {
    fn of(policy: &Policy) -> HousePolicy {
        let Policy { archive_first, document_kinds, case_bytes, authority_bytes, digital_first } = policy;
        let kinds = KINDS.iter().filter(|(_, kind)| document_kinds.contains(kind));
        HousePolicy {
            archive_first: *archive_first,
            document_kinds: kinds.map(|(shown, _)| *shown).collect(),
            case_bytes: *case_bytes,
            authority_bytes: *authority_bytes,
            digital_first: *digital_first,
        }
    }

    fn into_policy(self) -> Policy {
        let HousePolicy { archive_first, document_kinds, case_bytes, authority_bytes, digital_first } = self;
        let kinds = KINDS.iter().filter(|(shown, _)| document_kinds.contains(shown));
        let document_kinds = kinds.map(|(_, kind)| *kind).collect();
        Policy { archive_first, document_kinds, case_bytes, authority_bytes, digital_first }
    }
}

/// The policy
///
/// For administrators.
#[utoipa::path(
    get, path = "/policy", tag = "administration", operation_id = "readPolicy",
    responses((status = 200, description = "What holds.", body = ReadPolicy))
)]
async fn read_policy(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<ReadPolicy>, Problem> {
    params.finish()?;
    who.need_administrator()?;
    let used_bytes = server.runtime().store().kept_bytes(&who.tenant).await?;
    Ok(Json(ReadPolicy { policy: HousePolicy::of(&who.authority.policy), used_bytes }))
}

/// Set the policy
///
/// All of it; it counts at once. For administrators.
#[utoipa::path(
    put, path = "/policy", tag = "administration", operation_id = "setPolicy",
    request_body = HousePolicy,
    responses((status = 204, description = "It counts."))
)]
async fn set_policy(
    State(server): State<Server>,
    who: Authenticated,
    CommandId(command): CommandId,
    body::Json(policy): body::Json<HousePolicy>,
) -> Result<StatusCode, Problem> {
    server.change(&who, command, AuthorityCommand::SetPolicy(policy.into_policy())).await?;
    Ok(StatusCode::NO_CONTENT)
}
