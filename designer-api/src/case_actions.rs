//! What people do with a case besides its tasks: notes, messages, the dispatch of letters, incidents.

use axum::{Json, extract::State};
use fachwerk_core::{
    command::Command,
    decide::Rejection,
    event::Event,
    words::{CaseId, Date, Object, Way},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    body,
    case_shapes::DispatchAwaited,
    cases::read_day,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, Sentence, Text, Version, sentences},
    visibility::{SeenCase, Segments, takes_part},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(add_note))
        .routes(routes!(deliver_message))
        .routes(routes!(record_dispatch, correct_dispatch))
        .routes(routes!(preview_dispatch))
        .routes(routes!(record_receipt))
        .routes(routes!(record_not_arrived))
        .routes(routes!(retry_incident))
}

/// A note for the file.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNote {
    /// At most 20,000 characters.
    text: String,
}

/// Something was added to the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Numbered {
    /// The version of the case.
    pub version: u64,
    /// Its number.
    pub number: u32,
}

/// A message that came in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMessage {
    /// What it is, for example `documents-received`.
    name: String,
    /// Its content.
    #[schema(value_type = Option<crate::shapes::Values>)]
    payload: Option<Object>,
    /// The true day of receipt; today when not given.
    #[schema(format = Date)]
    received_on: Option<String>,
    /// Tells it apart from others; a second one with the same id is not taken.
    #[schema(value_type = Option<String>)]
    message_id: Option<Uuid>,
}

/// That a letter left the house.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDispatch {
    /// The day of posting, sending, handing over or service.
    #[schema(format = Date)]
    on: String,
    /// How: `post`, `post-abroad`, `electronic`, `portal`, `mailbox`, `in-person`, `registered-letter`,
    /// `service-with-proof` or `public`.
    way: String,
    /// The proven day of receipt, of service or of retrieval, when it is known already. With ways in which nothing is
    /// presumed no period runs before it is recorded.
    #[schema(format = Date)]
    received_on: Option<String>,
}

/// A dispatch as it was, in place of what was noted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CorrectedDispatch {
    /// The day of posting, sending, handing over or service.
    #[schema(format = Date)]
    on: String,
    /// How, as for a new dispatch.
    way: String,
    /// The proven day of receipt, of service or of retrieval; none: none is proven.
    #[schema(format = Date)]
    received_on: Option<String>,
    /// Why it is corrected.
    reason: String,
}

/// That the receipt of a letter is proven.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewReceipt {
    /// The proven day of receipt.
    #[schema(format = Date)]
    on: String,
}

/// When a letter counts as notified, and what that does.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Notified {
    /// The day of notification; none as long as what is awaited is not proven.
    #[schema(value_type = Option<String>, format = Date)]
    notified_on: Option<Date>,
    /// What is still to be proven before it notifies anybody.
    awaited: Option<DispatchAwaited>,
    /// Why that day.
    derivation: Vec<Sentence>,
    /// The deadlines that run from it.
    deadlines: Vec<StartedDeadline>,
}

/// A deadline that runs from a notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct StartedDeadline {
    /// What people read.
    title: Text,
    /// How long it is.
    period: Text,
    /// Its last day.
    #[schema(value_type = String, format = Date)]
    end: Date,
}

/// That a letter left the house, or was received, is recorded.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Dispatched {
    /// The version of the case.
    version: u64,
    /// What follows.
    #[serde(flatten)]
    notified: Notified,
}

impl NewDispatch {
    fn of_document(self, number: &str) -> Result<Command, Problem> {
        let NewDispatch { on, way, received_on } = self;
        Ok(Command::RecordDispatch {
            document: number.parse().map_err(|_| Rejection::DocumentUnknown)?,
            on: read_day("/on", &on)?,
            way: read_way(&way)?,
            proven_receipt: received_on.map(|day| read_day("/received_on", &day)).transpose()?,
        })
    }
}

impl Notified {
    /// What a turn says of it.
    fn of(events: &[Event]) -> Option<Notified> {
        let dispatch = events.iter().find_map(|event| match event {
            Event::DocumentDispatched { dispatch, .. } | Event::ReceiptRecorded { dispatch, .. } => {
                Some(dispatch)
            }
            Event::DispatchChanged(changed) => Some(&changed.dispatch),
            _ => None,
        })?;
        let deadlines = events.iter().filter_map(|event| {
            let deadline = match event {
                Event::DeadlineSet { deadline, .. } => deadline,
                Event::DeadlineRecomputed(anew) => &anew.deadline,
                _ => return None,
            };
            Some(StartedDeadline {
                title: (&deadline.title).into(),
                period: (&deadline.period).into(),
                end: deadline.run.as_ref()?.end,
            })
        });
        Some(Notified {
            notified_on: dispatch.notified_on,
            awaited: dispatch.awaited.map(Into::into),
            derivation: sentences(&dispatch.derivation),
            deadlines: deadlines.collect(),
        })
    }
}

