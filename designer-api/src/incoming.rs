//! The incoming post: what came in and belongs to no case yet, the list and one item of it, and how one is registered at the
//! counter. Whoever holds a role of a process of items sees it; nobody else learns even that an item is there.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{
    Json,
    extract::{DefaultBodyLimit, Request, State},
    http::StatusCode,
};
use fachwerk_core::{
    case::{Case, Status},
    channel::Channel,
    command::{self as commands, Command},
    decide::Rejection,
    definition::Release,
    event::{Direction, Document, DocumentContent, Related, Relation},
    item,
    projection::CaseRow,
    words::{CaseId, Date, Object, ProcessId, TaskId, Value},
};
use fachwerk_store::{CaseKey, CaseQuery, Found, Hash};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

use crate::{
    channels,
    documents::{Form, read_form},
    incoming_actions::{ItemTarget, day_of_receipt},
    limits,
    paging::Page,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, PersonName, Text, Version},
    visibility::{SeenCase, Segments, process_title, takes_part},
};

/// Room for the other parts of a form.
const MORE_BYTES: usize = 64 * 1024;
/// So many files are told that could not be taken.
const REFUSED_SHOWN: usize = 100;
/// So many other places are named at which the same document lies.
const KNOWN_ELSEWHERE: u32 = 5;

pub fn routes() -> OpenApiRouter<Server> {
    let body = DefaultBodyLimit::max(limits::ITEM_BYTES + MORE_BYTES);
    OpenApiRouter::new()
        .routes(routes!(list_incoming))
        .routes(routes!(register_item).layer(body))
        .routes(routes!(list_refused_post))
        .routes(routes!(show_item))
}

/// An item of the incoming post, in the list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IncomingEntry {
    /// Its id; it is a case.
    pub id: String,
    /// What it is about.
    #[schema(value_type = Option<String>)]
    pub subject: Option<Arc<str>>,
    /// Who sent it.
    pub sender: Option<String>,
    /// How it came.
    #[schema(value_type = String)]
    pub channel: Arc<str>,
    /// What people read for that.
    pub channel_title: Text,
    /// The file or the e-mail that it came from, when nobody registered it by hand.
    pub source: Option<String>,
    /// The true day of receipt.
    #[schema(value_type = String, format = Date)]
    pub received_on: Date,
    /// Whether a person has confirmed that day; before, it is only a proposal.
    pub day_confirmed: bool,
    /// How many documents it has.
    pub documents: usize,
    /// Who has taken it.
    pub assignee: Option<PersonName>,
    /// The task by which it is discarded or forwarded.
    pub task: Option<String>,
    /// Whether it waits.
    pub open: bool,
    /// Whether it is on its way to a case.
    pub under_way: bool,
    /// What became of it.
    pub outcome_title: Option<Text>,
}

/// The same document lies elsewhere.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct KnownElsewhere {
    /// The case, or the item.
    case: String,
    /// Its file number.
    #[schema(value_type = Option<String>)]
    number: Option<Arc<str>>,
    /// What people read for the process.
    process_title: Text,
    /// The true day of receipt there.
    #[schema(value_type = String, format = Date)]
    received_on: Date,
    /// Whether that is an item of the incoming post.
    item: bool,
}

/// A document of an item.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ItemDocument {
    /// Its number.
    number: u32,
    /// What people read.
    #[schema(value_type = String)]
    title: Arc<str>,
    /// For example `application/pdf`.
    #[schema(value_type = String)]
    media_type: Arc<str>,
    /// In bytes.
    size: u64,
    /// Where the original lies on paper.
    #[schema(value_type = Option<String>)]
    paper: Option<Arc<str>>,
    /// Where else the same bytes lie.
    elsewhere: Vec<KnownElsewhere>,
}

