//! One scope on its own: which of its steps can be reached and how, from which of them it can end, and which ways multiply.
//!
//! Inner scopes are steps with outcomes here. Paths that never meet are independent of each other, so a graph says all;
//! scopes in which paths meet are searched besides ([`super::meeting`]).

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
};

use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};

use super::{
    Move,
    ways::{By, Exit, Flow, Next, Way, stops},
};
use crate::definition::{Kind, Release, Shape, StepIx};

/// How a step is first reached in its scope: with as few choices by data as possible, then as soon as possible.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Whether data decide on the way.
    pub ruled: bool,
    /// The moves on the way; the step itself is not among them.
    pub moves: Vec<Move>,
}

/// What is known of a scope.
#[derive(Debug)]
pub struct Explored {
    /// Its flow.
    pub flow: Flow,
    /// The steps that can be reached.
    pub reached: BTreeMap<StepIx, Reached>,
    /// How it can be over, and whether data decide that.
    pub exits: BTreeMap<Exit, bool>,
}

impl Explored {
    /// Explores a scope.
    pub fn new(release: &Release, flow: Flow) -> Explored {
        let reached = reach(release, &flow);
        let exits = exits(release, &flow, &reached);
        Explored { flow, reached, exits }
    }

    /// The steps that no way leads to.
    pub fn dead<'r>(&'r self, release: &'r Release) -> impl Iterator<Item = StepIx> + 'r {
        let steps = release.scope(self.flow.scope).steps.iter().copied();
        steps.filter(|ix| !self.reached.contains_key(ix) && !release.step(*ix).only_undoes)
    }

    /// The steps that are reached and from which no way leads out of the scope: once there, it never ends by itself.
    pub fn caught(&self) -> BTreeSet<StepIx> {
        let mut out: BTreeSet<StepIx> = BTreeSet::new();
        loop {
            let before = out.len();
            for (ix, ways) in &self.flow.ways {
                let leads_out = |way: &Way| match &way.next {
                    Next::Steps(steps) => steps.iter().any(|next| out.contains(next)),
                    Next::Ends(_) | Next::Leaves(_) | Next::Raises(_) => true,
                };
                if ways.iter().any(leads_out) {
                    out.insert(*ix);
                }
            }
            if out.len() == before {
                return self.reached.keys().filter(|ix| !out.contains(ix)).copied().collect();
            }
        }
    }

    /// Circles of steps at none of which a case stops, each with whether a choice leads out of it.
    pub fn circles(&self, release: &Release) -> Vec<(BTreeSet<StepIx>, bool)> {
        let machine = |ix: &StepIx| self.reached.contains_key(ix) && !stops(release, *ix);
        let found = self.cycles(|from, to| machine(&from) && machine(&to));
        let out = |cycle: &BTreeSet<StepIx>| {
            cycle.iter().flat_map(|ix| &self.flow.ways[ix]).any(|way| !leads_into(way, cycle))
        };
        found.into_iter().map(|cycle| (cycle.clone(), out(&cycle))).collect()
    }

    /// Steps in a circle that begin more paths than come back, of which one can stop: each time round there are more.
    pub fn multiplying(&self, release: &Release) -> Vec<(StepIx, By)> {
        let mut found = Vec::new();
        for cycle in self.cycles(|_, _| true) {
            // Where paths meet in the circle they may become one again; the search counts them.
            if cycle.iter().any(|ix| matches!(release.step(*ix).kind, Kind::Join(_))) {
                continue;
            }
            for ix in &cycle {
                let more = self.flow.ways[ix].iter().find(|way| {
                    let Next::Steps(steps) = &way.next else { return false };
                    let mut inside = steps.iter().filter(|next| cycle.contains(next)).peekable();
                    let back = inside.next();
                    let rest = steps.iter().filter(|next| Some(*next) != back).chain(inside);
                    back.is_some() && rest.into_iter().any(|next| self.can_stop(release, *next))
                });
                found.extend(more.map(|way| (*ix, way.by.clone())));
            }
        }
        found
    }

    /// Whether a path can stop at a step or behind it.
    fn can_stop(&self, release: &Release, from: StepIx) -> bool {
        let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
        while let Some(ix) = open.pop() {
            if stops(release, ix) {
                return true;
            }
            for way in &self.flow.ways[&ix] {
                if let Next::Steps(steps) = &way.next {
                    open.extend(steps.iter().filter(|next| seen.insert(**next)));
                }
            }
        }
        false
    }

