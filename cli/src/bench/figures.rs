//! What is told of a run: figures as they stand in a line, and what the system knows of a process.

use fachwerk_core::words::Value;
use serde_json::json;

/// A figure with three digits behind the point.
pub fn rounded(value: f64) -> Value {
    json!((value * 1_000.0).round() / 1_000.0)
}

/// How often the first goes into the second; nothing when that cannot be said.
pub fn ratio(of: f64, by: f64) -> Value {
    if by > 0.0 { rounded(of / by) } else { Value::Null }
}

/// So many a second.
pub fn per_second(count: impl Into<f64>, seconds: f64) -> f64 {
    let count = count.into();
    if seconds > 0.0 { count / seconds } else { 0.0 }
}

/// What a process has used so far, where the system tells (Linux).
#[derive(Clone, Copy, Debug, Default)]
pub struct Usage {
    /// Processor time of all threads.
    pub cpu_s: f64,
    /// Memory now, and the most that it has had.
    pub rss_mb: Option<f64>,
    pub peak_rss_mb: Option<f64>,
}

impl Usage {
    /// Of a process, or of this one.
    pub fn of(process: Option<u32>) -> Usage {
        let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
        let read =
            |file: &str| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap_or_default();
        let (stat, status) = (read("stat"), read("status"));
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let ticks = after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
        let megabytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
            kilobytes.map(|kilobytes| kilobytes / 1_024.0)
        };
        Usage {
            cpu_s: ticks.sum::<f64>() / 100.0,
            rss_mb: megabytes("VmRSS:"),
            peak_rss_mb: megabytes("VmHWM:"),
        }
    }

    /// Of several: time together, memory of the largest.
    pub fn with(self, other: Usage) -> Usage {
        let larger = |one: Option<f64>, other: Option<f64>| match (one, other) {
            (Some(one), Some(other)) => Some(one.max(other)),
            (one, other) => one.or(other),
        };
        Usage {
            cpu_s: self.cpu_s + other.cpu_s,
            rss_mb: larger(self.rss_mb, other.rss_mb),
            peak_rss_mb: larger(self.peak_rss_mb, other.peak_rss_mb),
        }
    }
}

/// Memory as it stands in a line.
pub fn megabytes(known: Option<f64>) -> Value {
    known.map_or(Value::Null, rounded)
}