/// An item of the incoming post.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct IncomingItem {
    /// As the list shows it.
    #[serde(flatten)]
    entry: IncomingEntry,
    /// The version of its case.
    version: u64,
    /// The sender's e-mail.
    email: Option<String>,
    /// Where the original lies on paper.
    paper: Option<String>,
    /// What came with it.
    documents_shown: Vec<ItemDocument>,
    /// The case that it went to.
    went_to: Option<ItemTarget>,
    /// Whether documents of it lie in the case that it was assigned to; no longer when it was given back. None: it was not
    /// assigned to a case.
    lies_there: Option<bool>,
    /// Whether this person can give it back from that case to the incoming post.
    may_give_back: bool,
    /// Why the case that it was handed on to did not take it.
    refused: Option<Text>,
    /// Cases that it may belong to.
    suggestions: Vec<ItemTarget>,
}

/// The items of a page.
#[derive(Clone, Copy, Debug, Default, serde::Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ItemState {
    #[default]
    Waiting,
    Done,
}

/// The incoming post
///
/// Items that wait, in the order of their true day of receipt; or those that are done, the newest first. For whoever works on it.
#[utoipa::path(
    get, path = "/incoming", tag = "incoming", operation_id = "listIncoming",
    params(
        ("state" = inline(Option<ItemState>), Query, description = "`waiting` when not given."),
        ("q" = Option<String>, Query, description = "Words that begin a word of the subject."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the incoming post.", body = Page<IncomingEntry>))
)]
async fn list_incoming(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<IncomingEntry>>, Problem> {
    let open = matches!(params.word("state")?, ItemState::Waiting);
    let found = Found { text: params.text("q")?, ..Found::default() };
    let piece = params.piece()?;
    params.finish()?;
    let query = CaseQuery {
        open: Some(open),
        processes: Some(server.post_room(&who).await?),
        found,
        order: open.then_some(CaseKey::Priority { digital_first: false, today: server.work_day() }),
        piece: piece.of_store(),
        ..CaseQuery::default()
    };
    let page = server.runtime().store().cases(&who.tenant, &query).await?;
    let mut entries = BTreeMap::new();
    for row in &page.items {
        let SeenCase { case, release, .. } = server.see_case(&who, &row.case.to_string()).await?;
        entries.insert(row.case, entry(&who, row, &case, &release));
    }
    let shown = |row: CaseRow| entries.remove(&row.case);
    let page = fachwerk_store::Page {
        items: page.items.into_iter().filter_map(shown).collect(),
        next: page.next,
        total: page.total,
    };
    Ok(Json(Page::from_store(page, &piece, |entry| entry)))
}

/// What the list shows of an item.
fn entry(who: &Authenticated, row: &CaseRow, case: &Case, release: &Release) -> IncomingEntry {
    let said = |name: &str| case.data.get(name).and_then(Value::as_str).map(str::to_owned);
    let task = case.tasks().next();
    IncomingEntry {
        id: case.id.to_string(),
        subject: row.subject.clone(),
        sender: said("sender"),
        channel: case.channel.clone(),
        channel_title: (&channels::title(&case.channel)).into(),
        source: said("source"),
        received_on: case.received_on,
        day_confirmed: item::is_confirmed(&case.data),
        documents: case.documents.values().filter(|document| document.taken_out.is_none()).count(),
        assignee: task
            .as_ref()
            .and_then(|(_, _, task)| task.assignee.as_ref())
            .map(|person| PersonName::of(&who.authority, person)),
        task: task
            .filter(|_| case.is_open())
            .map(|(instance, ..)| TaskId { case: case.id, instance }.to_string()),
        open: case.is_open(),
        under_way: case.merging.is_some(),
        outcome_title: match &case.status {
            Status::Ended { outcome: Some(outcome), .. } => Some((&release.outcome_title(outcome)).into()),
            _ => None,
        },
    }
}

/// An item of the incoming post
///
/// With the cases that it may belong to, and where the same documents lie already.
#[utoipa::path(
    get, path = "/incoming/{id}", tag = "incoming", operation_id = "showItem",
    params(("id" = String, Path, description = "The item.")),
    responses((status = 200, description = "The item.", body = IncomingItem))
)]
async fn show_item(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    params: Params,
) -> Result<Json<IncomingItem>, Problem> {
    params.finish()?;
    let SeenCase { row, case, release } = server.see_item(&who, &id).await?;
    let mut documents_shown = Vec::new();
    for document in case.documents.values().filter(|document| document.taken_out.is_none()) {
        let content = &document.content;
        documents_shown.push(ItemDocument {
            number: document.number,
            title: content.title.clone(),
            media_type: content.media_type.clone(),
            size: content.size,
            paper: document.paper.clone(),
            elsewhere: server.elsewhere(&who, &case, content).await?,
        });
    }
    let refused = case.incidents.values().find(|incident| &*incident.trouble.code == "merge_refused");
    let went = case.relations.iter().find(|related| related.how == Relation::MergedInto);
    let (went_to, (lies_there, may_give_back)) = match went {
        Some(related) => (
            server.target(&who, related.case, None).await?,
            server.given_to(&who, case.id, related.case).await?,
        ),
        None => (None, (None, false)),
    };
    let suggestions = match case.is_open() {
        true => server.suggestions(&who, &case).await?,
        false => Vec::new(),
    };
    let said = |name: &str| case.data.get(name).and_then(Value::as_str).map(str::to_owned);
    Ok(Json(IncomingItem {
        version: case.version,
        email: said("email"),
        paper: said(item::PAPER),
        documents_shown,
        went_to,
        lies_there,
        may_give_back,
        refused: refused.map(|incident| (&incident.trouble.message).into()),
        suggestions,
        entry: entry(&who, &row, &case, &release),
    }))
}

