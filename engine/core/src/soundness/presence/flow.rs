//! Which results can be missing where: a data-flow over the scopes of a process.
//!
//! Nothing that was written is ever taken away, but for the results of rounds, which begin empty. So each result is
//! looked at on its own: it can be missing at a place if it was missing at the beginning and some run leads there
//! without writing it. For each scope this is computed once, from the inside out, for what was missing when it began;
//! what is missing in a case then follows from the outside in.
//!
//! Paths that meet: a join of all is passed when a path has come from everywhere, so what one of them wrote is there.
//! A scope, or an inclusive join, waits until every path has ended or come; what each of them must write is there.

use std::{
    cell::RefCell,
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    super::{
        inner,
        scope::Explored,
        ways::{By, Exit, Flow, Next, Way},
    },
    addresses::Addresses,
    bits::Bits,
    reads::Moment,
    walk::{Walk, Writer, Written},
    writes,
};
use crate::{
    definition::{
        Expr, FrameIx, From, Handler, Kind, MAX_REACHED, Release, ScopeIx, Shape, Step, StepIx, TriggerKind,
    },
    language::sandbox,
};

/// What can be missing in one scope, of what was missing when it began.
pub struct Missing {
    /// When a step is entered; steps that are not there are never reached.
    pub entered: BTreeMap<StepIx, Bits>,
    /// When a reaction is woken; none: it never is.
    pub woken: Vec<Option<Bits>>,
    /// When it is left.
    pub exits: BTreeMap<Exit, Bits>,
    /// When a path, and with it perhaps the whole, ends in it.
    pub ended: Bits,
    /// When an escalation is raised in it that nothing inside handles.
    pub escalations: BTreeMap<Arc<str>, Bits>,
    /// When the case stops somewhere in it: for a person, a connector, time.
    pub stops: Bits,
    /// What can have been written when a step is entered.
    pub before: BTreeMap<StepIx, Bits>,
    /// What anything in it can write.
    pub written: Bits,
}

/// The whole.
pub struct Flows<'r> {
    pub release: &'r Release,
    pub explored: &'r BTreeMap<ScopeIx, Explored>,
    pub addresses: &'r Addresses<'r>,
    pub scopes: BTreeMap<ScopeIx, Missing>,
    /// What is missing and what can have been written when a scope begins.
    begun: BTreeMap<ScopeIx, (Bits, Bits)>,
    /// All scopes, the outermost first.
    order: Vec<ScopeIx>,
    /// What writes each value.
    sites: Vec<Vec<Site>>,
    /// What conditions say of what is there.
    known: RefCell<HashMap<Condition, Bits>>,
}

/// A condition as it was written in a frame, and whether it holds.
type Condition = (FrameIx, Arc<str>, bool);

/// What writes a value.
#[derive(Clone, Copy, Debug)]
enum Site {
    Step(StepIx),
    Reaction(ScopeIx, usize),
}

/// Of each value what writes it.
fn sites(release: &Release, addresses: &Addresses<'_>) -> Vec<Vec<Site>> {
    let mut found: Vec<Vec<Site>> = vec![Vec::new(); addresses.len()];
    let mut note = |site: Site, write: &writes::Write| {
        addresses.may_be_set_by(write).numbers().for_each(|number| found[number].push(site));
    };
    for (ix, step) in (0..).map(StepIx).zip(&release.steps) {
        writes::of_step(release, step).iter().for_each(|write| note(Site::Step(ix), write));
        if let Kind::Wait(waits) = &step.kind {
            let received = waits.iter().filter_map(|wait| writes::of_wait(release, step, wait));
            received.for_each(|write| note(Site::Step(ix), &write));
        }
    }
    for (ix, scope) in (0..).map(ScopeIx).zip(&release.scopes) {
        for (number, handler) in scope.handlers.iter().enumerate() {
            let told = writes::of_handler(release, ix, handler);
            told.iter().for_each(|write| note(Site::Reaction(ix, number), write));
        }
    }
    found
}

