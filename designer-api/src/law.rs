//! Legal data (Rechtsdaten): the rows that remedies, instructions and notification follow from, and those that an authority
//! has set itself.

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    authority::{AuthorityCommand, Law},
    law::{Choice, Field, FieldKind, TABLES, Table, id_of},
    words::{Object, Value},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::Text,
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(read_law)).routes(routes!(set_law_row, remove_law_row))
}

/// All tables of legal data.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct LegalTables {
    /// Each table.
    tables: Vec<LegalTable>,
}

/// A table of legal data.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct LegalTable {
    /// Its name.
    name: String,
    /// What people read.
    title: Text,
    /// Which day decides whether a row holds.
    key_day: Text,
    /// What its rows say.
    fields: Vec<LegalField>,
    /// Its rows: those that are compiled in, or what the authority has set in their place, and those that it has added.
    rows: Vec<LegalRow>,
}

/// A field of the rows of a table.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct LegalField {
    /// Its name in the row.
    name: String,
    /// What people read.
    title: Text,
    /// What is filled in.
    kind: LegalFieldKind,
    /// What can be chosen; blank unless the kind is `choice`.
    choices: Vec<LegalChoice>,
}

/// What can be chosen.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct LegalChoice {
    /// As it stands in the row.
    id: String,
    /// What people read.
    title: Text,
}

/// What is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum LegalFieldKind {
    /// A line of text.
    Line,
    /// Several lines.
    Long,
    /// `{ de, en }`.
    Both,
    /// A day.
    Day,
    /// Yes or no.
    Flag,
    /// A whole number.
    Number,
    /// Several short texts.
    List,
    /// One of `choices`.
    Choice,
    /// Anything else, as JSON.
    Data,
}

/// A row of legal data.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct LegalRow {
    /// What names it for ever, within its table.
    id: String,
    /// What it says: the fields of its table.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    row: Object,
    /// Whether the authority has set it.
    own: bool,
    /// What is compiled in, when the authority has set another one in its place.
    #[schema(value_type = Option<std::collections::HashMap<String, serde_json::Value>>)]
    built_in: Option<Object>,
    /// Whether the authority has set it, and this version of the program cannot read it: what is compiled in holds.
    unread: bool,
}

/// A row as it shall be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewLegalRow {
    /// What it says: the fields of its table, without `id` and `checked_by`.
    #[schema(value_type = std::collections::HashMap<String, serde_json::Value>)]
    row: Object,
    /// Whether you have compared it with the promulgated text: your name then stands at the row.
    checked: bool,
}

impl LegalTable {
    fn of(table: &Table, law: &Law) -> LegalTable {
        let row = |id: &str, built_in: Option<&Object>| {
            let own = law.own_row(table.name, id);
            let said = own.or(built_in).cloned().unwrap_or_default();
            LegalRow {
                id: id.to_owned(),
                row: said,
                own: own.is_some(),
                built_in: own.and(built_in).cloned(),
                unread: law.unread.iter().any(|(of, known)| **of == *table.name && **known == *id),
            }
        };
        let mut rows: Vec<LegalRow> =
            table.built_in().map(|built_in| row(id_of(built_in), Some(built_in))).collect();
        let added = law.own.get(table.name).into_iter().flatten().map(|(id, _)| id);
        rows.extend(added.filter(|id| table.built_in_row(id).is_none()).map(|id| row(id, None)));
        LegalTable {
            name: table.name.to_owned(),
            title: (&table.title()).into(),
            key_day: (&table.key_day()).into(),
            fields: table.fields().map(LegalField::of).collect(),
            rows,
        }
    }
}

impl LegalField {
    fn of(field: &Field) -> LegalField {
        let (kind, choices): (_, &[Choice]) = match field.kind {
            FieldKind::Line => (LegalFieldKind::Line, &[]),
            FieldKind::Long => (LegalFieldKind::Long, &[]),
            FieldKind::Both => (LegalFieldKind::Both, &[]),
            FieldKind::Day => (LegalFieldKind::Day, &[]),
            FieldKind::Flag => (LegalFieldKind::Flag, &[]),
            FieldKind::Number => (LegalFieldKind::Number, &[]),
            FieldKind::List => (LegalFieldKind::List, &[]),
            FieldKind::Choice(choices) => (LegalFieldKind::Choice, choices),
            FieldKind::Data => (LegalFieldKind::Data, &[]),
        };
        LegalField {
            name: field.name.to_owned(),
            title: (&field.title()).into(),
            kind,
            choices: choices
                .iter()
                .map(|choice| LegalChoice { id: choice.id.to_owned(), title: (&choice.title()).into() })
                .collect(),
        }
    }
}

/// Legal data
///
/// All tables with their rows, as they hold for the authority.
#[utoipa::path(
    get, path = "/law", tag = "administration", operation_id = "readLaw",
    responses((status = 200, description = "The tables.", body = LegalTables))
)]
async fn read_law(who: Authenticated) -> Json<LegalTables> {
    let law = &who.authority.law;
    Json(LegalTables { tables: TABLES.iter().map(|table| LegalTable::of(table, law)).collect() })
}

/// Set a row of legal data
///
/// In the place of the row with this id, or as a new one. It counts for what is decided from then on; what is decided already
/// keeps what it rested on. A row that cannot be, or does not fit to the others, is refused (422 `LawRowInvalid`). For
/// administrators.
#[utoipa::path(
    put, path = "/law/{table}/{id}", tag = "administration", operation_id = "setLawRow",
    params(
        ("table" = String, Path, description = "The table, by its name in `GET /law`."),
        ("id" = String, Path, description = "The id of the row: small letters, digits, dashes."),
    ),
    request_body = NewLegalRow,
    responses((status = 204, description = "It counts."))
)]
async fn set_law_row(
    State(server): State<Server>,
    who: Authenticated,
    Segments((table, id)): Segments<(String, String)>,
    CommandId(command): CommandId,
    body::Json(NewLegalRow { row, checked }): body::Json<NewLegalRow>,
) -> Result<StatusCode, Problem> {
    // What is left blank is not said.
    let row =
        row.into_iter().filter(|(_, value)| *value != Value::Null && value.as_str() != Some("")).collect();
    let set = AuthorityCommand::SetLawRow { table: table.into(), id: id.into(), row, checked };
    server.change(&who, command, set).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take an own row of legal data back
///
/// What is compiled in holds again, or nothing. For administrators.
#[utoipa::path(
    delete, path = "/law/{table}/{id}", tag = "administration", operation_id = "removeLawRow",
    params(
        ("table" = String, Path, description = "The table."),
        ("id" = String, Path, description = "The id of the row."),
    ),
    responses((status = 204, description = "It is gone."))
)]
async fn remove_law_row(
    State(server): State<Server>,
    who: Authenticated,
    Segments((table, id)): Segments<(String, String)>,
    CommandId(command): CommandId,
) -> Result<StatusCode, Problem> {
    let remove = AuthorityCommand::RemoveLawRow { table: table.into(), id: id.into() };
    server.change(&who, command, remove).await?;
    Ok(StatusCode::NO_CONTENT)
}
