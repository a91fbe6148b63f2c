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
    definition::{Handler, Kind, Release, StepIx, TriggerKind},
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
