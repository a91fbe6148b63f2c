//! What a replay found, in words and as JSON.

use std::{collections::BTreeMap, sync::Arc};

use fachwerk_store::Report as Verified;
use serde_json::{Value, json};

use super::{
    play::{Measured, Outcome, Played},
    xes::Trace,
};
use crate::output::say;

/// Deviations that the text names; JSON has all.
const DEVIATIONS_SHOWN: usize = 20;
/// Variants that the text names; JSON has all.
const VARIANTS_SHOWN: usize = 20;

/// What a replay found.
pub struct Report<'a> {
    /// The log.
    pub traces: &'a [Trace],
    /// What became of its traces.
    pub played: &'a Played,
    /// What `verify` said of the journal afterwards.
    pub verified: &'a Verified,
    /// What became of shuffled traces, and their seed.
    pub shuffled: Option<(&'a Played, u64)>,
}

/// How many traces came to which end.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Count {
    /// All.
    pub traces: usize,
    /// Came to an end of the process.
    pub complete: usize,
    /// Fit, and go on.
    pub open: usize,
    /// Left the model.
    pub deviating: usize,
}

impl Count {
    /// Counts outcomes.
    pub fn of<'o>(outcomes: impl IntoIterator<Item = &'o Outcome>) -> Count {
        let mut count = Count::default();
        for outcome in outcomes {
            count.traces += 1;
            match outcome {
                Outcome::Complete(_) => count.complete += 1,
                Outcome::Open(_) => count.open += 1,
                Outcome::Deviating(_) => count.deviating += 1,
            }
        }
        count
    }
}

/// Recorded days beside the last days of a deadline.
#[derive(Clone, Copy, Default)]
struct Beside {
    before: usize,
    on: usize,
    after: usize,
    not_set: usize,
}

