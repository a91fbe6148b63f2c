//! Circles of the machine that one scope alone does not show: through reactions to what is raised, groups that begin anew,
//! joins to which all come without a stop, and waits for what is so already.
//!
//! Where a case goes on without a stop is drawn as one graph of all scopes; what lies in a circle of it may never stop.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::{
    algo::tarjan_scc,
    graphmap::DiGraphMap,
    visit::{Dfs, EdgeRef, IntoEdgeReferences},
};

use super::{
    Finding, Led, Move, Property, Prover, Verdict,
    ways::{By, Next, next},
};
use crate::{
    definition::{Handler, Join, Kind, Raise, ScopeIx, Shape, StepIx, TriggerKind},
    language::data_key,
};

/// A step that is entered, or left in a way.
type Place = (StepIx, Option<By>);

/// Why a case goes on from one place to another one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum On {
    /// It always does.
    Always,
    /// The scope reacts, which it does once as long as it is active.
    Once(ScopeIx),
    /// All come to the join.
    Meets(StepIx),
}

/// Where a case goes on without a stop; places by number.
#[derive(Default)]
struct Graph {
    numbers: BTreeMap<Place, u32>,
    places: Vec<Place>,
    edges: DiGraphMap<u32, On>,
}

impl Graph {
    fn number(&mut self, place: Place) -> u32 {
        let next = u32::try_from(self.places.len()).expect("steps are bounded");
        *self.numbers.entry(place.clone()).or_insert_with(|| {
            self.places.push(place);
            next
        })
    }

    fn lead(&mut self, from: &Place, to: Place, on: On) {
        let (from, to) = (self.number(from.clone()), self.number(to));
        // What always leads there counts more than what does so once.
        if on == On::Always || !self.edges.contains_edge(from, to) {
            self.edges.add_edge(from, to, on);
        }
    }

    fn circles(&self) -> Vec<BTreeSet<u32>> {
        let all = tarjan_scc(&self.edges).into_iter();
        let in_circle =
            |circle: &Vec<u32>| circle.len() > 1 || self.edges.contains_edge(circle[0], circle[0]);
        all.filter(in_circle).map(BTreeSet::from_iter).collect()
    }
}