/// What lies at a source of post and could not be taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct RefusedPost {
    /// The folder.
    source: String,
    /// The file; none: the folder itself cannot be read.
    name: Option<String>,
    /// Why.
    why: String,
}

/// What could not be taken from the sources of post
///
/// The files that lie in their folders `refused`, each with the reason. For whoever works on the incoming post.
#[utoipa::path(
    get, path = "/incoming/refused", tag = "incoming", operation_id = "listRefusedPost",
    responses((status = 200, description = "At most 100.", body = Vec<RefusedPost>))
)]
async fn list_refused_post(
    State(server): State<Server>,
    who: Authenticated,
    params: Params,
) -> Result<Json<Vec<RefusedPost>>, Problem> {
    params.finish()?;
    server.post_room(&who).await?;
    let refused = server.runtime().refused_post(&who.tenant, REFUSED_SHOWN).await?;
    let shown = refused.into_iter().map(|(source, refused)| RefusedPost {
        source,
        name: refused.name,
        why: refused.why,
    });
    Ok(Json(shown.collect()))
}

/// A letter, a fax or an e-mail that somebody registers.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the OpenAPI document shows these parts; they are read one by one")]
struct NewItem {
    /// What came in; several parts of this name, at most 20 of together 60 MB. None: `paper` says where it lies,
    /// and a sheet that says so stands for it.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
    /// What it is about.
    subject: String,
    /// Who sent it.
    sender: Option<String>,
    /// The sender's e-mail.
    email: Option<String>,
    /// Where the original lies on paper.
    paper: Option<String>,
    /// `counter` (when not given), `post`, `fax`, `email` or `paper`.
    channel: Option<String>,
    /// The true day of receipt; today when not given.
    #[schema(format = Date)]
    received_on: Option<String>,
}

const FIELDS: [&str; 6] = ["subject", "sender", "email", "paper", "channel", "received_on"];

/// An item was registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Registered {
    /// Its id.
    id: String,
    /// Its version.
    #[serde(flatten)]
    version: Version,
}

