//! What the post room does with an item: confirm its day, find a case for it, begin one with it, split it, join it to another
//! item; and where the original of a document lies on paper, wherever the document is by now.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    case::Case,
    command::{Command, HandedOnTo},
    decide::Rejection,
    event::{Event, Relation},
    facts::Actor,
    item,
    words::{CaseId, Date, Object, ProcessId, Value},
};
use fachwerk_store::{CaseQuery, Found, Piece};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::{Uuid, Version as UuidVersion};

use crate::{
    body,
    case_actions::key_of_another,
    case_detail::accepts,
    cases::read_day,
    item_assignment::{TargetAct, attackable},
    limits,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, Text, Version},
    visibility::{SeenCase, Segments, process_title, takes_part},
};

/// So many cases are suggested.
const SUGGESTED: u32 = 8;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(change_item))
        .routes(routes!(list_targets))
        .routes(routes!(list_startable))
        .routes(routes!(begin_with_item))
        .routes(routes!(split_item))
        .routes(routes!(join_items))
        .routes(routes!(place_paper))
}

/// Why a case is suggested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SuggestedBy {
    /// Something in the subject is its file number.
    Number,
    /// The sender is named in its subject.
    Sender,
}

/// What a case waits for, or has waited for.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Expected {
    /// The message.
    #[schema(value_type = String)]
    pub message: Arc<str>,
    /// What people read.
    pub title: Text,
    /// The period beside it has passed: what came in time is registered as an incident, and a person decides.
    pub passed: bool,
    /// Whether taking it may end what is under way: open tasks and deadlines then lapse.
    pub interrupts: bool,
}

/// A case that an item can be assigned to.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ItemTarget {
    /// The case.
    pub case: String,
    /// Its file number.
    #[schema(value_type = Option<String>)]
    pub number: Option<Arc<str>>,
    /// What names it.
    #[schema(value_type = Option<String>)]
    pub subject: Option<Arc<str>>,
    /// What people read for the process.
    pub process_title: Text,
    /// Whether it goes on; to one that has ended nothing is assigned.
    pub open: bool,
    /// Why it is suggested.
    pub why: Option<SuggestedBy>,
    /// What it waits for.
    pub expects: Vec<Expected>,
    /// The acts against which an item may be a remedy; only for whoever may record one in that case.
    pub acts: Vec<TargetAct>,
    /// Whether it may be a remedy, and this person may record none there: they say so, and somebody who may looks.
    pub may_be_remedy: bool,
}

/// What is known of an item.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ItemChange {
    /// The true day of receipt; with it that day is confirmed.
    #[schema(format = Date)]
    received_on: String,
    /// What it is about.
    subject: String,
    /// Who sent it.
    sender: Option<String>,
    /// The sender's e-mail.
    email: Option<String>,
    /// Why; needed when a day that was confirmed is another one.
    reason: Option<String>,
    /// The version of the item as it was shown; what was changed since refuses.
    seen: Option<u64>,
}

/// Confirm the day of receipt, and correct what is known of an item
#[utoipa::path(
    put, path = "/incoming/{id}", tag = "incoming", operation_id = "changeItem",
    params(("id" = String, Path, description = "The item.")),
    request_body = ItemChange,
    responses((status = 200, description = "It is recorded.", body = Version))
)]
async fn change_item(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(ItemChange { received_on, subject, sender, email, reason, seen }): body::Json<ItemChange>,
) -> Result<Json<Version>, Problem> {
    let SeenCase { case, .. } = server.see_item(&who, &id).await?;
    let text = |value: Option<String>| {
        value
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .map_or(Value::Null, Value::String)
    };
    let fields: Object = [
        ("subject".to_owned(), Value::String(subject.trim().to_owned())),
        ("sender".to_owned(), text(sender)),
        ("email".to_owned(), text(email)),
        (item::CONFIRMED.to_owned(), Value::Bool(true)),
    ]
    .into_iter()
    .collect();
    let confirmed = item::is_confirmed(&case.data);
    let reason = reason.filter(|reason| !reason.trim().is_empty());
    let received_on = read_day("/received_on", &received_on)?;
    if confirmed && reason.is_none() && received_on != case.received_on {
        return Err(Problem::values(vec![Misfit::new(
            "/reason",
            "required",
            "Der Tag ist schon bestätigt, und Fristen können an ihm hängen. Bitte den Grund angeben, warum er anders ist.",
            "The day is confirmed already, and deadlines may follow from it. Please say why it is another one.",
        )]));
    }
    let reason = match (reason, confirmed) {
        (Some(reason), _) => reason,
        (None, false) => "Tag des Eingangs bestätigt".to_owned(),
        (None, true) => "Angaben zum Eingang berichtigt".to_owned(),
    };
    let ask = Command::ChangeData { fields, received_on: Some(received_on), seen, reason: reason.into() };
    server.correct(&who, &id, command, ask).await
}

