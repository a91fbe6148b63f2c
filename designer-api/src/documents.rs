//! The documents of a case: put in, and shown without doing harm.

use std::collections::BTreeMap;

use axum::{
    Json,
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State, multipart::MultipartError},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use fachwerk_core::{
    command::{self as commands, Command},
    decide::Rejection,
    document_kind::{self, NotTaken},
    event::{Direction, DocumentContent, Event},
};
use fachwerk_store::Hash;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{
    router::{OpenApiRouter, UtoipaMethodRouterExt},
    routes,
};

use crate::{
    body,
    case_actions::{Numbered, key_of_another},
    cases::read_day,
    limits,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, Version},
    visibility::{SeenCase, Segments},
};

/// Room for the other parts of an upload.
const MORE_BYTES: usize = 64 * 1024;

pub fn routes() -> OpenApiRouter<Server> {
    let body = DefaultBodyLimit::max(limits::DOCUMENT_BYTES + MORE_BYTES);
    OpenApiRouter::new()
        .routes(routes!(add_document).layer(body))
        .routes(routes!(read_document))
        .routes(routes!(take_out_document))
}

/// A document to be put into the case.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the OpenAPI document shows these parts; they are read one by one")]
struct Upload {
    /// Its bytes.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// What people read; the name of the file when not given.
    title: Option<String>,
    /// `incoming`, `outgoing` or `internal`; `incoming` when not given.
    direction: Option<String>,
    /// The true day of receipt, for what came in; today when not given.
    #[schema(format = Date)]
    received_on: Option<String>,
}

/// A file of a form.
#[derive(Debug)]
pub struct File {
    pub bytes: Vec<u8>,
    pub media_type: String,
    pub name: String,
}

/// What a form with files brings.
#[derive(Debug, Default)]
pub struct Form {
    pub files: Vec<File>,
    texts: BTreeMap<&'static str, String>,
}

impl Form {
    /// A field, without blanks around it; empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", |text| text.trim())
    }

    /// The same; none when it is empty.
    pub fn said(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }
}

impl File {
    /// A document of it, if the authority takes such ones.
    pub fn content(&self, who: &Authenticated, title: &str) -> Result<DocumentContent, Problem> {
        let allowed = &who.authority.policy.document_kinds;
        let media_type = document_kind::checked(&self.name, &self.media_type, &self.bytes, allowed).map_err(
            |NotTaken { code, why }| {
                Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, code, &*why.de, &*why.en)
            },
        )?;
        Ok(DocumentContent {
            title: if title.is_empty() { self.name.trim() } else { title }.into(),
            media_type: media_type.into(),
            hash: Hash::of(&self.bytes).to_string().into(),
            size: self.bytes.len() as u64,
            direction: Direction::Incoming,
            addressee: None,
            enclosures: Vec::new(),
        })
    }
}

/// Add a document
///
/// `multipart/form-data` with the parts `file`, `title`, `direction`, `received_on`. At most 25 MB. What the file is says the
/// end of its name, and its bytes must be that; kinds that the authority does not take, programs, HTML and documents with
/// macros are refused (415 `DocumentTypeMismatch`, `DocumentTypeNotAllowed`, `DocumentTypeUnknown`, `DocumentDangerous`). More
/// than the authority allows for a case (409 `CaseDocumentsFull`) or altogether (413 `DocumentsFull`) is refused as well.
#[utoipa::path(
    post, path = "/cases/{id}/documents", tag = "cases", operation_id = "addDocument",
    params(("id" = String, Path, description = "The case.")),
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses((status = 200, description = "It is in the file.", body = Numbered))
)]
async fn add_document(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    command: CommandId,
    request: Request,
) -> Result<Json<Numbered>, Problem> {
    let case = server.part_in_case(&who, &id).await?;
    let _place = server.place_for_upload().await?;
    let mut form = read_form(request, &["title", "direction", "received_on"]).await?;
    let missing = || Misfit::new("/file", "required", "Es fehlt die Datei.", "The file is missing.");
    let file = form.files.pop().ok_or_else(|| Problem::values(vec![missing()]))?;
    let content = file.content(&who, form.text("title"))?;
    let document = DocumentContent { direction: read_direction(form.text("direction"))?, ..content };
    let received_on = form.said("received_on").map(|day| read_day("/received_on", day)).transpose()?;
    let bytes = file.bytes;
    let add = Command::AddDocument { document, received_on };
    // What the case does not take is not kept first.
    let CommandId(command_id) = command;
    let request = commands::Request { tenant: who.tenant.clone(), case, command_id, command: add.clone() };
    let done_before = server.runtime().store().find_command(&who.tenant, case, command_id).await?;
    if done_before.is_none()
        && let Some(rejection) = server.runtime().refuses(&who.actor(), &request).await?
    {
        return Err(rejection.into());
    }
    let at_most = who.authority.policy.authority_bytes;
    let now = server.runtime().clock().now();
    server.runtime().store().put_document(&who.tenant, case, bytes, at_most, now).await?;
    let committed = server.submit(&who, case, command, add).await?;
    let turn = server.turn_of(&who, case, command).await?;
    let number = turn.events.iter().find_map(|event| match event {
        Event::DocumentAdded { document } => Some(document.number),
        _ => None,
    });
    Ok(Json(Numbered { version: committed.version, number: number.ok_or_else(key_of_another)? }))
}

