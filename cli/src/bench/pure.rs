//! Workloads without a database: steps, tables, whole cases on the simulated clock. One client a processor.

#[path = "../../../engine/core/benches/course.rs"]
mod course;
#[path = "../../../engine/rules/benches/sample.rs"]
mod sample;

use std::{hint::black_box, thread, time::Duration};

use course::{Course, replay, steps};
use fachwerk_core::{
    definition::Release,
    diagnostic::Problems,
    language::{Catalogue, compile},
    scenario::{self, Action, Scenario, Simulation},
    turn::Turn,
    words::Value,
};
use fachwerk_rules::{Sandbox, Table, Vars};
use serde_json::json;

use super::{
    figures::{Usage, megabytes, rounded},
    letters,
    stopwatch::{Work, per_second},
};
use crate::{Failure, connectors, files};

/// A workload without a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pure {
    Steps,
    Tasks,
    Tables,
    Simulate,
    Letters,
}

/// The case that is simulated: a permit from the application to the closed file.
const PROCESS: &str = "examples/bonfire";
const SCENARIO: &str = "scenarios/01-permit.yaml";

/// Measures a workload for some seconds, and then its limit.
pub fn measure(workload: Pure, seconds: u32) -> Result<Value, Failure> {
    let clients = thread::available_parallelism().map_or(1, usize::from);
    let lasting = Duration::from_secs(seconds.into());
    let line = |name: &str, work: &Work<'_>, limit: &Work<'_>| {
        let before = Usage::of(None);
        let per_s = per_second(clients, lasting, work);
        let after = Usage::of(None);
        let limit = per_second(clients, lasting, limit);
        json!({
            "workload": name, "clients": clients, "per_s": rounded(per_s), "cpu_s": rounded(after.cpu_s - before.cpu_s),
            "peak_rss_mb": megabytes(after.peak_rss_mb), "limit_per_s": rounded(limit), "limit_ratio": rounded(per_s / limit),
        })
    };
    let course = |name: &str, course: &Course| {
        let turns = course.run();
        let count = steps(&turns);
        let decided = || steps(&black_box(course).run());
        let evolved = || {
            black_box(replay(black_box(&turns)));
            count
        };
        line(name, &decided, &evolved)
    };
    Ok(match workload {
        Pure::Steps => course("pure-steps", &Course::machine_steps()),
        Pure::Tasks => course("pure-tasks", &Course::tasks()),
        Pure::Tables => {
            let table = Table::compile(&sample::table(), &Sandbox::default());
            let table = table.map_err(|error| format!("the table cannot be read: {error:?}"))?;
            let cases: Vec<Value> = (0..sample::ROWS).map(sample::case).collect();
            line("tables", &|| by_table(&table, &cases), &|| by_hand(&cases))
        }
        Pure::Simulate => {
            let (release, scenario) = prepared()?;
            let turns = simulated(&release, &scenario)?;
            let evolved = || {
                black_box(replay(black_box(&turns)));
                1
            };
            line("simulate", &|| simulated(&release, &scenario).map_or(0, |_| 1), &evolved)
        }
        Pure::Letters => {
            let (release, scenario) = prepared()?;
            letters::measure(&release, &scenario, seconds)?
        }
    })
}

/// The table, once for each of its rows.
fn by_table(table: &Table, cases: &[Value]) -> u64 {
    let fees = cases.iter().map(|case| {
        let vars = Vars::new().with("application", &case["application"]);
        let outcome = table.evaluate(black_box(&vars)).ok();
        outcome.and_then(|outcome| outcome.outputs["fee"].as_i64()).unwrap_or(-1)
    });
    black_box(fees.sum::<i64>());
    cases.len() as u64
}

/// The limit: the same rows written by hand, on the same data.
fn by_hand(cases: &[Value]) -> u64 {
    let fees = cases.iter().map(|case| {
        let application = &black_box(case)["application"];
        let (area, kind) = (application["area"].as_i64(), application["kind"].as_str());
        let received = application["received"].as_str();
        black_box(application["is_owner"].as_bool());
        let row = (0..sample::ROWS).find(|row| {
            let (from, to) = sample::areas(*row);
            area.is_some_and(|area| (from..to).contains(&area))
                && sample::kinds(*row).is_none_or(|kinds| kind.is_some_and(|kind| kinds.contains(&kind)))
                && received.is_some_and(|day| day >= sample::FIRST_DAY)
        });
        row.map_or(-1, sample::fee)
    });
    black_box(fees.sum::<i64>());
    cases.len() as u64
}

/// The example, and its scenario without what is expected in between; that was compared once.
fn prepared() -> Result<(Release, Scenario), Failure> {
    let mut problems = Problems::default();
    let mut catalogue = Catalogue::default();
    for block in files::built_in_blocks() {
        catalogue.add(block, &mut problems);
    }
    let folder = files::built_in_examples().into_iter().find(|folder| &*folder.name == PROCESS);
    let folder = folder.ok_or("the example is not part of this program")?;
    let release = compile(&folder, &catalogue).release.ok_or("the example has problems")?;
    let mut scenario = scenario::read(&folder, SCENARIO).0.ok_or("the scenario has problems")?;
    simulated(&release, &scenario)?;
    scenario.moves.retain(|line| !matches!(line.action, Action::Expect(_)));
    Ok((release, scenario))
}

/// One case from its begin to its end.
fn simulated(release: &Release, scenario: &Scenario) -> Result<Vec<Turn>, Failure> {
    let world = Simulation::new(scenario, release, &connectors::simulated);
    let mut world = world.map_err(|why| why.en.to_string())?;
    let report = scenario::run(scenario, release, &mut world);
    if report.passed() && !world.case.is_open() {
        return Ok(world.turns);
    }
    Err(format!("the scenario does not go as written: {}", report.failure().unwrap_or_default()))
}