/// Cases that an item can be assigned to
///
/// For the post room, of all processes: their numbers and subjects, and what they wait for.
#[utoipa::path(
    get, path = "/incoming/targets", tag = "incoming", operation_id = "listItemTargets",
    params(("q" = String, Query, description = "Words that begin a word of number or subject.")),
    responses((status = 200, description = "The first cases that fit.", body = Vec<ItemTarget>))
)]
async fn list_targets(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Vec<ItemTarget>>, Problem> {
    let q = params.text("q")?.unwrap_or_default();
    params.finish()?;
    server.post_room(&who).await?;
    if q.trim().is_empty() {
        return Ok(Json(Vec::new()));
    }
    server.targets(&who, q, None).await.map(Json)
}

/// A process that cases can be begun of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Startable {
    /// The process.
    #[schema(value_type = String)]
    process: ProcessId,
    /// What people read.
    title: Text,
}

/// The processes of which the post room can begin cases
#[utoipa::path(
    get, path = "/incoming/processes", tag = "incoming", operation_id = "listItemProcesses",
    responses((status = 200, description = "The processes.", body = Vec<Startable>))
)]
async fn list_startable(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<Vec<Startable>>, Problem> {
    params.finish()?;
    server.post_room(&who).await?;
    let mut found = Vec::new();
    for (process, id) in &who.authority.current {
        let release = server.runtime().release(&who.tenant, id).await?;
        if release.start.by_hand && !release.item {
            found.push(Startable { process: process.clone(), title: (&release.title).into() });
        }
    }
    Ok(Json(found))
}

pub fn ended(at: &str) -> Problem {
    Problem::values(vec![Misfit::new(
        at,
        "case_ended",
        "Dieser Vorgang ist abgeschlossen; zuordnen lässt sich nur zu einem laufenden. Soll der Eingang einen neuen beginnen, bitte „Vorgang beginnen“ wählen.",
        "That case has ended; an item is only assigned to one that goes on. To begin a new one with it, choose “Begin a case”.",
    )])
}

/// Which case begins with an item.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct BeginWith {
    /// The process.
    process: String,
    /// The application, by the data schema of the process.
    #[schema(value_type = crate::shapes::Values)]
    data: Object,
    /// At most 2,000 characters.
    reason: String,
}

/// The case that an item began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Begun {
    /// The version of what it came of.
    pub version: u64,
    /// The case; it is there soon after the answer.
    pub case: String,
}

/// Begin a case with an item
///
/// It gets the documents, the true day of receipt and the channel of the item, which ends once the case is there.
#[utoipa::path(
    post, path = "/incoming/{id}/begin", tag = "incoming", operation_id = "beginWithItem",
    params(("id" = String, Path, description = "The item.")),
    request_body = BeginWith,
    responses((status = 200, description = "It is on its way.", body = Begun))
)]
async fn begin_with_item(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(BeginWith { process, data, reason }): body::Json<BeginWith>,
) -> Result<Json<Begun>, Problem> {
    let SeenCase { row, case, .. } = server.see_item(&who, &id).await?;
    let release = who.authority.current.get(process.as_str()).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "ProcessUnknown",
            "Dieses Verfahren ist nicht im Einsatz.",
            "This process is not in use.",
        )
    })?;
    let compiled = server.runtime().release(&who.tenant, release).await?;
    if !compiled.start.by_hand || compiled.item {
        return Err(Rejection::StartNotByHand.into());
    }
    // What the case would refuse is said now, to whoever can mend it.
    let start = Command::StartCase {
        release: release.clone(),
        channel: case.channel.clone(),
        data: data.clone(),
        received_on: Some(case.received_on),
        documents: Vec::new(),
        caller: None,
    };
    let (tenant, unborn) = (who.tenant.clone(), CaseId(Uuid::now_v7()));
    let request =
        fachwerk_core::command::Request { tenant, case: unborn, command_id: unborn.0, command: start };
    if let Some(rejection) = server.runtime().refuses(&Actor::Engine, &request).await? {
        return Err(rejection.into());
    }
    let to = HandedOnTo::NewCase { release: release.clone(), data };
    let ask = Command::HandOn { to, reason: reason.into() };
    let Json(Version { version }) = server.correct(&who, &id, command, ask).await?;
    let turn = server.turn_of(&who, row.case, command).await?;
    let case = turn.events.iter().find_map(|event| match event {
        Event::MergeAsked(merging) => Some(merging.into.to_string()),
        _ => None,
    });
    Ok(Json(Begun { version, case: case.ok_or_else(key_of_another)? }))
}

