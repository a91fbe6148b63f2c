//! Steps in vain: no way leads to them, or nobody comes to do them.

use std::collections::BTreeSet;

use super::{
    scope::Explored,
    ways::{By, Next, Way},
};
use crate::definition::{Kind, Release, ScopeIx, Shape, StepIx, TriggerKind};

/// The steps of a scope that nobody ever does.
#[derive(Debug, Default)]
pub struct Dead {
    /// No way leads to them.
    pub unreached: Vec<StepIx>,
    /// Whenever they are begun, another path ends them in the same turn.
    pub cut_off: Vec<StepIx>,
}

impl Explored {
    /// Follows all ways from the beginning and from the reactions. `told`: whether it is told already that this step never
    /// ends; then what lies behind it is not told as well.
    pub fn dead(&self, release: &Release, told: impl Fn(StepIx) -> bool) -> Dead {
        let at_once = self.leaving_at_once(release);
        let goes = |ix: StepIx, way: &&Way| !way.supposed || told(ix);
        let (mut seen, mut cut) = (BTreeSet::new(), Cut::default());
        let mut open = self.begun(release, &at_once, &mut cut);
        for reaction in &self.flow.reactions {
            if let Some(Next::Steps(steps)) = &reaction.next {
                open.extend(going_on(steps, &at_once, &mut cut));
            }
        }
        loop {
            while let Some(ix) = open.pop() {
                if seen.insert(ix) {
                    for way in self.flow.ways[&ix].iter().filter(|way| goes(ix, way)) {
                        if let Next::Steps(steps) = &way.next {
                            open.extend(going_on(steps, &at_once, &mut cut));
                        }
                    }
                }
            }
            // What is ended in the same turn comes as far as nobody has to do anything.
            let Some(ix) = cut.open.pop() else { break };
            if !cut.seen.insert(ix) {
                continue;
            }
            if matches!(release.step(ix).kind, Kind::Join(_)) {
                open.push(ix);
            } else if self.stops_at(ix) {
                cut.off.insert(ix);
            } else {
                cut.passed.insert(ix);
                for way in self.flow.ways[&ix].iter().filter(|way| way.passes && goes(ix, way)) {
                    if let Next::Steps(steps) = &way.next {
                        cut.open.extend(steps);
                    }
                }
            }
        }
        let steps = release.scope(self.flow.scope).steps.iter().copied();
        let not_done = steps
            .filter(|ix| !seen.contains(ix) && !cut.passed.contains(ix) && !release.step(*ix).only_undoes);
        let (cut_off, unreached) = not_done.partition(|ix| cut.off.contains(ix));
        Dead { unreached, cut_off }
    }

    /// Those with which the scope begins. Where enough branches end at once, nobody comes to do the others.
    fn begun(&self, release: &Release, at_once: &BTreeSet<StepIx>, cut: &mut Cut) -> Vec<StepIx> {
        let starts = &self.flow.starts;
        if let Shape::Fork(quorum) = &release.scope(self.flow.scope).shape {
            let ends = |ix: &&StepIx| {
                let mut ways = self.flow.ways[ix].iter();
                release.step(**ix).when.is_none()
                    && ways.all(|way| !way.stops && matches!(way.next, Next::Ends(_)))
            };
            let enough = quorum.number().is_some_and(|needed| starts.iter().filter(ends).count() >= needed);
            if enough && !quorum.rest_goes_on {
                cut.open.extend(starts);
                return vec![];
            }
        }
        going_on(starts, at_once, cut)
    }

    fn stops_at(&self, ix: StepIx) -> bool {
        self.flow.ways[&ix].iter().all(|way| !way.passes)
    }

    /// The steps from which every way leaves the scope, or raises an error that is handled, without a stop. What nothing
    /// handles ends nothing else.
    fn leaving_at_once(&self, release: &Release) -> BTreeSet<StepIx> {
        let mut found: BTreeSet<StepIx> = BTreeSet::new();
        loop {
            let before = found.len();
            for (ix, ways) in self.flow.ways.iter().rev() {
                let leaves = |way: &Way| match &way.next {
                    _ if way.stops => false,
                    Next::Leaves(_) => true,
                    Next::Raises(code) => is_handled(release, self.flow.scope, code),
                    Next::Steps(steps) => steps.iter().any(|next| found.contains(next)),
                    Next::Ends(_) => false,
                };
                // What is undone may stop.
                if matches!(release.step(*ix).kind, Kind::Compensate(_)) {
                    continue;
                }
                let mut ways = ways.iter().filter(|way| way.by != By::Cancelled).peekable();
                if ways.peek().is_some() && ways.all(leaves) {
                    found.insert(*ix);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }
}

/// What another path ends in the turn in which it is begun.
#[derive(Default)]
struct Cut {
    open: Vec<StepIx>,
    seen: BTreeSet<StepIx>,
    /// What is done all the same, because nobody has to come for it.
    passed: BTreeSet<StepIx>,
    /// What somebody would have to do.
    off: BTreeSet<StepIx>,
}

/// Those of several steps begun together, unless one of them ends all others at once.
fn going_on(steps: &[StepIx], at_once: &BTreeSet<StepIx>, cut: &mut Cut) -> Vec<StepIx> {
    if steps.len() < 2 || !steps.iter().any(|ix| at_once.contains(ix)) {
        return steps.to_vec();
    }
    cut.open.extend(steps);
    vec![]
}

/// Whether a scope or one around it handles an error of a code.
fn is_handled(release: &Release, scope: ScopeIx, code: &str) -> bool {
    let around = |scope: &ScopeIx| release.scope(*scope).owner.map(|owner| release.step(owner).scope);
    std::iter::successors(Some(scope), around).any(|scope| {
        release.scope(scope).handlers.iter().any(|handler| match &handler.trigger {
            TriggerKind::Error(of) => of.as_deref().is_none_or(|of| of == code),
            _ => false,
        })
    })
}
