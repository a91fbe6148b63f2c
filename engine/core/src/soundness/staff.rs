//! Whether the people of an authority are enough: on each path, for each task somebody of its role who may do it although
//! they did others before (workflow satisfiability).
//!
//! Fewer tasks ask for fewer people. So if one combination of people does for all tasks together, it does on every path;
//! only where none does, the smallest sets of tasks are looked for that no combination does for, and whether a path leads
//! through all tasks of such a set.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Finding, Led, Property, Verdict, past::Map, play_all, staff_said, ways::Avoided};
use crate::{
    authority::Authority,
    definition::{Kind, Release, Shape, Step, StepIx, TaskKind},
    words::{PersonId, RoleId},
};

/// So many combinations of people are tried, for one process; beyond, it is not decided.
pub const MAX_TRIED: usize = 100_000;
/// A set of more tasks that no combination of people does for is not looked for on a path.
const MOST_TASKS: usize = 6;
/// So many sets of tasks are looked at.
const MOST_SETS: usize = 500;

/// The people of an authority: their names, and the roles of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster(pub Vec<(Arc<str>, BTreeSet<RoleId>)>);

impl Roster {
    /// Those of an authority who may log in.
    pub fn of(authority: &Authority) -> Roster {
        let active = authority.people.values().filter(|person| person.active);
        Roster(active.map(|person| (person.name.clone(), BTreeSet::clone(&person.roles))).collect())
    }

    /// Those who are named, of several scenarios for example; who is named twice has the roles of both.
    pub fn named<'a>(people: impl IntoIterator<Item = (&'a PersonId, &'a BTreeSet<RoleId>)>) -> Roster {
        let mut all: BTreeMap<Arc<str>, BTreeSet<RoleId>> = BTreeMap::new();
        for (person, roles) in people {
            all.entry(person.as_str().into()).or_default().extend(roles.iter().cloned());
        }
        Roster(all.into_iter().collect())
    }
}

/// Of whom there are not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// Nobody has any role of the process.
    Nobody,
    /// Nobody has the role of the task.
    Role,
    /// Whoever has the role of the task must have done another one before.
    Combination,
    /// It is not known: more than [`MAX_TRIED`] combinations, or too many sets of tasks.
    NotDecided,
}

/// Whether some people are enough for a process, in the order of its steps.
pub fn staffed(release: &Release, roster: &Roster) -> Vec<Finding> {
    let tasks = tasks(release);
    let Some(first) = tasks.keys().next().copied() else { return Vec::new() };
    let has_any =
        |(_, roles): &(_, BTreeSet<RoleId>)| roles.iter().any(|role| release.roles.contains_key(role));
    if !roster.0.iter().any(has_any) {
        return vec![Finding::of(Property::Staff(Lack::Nobody), first, Verdict::Unsound)];
    }
    let map = Map::past(release, &Avoided::default());
    let able = tasks.iter().map(|(ix, role)| {
        let people = roster.0.iter().zip(0..).filter(|((_, roles), _)| roles.contains(*role));
        (*ix, people.map(|(_, person)| person).collect())
    });
    let able: BTreeMap<StepIx, BTreeSet<usize>> = able.collect();
    // A role that nobody has is told once, where a case comes to it first.
    let mut missing: BTreeMap<&RoleId, Finding> = BTreeMap::new();
    for (ix, _) in able.iter().filter(|(_, people)| people.is_empty()) {
        let Some(run) = map.run(*ix) else { continue };
        let found = run.finding(Property::Staff(Lack::Role), *ix);
        match missing.get_mut(tasks[ix]) {
            Some(known) if known.run.len() <= found.run.len() => {}
            Some(known) => *known = found,
            None => drop(missing.insert(tasks[ix], found)),
        }
    }
    let mut findings: Vec<Finding> = missing.into_values().collect();
    // What nobody can do is told; it says nothing of the others.
    let able: BTreeMap<_, _> = able.into_iter().filter(|(_, people)| !people.is_empty()).collect();
    let differ = differ(release, &able);
    let mut search = Search { map: &map, able: &able, differ: &differ, tried: 0, seen: BTreeSet::new() };
    let constrained: BTreeSet<StepIx> = differ.iter().flat_map(|(task, other)| [*task, *other]).collect();
    let mut found = Vec::new();
    let decided = search.conflicts(constrained, &mut found).is_some();
    // What was found is told; the rest is looked at again when it is mended.
    if !decided && found.is_empty() {
        findings.push(Finding::of(Property::Staff(Lack::NotDecided), first, Verdict::NotDecided));
    }
    for Conflict { tasks, done, last, run } in found {
        let why = staff_said::combination(release, roster, &tasks, last, &differ, &able);
        let found = run.finding(Property::Staff(Lack::Combination), last);
        findings.push(Finding { through: done, why: Some(why), ..found });
    }
    play_all(release, &mut findings);
    findings.sort_by_key(|finding| (finding.step, finding.property));
    findings
}

/// The role that may do what a step is, if a person does it.
pub fn role_of<'r>(release: &'r Release, step: &'r Step) -> Option<&'r RoleId> {
    match &step.kind {
        Kind::Task(task) => Some(&task.role),
        Kind::Scope(scope) => match &release.scope(*scope).shape {
            Shape::AdHoc(group) => Some(&group.role),
            _ => None,
        },
        _ => None,
    }
}

/// What persons do, with the role that may.
fn tasks(release: &Release) -> BTreeMap<StepIx, &RoleId> {
    let all = release.steps.iter().zip(0..);
    all.filter_map(|(step, ix)| Some((StepIx(ix), role_of(release, step)?))).collect()
}

/// Each task that another person must do, with what that person must not have done.
pub type Differ = BTreeSet<(StepIx, StepIx)>;