/// Reads a form with files, in parts called `file`, and these fields.
pub async fn read_form(request: Request, fields: &[&'static str]) -> Result<Form, Problem> {
    let multipart = Multipart::from_request(request, &()).await;
    let mut multipart = multipart.map_err(|_| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "MediaTypeUnsupported",
            "Diese Adresse nimmt nur Formulare mit Datei (Content-Type: multipart/form-data).",
            "This address takes forms with a file only (Content-Type: multipart/form-data).",
        )
    })?;
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            let (name, kind) = (field.file_name().unwrap_or_default().to_owned(), field.content_type());
            let media_type = media_type(kind.unwrap_or_default());
            let bytes: Vec<u8> = field.bytes().await.map_err(unreadable)?.into();
            if bytes.len() > limits::DOCUMENT_BYTES {
                return Err(too_large());
            }
            form.files.push(File { bytes, media_type, name });
        } else if let Some(known) = fields.iter().find(|known| **known == name) {
            form.texts.insert(known, field.text().await.map_err(unreadable)?);
        } else {
            let name: String = name.chars().take(60).collect();
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "BodyInvalid",
                format!("Ein Feld „{name}“ gibt es hier nicht."),
                format!("There is no field `{name}` here."),
            ));
        }
    }
    Ok(form)
}

fn too_large() -> Problem {
    let most = format!("{} Bytes", limits::DOCUMENT_BYTES);
    Problem::limit(StatusCode::PAYLOAD_TOO_LARGE, "BodyTooLarge", "document_bytes", most)
}

fn unreadable(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return too_large();
    }
    Problem::new(
        StatusCode::BAD_REQUEST,
        "BodyInvalid",
        "Das Formular ist nicht lesbar oder brach ab.",
        "The form cannot be read, or broke off.",
    )
}

fn read_direction(text: &str) -> Result<Direction, Problem> {
    match text {
        "" | "incoming" => Ok(Direction::Incoming),
        "outgoing" => Ok(Direction::Outgoing),
        "internal" => Ok(Direction::Internal),
        _ => Err(Problem::values(vec![Misfit::new(
            "/direction",
            "choice",
            "Möglich sind nur: incoming, outgoing, internal.",
            "Only these are possible: incoming, outgoing, internal.",
        )])),
    }
}

/// A media type as it was sent, if it is one; else that of bytes of any kind.
fn media_type(sent: &str) -> String {
    let essence = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let token = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-+._".contains(c))
    };
    match essence.split_once('/') {
        Some((kind, subtype)) if essence.len() <= 100 && token(kind) && token(subtype) => essence,
        _ => "application/octet-stream".into(),
    }
}

/// Read a document
///
/// HTML is sent with `Content-Security-Policy: sandbox`, so that nothing in it runs. What browsers show without
/// running it is sent to be shown, everything else to be saved.
#[utoipa::path(
    get, path = "/cases/{id}/documents/{n}", tag = "cases", operation_id = "readDocument",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the document."),
    ),
    responses((status = 200, description = "Its bytes.", body = String, content_type = "application/octet-stream"))
)]
async fn read_document(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    params: Params,
) -> Result<Response, Problem> {
    params.finish()?;
    let SeenCase { case, .. } = server.see_case(&who, &id).await?;
    let number: u32 = number.parse().map_err(|_| Rejection::DocumentUnknown)?;
    let document = case.documents.get(&number).ok_or(Rejection::DocumentUnknown)?;
    if document.taken_out.is_some() {
        return Err(Rejection::DocumentTakenOut.into());
    }
    let content = &document.content;
    let hash: Hash = content.hash.parse().map_err(Problem::fault)?;
    let bytes = server.runtime().store().blob(&who.tenant, &hash).await?;
    let bytes = bytes.ok_or_else(|| Problem::fault(format!("the bytes of document {hash} are missing")))?;
    Ok(shown(content, bytes))
}

/// Why a document does not belong into the file, and where it belongs.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct TakingOut {
    /// The id of the case that it belongs to; it is there soon after the answer. Absent: it belongs to no case.
    to: Option<String>,
    /// At most 2,000 characters.
    reason: String,
}

