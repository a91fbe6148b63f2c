//! Locks that are taken in another order: scopes that wait for the locks of each other.

use std::{collections::BTreeMap, sync::Arc};

use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};

use super::{Bound, Finding, Led, Move, Property, Prover, Verdict};
use crate::definition::{Kind, Release, Shape, StepIx};

/// So many scopes are gone on to when circles are looked for; beyond, it is not decided.
pub const MAX_LOCKED: usize = 100_000;

/// A scope with a lock inside a scope with another one.
#[derive(Clone, Copy)]
struct Nested<'a> {
    outer: &'a Locked,
    inner: &'a Locked,
}

/// A step that is a scope with a lock, and how a case comes to it.
pub struct Locked {
    step: StepIx,
    lock: Arc<str>,
    run: Vec<Move>,
}

impl Locked {
    /// If it has a lock.
    pub fn of(release: &Release, step: StepIx, led: &Led) -> Option<Locked> {
        let Kind::Scope(scope) = release.step(step).kind else { return None };
        let lock = release.scope(scope).lock.clone()?;
        Some(Locked { step, lock, run: led.moves.clone() })
    }
}

impl Prover<'_> {
    /// Circles of locks, each found at the first of its inner scopes.
    pub fn locks(&mut self) {
        let locked = std::mem::take(&mut self.locked);
        let nested: Vec<Nested<'_>> = locked
            .iter()
            .flat_map(|outer| locked.iter().map(move |inner| Nested { outer, inner }))
            .filter(|it| it.outer.lock != it.inner.lock && self.lies_in(it.inner.step, it.outer.step))
            .collect();
        let nested = in_circles(nested);
        let mut left = MAX_LOCKED;
        for at in 0..nested.len() {
            if let Some(circle) = self.circle_of(&nested, &mut vec![nested[at]], &mut left) {
                let step = circle.iter().map(|it| it.inner.step).min();
                // Each circle is told once, from where it is found first.
                if step == Some(nested[at].inner.step) {
                    self.findings.push(finding(&circle));
                }
            }
            if left == 0 {
                let (property, step) = (Property::MeetingNotDecided(Bound::Locks), nested[at].inner.step);
                self.findings.push(Finding::of(property, step, Verdict::NotDecided));
                return;
            }
        }
    }

    /// Goes on from one lock to a scope elsewhere that has it and wants another one. `left`: so many may be gone on to.
    fn circle_of<'n>(
        &self,
        nested: &[Nested<'n>],
        found: &mut Vec<Nested<'n>>,
        left: &mut usize,
    ) -> Option<Vec<Nested<'n>>> {
        let (first, last) = (found[0], found[found.len() - 1]);
        if last.inner.lock == first.outer.lock {
            return Some(found.clone());
        }
        // Whoever comes to a lock again could have left out what lies between.
        let is_new = |next: &&Nested<'_>| {
            next.outer.lock == last.inner.lock && found.iter().all(|it| it.inner.lock != next.inner.lock)
        };
        for next in nested.iter().filter(is_new).copied().collect::<Vec<_>>() {
            if *left == 0 {
                return None;
            }
            *left -= 1;
            if found.iter().all(|it| self.side_by_side(it.outer.step, next.outer.step)) {
                found.push(next);
                if let Some(circle) = self.circle_of(nested, found, left) {
                    return Some(circle);
                }
                found.pop();
            }
        }
        None
    }

    /// Whether two steps can be active at the same time.
    fn side_by_side(&self, one: StepIx, other: StepIx) -> bool {
        let around = |ix: StepIx| {
            let owner = |ix: &StepIx| self.release.scope(self.release.step(*ix).scope).owner;
            std::iter::successors(Some(ix), owner).collect::<Vec<_>>()
        };
        let (one, other) = (around(one), around(other));
        // Rounds around both may be active at the same time.
        let common = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
        let rounds = one[one.len() - common..].iter().any(|ix| match self.release.step(*ix).kind {
            Kind::Scope(scope) => {
                matches!(&self.release.scope(scope).shape, Shape::Each(each) if !each.sequential)
            }
            _ => false,
        });
        let Some(apart) = one.len().checked_sub(common + 1).map(|at| one[at]) else { return rounds };
        let scope = self.release.step(apart).scope;
        let several = match &self.release.scope(scope).shape {
            Shape::Fork(_) => true,
            Shape::AdHoc(ad_hoc) => !ad_hoc.one_at_a_time,
            Shape::Path | Shape::Each(_) => self.explored[&scope].has_several(self.release),
        };
        rounds || several
    }
}

/// Those whose locks are taken in circles.
fn in_circles(nested: Vec<Nested<'_>>) -> Vec<Nested<'_>> {
    let mut graph: DiGraphMap<&str, ()> = DiGraphMap::new();
    for it in &nested {
        graph.add_edge(&it.outer.lock, &it.inner.lock, ());
    }
    let mut circle_of: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, locks) in tarjan_scc(&graph).into_iter().enumerate() {
        circle_of.extend(locks.into_iter().map(|lock| (lock, number)));
    }
    nested.iter().filter(|it| circle_of[&*it.outer.lock] == circle_of[&*it.inner.lock]).copied().collect()
}

/// All take their first lock, and then want the next one.
fn finding(circle: &[Nested<'_>]) -> Finding {
    let mut run: Vec<Move> = Vec::new();
    for it in circle {
        let common = run.iter().zip(&it.outer.run).take_while(|(one, other)| one == other).count();
        run.extend_from_slice(&it.outer.run[common..]);
    }
    for it in circle {
        run.extend_from_slice(it.inner.run.get(it.outer.run.len()..).unwrap_or_default());
    }
    let step = circle.iter().map(|it| it.inner.step).min().expect("a circle has scopes");
    Finding { run, ..Finding::of(Property::LocksInCircle, step, Verdict::PossiblyUnsound) }
}
