//! What stands against the law, on any path: acts that no person decides, nobody heard, deadlines that run too early.
//!
//! What a law asks for is data ([`crate::procedure`]). Whether a path exists is decided as for soundness: on the control
//! flow, certain when the engine has played it.

use std::collections::BTreeSet;

use super::{
    Finding, Led, Move, Property, Verdict, law_said,
    past::Map,
    play_all,
    ways::{Avoided, By, Next, stops},
};
use crate::{
    definition::{
        ActKind, DeadlineKind, Dynamic, EffectKind, From, Handler, Hearing, Kind, Release, ScopeIx, Shape,
        StepIx, Target, TriggerKind,
    },
    procedure::{Automation, procedure},
    words::StepPath,
};

/// What can stand against the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Against {
    /// The act is issued although no person has decided anything.
    Automatic(Automatic),
    /// The act may be issued without a person only where there is a way to an official, and there is none.
    NoWayToOfficial,
    /// The act burdens somebody who has not been heard.
    NotHeard,
    /// It is not said whether the act burdens anybody.
    EffectUnsaid,
    /// A deadline runs from a letter that has not been made.
    WithoutLetter,
    /// A deadline runs although the letter before it has not left.
    BeforeDispatch,
    /// Something is decided about what silence has granted.
    AfterSilence,
    /// The period that a decision must keep ends with the work, before that is known to be notified.
    NotAwaited,
}

/// Why an act may not be issued without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Automatic {
    /// There is discretion.
    Discretion,
    /// No provision permits it.
    NoProvision,
}

/// What stands against the law, in the order of the steps.
pub fn lawful(release: &Release) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !release.acts.is_empty() {
        Acts { release, findings: &mut findings }.all();
    }
    findings.extend(without_letter(release));
    findings.extend(before_dispatch(release));
    findings.extend(super::fiction::after_silence(release));
    findings.extend(super::fiction::not_awaited(release));
    play_all(release, &mut findings);
    findings.sort_by_key(|finding| (finding.step, finding.property));
    findings.dedup_by_key(|finding| (finding.step, finding.property));
    findings
}

pub(super) fn steps<'r>(
    release: &'r Release,
    of: impl Fn(&'r Kind) -> bool + 'r,
) -> impl Iterator<Item = StepIx> + 'r {
    let all = release.steps.iter().zip(0..);
    all.filter(move |(step, _)| of(&step.kind)).map(|(_, ix)| StepIx(ix))
}

impl Led {
    pub(super) fn past(self, against: Against, step: StepIx, past: &Avoided) -> Finding {
        Finding { past: past.clone(), ..self.finding(Property::Law(against), step) }
    }
}

struct Acts<'a> {
    release: &'a Release,
    findings: &'a mut Vec<Finding>,
}