/// Write a note
#[utoipa::path(
    post, path = "/cases/{id}/notes", tag = "cases", operation_id = "addNote",
    params(("id" = String, Path, description = "The case.")),
    request_body = NewNote,
    responses((status = 200, description = "It is written.", body = Numbered))
)]
async fn add_note(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(NewNote { text }): body::Json<NewNote>,
) -> Result<Json<Numbered>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let ask = Command::AddNote { text: text.into() };
    let committed = server.submit(&who, case, command, ask).await?;
    let turn = server.turn_of(&who, case, command).await?;
    let number = turn.events.iter().find_map(|event| match event {
        Event::NoteAdded { number, .. } => Some(*number),
        _ => None,
    });
    Ok(Json(Numbered { version: committed.version, number: number.ok_or_else(key_of_another)? }))
}

/// Record a message
///
/// Whatever waits for it goes on; else it is kept.
#[utoipa::path(
    post, path = "/cases/{id}/messages", tag = "cases", operation_id = "deliverMessage",
    params(("id" = String, Path, description = "The case.")),
    request_body = NewMessage,
    responses((status = 200, description = "It has come in.", body = Version))
)]
async fn deliver_message(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(NewMessage { name, payload, received_on, message_id }): body::Json<NewMessage>,
) -> Result<Json<Version>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let ask = Command::DeliverMessage {
        name: name.into(),
        message_id: message_id.unwrap_or(command.0),
        payload: payload.unwrap_or_default(),
        documents: Vec::new(),
        received_on: received_on.map(|day| read_day("/received_on", &day)).transpose()?,
        key: None,
    };
    let committed = server.submit(&who, case, command, ask).await?;
    Ok(Json(Version { version: committed.version }))
}

/// Record that a letter left the house
///
/// The answer says when it counts as notified, and why.
#[utoipa::path(
    post, path = "/cases/{id}/documents/{n}/dispatch", tag = "cases", operation_id = "recordDispatch",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the document."),
    ),
    request_body = NewDispatch,
    responses((status = 200, description = "It is recorded.", body = Dispatched))
)]
async fn record_dispatch(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(what): body::Json<NewDispatch>,
) -> Result<Json<Dispatched>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    server.notified(&who, case, command, what.of_document(&number)?).await.map(Json)
}

/// Correct what was recorded of the dispatch of a letter
///
/// For whoever may correct, with a reason, also when the case has ended. What runs from the notification is reckoned anew,
/// and says why; a deadline that has passed already becomes an incident.
#[utoipa::path(
    put, path = "/cases/{id}/documents/{n}/dispatch", tag = "cases", operation_id = "correctDispatch",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the document."),
    ),
    request_body = CorrectedDispatch,
    responses((status = 200, description = "It is corrected.", body = Dispatched))
)]
async fn correct_dispatch(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(CorrectedDispatch { on, way, received_on, reason }): body::Json<CorrectedDispatch>,
) -> Result<Json<Dispatched>, Problem> {
    let case = server.corrects_case(&who, &id).await?;
    let ask = Command::CorrectDispatch {
        document: number.parse().map_err(|_| Rejection::DocumentUnknown)?,
        on: read_day("/on", &on)?,
        way: read_way(&way)?,
        proven_receipt: received_on.map(|day| read_day("/received_on", &day)).transpose()?,
        reason: reason.into(),
    };
    server.notified(&who, case, command, ask).await.map(Json)
}

/// Preview what follows when a letter leaves the house
///
/// When it would count as notified, why, and when the deadlines would end that run from it; nothing changes.
#[utoipa::path(
    post, path = "/cases/{id}/documents/{n}/dispatch/preview", tag = "cases", operation_id = "previewDispatch",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the document."),
    ),
    request_body = NewDispatch,
    responses((status = 200, description = "What would follow.", body = Notified))
)]
async fn preview_dispatch(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    body::Json(what): body::Json<NewDispatch>,
) -> Result<Json<Notified>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let events = server.foresee(&who, case, what.of_document(&number)?).await?;
    let notified = Notified::of(&events);
    notified.map(Json).ok_or_else(|| Problem::fault("a dispatch that notifies nobody"))
}

