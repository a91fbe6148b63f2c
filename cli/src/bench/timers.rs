//! Timers that are due all at once, and fired one after the other until none is left.

use std::sync::Arc;

use fachwerk_core::words::{Object, Value};
use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::Place;
use serde_json::json;

use super::{
    figures::{Usage, megabytes, per_second, ratio, rounded},
    fill::{Stamps, fill},
    ground::Grounds,
    here, limit, office,
    stopwatch::Stopwatch,
    workload::Stored,
};
use crate::Failure;

/// The process of cases that wait for a week.
const PROCESS: &str = "timers";
/// The cases begin this long before now, so that each week is over.
const AGO_S: i64 = 60 * 24 * 60 * 60;
/// More timers than this are fired without writing down what runs, and so without a limit beside them: it would not
/// fit into memory.
const MOST_RECORDED: u32 = 20_000;

/// Measures.
pub async fn measure(timers: u32, grounds: &Grounds) -> Result<Value, Failure> {
    let recorded = timers <= MOST_RECORDED;
    let work = async |place: &Place| {
        let runtime = here::engine(place, Clock::system()).await?;
        wait(&runtime, timers).await?;
        let before = Usage::of(None);
        if recorded {
            runtime.store().record();
        }
        let watch = Stopwatch::start();
        runtime.settle().await.map_err(|error| error.to_string())?;
        let seconds = watch.seconds();
        let (recording, after) = (runtime.store().recorded(), Usage::of(None));
        let left = runtime.store().next_timer_at().await.map_err(|error| error.to_string())?;
        runtime.store().close().await;
        match left {
            None => Ok((seconds, Usage { cpu_s: after.cpu_s - before.cpu_s, ..after }, recording)),
            Some(at) => Err(format!("a timer that was due at {at} has not been fired")),
        }
    };
    let (seconds, usage, recording) = grounds.on_fresh(work).await?;
    let rate = per_second(timers, seconds);
    let mut line = json!({
        "workload": PROCESS, "backend": grounds.backend(), "sync": "full", "over": "process", "nodes": 1,
        "cases": timers, "seconds": rounded(seconds), "commands_per_s": rounded(rate),
        "cpu_s": rounded(usage.cpu_s), "peak_rss_mb": megabytes(usage.peak_rss_mb),
    });
    if recorded {
        let limit = limit::of(recording, grounds, 0, async |runtime| wait(runtime, timers).await).await?;
        let limit_per_s = per_second(timers, limit.seconds);
        line["limit_per_s"] = rounded(limit_per_s);
        line["limit_ratio"] = ratio(rate, limit_per_s);
        line["bare_per_s"] = rounded(per_second(timers, limit.journal_seconds));
    }
    Ok(line)
}

/// So many cases whose timer is due.
async fn wait(runtime: &Runtime, timers: u32) -> Result<(), Failure> {
    let office = office::set_up(runtime, 1, PROCESS).await?.remove(0);
    let now = runtime.clock().now();
    let then = fachwerk_core::words::Timestamp::from_second(now.as_second() - AGO_S);
    let then = then.map_err(|error| error.to_string())?;
    let stamps = Arc::new(Stamps::before(then, runtime.store(), &office, data).await?);
    // The beginnings that were decided wait as well.
    let stamped = stamps.count();
    fill(runtime.store(), &stamps, 0..u64::from(timers).saturating_sub(stamped)).await.map(drop)
}

fn data(number: u64) -> Object {
    Stored::OneTask.data(number)
}
