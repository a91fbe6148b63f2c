//! `fachwerk bench` as people call it, on both databases.

use std::process::Command;

use fachwerk_store::test_postgres;
use serde_json::Value;

/// Runs workloads; the lines that come of it.
#[track_caller]
fn lines(database: Option<&str>, arguments: &str) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fachwerk"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("FACHWERK_")) {
        command.env_remove(name);
    }
    command.arg("bench").args(arguments.split_whitespace());
    command.args(database.into_iter().flat_map(|url| ["--database", url]));
    let output = command.output().expect("the binary starts");
    let (out, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{arguments}: {said}");
    out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Every line names its workload and back end and has these figures, each above 0.
#[track_caller]
fn check(database: Option<&str>, arguments: &str, workloads: &[&str], figures: &[&str]) -> Vec<Value> {
    let found = lines(database, arguments);
    let named: Vec<_> = found.iter().map(|line| (text(line, "workload"), text(line, "backend"))).collect();
    let backend = if database.is_some() { "postgres" } else { "sqlite" };
    let expected: Vec<_> = workloads.iter().map(|name| (*name, backend)).collect();
    assert_eq!(named, expected, "{arguments}");
    for line in &found {
        for figure in figures {
            assert!(line[*figure].as_f64().is_some_and(|figure| figure > 0.0), "{figure}: {line}");
        }
    }
    found
}

fn text<'l>(line: &'l Value, field: &str) -> &'l str {
    line[field].as_str().unwrap_or_default()
}

const OF_CASES: [&str; 10] = [
    "clients",
    "nodes",
    "tenants",
    "cases",
    "cases_per_s",
    "commands_per_s",
    "p50_ms",
    "p99_ms",
    "peak_rss_mb",
    "bytes_per_case",
];
const OF_THE_LIMIT: [&str; 3] = ["limit_per_s", "limit_ratio", "bare_per_s"];

fn workloads_of_cases(database: Option<&str>) {
    let workloads = ["one-task", "one-task-45k", "ten-steps", "ten-effects", "permit"];
    for workload in workloads {
        let figures = [&OF_CASES[..], &OF_THE_LIMIT[..]].concat();
        let found =
            check(database, &format!("--workload {workload} --cases 6 --clients 3"), &[workload], &figures);
        // What was applied for is kept in the journal; a list more does not make it a hundredfold.
        let own = if workload == "one-task-45k" { 45_000 } else { 400 };
        let bytes = found[0]["bytes_per_case"].as_u64().unwrap_or_default();
        assert!((own..own + 100_000).contains(&bytes), "{}", found[0]);
        assert_eq!(text(&found[0], "over"), "process");
    }
    let figures = [&OF_CASES[..], &OF_THE_LIMIT[..], &["bare_p50_ms", "bare_p50_ratio"]].concat();
    let found = check(database, "--workload latency --cases 3 --clients 3", &["latency"], &figures);
    assert_eq!(found[0]["clients"], 1, "latency is that of one client");
}

fn waiting_and_timers(database: Option<&str>) {
    let figures = [
        "open",
        "filled_per_s",
        "bytes_per_case",
        "own_bytes",
        "complete_p50_ms",
        "complete_p99_ms",
        "commands_per_s",
        "rate_ratio",
    ];
    let asked = "--workload waiting --open 60,1200 --cases 4 --clients 2";
    let found = check(database, asked, &["waiting", "waiting"], &figures);
    assert_eq!((&found[0]["open"], &found[1]["open"]), (&60.into(), &1200.into()));
    for line in &found {
        let lists = line["lists_ms"].as_object().expect("lists");
        assert!(lists.len() > 8 && lists.values().all(|ms| ms.as_f64() > Some(0.0)), "{line}");
    }
    let figures = [&["cases", "seconds", "commands_per_s"][..], &OF_THE_LIMIT[..]].concat();
    check(database, "--workload timers --timers 60", &["timers"], &figures);
}

fn over_http(database: Option<&str>) {
    let figures = [&OF_CASES[..], &["idle_rss_mb"]].concat();
    for (workload, more) in [("permit", "--tenants 2"), ("ten-effects", "--without-limit")] {
        let asked = format!("--workload {workload} --http --cases 4 --clients 4 {more}");
        let found = check(database, &asked, &[workload], &figures);
        assert_eq!(text(&found[0], "over"), "http");
        assert_eq!(found[0]["limit_per_s"].is_number(), workload == "permit", "{}", found[0]);
    }
}

#[test]
fn workloads_of_cases_run_on_sqlite() {
    workloads_of_cases(None);
}

#[test]
fn many_cases_wait_on_sqlite() {
    waiting_and_timers(None);
    let found = check(None, "--workload loading", &["loading"; 3], &["loads", "p50_ms", "p99_ms"]);
    let turns: Vec<_> = found.iter().map(|line| line["turns"].as_u64()).collect();
    assert_eq!(turns, [Some(49), Some(1_049), Some(10_049)]);
}

#[test]
fn a_server_is_asked_on_sqlite() {
    over_http(None);
}

#[test]
fn workloads_without_a_database_run() {
    for workload in ["pure-steps", "pure-tasks", "tables", "simulate"] {
        let found = lines(None, &format!("--workload {workload} --seconds 1"));
        assert_eq!(found.len(), 1, "{workload}");
        for figure in ["per_s", "limit_per_s", "limit_ratio", "cpu_s", "peak_rss_mb"] {
            assert!(found[0][figure].as_f64().is_some_and(|figure| figure > 0.0), "{figure}: {}", found[0]);
        }
    }
}

#[test]
fn letters_are_made() {
    let found = lines(None, "--workload letters --seconds 1");
    assert_eq!((found.len(), &found[0]["letters"]), (1, &4.into()), "{found:?}");
    for figure in ["first_ms", "p50_ms", "p99_ms", "bytes_per_letter", "limit_p50_ms", "limit_ratio", "cpu_s"]
    {
        assert!(found[0][figure].as_f64().is_some_and(|figure| figure > 0.0), "{figure}: {}", found[0]);
    }
}

#[tokio::test]
async fn everything_runs_on_postgres() {
    let Some(server) = test_postgres::server() else { return };
    let url = server.create_database().await;
    workloads_of_cases(Some(&url));
    waiting_and_timers(Some(&url));
    over_http(Some(&url));
    let asked =
        "--workload one-task --nodes 2 --tenants 4 --clients 8 --cases 8 --round-trip-ms 2 --without-limit";
    let found = check(Some(&url), asked, &["one-task"], &OF_CASES);
    let spread = ["nodes", "tenants", "round_trip_ms"].map(|field| found[0][field].as_u64());
    assert_eq!(spread, [Some(2), Some(4), Some(2)]);
    // Three round trips there and back, at the least: a command has more.
    assert!(found[0]["p50_ms"].as_f64() > Some(6.0), "{}", found[0]);
    server.drop_database(&url).await;
}

#[track_caller]
fn refused(arguments: &str, says: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fachwerk"));
    let command = command.env_remove("FACHWERK_DATABASE").arg("bench").args(arguments.split_whitespace());
    let output = command.output().expect("the binary starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(says), "`{says}` is missing in: {said}");
}

#[test]
fn what_cannot_be_measured_is_refused() {
    refused("--nodes 2", "several nodes need one database");
    refused("--round-trip-ms 5", "an embedded database has no round trips");
    refused("--http --workload waiting", "this workload runs in this process only");
    refused("--database postgres://nobody@127.0.0.1:1/none", "127.0.0.1:1/none");
}
