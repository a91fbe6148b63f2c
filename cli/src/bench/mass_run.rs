//! A mass run (Sammellauf): cases begun from the rows of a list, looked at as whoever signs sees them, and signed in one go
//! until every letter lies in the outgoing post.

use std::fmt::Write;

use fachwerk_core::{authority::RunStage, facts::Actor, words::Value};
use fachwerk_runtime::{Rows, RunCases, Runtime, SignedCase, clock::Clock};
use fachwerk_store::Place;
use serde_json::json;
use uuid::Uuid;

use super::{
    figures::{Usage, megabytes, per_second, rounded},
    ground::{self, Grounds},
    here,
    office::{self, Office, clerk, signer},
    stopwatch::Stopwatch,
};
use crate::Failure;

/// The process of its cases, `examples/administration/mass-run`.
const PROCESS: &str = "mass-run";
/// The first run of an authority.
const NUMBER: u32 = 1;

/// How long each part took.
struct Measured {
    began: f64,
    shown: f64,
    signed: f64,
    usage: Usage,
    grown: u64,
}

/// Measures a run of so many cases.
pub async fn measure(cases: u32, grounds: &Grounds) -> Result<Value, Failure> {
    let work = async |place: &Place| {
        let runtime = here::engine(place, Clock::system()).await?;
        let measured = played(&runtime, cases).await;
        runtime.store().close().await;
        measured
    };
    let Measured { began, shown, signed, usage, grown } = grounds.on_fresh(work).await?;
    Ok(json!({
        "workload": PROCESS, "backend": grounds.backend(), "sync": "full", "over": "process", "nodes": 1, "cases": cases,
        "seconds": rounded(began + shown + signed), "cases_per_s": rounded(per_second(cases, began + shown + signed)),
        "began_per_s": rounded(per_second(cases, began)), "shown_per_s": rounded(per_second(cases, shown)),
        "signed_per_s": rounded(per_second(cases, signed)), "bytes_per_case": grown / u64::from(cases.max(1)),
        "cpu_s": rounded(usage.cpu_s), "peak_rss_mb": megabytes(usage.peak_rss_mb),
    }))
}

async fn played(runtime: &Runtime, cases: u32) -> Result<Measured, Failure> {
    let said = |error: &dyn std::fmt::Display| error.to_string();
    let Office { tenant, process, release, .. } = office::set_up(runtime, 1, PROCESS).await?.remove(0);
    let release = runtime.release(&tenant, &release).await.map_err(|error| said(&error))?;
    // Whoever began the cases does not sign.
    let (by, signs) = (Actor::Person(clerk()), Actor::Person(signer()));
    let (bytes, before) = (ground::bytes(runtime.store()).await?, Usage::of(None));

    let watch = Stopwatch::start();
    let rows = Rows::read(list(cases).as_bytes(), &release.data, &release.data_validator);
    let named = ("Messung".into(), process);
    let planned = RunCases::Rows(rows.clone());
    runtime
        .plan_run(&tenant, by.clone(), Uuid::now_v7(), named, planned)
        .await
        .map_err(|error| said(&error))?;
    runtime.begin_run(&tenant, by, Uuid::now_v7(), NUMBER).await.map_err(|error| said(&error))?;
    runtime.begin_rows(&tenant, NUMBER, &rows).await.map_err(|error| said(&error))?;
    let began = watch.seconds();

    let watch = Stopwatch::start();
    let shown = runtime.run_to_sign(&tenant, &signs, NUMBER, 0..cases).await.map_err(|error| said(&error))?;
    let signed = shown.iter().filter_map(|entry| {
        let (task, preview) = entry.came.as_ref().ok()?;
        let (case, version) = (entry.case, entry.known.as_ref()?.version);
        Some(SignedCase { case, task: *task, version, shown: preview.shown.clone()? })
    });
    let signed: Vec<SignedCase> = signed.collect();
    let seen = watch.seconds();
    if signed.len() != cases as usize {
        return Err(format!("only {} of {cases} cases can be signed", signed.len()));
    }

    let watch = Stopwatch::start();
    let done = runtime.sign_run(&tenant, signs, Uuid::now_v7(), NUMBER, signed).await;
    done.map_err(|error| said(&error))?;
    runtime.settle().await.map_err(|error| said(&error))?;
    let seconds = watch.seconds();

    let after = Usage::of(None);
    let run = runtime.run(&tenant, NUMBER).await.map_err(|error| said(&error))?;
    let behind = run.not_opened.len() + run.not_signed.len();
    if run.stage != RunStage::Ended || behind > 0 {
        return Err(format!("the run did not end as it should: {behind} cases stayed behind"));
    }
    let grown = ground::bytes(runtime.store()).await?.saturating_sub(bytes);
    let usage = Usage { cpu_s: after.cpu_s - before.cpu_s, ..after };
    Ok(Measured { began, shown: seen, signed: seconds, usage, grown })
}

/// The list, as a spreadsheet writes it.
fn list(cases: u32) -> String {
    let mut text = "name;street;town;dogs\r\n".to_owned();
    for row in 1..=cases {
        let _ = write!(text, "Halter {row};Weg {row};39999 Musterstadt;{}\r\n", row % 3 + 1);
    }
    text
}