/// Take a document out of the file
///
/// It does not belong there: it is moved to the case that it belongs to, or to none. The file keeps that it was there, when it
/// was taken out, by whom and why; its bytes are not shown there any more. What was dispatched, or made by the process, stays.
/// For whoever may correct cases.
#[utoipa::path(
    post, path = "/cases/{id}/documents/{n}/take-out", tag = "cases", operation_id = "takeOutDocument",
    params(
        ("id" = String, Path, description = "The case."),
        ("n" = u32, Path, description = "The number of the document."),
    ),
    request_body = TakingOut,
    responses((status = 200, description = "It is taken out.", body = Version))
)]
async fn take_out_document(
    State(server): State<Server>,
    who: Authenticated,
    Segments((id, number)): Segments<(String, String)>,
    command: CommandId,
    body::Json(TakingOut { to, reason }): body::Json<TakingOut>,
) -> Result<Json<Version>, Problem> {
    let document = number.parse().map_err(|_| Rejection::DocumentUnknown)?;
    let to = match to {
        Some(to) => Some(server.part_in_case(&who, &to).await?),
        None => None,
    };
    let ask = Command::TakeOutDocument { document, to, reason: reason.into() };
    server.correct(&who, &id, command, ask).await
}

/// How a browser may show a media type, and the end of a file name.
struct Showing {
    inline: bool,
    policy: &'static str,
    end: &'static str,
}

/// No script, no frame of others, nothing from elsewhere.
const SANDBOX: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";
/// The viewers of browsers for these do not work in a sandbox, and run no script of the document in our origin.
const FRAMED: &str =
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'";

fn showing(media_type: &str) -> Showing {
    let (inline, policy, end) = match media_type.split(';').next().unwrap_or_default().trim() {
        "text/html" => (true, SANDBOX, "html"),
        "text/plain" => (true, SANDBOX, "txt"),
        "application/pdf" => (true, FRAMED, "pdf"),
        "image/png" => (true, SANDBOX, "png"),
        "image/jpeg" => (true, SANDBOX, "jpg"),
        "image/gif" => (true, SANDBOX, "gif"),
        "image/webp" => (true, SANDBOX, "webp"),
        "application/xml" | "text/xml" => (false, SANDBOX, "xml"),
        "application/json" => (false, SANDBOX, "json"),
        _ => (false, SANDBOX, ""),
    };
    Showing { inline, policy, end }
}

fn shown(content: &DocumentContent, bytes: Vec<u8>) -> Response {
    let Showing { inline, policy, end } = showing(&content.media_type);
    let kind = HeaderValue::from_str(&content.media_type);
    let disposition = HeaderValue::from_str(&disposition(inline, &content.title, end));
    let mut response = Body::from(bytes).into_response();
    let headers = response.headers_mut();
    headers
        .insert(header::CONTENT_TYPE, kind.unwrap_or(HeaderValue::from_static("application/octet-stream")));
    headers
        .insert(header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment")));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
    response
}

/// RFC 6266: a name in plain letters for old programs, and the real one.
fn disposition(inline: bool, title: &str, end: &str) -> String {
    let has_end = title.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(end));
    let name = if end.is_empty() || has_end { title.to_owned() } else { format!("{title}.{end}") };
    let name: String = name.chars().filter(|c| !c.is_control() && !"/\\".contains(*c)).take(150).collect();
    let plain = |c: char| if c.is_ascii_alphanumeric() || " .-_()".contains(c) { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let encoded: String = name
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let how = if inline { "inline" } else { "attachment" };
    format!("{how}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, media_type: &str, expected: &str) {
        let Showing { inline, end, .. } = showing(media_type);
        assert_eq!(disposition(inline, title, end), expected);
    }

    #[test]
    fn file_names_are_written_for_all_browsers() {
        check(
            "Bescheid",
            "text/html; charset=utf-8",
            "inline; filename=\"Bescheid.html\"; filename*=UTF-8''Bescheid.html",
        );
        check(
            "Prüfung „A“/2026",
            "application/pdf",
            "inline; filename=\"Pr_fung _A_2026.pdf\"; filename*=UTF-8''Pr%C3%BCfung%20%E2%80%9EA%E2%80%9C2026.pdf",
        );
        check("plan.PDF", "application/pdf", "inline; filename=\"plan.PDF\"; filename*=UTF-8''plan.PDF");
        check("a\"\r\nb", "image/svg+xml", "attachment; filename=\"a_b\"; filename*=UTF-8''a%22b");
    }

    #[test]
    fn media_types_are_checked() {
        for (sent, expected) in [
            ("text/html; charset=utf-8", "text/html"),
            ("IMAGE/PNG", "image/png"),
            ("image/svg+xml", "image/svg+xml"),
            ("", "application/octet-stream"),
            ("text", "application/octet-stream"),
            ("text/", "application/octet-stream"),
            ("text/html\r\nX: y", "application/octet-stream"),
        ] {
            assert_eq!(media_type(sent), expected, "{sent:?}");
        }
    }
}
