//! Figures of this process for Prometheus, written by hand: few, and each one true. None is about a person.

use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::http::StatusCode;
use fachwerk_runtime::{Committed, SubmitError};

/// What is counted.
#[derive(Debug, Default)]
pub struct Metrics {
    by_class: [AtomicU64; 5],
    duration_us: AtomicU64,
    login_failures: AtomicU64,
    committed: AtomicU64,
    repeated: AtomicU64,
    rejected: AtomicU64,
    failed: AtomicU64,
}

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, status: StatusCode, duration_us: u64) {
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        add(&self.by_class[class], 1);
        add(&self.duration_us, duration_us);
    }

    /// Somebody could not log in.
    pub fn login_failed(&self) {
        add(&self.login_failures, 1);
    }

    /// A case was asked.
    pub fn command(&self, answer: &Result<Committed, SubmitError>) {
        add(
            match answer {
                Ok(Committed { repeated: false, .. }) => &self.committed,
                Ok(Committed { repeated: true, .. }) => &self.repeated,
                Err(SubmitError::Rejected(_)) => &self.rejected,
                Err(_) => &self.failed,
            },
            1,
        );
    }

    /// In the text format of Prometheus, version 0.0.4.
    pub fn text(&self, event_streams: u32) -> String {
        let mut text = String::new();
        let mut family = |name: &str, kind: &str, help: &str, rows: &[(String, u64)]| {
            // Writing into a String cannot fail.
            let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
            for (labels, value) in rows {
                let _ = writeln!(text, "{name}{labels} {value}");
            }
        };
        let label = |name: &str, value: &str| format!("{{{name}=\"{value}\"}}");
        let classes: Vec<_> = CLASSES
            .iter()
            .zip(&self.by_class)
            .map(|(class, count)| (label("class", class), read(count)))
            .collect();
        family("fachwerk_http_requests_total", "counter", "Requests answered, by class of status.", &classes);
        family(
            "fachwerk_http_request_microseconds_total",
            "counter",
            "Time until the answers began, in microseconds.",
            &[(String::new(), read(&self.duration_us))],
        );
        family(
            "fachwerk_commands_total",
            "counter",
            "Commands to cases over HTTP, by what became of them.",
            &[
                (label("result", "committed"), read(&self.committed)),
                (label("result", "repeated"), read(&self.repeated)),
                (label("result", "rejected"), read(&self.rejected)),
                (label("result", "failed"), read(&self.failed)),
            ],
        );
        family(
            "fachwerk_login_failures_total",
            "counter",
            "Logins that failed.",
            &[(String::new(), read(&self.login_failures))],
        );
        let streams = [(String::new(), u64::from(event_streams))];
        family("fachwerk_event_streams", "gauge", "Event streams that are open.", &streams);
        text
    }
}

fn add(counter: &AtomicU64, count: u64) {
    counter.fetch_add(count, Ordering::Relaxed);
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_prometheus() {
        let metrics = Metrics::default();
        metrics.answered(StatusCode::OK, 1_500);
        metrics.answered(StatusCode::NOT_FOUND, 500);
        metrics.login_failed();
        let text = metrics.text(3);
        let rows: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let expected = [
            "fachwerk_http_requests_total{class=\"1xx\"} 0",
            "fachwerk_http_requests_total{class=\"2xx\"} 1",
            "fachwerk_http_requests_total{class=\"3xx\"} 0",
            "fachwerk_http_requests_total{class=\"4xx\"} 1",
            "fachwerk_http_requests_total{class=\"5xx\"} 0",
            "fachwerk_http_request_microseconds_total 2000",
            "fachwerk_commands_total{result=\"committed\"} 0",
            "fachwerk_commands_total{result=\"repeated\"} 0",
            "fachwerk_commands_total{result=\"rejected\"} 0",
            "fachwerk_commands_total{result=\"failed\"} 0",
            "fachwerk_login_failures_total 1",
            "fachwerk_event_streams 3",
        ];
        assert_eq!(rows, expected);
    }
}
