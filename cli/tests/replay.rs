//! `fachwerk replay` as people call it: own small logs, and the real log of the shared material.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::{Value, json};

/// The seeds of the shuffled traces.
const SEEDS: [u64; 3] = [1, 2, 3];
const SHUFFLED: u64 = 200;
/// More complete ones would mean that the model lets everything through.
const MOST_COMPLETE: u64 = 10;

fn example(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/fine-procedure").join(file)
}

fn replay(log: &Path, mapping: &Path, more: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fachwerk"));
    command.arg("replay").arg(log).arg("--process").arg(example("")).arg("--mapping").arg(mapping).args(more);
    command.output().expect("the binary starts")
}

/// The report of a call that printed JSON.
#[track_caller]
fn report(output: &Output, code: i32) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// A file of a test.
fn file(name: &str, content: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).expect("the directory for temporary files can be written");
    path
}

/// An event: its activity, its day, and its attributes as `key=value`.
fn event(activity: &str, day: &str, attributes: &[&str]) -> String {
    let mut text = format!(
        "<event><string key='concept:name' value='{activity}'/><date key='time:timestamp' value='{day}T00:00:00+01:00'/>"
    );
    for (key, value) in attributes.iter().filter_map(|attribute| attribute.split_once('=')) {
        text += &format!("<string key='{key}' value='{value}'/>");
    }
    text + "</event>\n"
}

fn trace(name: &str, events: &[String]) -> String {
    format!("<trace><string key='concept:name' value='{name}'/>\n{}</trace>\n", events.concat())
}

fn created(day: &str) -> String {
    event("Create Fine", day, &["amount=42.0", "article=157", "points=0"])
}

/// Seven invented cases, each named after what becomes of it.
fn small_log() -> String {
    let sent = |day| event("Send Fine", day, &["expense=11.5"]);
    let notified = |day| event("Insert Fine Notification", day, &[]);
    let paid = |day, sum: &str| event("Payment", day, &[sum]);
    let increased = |day| event("Add penalty", day, &["amount=84.0"]);
    let traces = [
        trace("paid", &[created("2009-01-10"), paid("2009-01-12", "paymentAmount=42.0")]),
        trace("sent", &[created("2009-01-10"), sent("2009-02-01")]),
        trace("too-early", &[paid("2009-01-10", "paymentAmount=42.0"), created("2009-01-11")]),
        trace(
            "last-day",
            &[
                created("2009-01-10"),
                sent("2009-01-20"),
                notified("2009-01-25"),
                increased("2009-03-26"),
                paid("2009-03-26", "paymentAmount=53.5"),
            ],
        ),
        trace(
            "hasty",
            &[created("2009-01-10"), sent("2009-01-20"), notified("2009-01-25"), increased("2009-03-25")],
        ),
        trace("unknown", &[created("2009-01-10"), event("Shout", "2009-01-11", &[])]),
        trace("no-sum", &[created("2009-01-10"), paid("2009-01-12", "sum=1")]),
    ];
    format!("<?xml version='1.0' encoding='UTF-8'?>\n<log>\n{}</log>\n", traces.concat())
}

#[test]
fn a_small_log() {
    let log = file("small.xes", &small_log());
    let mapping = example("mapping.yaml");
    // One that leaves the model is a problem: exit code 1.
    let mut report = report(&replay(&log, &mapping, &["--format", "json"]), 1);
    let variants = report["variants"].take();
    assert_eq!(variants.as_array().map(Vec::len), Some(6));
    let of_two = json!({
        "activities": ["Create Fine", "Payment"], "traces": 2, "complete": 1, "open": 0, "deviating": 1,
    });
    assert_eq!(variants[0], of_two);
    let turns = report["verified"]["turns"].take();
    assert!(turns.as_u64().is_some_and(|turns| turns > 10), "the journal was written: {turns}");
    let line = fs::read_to_string(&mapping).expect("the mapping is there");
    let line = line.lines().position(|line| line.contains("paymentAmount")).expect("it is mapped") + 1;
    let expected = json!({
        "traces": 7,
        "complete": 2,
        "open": 1,
        "deviating": 4,
        "deviations": [
            {
                "trace": "too-early", "at": 1, "expected": ["Create Fine"], "found": "Payment",
                "why": "the case has not begun",
            },
            {
                "trace": "hasty", "at": 4, "expected": [
                    "Add penalty after 2009-03-26", "Payment", "Insert Date Appeal to Prefecture", "Appeal to Judge",
                    "payment-period",
                ],
                "found": "Add penalty",
                "why": "the deadline payment-period.expired runs until 2009-03-26, this was recorded on 2009-03-25",
            },
            {
                "trace": "unknown", "at": 2, "expected": ["Send Fine", "Payment"], "found": "Shout",
                "why": "the mapping does not know this activity",
            },
            {
                "trace": "no-sum", "at": 2, "expected": ["Send Fine", "Payment"], "found": "Payment",
                "why": format!("the attribute `paymentAmount` is missing (mapped in {}:{line}:27)", mapping.display()),
            },
        ],
        "deadlines": {
            "Add penalty": { "payment-period.expired": { "before": 1, "on": 1, "after": 0, "not_set": 0 } },
            "Payment": { "payment-period.expired": { "before": 0, "on": 1, "after": 0, "not_set": 2 } },
            "Send Fine": { "procedure.notification-limit": { "before": 3, "on": 0, "after": 0, "not_set": 0 } },
        },
        "ended": { "paid": 2 },
        "waiting": { "notification": 1 },
        "variants": null,
        "verified": { "clean": true, "cases": 6, "turns": null },
    });
    assert_eq!(report, expected);
}

