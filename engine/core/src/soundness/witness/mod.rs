//! Tries to play what was found: a run of control flow becomes a scenario with persons, values and days.
//!
//! The engine itself plays; nothing here knows what a step does. Where rules decide, values around what they compare with
//! are tried, so a finding that data were thought to exclude may become certain. That nothing was found proves nothing.

mod player;

use std::collections::BTreeSet;

use jiff::civil::DateTime;
use player::Player;

use super::{Against, Finding, Move, Property, past::Map, values, ways::By};
use crate::{
    definition::{Expr, Kind, Release, Shape, StepIx, TriggerKind},
    diagnostic::Stop,
    words::{Object, Value},
};

/// So many combinations of values are tried for one finding.
pub const MAX_TRIALS: usize = 400;
/// In so many of them another way is taken when data lead elsewhere.
const MOST_CHANGED: usize = 20;
/// So many lines, and steps that are entered by them, are played for all findings of one proof together; what is left then
/// is not played.
pub const MAX_LINES_OF_ALL: usize = 40_000;
/// More paths at one step are many.
const MANY_PATHS: usize = 5;
/// So many runs with another choice of a person are tried.
const MOST_VARIED: usize = 20;
/// Whoever signs must be another one, so there are several.
pub(super) const PEOPLE: [&str; 4] = ["anna", "bert", "clara", "dora"];

/// A run that was played.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// When it begins.
    pub begins: DateTime,
    /// What happens, line by line, in the words of a scenario.
    pub lines: Vec<Value>,
    /// What the case goes through at each line.
    pub stops: Vec<Stop>,
    /// How things stand at its end, in the words of a scenario; none: it goes on by itself without an end.
    pub stands: Option<Value>,
    /// The settings that it needs.
    pub settings: Object,
}

/// Plays a finding; none when no trial came to it. When it came there in another way, that way is told. `left`: so many
/// lines may still be played.
pub fn play(release: &Release, finding: &Finding, left: &mut usize) -> Option<(Witness, Option<Vec<Move>>)> {
    if !finding.property.shows() {
        return None;
    }
    if let Some(shown) = play_run(release, finding, left) {
        return Some(shown);
    }
    // What data decide on the way may go otherwise than the run says: then what a person chooses may, too.
    let others = if finding.property.is_of_missing() { varied(release, &finding.run) } else { Vec::new() };
    others.into_iter().find_map(|run| {
        let other = Finding { run: run.clone(), ..finding.clone() };
        let (witness, way) = play_run(release, &other, left)?;
        Some((witness, Some(way.unwrap_or(run))))
    })
}

/// The same run, with another outcome of one of its tasks.
fn varied(release: &Release, run: &[Move]) -> Vec<Vec<Move>> {
    let mut found = Vec::new();
    for (place, it) in run.iter().enumerate() {
        let Some(Kind::Task(task)) = it.step.map(|ix| &release.step(ix).kind) else { continue };
        let others = task.form.outcomes().into_iter().map(By::Outcome).filter(|by| *by != it.by);
        found.extend(others.map(|by| {
            let mut varied = run.to_vec();
            varied[place].by = by;
            varied
        }));
    }
    found.truncate(MOST_VARIED);
    found
}

fn play_run(release: &Release, finding: &Finding, left: &mut usize) -> Option<(Witness, Option<Vec<Move>>)> {
    let map = match finding.property {
        // The letter is the one that the run has come from.
        Property::Law(Against::BeforeDispatch) => None,
        Property::Law(_) | Property::Staff(_) => Some(Map::past(release, &finding.past)),
        _ => None,
    };
    let tasks: BTreeSet<StepIx> = finding.run.iter().filter_map(|it| it.step).collect();
    let rules = rules_on(release, &finding.run, finding.step);
    let trials = values::trials(release, &rules, &tasks);
    let mut chosen = vec![0; trials.len()];
    for trial in 0..MAX_TRIALS {
        if *left == 0 {
            return None;
        }
        let map = map.as_ref().filter(|_| trial < MOST_CHANGED);
        let player = Player::new(release, finding, map, (&trials, &chosen));
        if let Some(shown) = player.and_then(|player| player.play(left)) {
            return Some(shown);
        }
        // The next combination, as a clock goes on.
        let turned = chosen.iter_mut().zip(&trials).find_map(|(at, (_, values))| {
            *at += 1;
            if *at < values.len() {
                return Some(());
            }
            *at = 0;
            None
        });
        turned?;
    }
    None
}

/// The rules that decide on a run and on what is found at its end: of choices, branches, options and reactions.
fn rules_on<'r>(release: &'r Release, run: &[Move], end: StepIx) -> Vec<&'r Expr> {
    let mut found: Vec<&Expr> = Vec::new();
    let mut seen = BTreeSet::new();
    for ix in run.iter().filter_map(|it| it.step).chain([end]).filter(|ix| seen.insert(*ix)) {
        let step = release.step(ix);
        found.extend(&step.when);
        match &step.kind {
            Kind::Choose(ways) => found.extend(ways.iter().filter_map(|way| way.when.as_ref())),
            Kind::Wait(waits) => {
                found.extend(waits.iter().filter_map(|wait| wait.when.as_ref()));
                found.extend(waits.iter().filter_map(|wait| match &wait.trigger {
                    TriggerKind::Condition(rule) => Some(rule),
                    _ => None,
                }));
            }
            Kind::Task(task) => found.extend(task.form.fields.iter().flat_map(|field| field.conditions())),
            Kind::Scope(scope) => {
                let scope = release.scope(*scope);
                found.extend(scope.steps.iter().filter_map(|ix| release.step(*ix).when.as_ref()));
                match &scope.shape {
                    Shape::Each(each) => found.push(&each.over),
                    Shape::AdHoc(ad_hoc) => found.extend(&ad_hoc.until),
                    Shape::Path | Shape::Fork(_) => {}
                }
                if let Some(repeat) = &scope.repeat {
                    found.extend(repeat.until.iter().chain(&repeat.while_holds));
                }
            }
            _ => {}
        }
    }
    found
}

/// What is done of a run: nobody does what is ended by another step.
fn acted(run: &[Move]) -> Vec<Move> {
    run.iter().filter(|it| it.by != By::Cancelled).cloned().collect()
}
