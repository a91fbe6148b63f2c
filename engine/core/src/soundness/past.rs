//! Ways past some steps: whether a case can come to a step although others have not been done.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
};

use super::{
    Led, Move, explore, inside,
    scope::Explored,
    ways::{Avoided, By, Next, Way},
};
use crate::definition::{Kind, Release, ScopeIx, Shape, StepIx};

/// Where a case can come to past some steps.
pub struct Map<'r> {
    release: &'r Release,
    explored: BTreeMap<ScopeIx, Explored>,
    /// The same without reactions for which a rule must hold: a run without them is more likely one that data allow.
    likely: BTreeMap<ScopeIx, Explored>,
}

impl<'r> Map<'r> {
    /// Of the ways on which some things are not done.
    pub fn past(release: &'r Release, avoided: &Avoided) -> Map<'r> {
        let likely = Avoided { conditional: true, ..avoided.clone() };
        Map { release, explored: explore(release, Some(avoided)), likely: explore(release, Some(&likely)) }
    }

    /// What is known of a scope.
    pub fn scope(&self, ix: ScopeIx) -> Option<&Explored> {
        self.explored.get(&ix)
    }

    /// Whether a way leads to a step.
    pub fn leads_to(&self, to: StepIx) -> bool {
        let owner = |ix: &StepIx| self.release.scope(self.release.step(*ix).scope).owner;
        std::iter::successors(Some(to), owner).all(|ix| {
            let scope = self.explored.get(&self.release.step(ix).scope);
            scope.is_some_and(|scope| scope.reached.contains_key(&ix))
        })
    }

    /// The run to a step, with what happens inside of the scopes on it; none when no way leads there.
    pub fn run(&self, to: StepIx) -> Option<Led> {
        self.both().iter().find_map(|ways| ways.run(to))
    }

    /// The run from a step that is done to another one, which may also be under way beside it; none when none leads there.
    pub fn from(&self, done: StepIx, to: StepIx) -> Option<Led> {
        self.both().iter().find_map(|ways| ways.from(done, to))
    }

    /// The run from the end of a deadline that a wait step or scope has to another step, as long as nothing ends what goes on
    /// beside; none when none leads there.
    pub fn after(&self, at: StepIx, by: &By, to: StepIx) -> Option<Led> {
        self.both().iter().find_map(|ways| ways.after(at, by, to))
    }

    /// Whether the end of a step can be the end of a scope or branch around it, and if so whether rules decide that. A wait that
    /// goes on only if a rule holds is taken to wait.
    pub fn ends(&self, done: StepIx, around: StepIx) -> Option<bool> {
        Ways { release: self.release, explored: &self.explored }.ends(done, around)
    }

    fn both(&self) -> [Ways<'_>; 2] {
        [&self.likely, &self.explored].map(|explored| Ways { release: self.release, explored })
    }
}

struct Ways<'m> {
    release: &'m Release,
    explored: &'m BTreeMap<ScopeIx, Explored>,
}

