//! The law index (Rechtsverzeichnis): what rests on a norm, which running deadlines do, and what another row of legal data
//! would make of them.

mod shapes;

use std::collections::BTreeSet;

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    authority::AuthorityRejection,
    decide::OtherEnd,
    law::{
        Table,
        citation::{Citation, Fit, Unreadable},
        index::{LawIndex, Use, asked},
    },
    projection::DeadlineRow,
    words::{Object, ProcessId, Text, Value},
};
use fachwerk_runtime::{Looked, Looking};
use fachwerk_store::{CaseQuery, Cursor, Listed, Piece};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::shapes::{
    CitedLaw, LawFit, LawIndexAnswer, LawUse, LegalRowAhead, LegalRowTouches, OtherDeadline, RestingDeadline,
    RestingDeadlines, RestingProcess, RestingState,
};
use crate::{
    body, params::Params, person::Authenticated, problem::Problem, server::Server, visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(read_law_index))
        .routes(routes!(list_resting_deadlines))
        .routes(routes!(preview_law_row))
}

/// The law index
///
/// Which laws are cited by the blocks, the processes in view and the legal data of the authority; with `norm`, what rests on
/// it, for example `§ 41 Abs. 2 VwVfG`, and which processes do. With `on`, rows of legal data say whether they hold on that day
/// and whether they begin or end there. For administrators and designers; how many cases go on is told of processes whose
/// cases you see.
#[utoipa::path(
    get, path = "/law/index", tag = "administration", operation_id = "readLawIndex",
    params(
        ("norm" = Option<String>, Query, description = "What is asked for: a law, or a place in it."),
        ("on" = Option<String>, Query, format = Date, description = "A key day."),
    ),
    responses((status = 200, description = "The index.", body = LawIndexAnswer))
)]
async fn read_law_index(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<LawIndexAnswer>, Problem> {
    who.need_designer()?;
    let norm = params.text("norm")?.filter(|norm| !norm.trim().is_empty());
    let on = params.day("on")?;
    params.finish()?;
    let asked = norm.as_deref().map(asked_for).transpose()?.unwrap_or_default();
    let index = server.law_index(&who).await?;
    let cited = index.laws().into_iter().map(|cited| CitedLaw { law: cited.law, count: cited.count });
    Ok(Json(LawIndexAnswer {
        norm: printed(&asked),
        laws: cited.collect(),
        uses: index.uses(&asked, on).into_iter().map(LawUse::from).collect(),
        processes: resting(&server, &who, &index, &asked).await?,
    }))
}

/// The deadlines that rest on a norm
///
/// By which norms a deadline was reckoned stands in its derivation; one for a remedy also rests on what its act does. One that
/// does not run yet, because its letter has not left the house, is listed when it would rest on the norm if the letter left today,
/// whichever way. The deadlines are looked at along their ends, a piece at a time, those that wait at last: `looked_at` says how
/// many. Only those of processes whose cases you see. For administrators and designers.
#[utoipa::path(
    get, path = "/law/index/deadlines", tag = "administration", operation_id = "listRestingDeadlines",
    params(
        ("norm" = Option<String>, Query, description = "What is asked for: a law, or a place in it. Without it nothing is looked at."),
        ("on" = Option<String>, Query, format = Date, description = "Only those that end on this day or later, or wait."),
        ("cursor" = Option<String>, Query, description = "`next` of the piece before."),
    ),
    responses((status = 200, description = "A piece of them.", body = RestingDeadlines))
)]
async fn list_resting_deadlines(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<RestingDeadlines>, Problem> {
    who.need_designer()?;
    let (norm, since) = (params.text("norm")?, params.day("on")?);
    let cursor = params.text("cursor")?.map(Cursor::from_text);
    params.finish()?;
    let Some(norm) = norm.filter(|norm| !norm.trim().is_empty()) else {
        return Ok(Json(RestingDeadlines { items: Vec::new(), looked_at: 0, next: None }));
    };
    let asked = asked_for(&norm)?;
    let looking = Looking { since, processes: Some(server.processes_of(&who).await?), cursor };
    let Looked { found, looked_at, next } =
        server.runtime().resting_deadlines(&who.tenant, looking, &asked).await?;
    let item =
        |(Listed { row, case }, (fit, norms)): (Listed<DeadlineRow>, (Fit, Vec<String>))| RestingDeadline {
            case: row.case.to_string(),
            number: case.number,
            process: case.process.to_string(),
            state: RestingState::of(&row),
            title: row.title.into(),
            end: row.end,
            fit: LawFit::of(fit.code()),
            norms,
        };
    Ok(Json(RestingDeadlines {
        items: found.into_iter().map(item).collect(),
        looked_at,
        next: next.map(|next| next.as_str().to_owned()),
    }))
}

/// What a row of legal data would touch
///
/// Nothing is changed. A row that cannot be is refused as it would be when it is set. Running deadlines do not follow a row that
/// an authority sets; those that would end on another day are told, so that people can look at them: they are reckoned by it
/// without anything being recorded, a piece at a time. Those that do not run yet, and would begin by it, are told as well
/// (`state`). For administrators.
#[utoipa::path(
    post, path = "/law/{table}/{id}/preview", tag = "administration", operation_id = "previewLawRow",
    params(
        ("table" = String, Path, description = "The table."),
        ("id" = String, Path, description = "The id of the row."),
        ("cursor" = Option<String>, Query, description = "`next` of the piece before."),
    ),
    request_body = LegalRowAhead,
    responses((status = 200, description = "What it would touch.", body = LegalRowTouches))
)]
async fn preview_law_row(
    State(server): State<Server>,
    who: Authenticated,
    Segments((table, id)): Segments<(String, String)>,
    mut params: Params,
    body::Json(LegalRowAhead { row }): body::Json<LegalRowAhead>,
) -> Result<Json<LegalRowTouches>, Problem> {
    who.need_administrator()?;
    let cursor = params.text("cursor")?.map(Cursor::from_text);
    params.finish()?;
    let of_table = Table::named(&table).ok_or(AuthorityRejection::LawTableUnknown)?;
    let row: Object =
        row.into_iter().filter(|(_, value)| *value != Value::Null && value.as_str() != Some("")).collect();
    let law = who.authority.law.with_row(&table, &id, row.clone());
    let law = law.map_err(|problem| AuthorityRejection::LawRowInvalid(problem.text))?;
    let before = who.authority.law.own_row(&table, &id).or_else(|| of_table.built_in_row(&id));
    let norm = |row: &Object| row.get("norm").and_then(Value::as_str).and_then(|norm| asked(norm).ok());
    let mut norms: Vec<Citation> = before.into_iter().chain([&row]).filter_map(norm).flatten().collect();
    norms.sort();
    norms.dedup();
    let index = server.law_index(&who).await?;
    let seen = server.processes_of(&who).await?;
    let looking = Looking { since: None, processes: None, cursor };
    let Looked { found, looked_at, next } =
        server.runtime().deadlines_by_law(&who.tenant, looking, &law.data).await?;
    let (deadlines, unseen) = moved(found, &seen);
    let here = |used: &Use| !used.row.as_ref().is_some_and(|row| *row.table == *table && *row.id == *id);
    Ok(Json(LegalRowTouches {
        uses: index.uses(&norms, None).into_iter().filter(here).map(LawUse::from).collect(),
        processes: resting(&server, &who, &index, &norms).await?,
        deadlines,
        unseen,
        looked_at,
        next: next.map(|next| next.as_str().to_owned()),
    }))
}

