//! What clients see, and the line that says it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Failure;

/// What one client notes: cases, and how long each command took.
#[derive(Default)]
pub struct Notes {
    pub cases: u64,
    latencies: Vec<Duration>,
}

impl Notes {
    pub async fn command<T>(&mut self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let began = Instant::now();
        let done = work.await?;
        self.latencies.push(began.elapsed());
        Ok(done)
    }
}

/// What all clients saw together.
#[derive(Default)]
pub struct Seen {
    cases: u64,
    latencies: Vec<Duration>,
    pub seconds: f64,
}

/// What this process has used until a moment.
pub struct Used {
    cpu_s: f64,
}

impl Used {
    pub fn so_far() -> Used {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let ticks = after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
        Used { cpu_s: ticks.sum::<f64>() / 100.0 }
    }
}

impl Seen {
    pub fn add(&mut self, mut notes: Notes) {
        self.cases += notes.cases;
        self.latencies.append(&mut notes.latencies);
        self.latencies.sort_unstable();
    }

    /// How many cases can be done in so many seconds.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    pub fn cases_in(&self, seconds: u64) -> u64 {
        (self.cases as f64 / self.seconds * seconds as f64) as u64
    }

    #[allow(clippy::cast_precision_loss)]
    pub fn line(&self, workload: &str, clients: usize, before: Used) -> Value {
        json!({
            "workload": workload, "backend": "postgres", "sync": "behind", "clients": clients, "nodes": 1,
            "cases": self.cases, "cases_per_s": rounded(self.cases as f64 / self.seconds),
            "commands_per_s": rounded(self.latencies.len() as f64 / self.seconds),
            "p50_ms": self.quantile(50), "p99_ms": self.quantile(99),
            "cpu_s": rounded(Used::so_far().cpu_s - before.cpu_s), "peak_rss_mb": peak_rss_mb(),
            "written": self.cases, "peer": "acts 0.22.0", "over": "process",
            "settings": "in process, its own PostgreSQL store (one key-value table, up to 50 connections), defaults; \
                         commands are answered before they are written, the time counts until all is written",
        })
    }

    /// In milliseconds.
    fn quantile(&self, percent: usize) -> f64 {
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).map_or(0.0, |latency| rounded(latency.as_secs_f64() * 1_000.0))
    }
}

fn peak_rss_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    rounded(line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1_024.0)
}

fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
