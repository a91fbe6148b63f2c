//! A workload on a database, and the limit beside it.

use fachwerk_core::words::Value;
use fachwerk_runtime::Runtime;
use fachwerk_store::Place;
use serde_json::json;

use super::{
    figures::{megabytes, per_second, ratio, rounded},
    ground::Grounds,
    here::{self, Measured},
    limit::{self, Limit},
    office,
    plan::Plan,
    served,
    workload::Stored,
};
use crate::Failure;

/// Measures a workload.
pub async fn measure(workload: Stored, plan: &Plan, grounds: &Grounds) -> Result<Value, Failure> {
    let plan = if workload == Stored::Latency { &Plan { clients: 1, ..*plan } } else { plan };
    let here = async |place: &Place| here::run(workload, plan, place).await;
    let (measured, recording) = match plan.nodes {
        Some(_) => {
            let measured = grounds.on_fresh(async |place: &Place| served::run(workload, plan, place).await);
            (measured.await?, None)
        }
        None => {
            let (measured, recording) = grounds.on_fresh(here).await?;
            (measured, Some(recording))
        }
    };
    let mut line = line(workload, plan, grounds.backend(), &measured);
    if plan.limited {
        let recording = match recording {
            Some(recording) => recording,
            // Servers write nothing down: the same is done here once more.
            None => grounds.on_fresh(here).await?.1,
        };
        let before = async |runtime: &Runtime| {
            office::set_up(runtime, plan.tenants, workload.process()).await.map(drop)
        };
        let limit = limit::of(recording, grounds, plan.round_trip_ms, before).await?;
        beside(&mut line, workload, plan, &measured, &limit);
    }
    Ok(line)
}

fn beside(line: &mut Value, workload: Stored, plan: &Plan, measured: &Measured, limit: &Limit) {
    let commands = plan.cases * workload.turns();
    let limit_per_s = per_second(commands, limit.seconds);
    line["limit_per_s"] = rounded(limit_per_s);
    line["limit_ratio"] = ratio(per_second(commands, measured.seconds), limit_per_s);
    line["bare_per_s"] = rounded(per_second(commands, limit.journal_seconds));
    if workload == Stored::Latency {
        let bare = limit.commits.together(workload.turns() as usize).quantile_ms(50);
        line["bare_p50_ms"] = rounded(bare);
        line["bare_p50_ratio"] = ratio(measured.latencies.quantile_ms(50), bare);
    }
}

fn line(workload: Stored, plan: &Plan, backend: &str, measured: &Measured) -> Value {
    let Measured { seconds, latencies, usage, idle_rss_mb, grown } = measured;
    json!({
        "workload": workload.name(), "backend": backend, "sync": "full",
        "over": if plan.nodes.is_some() { "http" } else { "process" },
        "clients": plan.clients, "nodes": plan.nodes.unwrap_or(1), "tenants": plan.tenants,
        "round_trip_ms": plan.round_trip_ms, "cases": plan.cases,
        "cases_per_s": rounded(per_second(plan.cases, *seconds)),
        "commands_per_s": rounded(per_second(plan.cases * workload.turns(), *seconds)),
        "p50_ms": rounded(latencies.quantile_ms(50)), "p99_ms": rounded(latencies.quantile_ms(99)),
        "cpu_s": rounded(usage.cpu_s), "peak_rss_mb": megabytes(usage.peak_rss_mb),
        "idle_rss_mb": megabytes(*idle_rss_mb), "bytes_per_case": grown / u64::from(plan.cases),
    })
}
