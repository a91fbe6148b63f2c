//! Walks through one scope: what can be missing at each of its steps, and when it is left.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    super::{
        scope::Explored,
        ways::{By, Exit, Next, Way, stops},
    },
    bits::Bits,
    flow::{Flows, Missing},
    writes,
};
use crate::{
    definition::{
        Expr, From, Handler, Join, Kind, MAX_REACHED, Raise, Release, ScopeIx, Shape, StepIx, TriggerKind,
    },
    words::StepPath,
};

/// What may have written a value that is known to be there.
pub type Written = Vec<Writer>;

/// What writes a value, as a scope sees it.
#[derive(Clone, Copy, Debug)]
pub enum Writer {
    /// A step of the scope.
    Step(StepIx),
    /// Something inside a step of the scope.
    Inside(StepIx),
    /// A reaction of the scope.
    Reaction(usize),
    /// Something outside.
    Outside,
}

/// One scope, from its beginning with everything missing.
pub struct Walk<'a> {
    flows: &'a Flows<'a>,
    release: &'a Release,
    scope: ScopeIx,
    explored: &'a Explored,
    /// What each way leaves missing.
    along: BTreeMap<StepIx, Vec<Bits>>,
    entered: BTreeMap<StepIx, Bits>,
    /// At joins: by the step that a path comes from.
    arrived: BTreeMap<StepIx, BTreeMap<StepIx, Bits>>,
    woken: Vec<Option<Bits>>,
    /// Of each handler what it gets told, and what is there because it was woken.
    told: Vec<(Bits, Bits)>,
    /// What is known to be there after a way of a choice, or when a handler was woken, and what wrote it.
    known: BTreeMap<(StepIx, usize), Vec<Written>>,
    known_by: Vec<Vec<Written>>,
    /// Whether several paths can be under way at once.
    splits: bool,
}

