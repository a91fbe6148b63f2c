//! Clients that work at once for some seconds, and the line that says what they saw.

use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

use crate::{Line, Workload};

/// How much is asked for.
#[derive(Clone)]
pub struct Load {
    pub clients: usize,
    pub seconds: u64,
}

/// What the clients saw.
pub struct Seen {
    cases: u64,
    seconds: f64,
    /// Of each command, in microseconds.
    latencies: Vec<u64>,
}

/// What one client notes.
#[derive(Default)]
pub struct Notes {
    latencies: Vec<u64>,
}

impl Notes {
    /// A command, with how long it takes.
    pub fn command<T>(&mut self, work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        let began = Instant::now();
        let done = work()?;
        self.latencies.push(u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX));
        Ok(done)
    }
}

/// Each client does cases one after another until the time is over, and ends the one it has begun. `client` makes what a
/// client needs for itself, `case` does one.
pub fn run<C>(
    load: &Load,
    client: impl Fn() -> C + Sync,
    case: impl Fn(&mut C, &mut Notes) -> Result<(), String> + Sync,
) -> Result<Seen, String> {
    let seen = Mutex::new(Seen { cases: 0, seconds: 0.0, latencies: Vec::new() });
    let began = Instant::now();
    let lasting = Duration::from_secs(load.seconds);
    let one = || -> Result<(), String> {
        let (mut own, mut notes, mut cases) = (client(), Notes::default(), 0);
        while began.elapsed() < lasting {
            case(&mut own, &mut notes)?;
            cases += 1;
        }
        let mut seen = seen.lock().map_err(|_| "a client has ended")?;
        seen.cases += cases;
        seen.latencies.append(&mut notes.latencies);
        Ok(())
    };
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..load.clients).map(|_| scope.spawn(one)).collect();
        clients.into_iter().try_for_each(|client| client.join().map_err(|_| "a client has ended")?)
    })?;
    let mut seen = seen.into_inner().map_err(|_| "a client has ended")?;
    seen.seconds = began.elapsed().as_secs_f64();
    seen.latencies.sort_unstable();
    Ok(seen)
}

/// Before the first run of a workload, where code is translated while it runs (JVM, Node.js): short runs until they no
/// longer get faster by a tenth. By what is done and not by time, because other work may take the processors.
pub fn warm_up(load: &Load, run: impl Fn(&Load) -> Result<Line, String>) -> Result<(), String> {
    const RUNS: usize = 8;
    let short = Load { seconds: 10, ..load.clone() };
    let mut best = 0.0;
    for _ in 0..RUNS {
        let rate = run(&short)?.get("cases_per_s").and_then(Value::as_f64).unwrap_or_default();
        if rate < best * 1.1 {
            break;
        }
        best = rate;
    }
    Ok(())
}

/// What a process has used.
#[derive(Clone, Copy)]
pub struct Used {
    cpu_s: f64,
    peak_rss_mb: f64,
}

impl Used {
    /// Of these processes together, as the system tells (Linux).
    pub fn by(pids: &[u32]) -> Used {
        let mut used = Used { cpu_s: 0.0, peak_rss_mb: 0.0 };
        for pid in pids {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
            let ticks = after_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
            used.cpu_s += ticks.sum::<f64>() / 100.0;
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
            let kilobytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap_or_default();
            used.peak_rss_mb += kilobytes / 1_024.0;
        }
        used
    }
}

impl Seen {
    /// The fields of `fachwerk bench`. `before` and `after` are of the processes of the engine without its database.
    pub fn line(&self, workload: Workload, load: &Load, before: Used, after: Used) -> Map<String, Value> {
        #[allow(clippy::cast_precision_loss)]
        let per_s = |count: usize| rounded(count as f64 / self.seconds);
        let line = json!({
            "workload": workload.name(), "clients": load.clients, "nodes": 1, "cases": self.cases,
            "cases_per_s": per_s(usize::try_from(self.cases).unwrap_or(usize::MAX)),
            "commands_per_s": per_s(self.latencies.len()),
            "p50_ms": self.quantile(50), "p99_ms": self.quantile(99),
            "cpu_s": rounded(after.cpu_s - before.cpu_s), "peak_rss_mb": rounded(after.peak_rss_mb),
        });
        line.as_object().cloned().unwrap_or_default()
    }

    /// In milliseconds.
    fn quantile(&self, percent: usize) -> f64 {
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies
            .get(at)
            .map_or(0.0, |micros| rounded(Duration::from_micros(*micros).as_secs_f64() * 1_000.0))
    }
}

pub fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}
