//! One scope on its own: which of its steps can be reached and how, from which of them it can end, and which ways multiply.
//!
//! Inner scopes are steps with outcomes here. Paths that never meet are independent of each other, so a graph says all;
//! scopes in which paths meet are searched besides ([`super::meeting`]).

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    sync::Arc,
};

use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};

use super::{
    Move,
    ways::{By, Exit, Flow, Leads, Next, Way},
};
use crate::{
    definition::{Each, Kind, Quorum, Release, Shape, StepIx},
    language::data_key,
};

/// How a step is first reached in its scope: with as few choices by data as possible, then as soon as possible.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Whether data decide on the way.
    pub ruled: bool,
    /// The moves on the way; the step itself is not among them.
    pub moves: Vec<Move>,
}

impl Reached {
    /// One move further.
    pub fn and(&self, ruled: bool, further: Move) -> Reached {
        let mut moves = self.moves.clone();
        moves.push(further);
        Reached { ruled: self.ruled || ruled, moves }
    }
}

/// What is known of a scope.
#[derive(Debug)]
pub struct Explored {
    /// Its flow.
    pub flow: Flow,
    /// The steps that can be reached.
    pub reached: BTreeMap<StepIx, Reached>,
    /// How it can be over, and a run to there.
    pub exits: BTreeMap<Exit, Reached>,
}

impl Explored {
    /// Explores a scope.
    pub fn new(release: &Release, flow: Flow) -> Explored {
        let reached = reach(release, &flow);
        let exits = exits(release, &flow, &reached);
        Explored { flow, reached, exits }
    }

    /// What is known of its exits for the scope around it.
    pub fn leads(&self, release: &Release) -> BTreeMap<Exit, Leads> {
        let passed = self.passed(release);
        let told = self
            .exits
            .iter()
            .map(|(exit, run)| (exit.clone(), Leads { ruled: run.ruled, passes: passed.contains(exit) }));
        let mut told: BTreeMap<Exit, Leads> = told.collect();
        // What never ends is told where it is; for what lies around it, it ends.
        if told.is_empty() && !self.flow.strict {
            told.insert(Exit::Over(None), Leads { ruled: false, passes: false });
        }
        told
    }

    /// The exits that a case can come to without a stop.
    fn passed(&self, release: &Release) -> BTreeSet<Exit> {
        let scope = release.scope(self.flow.scope);
        let mut found: BTreeSet<Exit> = BTreeSet::new();
        match &scope.shape {
            Shape::AdHoc(_) => return found,
            Shape::Fork(quorum) => {
                let passes = |ix: &StepIx| self.flow.ways[ix].iter().any(|way| way.passes);
                let begun = || scope.steps.iter().filter(|ix| release.step(**ix).when.is_none());
                if begun().all(passes) || (quorum.wait_for.is_some() && begun().any(passes)) {
                    found.insert(Exit::Over(None));
                }
                return found;
            }
            Shape::Path if scope.repeat.as_ref().is_none_or(|repeat| repeat.while_holds.is_none()) => {}
            // No round at all may begin.
            Shape::Path | Shape::Each(_) => {
                found.insert(Exit::Over(None));
            }
        }
        let mut seen = BTreeSet::from_iter(self.flow.starts.iter().copied());
        let mut open = self.flow.starts.clone();
        while let Some(ix) = open.pop() {
            for way in self.flow.ways[&ix].iter().filter(|way| way.passes) {
                match &way.next {
                    Next::Steps(steps) => open.extend(steps.iter().filter(|next| seen.insert(**next))),
                    Next::Ends(outcome) => {
                        found.insert(ended(&scope.shape, outcome.as_ref()));
                    }
                    Next::Leaves(outcome) => {
                        found.insert(Exit::Over(Some(outcome.clone())));
                    }
                    Next::Raises(code) => {
                        found.insert(Exit::Raised(code.clone()));
                    }
                }
            }
        }
        found
    }

