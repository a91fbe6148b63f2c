//! Where a case may go back to: never around a signature, and never into the middle of parallel work.

use std::collections::BTreeSet;

use super::correct::guards;
use crate::{
    case::Case,
    definition::{Kind, Release, Scope, Shape, Step, StepIx, Target},
    words::InstanceId,
};

/// Why a case cannot go back to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoWayBack {
    /// The step does not lie in the same part of the process.
    NotBeside,
    /// Branches of a fork and steps of an ad-hoc group stand side by side; none is before another.
    SideBySide,
    /// The case has never been there.
    NeverThere,
    /// No flow leads from there to where the case is, so it would be a leap forward.
    Forward,
    /// Between there and here somebody else must sign, and has not.
    AroundSignature,
}

/// The steps that an active one may go back to.
pub fn steps_back<'a>(release: &'a Release, case: &'a Case, instance: InstanceId) -> Vec<&'a Step> {
    let Some(step) = active(release, case, instance) else { return Vec::new() };
    let beside = release.scope(step.scope).steps.iter().copied();
    beside.filter(|ix| may_go_back(release, case, instance, *ix).is_ok()).map(|ix| release.step(ix)).collect()
}

/// Whether an active step may go back to another one.
pub fn may_go_back(
    release: &Release,
    case: &Case,
    instance: InstanceId,
    target: StepIx,
) -> Result<(), NoWayBack> {
    let Some(step) = active(release, case, instance) else { return Err(NoWayBack::NotBeside) };
    let scope = release.scope(step.scope);
    let from = release.index_of(&step.path).filter(|_| scope.steps.contains(&target));
    let (Some(from), false) = (from, release.step(target).only_undoes) else {
        return Err(NoWayBack::NotBeside);
    };
    if !case.visits.contains_key(&release.step(target).path) {
        return Err(NoWayBack::NeverThere);
    }
    if !matches!(scope.shape, Shape::Path | Shape::Each(_)) {
        return Err(NoWayBack::SideBySide);
    }
    if !reached(release, &BTreeSet::from([target]), None).contains(&from) {
        return Err(NoWayBack::Forward);
    }
    // A signature stands before the target when no way leads there without it. It was given for what the case was when
    // it was passed; if the case does not stand behind it now, going there would do without it.
    let begin = begin(release, scope);
    let around = scope.steps.iter().copied().filter(|guard| *guard != target).any(|guard| {
        guards(release, release.step(guard)) && {
            let reached = reached(release, &begin, Some(guard));
            !reached.contains(&target) && (guard == from || reached.contains(&from))
        }
    });
    if around { Err(NoWayBack::AroundSignature) } else { Ok(()) }
}

/// The steps that are undone when a case goes back: those on the ways from there to where it is, both ends among them.
pub fn undone(release: &Release, from: StepIx, target: StepIx) -> BTreeSet<StepIx> {
    let leads_here =
        |ix: &StepIx| *ix == target || reached(release, &BTreeSet::from([*ix]), Some(target)).contains(&from);
    let behind = reached(release, &BTreeSet::from([target]), Some(from));
    behind.into_iter().filter(leads_here).chain([from]).collect()
}

fn active<'a>(release: &'a Release, case: &Case, instance: InstanceId) -> Option<&'a Step> {
    release.find(case.instance(instance)?.step.as_ref()?)
}

/// Where paths of a scope begin: its first step, and whatever its handlers lead to.
fn begin(release: &Release, scope: &Scope) -> BTreeSet<StepIx> {
    let handled = scope.handlers.iter().filter_map(|handler| handler.then.as_ref());
    let mut begin: BTreeSet<StepIx> = handled.flat_map(steps_of).collect();
    begin.extend(scope.steps.iter().find(|ix| !release.step(**ix).only_undoes));
    begin
}

/// The steps that flows lead to, those where they begin included; none of them goes through the one left out.
fn reached(release: &Release, begin: &BTreeSet<StepIx>, without: Option<StepIx>) -> BTreeSet<StepIx> {
    let mut found = BTreeSet::new();
    let mut open: Vec<StepIx> = begin.iter().copied().collect();
    while let Some(ix) = open.pop() {
        if Some(ix) != without && found.insert(ix) {
            let step = release.step(ix);
            open.extend(step.then.targets().flat_map(|(_, target)| steps_of(target)));
            if let Kind::Choose(ways) = &step.kind {
                open.extend(ways.iter().filter_map(|way| way.then.as_ref()).flat_map(steps_of));
            }
        }
    }
    found
}

pub(super) fn steps_of(target: &Target) -> Vec<StepIx> {
    match target {
        Target::Step(ix) => vec![*ix],
        Target::Steps(steps) => steps.clone(),
        Target::Leave(_) => Vec::new(),
    }
}