impl Acts<'_> {
    fn all(&mut self) {
        let release = self.release;
        let persons: BTreeSet<StepIx> = steps(release, |kind| self.is_person(kind)).collect();
        let calls = steps(release, |kind| matches!(kind, Kind::Call(_)));
        let alone = Avoided {
            steps: calls.chain(persons.iter().copied()).collect(),
            by_hand: true,
            ..Avoided::default()
        };
        let by_itself = Map::past(release, &alone);
        let by_others = Map::past(release, &Avoided { steps: persons, by_hand: true, ..Avoided::default() });
        let mut unsaid: BTreeSet<&str> = BTreeSet::new();
        for ix in steps(release, |kind| matches!(kind, Kind::Issue(_))) {
            let Kind::Issue(issue) = &release.step(ix).kind else { continue };
            for issue in issue.each().filter(|issue| !issue.certifies) {
                let Some(act) = release.acts.get(&issue.act) else { continue };
                if act.adverse.is_none() && unsaid.insert(&issue.act) {
                    self.certain(Against::EffectUnsaid, ix);
                }
                if act.adverse == Some(true) {
                    self.hearing(ix, act);
                }
            }
            let decided = issue.each().filter(|issue| !issue.certifies);
            let acts = decided.filter_map(|issue| release.acts.get(&issue.act));
            // By itself it is issued as the strictest of them is.
            let Some(act) = acts.min_by_key(|act| (!act.discretion, act.automated.is_some())) else {
                continue;
            };
            let Some(law) = procedure(act.notification) else { continue };
            if let Some(run) = by_itself.run(ix) {
                self.automatic(ix, act, &law.automation, |against| run.past(against, ix, &alone));
            } else if let Some(run) = by_others.run(ix) {
                // Whether a person decides in a case that is called, its process knows.
                let why = Some(law_said::decided_elsewhere(release, ix));
                let found =
                    |against| Finding { verdict: Verdict::NotDecided, why, ..run.past(against, ix, &alone) };
                self.automatic(ix, act, &law.automation, found);
            }
        }
    }

    fn certain(&mut self, against: Against, ix: StepIx) {
        self.findings.push(Finding::of(Property::Law(against), ix, Verdict::Unsound));
    }

    fn is_person(&self, kind: &Kind) -> bool {
        match kind {
            Kind::Task(_) => true,
            Kind::Scope(scope) => matches!(self.release.scope(*scope).shape, Shape::AdHoc(_)),
            _ => false,
        }
    }

    /// An act that is issued without a person: by what the law asks for.
    fn automatic(
        &mut self,
        ix: StepIx,
        act: &ActKind,
        law: &Automation,
        found: impl FnOnce(Against) -> Finding,
    ) {
        if act.discretion && !law.discretion {
            self.findings.push(found(Against::Automatic(Automatic::Discretion)));
        } else if law.provision && act.automated.is_none() {
            self.findings.push(found(Against::Automatic(Automatic::NoProvision)));
        } else if law.occasion && !self.has_way_to_official(ix) {
            self.certain(Against::NoWayToOfficial, ix);
        }
    }

    /// Whether somebody can take the case up before the act is issued: in a step, or by a reaction while the case waits.
    fn has_way_to_official(&self, issue: StepIx) -> bool {
        let release = self.release;
        let map = Map::past(release, &Avoided { steps: [issue].into(), by_hand: true, ..Avoided::default() });
        let by_hand = |handlers: &[Handler]| {
            handlers.iter().any(|handler| matches!(handler.trigger, TriggerKind::ByHand(_)))
        };
        let reacting: Vec<&StepPath> = steps(release, |kind| match kind {
            Kind::Scope(scope) => by_hand(&release.scope(*scope).handlers),
            _ => false,
        })
        .map(|ix| &release.step(ix).path)
        .collect();
        let all = by_hand(&release.root().handlers);
        let taken_up = |ix: &StepIx| {
            let step = release.step(*ix);
            let reacts = || all || reacting.iter().any(|scope| release.lies_in(&step.path, scope));
            let official = match &step.kind {
                Kind::Call(_) => true,
                Kind::Wait(waits) => by_hand(waits) || reacts(),
                kind => self.is_person(kind) || (stops(kind) && reacts()),
            };
            *ix != issue && official && map.leads_to(*ix)
        };
        steps(release, |_| true).any(|ix| taken_up(&ix))
    }

    /// Somebody whom an act burdens is heard before, on each path.
    fn hearing(&mut self, ix: StepIx, act: &ActKind) {
        let release = self.release;
        let named: BTreeSet<StepIx> = match &act.hearing {
            Some(Hearing::NotNeeded(_)) => return,
            Some(Hearing::Steps(steps)) => steps.iter().filter_map(|path| release.index_of(path)).collect(),
            None => BTreeSet::new(),
        };
        let avoided = Avoided { steps: named, ..Avoided::default() };
        if let Some(run) = Map::past(release, &avoided).run(ix) {
            self.findings.push(run.past(Against::NotHeard, ix, &avoided));
        }
    }
}

/// The deadlines of a step: of a wait step, or of the scope that it is.
fn deadlines(release: &Release, ix: StepIx) -> impl Iterator<Item = &DeadlineKind> {
    let handlers: &[Handler] = match &release.step(ix).kind {
        Kind::Wait(waits) => waits,
        Kind::Scope(scope) => &release.scope(*scope).handlers,
        _ => &[],
    };
    handlers.iter().filter_map(|handler| match &handler.trigger {
        TriggerKind::Deadline(kind) => Some(&**kind),
        _ => None,
    })
}

