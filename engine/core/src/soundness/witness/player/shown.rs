//! Whether a case that was played shows what was found.

use std::{collections::BTreeMap, sync::Arc};

use super::Player;
use crate::{
    case::Instance,
    definition::{Kind, StepIx},
    soundness::{Finding, Move, Property, ways::By, witness::MANY_PATHS},
    words::{InstanceId, StepPath},
};

impl Player<'_> {
    /// Whether the case stands as it was found.
    pub(super) fn is_shown(&self) -> bool {
        let case = &self.simulation.case;
        let at = |ix: StepIx| {
            case.instances
                .values()
                .filter(move |it| it.step.as_ref().and_then(|path| self.release.index_of(path)) == Some(ix))
        };
        let step = self.finding.step;
        let stuck_by = |code: &str| case.incidents.values().any(|incident| &*incident.trouble.code == code);
        match self.finding.property {
            Property::Law(_) | Property::Staff(_) => {
                let Finding { past, through, .. } = self.finding;
                let by_way = self.changed || self.nothing_is_left();
                let done = |ix: &StepIx| self.is_done(*ix);
                by_way && self.has_been_at(step) && !past.steps.iter().any(done) && through.iter().all(done)
            }
            Property::NeverEnds => at(step).next().is_some() && self.nothing_is_left(),
            Property::GoesInCircles => stuck_by("turn_too_long"),
            Property::ErrorUnhandled => at(step).any(|it| it.incident.is_some()),
            Property::LocksInCircle => stuck_by("locks_wait_for_each_other"),
            Property::Multiplies => self.nothing_is_left() && self.has_multiplied(),
            Property::ResultNeverThere | Property::ResultMayBeMissing => self.fails_at(at(step)),
            Property::WaitsInVain => at(step).any(|it| {
                it.parent.is_some_and(|scope| case.children(scope).all(|id| self.waits_in_join(id)))
            }),
            _ => false,
        }
    }

    /// Whether there are many paths at one step. Where no join is beside, one round more leaves one path more; a join may
    /// take up what comes each time, and what passes at once is not late: there they must be seen.
    fn has_multiplied(&self) -> bool {
        let scope = self.release.scope(self.release.step(self.finding.step).scope);
        let is_join = |ix: &StepIx| matches!(self.release.step(*ix).kind, Kind::Join(_));
        let mut at: BTreeMap<(Option<InstanceId>, &StepPath), usize> = BTreeMap::new();
        for it in self.simulation.case.instances.values() {
            if let Some(step) = &it.step {
                *at.entry((it.parent, step)).or_default() += 1;
            }
        }
        !scope.steps.iter().any(is_join) || at.values().any(|count| *count > MANY_PATHS)
    }

    /// Whether all was done on the run that persons, messages and time do.
    fn nothing_is_left(&self) -> bool {
        let acts = |it: &Move| {
            let kind = it.step.map(|ix| &self.release.step(ix).kind);
            matches!(it.by, By::Handler(_))
                || matches!(kind, Some(Kind::Task(_) | Kind::Wait(_) | Kind::Call(_)))
        };
        !self.left.iter().any(acts)
    }

    fn has_been_at(&self, ix: StepIx) -> bool {
        self.simulation.case.visits.keys().any(|path| self.release.index_of(path) == Some(ix))
    }

    /// Whether a step has been done: by somebody, or left.
    pub(super) fn is_done(&self, ix: StepIx) -> bool {
        let case = &self.simulation.case;
        match self.release.step(ix).kind {
            Kind::Task(_) => case.performers.keys().any(|path| self.release.index_of(path) == Some(ix)),
            _ => self.has_been_at(ix) && self.active(ix).is_none(),
        }
    }

    /// Whether a rule fails because of what is missing, at one of these or in the case as a whole.
    fn fails_at<'i>(&self, mut at: impl Iterator<Item = &'i Arc<Instance>>) -> bool {
        let Some(path) = self.finding.detail.as_ref().and_then(|detail| detail.path.as_ref()) else {
            return false;
        };
        let says = |it: &Arc<Instance>| {
            let incident = it.incident.and_then(|id| self.simulation.case.incidents.get(&id));
            incident.is_some_and(|incident| {
                let said_nothing = &*incident.trouble.code == "rule_not_boolean"
                    && incident.trouble.message.en.ends_with("null.");
                said_nothing || names(&incident.trouble.message.de, path)
            })
        };
        at.any(says)
    }

    fn waits_in_join(&self, id: InstanceId) -> bool {
        let step = self.simulation.case.instance(id).and_then(|it| it.step.as_ref());
        let kind = step.and_then(|path| self.release.find(path)).map(|step| &step.kind);
        matches!(kind, Some(Kind::Join(_)))
    }
}

/// Whether a message is about a path.
fn names(message: &str, path: &str) -> bool {
    message.contains(&format!("`{path}`"))
}
