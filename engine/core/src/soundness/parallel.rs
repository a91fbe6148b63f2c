//! Steps that can be active at the same time and write the same value, or of which one writes what the other one reads.
//!
//! Each step of a process writes under its own name, so two steps write the same only inside a block; a step that two
//! paths come to writes the same as itself. What a rule waits for (`condition`) is asked again and again, so it may read
//! what others write.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

use super::{
    Detail, Finding, Property, Verdict,
    presence::{Access, Guards, accesses},
    readable::Readable,
    scope::Explored,
    ways::{Next, Reaction, Way, stops},
};
use crate::{
    definition::{Handler, Join, Kind, Release, ScopeIx, Shape, StepIx, TriggerKind},
    words::Text,
};

/// So many pairs of paths that begin at once are looked at in one scope.
const MOST_PAIRS: usize = 2_000;

/// Values that are written at the same time as they are written or read elsewhere.
pub fn findings(
    release: &Release,
    explored: &BTreeMap<ScopeIx, Explored>,
    readable: &Readable<'_>,
) -> Vec<Finding> {
    let mut looker = Looker { release, explored, known: BTreeMap::new() };
    if !looker.anything_at_once() {
        return Vec::new();
    }
    let mut by_value: BTreeMap<_, (Vec<Access<'_>>, Vec<Access<'_>>)> = BTreeMap::new();
    let mut numbers: HashMap<_, usize> = HashMap::new();
    for access in accesses(release) {
        let next = numbers.len();
        let number = *numbers.entry(access.at.clone()).or_insert(next);
        let (writes, reads) = by_value.entry(number).or_default();
        if access.writes() { writes.push(access) } else { reads.push(access) }
    }
    let mut guards = Guards::new(release, readable);
    let mut told: BTreeSet<(StepIx, StepIx, bool)> = BTreeSet::new();
    let mut found = Vec::new();
    for (writes, reads) in by_value.values() {
        for (number, write) in writes.iter().enumerate() {
            for other in writes[number + 1..].iter().filter(|other| other.step != write.step) {
                if looker.together(write.step, other.step).is_some()
                    && told.insert((write.step, other.step, true))
                {
                    found.push(twice(release, write, other));
                }
            }
            for read in reads.iter().filter(|read| read.step != write.step) {
                if looker.just_written(read.step, writes) {
                    continue;
                }
                let together = match looker.together(write.step, read.step) {
                    Some(How::AsBranches) => true,
                    // Whoever reacts, or chooses, sees how things stand; a rule that asks provides for that. What must be
                    // there was written by then, and changes only if it is written again.
                    Some(How::Beside) => !read.is_guarded(&mut guards) && looker.comes_round(write.step),
                    None => false,
                };
                if together && told.insert((write.step, read.step, false)) {
                    found.push(read_and_written(release, write, read));
                }
            }
            // What a rule computes from what was there before, it adds in the same turn.
            if let Some(read) = reads.iter().find(|read| read.step != write.step)
                && stops(&release.step(write.step).kind)
                && looker.with_itself(write.step)
                && told.insert((write.step, write.step, true))
            {
                found.push(by_itself(release, write, read));
            }
        }
    }
    found
}

/// How two steps can be active at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    /// On paths that began together.
    AsBranches,
    /// One is a reaction, was chosen by a person, or is left over from a fork that has gone on.
    Beside,
}

struct Looker<'a> {
    release: &'a Release,
    explored: &'a BTreeMap<ScopeIx, Explored>,
    known: BTreeMap<ScopeIx, Vec<Beside>>,
}

/// Steps of a scope of which any one of the first can be active beside any one of the second.
struct Beside {
    one: Rc<BTreeSet<StepIx>>,
    other: Rc<BTreeSet<StepIx>>,
    how: How,
    /// Whether a step that is among both can be active twice.
    twice: bool,
}

