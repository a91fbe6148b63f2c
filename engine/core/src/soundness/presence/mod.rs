//! Results of steps that a rule reads before they are there.
//!
//! The types of rules are checked as if every step had been done (`language/typing.rs`). Here it is asked where that is
//! not so: for each rule, which of the results that it reads can be missing when it is asked ([`flow`]), and whether it
//! provides for that, by the same check of types with that one result missing.

mod access;
mod addresses;
mod bits;
mod flow;
mod guards;
mod reads;
mod run;
mod said;
mod walk;
mod writes;

use std::collections::{BTreeMap, BTreeSet};

use fachwerk_rules::Place;

pub use access::{Access, accesses};
use addresses::{Addresses, Seen};
use flow::Flows;
pub use guards::Guards;
pub use reads::{Asked, all as asked};
use reads::{Moment, Text};

use super::{Finding, Property, Verdict, readable::Readable, scope::Explored};
use crate::{
    definition::{FrameIx, Kind, Release, ScopeIx},
    language::at_place,
    words,
};

/// What rules read before it is there.
pub fn findings(
    release: &Release,
    explored: &BTreeMap<ScopeIx, Explored>,
    readable: &Readable<'_>,
) -> Vec<Finding> {
    let asked = reads::all(release);
    let mut addresses = Addresses::new(release);
    let mut read: Vec<Vec<Read<'_>>> = Vec::with_capacity(asked.len());
    for rule in &asked {
        let seen = read_by(release, rule, &addresses);
        seen.iter().flat_map(|read| &read.seen).for_each(|seen| addresses.note(seen));
        read.push(seen);
    }
    if addresses.len() == 0 {
        return Vec::new();
    }
    let flows = Flows::new(release, explored, &addresses);
    let mut judge =
        Judge { release, flows: &flows, addresses: &addresses, guards: Guards::new(release, readable) };
    let mut found = Vec::new();
    for (rule, read) in asked.iter().zip(&read) {
        judge.look_at(rule, read, &mut found);
    }
    found
}

/// A path that a rule reads, and what stands behind its names.
struct Read<'r> {
    names: Vec<&'r str>,
    seen: Vec<Seen>,
}

fn frame_of(release: &Release, asked: &Asked<'_>) -> FrameIx {
    match asked.rule {
        Text::Expression(rule) => rule.frame,
        Text::Script(rule) => rule.frame,
        Text::Template(rule) => rule.frame,
        Text::Table(_) => release.step(asked.step).frame,
    }
}

/// The results that a rule reads, each path once.
fn read_by<'r>(release: &Release, asked: &Asked<'r>, addresses: &Addresses<'_>) -> Vec<Read<'r>> {
    let frame = frame_of(release, asked);
    let mut known: BTreeSet<Vec<&str>> = BTreeSet::new();
    let mut found = Vec::new();
    for path in asked.rule.paths() {
        // A number that is not there yet is null to rules, which they have to provide for anyway; a letter has a gap.
        let is_result = match path.root() {
            "steps" | "result" => true,
            "file" => matches!(asked.rule, Text::Template(_)),
            _ => false,
        };
        if !is_result {
            continue;
        }
        let names = path.names();
        let seen = addresses.seen(frame, &names, asked.form.is_some());
        if !seen.is_empty() && known.insert(names.clone()) {
            found.push(Read { names, seen });
        }
    }
    found
}

struct Judge<'a> {
    release: &'a Release,
    flows: &'a Flows<'a>,
    addresses: &'a Addresses<'a>,
    guards: Guards<'a>,
}