/// Register what came in
///
/// `multipart/form-data`: the files, and what is known of them. With an `Idempotency-Key` (a UUID of version 7) the item gets it
/// as its id, so a repeated request registers nothing twice. Each file is checked as documents of cases are.
#[utoipa::path(
    post, path = "/incoming", tag = "incoming", operation_id = "registerItem",
    request_body(content = NewItem, content_type = "multipart/form-data"),
    responses((status = 200, description = "It waits.", body = Registered))
)]
async fn register_item(
    State(server): State<Server>,
    who: Authenticated,
    command: CommandId,
    request: Request,
) -> Result<Json<Registered>, Problem> {
    let release = server.item_release(&who).await?;
    command.begins_a_case()?;
    let _place = server.place_for_upload().await?;
    let form = read_form(request, &FIELDS).await?;
    check_files(&form)?;
    let mut contents: Vec<DocumentContent> =
        form.files.iter().map(|file| file.content(&who, "")).collect::<Result<_, _>>()?;
    let mut pieces: Vec<Vec<u8>> = Vec::new();
    if form.files.is_empty() {
        let (content, bytes) = charge_out_sheet(&form);
        contents.push(content);
        pieces.push(bytes);
    }
    let received_on = day_of_receipt(form.said("received_on"))?;
    let mut data = Object::new();
    for name in ["subject", "sender", "email", "paper"] {
        data.extend(form.said(name).map(|text| (name.to_owned(), Value::String(text.to_owned()))));
    }
    // Whoever registers it by hand says the day.
    data.insert(item::CONFIRMED.to_owned(), Value::Bool(true));
    let start = Command::StartCase {
        release: release.id.clone(),
        channel: read_channel(form.said("channel"))?,
        data,
        received_on,
        documents: contents,
        caller: None,
    };
    let case = CaseId(command.0);
    let (tenant, command_id) = (who.tenant.clone(), command.0);
    let request = commands::Request { tenant, case, command_id, command: start.clone() };
    let done_before = server.runtime().store().find_command(&who.tenant, case, command_id).await?;
    if done_before.is_none()
        && let Some(rejection) = server.runtime().refuses(&who.actor(), &request).await?
    {
        return Err(rejection.into());
    }
    let (at_most, now) = (who.authority.policy.authority_bytes, server.runtime().clock().now());
    pieces.extend(form.files.into_iter().map(|file| file.bytes));
    for bytes in pieces {
        server.runtime().store().put_document(&who.tenant, case, bytes, at_most, now).await?;
    }
    let committed = server.submit(&who, case, command, start).await?;
    Ok(Json(Registered { id: case.to_string(), version: Version { version: committed.version } }))
}

fn check_files(form: &Form) -> Result<(), Problem> {
    let bytes: usize = form.files.iter().map(|file| file.bytes.len()).sum();
    if form.files.len() > limits::ITEM_FILES {
        let most = limits::ITEM_FILES.to_string();
        return Err(Problem::limit(StatusCode::PAYLOAD_TOO_LARGE, "BodyTooLarge", "item_files", most));
    }
    if bytes > limits::ITEM_BYTES {
        let most = format!("{} Bytes", limits::ITEM_BYTES);
        return Err(Problem::limit(StatusCode::PAYLOAD_TOO_LARGE, "BodyTooLarge", "item_bytes", most));
    }
    if form.files.is_empty() && form.said("paper").is_none() {
        return Err(Problem::values(vec![Misfit::new(
            "/file",
            "required",
            "Es fehlt die Datei. Gibt es nur das Papier, bitte angeben, wo es liegt.",
            "The file is missing. If there is only paper, please say where it lies.",
        )]));
    }
    Ok(())
}

