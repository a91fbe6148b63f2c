//! Whether what silence grants is law at the authority that shall use it, and whether nothing is decided about it afterwards.

use super::{
    Finding, Led,
    law::{Against, steps},
    past::Map,
    said::codes,
    ways::{Avoided, By},
};
use crate::{
    authority::Authority,
    definition::{Handler, Kind, Release, Shape, StepIx, TriggerKind},
    diagnostic::{Diagnostic, Severity},
    law::FictionLack,
    words::{Date, Text},
};

/// What is wrong with what silence grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silent {
    /// It is no law there, or not on that day.
    NotHere,
}

codes! {
    Silent {
        Silent::NotHere => "fiction_not_here",
    }
}

/// The handlers of a step: of a wait step, or of the scope that it is.
fn handlers(release: &Release, ix: StepIx) -> &[Handler] {
    match &release.step(ix).kind {
        Kind::Wait(waits) => waits,
        Kind::Scope(scope) => &release.scope(*scope).handlers,
        _ => &[],
    }
}

/// Acts that are issued after silence has decided: on a way that begins with the end of that deadline.
pub fn after_silence(release: &Release) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut map = None;
    for ix in steps(release, |kind| matches!(kind, Kind::Wait(_) | Kind::Scope(_))) {
        for handler in handlers(release, ix) {
            let TriggerKind::Deadline(deadline) = &handler.trigger else { continue };
            let Some(fiction) = &deadline.fiction else { continue };
            let map = map.get_or_insert_with(|| Map::past(release, &Avoided::default()));
            let by = match release.step(ix).kind {
                Kind::Wait(_) => By::Outcome(handler.name.clone()),
                _ => By::Handler(handler.name.clone()),
            };
            for act in steps(release, |kind| decides(release, kind, &fiction.act)) {
                let (Some(to_it), Some(after)) = (map.run(ix), map.after(ix, &by, act)) else { continue };
                let moves = [to_it.moves.as_slice(), &after.moves].concat();
                let led = Led { moves, ruled: to_it.ruled || after.ruled };
                let through = vec![ix];
                let past = Avoided::default();
                found.push(Finding { through, ..led.past(Against::AfterSilence, act, &past) });
            }
        }
    }
    found
}

/// Acts after which the work can end before it is known that they decided in time: that ends the period beside it, the letter may
/// still lie in the house, and nobody notices when the permit counts as granted.
pub fn not_awaited(release: &Release) -> Vec<Finding> {
    let mut found = Vec::new();
    let awaits = |kind: &Kind| matches!(kind, Kind::Wait(waits) if waits.iter().any(is_for_in_time));
    let mut maps = None;
    for ix in steps(release, |kind| matches!(kind, Kind::Wait(_) | Kind::Scope(_))) {
        for handler in handlers(release, ix) {
            let TriggerKind::Deadline(deadline) = &handler.trigger else { continue };
            let Some(fiction) = &deadline.fiction else { continue };
            let (past, all) = maps.get_or_insert_with(|| {
                let waits = Avoided { steps: steps(release, awaits).collect(), ..Avoided::default() };
                (Map::past(release, &waits), Map::past(release, &Avoided::default()))
            });
            for act in steps(release, |kind| decides(release, kind, &fiction.act)) {
                let Some(around) = ended_with(release, ix, act) else { continue };
                let (Some(ruled), Some(run)) = (past.ends(act, around), all.run(act)) else { continue };
                let finding = run.past(Against::NotAwaited, act, &Avoided::default());
                found.push(Finding { beside: ruled, ..finding });
            }
        }
    }
    found
}

fn is_for_in_time(handler: &Handler) -> bool {
    matches!(&handler.trigger, TriggerKind::Condition(rule) if rule.source.contains("in_time"))
}

/// What around an act ends the period with it: the branch beside it that ends the fork, or the scope that waits for its end.
fn ended_with(release: &Release, clock: StepIx, act: StepIx) -> Option<StepIx> {
    let owner = |ix: &StepIx| release.scope(release.step(*ix).scope).owner;
    let around_act: Vec<StepIx> = std::iter::successors(Some(act), owner).collect();
    if around_act.contains(&clock) {
        return Some(clock);
    }
    std::iter::successors(Some(clock), owner).find_map(|beside| {
        let scope = release.step(beside).scope;
        let ends =
            matches!(&release.scope(scope).shape, Shape::Fork(quorum) if quorum.is_left_by_the_first());
        let branch = around_act.iter().copied().find(|ix| release.step(*ix).scope == scope);
        branch.filter(|branch| ends && *branch != beside)
    })
}

/// Whether a step decides about what silence grants.
fn decides(release: &Release, kind: &Kind, granted: &std::sync::Arc<str>) -> bool {
    let Kind::Issue(issue) = kind else { return false };
    issue.each().filter(|issue| !issue.certifies).any(|issue| {
        let kind = release.acts.get(&issue.act);
        kind.and_then(|kind| kind.decides(&issue.act)).as_ref() == Some(granted)
    })
}

/// Acts of a process that silence cannot grant at an authority.
pub fn not_granted(release: &Release, authority: &Authority, on: Date) -> Vec<Diagnostic> {
    let land = authority.profile.place.as_ref().map(|place| place.land);
    let mut found: Vec<Diagnostic> = Vec::new();
    for ix in steps(release, |kind| matches!(kind, Kind::Wait(_) | Kind::Scope(_))) {
        for handler in handlers(release, ix) {
            let TriggerKind::Deadline(deadline) = &handler.trigger else { continue };
            let Some(fiction) = &deadline.fiction else { continue };
            if let Err(lack) = authority.law.data.fictions.of(&fiction.row, on, land) {
                found.push(not_here(release, ix, &lack));
            }
        }
    }
    // What several steps wait for is told once.
    found.dedup_by(|later, first| later.message == first.message);
    found
}

fn not_here(release: &Release, ix: StepIx, lack: &FictionLack) -> Diagnostic {
    let (why, step) = (lack.text(), release.step(ix));
    Diagnostic {
        help: Some(lack.help()),
        ..Diagnostic::new(
            Severity::Error,
            step.span.clone(),
            Silent::NotHere.code(),
            Text::new(
                format!(
                    "Bei dieser Behörde wüsste „{}“ nicht, wann etwas als erteilt gilt. {}.",
                    step.title.de, why.de
                ),
                format!(
                    "At this authority “{}” would not know when something counts as granted. {}.",
                    step.title.en, why.en
                ),
            ),
        )
    }
}
