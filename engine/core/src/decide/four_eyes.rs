//! Four-eyes (Vier-Augen-Prinzip): who may not do a task because of what they did before, as the one who did a step or as
//! one who changed what it was about.

use std::collections::BTreeSet;

use super::turn::Deciding;
use crate::{
    case::{Case, KeptHand},
    definition::{Kind, Release, TaskKind},
    event::{Event, Hand, Handled},
    planted::{Fault, planted},
    words::{InstanceId, PersonId, StepPath},
};

impl Deciding<'_> {
    /// Who may not do a task, because of what they did before in the same rounds.
    pub(super) fn excluded(&self, instance: InstanceId, task: &TaskKind) -> BTreeSet<PersonId> {
        let mut excluded = BTreeSet::new();
        let Some(here) = self.step_of(instance) else { return excluded };
        for (step, people) in &self.case.performers {
            if names(self.release, task, step)
                && self.release.same_rounds(step, &here)
                && !planted(Fault::FourEyesForgotten)
            {
                excluded.extend(people.keys().cloned());
            }
        }
        excluded.extend(hands_in(self.release, &self.case, &here).map(|kept| kept.hand.by.clone()));
        excluded
    }

    pub(super) fn is_excluded(&self, id: InstanceId, person: &PersonId) -> bool {
        let step = self.case.instance(id).and_then(|it| self.release.find(it.step.as_ref()?));
        matches!(step.map(|step| &step.kind), Some(Kind::Task(kind)) if self.excluded(id, kind).contains(person))
    }

    /// Somebody changed what all steps were about that the case has been at. Going back does not undo that.
    pub(super) fn has_a_hand_in_all(&mut self, by: PersonId, what: Handled) {
        let steps = self.case.visits.keys().cloned().collect();
        self.has_a_hand(by, what, steps);
    }

    /// Those who had a mass run ask this of the case stand for whoever would have worked it: somebody else signs what comes
    /// of it next.
    pub(super) fn asked_by_run(&mut self, number: u32, by: &BTreeSet<PersonId>) {
        let steps: Vec<StepPath> = self.release.steps.iter().map(|step| step.path.clone()).collect();
        for person in by {
            self.has_a_hand(person.clone(), Handled::Run { number }, steps.clone());
        }
    }

    /// Somebody changed what steps were about. It counts for those that somebody else must have done than whoever does
    /// a later task; a task that they may not do any more is free again.
    pub(super) fn has_a_hand(&mut self, by: PersonId, what: Handled, mut steps: Vec<StepPath>) {
        let release = self.release;
        let guards: Vec<&TaskKind> = release.steps.iter().filter_map(|step| step.kind.signature()).collect();
        steps.retain(|step| guards.iter().any(|task| names(release, task, step)));
        if steps.is_empty() {
            return;
        }
        let counts = |here: &StepPath| steps.iter().any(|step| counts(release, here, step));
        let open = self.case.tasks().filter(|(_, it, _)| it.step.as_ref().is_some_and(counts));
        let open: Vec<(InstanceId, bool)> =
            open.map(|(id, _, task)| (id, task.assignee.as_ref() == Some(&by))).collect();
        for (instance, _) in open.iter().filter(|(_, theirs)| *theirs) {
            self.record(Event::TaskReleased { instance: *instance });
        }
        let tasks = open.into_iter().map(|(id, _)| id).collect();
        self.record(Event::HandHad { hand: Hand { by, what, steps }, tasks });
    }
}

/// What was changed that a task is about which another person must do, in order: for its page.
pub fn hands_in<'a>(
    release: &'a Release,
    case: &'a Case,
    here: &'a StepPath,
) -> impl Iterator<Item = &'a KeptHand> {
    let kept = case.hands.values().map(|kept| &**kept);
    let over = move |kept: &KeptHand| {
        matches!(kept.hand.what, Handled::Run { .. }) && is_over(release, case, here, kept.version)
    };
    kept.filter(move |kept| !over(kept) && kept.hand.steps.iter().any(|step| counts(release, here, step)))
}

/// What a run asked is signed, and then somebody has worked at it anew, or another run has: the next signature is about that.
/// One that is only given anew is about the same.
fn is_over(release: &Release, case: &Case, here: &StepPath, asked: u64) -> bool {
    let signed = case.performers.get(here).and_then(|people| people.values().max().copied());
    let Some(signed) = signed.filter(|signed| *signed >= asked) else { return false };
    let task = release.find(here).and_then(|here| here.kind.signature());
    let named = |step: &StepPath| task.is_some_and(|task| names(release, task, step));
    let worked = case.performers.iter().filter(|(step, _)| named(step) && release.same_rounds(step, here));
    let worked = worked.flat_map(|(_, people)| people.values().copied());
    let runs = case.hands.values().filter(|kept| matches!(kept.hand.what, Handled::Run { .. }));
    worked.chain(runs.map(|kept| kept.version)).any(|version| version > signed)
}

/// Whether a task names a step that somebody had a hand in; a step without rounds stands for all of its rounds.
fn counts(release: &Release, here: &StepPath, step: &StepPath) -> bool {
    let task = release.find(here).and_then(|here| here.kind.signature());
    let named = task.is_some_and(|task| names(release, task, step));
    named && (step.rounds().is_empty() || release.same_rounds(step, here))
}

/// Whether a step is one that another person must have done than whoever does this task.
pub(super) fn names(release: &Release, task: &TaskKind, step: &StepPath) -> bool {
    task.not_same_person_as.iter().any(|named| release.lies_in(step, named))
}