fn differ(release: &Release, able: &BTreeMap<StepIx, BTreeSet<usize>>) -> Differ {
    let mut found = Differ::new();
    for ix in able.keys() {
        let Kind::Task(task) = &release.step(*ix).kind else { continue };
        let TaskKind { not_same_person_as, .. } = &**task;
        for other in able.keys().filter(|other| *other != ix) {
            let named =
                not_same_person_as.iter().any(|named| release.lies_in(&release.step(*other).path, named));
            if named {
                found.insert((*ix, *other));
            }
        }
    }
    found
}

/// Tasks that no combination of people does for, and a path through them.
struct Conflict {
    tasks: BTreeSet<StepIx>,
    /// Those that are done, in their order.
    done: Vec<StepIx>,
    /// The one that nobody may do any more.
    last: StepIx,
    run: Led,
}

struct Search<'a> {
    map: &'a Map<'a>,
    able: &'a BTreeMap<StepIx, BTreeSet<usize>>,
    differ: &'a Differ,
    tried: usize,
    seen: BTreeSet<BTreeSet<StepIx>>,
}

impl Search<'_> {
    /// The smallest sets of tasks that no combination does for and that lie on a path; none: a bound was reached.
    fn conflicts(&mut self, all: BTreeSet<StepIx>, found: &mut Vec<Conflict>) -> Option<()> {
        let mut told = BTreeSet::new();
        let mut open = vec![all];
        while let Some(tasks) = open.pop() {
            if self.seen.len() >= MOST_SETS {
                return None;
            }
            if !self.seen.insert(tasks.clone()) || self.is_enough(&tasks)? {
                continue;
            }
            let core = self.smallest(&tasks)?;
            if core.len() > MOST_TASKS {
                return None;
            }
            // Another set that is not enough lacks one of these.
            open.extend(core.iter().map(|task| tasks.iter().filter(|it| *it != task).copied().collect()));
            if let Some((run, mut done)) = self.path_through(&core)
                && let Some(last) = done.pop()
                && told.insert(last)
            {
                found.push(Conflict { tasks: core, done, last, run });
            }
        }
        Some(())
    }

    /// Leaves away what is not needed for there to be no combination.
    fn smallest(&mut self, tasks: &BTreeSet<StepIx>) -> Option<BTreeSet<StepIx>> {
        let mut core = tasks.clone();
        for task in tasks {
            core.remove(task);
            if self.is_enough(&core)? {
                core.insert(*task);
            }
        }
        Some(core)
    }

    /// Whether some combination does for these tasks; none: a bound was reached.
    fn is_enough(&mut self, tasks: &BTreeSet<StepIx>) -> Option<bool> {
        let mut left: BTreeMap<StepIx, BTreeSet<StepIx>> = BTreeMap::new();
        for (task, other) in self.differ.iter().filter(|(a, b)| tasks.contains(a) && tasks.contains(b)) {
            left.entry(*task).or_default().insert(*other);
            left.entry(*other).or_default().insert(*task);
        }
        // Whoever can be chosen from more people than there are others is no difficulty.
        while let Some(easy) =
            left.iter().find(|(task, others)| self.able[*task].len() > others.len()).map(|(task, _)| *task)
        {
            left.remove(&easy);
            left.values_mut().for_each(|others| {
                others.remove(&easy);
            });
        }
        let mut order: Vec<StepIx> = left.keys().copied().collect();
        order.sort_by_key(|task| self.able[task].len());
        self.assign(&order, &left, &mut BTreeMap::new())
    }

    fn assign(
        &mut self,
        order: &[StepIx],
        differ: &BTreeMap<StepIx, BTreeSet<StepIx>>,
        chosen: &mut BTreeMap<StepIx, usize>,
    ) -> Option<bool> {
        let Some((task, rest)) = order.split_first() else { return Some(true) };
        let able = self.able;
        for person in &able[task] {
            self.tried += 1;
            if self.tried > MAX_TRIED {
                return None;
            }
            if differ[task].iter().any(|other| chosen.get(other) == Some(person)) {
                continue;
            }
            chosen.insert(*task, *person);
            let enough = self.assign(rest, differ, chosen)?;
            chosen.remove(task);
            if enough {
                return Some(true);
            }
        }
        Some(false)
    }

    /// A path that leads through all of these tasks, each that must be done by another person after what it is about.
    fn path_through(&self, tasks: &BTreeSet<StepIx>) -> Option<(Led, Vec<StepIx>)> {
        for first in tasks {
            let Some(run) = self.map.run(*first) else { continue };
            let left: BTreeSet<StepIx> = tasks.iter().filter(|it| *it != first).copied().collect();
            if let Some(found) = self.go_on(run, &[*first], &left) {
                return Some(found);
            }
        }
        None
    }

    fn go_on(&self, run: Led, done: &[StepIx], left: &BTreeSet<StepIx>) -> Option<(Led, Vec<StepIx>)> {
        let at = *done.last()?;
        if left.is_empty() {
            return Some((run, done.to_vec()));
        }
        for next in left {
            // Who comes later must be the one that names the others.
            let counts = done.iter().all(|before| {
                self.differ.contains(&(*next, *before)) || !self.differ.contains(&(*before, *next))
            });
            if !counts {
                continue;
            }
            let Some(further) = self.map.from(at, *next) else { continue };
            let led = Led {
                moves: [run.moves.as_slice(), &further.moves].concat(),
                ruled: run.ruled || further.ruled,
            };
            let left = left.iter().filter(|it| *it != next).copied().collect();
            if let Some(found) = self.go_on(led, &[done, &[*next]].concat(), &left) {
                return Some(found);
            }
        }
        None
    }
}
