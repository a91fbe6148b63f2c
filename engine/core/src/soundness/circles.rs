//! Circles in a scope: those in which nothing stops, and those that leave more and more paths behind.

use std::collections::BTreeSet;

use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};

use super::{
    Move,
    scope::Explored,
    ways::{By, Next, Way},
};
use crate::definition::{Join, Kind, Release, Shape, StepIx};

/// A step in a circle at which there are more paths each time round.
pub struct Multiplying {
    /// The step.
    pub step: StepIx,
    /// What shows it.
    pub lap: Vec<Move>,
    /// What comes once more, and again; none: it is shown by the lap.
    pub again: Vec<Move>,
    /// Whether a step elsewhere may end what is left behind, or data may end it.
    pub ended: bool,
}

impl Explored {
    /// Circles of steps at none of which a case stops, each with whether a choice leads out of it.
    pub fn circles(&self) -> Vec<(BTreeSet<StepIx>, bool)> {
        let found = self.cycles(|_, way| way.passes);
        let out = |cycle: &BTreeSet<StepIx>| {
            cycle.iter().flat_map(|ix| &self.flow.ways[ix]).any(|way| !leads_into(way, cycle))
        };
        found.into_iter().map(|cycle| (cycle.clone(), out(&cycle))).collect()
    }

    /// Of each step of a circle the way that stays in it.
    pub fn around<'e>(&'e self, circle: &'e BTreeSet<StepIx>) -> impl Iterator<Item = Move> + 'e {
        circle.iter().filter_map(|ix| {
            let way = self.flow.ways[ix].iter().find(|way| way.passes && leads_into(way, circle))?;
            Some(Move { step: Some(*ix), by: way.by.clone() })
        })
    }

    /// Once round a circle from a step of it, by such ways.
    pub fn lap(
        &self,
        from: StepIx,
        circle: &BTreeSet<StepIx>,
        by: impl Fn(&Way) -> bool,
    ) -> Option<Vec<Move>> {
        let begin = self.flow.ways[&from].iter().filter(|way| by(way)).filter_map(|way| match &way.next {
            Next::Steps(steps) if leads_into(way, circle) => Some((way, steps.as_slice())),
            _ => None,
        });
        begin
            .filter_map(|(way, next)| {
                let first = Move { step: Some(from), by: way.by.clone() };
                let rest = self.path_by(next, from, |ix| circle.contains(&ix), &by)?;
                Some(std::iter::once(first).chain(rest).collect::<Vec<Move>>())
            })
            .min_by_key(Vec::len)
    }

    /// Steps in a circle that begin more paths than come back, of which one can stop: each time round there are more.
    /// `in_vain`: whether paths wait in vain in a join of the scope, so that nobody may come round one with joins.
    pub fn multiplying(&self, release: &Release, in_vain: bool) -> Vec<Multiplying> {
        let mut found = Vec::new();
        for cycle in self.cycles(|_, _| true) {
            // What goes on beside each round is not joined in it.
            found.extend(cycle.iter().filter(|ix| goes_on(release, **ix)).filter_map(|ix| {
                let way = self.flow.ways[ix].iter().find(|way| leads_into(way, &cycle))?;
                Some(self.each_time_round(*ix, way, &cycle, self.is_ended(*ix)))
            }));
            // Where paths meet in the circle they may become one again; the search counts those that can come there.
            let join = |ix: &StepIx| matches!(release.step(*ix).kind, Kind::Join(_));
            let joins = cycle.iter().any(join);
            if joins && in_vain {
                continue;
            }
            // Whether the others come to such a join each time is not known here.
            let perhaps = cycle.iter().any(|ix| match release.step(*ix).kind {
                Kind::Join(of) => of != Join::Count(1),
                _ => false,
            });
            let meets = |ix: &StepIx| self.on_from(*ix).iter().any(|on| join(on) && cycle.contains(on));
            let split = |ix: &StepIx| {
                self.flow.ways[ix].iter().find_map(|way| {
                    let Next::Steps(steps) = &way.next else { return None };
                    let mut inside = steps.iter().filter(|next| cycle.contains(next)).peekable();
                    let back = inside.next()?;
                    let rest = steps.iter().filter(|next| *next != back).chain(inside);
                    let rest = rest.filter(|next| !meets(next));
                    let stops: BTreeSet<StepIx> = rest.flat_map(|next| self.stops(*next)).collect();
                    let ended = || stops.iter().all(|stop| self.is_ended_each_time(release, *stop, &cycle));
                    (!stops.is_empty() && !ended()).then(|| {
                        let ended = perhaps || stops.iter().any(|stop| self.is_ended(*stop));
                        self.each_time_round(*ix, way, &cycle, ended)
                    })
                })
            };
            found.extend(cycle.iter().filter_map(split));
        }
        found
    }

