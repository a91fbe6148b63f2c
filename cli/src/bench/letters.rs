//! How long it takes to make a letter, laid out and written as PDF: those of the bonfire, one after another, as one client
//! has them made. The limit beside them is the shortest letter that there can be.

use std::{cell::RefCell, hint::black_box};

use fachwerk_core::{
    definition::Release,
    event::EffectError,
    scenario::{self, Made, Scenario, Simulation},
    words::Value,
};
use fachwerk_letter::Letter;
use serde_json::json;

use super::{
    figures::{Usage, megabytes, ratio, rounded},
    stopwatch::{Latencies, Stopwatch},
};
use crate::{Failure, connectors};

/// Measures the letters of a scenario for some seconds.
pub fn measure(release: &Release, scenario: &Scenario, seconds: u32) -> Result<Value, Failure> {
    let letters = letters(release, scenario)?;
    let shortest = read(&json!({ "title": "x", "body": "x" }))?;
    let watch = Stopwatch::start();
    let bytes = make(&shortest)?;
    let first_ms = watch.micros() as f64 / 1_000.0;
    black_box(bytes);
    let before = Usage::of(None);
    let (made, size) = repeated(&letters, seconds)?;
    let after = Usage::of(None);
    let (limit, _) = repeated(&[shortest], seconds.min(2))?;
    let (p50, limit_p50) = (made.quantile_ms(50), limit.quantile_ms(50));
    Ok(json!({
        "workload": "letters", "clients": 1, "letters": letters.len(), "first_ms": rounded(first_ms),
        "p50_ms": rounded(p50), "p99_ms": rounded(made.quantile_ms(99)), "bytes_per_letter": size,
        "cpu_s": rounded(after.cpu_s - before.cpu_s), "peak_rss_mb": megabytes(after.peak_rss_mb),
        "limit_p50_ms": rounded(limit_p50), "limit_ratio": ratio(limit_p50, p50),
    }))
}

/// How long each took, and how many bytes it has in the middle.
fn repeated(letters: &[Letter], seconds: u32) -> Result<(Latencies, usize), Failure> {
    let (mut latencies, mut bytes, mut count) = (Latencies::default(), 0, 0);
    let all = Stopwatch::start();
    while count == 0 || all.seconds() < f64::from(seconds) {
        for letter in letters {
            let watch = Stopwatch::start();
            bytes += make(letter)?;
            latencies.push(watch.micros());
            count += 1;
        }
    }
    Ok((latencies, bytes / count))
}

fn make(letter: &Letter) -> Result<usize, Failure> {
    black_box(letter).pdf().map(|pdf| pdf.len()).map_err(|error| error.message.en.to_string())
}

fn read(request: &Value) -> Result<Letter, Failure> {
    fachwerk_letter::read(request).map_err(|error| error.message.en.to_string())
}

/// The letters that a scenario makes.
fn letters(release: &Release, scenario: &Scenario) -> Result<Vec<Letter>, Failure> {
    let asked = RefCell::new(Vec::new());
    let connector = |name: &str, request: &Value| -> Result<Made, EffectError> {
        asked.borrow_mut().push(request.clone());
        connectors::simulated(name, request)
    };
    let mut world = Simulation::new(scenario, release, &connector).map_err(|why| why.en.to_string())?;
    scenario::run(scenario, release, &mut world);
    drop(world);
    asked.into_inner().iter().map(read).collect()
}