/// The steps whose letters a wait step waits for to leave the house.
fn dispatches(release: &Release, ix: StepIx) -> impl Iterator<Item = &StepPath> {
    let waits: &[Handler] = match &release.step(ix).kind {
        Kind::Wait(waits) => waits,
        _ => &[],
    };
    waits.iter().filter_map(|wait| match &wait.trigger {
        TriggerKind::Dispatch(step) => Some(step),
        _ => None,
    })
}

/// Deadlines that run from a letter which on some way is not made: they never run there; nor does such a letter leave.
fn without_letter(release: &Release) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut map = None;
    for ix in steps(release, |kind| matches!(kind, Kind::Wait(_) | Kind::Scope(_))) {
        let here = &release.step(ix).path;
        let notified = deadlines(release, ix).filter_map(|kind| match &kind.from {
            From::Notification(letter) => Some((letter, None)),
            _ => None,
        });
        let dispatched = dispatches(release, ix).map(|letter| (letter, Some(law_said::never_dispatched())));
        for (letter, why) in notified.chain(dispatched) {
            let Some(made) = release.index_of(letter) else { continue };
            // What is made inside of what waits comes later.
            if release.lies_in(letter, here) || !comes_before(release, made, ix) {
                continue;
            }
            // Mostly no way leads past it, and that is seen at once.
            let map = map.get_or_insert_with(|| Map::past(release, &Avoided::default()));
            if !leads_around(release, map, made, ix) {
                continue;
            }
            let avoided = Avoided { steps: [made].into(), ..Avoided::default() };
            if let Some(run) = Map::past(release, &avoided).run(ix) {
                found.push(Finding { why, ..run.past(Against::WithoutLetter, ix, &avoided) });
            }
        }
    }
    found
}

/// Whether a way of the scope of a step leads past it to where another one lies, whatever can be done on it.
fn leads_around(release: &Release, map: &Map<'_>, past: StepIx, to: StepIx) -> bool {
    let of = release.step(past).scope;
    let owner = |ix: &StepIx| release.scope(release.step(*ix).scope).owner;
    let to = std::iter::successors(Some(to), owner).find(|ix| release.step(*ix).scope == of);
    let (Some(to), Some(scope)) = (to, map.scope(of)) else { return true };
    let begun = scope.flow.reactions.iter().filter_map(|reaction| match &reaction.next {
        Some(Next::Steps(steps)) => Some(steps),
        _ => None,
    });
    let begun: Vec<StepIx> =
        begun.flatten().chain(&scope.flow.starts).copied().filter(|ix| *ix != past).collect();
    begun.contains(&to) || scope.path(&begun, to, |ix| ix != past).is_some()
}

/// Whether two steps cannot be under way at once, so that one that was not done before is not done meanwhile either: the
/// innermost scope around both has one path, and they lie in different steps of it.
fn comes_before(release: &Release, one: StepIx, other: StepIx) -> bool {
    let around = |ix: StepIx| {
        let owner = move |ix: &StepIx| release.scope(release.step(*ix).scope).owner;
        std::iter::successors(Some(ix), owner).map(|ix| (release.step(ix).scope, ix)).collect::<Vec<_>>()
    };
    let others = around(other);
    let shared = around(one).into_iter().find_map(|(scope, one)| {
        let other = others.iter().find(|(of, _)| *of == scope)?;
        Some((scope, one != other.1))
    });
    shared.is_some_and(|(scope, differ)| differ && has_one_path(release, scope))
}

fn has_one_path(release: &Release, scope: ScopeIx) -> bool {
    let of_scope = release.scope(scope);
    let several = |target: &Target| matches!(target, Target::Steps(all) if all.len() > 1);
    let splits = |ix: &StepIx| {
        let step = release.step(*ix);
        let chosen = match &step.kind {
            Kind::Choose(ways) => &ways[..],
            _ => &[],
        };
        step.then.targets().any(|(_, target)| several(target))
            || chosen.iter().filter_map(|way| way.then.as_ref()).any(several)
    };
    let beside = |handler: &Handler| !handler.interrupt || handler.then.as_ref().is_some_and(several);
    matches!(of_scope.shape, Shape::Path | Shape::Each(_))
        && !of_scope.steps.iter().any(splits)
        && !of_scope.handlers.iter().any(beside)
}

