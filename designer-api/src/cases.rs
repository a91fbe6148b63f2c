//! Cases: the list, and how one begins.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    authority::Authority,
    command::Command,
    decide::Rejection,
    definition::Release,
    projection::CaseRow,
    words::{CaseId, Date, Object, ProcessId, ReleaseId, Timestamp},
};
use fachwerk_store::{CaseQuery, Found};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    body,
    paging::Page,
    params::Params,
    person::{Authenticated, CommandId},
    problem::Problem,
    server::Server,
    shapes::{Misfit, Text, Values, values},
    sorting::CaseSort,
    visibility::{process_title, takes_part},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(list_cases, start_case))
}

/// A case in lists.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseEntry {
    /// Its id.
    pub id: String,
    /// The process.
    #[schema(value_type = String)]
    pub process: ProcessId,
    /// What people read for the process.
    pub process_title: Text,
    /// The file number.
    #[schema(value_type = Option<String>)]
    pub number: Option<Arc<str>>,
    /// What names it beside its number.
    #[schema(value_type = Option<String>)]
    pub subject: Option<Arc<str>>,
    /// Whether it goes on.
    pub open: bool,
    /// Whether it has an incident.
    pub stuck: bool,
    /// How it ended.
    #[schema(value_type = Option<String>)]
    pub outcome: Option<Arc<str>>,
    /// What people read for how it ended.
    pub outcome_title: Option<Text>,
    /// The true day of receipt.
    #[schema(value_type = String, format = Date)]
    pub received_on: Date,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When something happened last.
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Timestamp,
    /// When it ended.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub ended_at: Option<Timestamp>,
    /// The declared columns.
    pub columns: Values,
}

impl CaseEntry {
    fn of(authority: &Authority, outcomes: &Outcomes, stuck: &BTreeSet<CaseId>, row: CaseRow) -> CaseEntry {
        CaseEntry {
            id: row.case.to_string(),
            process_title: process_title(authority, &row.process),
            process: row.process,
            number: row.number,
            subject: row.subject,
            open: row.open,
            stuck: stuck.contains(&row.case),
            outcome_title: row.outcome.as_ref().map(|outcome| outcomes.title(&row.release, outcome)),
            outcome: row.outcome,
            received_on: row.received_on,
            started_at: row.started_at,
            changed_at: row.changed_at,
            ended_at: row.ended_at,
            columns: values(&row.columns),
        }
    }
}

/// How cases of a list ended, as their releases say it.
struct Outcomes(BTreeMap<ReleaseId, Arc<Release>>);

impl Outcomes {
    async fn of(server: &Server, who: &Authenticated, rows: &[CaseRow]) -> Outcomes {
        let mut releases = BTreeMap::new();
        for CaseRow { release, .. } in rows.iter().filter(|row| row.outcome.is_some()) {
            if !releases.contains_key(release)
                // A release that cannot be read any more hides no case: its outcome is shown as it is written.
                && let Ok(read) = server.runtime().release(&who.tenant, release).await
            {
                releases.insert(release.clone(), read);
            }
        }
        Outcomes(releases)
    }

    fn title(&self, release: &ReleaseId, outcome: &str) -> Text {
        let release = self.0.get(release);
        release
            .map_or_else(|| Text::new(outcome, outcome), |release| (&release.outcome_title(outcome)).into())
    }
}

/// An application.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Start {
    /// The process.
    process: String,
    /// How the application came; `manual` when not given.
    channel: Option<String>,
    /// The application, by the data schema of the process.
    #[schema(value_type = Values)]
    data: Object,
    /// The true day of receipt; today when not given.
    #[schema(format = Date)]
    received_on: Option<String>,
}

/// A case has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Started {
    /// The case.
    case: String,
    /// Its version.
    version: u64,
}

