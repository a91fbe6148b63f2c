//! The clock of a demo: it can be moved, and what is due by then happens in its order.

use axum::{Json, extract::State};
use fachwerk_core::words::{Language, Period, Timestamp};
use jiff::Span;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{body, params::Params, person::Authenticated, problem::Problem, server::Server, shapes::Misfit};

/// The furthest that the clock moves at once.
const MOST_DAYS: i64 = 4_000;
/// The most times that something is due on the way.
const MOST_STOPS: usize = 10_000;

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(show_clock, move_clock))
}

/// The time of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
struct Clock {
    /// Now.
    #[schema(value_type = String, format = DateTime)]
    now: Timestamp,
}

/// How far the clock shall move.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClockMove {
    /// A period, for example `10 days`.
    advance: String,
}

/// The clock
///
/// Only in a demo.
#[utoipa::path(
    get, path = "/clock", tag = "demo", operation_id = "showClock",
    responses(
        (status = 200, description = "The time.", body = Clock),
        (status = 404, description = "This is no demo.")
    )
)]
async fn show_clock(
    State(server): State<Server>,
    _: Authenticated,
    params: Params,
) -> Result<Json<Clock>, Problem> {
    params.finish()?;
    need_demo(&server)?;
    Ok(Json(Clock { now: server.runtime().clock().now() }))
}

/// Move the clock
///
/// Only in a demo. Deadlines that pass on the way pass at their own time.
#[utoipa::path(
    post, path = "/clock", tag = "demo", operation_id = "moveClock",
    request_body = ClockMove,
    responses(
        (status = 200, description = "The time after it.", body = Clock),
        (status = 404, description = "This is no demo.")
    )
)]
async fn move_clock(
    State(server): State<Server>,
    _: Authenticated,
    body::Json(ClockMove { advance }): body::Json<ClockMove>,
) -> Result<Json<Clock>, Problem> {
    need_demo(&server)?;
    let period = Period::parse(&advance).map_err(|error| {
        let misfit = Misfit::new("/advance", "period", error.text(Language::De), error.text(Language::En));
        Problem::values(vec![misfit])
    })?;
    let until = later(server.runtime().clock().now(), period).ok_or_else(|| {
        Problem::values(vec![Misfit::new(
            "/advance",
            "too_large",
            format!("Höchstens {MOST_DAYS} Tage auf einmal."),
            format!("At most {MOST_DAYS} days at once."),
        )])
    })?;
    // Carried out to its end, even when nobody waits any more.
    let moving = server.clone();
    tokio::spawn(async move { move_to(&moving, until).await }).await.map_err(Problem::fault)??;
    Ok(Json(Clock { now: server.runtime().clock().now() }))
}

async fn move_to(server: &Server, until: Timestamp) -> Result<(), Problem> {
    let (runtime, clock) = (server.runtime(), server.runtime().clock());
    for _ in 0..MOST_STOPS {
        let next = runtime.store().next_timer_at().await?.filter(|next| *next <= until);
        clock.advance_to(next.unwrap_or(until));
        (server.options().clock_moved)(clock).map_err(Problem::fault)?;
        runtime.settle().await?;
        if next.is_none() {
            return Ok(());
        }
    }
    clock.advance_to(until);
    (server.options().clock_moved)(clock).map_err(Problem::fault)?;
    Ok(runtime.settle().await?)
}

fn need_demo(server: &Server) -> Result<(), Problem> {
    if server.options().demo { Ok(()) } else { Err(Problem::not_found()) }
}

/// The instant a period later, in German civil time; months and years as the calendar has them.
fn later(now: Timestamp, period: Period) -> Option<Timestamp> {
    let count = i64::from(period.count());
    let span = match period {
        Period::Days(_) | Period::WorkingDays { .. } => Span::new().try_days(count),
        Period::Weeks(_) => Span::new().try_weeks(count),
        Period::Months(_) => Span::new().try_months(count),
        Period::Years(_) => Span::new().try_years(count),
        Period::Hours(_) => Span::new().try_hours(count),
    };
    let then = now.in_tz("Europe/Berlin").ok()?.checked_add(span.ok()?).ok()?.timestamp();
    (then.duration_since(now).as_hours() <= MOST_DAYS * 24).then_some(then)
}
