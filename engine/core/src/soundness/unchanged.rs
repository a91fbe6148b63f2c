//! Choices in a circle that go the same way each time round: nothing in it changes what they read.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Prover, scope::Explored, ways::is_of_application};
use crate::{
    definition::{Compute, FrameIx, Kind, StepIx},
    language::data_key,
};

/// The steps that write under a name.
type Written = BTreeMap<Arc<str>, Vec<(StepIx, FrameIx)>>;

impl Prover<'_> {
    /// The choices of a scope that lie in a circle in which nothing writes what they read, or something reckons it anew from
    /// what nothing there writes. Those that the application alone decides are left out.
    pub fn unchanged(&self, explored: &Explored) -> BTreeSet<StepIx> {
        let mut found = BTreeSet::new();
        let mut written: Written = BTreeMap::new();
        for (ix, step) in (0..).map(StepIx).zip(&self.release.steps) {
            written.entry(data_key(&step.id)).or_default().push((ix, step.frame));
        }
        for circle in explored.cycles(|_, _| true) {
            let mut again: BTreeSet<StepIx> = BTreeSet::new();
            loop {
                let before = again.len();
                for ix in &circle {
                    if !again.contains(ix) && self.comes_out_the_same(*ix, &circle, &again, &written) {
                        again.insert(*ix);
                    }
                }
                if again.len() == before {
                    break;
                }
            }
            let by_itself = |ix: &StepIx| {
                matches!(self.release.step(*ix).kind, Kind::Choose(_))
                    && !explored.flow.ways[ix].iter().any(|way| way.fixed)
            };
            found.extend(again.into_iter().filter(by_itself));
        }
        found
    }

    /// Whether a step does the same each time round, if these do.
    fn comes_out_the_same(
        &self,
        ix: StepIx,
        circle: &BTreeSet<StepIx>,
        again: &BTreeSet<StepIx>,
        written: &Written,
    ) -> bool {
        let reads = |names: &[&str]| self.is_unchanged(ix, names, circle, again, written);
        match &self.release.step(ix).kind {
            Kind::Choose(ways) => {
                let rules = ways.iter().filter_map(|way| way.when.as_ref());
                rules.flat_map(|rule| rule.compiled.variables()).all(|path| reads(&path.names()))
            }
            Kind::Compute(Compute::Fields(fields)) => {
                fields.iter().flat_map(|(_, rule)| rule.compiled.variables()).all(|path| reads(&path.names()))
            }
            Kind::Compute(Compute::Script(rule)) => {
                rule.compiled.variables().iter().all(|path| reads(&path.names()))
            }
            Kind::Decide(decision) => decision.paths.iter().all(|path| reads(&path.names())),
            Kind::Texts(texts) => texts.paths.iter().all(|path| reads(&path.names())),
            _ => false,
        }
    }

    /// Whether a value that a step reads is the same each time round a circle.
    fn is_unchanged(
        &self,
        by: StepIx,
        names: &[&str],
        circle: &BTreeSet<StepIx>,
        again: &BTreeSet<StepIx>,
        written: &Written,
    ) -> bool {
        if is_of_application(names) {
            return true;
        }
        let ["steps", key, ..] = names else { return false };
        let frame = self.release.step(by).frame;
        // Inside blocks and rounds the same name may mean something else.
        !self.release.frame(frame).in_block
            && written.get(*key).is_some_and(|writers| {
                writers
                    .iter()
                    .all(|(ix, of)| *of == frame && (again.contains(ix) || !self.lies_in_one_of(*ix, circle)))
            })
    }

    fn lies_in_one_of(&self, ix: StepIx, steps: &BTreeSet<StepIx>) -> bool {
        let owner = |ix: &StepIx| self.release.scope(self.release.step(*ix).scope).owner;
        std::iter::successors(Some(ix), owner).any(|ix| steps.contains(&ix))
    }
}
