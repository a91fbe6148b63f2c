//! What undoes (compensation): steps that no flow leads to, but a compensating step begins.

use super::{
    Ends, Finding, Led, Move, Property, Prover, Verdict,
    scope::{Explored, Reached},
};
use crate::definition::{Kind, ScopeIx, StepIx};

impl Prover<'_> {
    /// Looks at what a step of a scope begins if it compensates; each step that undoes is looked at once.
    pub fn undoing(&mut self, explored: &Explored, step: StepIx, run: &Led, ended: Ends) {
        for (done, undo) in self.undone_by(step) {
            if self.undone.contains_key(&undo) {
                continue;
            }
            self.undone.insert(undo, step);
            let led = run.on(&self.led_past(explored, done, step));
            self.error(undo, led.clone(), (explored.flow.scope, step));
            if let Kind::Scope(inner) = self.release.step(undo).kind {
                self.scope(inner, &led, ended.max(self.ends(explored, step)));
            }
        }
    }

    /// Steps that undo others, and nothing compensates.
    pub fn never_undone(&mut self) {
        let all = || (0..).map(StepIx).take(self.release.steps.len());
        let begun: Vec<StepIx> = all().flat_map(|step| self.undone_by(step)).map(|(_, undo)| undo).collect();
        let never = all().filter(|ix| self.release.step(*ix).only_undoes && !begun.contains(ix));
        let never = never.map(|ix| Finding::of(Property::NeverReached, ix, Verdict::Unsound));
        self.findings.extend(never.collect::<Vec<_>>());
    }

    /// What a compensating step may undo: in its scope and in those inside, each with the step that undoes it.
    fn undone_by(&self, step: StepIx) -> Vec<(StepIx, StepIx)> {
        let Kind::Compensate(named) = &self.release.step(step).kind else { return Vec::new() };
        let is_named = |ix: &StepIx| {
            let lies_in = |of: &StepIx| {
                self.release.lies_in(&self.release.step(*ix).path, &self.release.step(*of).path)
            };
            named.as_ref().is_none_or(|named| named.iter().any(lies_in))
        };
        let scope = self.release.step(step).scope;
        let all = (0..).map(StepIx).take(self.release.steps.len());
        let done = all.filter(|ix| self.in_scope(*ix, scope).is_some() && is_named(ix));
        done.filter_map(|ix| Some((ix, self.release.step(ix).undo?))).collect()
    }

    /// The step of a scope that a step is, or lies in.
    fn in_scope(&self, ix: StepIx, scope: ScopeIx) -> Option<StepIx> {
        let owner = |ix: &StepIx| self.release.scope(self.release.step(*ix).scope).owner;
        std::iter::successors(Some(ix), owner).find(|ix| self.release.step(*ix).scope == scope)
    }

    /// How a case comes to a step of a scope past one that is done before, if a way leads from there.
    fn led_past(&self, explored: &Explored, done: StepIx, to: StepIx) -> Reached {
        let past = || {
            let done = self.in_scope(done, explored.flow.scope)?;
            let before = explored.reached.get(&done)?;
            let further: Vec<Move> =
                explored.path(&[done], to, |_| true).filter(|further| !further.is_empty())?;
            Some(Reached { ruled: true, moves: [before.moves.as_slice(), &further].concat() })
        };
        past().unwrap_or_else(|| Reached { ruled: true, moves: explored.reached[&to].moves.clone() })
    }
}
