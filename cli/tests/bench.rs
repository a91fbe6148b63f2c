//! `fachwerk bench` as people call it, on both databases.

use std::process::Command;

use fachwerk_store::test_postgres;
use serde_json::Value;

/// Runs the workloads; each tells what a case takes in the database.
#[track_caller]
fn check(backend: &str, database: Option<&str>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fachwerk"));
    command.env_remove("FACHWERK_DATABASE").args([
        "bench",
        "--cases",
        "100",
        "--clients",
        "4",
        "--seconds",
        "1",
    ]);
    command.args(database.into_iter().flat_map(|url| ["--database", url]));
    let output = command.output().expect("the binary starts");
    let (out, said) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{said}");
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let named: Vec<_> =
        lines.iter().map(|line| (said_of(line, "workload"), said_of(line, "backend"))).collect();
    let expected = [
        ("one-task", backend),
        ("ten-steps", backend),
        ("pure-steps", ""),
        ("pure-tasks", ""),
        ("tables", ""),
        ("simulate", ""),
    ];
    assert_eq!(named, expected);
    let (stored, pure) = lines.split_at(2);
    for line in stored {
        // The application alone has 500 bytes, and the journal keeps it; a list more does not make it a hundredfold.
        let bytes = line["bytes_per_case"].as_u64();
        assert!(bytes.is_some_and(|bytes| (500..50_000).contains(&bytes)), "{line}");
    }
    for line in pure {
        for figure in ["per_s", "limit_per_s", "limit_ratio", "cpu_s", "peak_rss_mb"] {
            assert!(line[figure].as_f64().is_some_and(|figure| figure > 0.0), "{figure}: {line}");
        }
    }
}

fn said_of<'l>(line: &'l Value, field: &str) -> &'l str {
    line[field].as_str().unwrap_or_default()
}

#[test]
fn the_workloads_run_on_sqlite() {
    check("sqlite", None);
}

#[tokio::test]
async fn the_workloads_run_on_postgres() {
    let Some(server) = test_postgres::server() else { return };
    let url = server.create_database().await;
    check("postgres", Some(&url));
    server.drop_database(&url).await;
}