    /// The steps that no way leads to.
    pub fn dead<'r>(&'r self, release: &'r Release) -> impl Iterator<Item = StepIx> + 'r {
        let steps = release.scope(self.flow.scope).steps.iter().copied();
        steps.filter(|ix| !self.reached.contains_key(ix) && !release.step(*ix).only_undoes)
    }

    /// The steps that are reached and from which no way leads out of the scope with all that begins on it: once there, it
    /// never ends by itself.
    pub fn caught(&self) -> BTreeSet<StepIx> {
        let out = leading_out(&self.flow);
        let caught: BTreeSet<StepIx> = self.reached.keys().filter(|ix| !out.contains(ix)).copied().collect();
        // Whoever only leads there is not what keeps it from ending.
        let mut circles = self.cycles(|from, _| caught.contains(&from));
        circles.retain(|circle| circle.is_subset(&caught));
        if circles.is_empty() { caught } else { circles.into_iter().flatten().collect() }
    }

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
                    back.is_some() && rest.into_iter().any(|next| self.can_stop(*next))
                });
                found.extend(more.map(|way| (*ix, way.by.clone())));
            }
        }
        found
    }

    /// Whether a path can stop at a step or behind it.
    fn can_stop(&self, from: StepIx) -> bool {
        let (mut seen, mut open) = (BTreeSet::from([from]), vec![from]);
        while let Some(ix) = open.pop() {
            for way in &self.flow.ways[&ix] {
                if !way.passes {
                    return true;
                }
                if let Next::Steps(steps) = &way.next {
                    open.extend(steps.iter().filter(|next| seen.insert(**next)));
                }
            }
        }
        false
    }

    fn cycles(&self, with: impl Fn(StepIx, &Way) -> bool) -> Vec<BTreeSet<StepIx>> {
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

/// The steps from which a way leads out of the scope with all that begins on it.
fn leading_out(flow: &Flow) -> BTreeSet<StepIx> {
    let mut out: BTreeSet<StepIx> = BTreeSet::new();
    loop {
        let before = out.len();
        for (ix, ways) in &flow.ways {
            let leads_out = |way: &Way| match &way.next {
                Next::Steps(steps) => steps.iter().all(|next| out.contains(next)),
                Next::Ends(_) | Next::Leaves(_) | Next::Raises(_) => true,
            };
            if ways.iter().any(leads_out) {
                out.insert(*ix);
            }
        }
        if out.len() == before {
            return out;
        }
    }
}

fn leads_into(way: &Way, cycle: &BTreeSet<StepIx>) -> bool {
    matches!(&way.next, Next::Steps(steps) if steps.iter().any(|next| cycle.contains(next)))
}

/// A step to be looked at: how many choices by data and how many moves it takes, in this order.
type Open = Reverse<(usize, usize, StepIx)>;

/// How a step was reached so far.
struct Best {
    ruled: usize,
    moves: usize,
    /// The steps before, each with its way: several only for a join of all paths.
    from: Vec<(StepIx, By)>,
    /// What happens before the first step.
    lead: Vec<Move>,
}

struct Reaching {
    best: BTreeMap<StepIx, Best>,
    open: BinaryHeap<Open>,
    /// The paths that have come to a join for all: from where, with how many choices by data and moves.
    arrived: BTreeMap<StepIx, BTreeMap<StepIx, (usize, usize, By)>>,
}

impl Reaching {
    fn offer(&mut self, to: StepIx, best: Best) {
        let better = self.best.get(&to).is_none_or(|old| (best.ruled, best.moves) < (old.ruled, old.moves));
        if better {
            self.open.push(Reverse((best.ruled, best.moves, to)));
            self.best.insert(to, best);
        }
    }

    /// A path comes from a step that no better way leads to.
    fn arrive(&mut self, flow: &Flow, to: StepIx, ruled: usize, moves: usize, from: (StepIx, By)) {
        let Some(needed) = flow.joined.get(&to) else {
            return self.offer(to, Best { ruled, moves, from: vec![from], lead: Vec::new() });
        };
        let arrived = self.arrived.entry(to).or_default();
        arrived.entry(from.0).or_insert((ruled, moves, from.1));
        if needed.iter().all(|ix| arrived.contains_key(ix)) {
            let ruled = arrived.values().map(|(ruled, ..)| ruled).sum();
            let moves = arrived.values().map(|(_, moves, _)| moves).sum();
            let from = arrived.iter().map(|(ix, (.., by))| (*ix, by.clone())).collect();
            self.offer(to, Best { ruled, moves, from, lead: Vec::new() });
        }
    }

    /// The run to a step, when those to the steps before are known.
    fn run(&self, ix: StepIx, known: &BTreeMap<StepIx, Reached>) -> Reached {
        let Best { ruled, from, lead, .. } = &self.best[&ix];
        let mut moves: Vec<Move> = Vec::new();
        for (before, by) in from {
            let further = Move { step: Some(*before), by: by.clone() };
            let led = known[before].moves.iter().chain([&further]);
            // What several paths have in common happens once.
            let new: Vec<Move> = led.filter(|it| from.len() == 1 || !moves.contains(it)).cloned().collect();
            moves.extend(new);
        }
        moves.extend(lead.iter().cloned());
        Reached { ruled: *ruled > 0, moves }
    }
}

/// Every step that can be reached, by the way with the fewest choices by data (Dijkstra).
fn reach(release: &Release, flow: &Flow) -> BTreeMap<StepIx, Reached> {
    let mut reaching = Reaching { best: BTreeMap::new(), open: BinaryHeap::new(), arrived: BTreeMap::new() };
    for ix in &flow.starts {
        let ruled = usize::from(release.step(*ix).when.is_some());
        reaching.offer(*ix, Best { ruled, moves: 0, from: Vec::new(), lead: Vec::new() });
    }
    let owner = release.scope(flow.scope).owner;
    for reaction in &flow.reactions {
        if let Some(Next::Steps(steps)) = &reaction.next {
            let lead = vec![Move { step: owner, by: By::Handler(reaction.name.clone()) }];
            let ruled = usize::from(reaction.by_error);
            for ix in steps {
                reaching.offer(*ix, Best { ruled, moves: 1, from: Vec::new(), lead: lead.clone() });
            }
        }
    }
    let mut known: BTreeMap<StepIx, Reached> = BTreeMap::new();
    while let Some(Reverse((ruled, moves, from))) = reaching.open.pop() {
        if known.contains_key(&from) {
            continue;
        }
        let run = reaching.run(from, &known);
        known.insert(from, run);
        for way in &flow.ways[&from] {
            let ruled = ruled + usize::from(way.ruled);
            let then = match &way.next {
                Next::Steps(steps) => steps.clone(),
                Next::Raises(code) => match flow.handler_of_error(release, code).map(|handler| &handler.then)
                {
                    Some(Some(target)) => match super::ways::next(target) {
                        Next::Steps(steps) => steps,
                        _ => continue,
                    },
                    _ => continue,
                },
                _ => continue,
            };
            for to in then.into_iter().filter(|to| !known.contains_key(to)) {
                reaching.arrive(flow, to, ruled, moves + 1, (from, way.by.clone()));
            }
        }
    }
    known
}

/// How a scope can be over, each with the run inside that leads there.
fn exits(release: &Release, flow: &Flow, reached: &BTreeMap<StepIx, Reached>) -> BTreeMap<Exit, Reached> {
    let mut found = Exits::default();
    let scope = release.scope(flow.scope);
    // Past what is avoided, a scope is over only when all its paths can end.
    let ends = !flow.strict || {
        let out = leading_out(flow);
        flow.starts.iter().all(|ix| out.contains(ix)) || flow.reactions.iter().any(|it| it.interrupts)
    };
    for (ix, led) in reached {
        for way in &flow.ways[ix] {
            let run = led.and(way.ruled, Move { step: Some(*ix), by: way.by.clone() });
            match &way.next {
                Next::Steps(_) => {}
                Next::Ends(_) if !ends => {}
                Next::Ends(outcome) => found.add(ended(&scope.shape, outcome.as_ref()), run),
                Next::Leaves(outcome) => found.add(Exit::Over(Some(outcome.clone())), run),
                Next::Raises(code) => match flow.handler_of_error(release, code) {
                    None => found.add(Exit::Raised(code.clone()), run),
                    Some(handler) => match handler.then.as_ref().map(super::ways::next) {
                        Some(Next::Leaves(outcome)) => found.add(Exit::Over(Some(outcome)), run),
                        Some(_) => {}
                        None => found.add(Exit::Over(None), run),
                    },
                },
            }
        }
    }
    for reaction in &flow.reactions {
        let run = Reached {
            ruled: reaction.by_error,
            moves: vec![Move { step: scope.owner, by: By::Handler(reaction.name.clone()) }],
        };
        match &reaction.next {
            Some(Next::Leaves(outcome)) => found.add(Exit::Over(Some(outcome.clone())), run),
            None if reaction.interrupts => found.add(Exit::Over(None), run),
            _ => {}
        }
    }
    match &scope.shape {
        Shape::Path if scope.repeat.is_none() => {}
        // At least one round begins.
        Shape::Path if flow.strict && scope.repeat.as_ref().is_some_and(|it| it.while_holds.is_none()) => {}
        Shape::Each(each) if flow.strict && has_rounds(release, each) => {}
        Shape::Fork(quorum) => {
            found.0.remove(&Exit::Over(None));
            if let Some(run) = all_branches(release, flow, quorum) {
                found.0.insert(Exit::Over(None), run);
            }
        }
        // Rounds may be none at all, and a person may be done at once.
        Shape::Path | Shape::Each(_) | Shape::AdHoc(_) => {
            found.add(Exit::Over(None), Reached { ruled: true, moves: Vec::new() });
        }
    }
    found.0
}

/// All branches of a fork end; those that only data begin are left out. Past what is avoided, it may be that not all can.
fn all_branches(release: &Release, flow: &Flow, quorum: &Quorum) -> Option<Reached> {
    let (mut moves, mut ruled, mut stay) = (Vec::new(), false, 0);
    let branches = &release.scope(flow.scope).steps;
    for ix in branches {
        let ways = flow.ways[ix].iter();
        let ends = ways.filter(|way| matches!(way.next, Next::Ends(_))).min_by_key(|way| way.ruled);
        match (ends, release.step(*ix).when.is_some()) {
            (Some(way), false) => {
                ruled |= flow.strict && way.ruled;
                moves.push(Move { step: Some(*ix), by: way.by.clone() });
            }
            (Some(_), true) => {}
            (None, true) => ruled |= flow.strict,
            (None, false) => stay += 1,
        }
    }
    match stay {
        0 => {}
        // How many are waited for, data decide.
        _ if quorum.wait_for.is_some() && stay < branches.len() => ruled = true,
        _ if flow.strict => return None,
        _ => {}
    }
    Some(Reached { ruled: ruled && flow.strict, moves })
}

/// Whether an `each` goes over parties of which there is at least one.
fn has_rounds(release: &Release, each: &Each) -> bool {
    let parties = release.parties.iter().filter(|kind| kind.count.min > 0);
    parties.into_iter().any(|kind| *each.over.source == *format!("parties.{}", data_key(&kind.name)))
}

/// The runs to each exit: with the fewest choices by data, then the shortest.
#[derive(Default)]
struct Exits(BTreeMap<Exit, Reached>);

impl Exits {
    fn add(&mut self, exit: Exit, run: Reached) {
        let order = |run: &Reached| (run.ruled, run.moves.len());
        if self.0.get(&exit).is_none_or(|old| order(&run) < order(old)) {
            self.0.insert(exit, run);
        }
    }
}

/// How a path that ends leaves its scope: only a path scope has an outcome from its paths.
fn ended(shape: &Shape, outcome: Option<&Arc<str>>) -> Exit {
    match shape {
        Shape::Path | Shape::AdHoc(_) => Exit::Over(outcome.cloned()),
        Shape::Fork(_) | Shape::Each(_) => Exit::Over(None),
    }
}
