//! One scope on its own: which of its steps can be reached and how, from which of them it can end, and which ways multiply.
//!
//! Inner scopes are steps with outcomes here. Paths that never meet are independent of each other, so a graph says all;
//! scopes in which paths meet are searched besides ([`super::meeting`]).

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque, btree_map::Entry},
    sync::Arc,
};

use super::{
    Move,
    ways::{By, Exit, Flow, Leads, Next, Way},
};
use crate::{
    definition::{Each, Quorum, Release, Shape, StepIx},
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
        let free = self.free(release);
        let told = self.exits.iter().map(|(exit, run)| {
            let (passes, fixed) = (passed.contains(exit), !free.contains(exit));
            (exit.clone(), Leads { ruled: run.ruled, passes, fixed, supposed: false })
        });
        let mut told: BTreeMap<Exit, Leads> = told.collect();
        // What never ends is told where it is; for what lies around it, it ends.
        if told.is_empty() && !self.flow.strict {
            let supposed = Leads { ruled: false, passes: false, fixed: false, supposed: true };
            told.insert(Exit::Over(None), supposed);
        }
        told
    }

    /// The exits that people, messages and what happens in the case can bring about, whatever the application says.
    fn free(&self, release: &Release) -> BTreeSet<Exit> {
        let scope = release.scope(self.flow.scope);
        if !matches!(scope.shape, Shape::Path) || scope.repeat.is_some() {
            return self.exits.keys().cloned().collect();
        }
        let mut found = self.reacted();
        found.extend(self.followed(&scope.shape, |way| !way.fixed));
        found
    }

    /// The exits by which reactions leave.
    fn reacted(&self) -> BTreeSet<Exit> {
        let interrupting = self.flow.reactions.iter().filter(|reaction| reaction.interrupts);
        let exits = interrupting.filter_map(|reaction| match &reaction.next {
            Some(Next::Leaves(outcome)) => Some(Exit::Over(Some(outcome.clone()))),
            None => Some(Exit::Over(None)),
            _ => None,
        });
        exits.collect()
    }

    /// The exits to which such ways lead, from the beginning or a reaction.
    fn followed(&self, shape: &Shape, along: impl Fn(&Way) -> bool) -> BTreeSet<Exit> {
        let mut found: BTreeSet<Exit> = BTreeSet::new();
        let mut seen = BTreeSet::from_iter(self.flow.starts.iter().copied());
        let mut open = self.flow.starts.clone();
        while let Some(ix) = open.pop() {
            for way in self.flow.ways[&ix].iter().filter(|way| along(way)) {
                match &way.next {
                    Next::Steps(steps) => open.extend(steps.iter().filter(|next| seen.insert(**next))),
                    Next::Ends(outcome) => {
                        found.insert(ended(shape, outcome.as_ref()));
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
        found.extend(self.followed(&scope.shape, |way| way.passes));
        found
    }

    /// The steps that are reached and from which no way leads out of the scope with all that begins on it: once there, it
    /// never ends by itself. `fixed`: what data decide that nothing changes may be decided against it.
    pub fn caught(&self, fixed: impl Fn(StepIx, &Way) -> bool) -> BTreeSet<StepIx> {
        let mut out: BTreeSet<StepIx> = BTreeSet::new();
        loop {
            let before = out.len();
            // Mostly what comes later is written later.
            for (ix, ways) in self.flow.ways.iter().rev() {
                let leads_out = |way: &Way| match &way.next {
                    Next::Steps(steps) => steps.iter().all(|next| out.contains(next)),
                    Next::Ends(_) | Next::Leaves(_) | Next::Raises(_) => true,
                };
                let ways = || ways.iter().filter(|way| way.by != By::Cancelled);
                let free = ways().filter(|way| !fixed(*ix, way)).any(leads_out);
                let fixed = || ways().filter(|way| fixed(*ix, way));
                if free || (fixed().next().is_some() && fixed().all(leads_out)) {
                    out.insert(*ix);
                }
            }
            if out.len() == before {
                let caught: BTreeSet<StepIx> =
                    self.reached.keys().filter(|ix| !out.contains(ix)).copied().collect();
                // Whoever only leads there is not what keeps it from ending.
                let mut circles = self.cycles(|from, _| caught.contains(&from));
                circles.retain(|circle| circle.is_subset(&caught));
                return if circles.is_empty() { caught } else { circles.into_iter().flatten().collect() };
            }
        }
    }

    /// How an error comes about that a reaction handles.
    pub fn raised(&self, release: &Release, reaction: &str) -> Option<Reached> {
        self.reached.iter().find_map(|(ix, led)| {
            let way = self.flow.ways[ix].iter().find(|way| match &way.next {
                Next::Raises(code) => {
                    let handler = self.flow.handler_of_error(release, code);
                    handler.is_some_and(|handler| &*handler.name == reaction)
                }
                _ => false,
            })?;
            Some(led.and(way.ruled, Move { step: Some(*ix), by: way.by.clone() }))
        })
    }

    /// Whether a path can come from steps to another one, or is there.
    pub fn leads_to(&self, from: &[StepIx], to: StepIx) -> bool {
        self.path(from, to, |_| true).is_some()
    }

    /// The shortest way from one of several steps to another one, within some.
    pub fn path(&self, from: &[StepIx], to: StepIx, within: impl Fn(StepIx) -> bool) -> Option<Vec<Move>> {
        self.path_by(from, to, within, |_| true)
    }

    /// The same by such ways.
    pub fn path_by(
        &self,
        from: &[StepIx],
        to: StepIx,
        within: impl Fn(StepIx) -> bool,
        by: impl Fn(&Way) -> bool,
    ) -> Option<Vec<Move>> {
        let mut before: BTreeMap<StepIx, Option<(StepIx, By)>> = from.iter().map(|ix| (*ix, None)).collect();
        let mut open: VecDeque<StepIx> = from.iter().copied().collect();
        while let Some(ix) = open.pop_front().filter(|ix| *ix != to) {
            for way in self.flow.ways[&ix].iter().filter(|way| by(way)) {
                let Next::Steps(steps) = &way.next else { continue };
                for next in steps.iter().filter(|next| within(**next)) {
                    if let Entry::Vacant(unknown) = before.entry(*next) {
                        unknown.insert(Some((ix, way.by.clone())));
                        open.push_back(*next);
                    }
                }
            }
        }
        let (mut moves, mut at) = (Vec::new(), to);
        while let Some((ix, by)) = before.get(&at)? {
            moves.push(Move { step: Some(*ix), by: by.clone() });
            at = *ix;
        }
        moves.reverse();
        Some(moves)
    }
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
            // Nobody can bring it about from outside.
            let ruled = usize::from(reaction.by_error || reaction.depends);
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

/// Whether all paths of a scope can end, from where it is begun or a reaction has ended all else.
fn all_can_end(flow: &Flow) -> bool {
    let mut ends: BTreeSet<StepIx> = BTreeSet::new();
    let all = |steps: &[StepIx], ends: &BTreeSet<StepIx>| steps.iter().all(|next| ends.contains(next));
    loop {
        let before = ends.len();
        // Mostly what comes later is written later.
        for (ix, ways) in flow.ways.iter().rev() {
            let leads = |way: &Way| match &way.next {
                Next::Ends(_) => true,
                Next::Steps(steps) => all(steps, &ends),
                Next::Leaves(_) | Next::Raises(_) => false,
            };
            if ways.iter().filter(|way| !way.supposed).any(leads) {
                ends.insert(*ix);
            }
        }
        if ends.len() == before {
            break;
        }
    }
    let entered = flow.reactions.iter().filter(|reaction| reaction.interrupts);
    let mut entered = entered.filter_map(|reaction| match &reaction.next {
        Some(Next::Steps(steps)) => Some(steps),
        _ => None,
    });
    all(&flow.starts, &ends) || entered.any(|steps| all(steps, &ends))
}

/// How a scope can be over, each with the run inside that leads there.
fn exits(release: &Release, flow: &Flow, reached: &BTreeMap<StepIx, Reached>) -> BTreeMap<Exit, Reached> {
    let mut found = Exits::default();
    let scope = release.scope(flow.scope);
    let all_can_end = flow.partial || all_can_end(flow);
    for (ix, led) in reached {
        for way in flow.ways[ix].iter().filter(|way| !way.supposed) {
            let run = led.and(way.ruled, Move { step: Some(*ix), by: way.by.clone() });
            match &way.next {
                Next::Steps(_) => {}
                Next::Ends(_) if !all_can_end => {}
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
            if let Some(run) = enough_branches(release, flow, quorum) {
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

/// So many branches of a fork end as must, if so many can; those that only data begin are left out. Past what is avoided,
/// data may have to decide that the ones that cannot end are not begun or not waited for.
fn enough_branches(release: &Release, flow: &Flow, quorum: &Quorum) -> Option<Reached> {
    let branches = release.scope(flow.scope).steps.iter();
    let ends = |ix: &StepIx| {
        let ways = flow.ways[ix].iter().filter(|way| !way.supposed);
        ways.filter(|way| matches!(way.next, Next::Ends(_))).min_by_key(|way| way.ruled)
    };
    let (begin, chosen): (Vec<StepIx>, Vec<StepIx>) =
        branches.copied().partition(|ix| release.step(*ix).when.is_none());
    let mut ending: Vec<(StepIx, &Way)> = begin.iter().filter_map(|ix| Some((*ix, ends(ix)?))).collect();
    let chosen_ending = chosen.iter().filter(|ix| ends(ix).is_some()).count();
    let all_end = ending.len() + chosen_ending == begin.len() + chosen.len();
    let all = if quorum.wait_for.is_none() { begin.len() } else { 1 };
    let needed = quorum.number().unwrap_or(all);
    let enough = ending.len() >= needed.min(begin.len());
    if !flow.strict {
        let moves = ending.iter().take(needed).map(|(ix, way)| Move { step: Some(*ix), by: way.by.clone() });
        return enough.then(|| Reached { ruled: false, moves: moves.collect() });
    }
    let by_choice = quorum.wait_for.is_some() && ending.len() + chosen_ending >= needed;
    if !enough && !by_choice {
        return None;
    }
    // As few choices by data as can be.
    ending.sort_by_key(|(_, way)| way.ruled);
    if let Some(needed) = quorum.number() {
        ending.truncate(needed);
    }
    let is_sure = all_end || quorum.number().is_some_and(|needed| ending.len() >= needed);
    let ruled = !is_sure || ending.iter().any(|(_, way)| way.ruled);
    let moves = ending.iter().map(|(ix, way)| Move { step: Some(*ix), by: way.by.clone() });
    Some(Reached { ruled, moves: moves.collect() })
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
