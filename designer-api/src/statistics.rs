//! Figures for whoever leads: of each process what began, ended and waits, of each role what is open.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use axum::{Json, extract::State, http::StatusCode};
use fachwerk_core::{
    definition::Release,
    statistics::{Figures, PeriodFigures, month_of},
    words::{Date, ProcessId, RoleId, Timestamp},
};
use jiff::Span;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    corrections::may_correct,
    limits,
    params::Params,
    person::Authenticated,
    problem::Problem,
    server::Server,
    shapes::Text,
    visibility::{process_title, releases_in_view},
};

pub fn routes() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(read_statistics))
}

/// The figures of some months.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct Statistics {
    /// The first day of the first month.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// The first day of the last month.
    #[schema(value_type = String, format = Date)]
    until: Date,
    /// The day on which what goes on was counted.
    #[schema(value_type = String, format = Date)]
    today: Date,
    /// By process.
    processes: Vec<ProcessStatistics>,
    /// By role.
    roles: Vec<RoleStatistics>,
}

/// The figures of a process.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct ProcessStatistics {
    /// Its id.
    #[schema(value_type = String)]
    process: ProcessId,
    /// What people read.
    title: Text,
    /// Cases that go on now.
    open: u64,
    /// Deadlines that have passed, and are still set now.
    overdue: u64,
    /// Of all months together.
    whole: PeriodStatistics,
    /// Of each month in which anything began or ended, in order.
    months: Vec<MonthStatistics>,
}

/// The figures of a month.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct MonthStatistics {
    /// Its first day.
    #[schema(value_type = String, format = Date)]
    month: Date,
    /// What began and ended in it.
    figures: PeriodStatistics,
}

/// What began and ended within a period.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct PeriodStatistics {
    /// Cases that began.
    begun: u64,
    /// Cases that ended.
    ended: u64,
    /// Those that ended, by outcome.
    outcomes: Vec<OutcomeCount>,
    /// So many days at most took half of those that ended: to the day up to 99 days, then to two digits, rounded up.
    median_days: Option<u32>,
    /// So many days at most took nine of ten.
    most_days: Option<u32>,
}

/// How many cases ended so.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct OutcomeCount {
    /// The outcome; empty when the process does not say.
    #[schema(value_type = String)]
    outcome: Arc<str>,
    /// What people read.
    title: Text,
    /// How many.
    count: u64,
}

/// The open tasks of a role.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
struct RoleStatistics {
    /// Its id.
    #[schema(value_type = String)]
    role: RoleId,
    /// What people read.
    title: Text,
    /// Open tasks.
    open: u64,
    /// Those of them whose due day has passed.
    overdue: u64,
    /// Since when the oldest of them is open.
    #[schema(value_type = Option<String>, format = DateTime)]
    oldest: Option<Timestamp>,
}

/// Figures
///
/// Of the processes whose cases whoever asks may correct; administrators get all. They name no case and no person, and include
/// cases that were erased.
#[utoipa::path(
    get, path = "/statistics", tag = "lists", operation_id = "readStatistics",
    params(
        ("from" = Option<String>, Query, format = Date, description = "A day of the first month; eleven months before the last one when not given."),
        ("until" = Option<String>, Query, format = Date, description = "A day of the last month; this month when not given. At most 120 months."),
    ),
    responses((status = 200, description = "The figures.", body = Statistics))
)]
async fn read_statistics(
    State(server): State<Server>,
    who: Authenticated,
    mut params: Params,
) -> Result<Json<Statistics>, Problem> {
    let (from, until) = (params.day("from")?, params.day("until")?);
    params.finish()?;
    let today = server.work_day();
    let until = month_of(until.unwrap_or(today));
    let from = month_of(from.unwrap_or_else(|| months_before(until, 11)));
    if from > until {
        let why = Text::new(
            "Der erste Monat liegt nach dem letzten. Bitte einen früheren Beginn oder ein späteres Ende angeben.",
            "The first month is after the last one. Please give an earlier begin or a later end.",
        );
        return Err(Problem::said(StatusCode::BAD_REQUEST, "QueryInvalid", why));
    }
    if from < months_before(until, limits::MONTHS - 1) {
        return Err(Problem::limit(StatusCode::BAD_REQUEST, "QueryInvalid", "months", limits::MONTHS));
    }
    let led = server.led_by(&who).await;
    if led.is_empty() {
        return Err(Problem::not_allowed());
    }
    let processes: BTreeSet<ProcessId> = led.keys().cloned().collect();
    let found = server.runtime().store().statistics(&who.tenant, Some(&processes), (from, until)).await?;
    let mut figures = Figures::of(found.counts, today);
    let titles = server.roles(&who).await;
    let processes = led.iter().map(|(process, release)| {
        let figures = figures.processes.remove(process).unwrap_or_default();
        let months = figures.months.iter().map(|(month, figures)| MonthStatistics {
            month: *month,
            figures: PeriodStatistics::of(figures, release),
        });
        ProcessStatistics {
            title: process_title(&who.authority, process),
            process: process.clone(),
            open: figures.open,
            overdue: figures.overdue,
            whole: PeriodStatistics::of(&figures.whole, release),
            months: months.collect(),
        }
    });
    let processes = processes.collect();
    let roles = figures.roles.into_iter().map(|(role, figures)| RoleStatistics {
        title: titles.get(&role).cloned().unwrap_or_else(|| Text::new(role.as_str(), role.as_str())),
        open: figures.open,
        overdue: figures.overdue,
        oldest: found.oldest.get(&role).copied(),
        role,
    });
    Ok(Json(Statistics { from, until, today, processes, roles: roles.collect() }))
}

impl PeriodStatistics {
    fn of(figures: &PeriodFigures, release: &Release) -> PeriodStatistics {
        let outcomes = figures.outcomes.iter().map(|(outcome, count)| OutcomeCount {
            outcome: outcome.clone(),
            title: (&release.outcome_title(outcome)).into(),
            count: *count,
        });
        PeriodStatistics {
            begun: figures.begun,
            ended: figures.ended,
            outcomes: outcomes.collect(),
            median_days: figures.median_days,
            most_days: figures.most_days,
        }
    }
}

/// The first day of the month that lies so many before.
fn months_before(month: Date, months: i32) -> Date {
    month_of(month.saturating_sub(Span::new().months(months)))
}

impl Server {
    /// The processes whose figures somebody sees, each with the release that stands for it: those whose cases they may correct.
    pub async fn led_by(&self, who: &Authenticated) -> BTreeMap<ProcessId, Arc<Release>> {
        let mut led = BTreeMap::new();
        for (process, id) in releases_in_view(&who.authority) {
            match self.runtime().release(&who.tenant, id).await {
                Ok(release) if !release.item && may_correct(who, &release) => {
                    led.insert(process.clone(), release);
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, tenant = %who.tenant, %process, "a release cannot be loaded")
                }
            }
        }
        led
    }
}