impl Judge<'_> {
    fn look_at(&mut self, asked: &Asked<'_>, read: &[Read<'_>], found: &mut Vec<Finding>) {
        let Some(missing) = self.flows.missing(asked.when) else { return };
        let can_be_missing = |seen: &&Seen| self.addresses.numbers(seen).all(|it| missing.contains(it));
        // Of what is missing as a whole the parts are not told, too.
        let mut early: Vec<(&[&str], &Seen, &[&str])> = Vec::new();
        for Read { names, seen } in read {
            if let Some(seen) = seen.iter().find(can_be_missing)
                && early.iter().all(|(known, ..)| *known != &names[..seen.length])
            {
                early.push((&names[..seen.length], seen, names));
            }
        }
        let all: Vec<&[&str]> = early.iter().map(|(names, ..)| *names).collect();
        if all.is_empty() || self.guards.needs_all(asked, &all).is_none() {
            return;
        }
        let mut told: Vec<usize> = Vec::new();
        for (number, (names, seen, whole)) in early.iter().enumerate() {
            if let Some(place) = self.guards.needs(asked, names) {
                found.push(self.finding(asked, &[seen], whole, place));
                told.push(number);
            }
        }
        // One may stand for the other (`a ?? b`); then both would have to be missing.
        for (number, (names, seen, whole)) in early.iter().enumerate() {
            for (before, (others, stands_for, _)) in early[..number].iter().enumerate() {
                if told.contains(&number) || told.contains(&before) {
                    continue;
                }
                if let Some(place) = self.guards.needs_all(asked, &[names, others])
                    && run::without(self.flows, &[seen, stands_for], asked.when).is_some()
                {
                    found.push(self.finding(asked, &[seen, stands_for], whole, place));
                    told.push(number);
                }
            }
        }
    }

    fn finding(&self, asked: &Asked<'_>, missing: &[&Seen], names: &[&str], place: Place) -> Finding {
        let written = self.flows.written(asked.when);
        // What is read only when something else is missing need not be read.
        let ever = missing.len() > 1
            || missing.iter().all(|seen| self.addresses.numbers(seen).any(|it| written.contains(it)));
        let span = match (asked.rule, asked.rule.span()) {
            (Text::Expression(_), Some(span)) => span.clone(),
            // A text that stands in a file with others.
            (Text::Template(_), Some(span)) if !span.is_file() => span.clone(),
            (_, Some(file)) => at_place(file, place.line, place.column),
            (_, None) => self.release.step(asked.step).span.clone(),
        };
        let writers: Vec<words::Text> =
            missing.iter().take(1).flat_map(|seen| self.written_by(seen)).collect();
        let place = self.place(asked);
        let (property, verdict) = match ever {
            true => (Property::ResultMayBeMissing, Verdict::PossiblyUnsound),
            false => (Property::ResultNeverThere, Verdict::Unsound),
        };
        Finding {
            run: run::without(self.flows, missing, asked.when).unwrap_or_default(),
            detail: Some(said::detail(span, (names, missing[0].length), &place, (&writers, ever))),
            ..Finding::of(property, asked.step, verdict)
        }
    }

    /// Whose rule it is, by what people read.
    fn place(&self, asked: &Asked<'_>) -> words::Text {
        let owner = match asked.when {
            Moment::Entered(_) | Moment::Way(..) => Some(asked.step),
            Moment::CaseEnds => return words::Text::new("Ende des Vorgangs", "End of the case"),
            Moment::Active(scope) | Moment::Woken(scope, _) | Moment::Ended(scope) => {
                self.release.scope(scope).owner.or_else(|| (asked.step.0 > 0).then_some(asked.step))
            }
        };
        owner.map_or_else(|| words::Text::new("Vorgang", "case"), |ix| self.release.step(ix).title.clone())
    }

    /// What writes a result, by what people read.
    fn written_by(&self, seen: &Seen) -> Vec<words::Text> {
        let numbers: Vec<usize> = self.addresses.numbers(seen).collect();
        let sets = |write: &writes::Write| {
            let set = self.addresses.may_be_set_by(write);
            numbers.iter().any(|number| set.contains(*number))
        };
        let mut found = Vec::new();
        for step in &self.release.steps {
            let waits = match &step.kind {
                Kind::Wait(waits) => waits.as_slice(),
                _ => &[],
            };
            let mut written = waits.iter().filter_map(|wait| writes::of_wait(self.release, step, wait));
            let own = writes::of_step(self.release, step).iter().any(sets);
            if own || written.any(|write| sets(&write)) {
                found.push(step.title.clone());
            }
        }
        for (ix, scope) in (0..).map(ScopeIx).zip(&self.release.scopes) {
            for handler in &scope.handlers {
                if writes::of_handler(self.release, ix, handler).is_some_and(|write| sets(&write)) {
                    found.push(words::Text::new(handler.name.clone(), handler.name.clone()));
                }
            }
        }
        found
    }
}
