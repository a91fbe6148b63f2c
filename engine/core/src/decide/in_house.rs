//! What was undone must not leave the house: letters of steps that a case has gone back behind, or that were called off, and
//! that nobody has sent yet.

use super::turn::Deciding;
use crate::{
    act::Act,
    event::{ActUndone, Event, LettersWithdrawn},
    planted::{Fault, planted},
    words::{InstanceId, StepPath},
};

impl Deciding<'_> {
    /// Keeps what steps have made, in the rounds of here, and was not sent. An act of which nothing was sent is not issued
    /// any more; one that was sent to somebody stays what it is.
    pub fn keep_in_house(&mut self, steps: &[StepPath], here: &StepPath) {
        if planted(Fault::SupersededLettersLeave) {
            return;
        }
        let of_them = |made_by: &StepPath| {
            let lies_in = steps.iter().any(|step| self.release.lies_in(&made_by.without_rounds(), step));
            lies_in && self.release.same_rounds(made_by, here)
        };
        let unsent = self.case.documents.values().filter(|document| document.waits_to_leave());
        let unsent = unsent.filter(|document| document.step.as_ref().is_some_and(of_them));
        let documents: Vec<u32> = unsent.map(|document| document.number).collect();
        let undone = |act: &Act| act.deemed.is_none() && of_them(&act.step) && !self.is_sent(act);
        let issued = self.case.acts.values().filter(|act| act.issued.is_some());
        let acts: Vec<u32> = issued.filter(|act| undone(act)).map(|act| act.number).collect();
        let made_of = |act: &u32| Some(self.case.draft_of(self.case.acts.get(act)?)?.instance);
        let beside: Vec<InstanceId> = acts.iter().filter_map(made_of).collect();
        for instance in beside {
            if self.case.instance(instance).is_some() {
                self.cancel_beside(instance, "undone");
            }
        }
        if !documents.is_empty() {
            self.record(Event::LettersWithdrawn(LettersWithdrawn { documents }));
        }
        for act in acts {
            self.record(Event::ActUndone(ActUndone { act }));
        }
    }

    /// Whether a letter of an act has left the house, also one that came back.
    fn is_sent(&self, act: &Act) -> bool {
        let mut letters = act.addressees.values().flat_map(|addressed| &addressed.letters);
        letters.any(|letter| {
            let document = self.case.documents.get(&letter.document);
            document.is_some_and(|document| document.dispatch.is_some())
        })
    }
}
