//! What people do with the parties and acts of a case. Whether it is allowed is decided in the core; here only that a
//! token with fewer roles than its person may not do more than it says.

use axum::{Json, extract::State};
use fachwerk_core::{
    command::{Command, CorrectAct},
    decide::Rejection,
    party::PartyContent,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    case_acts::ActRemedyKind,
    cases::read_day,
    person::{Authenticated, CommandId},
    previews::LetterPreview,
    problem::Problem,
    server::Server,
    shapes::Version,
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(add_party))
        .routes(routes!(change_party))
        .routes(routes!(remove_party))
        .routes(routes!(record_remedy))
        .routes(routes!(send_anew))
        .routes(routes!(correct_act))
        .routes(routes!(preview_anew))
        .routes(routes!(preview_correction))
}

/// Who a party is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartyData {
    /// The kind, by the process.
    kind: String,
    /// Name of the person or organisation; one line.
    name: String,
    /// The address, line by line, without the name; at most ten lines.
    #[serde(default)]
    address: Vec<String>,
    /// E-mail address.
    email: Option<String>,
    /// The numbers of the parties that this one acts for.
    #[serde(default)]
    represents: Vec<u32>,
}

/// Who a party is now, and why that changed.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartyChange {
    /// All of it; the kind stays what it was.
    party: PartyData,
    /// At most 2,000 characters.
    reason: String,
}

/// Why a party does not take part any more.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PartyRemoval {
    /// At most 2,000 characters.
    reason: String,
}

/// A remedy that came in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRemedy {
    /// The number of the party who seeks it.
    party: u32,
    /// What it is.
    kind: ActRemedyKind,
    /// The true day of receipt; today when not given.
    #[schema(format = Date)]
    received_on: Option<String>,
}

/// A letter that did not arrive, or cannot.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SendAnew {
    /// The number of the party whom it was for.
    party: u32,
    /// The number of the letter among the documents; the newest one to this party when not given.
    document: Option<u32>,
    /// How it is known that it did not arrive; at most 2,000 characters.
    reason: String,
}

/// The correction of an obvious error.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewCorrection {
    /// What is wrong, as it stands in a letter of the act; at most 200 characters.
    wrong: String,
    /// What is right; at most 200 characters.
    right: String,
    /// Why it is an obvious error; at most 2,000 characters.
    reason: String,
    /// Whether the period for a remedy begins anew.
    #[serde(default)]
    begins_anew: bool,
}

impl SendAnew {
    fn of_act(self, number: &str) -> Result<Command, Problem> {
        let act = number.parse().map_err(|_| Rejection::ActUnknown)?;
        let SendAnew { party, document, reason } = self;
        Ok(Command::SendAnew { act, party, document, reason: reason.into() })
    }
}

impl NewCorrection {
    fn of_act(self, number: &str) -> Result<Command, Problem> {
        let act = number.parse().map_err(|_| Rejection::ActUnknown)?;
        let NewCorrection { wrong, right, reason, begins_anew } = self;
        let (wrong, right, reason) = (wrong.into(), right.into(), reason.into());
        Ok(Command::CorrectAct(CorrectAct { act, wrong, right, reason, begins_anew }))
    }
}

impl From<PartyData> for PartyContent {
    fn from(data: PartyData) -> PartyContent {
        PartyContent {
            kind: data.kind.into(),
            name: data.name.trim().into(),
            address: data.address.iter().map(|line| line.trim().into()).collect(),
            email: data.email.filter(|email| !email.trim().is_empty()).map(|email| email.trim().into()),
            represents: data.represents.into_iter().collect(),
        }
    }
}

impl Server {
    async fn of_parties(
        &self,
        who: &Authenticated,
        id: &str,
        command: CommandId,
        ask: Command,
    ) -> Result<Json<Version>, Problem> {
        let case = self.part_in_case(who, id).await?;
        let committed = self.submit(who, case, command, ask).await?;
        Ok(Json(Version { version: committed.version }))
    }
}

/// Add a party
#[utoipa::path(
    post, path = "/cases/{id}/parties", tag = "cases", operation_id = "addParty",
    params(("id" = String, Path, description = "The case.")),
    request_body = PartyData,
    responses((status = 200, description = "It takes part.", body = Version))
)]
async fn add_party(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(party): body::Json<PartyData>,
) -> Result<Json<Version>, Problem> {
    server.of_parties(&who, &id, command, Command::AddParty { party: party.into() }).await
}