impl Looker<'_> {
    /// A step and those around it, the outermost first.
    fn around(&self, ix: StepIx) -> Vec<StepIx> {
        let owner = |ix: &StepIx| self.release.scope(self.release.step(*ix).scope).owner;
        let mut found: Vec<StepIx> = std::iter::successors(Some(ix), owner).collect();
        found.reverse();
        found
    }

    /// Whether two steps can be active at the same time, and how.
    fn together(&mut self, one: StepIx, other: StepIx) -> Option<How> {
        let (one, other) = (self.around(one), self.around(other));
        let shared = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
        let (a, b) = (one.get(shared)?, other.get(shared)?);
        let scope = self.release.step(*a).scope;
        match &self.release.scope(scope).shape {
            Shape::Fork(_) => Some(How::AsBranches),
            Shape::AdHoc(group) => (!group.one_at_a_time).then_some(How::Beside),
            Shape::Path | Shape::Each(_) => {
                let both = |beside: &&Beside| {
                    (beside.one.contains(a) && beside.other.contains(b))
                        || (beside.one.contains(b) && beside.other.contains(a))
                };
                self.beside(scope).iter().find(both).map(|beside| beside.how)
            }
        }
    }

    /// Whether a step can be done again: a way leads back to it or to what is around it.
    fn comes_round(&mut self, step: StepIx) -> bool {
        let around = self.around(step);
        let leads_back = |ix: &StepIx| {
            let step = self.release.step(*ix);
            let Some(explored) = self.explored.get(&step.scope) else { return false };
            let next = |way: &Way| match &way.next {
                Next::Steps(steps) => steps.clone(),
                _ => Vec::new(),
            };
            let after = explored.flow.ways[ix].iter().flat_map(next);
            let back = after.into_iter().any(|to| reach(explored, to, &|_| false).contains(ix));
            let chosen = matches!(self.release.scope(step.scope).shape, Shape::AdHoc(_));
            let begun_by = |reaction: &Reaction| {
                matches!(&reaction.next, Some(Next::Steps(steps))
                    if steps.iter().any(|to| reach(explored, *to, &|_| false).contains(ix)))
            };
            back || chosen
                || self.release.scope(step.scope).repeat.is_some()
                || explored.flow.reactions.iter().any(begun_by)
        };
        around.iter().any(leads_back)
    }

    /// Whether a value is always written in the same turn in which a step reads it: nothing comes between.
    fn just_written(&self, step: StepIx, writes: &[Access<'_>]) -> bool {
        let Some(explored) = self.explored.get(&self.release.step(step).scope) else { return false };
        let flow = &explored.flow;
        let begins = |ix: &StepIx| {
            let begun = |reaction: &Reaction| matches!(&reaction.next, Some(Next::Steps(steps)) if steps.contains(ix));
            flow.starts.contains(ix) || flow.reactions.iter().any(begun)
        };
        let (mut seen, mut open) = (BTreeSet::from([step]), vec![step]);
        while let Some(ix) = open.pop() {
            if begins(&ix) {
                return false;
            }
            let leads = |way: &Way| matches!(&way.next, Next::Steps(steps) if steps.contains(&ix));
            for (from, _) in flow.ways.iter().filter(|(_, ways)| ways.iter().any(leads)) {
                if writes.iter().any(|write| write.step == *from) || !seen.insert(*from) {
                    continue;
                }
                let kind = &self.release.step(*from).kind;
                if stops(kind) || matches!(kind, Kind::Scope(_)) {
                    return false;
                }
                open.push(*from);
            }
        }
        true
    }

    /// Whether several steps can be active at once anywhere.
    fn anything_at_once(&self) -> bool {
        let scopes = self.release.scopes.iter();
        let shaped = |scope: &crate::definition::Scope| {
            matches!(scope.shape, Shape::Fork(_) | Shape::AdHoc(_))
                || scope.handlers.iter().any(|handler| !handler.interrupt)
        };
        let several = |way: &Way| matches!(&way.next, Next::Steps(steps) if steps.len() > 1);
        scopes.into_iter().any(shaped)
            || self.explored.values().flat_map(|of| of.flow.ways.values()).flatten().any(several)
    }

    /// Whether a step can be active twice at the same time, in the same rounds.
    fn with_itself(&mut self, step: StepIx) -> bool {
        let around = self.around(step);
        around.into_iter().any(|ix| {
            let scope = self.release.step(ix).scope;
            let beside = self.beside(scope);
            beside.iter().any(|beside| beside.twice && beside.one.contains(&ix) && beside.other.contains(&ix))
        })
    }

    fn beside(&mut self, scope: ScopeIx) -> &[Beside] {
        if !self.known.contains_key(&scope) {
            let found = self.find(scope);
            self.known.insert(scope, found);
        }
        &self.known[&scope]
    }

    fn find(&self, scope: ScopeIx) -> Vec<Beside> {
        let Some(explored) = self.explored.get(&scope) else { return Vec::new() };
        let flow = &explored.flow;
        let mut found = Vec::new();
        for (ix, ways) in flow.ways.iter().filter(|(ix, _)| explored.reached.contains_key(ix)) {
            for way in ways {
                if let Next::Steps(steps) = &way.next {
                    self.split(explored, steps, &mut found);
                }
                if self.goes_on_beside(*ix)
                    && let Next::Steps(steps) = &way.next
                {
                    let other = steps.iter().flat_map(|to| reach(explored, *to, &|_| false)).collect();
                    let (one, other) = (Rc::new(BTreeSet::from([*ix])), Rc::new(other));
                    found.push(Beside { one, other, how: How::Beside, twice: false });
                }
            }
        }
        let handlers = &self.release.scope(scope).handlers;
        let begun = |reaction: &Reaction| match &reaction.next {
            Some(Next::Steps(steps)) => steps.clone(),
            _ => Vec::new(),
        };
        for (number, (handler, reaction)) in handlers.iter().zip(&flow.reactions).enumerate() {
            if reaction.interrupts || begun(reaction).is_empty() {
                continue;
            }
            let all = |from: Vec<StepIx>| -> Rc<BTreeSet<StepIx>> {
                Rc::new(from.into_iter().flat_map(|to| reach(explored, to, &|_| false)).collect())
            };
            let others = flow.reactions.iter().enumerate().filter(|(at, _)| *at != number);
            let others = others.flat_map(|(_, other)| begun(other)).chain(flow.starts.iter().copied());
            let (one, other) = (all(begun(reaction)), all(others.collect()));
            if comes_again(handler) {
                // What is done without a stop is done before it can come again.
                let waits = |ix: &&StepIx| stops(&self.release.step(**ix).kind);
                let open = Rc::new(one.iter().filter(waits).copied().collect());
                found.push(Beside { one: open, other: one.clone(), how: How::Beside, twice: true });
            }
            found.push(Beside { one, other, how: How::Beside, twice: true });
        }
        found
    }

    /// Paths that begin at once.
    fn split(&self, explored: &Explored, steps: &[StepIx], found: &mut Vec<Beside>) {
        if steps.len() < 2 {
            return;
        }
        let joins = |ix: &StepIx| match self.release.step(*ix).kind {
            Kind::Join(Join::All | Join::Inclusive) => true,
            Kind::Join(Join::Count(count)) => count as usize >= steps.len(),
            _ => false,
        };
        let all: Vec<Rc<BTreeSet<StepIx>>> =
            steps.iter().map(|step| Rc::new(reach(explored, *step, &|_| false))).collect();
        for (number, one) in all.iter().enumerate() {
            for (other, beside) in all.iter().enumerate().skip(number + 1) {
                if found.len() >= MOST_PAIRS {
                    return;
                }
                // Where both meet, one path goes on.
                let meet: BTreeSet<StepIx> =
                    one.intersection(beside).copied().filter(|ix| joins(ix)).collect();
                let alone = |from: usize, all: &Rc<BTreeSet<StepIx>>| match meet.is_empty() {
                    true => all.clone(),
                    false => Rc::new(reach(explored, steps[from], &|ix| meet.contains(&ix))),
                };
                let (one, other) = (alone(number, one), alone(other, beside));
                found.push(Beside { one, other, how: How::AsBranches, twice: true });
            }
        }
    }

    /// Whether branches or rounds of a step may go on beside what follows.
    fn goes_on_beside(&self, ix: StepIx) -> bool {
        let Kind::Scope(scope) = &self.release.step(ix).kind else { return false };
        match &self.release.scope(*scope).shape {
            Shape::Fork(quorum) => quorum.rest_goes_on,
            Shape::Each(each) => each.quorum.rest_goes_on,
            Shape::Path | Shape::AdHoc(_) => false,
        }
    }
}

