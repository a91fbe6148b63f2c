//! `fachwerk run`: mass runs (Sammelläufe) against a server. They are signed in the browser: a token is no person.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use clap::Subcommand;
use fachwerk_core::words::CaseId;
use serde_json::{Value, json};

use super::{
    keeping::{rows, text},
    there::{Answered, There, all},
};
use crate::{End, Failure, remote::Server};

/// What `run` takes.
#[derive(clap::Args)]
pub struct RunArguments {
    #[command(subcommand)]
    what: RunWhat,
    #[command(flatten)]
    there: There,
}

#[derive(Subcommand)]
enum RunWhat {
    /// List the mass runs, the newest first.
    List,
    /// Show a mass run, with the cases that stayed behind and why.
    Show {
        /// Its number.
        number: u32,
    },
    /// Check a list of rows (CSV) without storing anything: each bad row with its line and column.
    Check {
        /// The process whose cases it begins.
        process: String,
        /// The list.
        file: PathBuf,
    },
    /// Plan a mass run; nothing is asked of any case yet.
    Plan {
        /// The process.
        process: String,
        /// What people call it. It is never erased: name nobody.
        #[arg(long)]
        title: String,
        #[command(flatten)]
        of: Of,
        /// Only these cases, not all open ones that wait for it.
        #[arg(long = "case", value_name = "CASE", conflicts_with = "file")]
        cases: Vec<CaseId>,
        /// That it is meant so, although the same was asked already in an earlier run.
        #[arg(long)]
        again: bool,
    },
    /// Begin a mass run, or go on with one that was broken off. Cases that are done are not asked again.
    Begin {
        /// Its number.
        number: u32,
        /// The list that it was planned with: the server does not keep it.
        #[arg(long, value_name = "CSV")]
        file: Option<PathBuf>,
    },
    /// Stop a mass run for good; what was done stays.
    Stop {
        /// Its number.
        number: u32,
        /// Why. It is never erased: name nobody.
        #[arg(long)]
        reason: String,
    },
    /// List its letters that wait to leave the house, in the order of the run.
    Post {
        /// Its number.
        number: u32,
    },
}

/// What its cases are asked first.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Of {
    /// Begin a case for each row of this list (CSV).
    #[arg(long, value_name = "CSV")]
    file: Option<PathBuf>,
    /// Bring open cases this message.
    #[arg(long, value_name = "NAME")]
    message: Option<String>,
    /// Ask nothing: cases that wait for a signature.
    #[arg(long)]
    signatures: bool,
}

/// Works on mass runs.
pub fn run(arguments: &RunArguments) -> Result<End, Failure> {
    let there = &arguments.there;
    match &arguments.what {
        RunWhat::List => there.carry_out(|server| all(server, "/runs", &[]), list),
        RunWhat::Show { number } => {
            let path = format!("/runs/{number}");
            there.carry_out(|server| server.request("GET", &path, &[], None), shown)
        }
        RunWhat::Check { process, file } => {
            let body = json!({ "process": process, "file": encoded(file)? });
            let name = file.display().to_string();
            let asked = |server: &Server| -> Answered {
                let found = server.request("POST", "/runs/rows", &[], Some(body))?;
                Ok(found.and_then(|found| match found["all_faults"].as_u64() {
                    Some(0) => Ok(found),
                    _ => Err(faults(&name, &found)),
                }))
            };
            there.carry_out(asked, |found| vec![format!("{} rows can be begun", text(&found["rows"]))])
        }
        RunWhat::Plan { process, title, of, cases, again } => {
            let (kind, file) = match (&of.file, &of.message) {
                (Some(file), _) => ("rows", Some(encoded(file)?)),
                (None, Some(_)) => ("message", None),
                (None, None) => ("signatures", None),
            };
            let mut body = json!({
                "title": title, "process": process, "kind": kind, "file": file, "message": of.message, "again": again,
            });
            if !cases.is_empty() {
                body["cases"] = json!(cases);
            }
            there.carry_out(|server| server.request("POST", "/runs", &[], Some(body)), planned)
        }
        RunWhat::Begin { number, file } => {
            let body = json!({ "file": file.as_deref().map(encoded).transpose()? });
            there.carry_out(|server| changed(server, *number, "begin", body), |run| list(&json!([run])))
        }
        RunWhat::Stop { number, reason } => {
            let body = json!({ "reason": reason });
            there.carry_out(|server| changed(server, *number, "stop", body), |run| list(&json!([run])))
        }
        RunWhat::Post { number } => {
            let path = format!("/runs/{number}/post");
            there.carry_out(|server| all(server, &path, &[]), post)
        }
    }
}

fn encoded(file: &Path) -> Result<String, Failure> {
    let bytes = fs::read(file).map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    Ok(STANDARD.encode(bytes))
}

/// Does something about a run, and says where it is then.
fn changed(server: &Server, number: u32, what: &str, body: Value) -> Answered {
    let path = format!("/runs/{number}");
    match server.request("POST", &format!("{path}/{what}"), &[], Some(body))? {
        Ok(_) => server.request("GET", &path, &[], None),
        Err(reasons) => Ok(Err(reasons)),
    }
}