impl Ways<'_> {
    fn run(&self, to: StepIx) -> Option<Led> {
        let mut around = vec![to];
        while let Some(owner) = self.release.scope(self.release.step(around[around.len() - 1]).scope).owner {
            around.push(owner);
        }
        let mut run = Led::default();
        for ix in around.iter().rev() {
            run = run.on(self.explored.get(&self.release.step(*ix).scope)?.reached.get(ix)?);
        }
        let moves = inside(self.release, self.explored, &run.moves);
        Some(Led { moves, ..run })
    }

    fn from(&self, done: StepIx, to: StepIx) -> Option<Led> {
        let mut going = Going { open: BinaryHeap::new(), runs: Vec::new(), seen: BTreeSet::new() };
        self.leave(done, &Led::default(), &mut going);
        // What goes on beside goes on unless the step is left by what ends all else.
        let around = self.explored.get(&self.release.step(done).scope)?;
        for way in around.flow.ways.get(&done).into_iter().flatten() {
            if !matches!(way.next, Next::Leaves(_) | Next::Raises(_)) {
                let own = vec![Move { step: Some(done), by: way.by.clone() }];
                self.beside(done, &Led::default().further(own, way.ruled), &mut going);
            }
        }
        while let Some(Reverse((_, _, run, at))) = going.open.pop() {
            if !going.seen.insert(at) {
                continue;
            }
            let led = going.runs[run].clone();
            if at == to {
                return Some(led);
            }
            if let Kind::Scope(inner) = self.release.step(at).kind
                && let Some(inner) = self.explored.get(&inner)
            {
                inner.flow.starts.iter().for_each(|ix| going.offer(*ix, led.clone()));
                self.react(Some(at), inner, &led, &mut going);
            }
            self.leave(at, &led, &mut going);
            self.beside(at, &led, &mut going);
        }
        None
    }

    fn after(&self, at: StepIx, by: &By, to: StepIx) -> Option<Led> {
        let mut going = Going { open: BinaryHeap::new(), runs: Vec::new(), seen: BTreeSet::new() };
        let own = [Move { step: Some(at), by: by.clone() }];
        let led = Led::default().further(own.to_vec(), false);
        match (by, &self.release.step(at).kind) {
            (By::Handler(name), Kind::Scope(inner)) => {
                let reactions = &self.explored.get(inner)?.flow.reactions;
                let reaction = reactions.iter().find(|it| it.name == *name)?;
                if !reaction.interrupts {
                    self.release.scope(*inner).steps.iter().for_each(|ix| going.offer(*ix, led.clone()));
                }
                match &reaction.next {
                    Some(Next::Steps(steps)) => steps.iter().for_each(|ix| going.offer(*ix, led.clone())),
                    Some(Next::Leaves(outcome)) => {
                        self.go_out(at, &By::Outcome(outcome.clone()), &led, &mut going);
                    }
                    _ => self.go_out(at, &By::Itself, &led, &mut going),
                }
            }
            _ => self.go_out(at, by, &Led::default(), &mut going),
        }
        while let Some(Reverse((_, _, run, at))) = going.open.pop() {
            if !going.seen.insert(at) {
                continue;
            }
            let led = going.runs[run].clone();
            if at == to {
                return Some(led);
            }
            if let Kind::Scope(inner) = self.release.step(at).kind
                && let Some(inner) = self.explored.get(&inner)
            {
                inner.flow.starts.iter().for_each(|ix| going.offer(*ix, led.clone()));
                self.react(Some(at), inner, &led, &mut going);
            }
            let ways = self.explored.get(&self.release.step(at).scope)?.flow.ways.get(&at);
            let ways: BTreeSet<By> = ways.into_iter().flatten().map(|way| way.by.clone()).collect();
            ways.iter().for_each(|by| self.go_out(at, by, &led, &mut going));
            // While it stops there, others go on.
            if super::ways::stops(&self.release.step(at).kind) {
                self.beside(at, &led, &mut going);
            }
        }
        None
    }

    fn ends(&self, done: StepIx, around: StepIx) -> Option<bool> {
        let mut open = BinaryHeap::from([Reverse((false, done))]);
        let mut seen = BTreeSet::new();
        while let Some(Reverse((ruled, at))) = open.pop() {
            if at == around {
                return Some(ruled);
            }
            if !seen.insert(at) {
                continue;
            }
            let ways = self.explored.get(&self.release.step(at).scope)?.flow.ways.get(&at);
            for way in ways.into_iter().flatten().filter(|way| !self.waits_by_rule(at, way)) {
                self.go_on(at, way, ruled, &mut open, around);
            }
        }
        None
    }

    /// Where a way leads to, out of the scopes that it leaves, as far as what is around.
    fn go_on(
        &self,
        at: StepIx,
        way: &Way,
        ruled: bool,
        open: &mut BinaryHeap<Reverse<(bool, StepIx)>>,
        around: StepIx,
    ) {
        let ruled = ruled || way.ruled;
        let by = match &way.next {
            Next::Steps(steps) => return open.extend(steps.iter().map(|ix| Reverse((ruled, *ix)))),
            Next::Raises(_) => return,
            Next::Leaves(outcome) => By::Outcome(outcome.clone()),
            Next::Ends(outcome) => outcome.clone().map_or(By::Itself, By::Outcome),
        };
        let Some(owner) = self.release.scope(self.release.step(at).scope).owner else { return };
        if owner == around {
            return open.push(Reverse((ruled, owner)));
        }
        let ways = self.explored.get(&self.release.step(owner).scope).and_then(|it| it.flow.ways.get(&owner));
        for way in ways.into_iter().flatten().filter(|way| way.by == by) {
            self.go_on(owner, way, ruled, open, around);
        }
    }

    fn waits_by_rule(&self, at: StepIx, way: &Way) -> bool {
        match &self.release.step(at).kind {
            Kind::Wait(waits) => {
                waits.iter().any(|wait| way.by == By::Outcome(wait.name.clone()) && wait.when.is_some())
            }
            _ => false,
        }
    }

    /// Where a step leads to when it is left in a way; a fork that the first branch leaves ends the others.
    fn go_out(&self, ix: StepIx, by: &By, led: &Led, going: &mut Going) {
        let step = self.release.step(ix);
        let Some(explored) = self.explored.get(&step.scope) else { return };
        for way in explored.flow.ways.get(&ix).into_iter().flatten().filter(|way| way.by == *by) {
            let led = led.further(vec![Move { step: Some(ix), by: by.clone() }], way.ruled);
            let by = match &way.next {
                Next::Steps(steps) => {
                    steps.iter().for_each(|ix| going.offer(*ix, led.clone()));
                    continue;
                }
                Next::Raises(_) => continue,
                Next::Leaves(outcome) => By::Outcome(outcome.clone()),
                Next::Ends(outcome) => outcome.clone().map_or(By::Itself, By::Outcome),
            };
            if matches!(way.next, Next::Ends(_)) {
                self.others_of(ix, &led, going);
            }
            if let Some(owner) = self.release.scope(step.scope).owner {
                self.go_out(owner, &by, &led, going);
            }
        }
    }

    /// What goes on in the scope of a step whose path ends: branches that the end of this one does not end, paths that began
    /// at once.
    fn others_of(&self, ix: StepIx, led: &Led, going: &mut Going) {
        let of = self.release.step(ix).scope;
        let scope = self.release.scope(of);
        let others: Vec<StepIx> = match &scope.shape {
            Shape::Fork(quorum) if quorum.is_left_by_the_first() => return,
            Shape::Fork(_) | Shape::AdHoc(_) => scope.steps.clone(),
            Shape::Path | Shape::Each(_) => {
                let ways = self.explored.get(&of).into_iter().flat_map(|it| it.flow.ways.values()).flatten();
                let several = ways.filter_map(|way| match &way.next {
                    Next::Steps(steps) if steps.len() > 1 => Some(steps.clone()),
                    _ => None,
                });
                several.flatten().collect()
            }
        };
        others.into_iter().filter(|it| *it != ix).for_each(|it| going.offer(it, led.clone()));
    }

    /// Where a step leads to when it is left, and what is around it when its path ends.
    fn leave(&self, ix: StepIx, led: &Led, going: &mut Going) {
        let step = self.release.step(ix);
        let Some(explored) = self.explored.get(&step.scope) else { return };
        for way in explored.flow.ways.get(&ix).into_iter().flatten() {
            let own = [Move { step: Some(ix), by: way.by.clone() }];
            self.go(ix, way, led.further(inside(self.release, self.explored, &own), way.ruled), going);
        }
    }

    fn go(&self, ix: StepIx, way: &Way, led: Led, going: &mut Going) {
        let scope = self.release.scope(self.release.step(ix).scope);
        let by = match &way.next {
            Next::Steps(steps) => return steps.iter().for_each(|ix| going.offer(*ix, led.clone())),
            Next::Raises(_) => return,
            Next::Leaves(outcome) => By::Outcome(outcome.clone()),
            Next::Ends(outcome) => outcome.clone().map_or(By::Itself, By::Outcome),
        };
        let Some(owner) = scope.owner else { return };
        let led = match (&scope.shape, &way.next) {
            (Shape::Fork(_), Next::Ends(_)) => {
                led.further(self.other_branches(scope.steps.as_slice(), ix), false)
            }
            _ => led,
        };
        let around = self.explored.get(&self.release.step(owner).scope);
        let ways = around.into_iter().filter_map(|around| around.flow.ways.get(&owner)).flatten();
        for way in ways.filter(|way| way.by == by) {
            let own = vec![Move { step: Some(owner), by: way.by.clone() }];
            self.go(owner, way, led.further(own, way.ruled), going);
        }
    }

    /// The other branches of a fork end, too.
    fn other_branches(&self, branches: &[StepIx], ix: StepIx) -> Vec<Move> {
        let others = branches.iter().filter(|it| **it != ix && self.release.step(**it).when.is_none());
        let ends = others.filter_map(|ix| {
            let ways = self.explored.get(&self.release.step(*ix).scope)?.flow.ways.get(ix)?;
            let way =
                ways.iter().filter(|way| matches!(way.next, Next::Ends(_))).min_by_key(|way| way.ruled)?;
            Some(Move { step: Some(*ix), by: way.by.clone() })
        });
        inside(self.release, self.explored, &ends.collect::<Vec<_>>())
    }

    /// What may be under way beside a step: branches, paths that began at once, reactions of what lies around it.
    fn beside(&self, ix: StepIx, led: &Led, going: &mut Going) {
        let mut scope = Some(self.release.step(ix).scope);
        while let Some(at) = scope {
            let of_scope = self.release.scope(at);
            let Some(explored) = self.explored.get(&at) else { return };
            match of_scope.shape {
                Shape::Fork(_) | Shape::AdHoc(_) => {
                    of_scope.steps.iter().for_each(|ix| going.offer(*ix, led.clone()));
                }
                Shape::Path | Shape::Each(_) => {
                    let splits = explored.flow.ways.values().flatten().filter_map(|way| match &way.next {
                        Next::Steps(steps) if steps.len() > 1 => Some(steps),
                        _ => None,
                    });
                    splits.flatten().for_each(|ix| going.offer(*ix, led.clone()));
                }
            }
            self.react(of_scope.owner, explored, led, going);
            scope = of_scope.owner.map(|owner| self.release.step(owner).scope);
        }
    }

    fn react(&self, owner: Option<StepIx>, explored: &Explored, led: &Led, going: &mut Going) {
        for reaction in &explored.flow.reactions {
            if let Some(Next::Steps(steps)) = &reaction.next {
                let by = By::Handler(reaction.name.clone());
                let led = led.further(vec![Move { step: owner, by }], reaction.by_error);
                steps.iter().for_each(|ix| going.offer(*ix, led.clone()));
            }
        }
    }
}

impl Led {
    fn further(&self, moves: Vec<Move>, ruled: bool) -> Led {
        Led { moves: [self.moves.as_slice(), &moves].concat(), ruled: self.ruled || ruled }
    }
}

/// The steps to be looked at, the ones with fewer choices by data and shorter runs first.
struct Going {
    open: BinaryHeap<Reverse<(bool, usize, usize, StepIx)>>,
    runs: Vec<Led>,
    seen: BTreeSet<StepIx>,
}

impl Going {
    fn offer(&mut self, to: StepIx, led: Led) {
        if !self.seen.contains(&to) {
            self.open.push(Reverse((led.ruled, led.moves.len(), self.runs.len(), to)));
            self.runs.push(led);
        }
    }
}