impl Prover<'_> {
    /// Circles that are not told yet.
    pub fn machine(&mut self) {
        let mut graph = self.drawn();
        let circles = loop {
            let circles = graph.circles();
            let wrong = circles.iter().flat_map(|circle| self.excluded(&graph, circle)).collect::<Vec<_>>();
            if wrong.is_empty() {
                break circles;
            }
            for (from, to) in wrong {
                graph.edges.remove_edge(from, to);
            }
        };
        for circle in circles {
            let places: Vec<&Place> = circle.iter().map(|number| &graph.places[*number as usize]).collect();
            let steps: BTreeSet<StepIx> = places.iter().map(|(ix, _)| *ix).collect();
            let told = |found: &Finding| {
                found.property == Property::NeverEnds && !found.beside && steps.contains(&found.step)
            };
            if self.findings.iter().any(told) || steps.iter().any(|ix| self.circling.contains(ix)) {
                continue;
            }
            let entered = places.iter().filter(|(_, by)| by.is_none());
            let runs = entered.filter_map(|(ix, _)| Some((*ix, self.run_to(*ix)?)));
            let first = runs.min_by_key(|(_, led)| (led.ruled, led.moves.len()));
            let Some((step, led)) = first else { continue };
            let mut found = led.finding(Property::GoesInCircles, step);
            found.verdict = Verdict::PossiblyUnsound;
            let chosen =
                places.iter().filter(|(ix, _)| matches!(self.release.step(*ix).kind, Kind::Choose(_)));
            found.run.extend(chosen.filter_map(|(ix, by)| Some(Move { step: Some(*ix), by: by.clone()? })));
            self.findings.push(found);
        }
    }

    /// What cannot be gone on by each time round: reactions of scopes that stay active, and joins to which others must come.
    fn excluded(&self, graph: &Graph, circle: &BTreeSet<u32>) -> Vec<(u32, u32)> {
        let mut comes = BTreeSet::new();
        if let Some(first) = circle.first() {
            let mut from = Dfs::new(&graph.edges, *first);
            while let Some(place) = from.next(&graph.edges) {
                comes.insert(place);
            }
        }
        let inside = graph
            .edges
            .edge_references()
            .filter(|edge| circle.contains(&edge.source()) && circle.contains(&edge.target()));
        let wrong = inside.filter(|edge| match edge.weight() {
            On::Always => false,
            On::Once(scope) => {
                let owner = self.release.scope(*scope).owner;
                !owner
                    .and_then(|owner| graph.numbers.get(&(owner, None)))
                    .is_some_and(|ix| circle.contains(ix))
            }
            On::Meets(join) => !self.all_come(graph, *join, &comes),
        });
        wrong.map(|edge| (edge.source(), edge.target())).collect()
    }

    /// Whether enough paths come to a join on the way.
    fn all_come(&self, graph: &Graph, join: StepIx, comes: &BTreeSet<u32>) -> bool {
        let flow = &self.explored[&self.release.step(join).scope].flow;
        let mut sources: BTreeMap<StepIx, (usize, bool)> = BTreeMap::new();
        for (ix, ways) in &flow.ways {
            for way in ways {
                let Next::Steps(steps) = &way.next else { continue };
                let count = steps.iter().filter(|next| **next == join).count();
                let on_way =
                    || graph.numbers.get(&(*ix, Some(way.by.clone()))).is_some_and(|ix| comes.contains(ix));
                if count > 0 {
                    let source = sources.entry(*ix).or_default();
                    if on_way() {
                        *source = (source.0.max(count), true);
                    }
                }
            }
        }
        match self.release.step(join).kind {
            Kind::Join(Join::All) => sources.values().all(|(_, comes)| *comes),
            Kind::Join(Join::Count(needed)) => {
                sources.values().map(|(count, _)| *count).sum::<usize>() >= needed as usize
            }
            _ => true,
        }
    }

    /// The run to a step.
    pub fn run_to(&self, step: StepIx) -> Option<Led> {
        let owner = |ix: &StepIx| self.release.scope(self.release.step(*ix).scope).owner;
        let around: Vec<StepIx> = std::iter::successors(Some(step), owner).collect();
        around.iter().rev().try_fold(Led::default(), |led, ix| {
            Some(led.on(self.explored[&self.release.step(*ix).scope].reached.get(ix)?))
        })
    }

    fn drawn(&self) -> Graph {
        let mut graph = Graph::default();
        for explored in self.explored.values() {
            for ix in explored.reached.keys() {
                self.enter(&mut graph, *ix);
                for way in &explored.flow.ways[ix] {
                    self.leave(&mut graph, *ix, &way.by, &way.next);
                }
            }
        }
        graph
    }

    /// Where a case goes on from a step that it enters.
    fn enter(&self, graph: &mut Graph, ix: StepIx) {
        let step = self.release.step(ix);
        let (here, ways) = ((ix, None), &self.explored[&step.scope].flow.ways[&ix]);
        match &step.kind {
            Kind::Scope(scope) => {
                let inside = &self.explored[scope].flow;
                let shape = &self.release.scope(*scope).shape;
                if !matches!(shape, Shape::AdHoc(_)) {
                    inside.starts.iter().for_each(|start| graph.lead(&here, (*start, None), On::Always));
                }
                // Branches and rounds end together; of a path each step tells where it leads.
                let together = !matches!(shape, Shape::Path);
                for way in ways.iter().filter(|way| way.passes && together) {
                    graph.lead(&here, (ix, Some(way.by.clone())), On::Always);
                }
            }
            Kind::Join(_) => graph.lead(&here, (ix, Some(By::Meeting)), On::Meets(ix)),
            Kind::Wait(waits) => {
                let may_be = |wait: &&Handler| {
                    matches!(wait.trigger, TriggerKind::Condition(_) | TriggerKind::Dispatch(_))
                };
                for wait in waits.iter().filter(may_be) {
                    graph.lead(&here, (ix, Some(By::Outcome(wait.name.clone()))), On::Always);
                }
            }
            _ => {
                for way in ways.iter().filter(|way| way.passes) {
                    graph.lead(&here, (ix, Some(way.by.clone())), On::Always);
                }
            }
        }
        self.raised(graph, ix);
        self.written(graph, ix);
    }

    /// Where a case goes on from a step that it leaves.
    fn leave(&self, graph: &mut Graph, ix: StepIx, by: &By, next: &Next) {
        let here = (ix, Some(by.clone()));
        let scope = self.release.step(ix).scope;
        let of = self.release.scope(scope);
        let path = matches!(of.shape, Shape::Path);
        match next {
            Next::Steps(steps) => steps.iter().for_each(|next| graph.lead(&here, (*next, None), On::Always)),
            Next::Ends(outcome) if path => {
                if of.repeat.as_ref().is_some_and(|repeat| repeat.max.is_none()) {
                    let starts = &self.explored[&scope].flow.starts;
                    starts.iter().for_each(|start| graph.lead(&here, (*start, None), On::Always));
                }
                if let Some(owner) = of.owner {
                    let by = outcome.clone().map_or(By::Itself, By::Outcome);
                    graph.lead(&here, (owner, Some(by)), On::Always);
                }
            }
            Next::Leaves(outcome) => {
                if let Some(owner) = of.owner {
                    graph.lead(&here, (owner, Some(By::Outcome(outcome.clone()))), On::Always);
                }
            }
            // An error is followed from where it is raised.
            Next::Ends(_) | Next::Raises(_) => {}
        }
    }

    /// What reacts to what a step raises.
    fn raised(&self, graph: &mut Graph, ix: StepIx) {
        let Kind::Raise(what) = &self.release.step(ix).kind else { return };
        let named = |of: &Option<std::sync::Arc<str>>, name: &str| of.as_deref().is_none_or(|of| of == name);
        let around =
            |scope: &ScopeIx| self.release.scope(*scope).owner.map(|owner| self.release.step(owner).scope);
        let scopes = || std::iter::successors(Some(self.release.step(ix).scope), around);
        let innermost = |caught: &dyn Fn(&TriggerKind) -> bool| {
            scopes().find_map(|scope| {
                let handlers = &self.release.scope(scope).handlers;
                handlers.iter().find(|handler| caught(&handler.trigger)).map(|handler| (scope, handler))
            })
        };
        let found = match what {
            Raise::Error(code) => {
                innermost(&|trigger| matches!(trigger, TriggerKind::Error(of) if named(of, code)))
            }
            Raise::Escalation(name) => {
                innermost(&|trigger| matches!(trigger, TriggerKind::Escalation(of) if named(of, name)))
            }
            Raise::Signal(name) => {
                let waits = |trigger: &TriggerKind| matches!(trigger, TriggerKind::Signal(of) if of == name);
                self.whoever_waits(graph, ix, waits);
                None
            }
            Raise::Message(_) => None,
        };
        if let Some((scope, handler)) = found {
            self.react(graph, ix, scope, handler);
        }
    }

    /// What begins to hold by what a step reckons.
    fn written(&self, graph: &mut Graph, ix: StepIx) {
        let step = self.release.step(ix);
        if !matches!(
            step.kind,
            Kind::Compute(_) | Kind::Decide(_) | Kind::Fee(_) | Kind::Texts(_) | Kind::Number(_)
        ) {
            return;
        }
        let key = data_key(&step.id);
        let in_block = self.release.frame(step.frame).in_block;
        self.whoever_reacts(graph, ix, |trigger| match trigger {
            TriggerKind::Condition(rule) => {
                rule.compiled.variables().iter().any(|path| match path.names()[..] {
                    ["steps", of, ..] => *of == *key,
                    ["result", ..] => in_block,
                    _ => false,
                })
            }
            _ => false,
        });
    }

    fn whoever_reacts(&self, graph: &mut Graph, ix: StepIx, waits: impl Fn(&TriggerKind) -> bool) {
        for (scope, of) in (0..).map(ScopeIx).zip(&self.release.scopes) {
            for handler in of.handlers.iter().filter(|handler| waits(&handler.trigger)) {
                self.react(graph, ix, scope, handler);
            }
        }
    }

    fn whoever_waits(&self, graph: &mut Graph, ix: StepIx, waits: impl Fn(&TriggerKind) -> bool) {
        self.whoever_reacts(graph, ix, &waits);
        for (waiting, step) in (0..).map(StepIx).zip(&self.release.steps) {
            let Kind::Wait(all) = &step.kind else { continue };
            for wait in all.iter().filter(|wait| waits(&wait.trigger)) {
                graph.lead(&(ix, None), (waiting, Some(By::Outcome(wait.name.clone()))), On::Always);
            }
        }
    }

    fn react(&self, graph: &mut Graph, ix: StepIx, scope: ScopeIx, handler: &Handler) {
        let here = (ix, None);
        let on = if handler.interrupt { On::Once(scope) } else { On::Always };
        let owner = self.release.scope(scope).owner;
        match handler.then.as_ref().map(next) {
            Some(Next::Steps(steps)) => steps.iter().for_each(|next| graph.lead(&here, (*next, None), on)),
            Some(Next::Leaves(outcome)) => {
                if let Some(owner) = owner {
                    graph.lead(&here, (owner, Some(By::Outcome(outcome))), on);
                }
            }
            None if handler.interrupt => {
                if let Some(owner) = owner {
                    graph.lead(&here, (owner, Some(By::Itself)), on);
                }
            }
            _ => {}
        }
    }
}