type Moved = (Listed<DeadlineRow>, OtherEnd);

/// Those that somebody sees, and how many others there are.
fn moved(found: Vec<Moved>, seen: &BTreeSet<ProcessId>) -> (Vec<OtherDeadline>, u32) {
    let (mine, others): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|(listed, _)| seen.contains(&listed.case.process));
    let told = mine.into_iter().map(|(listed, other)| OtherDeadline {
        case: listed.row.case.to_string(),
        number: listed.case.number,
        process: listed.case.process.to_string(),
        state: RestingState::of(&listed.row),
        title: other.title.into(),
        end: other.is,
        would_end: other.would,
    });
    (told.collect(), u32::try_from(others.len()).unwrap_or(u32::MAX))
}

/// The processes that rest on it, with how many of their cases go on, as far as somebody sees them.
async fn resting(
    server: &Server,
    who: &Authenticated,
    index: &LawIndex,
    asked: &[Citation],
) -> Result<Vec<RestingProcess>, Problem> {
    let seen = server.processes_of(who).await?;
    let mut all = Vec::new();
    for found in index.processes(asked) {
        let process = ProcessId::from(&*found.process);
        let total = if seen.contains(&process) {
            let piece = Piece { cursor: None, limit: 1 };
            let query = CaseQuery { open: Some(true), process: Some(process), piece, ..CaseQuery::default() };
            server.runtime().store().cases(&who.tenant, &query).await?.total
        } else {
            None
        };
        all.push(RestingProcess {
            process: found.process,
            title: found.title.into(),
            itself: found.itself,
            blocks: found.blocks,
            open: total.map(|total| total.count),
            open_capped: total.is_some_and(|total| total.more),
        });
    }
    Ok(all)
}

fn asked_for(norm: &str) -> Result<Vec<Citation>, Problem> {
    asked(norm).map_err(|Unreadable { why, help }| {
        let said = Text::new(format!("{} {}", why.de, help.de), format!("{} {}", why.en, help.en));
        Problem::said(StatusCode::BAD_REQUEST, "CitationUnreadable", said.into())
    })
}

fn printed(asked: &[Citation]) -> String {
    asked.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
