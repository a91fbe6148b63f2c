//! How long work takes. The only file of the benchmark that reads the clock; no case sees it.

use std::{
    thread,
    time::{Duration, Instant},
};

/// An instant to measure from.
#[derive(Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    pub fn start() -> Stopwatch {
        Stopwatch(Instant::now())
    }

    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    /// In microseconds.
    pub fn micros(&self) -> u64 {
        u64::try_from(self.0.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// The instant that lies so far behind this one.
    pub fn and(&self, later: Duration) -> Instant {
        self.0 + later
    }
}

/// How long many things took.
#[derive(Clone, Debug, Default)]
pub struct Latencies(Vec<u64>);

impl Latencies {
    /// In microseconds.
    pub fn push(&mut self, micros: u64) {
        self.0.push(micros);
    }

    pub fn extend(&mut self, other: Latencies) {
        self.0.extend(other.0);
    }

    /// Of each so many that follow one another, how long they took together.
    pub fn together(&self, how_many: usize) -> Latencies {
        Latencies(self.0.chunks_exact(how_many).map(|chunk| chunk.iter().sum()).collect())
    }

    /// How long at most so many percent of them took, in milliseconds.
    pub fn quantile_ms(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
        sorted.get(at).map_or(0.0, |micros| Duration::from_micros(*micros).as_secs_f64() * 1_000.0)
    }
}

/// Does something and says how many of what is counted.
pub type Work<'a> = dyn Fn() -> u64 + Sync + 'a;

/// What so many clients do together in a second.
pub fn per_second(clients: usize, lasting: Duration, work: &Work<'_>) -> f64 {
    let watch = Stopwatch::start();
    let one = || {
        let mut done = 0;
        while watch.seconds() < lasting.as_secs_f64() {
            done += work();
        }
        done
    };
    let done: u64 = thread::scope(|scope| {
        let clients: Vec<_> = (0..clients).map(|_| scope.spawn(one)).collect();
        clients.into_iter().map(|client| client.join().unwrap_or(0)).sum()
    });
    #[allow(clippy::cast_precision_loss)]
    let done = done as f64;
    done / watch.seconds()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(micros: &[u64], together: usize, percent: usize, expected_ms: f64) {
        let latencies = Latencies(micros.to_vec()).together(together);
        assert!((latencies.quantile_ms(percent) - expected_ms).abs() < 1e-9, "{latencies:?}");
    }

    #[test]
    fn quantiles() {
        check(&[], 1, 50, 0.0);
        check(&[3_000, 1_000, 2_000], 1, 50, 2.0);
        check(&[3_000, 1_000, 2_000], 1, 99, 3.0);
        check(&[3_000, 1_000, 2_000], 1, 0, 1.0);
        check(&[1_000, 2_000, 3_000, 4_000, 9_000], 2, 99, 7.0);
    }
}