impl<'a> Walk<'a> {
    /// Of a scope; those inside it are known.
    pub fn new(flows: &'a Flows<'a>, scope: ScopeIx) -> Walk<'a> {
        let explored = &flows.explored[&scope];
        let ways = explored.flow.ways.iter();
        let along = ways.map(|(ix, ways)| (*ix, ways.iter().map(|way| flows.along(*ix, way)).collect()));
        let several = |way: &Way| matches!(&way.next, Next::Steps(steps) if steps.len() > 1);
        let told = |handler: &Handler| {
            let told = writes::of_handler(flows.release, scope, handler);
            let told = told.map_or_else(|| flows.none(), |write| flows.addresses.set_by(&write));
            (told, flows.implied(handler))
        };
        let handlers = &flows.release.scope(scope).handlers;
        Walk {
            flows,
            release: flows.release,
            scope,
            explored,
            along: along.collect(),
            entered: BTreeMap::new(),
            arrived: BTreeMap::new(),
            woken: vec![None; explored.flow.reactions.len()],
            told: handlers.iter().map(told).collect(),
            known: flows.known_after(scope, &explored.flow),
            known_by: handlers.iter().map(|it| flows.writers(scope, &flows.known_of(it))).collect(),
            splits: explored.flow.ways.values().flatten().any(several),
        }
    }

    /// Walks through it.
    pub fn walk(mut self) -> Missing {
        self.enter_all();
        self.enter_undoing();
        let ended = self.ended();
        let exits = self.exits(&ended);
        let (before, written) = self.before();
        let escalations = self.escalations();
        let stops = self.stops();
        Missing {
            entered: self.entered,
            woken: self.woken,
            exits,
            ended,
            escalations,
            stops,
            before,
            written,
        }
    }

    fn handlers(&self) -> &'a [Handler] {
        &self.release.scope(self.scope).handlers
    }

    /// Follows all ways until nothing changes any more.
    fn enter_all(&mut self) {
        let scope = self.release.scope(self.scope);
        let met = self.met();
        let begins = scope.repeat.as_ref().and_then(|repeat| repeat.while_holds.as_ref());
        let begins = self.flows.all().without(&self.flows.there_if_all(begins, true));
        let mut open: BTreeSet<StepIx> = BTreeSet::new();
        for ix in &self.explored.flow.starts {
            let there = self.flows.there_if_all(&self.release.step(*ix).when, true);
            self.enter(*ix, &begins.without(&there), &mut open);
        }
        loop {
            while let Some(ix) = open.pop_first() {
                for (number, way) in self.explored.flow.ways[&ix].iter().enumerate() {
                    let (Next::Steps(steps), Some(missing)) = (&way.next, self.out(ix, number)) else {
                        continue;
                    };
                    for to in steps {
                        self.arrive(ix, *to, &missing, &met, &mut open);
                    }
                }
            }
            // What a reaction or a known value comes after may be entered with more missing by now.
            let before = self.entered.clone();
            self.wake(&mut open);
            for ((ix, number), _) in self.known.clone() {
                let way = &self.explored.flow.ways[&ix][number];
                if let (Next::Steps(steps), Some(missing)) = (&way.next, self.out(ix, number)) {
                    steps.iter().for_each(|to| self.arrive(ix, *to, &missing, &met, &mut open));
                }
            }
            if self.entered == before {
                return;
            }
        }
    }

    /// What can be missing after a way of a step; none if it is never entered.
    fn out(&self, ix: StepIx, number: usize) -> Option<Bits> {
        let missing = self.entered.get(&ix)?.and(&self.along[&ix][number]);
        let known = self.known.get(&(ix, number)).into_iter().flatten();
        Some(known.fold(missing, |missing, written| missing.and(&self.since(written))))
    }

    /// All ways of steps that are entered, with what can be missing after them.
    fn outs(&self) -> impl Iterator<Item = (StepIx, &'a Way, Bits)> + '_ {
        let explored = self.explored;
        self.entered.keys().flat_map(move |ix| {
            let ways = explored.flow.ways[ix].iter().enumerate();
            ways.filter_map(move |(number, way)| Some((*ix, way, self.out(*ix, number)?)))
        })
    }

    /// What can be missing once one of these has written.
    fn since(&self, written: &[Writer]) -> Bits {
        written.iter().fold(self.flows.none(), |all, writer| match writer {
            Writer::Step(ix) => self.left(*ix).map_or_else(|| all.clone(), |left| all.clone().or(&left)),
            Writer::Inside(ix) => {
                self.entered.get(ix).map_or_else(|| all.clone(), |entered| all.clone().or(entered))
            }
            Writer::Reaction(number) => match &self.woken[*number] {
                Some(woken) => all.clone().or(woken),
                None => all,
            },
            Writer::Outside => self.flows.all(),
        })
    }

    /// What can be missing when the case stops somewhere in the scope.
    fn stops(&self) -> Bits {
        if let Shape::AdHoc(_) = self.release.scope(self.scope).shape {
            return self.flows.all();
        }
        let mut all = self.flows.none();
        for (ix, entered) in &self.entered {
            match &self.release.step(*ix).kind {
                Kind::Scope(inner) => {
                    all.add(&entered.and(&self.flows.scopes[inner].stops));
                    if self.release.scope(*inner).lock.is_some() {
                        all.add(entered);
                    }
                }
                kind if stops(kind) => {
                    all.add(entered);
                }
                _ => {}
            }
        }
        all
    }

    fn enter(&mut self, ix: StepIx, missing: &Bits, open: &mut BTreeSet<StepIx>) {
        let changed = match self.entered.get_mut(&ix) {
            Some(known) => known.add(missing),
            None => {
                self.entered.insert(ix, missing.clone());
                true
            }
        };
        if changed {
            open.insert(ix);
        }
    }

    fn arrive(
        &mut self,
        from: StepIx,
        to: StepIx,
        missing: &Bits,
        met: &BTreeMap<StepIx, Bits>,
        open: &mut BTreeSet<StepIx>,
    ) {
        let Kind::Join(join) = &self.release.step(to).kind else { return self.enter(to, missing, open) };
        let arrived = self.arrived.entry(to).or_default();
        arrived.entry(from).or_insert_with(|| self.flows.none()).add(missing);
        let missing = match join {
            Join::All => {
                let leads = |ix: &&StepIx| self.explored.flow.ways[*ix].iter().any(|way| leads_to(way, to));
                let from: Vec<_> = self.explored.reached.keys().filter(leads).collect();
                if from.iter().any(|ix| !arrived.contains_key(ix)) {
                    return;
                }
                arrived.values().fold(self.flows.all(), |all, one| all.and(one))
            }
            Join::Inclusive => missing.and(met.get(&to).unwrap_or(missing)),
            Join::Count(_) => missing.clone(),
        };
        self.enter(to, &missing, open);
    }

    /// What can be missing at inclusive joins: every other path has come or ended.
    fn met(&self) -> BTreeMap<StepIx, Bits> {
        let joins = self.release.scope(self.scope).steps.iter().copied();
        let inclusive = |ix: &StepIx| matches!(self.release.step(*ix).kind, Kind::Join(Join::Inclusive));
        let joins = joins.filter(|_| self.splits).filter(inclusive);
        joins.map(|join| (join, self.stopped(Some(join)))).collect()
    }

    /// What can be missing when all paths have ended; or, of those that could come to a join, have come there.
    fn stopped(&self, at: Option<StepIx>) -> Bits {
        let reaches = at.map(|join| self.leading_to(join));
        let mut stopped: BTreeMap<StepIx, Bits> = BTreeMap::new();
        loop {
            let mut changed = false;
            for (ix, ways) in &self.explored.flow.ways {
                let outside = reaches.as_ref().is_some_and(|reaches| !reaches.contains(ix));
                let mut missing = self.flows.none();
                if Some(*ix) == at || outside {
                    missing = self.flows.all();
                } else {
                    for (way, along) in ways.iter().zip(&self.along[ix]) {
                        match &way.next {
                            Next::Ends(_) => missing.add(along),
                            Next::Steps(steps) => {
                                let all = steps.iter().try_fold(along.clone(), |all, next| {
                                    stopped.get(next).map(|next| all.and(next))
                                });
                                all.is_some_and(|all| missing.add(&all))
                            }
                            // The others do not go on to their end then.
                            Next::Leaves(_) | Next::Raises(_) => false,
                        };
                    }
                }
                changed |= match stopped.get_mut(ix) {
                    Some(known) => known.add(&missing),
                    None => stopped.insert(*ix, missing).is_none(),
                };
            }
            if !changed {
                break;
            }
        }
        // Whatever ends all else begins anew from where it leads.
        let flow = &self.explored.flow;
        let anew = flow.reactions.iter().filter(|reaction| reaction.interrupts);
        let anew = anew.filter_map(|reaction| match &reaction.next {
            Some(Next::Steps(steps)) => Some(steps.clone()),
            _ => None,
        });
        let starts = flow.starts.iter().take(1).map(|first| vec![*first]).chain(anew);
        // What does not come to the join says nothing of it.
        let comes = |together: &Vec<StepIx>| {
            reaches.as_ref().is_none_or(|reaches| together.iter().any(|ix| reaches.contains(ix)))
        };
        let mut starts = starts.filter(comes).peekable();
        if starts.peek().is_none() {
            return self.flows.all();
        }
        let mut all = self.flows.none();
        for together in starts {
            let of = together.iter().filter_map(|ix| stopped.get(ix));
            all.add(&of.fold(self.flows.all(), |all, one| all.and(one)));
        }
        all
    }

    fn leading_to(&self, join: StepIx) -> BTreeSet<StepIx> {
        let mut found = BTreeSet::from([join]);
        loop {
            let before = found.len();
            for (ix, ways) in &self.explored.flow.ways {
                if ways.iter().any(|way| found.iter().any(|to| leads_to(way, *to))) {
                    found.insert(*ix);
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    /// Lets reactions lead on from whatever can wake them by now.
    fn wake(&mut self, open: &mut BTreeSet<StepIx>) {
        for (number, handler) in self.handlers().iter().enumerate() {
            let Some(woken) = self.wakes(handler) else { continue };
            let (told, implied) = self.told[number].clone();
            // What a message brings is written when the rule of the reaction has been asked.
            let asked = if matches!(handler.trigger, TriggerKind::Message(..)) {
                self.flows.none()
            } else {
                told.clone()
            };
            self.woken[number] = Some(woken.without(&asked));
            let known = self.known_by[number].iter();
            let missing =
                known.fold(woken.without(&told).without(&implied), |all, it| all.and(&self.since(it)));
            if let Some(Next::Steps(steps)) = &self.explored.flow.reactions[number].next {
                for ix in steps.clone() {
                    self.enter(ix, &missing, open);
                }
            }
        }
    }

    /// What can be missing when a handler is woken; none if nothing wakes it, as far as is known.
    fn wakes(&self, handler: &Handler) -> Option<Bits> {
        match &handler.trigger {
            // What fails by itself has names with an underscore.
            TriggerKind::Error(Some(code)) if !code.contains('_') => self.raised(|next| next == &**code),
            TriggerKind::Escalation(name) => {
                let all = self.raised_escalations();
                let caught = all.into_iter().filter(|(of, _)| name.as_ref().is_none_or(|name| name == of));
                caught.map(|(_, missing)| missing).reduce(|all, one| all.or(&one))
            }
            TriggerKind::Dispatch(letter) => Some(self.after(letter).and(&self.stops())),
            TriggerKind::Deadline(deadline) => match &deadline.from {
                From::Notification(letter) => Some(self.after(letter).and(&self.stops())),
                From::Entry | From::Day(_) => Some(self.stops()),
            },
            TriggerKind::Timer(_) | TriggerKind::ByHand(_) => Some(self.stops()),
            // One that was kept is taken when a scope begins; before the case begins none can come.
            TriggerKind::Message(..) if self.scope == ScopeIx(0) => Some(self.stops()),
            TriggerKind::Signal(name) if !self.raises(name) => Some(self.stops()),
            TriggerKind::Message(..)
            | TriggerKind::Signal(_)
            | TriggerKind::Condition(_)
            | TriggerKind::Error(_) => Some(self.flows.all()),
        }
    }

    /// Whether the process itself raises a signal.
    fn raises(&self, signal: &str) -> bool {
        let raises = |kind: &Kind| matches!(kind, Kind::Raise(Raise::Signal(name)) if **name == *signal);
        self.release.steps.iter().any(|step| raises(&step.kind))
    }

    /// What can be missing once a step was left.
    fn after(&self, letter: &StepPath) -> Bits {
        match self.release.index_of(letter) {
            Some(ix) => self.since(&[self.flows.writer(self.scope, ix)]),
            None => self.flows.all(),
        }
    }

    /// What can be missing when a step is left; none if it is never entered.
    fn left(&self, ix: StepIx) -> Option<Bits> {
        self.entered.get(&ix)?;
        let ways = self.explored.flow.ways[&ix].iter().enumerate().filter(|(_, way)| way.by != By::Cancelled);
        let outs = ways.filter_map(|(number, _)| self.out(ix, number));
        Some(outs.fold(self.flows.none(), |all, out| all.or(&out)))
    }

    /// What can be missing when an error is raised that nothing further inside handles.
    fn raised(&self, is: impl Fn(&str) -> bool) -> Option<Bits> {
        let mut found: Option<Bits> = None;
        for (_, way, missing) in self.outs() {
            if matches!(&way.next, Next::Raises(code) if is(code)) {
                found = Some(found.map_or(missing.clone(), |all| all.or(&missing)));
            }
        }
        found
    }

    /// What can be missing when escalations are raised in it or further inside.
    fn raised_escalations(&self) -> BTreeMap<Arc<str>, Bits> {
        let mut found: BTreeMap<Arc<str>, Bits> = BTreeMap::new();
        let mut add = |name: &Arc<str>, missing: Bits| {
            found.entry(name.clone()).or_insert_with(|| self.flows.none()).add(&missing);
        };
        for (ix, entered) in &self.entered {
            match &self.release.step(*ix).kind {
                Kind::Raise(Raise::Escalation(name)) => add(name, entered.clone()),
                Kind::Scope(scope) => {
                    let inside = self.flows.scopes[scope].escalations.iter();
                    inside.for_each(|(name, missing)| add(name, entered.and(missing)));
                }
                _ => {}
            }
        }
        found
    }

    fn escalations(&self) -> BTreeMap<Arc<str>, Bits> {
        let mut all = self.raised_escalations();
        let handled = |name: &Arc<str>| {
            self.handlers().iter().any(|handler| match &handler.trigger {
                TriggerKind::Escalation(of) => of.as_ref().is_none_or(|of| of == name),
                _ => false,
            })
        };
        all.retain(|name, _| !handled(name));
        all
    }

    /// A step that undoes another one comes after it.
    fn enter_undoing(&mut self) {
        for ix in &self.release.scope(self.scope).steps {
            let (Some(undo), Some(left)) = (self.release.step(*ix).undo, self.left(*ix)) else { continue };
            self.entered.entry(undo).or_insert_with(|| self.flows.none()).add(&left);
        }
    }

    /// What can be missing when all paths have ended, but for how they did.
    fn ended(&self) -> Bits {
        let mut ended = self.flows.none();
        for (_, way, missing) in self.outs() {
            if matches!(way.next, Next::Ends(_)) {
                ended.add(&missing);
            }
        }
        if self.splits { ended.and(&self.stopped(None)) } else { ended }
    }

    fn exits(&self, ended: &Bits) -> BTreeMap<Exit, Bits> {
        let all = self.flows.all();
        let scope = self.release.scope(self.scope);
        let mut found = Found(BTreeMap::new());
        let stopped = if self.splits { self.stopped(None) } else { all.clone() };
        let until = |rule: Option<&Expr>| all.without(&self.flows.there_if_all(rule, true));
        // How it ends by itself: which rule said so.
        let by_itself = match (&scope.shape, &scope.repeat) {
            (Shape::AdHoc(group), _) => until(group.until.as_ref()),
            (_, Some(repeat)) if repeat.while_holds.is_none() => until(repeat.until.as_ref()),
            _ => all.clone(),
        };
        for (ix, way, missing) in self.outs() {
            match &way.next {
                _ if self.release.step(ix).only_undoes => {}
                Next::Ends(outcome) if matches!(scope.shape, Shape::Path | Shape::AdHoc(_)) => {
                    found.add(Exit::Over(outcome.clone()), &missing.and(&stopped).and(&by_itself));
                }
                Next::Leaves(outcome) => found.add(Exit::Over(Some(outcome.clone())), &missing),
                Next::Raises(code) if self.explored.flow.handler_of_error(self.release, code).is_none() => {
                    found.add(Exit::Raised(code.clone()), &missing);
                }
                _ => {}
            }
        }
        for (number, handler) in self.handlers().iter().enumerate() {
            let Some(woken) = self.wakes(handler) else { continue };
            let (told, implied) = &self.told[number];
            let known = self.known_by[number].iter();
            let missing =
                known.fold(woken.without(told).without(implied), |all, it| all.and(&self.since(it)));
            match &self.explored.flow.reactions[number].next {
                Some(Next::Leaves(outcome)) => found.add(Exit::Over(Some(outcome.clone())), &missing),
                None if handler.interrupt => found.add(Exit::Over(None), &missing),
                _ => {}
            }
        }
        match &scope.shape {
            Shape::Fork(quorum) => found.add(Exit::Over(None), &self.branches(quorum.wait_for.is_some())),
            // There may be no round at all.
            Shape::Each(_) => found.add(Exit::Over(None), &all),
            Shape::AdHoc(_) => found.add(Exit::Over(None), &by_itself),
            Shape::Path => {
                if let Some(repeat) = &scope.repeat {
                    if let Some(rule) = &repeat.while_holds {
                        found.add(Exit::Over(None), &all.without(&self.flows.there_if(rule, false)));
                    }
                    if repeat.max.is_some() {
                        found.add(Exit::Over(Some(MAX_REACHED.into())), ended);
                    }
                }
            }
        }
        found.0
    }

    /// What can be missing when enough branches have ended.
    fn branches(&self, some: bool) -> Bits {
        let missing = |ix: &StepIx| {
            self.entered.get(ix)?;
            let mut left = self.flows.none();
            for (number, way) in self.explored.flow.ways[ix].iter().enumerate() {
                if let (Next::Ends(_), Some(out)) = (&way.next, self.out(*ix, number)) {
                    left.add(&out);
                }
            }
            Some((self.release.step(*ix).when.is_none(), left))
        };
        let branches: Vec<(bool, Bits)> =
            self.release.scope(self.scope).steps.iter().filter_map(missing).collect();
        if !branches.iter().any(|(sure, _)| *sure) {
            return self.flows.all();
        }
        if some {
            return branches.iter().fold(self.flows.none(), |all, (_, one)| all.or(one));
        }
        let sure = branches.iter().filter(|(sure, _)| *sure);
        sure.fold(self.flows.all(), |all, (_, one)| all.and(one))
    }

    /// What can have been written in this scope when each of its steps is entered, and by anything in it.
    fn before(&self) -> (BTreeMap<StepIx, Bits>, Bits) {
        let flow = &self.explored.flow;
        let writes = |ix: &StepIx| {
            let step = self.release.step(*ix);
            let mut all = self.flows.may_write(step);
            match &step.kind {
                Kind::Scope(scope) => {
                    all.add(&self.flows.scopes[scope].written);
                }
                Kind::Wait(waits) => {
                    for write in waits.iter().filter_map(|wait| writes::of_wait(self.release, step, wait)) {
                        all.add(&self.flows.addresses.set_by(&write));
                    }
                }
                _ => {}
            }
            all
        };
        let by: BTreeMap<StepIx, Bits> = flow.ways.keys().map(|ix| (*ix, writes(ix))).collect();
        let mut written = by.values().fold(self.flows.none(), |all, one| all.or(one));
        for (told, _) in &self.told {
            written.add(told);
        }
        let scope = self.release.scope(self.scope);
        let in_turn = matches!(scope.shape, Shape::Path | Shape::Each(_))
            && scope.repeat.is_none()
            && scope.handlers.is_empty()
            && !self.splits;
        if !in_turn {
            // Anything may have happened by then.
            return (self.entered.keys().map(|ix| (*ix, written.clone())).collect(), written);
        }
        let mut before: BTreeMap<StepIx, Bits> = BTreeMap::new();
        let mut open: BTreeSet<StepIx> = flow.starts.iter().copied().collect();
        flow.starts.iter().for_each(|ix| {
            before.insert(*ix, self.flows.none());
        });
        while let Some(ix) = open.pop_first() {
            let Some(known) = before.get(&ix) else { continue };
            let after = known.clone().or(&by[&ix]);
            for way in &flow.ways[&ix] {
                let Next::Steps(steps) = &way.next else { continue };
                for to in steps {
                    let new = !before.contains_key(to);
                    if before.entry(*to).or_insert_with(|| self.flows.none()).add(&after) || new {
                        open.insert(*to);
                    }
                }
            }
        }
        for ix in self.entered.keys() {
            before.entry(*ix).or_insert_with(|| written.clone());
        }
        (before, written)
    }
}

fn leads_to(way: &Way, to: StepIx) -> bool {
    matches!(&way.next, Next::Steps(steps) if steps.contains(&to))
}

struct Found(BTreeMap<Exit, Bits>);

impl Found {
    fn add(&mut self, exit: Exit, missing: &Bits) {
        match self.0.get_mut(&exit) {
            Some(known) => {
                known.add(missing);
            }
            None => {
                self.0.insert(exit, missing.clone());
            }
        }
    }
}