/// Change what is known of a party
#[utoipa::path(
    post, path = "/cases/{id}/parties/{n}/change", tag = "cases", operation_id = "changeParty",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the party."),
    ),
    request_body = PartyChange,
    responses((status = 200, description = "It is changed.", body = Version))
)]
async fn change_party(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(PartyChange { party, reason }): body::Json<PartyChange>,
) -> Result<Json<Version>, Problem> {
    let number = number.parse().map_err(|_| Rejection::PartyUnknown)?;
    let ask = Command::ChangeParty { number, party: party.into(), reason: reason.into() };
    server.of_parties(&who, &id, command, ask).await
}

/// Remove a party
///
/// What was sent to it stays in the file.
#[utoipa::path(
    post, path = "/cases/{id}/parties/{n}/remove", tag = "cases", operation_id = "removeParty",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the party."),
    ),
    request_body = PartyRemoval,
    responses((status = 200, description = "It does not take part any more.", body = Version))
)]
async fn remove_party(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(PartyRemoval { reason }): body::Json<PartyRemoval>,
) -> Result<Json<Version>, Problem> {
    let number = number.parse().map_err(|_| Rejection::PartyUnknown)?;
    server.of_parties(&who, &id, command, Command::RemoveParty { number, reason: reason.into() }).await
}

/// Record that a remedy against an act came in
///
/// In time it keeps the act from becoming final for this party; late it is kept and shown.
#[utoipa::path(
    post, path = "/cases/{id}/acts/{n}/remedies", tag = "cases", operation_id = "recordRemedy",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the act."),
    ),
    request_body = NewRemedy,
    responses((status = 200, description = "It is recorded.", body = Version))
)]
async fn record_remedy(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(NewRemedy { party, kind, received_on }): body::Json<NewRemedy>,
) -> Result<Json<Version>, Problem> {
    let act = number.parse().map_err(|_| Rejection::ActUnknown)?;
    let received_on = received_on.map(|day| read_day("/received_on", &day)).transpose()?;
    let ask = Command::RecordRemedy { act, party, kind: kind.into(), received_on };
    server.of_parties(&who, &id, command, ask).await
}

/// Send a letter of an act anew
///
/// One did not arrive, or cannot, because it has a wrong address: it notified nobody, and the newest letter is made once more
/// for this addressee, at the address as it is now, unless another one has reached them. The period for a remedy runs from
/// the notification of the new letter, or of the other one.
#[utoipa::path(
    post, path = "/cases/{id}/acts/{n}/letters", tag = "cases", operation_id = "sendAnew",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the act."),
    ),
    request_body = SendAnew,
    responses((status = 200, description = "The letter is being made.", body = Version))
)]
async fn send_anew(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(what): body::Json<SendAnew>,
) -> Result<Json<Version>, Problem> {
    server.of_parties(&who, &id, command, what.of_act(&number)?).await
}

/// Preview a letter that is sent anew
///
/// As it would be made now; nothing changes.
#[utoipa::path(
    post, path = "/cases/{id}/acts/{n}/letters/preview", tag = "cases", operation_id = "previewAnew",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the act."),
    ),
    request_body = SendAnew,
    responses((status = 200, description = "What would come of it.", body = LetterPreview))
)]
async fn preview_anew(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    body::Json(what): body::Json<SendAnew>,
) -> Result<Json<LetterPreview>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    server.preview(&who, case, what.of_act(&number)?).await.map(Json)
}

/// Correct an obvious error in an act
///
/// All addressees get the corrected version: the letters as they went out, with `right` wherever `wrong` stood, and a note of
/// it. What does not stand in a letter, or is part of what was decided, is refused. For whoever may correct cases.
#[utoipa::path(
    post, path = "/cases/{id}/acts/{n}/correct", tag = "cases", operation_id = "correctAct",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the act."),
    ),
    request_body = NewCorrection,
    responses((status = 200, description = "The letters are being made.", body = Version))
)]
async fn correct_act(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(what): body::Json<NewCorrection>,
) -> Result<Json<Version>, Problem> {
    server.correct(&who, &id, command, what.of_act(&number)?).await
}

/// Preview the correction of an obvious error in an act
///
/// The letters as they would be made now; nothing changes.
#[utoipa::path(
    post, path = "/cases/{id}/acts/{n}/correct/preview", tag = "cases", operation_id = "previewCorrection",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the act."),
    ),
    request_body = NewCorrection,
    responses((status = 200, description = "What would come of it.", body = LetterPreview))
)]
async fn preview_correction(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    body::Json(what): body::Json<NewCorrection>,
) -> Result<Json<LetterPreview>, Problem> {
    let case = server.corrects_case(&who, &id).await?;
    server.preview(&who, case, what.of_act(&number)?).await.map(Json)
}