    fn cycles(&self, with: impl Fn(StepIx, StepIx) -> bool) -> Vec<BTreeSet<StepIx>> {
        let mut graph: DiGraphMap<StepIx, ()> = DiGraphMap::new();
        for (from, ways) in self.flow.ways.iter().filter(|(ix, _)| self.reached.contains_key(ix)) {
            for way in ways {
                let Next::Steps(steps) = &way.next else { continue };
                for to in steps.iter().filter(|to| with(*from, **to)) {
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

fn leads_into(way: &Way, cycle: &BTreeSet<StepIx>) -> bool {
    matches!(&way.next, Next::Steps(steps) if steps.iter().any(|next| cycle.contains(next)))
}

/// A step to be looked at: how many choices by data and how many moves it takes, in this order.
type Open = Reverse<(usize, usize, StepIx)>;

struct Reaching {
    best: BTreeMap<StepIx, (usize, usize, Option<(StepIx, By)>, Vec<Move>)>,
    open: BinaryHeap<Open>,
}

impl Reaching {
    fn offer(&mut self, to: StepIx, ruled: usize, moves: usize, from: Option<(StepIx, By)>, lead: Vec<Move>) {
        let better = self.best.get(&to).is_none_or(|(old, length, ..)| (ruled, moves) < (*old, *length));
        if better {
            self.best.insert(to, (ruled, moves, from, lead));
            self.open.push(Reverse((ruled, moves, to)));
        }
    }
}

/// Every step that can be reached, by the way with the fewest choices by data (Dijkstra).
fn reach(release: &Release, flow: &Flow) -> BTreeMap<StepIx, Reached> {
    let mut reaching = Reaching { best: BTreeMap::new(), open: BinaryHeap::new() };
    for ix in &flow.starts {
        let ruled = usize::from(release.step(*ix).when.is_some());
        reaching.offer(*ix, ruled, 0, None, Vec::new());
    }
    let owner = release.scope(flow.scope).owner;
    for reaction in &flow.reactions {
        if let Some(Next::Steps(steps)) = &reaction.next {
            let lead = vec![Move { step: owner, by: By::Handler(reaction.name.clone()) }];
            let ruled = usize::from(reaction.by_error);
            steps.iter().for_each(|ix| reaching.offer(*ix, ruled, 1, None, lead.clone()));
        }
    }
    while let Some(Reverse((ruled, moves, from))) = reaching.open.pop() {
        if reaching.best.get(&from).is_some_and(|(old, length, ..)| (*old, *length) < (ruled, moves)) {
            continue;
        }
        for way in &flow.ways[&from] {
            let ruled = ruled + usize::from(way.ruled);
            let then = match &way.next {
                Next::Steps(steps) => steps.clone(),
                Next::Raises(code) => match flow.handler_of_error(release, code).map(|handler| &handler.then) {
                    Some(Some(target)) => match super::ways::next(target) {
                        Next::Steps(steps) => steps,
                        _ => continue,
                    },
                    _ => continue,
                },
                _ => continue,
            };
            for to in then {
                reaching.offer(to, ruled, moves + 1, Some((from, way.by.clone())), Vec::new());
            }
        }
    }
    let told = |ix: &StepIx| {
        let (mut moves, mut at) = (Vec::new(), *ix);
        while let Some((_, _, from, lead)) = reaching.best.get(&at) {
            moves.extend(lead.iter().rev().cloned());
            let Some((before, by)) = from else { break };
            moves.push(Move { step: Some(*before), by: by.clone() });
            at = *before;
        }
        moves.reverse();
        moves
    };
    let reached = |(ix, (ruled, ..)): (&StepIx, &(usize, usize, Option<(StepIx, By)>, Vec<Move>))| {
        (*ix, Reached { ruled: *ruled > 0, moves: told(ix) })
    };
    reaching.best.iter().map(reached).collect()
}

/// How a scope can be over.
fn exits(release: &Release, flow: &Flow, reached: &BTreeMap<StepIx, Reached>) -> BTreeMap<Exit, bool> {
    let mut found: BTreeMap<Exit, bool> = BTreeMap::new();
    let mut add = |exit: Exit, ruled: bool| {
        let known = found.entry(exit).or_insert(true);
        *known = *known && ruled;
    };
    let shape = &release.scope(flow.scope).shape;
    for (ix, Reached { ruled, .. }) in reached {
        for way in &flow.ways[ix] {
            let ruled = *ruled || way.ruled;
            match &way.next {
                Next::Steps(_) => {}
                Next::Ends(outcome) => add(Exit::Over(ended(shape, outcome.as_ref())), ruled),
                Next::Leaves(outcome) => add(Exit::Over(Some(outcome.clone())), ruled),
                Next::Raises(code) => match flow.handler_of_error(release, code) {
                    None => add(Exit::Raised(code.clone()), ruled),
                    Some(handler) => match handler.then.as_ref().map(super::ways::next) {
                        Some(Next::Leaves(outcome)) => add(Exit::Over(Some(outcome)), ruled),
                        Some(_) => {}
                        None => add(Exit::Over(None), ruled),
                    },
                },
            }
        }
    }
    for reaction in &flow.reactions {
        match &reaction.next {
            Some(Next::Leaves(outcome)) => add(Exit::Over(Some(outcome.clone())), reaction.by_error),
            None if reaction.interrupts => add(Exit::Over(None), reaction.by_error),
            _ => {}
        }
    }
    // Rounds may be none at all; a fork may have no branch that begins; a person may be done at once.
    if !matches!(shape, Shape::Path) || release.scope(flow.scope).repeat.is_some() {
        add(Exit::Over(None), true);
    }
    found
}

/// The outcome that a path leaves its scope with: only a path scope has one from its paths.
fn ended(shape: &Shape, outcome: Option<&std::sync::Arc<str>>) -> Option<std::sync::Arc<str>> {
    match shape {
        Shape::Path | Shape::AdHoc(_) => outcome.cloned(),
        Shape::Fork(_) | Shape::Each(_) => None,
    }
}