impl Report<'_> {
    /// How many traces came to which end.
    pub fn count(&self) -> Count {
        Count::of(&self.played.outcomes)
    }

    fn deviations(&self) -> Vec<Value> {
        let found = self.traces.iter().zip(&self.played.outcomes).filter_map(|(trace, outcome)| match outcome {
            Outcome::Deviating(found) => Some(json!({
                "trace": trace.name, "at": found.at, "expected": found.expected, "found": found.found, "why": found.why,
            })),
            Outcome::Complete(_) | Outcome::Open(_) => None,
        });
        found.collect()
    }

    /// Events beside deadlines: by activity and deadline.
    fn deadlines(&self) -> BTreeMap<(&Arc<str>, &Arc<str>), Beside> {
        let mut found: BTreeMap<_, Beside> = BTreeMap::new();
        for Measured { activity, deadline, day, last_day } in &self.played.measured {
            let beside = found.entry((activity, deadline)).or_default();
            match last_day.map(|last_day| day.cmp(&last_day)) {
                None => beside.not_set += 1,
                Some(std::cmp::Ordering::Less) => beside.before += 1,
                Some(std::cmp::Ordering::Equal) => beside.on += 1,
                Some(std::cmp::Ordering::Greater) => beside.after += 1,
            }
        }
        found
    }

    /// The orders of activities, the most frequent first.
    fn variants(&self) -> Vec<(Vec<&str>, Count)> {
        let mut found: BTreeMap<Vec<&str>, Vec<&Outcome>> = BTreeMap::new();
        for (trace, outcome) in self.traces.iter().zip(&self.played.outcomes) {
            let sequence = trace.events.iter().map(|event| &*event.activity).collect();
            found.entry(sequence).or_default().push(outcome);
        }
        let mut list: Vec<_> =
            found.into_iter().map(|(sequence, outcomes)| (sequence, Count::of(outcomes))).collect();
        list.sort_by_key(|(_, count)| std::cmp::Reverse(count.traces));
        list
    }

    /// How complete cases ended, and what open ones wait for.
    fn ends(&self) -> (BTreeMap<&str, usize>, BTreeMap<String, usize>) {
        let (mut complete, mut open) = (BTreeMap::new(), BTreeMap::new());
        for outcome in &self.played.outcomes {
            match outcome {
                Outcome::Complete(end) => *complete.entry(&**end).or_default() += 1,
                Outcome::Open(waiting) => *open.entry(waiting.join(", ")).or_default() += 1,
                Outcome::Deviating(_) => {}
            }
        }
        (complete, open)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let Count { traces, complete, open, deviating } = self.count();
        let mut deadlines = serde_json::Map::new();
        for ((activity, deadline), Beside { before, on, after, not_set }) in self.deadlines() {
            let of_activity = deadlines.entry(activity.to_string()).or_insert_with(|| json!({}));
            of_activity[&**deadline] =
                json!({ "before": before, "on": on, "after": after, "not_set": not_set });
        }
        let variants = self.variants().into_iter().map(|(sequence, count)| {
            let Count { traces, complete, open, deviating } = count;
            json!({
                "activities": sequence, "traces": traces, "complete": complete, "open": open, "deviating": deviating,
            })
        });
        let (ended, waiting) = self.ends();
        let mut report = json!({
            "traces": traces,
            "complete": complete,
            "open": open,
            "deviating": deviating,
            "deviations": self.deviations(),
            "deadlines": deadlines,
            "ended": ended,
            "waiting": waiting,
            "variants": variants.collect::<Vec<_>>(),
            "verified": {
                "clean": self.verified.is_clean(), "cases": self.verified.cases, "turns": self.verified.turns,
            },
        });
        if let Some((played, seed)) = self.shuffled {
            let Count { traces, complete, open, deviating } = Count::of(&played.outcomes);
            report["shuffled"] = json!({
                "seed": seed, "traces": traces, "complete": complete, "open": open, "deviating": deviating,
            });
        }
        report
    }

    /// For people.
    pub fn print(&self) {
        let Count { traces, complete, open, deviating } = self.count();
        say(format!("{traces} traces: {complete} complete, {open} open, {deviating} leave the model"));
        let (ended, waiting) = self.ends();
        for (end, count) in ended {
            say(format!("  {count:>6} ended as {end}"));
        }
        for (steps, count) in waiting {
            say(format!("  {count:>6} wait for {}", if steps.is_empty() { "their begin" } else { &steps }));
        }
        self.print_deviations();
        for ((activity, deadline), Beside { before, on, after, not_set }) in self.deadlines() {
            let rest = if not_set == 0 { String::new() } else { format!(", {not_set} while it was not set") };
            say(format!(
                "{activity}, beside the last day of {deadline}: {before} before, {on} on it, {after} after{rest}"
            ));
        }
        let variants = self.variants();
        say(format!("{} variants:", variants.len()));
        for (sequence, count) in variants.iter().take(VARIANTS_SHOWN) {
            let away = if count.deviating == 0 {
                String::new()
            } else {
                format!(" ({} leave the model)", count.deviating)
            };
            let order = if sequence.is_empty() { "(no events)".to_owned() } else { sequence.join(" > ") };
            say(format!("  {:>6}{away} {}", count.traces, order));
        }
        if variants.len() > VARIANTS_SHOWN {
            say(format!("         and {} more", variants.len() - VARIANTS_SHOWN));
        }
        if let Some((played, seed)) = self.shuffled {
            let Count { traces, complete, open, deviating } = Count::of(&played.outcomes);
            say(format!(
                "{traces} shuffled traces (seed {seed}): {complete} complete, {open} open, {deviating} leave the model"
            ));
        }
        let (cases, turns) = (self.verified.cases, self.verified.turns);
        let clean = if self.verified.is_clean() { "nothing is wrong" } else { "something is wrong" };
        say(format!("journal verified: {cases} cases, {turns} turns, {clean}"));
        for finding in &self.verified.findings {
            say(format!("  {}", finding.text().en));
        }
    }

    fn print_deviations(&self) {
        let all = self.traces.iter().zip(&self.played.outcomes);
        let mut deviations = all.filter_map(|(trace, outcome)| match outcome {
            Outcome::Deviating(found) => Some((trace, found)),
            Outcome::Complete(_) | Outcome::Open(_) => None,
        });
        for (trace, found) in deviations.by_ref().take(DEVIATIONS_SHOWN) {
            let expected =
                if found.expected.is_empty() { "nothing".to_owned() } else { found.expected.join(", ") };
            say(format!("  {} leaves the model at event {}: found {}", trace.name, found.at, found.found));
            say(format!("      expected: {expected}"));
            say(format!("      why:      {}", found.why));
        }
        let rest = deviations.count();
        if rest > 0 {
            say(format!("  and {rest} more; `--format json` names all"));
        }
    }
}
