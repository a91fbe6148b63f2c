//! What of a process its scenarios reach, for the picture and the outline.

use std::{collections::BTreeSet, sync::Arc};

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    language::compile,
    scenario::{Figure, Mark, Point},
};
use fachwerk_runtime::{Played, play_scenarios, unbundle};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    params::Params,
    person::Authenticated,
    problem::Problem,
    server::Server,
    shapes::{ScenarioResult, Text},
    visibility::Segments,
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(show_coverage))
}

/// What the scenarios of a release reach.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ProcessCoverage {
    /// What came of the scenarios.
    scenarios: Vec<ScenarioResult>,
    /// How much of each kind was reached.
    figures: Vec<CoverageFigure>,
    /// Everything that a scenario can reach, in the order of the files.
    points: Vec<CoveragePoint>,
}

/// How much of one kind was reached.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct CoverageFigure {
    /// What people read.
    title: Text,
    /// So many were reached.
    reached: u32,
    /// Of so many.
    of: u32,
}

/// What can be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum CoverageKind {
    /// A step is entered.
    Step,
    /// A flow is gone.
    Flow,
    /// A step is left with an outcome.
    Outcome,
    /// A scope reacts.
    Handler,
    /// A row of a decision table matches.
    Row,
}

/// Something that a scenario can reach.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct CoveragePoint {
    /// What it is.
    kind: CoverageKind,
    /// The address of the step; none: the case itself, for its own handlers.
    step: Option<String>,
    /// The outcome of a flow, or that the step is left with.
    outcome: Option<String>,
    /// The rule of a way of a choice, as written.
    when: Option<String>,
    /// The handler.
    handler: Option<String>,
    /// The step that a flow or handler leads to.
    to: Option<String>,
    /// The file of a decision table.
    table: Option<String>,
    /// Its row, counted from 1; none: the default.
    row: Option<u32>,
    /// How often scenarios reached it.
    count: u32,
    /// Whether it is told as a gap: never reached, and not only because its step was never reached.
    gap: bool,
    /// In words.
    text: Text,
    /// The file that it is written in.
    file: String,
    /// The line there, counted from 1.
    line: u32,
}

impl CoveragePoint {
    fn of(Mark { point, count, text, span }: Mark, gap: bool) -> CoveragePoint {
        let empty = CoveragePoint {
            kind: CoverageKind::Step,
            step: None,
            outcome: None,
            when: None,
            handler: None,
            to: None,
            table: None,
            row: None,
            count,
            gap,
            text: (&text).into(),
            file: span.file.to_string(),
            line: span.line,
        };
        let words = |text: Arc<str>| text.to_string();
        match point {
            Point::Step { step } => CoveragePoint { step: Some(step.to_string()), ..empty },
            Point::Flow { step, outcome, when, to, .. } => CoveragePoint {
                kind: CoverageKind::Flow,
                step: Some(step.to_string()),
                outcome: outcome.map(words),
                when: when.map(words),
                to: to.map(|to| to.to_string()),
                ..empty
            },
            Point::Outcome { step, outcome } => CoveragePoint {
                kind: CoverageKind::Outcome,
                step: step.map(|step| step.to_string()),
                outcome: Some(words(outcome)),
                ..empty
            },
            Point::Handler { step, handler, to } => CoveragePoint {
                kind: CoverageKind::Handler,
                step: step.map(|step| step.to_string()),
                handler: Some(words(handler)),
                to: to.map(|to| to.to_string()),
                ..empty
            },
            Point::Row { step, table, row } => CoveragePoint {
                kind: CoverageKind::Row,
                step: Some(step.to_string()),
                table: Some(words(table)),
                row,
                ..empty
            },
        }
    }
}

/// What the scenarios of a process reach
///
/// Plays the scenarios of the release in use, or of another one, in memory. Blocks are covered by their own scenarios.
/// For designers and administrators.
#[utoipa::path(
    get, path = "/processes/{id}/coverage", tag = "processes", operation_id = "showCoverage",
    params(
        ("id" = String, Path, description = "The process."),
        ("release" = Option<String>, Query, description = "Which release; the one in use when not given."),
    ),
    responses((status = 200, description = "What is reached, and what never was.", body = ProcessCoverage))
)]
async fn show_coverage(
    State(server): State<Server>,
    who: Authenticated,
    Segments(id): Segments<String>,
    mut params: Params,
) -> Result<Json<ProcessCoverage>, Problem> {
    let wanted = params.text("release")?;
    params.finish()?;
    who.need_designer()?;
    let (_, _, deployed) = server.see_process(&who, &id, wanted).await?;
    let bundle = server.runtime().files(&who.tenant, &deployed.files, "").await?;
    let place = server.place_for_check().await?;
    let simulated = server.options().simulated;
    let playing = tokio::task::spawn_blocking(move || {
        let _place = place;
        let (process, catalogue) = unbundle(&bundle);
        let release = compile(&process, &catalogue).release?;
        let Played { scenarios, coverage } = play_scenarios(&process, &release, &catalogue, &simulated);
        let coverage = coverage?;
        let gaps: BTreeSet<Point> = coverage.gaps().into_iter().map(|mark| mark.point).collect();
        let marks = coverage.marks().into_iter();
        let points = marks.map(|mark| {
            let gap = gaps.contains(&mark.point);
            CoveragePoint::of(mark, gap)
        });
        let figures = coverage.figures().into_iter().filter(|(_, _, figure)| figure.of > 0);
        let figures = figures.map(|(title, _, Figure { reached, of })| CoverageFigure {
            title: (&title).into(),
            reached,
            of,
        });
        Some(ProcessCoverage {
            scenarios: scenarios.iter().map(ScenarioResult::from).collect(),
            figures: figures.collect(),
            points: points.collect(),
        })
    });
    let played = playing.await.map_err(Problem::fault)?;
    let unreadable = || {
        Problem::new(
            StatusCode::CONFLICT,
            "ReleaseUnreadable",
            "Diese Version des Verfahrens lässt sich mit den heutigen Regeln nicht mehr lesen; ihre Szenarien können nicht gespielt werden.",
            "This release cannot be read by today's rules any more; its scenarios cannot be played.",
        )
    };
    Ok(Json(played.ok_or_else(unreadable)?))
}
