//! `fachwerk nodes` and `fachwerk resume`: what is looked at while upgrading and after a restore, here or against a server.

use fachwerk_core::words::Timestamp;
use serde_json::{Value, json};

use super::{
    Ask, Place,
    keeping::{rows, text},
};
use crate::{End, Failure, output::Format};

/// What `resume` takes.
#[derive(clap::Args)]
pub struct ResumeArguments {
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    place: Place,
}

/// What `nodes` takes.
#[derive(clap::Args)]
pub struct NodesArguments {
    /// How the answer is printed.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    place: Place,
}

/// Lets deadlines and effects go on that rest after a restore or a jump of the clock.
pub fn resume(arguments: &ResumeArguments) -> Result<End, Failure> {
    arguments.place.carry_out_as(&Ask::Resume, arguments.format, resumed)
}

/// Lists the servers on a database.
pub fn nodes(arguments: &NodesArguments) -> Result<End, Failure> {
    arguments.place.carry_out_as(&Ask::Nodes, arguments.format, servers)
}

fn servers(answer: &Value) -> Vec<String> {
    let server = |row: &Value| {
        let machine = match (&row["host"], &row["process"]) {
            (Value::Null, Value::Null) => text(&row["id"]),
            (Value::Null, process) => format!("process {}", text(process)),
            (host, process) => format!("{} (process {})", text(host), text(process)),
        };
        let here = if row["here"] == json!(true) { ", the one that is asked" } else { "" };
        let lives = if row["lives"] == json!(true) { "runs" } else { "does not report" };
        format!(
            "{machine}{here}: {lives}, since {}, seen {}; version {}, reads formats up to {}, writes up to {}",
            text(&row["since"]),
            text(&row["seen_at"]),
            text(&row["version"]),
            text(&row["reads"]),
            text(&row["writes"])
        )
    };
    let mut lines: Vec<String> = rows(&answer["nodes"]).iter().map(server).collect();
    if lines.is_empty() {
        lines.push("no server works on the database".into());
    }
    let (written, schema) = (text(&answer["written"]), text(&answer["schema"]));
    lines.push(format!("written: format {written}; tables: format {schema}"));
    lines
}

/// Seconds: a clock that is behind by less may only be one of another server.
const BEHIND: i64 = 60;
/// Seconds: so long nothing may have been stored without anybody wondering.
const AHEAD: i64 = 3_600;

fn resumed(answer: &Value) -> Vec<String> {
    let (tenant, rested) = (text(&answer["tenant"]), &answer["rested"]);
    if rested.is_null() {
        return vec![format!("{tenant}: nothing rested; deadlines and letters go on as before")];
    }
    let why = match text(&rested["why"]).as_str() {
        "restored" => "the data were brought back from a backup",
        _ => "the clock of the machine jumped",
    };
    let since = text(&rested["since"]);
    let mut lines =
        vec![format!("{tenant}: deadlines and letters go on; they had rested since {since}: {why}")];
    let instant = |value: &Value| value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    if let (Some(last), Some(now)) = (instant(&rested["last_turn_at"]), instant(&rested["now"])) {
        let ahead = now.duration_since(last).as_secs();
        let differs = if -ahead > BEHIND {
            "the clock is behind, or was ahead when that was stored: set it right, else they will rest again"
        } else if ahead > AHEAD {
            "the clock is ahead, unless nothing was stored in between or the backup is an older one"
        } else {
            return lines;
        };
        lines.push(format!("the last turn was stored at {last}, the clock says {now}; {differs}"));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(told: fn(&Value) -> Vec<String>, answer: Value, expected: &[&str]) {
        assert_eq!(told(&answer), expected);
    }

    #[test]
    fn servers_are_told_with_their_machines() {
        let row = |id: &str, host: Value, process: Value, lives: bool| {
            json!({ "id": id, "host": host, "process": process, "version": "1.4.0", "reads": 2, "writes": 1, "schema": 13,
                "since": "2026-03-02T08:00:00Z", "seen_at": "2026-03-02T09:00:00Z", "lives": lives, "here": lives })
        };
        let nodes = [
            row("a.4711@srv-1", json!("srv-1"), json!(4711), true),
            row("b.12@", Value::Null, json!(12), false),
            row("c", Value::Null, Value::Null, false),
        ];
        check(
            servers,
            json!({ "nodes": nodes, "written": 1, "formats": [], "schema": 13 }),
            &[
                "srv-1 (process 4711), the one that is asked: runs, since 2026-03-02T08:00:00Z, seen 2026-03-02T09:00:00Z; version 1.4.0, reads formats up to 2, writes up to 1",
                "process 12: does not report, since 2026-03-02T08:00:00Z, seen 2026-03-02T09:00:00Z; version 1.4.0, reads formats up to 2, writes up to 1",
                "c: does not report, since 2026-03-02T08:00:00Z, seen 2026-03-02T09:00:00Z; version 1.4.0, reads formats up to 2, writes up to 1",
                "written: format 1; tables: format 13",
            ],
        );
        check(
            servers,
            json!({ "nodes": [], "written": 1, "formats": [], "schema": 13 }),
            &["no server works on the database", "written: format 1; tables: format 13"],
        );
    }

    #[test]
    fn what_rested_is_told_and_both_times_when_they_differ() {
        let rested = |why: &str, last: Value| {
            let rested = json!({ "since": "2026-03-02T08:00:00Z", "why": why, "last_turn_at": last, "now": "2026-03-02T09:00:00Z" });
            json!({ "tenant": "musterstadt", "resting": false, "rested": rested })
        };
        let restored = "musterstadt: deadlines and letters go on; they had rested since 2026-03-02T08:00:00Z: the data were brought back from a backup";
        let jumped = "musterstadt: deadlines and letters go on; they had rested since 2026-03-02T08:00:00Z: the clock of the machine jumped";
        for near in ["2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z", "2026-03-02T09:01:00Z"] {
            check(resumed, rested("restored", json!(near)), &[restored]);
        }
        check(resumed, rested("restored", Value::Null), &[restored]);
        check(
            resumed,
            rested("restored", json!("2026-02-27T09:00:00Z")),
            &[
                restored,
                "the last turn was stored at 2026-02-27T09:00:00Z, the clock says 2026-03-02T09:00:00Z; the clock is ahead, unless nothing was stored in between or the backup is an older one",
            ],
        );
        check(
            resumed,
            rested("clock_jumped", json!("2026-03-02T11:00:00Z")),
            &[
                jumped,
                "the last turn was stored at 2026-03-02T11:00:00Z, the clock says 2026-03-02T09:00:00Z; the clock is behind, or was ahead when that was stored: set it right, else they will rest again",
            ],
        );
        check(
            resumed,
            json!({ "tenant": "musterstadt", "resting": false, "rested": null }),
            &["musterstadt: nothing rested; deadlines and letters go on as before"],
        );
    }
}