/// Checks that a call fails as wrong use, and says so.
#[track_caller]
fn check_failure(output: &Output, expected: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(expected), "expected {expected:?} in {said:?}");
    assert!(output.stdout.is_empty(), "a failure has no result");
}

#[test]
fn what_cannot_be_used() {
    let mapping = example("mapping.yaml");
    let good = file("good.xes", &small_log());
    check_failure(&replay(Path::new("absent.xes"), &mapping, &[]), "absent.xes cannot be read");
    let broken = file("broken.xes", "<log>\n<trace>");
    check_failure(
        &replay(&broken, &mapping, &[]),
        "broken.xes:2:8: [xes_xml_broken] the file ends too early",
    );
    let laughs = file("laughs.xes", "<!DOCTYPE log [<!ENTITY a 'ha'>]><log>&a;</log>");
    check_failure(&replay(&laughs, &mapping, &[]), "laughs.xes:1:1: [xes_dtd_refused]");
    let empty = file("empty.xes", "<log/>");
    check_failure(&replay(&empty, &mapping, &[]), "empty.xes has no events");
    let wrong =
        file("wrong.yaml", "mapping: fine-procedure\nactivities:\n  A: { start: {} }\ncomplete: [payed]\n");
    check_failure(&replay(&good, &wrong, &[]), "[unknown_name] The process has no outcome `payed` here.");
    check_failure(&replay(&good, &mapping, &["--format", "junit"]), "[possible values: text, json]");
    check_failure(&replay(&good, &mapping, &["--shuffled", "0"]), "0 is not in 1..=");
}

#[test]
fn the_database_can_be_kept() {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("kept");
    if dir.exists() {
        fs::remove_dir_all(&dir).expect("the directory of an earlier run can be removed");
    }
    let dir = dir.display().to_string();
    let mapping = example("mapping.yaml");
    let log = file("kept.xes", &format!("<log>{}</log>", trace("sent", &[created("2009-01-10")])));
    let output = replay(&log, &mapping, &["--data", &dir]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("1 traces: 0 complete, 1 open, 0 leave the model"), "{said}");
    let verified = Command::new(env!("CARGO_BIN_EXE_fachwerk")).args(["verify", "--data", &dir]).output();
    let verified = verified.expect("the binary starts");
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stderr));
    check_failure(&replay(&log, &mapping, &["--data", &dir]), "name an empty directory");
}

/// The real log, where it lies; nothing of it is in this repository.
fn real_log() -> Option<PathBuf> {
    let suites = match (std::env::var_os("FACHWERK_SUITES"), std::env::var_os("FACHWERK_SHARED")) {
        (Some(suites), _) => PathBuf::from(suites),
        (None, Some(shared)) => PathBuf::from(shared).join("suites"),
        (None, None) => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/suites"),
    };
    let log = suites.join("eventlogs/roadtraffic100traces.xes");
    if log.is_file() {
        return Some(log);
    }
    eprintln!("SKIPPED: the event log {} is absent (set FACHWERK_SHARED)", log.display());
    None
}

#[test]
fn the_real_log_fits_and_shuffled_ones_do_not() {
    let Some(log) = real_log() else { return };
    for seed in SEEDS {
        println!("seed {seed}");
        let (wanted, spoken) = (SHUFFLED.to_string(), seed.to_string());
        let more = ["--format", "json", "--shuffled", &wanted, "--seed", &spoken];
        let report = report(&replay(&log, &example("mapping.yaml"), &more), 0);
        let count = |part: &str| report[part].as_u64().expect("a number");
        assert_eq!(report["deviations"], json!([]));
        assert_eq!(["traces", "complete", "open", "deviating"].map(count), [100, 83, 17, 0]);
        assert_eq!(report["verified"]["clean"], true);
        let shuffled = &report["shuffled"];
        assert_eq!((&shuffled["traces"], &shuffled["seed"]), (&json!(SHUFFLED), &json!(seed)));
        let complete = shuffled["complete"].as_u64().expect("a number");
        assert!(
            complete <= MOST_COMPLETE,
            "{complete} of {SHUFFLED} shuffled traces are complete (seed {seed})"
        );
    }
}