/// What lies in the file in place of paper that nobody has scanned (Fehlblatt): so day, place and sender go along to the case, and
/// whoever works on it learns that it is there. Day and place may be corrected, and stand beside it.
fn charge_out_sheet(form: &Form) -> (DocumentContent, Vec<u8>) {
    let mut text = "Fehlblatt: Dieser Eingang liegt nur auf Papier vor.\n\n".to_owned();
    for (title, name) in [("Betreff", "subject"), ("Absender", "sender"), ("E-Mail", "email")] {
        if let Some(said) = form.said(name) {
            text.push_str(&format!("{title}: {said}\n"));
        }
    }
    text.push_str("\nDer Tag des Eingangs und der Ort des Originals stehen in der Akte bei diesem Blatt.\n");
    let bytes = text.into_bytes();
    let content = DocumentContent {
        title: "Fehlblatt.txt".into(),
        media_type: "text/plain".into(),
        hash: Hash::of(&bytes).to_string().into(),
        size: bytes.len() as u64,
        direction: Direction::Incoming,
        addressee: None,
        enclosures: Vec::new(),
    };
    (content, bytes)
}

fn read_channel(channel: Option<&str>) -> Result<Arc<str>, Problem> {
    let channel = channel.unwrap_or("counter");
    let known: Vec<Channel> = item::by_hand().collect();
    if known.iter().any(|known| known.id == channel) {
        return Ok(channel.into());
    }
    let known = known.iter().map(|known| known.id).collect::<Vec<_>>().join(", ");
    Err(Problem::values(vec![Misfit::new(
        "/channel",
        "choice",
        format!("Möglich sind nur: {known}."),
        format!("Only these are possible: {known}."),
    )]))
}

impl Server {
    /// The processes of items that somebody works on; else they learn nothing of the incoming post.
    pub async fn post_room(&self, who: &Authenticated) -> Result<BTreeSet<ProcessId>, Problem> {
        let items = self.items_of(who).await?;
        if items.is_empty() { Err(Rejection::NoPartInProcess.into()) } else { Ok(items) }
    }

    /// An item that somebody works on.
    pub async fn see_item(&self, who: &Authenticated, id: &str) -> Result<SeenCase, Problem> {
        self.post_room(who).await?;
        let seen = self.see_case(who, id).await?;
        if seen.release.item { Ok(seen) } else { Err(Rejection::NotAnItem.into()) }
    }

    /// The release that new items begin with.
    async fn item_release(&self, who: &Authenticated) -> Result<Arc<Release>, Problem> {
        self.post_room(who).await?;
        for id in who.authority.current.values() {
            let release = self.runtime().release(&who.tenant, id).await?;
            if release.item && takes_part(who, &release) {
                return Ok(release);
            }
        }
        Err(Problem::new(
            StatusCode::CONFLICT,
            "IncomingPostNotInUse",
            "Der Posteingang ist nicht im Einsatz; die Administration kann ihn unter „Verfahren“ wieder einsetzen.",
            "The incoming post is not in use; the administration can deploy its process again.",
        ))
    }

    /// Where else these bytes lie; where the item itself went, they are its own.
    async fn elsewhere(
        &self,
        who: &Authenticated,
        item: &Case,
        content: &DocumentContent,
    ) -> Result<Vec<KnownElsewhere>, Problem> {
        let hash: Hash = content.hash.parse().map_err(Problem::fault)?;
        let holders = self.runtime().store().holders(&who.tenant, &hash, KNOWN_ELSEWHERE + 1).await?;
        let mut found = Vec::new();
        let own = |case: &CaseId| {
            let went = |it: &Related| it.how == Relation::MergedInto && it.case == *case;
            *case == item.id || item.relations.iter().any(went)
        };
        for case in holders.into_iter().filter(|case| !own(case)) {
            let Some(row) = self.runtime().store().case_row(&who.tenant, case).await? else { continue };
            // What was taken out of a file is kept, and lies there no more; of a case that cannot be read nobody knows.
            let lies = |it: &Arc<Document>| it.taken_out.is_none() && it.content.hash == content.hash;
            if self.case_of(who, &row).await.is_ok_and(|there| !there.documents.values().any(lies)) {
                continue;
            }
            let release = self.runtime().release(&who.tenant, &row.release).await?;
            found.push(KnownElsewhere {
                case: case.to_string(),
                process_title: process_title(&who.authority, &row.process),
                number: row.number,
                received_on: row.received_on,
                item: release.item,
            });
        }
        Ok(found)
    }
}