/// Record that the receipt of a letter is proven
///
/// For letters whose dispatch is recorded. A receipt later than the law presumes moves the day of notification and the
/// deadlines that run from it; a deadline that has passed already becomes an incident.
#[utoipa::path(
    post, path = "/cases/{id}/documents/{n}/receipt", tag = "cases", operation_id = "recordReceipt",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the document."),
    ),
    request_body = NewReceipt,
    responses((status = 200, description = "It is recorded.", body = Dispatched))
)]
async fn record_receipt(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(NewReceipt { on }): body::Json<NewReceipt>,
) -> Result<Json<Dispatched>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let document = number.parse().map_err(|_| Rejection::DocumentUnknown)?;
    let ask = Command::RecordReceipt { document, on: read_day("/on", &on)? };
    server.notified(&who, case, command, ask).await.map(Json)
}

/// Why a letter is known not to have arrived.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewNotArrived {
    /// At most 2,000 characters.
    reason: String,
}

/// Record that a letter did not arrive
///
/// For letters whose dispatch is recorded and that are none of an act (those are sent anew). Deadlines that run from it wait for
/// the next dispatch, and an extension that it was to tell does not hold.
#[utoipa::path(
    post, path = "/cases/{id}/documents/{n}/not-arrived", tag = "cases", operation_id = "recordNotArrived",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the document."),
    ),
    request_body = NewNotArrived,
    responses((status = 200, description = "It is recorded.", body = Version))
)]
async fn record_not_arrived(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(NewNotArrived { reason }): body::Json<NewNotArrived>,
) -> Result<Json<Version>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let document = number.parse().map_err(|_| Rejection::DocumentUnknown)?;
    let ask = Command::RecordNotArrived { document, reason: reason.into() };
    let committed = server.submit(&who, case, command, ask).await?;
    Ok(Json(Version { version: committed.version }))
}

impl Server {
    /// Carries out what says when a letter counts as notified.
    async fn notified(
        &self,
        who: &Authenticated,
        case: CaseId,
        command: CommandId,
        ask: Command,
    ) -> Result<Dispatched, Problem> {
        let committed = self.submit(who, case, command, ask).await?;
        let turn = self.turn_of(who, case, command).await?;
        let notified = Notified::of(&turn.events).ok_or_else(key_of_another)?;
        Ok(Dispatched { version: committed.version, notified })
    }
}

fn read_way(text: &str) -> Result<Way, Problem> {
    Way::ALL.into_iter().find(|way| way.code() == text).ok_or_else(|| {
        let known = Way::ALL.map(Way::code).join(", ");
        let misfit = Misfit::new(
            "/way",
            "choice",
            format!("Möglich sind nur: {known}."),
            format!("Only these are possible: {known}."),
        );
        Problem::values(vec![misfit])
    })
}

/// Try again what is stuck
///
/// For those who take part in the process, and for administrators.
#[utoipa::path(
    post, path = "/cases/{id}/incidents/{n}/retry", tag = "cases", operation_id = "retryIncident",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the incident."),
    ),
    responses((status = 200, description = "It is tried again.", body = Version))
)]
async fn retry_incident(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
) -> Result<Json<Version>, Problem> {
    let case = if who.is_administrator() {
        server.case_row(&who, &id).await?.case
    } else {
        server.part_in_case(&who, &id).await?
    };
    let incident = number.parse().map_err(|_| Rejection::IncidentUnknown { incident: 0 })?;
    let committed = server.submit(&who, case, command, Command::RetryIncident { incident }).await?;
    Ok(Json(Version { version: committed.version }))
}

/// The key had carried out something else in this case before.
pub fn key_of_another() -> Problem {
    Problem::new(
        axum::http::StatusCode::CONFLICT,
        "IdempotencyKeyTaken",
        "Dieser „Idempotency-Key“ gehört schon zu einer anderen Anfrage.",
        "This `Idempotency-Key` belongs to another request already.",
    )
}

impl Server {
    /// A case in which somebody takes part. A token can have fewer roles than its person; the core knows only the
    /// person's.
    pub async fn part_in_case(&self, who: &Authenticated, id: &str) -> Result<CaseId, Problem> {
        let SeenCase { row, release, .. } = self.see_case(who, id).await?;
        if takes_part(who, &release) { Ok(row.case) } else { Err(Rejection::NoPartInProcess.into()) }
    }
}