/// Whether a reaction can come again while what it began is still active; one with a rule may have ruled that out.
fn comes_again(handler: &Handler) -> bool {
    if handler.when.is_some() {
        return false;
    }
    match &handler.trigger {
        TriggerKind::Timer(timer) => {
            matches!(timer.at, crate::definition::TimerAt::Every(_)) && timer.times != Some(1)
        }
        TriggerKind::Message(..)
        | TriggerKind::Signal(_)
        | TriggerKind::Escalation(_)
        | TriggerKind::Condition(_)
        | TriggerKind::ByHand(_) => true,
        TriggerKind::Deadline(_) | TriggerKind::Dispatch(_) | TriggerKind::Error(_) => false,
    }
}

/// The steps that can be reached from one, itself included; not beyond those where it stops, nor these.
fn reach(explored: &Explored, from: StepIx, stops: &dyn Fn(StepIx) -> bool) -> BTreeSet<StepIx> {
    let mut found = BTreeSet::new();
    let mut open = vec![from];
    while let Some(ix) = open.pop() {
        if stops(ix) || !found.insert(ix) {
            continue;
        }
        let next = |way: &Way| match &way.next {
            Next::Steps(steps) => steps.clone(),
            _ => Vec::new(),
        };
        open.extend(explored.flow.ways[&ix].iter().flat_map(next));
    }
    found
}