/// The cases
///
/// `filter.<column>=value` restricts to cases whose declared column has the value.
#[utoipa::path(
    get, path = "/cases", tag = "cases", operation_id = "listCases",
    params(
        ("open" = Option<bool>, Query, description = "Only those that go on, or only those that have ended."),
        ("process" = Option<String>, Query, description = "Only of this process."),
        ("q" = Option<String>, Query, description = "Words that begin a word of number or subject."),
        ("sort" = Option<String>, Query, description = "`newest` (when not given), `number`, `deadline` (the legal deadline that ends first), or `column.<name>` (a declared column). Cases that lack it come last."),
        ("descending" = Option<bool>, Query, description = "The order turned round; not that by `newest`."),
        ("cursor" = Option<String>, Query, description = "`next` of the page before."),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200, description = "At most so many rows; 50 when not given."),
    ),
    responses((status = 200, description = "A page of the cases.", body = Page<CaseEntry>))
)]
async fn list_cases(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Page<CaseEntry>>, Problem> {
    let open = params.parsed("open")?;
    let process = params.text("process")?.map(ProcessId::from);
    let found = Found { text: params.text("q")?, columns: params.beginning_with("filter.")? };
    let order = params.parsed("sort")?.and_then(|CaseSort(order)| order);
    let descending = params.parsed("descending")?.unwrap_or(false);
    let piece = params.piece()?;
    params.finish()?;
    let processes = Some(server.processes_of(&who).await?);
    let query = CaseQuery { open, process, processes, found, order, descending, piece: piece.of_store() };
    let page = server.runtime().store().cases(&who.tenant, &query).await?;
    let outcomes = Outcomes::of(&server, &who, &page.items).await;
    let listed = page.items.iter().map(|row| row.case);
    let stuck = server.runtime().store().stuck_cases(&who.tenant, listed).await?;
    Ok(Json(Page::from_store(page, &piece, |row| CaseEntry::of(&who.authority, &outcomes, &stuck, row))))
}

/// Begin a case
///
/// With an `Idempotency-Key` the case gets it as its id, so a repeated request cannot begin a second one. Ids of cases
/// are ordered by time; therefore the key must be a UUID of version 7 here.
#[utoipa::path(
    post, path = "/cases", tag = "cases", operation_id = "startCase",
    request_body = Start,
    responses(
        (status = 200, description = "It has begun.", body = Started),
        (status = 404, description = "The process is not in use."),
    )
)]
async fn start_case(
    State(server): State<Server>,
    who: Authenticated,
    command: CommandId,
    body::Json(Start { process, channel, data, received_on }): body::Json<Start>,
) -> Result<Json<Started>, Problem> {
    command.begins_a_case()?;
    let release = who.authority.current.get(process.as_str()).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "ProcessUnknown",
            "Dieses Verfahren ist nicht im Einsatz.",
            "This process is not in use.",
        )
    })?;
    let compiled = server.runtime().release(&who.tenant, release).await?;
    if !takes_part(&who, &compiled) {
        return Err(Rejection::NoPartInProcess.into());
    }
    let received_on = received_on.map(|day| read_day("/received_on", &day)).transpose()?;
    let channel = read_channel(channel)?;
    let ask = Command::StartCase {
        release: release.clone(),
        channel,
        data,
        received_on,
        documents: Vec::new(),
        caller: None,
    };
    let case = CaseId(command.0);
    let committed = server.submit(&who, case, command, ask).await?;
    Ok(Json(Started { case: case.to_string(), version: committed.version }))
}

/// A day of a request.
pub fn read_day(at: &str, text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| {
        Problem::values(vec![Misfit::new(
            at,
            "date",
            "Das ist kein Tag (JJJJ-MM-TT).",
            "This is not a day (YYYY-MM-DD).",
        )])
    })
}

fn read_channel(channel: Option<String>) -> Result<Arc<str>, Problem> {
    let channel = channel.unwrap_or_else(|| "manual".into());
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=40).contains(&channel.len()) && channel.chars().all(good) {
        return Ok(channel.into());
    }
    Err(Problem::values(vec![Misfit::new(
        "/channel",
        "channel",
        "Ein Eingangsweg besteht aus 1 bis 40 Kleinbuchstaben, Ziffern und Bindestrichen.",
        "A channel has 1 to 40 lower-case letters, digits and hyphens.",
    )]))
}