/// What goes on in an item of its own.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ItemSplit {
    /// The documents, by number; at least one, and at least one stays.
    documents: Vec<u32>,
    /// What that item is about.
    subject: String,
    /// At most 2,000 characters.
    reason: String,
}

/// Split an item
///
/// Some of its documents go on in an item of their own, with the same day of receipt, sender and channel.
#[utoipa::path(
    post, path = "/incoming/{id}/split", tag = "incoming", operation_id = "splitItem",
    params(("id" = String, Path, description = "The item.")),
    request_body = ItemSplit,
    responses((status = 200, description = "It is split.", body = Begun))
)]
async fn split_item(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(ItemSplit { documents, subject, reason }): body::Json<ItemSplit>,
) -> Result<Json<Begun>, Problem> {
    let SeenCase { row, case, .. } = server.see_item(&who, &id).await?;
    let mut data = case.data.as_object().cloned().unwrap_or_default();
    data.insert("subject".to_owned(), Value::String(subject.trim().to_owned()));
    let ask = Command::SplitCase { data, documents, reason: reason.into() };
    let Json(Version { version }) = server.correct(&who, &id, command, ask).await?;
    let turn = server.turn_of(&who, row.case, command).await?;
    let case = turn.events.iter().find_map(|event| match event {
        Event::CaseRelated { related } if related.how == Relation::SplitInto => {
            Some(related.case.to_string())
        }
        _ => None,
    });
    Ok(Json(Begun { version, case: case.ok_or_else(key_of_another)? }))
}

/// The item that goes on with the documents of this one.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ItemJoin {
    /// The other item.
    into: String,
    /// At most 2,000 characters.
    reason: String,
}

/// Join an item to another one of the same sending
///
/// The documents go along, each with its own day of receipt; this item ends.
#[utoipa::path(
    post, path = "/incoming/{id}/join", tag = "incoming", operation_id = "joinItems",
    params(("id" = String, Path, description = "The item.")),
    request_body = ItemJoin,
    responses((status = 200, description = "It is on its way.", body = Version))
)]
async fn join_items(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    body::Json(ItemJoin { into, reason }): body::Json<ItemJoin>,
) -> Result<Json<Version>, Problem> {
    server.see_item(&who, &id).await?;
    let SeenCase { row, case, .. } = server.see_item(&who, &into).await?;
    if !case.is_open() {
        return Err(ended("/into"));
    }
    let to = HandedOnTo::Case { case: row.case, message: None, remedy: None };
    server.correct(&who, &id, command, Command::HandOn { to, reason: reason.into() }).await
}

/// Where the original lies.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PaperPlace {
    /// In words, at most 300 characters; empty: there is no original on paper any more.
    place: String,
}

/// Note where the original of a document lies on paper
///
/// Also in a case that has ended. For whoever takes part in the process.
#[utoipa::path(
    put, path = "/cases/{id}/documents/{n}/paper", tag = "cases", operation_id = "placePaper",
    params(
        ("id" = String, Path, description = "The case, or the item."),
        ("n" = u32, Path, description = "The number of the document."),
    ),
    request_body = PaperPlace,
    responses((status = 200, description = "It is noted.", body = Version))
)]
async fn place_paper(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(PaperPlace { place }): body::Json<PaperPlace>,
) -> Result<Json<Version>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let document = number.parse().map_err(|_| Rejection::DocumentUnknown)?;
    if place.chars().count() > item::MAX_PLACE {
        return Err(Problem::values(vec![Misfit::new(
            "/place",
            "too_long",
            format!("Höchstens {} Zeichen.", item::MAX_PLACE),
            format!("At most {} characters.", item::MAX_PLACE),
        )]));
    }
    let ask = Command::PlacePaper { documents: vec![document], place: place.into() };
    let committed = server.submit(&who, case, command, ask).await?;
    Ok(Json(Version { version: committed.version }))
}

/// The day of receipt of a form.
pub fn day_of_receipt(said: Option<&str>) -> Result<Option<Date>, Problem> {
    said.map(|day| read_day("/received_on", day)).transpose()
}

impl CommandId {
    /// Ids of cases are ordered by time, so the key that becomes one is a UUID of version 7.
    pub fn begins_a_case(self) -> Result<(), Problem> {
        if self.0.get_version() == Some(UuidVersion::SortRand) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "IdempotencyKeyInvalid",
            "Der „Idempotency-Key“ wird zur Kennung des Vorgangs und muss deshalb eine UUID der Version 7 sein.",
            "The `Idempotency-Key` becomes the id of the case and must therefore be a UUID of version 7.",
        ))
    }
}

