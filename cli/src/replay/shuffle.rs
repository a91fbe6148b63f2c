//! Traces that never were: real ones with their events in another order. How many of them a model accepts tells whether
//! it is a model at all, or lets everything through.

use std::{collections::HashSet, sync::Arc};

use super::xes::Trace;

/// So many times more orders are tried than are wanted, before fewer are made.
const TRIES: usize = 1_000;

/// Random numbers from a seed, the same everywhere and for ever: SplitMix64 (Steele, Lea, Flood: Fast Splittable
/// Pseudorandom Number Generators, OOPSLA 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// One of `0..sides`. The bias is below one in 2^40 for any log that can be read.
    fn roll(&mut self, sides: usize) -> usize {
        let product = u128::from(self.next()) * sides as u128;
        usize::try_from(product >> 64).unwrap_or(0)
    }
}

type Sequence = Vec<Arc<str>>;

fn sequence(trace: &Trace) -> Sequence {
    trace.events.iter().map(|event| event.activity.clone()).collect()
}

/// `wanted` traces, each a real one with its events in an order of activities that no trace of the log has. An event
/// keeps its values; the times of the trace are given out anew, in order. Fewer when the log does not have as many.
pub fn shuffled(traces: &[Trace], wanted: usize, seed: u64) -> Vec<Trace> {
    let real: HashSet<Sequence> = traces.iter().map(sequence).collect();
    let long: Vec<&Trace> = traces.iter().filter(|trace| trace.events.len() > 1).collect();
    let mut dice = Dice(seed);
    let mut made = Vec::new();
    for _ in 0..wanted.saturating_mul(TRIES) {
        if made.len() == wanted || long.is_empty() {
            break;
        }
        let mut trace = long[dice.roll(long.len())].clone();
        let mut times: Vec<_> = trace.events.iter().map(|event| event.at).collect();
        times.sort();
        for last in (1..trace.events.len()).rev() {
            trace.events.swap(last, dice.roll(last + 1));
        }
        for (event, at) in trace.events.iter_mut().zip(times) {
            event.at = at;
        }
        if !real.contains(&sequence(&trace)) {
            trace.name = format!("{}~{}", trace.name, made.len() + 1).into();
            made.push(trace);
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::xes::{Attributes, LogEvent};

    fn trace(activities: &str) -> Trace {
        let events = activities.chars().zip(1..).map(|(activity, day)| LogEvent {
            activity: activity.to_string().into(),
            at: format!("2026-03-{day:02}T00:00:00Z").parse().expect("a time"),
            attributes: Attributes::from([("was".into(), activity.to_string().into())]),
        });
        Trace { name: "t".into(), attributes: Attributes::new(), events: events.collect() }
    }

    fn orders(traces: &[Trace]) -> Vec<String> {
        traces.iter().map(|trace| sequence(trace).concat()).collect()
    }

    #[test]
    fn only_orders_that_are_not_in_the_log() {
        let log = [trace("abc"), trace("bac"), trace("cab"), trace("cba"), trace("acb"), trace("d")];
        let made = shuffled(&log, 50, 7);
        assert_eq!(orders(&made), vec!["bca"; 50]);
        for trace in &made {
            assert!(trace.events.is_sorted_by_key(|event| event.at), "times go forward");
            assert!(
                trace.events.iter().all(|event| event.attributes["was"] == event.activity),
                "values stay"
            );
        }
    }

    #[test]
    fn the_same_seed_makes_the_same_traces() {
        let log = [trace("abcdefgh")];
        assert_eq!(shuffled(&log, 20, 3), shuffled(&log, 20, 3));
        assert_ne!(shuffled(&log, 20, 3), shuffled(&log, 20, 4));
    }

    #[test]
    fn fewer_when_there_are_no_others() {
        assert_eq!(shuffled(&[], 5, 1), []);
        assert_eq!(shuffled(&[trace("a"), trace("aa")], 5, 1), []);
    }

    /// The first numbers of the reference implementation for the seed 1234567 (Vigna, splitmix64.c).
    #[test]
    fn numbers_of_the_paper() {
        let mut dice = Dice(1_234_567);
        let numbers: Vec<u64> = (0..3).map(|_| dice.next()).collect();
        assert_eq!(
            numbers,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }
}