impl<'r> Flows<'r> {
    /// Computes it; `explored` has the innermost scopes as well.
    pub fn new(
        release: &'r Release,
        explored: &'r BTreeMap<ScopeIx, Explored>,
        addresses: &'r Addresses<'r>,
    ) -> Flows<'r> {
        let (scopes, begun) = (BTreeMap::new(), BTreeMap::new());
        let mut order = vec![ScopeIx(0)];
        for at in 0.. {
            let Some(scope) = order.get(at) else { break };
            order.extend(inner(release, *scope));
        }
        let sites = sites(release, addresses);
        let mut flows =
            Flows { release, explored, addresses, scopes, begun, order, sites, known: RefCell::default() };
        for scope in flows.inside_out().collect::<Vec<_>>() {
            let missing = Walk::new(&flows, scope).walk();
            flows.scopes.insert(scope, missing);
        }
        flows.begun.insert(ScopeIx(0), (flows.all(), flows.none()));
        for scope in flows.order.clone() {
            for inner in inner(release, scope) {
                let begun = flows.begins(inner);
                flows.begun.extend(begun.map(|begun| (inner, begun)));
            }
        }
        flows
    }

    /// All scopes, the innermost first.
    pub fn inside_out(&self) -> impl Iterator<Item = ScopeIx> + '_ {
        self.order.iter().rev().copied()
    }

    /// Everything.
    pub fn all(&self) -> Bits {
        Bits::all(self.addresses.len())
    }

    /// Nothing.
    pub fn none(&self) -> Bits {
        Bits::none(self.addresses.len())
    }

    /// What is missing, and what can have been written, when an inner scope begins.
    fn begins(&self, scope: ScopeIx) -> Option<(Bits, Bits)> {
        let owner = self.release.scope(scope).owner?;
        let (missing, before) = (self.missing(Moment::Entered(owner))?, self.before(owner)?);
        let Shape::Each(each) = &self.release.scope(scope).shape else { return Some((missing, before)) };
        // A round begins without results of its own; its list is there.
        let own = self.addresses.within(each.frame);
        let list = self.wrote(self.release.step(owner));
        Some((missing.or(&own).without(&list), before.without(&own).or(&list)))
    }

    /// What may be missing at a moment; none if it never comes.
    pub fn missing(&self, at: Moment) -> Option<Bits> {
        let begun = |scope: ScopeIx| self.begun.get(&scope).map(|(missing, _)| missing);
        let entered = |ix: StepIx| {
            let scope = self.release.step(ix).scope;
            Some(begun(scope)?.and(self.scopes[&scope].entered.get(&ix)?))
        };
        match at {
            Moment::Entered(ix) => entered(ix),
            Moment::Way(ix, number) => {
                let Kind::Choose(ways) = &self.release.step(ix).kind else { return None };
                let before = ways.iter().take(number).filter_map(|way| way.when.as_ref());
                Some(before.fold(entered(ix)?, |missing, rule| missing.without(&self.there_if(rule, false))))
            }
            Moment::Active(scope) => begun(scope).cloned(),
            Moment::Woken(scope, number) => {
                Some(begun(scope)?.and(self.scopes[&scope].woken.get(number)?.as_ref()?))
            }
            Moment::Ended(scope) => Some(begun(scope)?.and(&self.scopes[&scope].ended)),
            Moment::CaseEnds => {
                let exits = self.scopes[&ScopeIx(0)].exits.values();
                Some(exits.fold(self.none(), |all, exit| all.or(exit)))
            }
        }
    }

    /// What can have been written when a step is entered; none if it never is.
    pub fn before(&self, ix: StepIx) -> Option<Bits> {
        let scope = self.release.step(ix).scope;
        let (_, before) = self.begun.get(&scope)?;
        Some(before.clone().or(self.scopes[&scope].before.get(&ix)?))
    }

    /// What can have been written at a moment.
    pub fn written(&self, at: Moment) -> Bits {
        let found = match at {
            Moment::Entered(ix) | Moment::Way(ix, _) => self.before(ix),
            Moment::Active(scope) | Moment::Woken(scope, _) | Moment::Ended(scope) => {
                let before = self.begun.get(&scope).map(|(_, before)| before.clone());
                before.map(|before| before.or(&self.scopes[&scope].written))
            }
            Moment::CaseEnds => Some(self.scopes[&ScopeIx(0)].written.clone()),
        };
        found.unwrap_or_else(|| self.none())
    }

    /// What a scope keeps missing.
    pub fn scope(&self, scope: ScopeIx) -> &Missing {
        &self.scopes[&scope]
    }

    /// What a step itself may write.
    pub fn may_write(&self, step: &Step) -> Bits {
        let writes = writes::of_step(self.release, step);
        writes.iter().fold(self.none(), |all, write| all.or(&self.addresses.may_be_set_by(write)))
    }

    /// What a step itself writes.
    pub fn wrote(&self, step: &Step) -> Bits {
        let writes = writes::of_step(self.release, step);
        writes.iter().fold(self.none(), |all, write| all.or(&self.addresses.set_by(write)))
    }

    /// What is there if a condition holds, or does not.
    pub fn there_if(&self, rule: &Expr, holds: bool) -> Bits {
        if !rule.compiled.variables().iter().any(|path| matches!(path.root(), "steps" | "result" | "file")) {
            return self.none();
        }
        let key = (rule.frame, rule.source.clone(), holds);
        if let Some(known) = self.known.borrow().get(&key) {
            return known.clone();
        }
        let mut there = self.none();
        let syntax = sandbox().read(&rule.source, false);
        for path in syntax.into_iter().flat_map(|syntax| syntax.there_if(holds)) {
            let names: Vec<&str> = path.split('.').collect();
            for seen in self.addresses.seen(rule.frame, &names, false) {
                if let [_] = &seen.at[..] {
                    self.addresses.numbers(&seen).for_each(|number| there.insert(number));
                }
            }
        }
        self.known.borrow_mut().insert(key, there.clone());
        there
    }

    /// The same of several.
    pub fn there_if_all<'e>(&self, rules: impl IntoIterator<Item = &'e Expr>, holds: bool) -> Bits {
        rules.into_iter().fold(self.none(), |there, rule| there.or(&self.there_if(rule, holds)))
    }

    /// What a way of a step leaves missing, of what was missing when the step was entered.
    pub fn along(&self, ix: StepIx, way: &Way) -> Bits {
        if way.by == By::Cancelled {
            return self.all();
        }
        let step = self.release.step(ix);
        let kept = self.all().without(&self.wrote(step));
        match (&step.kind, &way.by) {
            // Whatever it would have written.
            (_, By::Cancelled) => self.all(),
            (Kind::Scope(scope), by) => {
                let exit = match (by, &way.next) {
                    (By::Outcome(code), Next::Raises(_)) => Exit::Raised(code.clone()),
                    (By::Outcome(outcome), _) => Exit::Over(Some(outcome.clone())),
                    _ => Exit::Over(None),
                };
                let missing = &self.scopes[scope];
                match missing.exits.get(&exit) {
                    Some(exit) => kept.and(exit),
                    None if matches!(by, By::Outcome(name) if **name == *MAX_REACHED) => {
                        kept.and(&missing.ended)
                    }
                    // It never ends; that is told elsewhere.
                    None => self.none(),
                }
            }
            (Kind::Choose(ways), By::Way(number)) => {
                let before = ways.iter().take(number - 1).filter_map(|way| way.when.as_ref());
                let there = self.there_if_all(before, false);
                let own = ways.get(number - 1).and_then(|way| way.when.as_ref());
                kept.without(&there.or(&self.there_if_all(own, true)))
            }
            (Kind::Wait(waits), By::Outcome(name)) => {
                let wait = waits.iter().find(|wait| wait.name == *name);
                let wrote = wait.and_then(|wait| writes::of_wait(self.release, step, wait));
                let wrote = wrote.map_or_else(|| self.none(), |write| self.addresses.set_by(&write));
                let woken = wait.map_or_else(|| self.none(), |wait| self.implied(wait));
                kept.without(&wrote).without(&woken)
            }
            _ => kept,
        }
    }

    /// The values that are known to be there after each way of the choices of a scope, and what wrote them.
    pub fn known_after(&self, scope: ScopeIx, flow: &Flow) -> BTreeMap<(StepIx, usize), Vec<Written>> {
        let mut found = BTreeMap::new();
        for ix in flow.ways.keys() {
            let Kind::Choose(ways) = &self.release.step(*ix).kind else { continue };
            let mut before = self.none();
            for (number, way) in ways.iter().enumerate() {
                let known = before.clone().or(&self.there_if_all(&way.when, true));
                before.add(&self.there_if_all(&way.when, false));
                let written = self.writers(scope, &known);
                if !written.is_empty() {
                    found.insert((*ix, number), written);
                }
            }
        }
        found
    }

    /// The values that are known to be there because a handler was woken.
    pub fn known_of(&self, handler: &Handler) -> Bits {
        let there = self.there_if_all(&handler.when, true);
        match &handler.trigger {
            TriggerKind::Condition(rule) => there.or(&self.there_if(rule, true)),
            _ => there,
        }
    }

    /// What may have written each of these values, as a scope sees it.
    pub fn writers(&self, scope: ScopeIx, values: &Bits) -> Vec<Written> {
        let seen = |site: &Site| match site {
            Site::Step(ix) => self.writer(scope, *ix),
            Site::Reaction(of, number) if *of == scope => Writer::Reaction(*number),
            Site::Reaction(of, _) => match self.release.scope(*of).owner {
                Some(owner) => self.inside(scope, owner),
                None => Writer::Outside,
            },
        };
        values.numbers().map(|number| self.sites[number].iter().map(seen).collect()).collect()
    }

    /// A step that writes, as a scope sees it.
    pub fn writer(&self, scope: ScopeIx, ix: StepIx) -> Writer {
        let step = self.release.step(ix);
        // A scope writes when it begins.
        match step.scope == scope && !matches!(step.kind, Kind::Scope(_)) {
            true => Writer::Step(ix),
            false => self.inside(scope, ix),
        }
    }

    fn inside(&self, scope: ScopeIx, ix: StepIx) -> Writer {
        let owner = |ix: &StepIx| self.release.scope(self.release.step(*ix).scope).owner;
        let mut around = std::iter::successors(Some(ix), owner);
        around.find(|ix| self.release.step(*ix).scope == scope).map_or(Writer::Outside, Writer::Inside)
    }

    /// What is there because a trigger came.
    pub fn implied(&self, handler: &Handler) -> Bits {
        let there = self.there_if_all(&handler.when, true);
        let letter = match &handler.trigger {
            TriggerKind::Condition(rule) => return there.or(&self.there_if(rule, true)),
            TriggerKind::Dispatch(letter) => letter,
            TriggerKind::Deadline(deadline) => match &deadline.from {
                From::Notification(letter) => letter,
                From::Entry | From::Day(_) => return there,
            },
            _ => return there,
        };
        match self.release.find(letter) {
            Some(step) => there.or(&self.wrote(step)),
            None => there,
        }
    }
}