impl Server {
    /// A case as the post room sees it; none when it is gone.
    pub async fn target(
        &self,
        who: &Authenticated,
        case: CaseId,
        why: Option<SuggestedBy>,
    ) -> Result<Option<ItemTarget>, Problem> {
        let Some(row) = self.runtime().store().case_row(&who.tenant, case).await? else { return Ok(None) };
        let case = self.case_of(who, &row).await?;
        let release = self.runtime().release(&who.tenant, &case.release).await?;
        let wording = &self.source(who, &case.release).await?.wording;
        let mut expects: Vec<Expected> = accepts(&case, &release, wording)
            .into_iter()
            .map(|waits| Expected {
                title: waits.title.unwrap_or_else(|| Text::new(waits.name.clone(), waits.name.clone())),
                message: waits.name,
                passed: false,
                interrupts: waits.interrupts,
            })
            .collect();
        // What came within a period that has passed meanwhile may still be what was waited for.
        for (name, _) in case.passed.iter().rev().flat_map(|passed| &passed.messages) {
            if case.is_open() && !expects.iter().any(|known| known.message == *name) {
                let title = wording.message(name).map(Text::from);
                let title = title.unwrap_or_else(|| Text::new(name.clone(), name.clone()));
                expects.push(Expected { message: name.clone(), title, passed: true, interrupts: false });
            }
        }
        let issued = case.is_open() && case.acts.values().any(|act| act.issued.is_some());
        let records = takes_part(who, &release);
        Ok(Some(ItemTarget {
            acts: if issued && records { attackable(&case) } else { Vec::new() },
            may_be_remedy: issued && !records,
            case: row.case.to_string(),
            process_title: process_title(&who.authority, &row.process),
            number: row.number,
            subject: row.subject,
            open: case.is_open(),
            why,
            expects,
        }))
    }

    /// The cases that are found by a text: of all processes, because post is assigned to all of them.
    async fn targets(
        &self,
        who: &Authenticated,
        text: String,
        why: Option<SuggestedBy>,
    ) -> Result<Vec<ItemTarget>, Problem> {
        let mut processes = BTreeSet::new();
        for (process, id) in crate::visibility::releases_in_view(&who.authority) {
            if !self.runtime().release(&who.tenant, id).await?.item {
                processes.insert(process.clone());
            }
        }
        let query = CaseQuery {
            open: why.map(|_| true),
            processes: Some(processes),
            found: Found { text: Some(text), ..Found::default() },
            piece: Piece { cursor: None, limit: SUGGESTED },
            ..CaseQuery::default()
        };
        let page = self.runtime().store().cases(&who.tenant, &query).await?;
        let mut found = Vec::new();
        for row in page.items {
            found.extend(self.target(who, row.case, why).await?);
        }
        Ok(found)
    }

    /// The cases that an item may belong to: those whose number its subject or a title of its documents names, then those whose
    /// subject names its sender.
    pub async fn suggestions(&self, who: &Authenticated, case: &Case) -> Result<Vec<ItemTarget>, Problem> {
        let said = |name: &str| case.data.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let titles = case.documents.values().map(|document| document.content.title.to_string());
        let texts: Vec<String> = std::iter::once(said("subject")).chain(titles).collect();
        let mut found: Vec<ItemTarget> = Vec::new();
        for number in texts.iter().flat_map(|text| numbers_in(text)).take(6) {
            for target in self.targets(who, number.to_owned(), Some(SuggestedBy::Number)).await? {
                // A word may begin like that elsewhere; a suggestion by number is one whose number has it.
                let is = target.number.as_ref().is_some_and(|known| known.contains(number));
                if is && !found.iter().any(|known| known.case == target.case) {
                    found.push(target);
                }
            }
        }
        let sender = said("sender");
        if sender.chars().count() >= 3 {
            for target in self.targets(who, sender, Some(SuggestedBy::Sender)).await? {
                if !found.iter().any(|known| known.case == target.case) {
                    found.push(target);
                }
            }
        }
        found.truncate(SUGGESTED as usize);
        Ok(found)
    }
}

/// What may be a file number in a text: words with digits that are more than a year or a house number.
fn numbers_in(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).filter(|word| {
        word.len() >= 5 && word.len() <= limits::PATH_CHARS && word.contains(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::numbers_in;

    #[test]
    fn file_numbers_are_found_in_subjects() {
        for (text, expected) in [
            ("Ihr Zeichen: 32.1/2026-0017, Nachweise", vec!["32.1/2026-0017"]),
            ("Feuer am 3.4. in Haus 12", vec![]),
            ("AZ CdS-2026/000001.", vec!["CdS-2026/000001"]),
            ("", vec![]),
        ] {
            assert_eq!(numbers_in(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }
}
