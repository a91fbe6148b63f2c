//! Letters of the outgoing post, printed together. Nothing changes by it: that they were sent is recorded afterwards.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use base64::{Engine, engine::general_purpose::STANDARD};
use fachwerk_core::{
    decide::Rejection,
    event::{Direction, EffectError, Enclosure},
};
use fachwerk_store::Hash;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body, limits, person::Authenticated, problem::Problem, server::Server, shapes::Misfit,
    visibility::SeenCase,
};

/// Puts documents, each with its title, one behind the other for a printer; how is a matter of the program.
pub type Printer = fn(Vec<(String, Vec<u8>)>) -> Result<Vec<u8>, EffectError>;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(print_post))
}

/// Letters to be printed together, in this order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ToPrint {
    /// At most 500.
    #[schema(min_items = 1, max_items = 500)]
    letters: Vec<LetterToPrint>,
}

/// A letter in the file of a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LetterToPrint {
    /// The case.
    case: String,
    /// The number of the document within the case.
    document: u32,
}

/// Letters for the printer.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct PrintedPost {
    /// All of them as one PDF, in base64; each begins on a sheet of its own, so that both sides can be printed on.
    #[schema(format = Byte)]
    pdf: String,
    /// What goes with the letters and is not in it, because it is no PDF and no picture: to be printed by itself.
    left_out: Vec<LeftOut>,
}

/// A document that goes with a letter and must be printed by itself.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct LeftOut {
    /// The case.
    case: String,
    /// The number of the letter within the case.
    letter: u32,
    /// The document.
    #[schema(value_type = String)]
    title: Arc<str>,
}

/// Print letters together
///
/// Those that leave the house and are PDF, each followed by what goes with it (PDF, PNG, JPEG); at most 500 letters, 1,000 pages
/// and 30 MB. Nothing changes by it, and it is no proof that anything was sent.
#[utoipa::path(
    post, path = "/post/print", tag = "lists", operation_id = "printPost",
    request_body = ToPrint,
    responses((status = 200, description = "One PDF.", body = PrintedPost))
)]
async fn print_post(
    State(server): State<Server>,
    who: Authenticated,
    body::Json(ToPrint { letters }): body::Json<ToPrint>,
) -> Result<Json<PrintedPost>, Problem> {
    if letters.is_empty() || letters.len() > limits::PRINTED_LETTERS {
        let (least, most) = (1, limits::PRINTED_LETTERS);
        return Err(Problem::values(vec![Misfit::new(
            "/letters",
            "length",
            format!("Bitte {least} bis {most} Schreiben auswählen."),
            format!("Please choose {least} to {most} letters."),
        )]));
    }
    let (mut all, mut left_out, mut size) = (Vec::new(), Vec::new(), 0);
    for letter in &letters {
        let for_printer = server.letter_for_printer(&who, letter).await?;
        left_out.extend(for_printer.left_out);
        for document in for_printer.documents {
            size += document.1.len();
            if size > limits::PRINTED_BYTES {
                let most = format!("{} Bytes", limits::PRINTED_BYTES);
                return Err(Problem::limit(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "PrintTooLarge",
                    "printed_bytes",
                    most,
                ));
            }
            all.push(document);
        }
    }
    let printer = server.options().printer;
    let printed = tokio::task::spawn_blocking(move || printer(all)).await.map_err(Problem::fault)?;
    let printed = printed.map_err(|why| not_printed(&why))?;
    Ok(Json(PrintedPost { pdf: STANDARD.encode(printed), left_out }))
}

/// A letter and what goes with it, each with its title.
#[derive(Default)]
struct ForPrinter {
    documents: Vec<(String, Vec<u8>)>,
    left_out: Vec<LeftOut>,
}

/// What can be printed with letters.
const PRINTED_TYPES: [&str; 3] = ["application/pdf", "image/png", "image/jpeg"];

impl Server {
    async fn letter_for_printer(
        &self,
        who: &Authenticated,
        LetterToPrint { case: id, document: letter }: &LetterToPrint,
    ) -> Result<ForPrinter, Problem> {
        let SeenCase { case, .. } = self.see_case(who, id).await?;
        let document = case.documents.get(letter).ok_or(Rejection::DocumentUnknown)?;
        if document.taken_out.is_some() {
            return Err(Rejection::DocumentTakenOut.into());
        }
        let content = &document.content;
        if content.direction != Direction::Outgoing || &*content.media_type != "application/pdf" {
            let (title, number) = (&content.title, case.number.as_deref().unwrap_or("–"));
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "NotPrintable",
                format!(
                    "„{title}“ ({number}) ist kein ausgehendes Schreiben als PDF. Bitte einzeln öffnen und drucken."
                ),
                format!(
                    "\"{title}\" ({number}) is no outgoing letter as PDF. Please open and print it by itself."
                ),
            ));
        }
        let mut found = ForPrinter::default();
        let own = Enclosure {
            title: content.title.clone(),
            media_type: content.media_type.clone(),
            hash: content.hash.clone(),
        };
        for Enclosure { title, media_type, hash } in std::iter::once(&own).chain(&content.enclosures) {
            if PRINTED_TYPES.contains(&&**media_type) {
                found.documents.push((title.to_string(), self.bytes_for_printer(who, hash).await?));
            } else {
                found.left_out.push(LeftOut { case: id.clone(), letter: *letter, title: title.clone() });
            }
        }
        Ok(found)
    }

    async fn bytes_for_printer(&self, who: &Authenticated, hash: &str) -> Result<Vec<u8>, Problem> {
        let hash: Hash = hash.parse().map_err(Problem::fault)?;
        let bytes = self.runtime().store().blob(&who.tenant, &hash).await?;
        bytes.ok_or_else(|| Problem::fault(format!("the bytes of document {hash} are missing")))
    }
}

fn not_printed(why: &EffectError) -> Problem {
    Problem::new(StatusCode::CONFLICT, "NotPrintable", &*why.message.de, &*why.message.en)
}