fn faults(file: &str, found: &Value) -> Vec<String> {
    let mut lines: Vec<String> = rows(&found["faults"]).iter().map(|fault| fault_line(file, fault)).collect();
    lines.push(format!("{} faults; nothing was stored", text(&found["all_faults"])));
    lines
}

fn fault_line(file: &str, fault: &Value) -> String {
    let column =
        if fault["column"].is_null() { String::new() } else { format!(": {}", text(&fault["column"])) };
    format!("{file}:{}{column}: {}", text(&fault["line"]), text(&fault["why"]["en"]))
}

fn planned(plan: &Value) -> Vec<String> {
    let (number, count) = (text(&plan["number"]), text(&plan["count"]));
    vec![format!("run {number} is planned with {count} cases; `fachwerk run begin {number}` begins it")]
}

fn list(found: &Value) -> Vec<String> {
    let line = |run: &Value| {
        let behind = match run["failed"].as_u64() {
            Some(0) | None => String::new(),
            Some(failed) => format!("; {failed} stayed behind"),
        };
        let stage = stage(run["stage"].as_str().unwrap_or_default());
        format!(
            "{} {} ({}): {stage}, {} of {}{behind}",
            text(&run["number"]),
            text(&run["title"]),
            text(&run["process"]),
            text(&run["done"]),
            text(&run["of"]),
        )
    };
    let lines: Vec<String> = rows(found).iter().map(line).collect();
    if lines.is_empty() { vec!["there is no mass run".to_owned()] } else { lines }
}

/// Where a run is, in words.
fn stage(code: &str) -> &str {
    match code {
        "planned" => "planned, not begun",
        "opening" => "its cases are asked",
        "open" => "waits to be signed",
        "signing" => "is signed, case by case",
        "ended" => "over",
        "stopped" => "stopped",
        other => other,
    }
}

fn shown(run: &Value) -> Vec<String> {
    let mut lines = list(&json!([run]));
    lines.extend(run["reason"].as_str().map(|reason| format!("  stopped: {reason}")));
    for trouble in rows(&run["failures"]) {
        let mut named = [&trouble["number"], &trouble["case"], &trouble["line"]].into_iter();
        let named = named.find(|named| !named.is_null()).map(text).unwrap_or_default();
        let named = if trouble["case"].is_null() { format!("line {named}") } else { named };
        let code = text(&trouble["code"]);
        lines.push(format!(
            "  place {}, {named} ({code}): {}",
            text(&trouble["place"]),
            text(&trouble["why"]["en"])
        ));
    }
    lines
}

fn post(letters: &Value) -> Vec<String> {
    let line = |letter: &Value| {
        let case = if letter["case_number"].is_null() { &letter["case"] } else { &letter["case_number"] };
        let to = letter["addressee"].as_str().map(|name| format!(", to {name}")).unwrap_or_default();
        format!("{}, document {}: {}{to}", text(case), text(&letter["document"]), text(&letter["title"]))
    };
    let lines: Vec<String> = rows(letters).iter().map(line).collect();
    if lines.is_empty() { vec!["no letter waits".to_owned()] } else { lines }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(told: fn(&Value) -> Vec<String>, answer: Value, expected: &[&str]) {
        assert_eq!(told(&answer), expected);
    }

    #[test]
    fn runs_are_told_with_what_stayed_behind() {
        let run = |stage: &str, failed: u32| json!({ "number": 3, "title": "Bescheide 2027", "process": "dog", "stage": stage, "done": 7, "of": 9, "failed": failed });
        check(list, json!([]), &["there is no mass run"]);
        check(
            list,
            json!([run("open", 2), run("planned", 0)]),
            &[
                "3 Bescheide 2027 (dog): waits to be signed, 7 of 9; 2 stayed behind",
                "3 Bescheide 2027 (dog): planned, not begun, 7 of 9",
            ],
        );
        let mut stopped = run("stopped", 2);
        stopped["reason"] = json!("falscher Satz");
        stopped["failures"] = json!([
            { "place": 2, "line": 3, "case": null, "number": null, "code": "ValuesInvalid", "why": { "en": "No." } },
            { "place": 5, "line": null, "case": "c", "number": "D-7", "code": "CaseEnded", "why": { "en": "Over." } },
        ]);
        check(
            shown,
            stopped,
            &[
                "3 Bescheide 2027 (dog): stopped, 7 of 9; 2 stayed behind",
                "  stopped: falscher Satz",
                "  place 2, line 3 (ValuesInvalid): No.",
                "  place 5, D-7 (CaseEnded): Over.",
            ],
        );
        check(
            planned,
            json!({ "number": 3, "count": 9 }),
            &["run 3 is planned with 9 cases; `fachwerk run begin 3` begins it"],
        );
    }

    #[test]
    fn letters_are_told_in_their_order() {
        check(post, json!([]), &["no letter waits"]);
        check(
            post,
            json!([
                { "case": "c", "case_number": "D-7", "document": 2, "title": "Bescheid", "addressee": "A" },
                { "case": "c", "case_number": null, "document": 1, "title": "Bescheid", "addressee": null },
            ]),
            &["D-7, document 2: Bescheid, to A", "c, document 1: Bescheid"],
        );
    }
}