fn finding(property: Property, access: &Access<'_>, message: Text, help: Text) -> Finding {
    let detail = Some(Detail { span: access.span.clone(), message, help, path: None });
    Finding { detail, ..Finding::of(property, access.step, Verdict::PossiblyUnsound) }
}

fn twice(release: &Release, write: &Access<'_>, other: &Access<'_>) -> Finding {
    let (one, two) = (&release.step(write.step).title, &release.step(other.step).title);
    let message = Text::new(
        format!(
            "„{}“ und „{}“ können gleichzeitig laufen und setzen beide „{}“; was zuletzt kommt, gilt.",
            one.de, two.de, write.path
        ),
        format!(
            "“{}” and “{}” can be active at the same time and both write `{}`; what comes last counts.",
            one.en, two.en, write.path
        ),
    );
    let help = Text::new(
        "Den Angaben verschiedene Namen geben, oder die Schritte nacheinander ausführen.",
        "Give the values different names, or do the steps one after the other.",
    );
    finding(Property::WrittenTwice, write, message, help)
}

fn by_itself(release: &Release, write: &Access<'_>, read: &Access<'_>) -> Finding {
    let (one, two) = (&release.step(write.step).title, &release.step(read.step).title);
    let message = Text::new(
        format!(
            "„{}“ kann mehrfach gleichzeitig laufen; von „{}“, das „{}“ liest, bleibt nur, was zuletzt kam.",
            one.de, read.path, two.de
        ),
        format!(
            "“{}” can be active several times at once; of `{}`, which “{}” reads, only what came last remains.",
            one.en, read.path, two.en
        ),
    );
    let help = Text::new(
        "Die Wege vorher zusammenführen („join“), oder mehrfache Arbeit mit „each“ beschreiben: dort hat jeder Durchgang seine Angaben.",
        "Join the paths before, or say repeated work with `each`: there every round has values of its own.",
    );
    finding(Property::WrittenTwice, write, message, help)
}

fn read_and_written(release: &Release, write: &Access<'_>, read: &Access<'_>) -> Finding {
    let (one, two) = (&release.step(write.step).title, &release.step(read.step).title);
    let message = Text::new(
        format!(
            "„{}“ liest „{}“, während „{}“ es gleichzeitig setzen kann; was gilt, hängt davon ab, wer zuerst fertig ist.",
            two.de, read.path, one.de
        ),
        format!(
            "“{}” reads `{}` while “{}” may write it at the same time; what counts depends on which is done first.",
            two.en, read.path, one.en
        ),
    );
    let help = Text::new(
        "Erst lesen, wenn beide Wege zusammengeführt sind, oder mit „condition“ darauf warten.",
        "Read it after both paths have joined, or wait for it with a `condition`.",
    );
    finding(Property::ReadWhileWritten, read, message, help)
}