/// Wait steps directly behind a letter whose deadline begins at once, although nobody has noted that the letter left.
fn before_dispatch(release: &Release) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut map = None;
    for letter in steps(release, leaves_the_house) {
        let map = map.get_or_insert_with(|| Map::past(release, &Avoided::default()));
        let Some(run) = map.run(letter) else { continue };
        for (wait, moves) in stops_behind(release, map, letter) {
            if begins_at_once(release, wait, letter) {
                let moves = [run.moves.as_slice(), &moves].concat();
                let led = Led { moves, ruled: run.ruled };
                found.push(led.finding(Property::Law(Against::BeforeDispatch), wait));
            }
        }
    }
    found
}

fn leaves_the_house(kind: &Kind) -> bool {
    let is_kept = |EffectKind { request, .. }: &EffectKind| match request {
        Dynamic::Map(fields) => fields.iter().any(|(name, value)| {
            &**name == "direction" && !matches!(value, Dynamic::Constant(said) if said == "outgoing")
        }),
        _ => false,
    };
    match kind {
        Kind::Issue(_) => true,
        Kind::Effect(effect) => &*effect.connector == "letter" && !is_kept(effect),
        _ => false,
    }
}

/// Whether a wait step has a deadline that begins when it is entered, and does not wait for the letter to leave.
fn begins_at_once(release: &Release, wait: StepIx, letter: StepIx) -> bool {
    let Kind::Wait(waits) = &release.step(wait).kind else { return false };
    let of_letter = |step: &StepPath| release.index_of(step) == Some(letter);
    let knows = waits.iter().any(|wait| match &wait.trigger {
        TriggerKind::Dispatch(step) => of_letter(step),
        TriggerKind::Deadline(kind) => matches!(&kind.from, From::Notification(step) if of_letter(step)),
        _ => false,
    });
    !knows && deadlines(release, wait).any(|kind| matches!(kind.from, From::Entry))
}

/// The steps behind a letter at which a case first stops, each with the moves to it.
fn stops_behind(release: &Release, map: &Map<'_>, letter: StepIx) -> Vec<(StepIx, Vec<Move>)> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    let mut open: Vec<(StepIx, Vec<Move>)> = Vec::new();
    let mut left = vec![(letter, By::Itself, Vec::new(), true)];
    loop {
        // What a step leads to when it is left in this way.
        while let Some((ix, by, moves, first)) = left.pop() {
            let step = release.step(ix);
            let Some(scope) = map.scope(step.scope) else { continue };
            // A letter that is ended from elsewhere has not been made.
            let ways = scope.flow.ways[&ix].iter().filter(|way| way.by != By::Cancelled);
            for way in ways.filter(|way| first || way.by == by) {
                let moves = [moves.as_slice(), &[Move { step: Some(ix), by: way.by.clone() }]].concat();
                let owner = release.scope(step.scope).owner;
                let alone = matches!(release.scope(step.scope).shape, Shape::Path);
                match (&way.next, owner) {
                    (Next::Steps(steps), _) => open.extend(steps.iter().map(|ix| (*ix, moves.clone()))),
                    (Next::Leaves(outcome), Some(owner)) => {
                        left.push((owner, By::Outcome(outcome.clone()), moves, false));
                    }
                    (Next::Ends(outcome), Some(owner)) if alone => {
                        let by = outcome.clone().map_or(By::Itself, By::Outcome);
                        left.push((owner, by, moves, false));
                    }
                    _ => {}
                }
            }
        }
        let Some((ix, moves)) = open.pop() else { return found };
        if !seen.insert(ix) {
            continue;
        }
        match &release.step(ix).kind {
            Kind::Wait(_) => found.push((ix, moves)),
            Kind::Task(_) | Kind::Effect(_) | Kind::Issue(_) | Kind::Call(_) | Kind::Join(_) => {}
            Kind::Scope(inner) => {
                let starts = map.scope(*inner).map(|inner| inner.flow.starts.clone());
                let alone = matches!(release.scope(*inner).shape, Shape::Path);
                let starts = starts.into_iter().flatten().filter(|_| alone);
                open.extend(starts.map(|ix| (ix, moves.clone())));
            }
            _ => left.push((ix, By::Itself, moves, true)),
        }
    }
}