    /// A step at which there are more paths each time round, and how a case comes round again.
    fn each_time_round(
        &self,
        step: StepIx,
        way: &Way,
        circle: &BTreeSet<StepIx>,
        ended: bool,
    ) -> Multiplying {
        let begun = Move { step: Some(step), by: way.by.clone() };
        let back = |by: &dyn Fn(&Way) -> bool| {
            let Next::Steps(steps) = &way.next else { return None };
            let rest = self.path_by(steps, step, |ix| circle.contains(&ix), by)?;
            by(way).then(|| [vec![begun.clone()], rest].concat())
        };
        // Whoever decides anew each time may always decide so; what is fixed stays as it is once round. What other data
        // decide may be otherwise the next time.
        let (lap, again, ended) = match (back(&|way| !way.ruled), back(&|way| !way.ruled || way.fixed)) {
            (Some(mut lap), _) => {
                lap.rotate_left(1);
                (vec![begun], lap, ended)
            }
            (None, Some(lap)) => (lap, Vec::new(), ended),
            (None, None) => (vec![begun], Vec::new(), true),
        };
        Multiplying { step, lap, again, ended }
    }

    /// The steps that a path can come to from one on, itself included.
    fn on_from(&self, from: StepIx) -> BTreeSet<StepIx> {
        let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
        while let Some(ix) = open.pop() {
            for way in &self.flow.ways[&ix] {
                if let Next::Steps(steps) = &way.next {
                    open.extend(steps.iter().filter(|next| seen.insert(**next)));
                }
            }
        }
        seen
    }

    fn is_ended(&self, step: StepIx) -> bool {
        self.flow.ways[&step].iter().any(|way| way.by == By::Cancelled)
    }

    /// Whether nobody comes round a circle without a step that ends this one.
    fn is_ended_each_time(&self, release: &Release, step: StepIx, cycle: &BTreeSet<StepIx>) -> bool {
        let ends = |ix: &StepIx| match &release.step(*ix).kind {
            Kind::Cancel(steps) => steps.iter().any(|path| release.index_of(path) == Some(step)),
            _ => false,
        };
        let goes = |ix: &StepIx| cycle.contains(ix) && !ends(ix);
        self.is_ended(step)
            && self
                .cycles(|from, way| goes(&from) && leads_into(way, cycle))
                .iter()
                .all(|left| !left.iter().all(goes))
    }

    /// Where a path may stop, from a step on.
    fn stops(&self, from: StepIx) -> BTreeSet<StepIx> {
        let (mut seen, mut open, mut found) = (BTreeSet::from([from]), vec![from], BTreeSet::new());
        while let Some(ix) = open.pop() {
            for way in self.flow.ways[&ix].iter().filter(|way| way.by != By::Cancelled) {
                if way.stops {
                    found.insert(ix);
                }
                if let Next::Steps(steps) = &way.next {
                    open.extend(steps.iter().filter(|next| seen.insert(**next)));
                }
            }
        }
        found
    }

    pub fn cycles(&self, with: impl Fn(StepIx, &Way) -> bool) -> Vec<BTreeSet<StepIx>> {
        let mut graph: DiGraphMap<StepIx, ()> = DiGraphMap::new();
        for (from, ways) in self.flow.ways.iter().filter(|(ix, _)| self.reached.contains_key(ix)) {
            for way in ways.iter().filter(|way| with(*from, way)) {
                let Next::Steps(steps) = &way.next else { continue };
                for to in steps {
                    graph.add_edge(*from, *to, ());
                }
            }
        }
        let mut found: Vec<BTreeSet<StepIx>> = tarjan_scc(&graph)
            .into_iter()
            .filter(|cycle| cycle.len() > 1 || graph.contains_edge(cycle[0], cycle[0]))
            .map(BTreeSet::from_iter)
            .collect();
        found.sort();
        found
    }
}

/// Whether the rest of a fork or of rounds goes on beside what follows.
pub fn goes_on(release: &Release, ix: StepIx) -> bool {
    let Kind::Scope(scope) = release.step(ix).kind else { return false };
    match &release.scope(scope).shape {
        Shape::Fork(quorum) => quorum.rest_goes_on,
        Shape::Each(each) => each.quorum.rest_goes_on,
        Shape::Path | Shape::AdHoc(_) => false,
    }
}

fn leads_into(way: &Way, cycle: &BTreeSet<StepIx>) -> bool {
    matches!(&way.next, Next::Steps(steps) if steps.iter().any(|next| cycle.contains(next)))
}
