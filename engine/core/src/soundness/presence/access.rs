//! Which values steps write and rules read: for what happens at the same time.

use std::collections::BTreeMap;

use super::{
    addresses::Addresses,
    guards::Guards,
    read_by,
    reads::{self, Asked, Moment},
    writes::{self, Address, Write},
};
use crate::{
    definition::{Kind, Part, Release, StepIx},
    diagnostic::Span,
};

/// A value of a case that a step writes, or a rule reads.
pub struct Access<'r> {
    /// Where it lies.
    pub at: Address,
    /// By which step.
    pub step: StepIx,
    /// As rules name it.
    pub path: String,
    /// Where it is written or read.
    pub span: Span,
    /// The rule; none when it is written.
    read: Option<(Asked<'r>, Vec<&'r str>)>,
}

impl Access<'_> {
    /// Whether it is written.
    pub fn writes(&self) -> bool {
        self.read.is_none()
    }

    /// Whether the rule says what holds if the value is not there yet.
    pub fn is_guarded(&self, guards: &mut Guards<'_>) -> bool {
        self.read.as_ref().is_some_and(|(asked, names)| guards.needs(asked, names).is_none())
    }
}

/// What steps write, and what rules read once; what is asked again and again follows what is written.
pub fn accesses(release: &Release) -> Vec<Access<'_>> {
    let mut addresses = Addresses::new(release);
    let mut found = Vec::new();
    let mut names: BTreeMap<usize, (Address, String)> = BTreeMap::new();
    for asked in reads::all(release) {
        for read in read_by(release, &asked, &addresses) {
            let Some(seen) = read.seen.last() else { continue };
            addresses.note(seen);
            let path = &read.names[..seen.length];
            for at in &seen.at {
                if let Some(number) = addresses.number(at) {
                    names.insert(number, (at.clone(), path.join(".")));
                }
                if matches!(asked.when, Moment::Entered(_) | Moment::Way(..)) && !asked.live {
                    let span = asked.rule.span().unwrap_or(&release.step(asked.step).span).clone();
                    let read = Some((asked, path.to_vec()));
                    found.push(Access { at: at.clone(), step: asked.step, path: path.join("."), span, read });
                }
            }
        }
    }
    let written = written(release);
    let in_block = |ix: StepIx| release.frame(release.step(ix).frame).in_block;
    for (_, write) in written.iter().filter(|(ix, _)| in_block(*ix)) {
        // Inside a block several steps may write the same, whoever reads it.
        for field in write.sure.iter().chain(&write.optional) {
            let mut at = write.at.clone();
            at.push(Part::Key(field.clone()));
            addresses.note_at(&at);
            if let Some(number) = addresses.number(&at) {
                names.entry(number).or_insert_with(|| (at, format!("result.{field}")));
            }
        }
    }
    for (ix, write) in &written {
        for number in addresses.may_be_set_by(write).numbers() {
            let Some((at, path)) = names.get(&number) else { continue };
            let (at, path, span) = (at.clone(), path.clone(), release.step(*ix).span.clone());
            found.push(Access { at, step: *ix, path, span, read: None });
        }
    }
    found
}

fn written(release: &Release) -> Vec<(StepIx, Write)> {
    let mut found = Vec::new();
    for (ix, step) in (0..).map(StepIx).zip(&release.steps) {
        let waits = match &step.kind {
            Kind::Wait(waits) => waits.as_slice(),
            _ => &[],
        };
        let waits = waits.iter().filter_map(|wait| writes::of_wait(release, step, wait));
        found.extend(writes::of_step(release, step).into_iter().chain(waits).map(|write| (ix, write)));
    }
    found
}
