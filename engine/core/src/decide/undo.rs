//! Compensation: what was done is kept with what it wrote, and undone the last first.

use super::turn::Deciding;
use crate::{
    decide::values::result_at,
    definition::{Kind, StepIx},
    event::{Event, Undo},
    planted::{Fault, planted},
    words::{InstanceId, StepPath, Value},
};

impl Deciding<'_> {
    /// Before a step is left that can be undone: keeps what it wrote. What was done inside it is then undone with it.
    pub fn keep_undo(&mut self, instance: InstanceId, scope: InstanceId, path: &StepPath) {
        let Some(step) = self.release.find(path).filter(|step| step.undo.is_some()) else { return };
        let skipped = self.events().iter().any(
            |event| matches!(event, Event::StepSkipped { instance: skipped, .. } if *skipped == instance),
        );
        if skipped && !planted(Fault::SkippedIsUndone)
            || self.is_round(instance)
            || planted(Fault::DoneIsForgotten)
        {
            return;
        }
        if self.case.instance(instance).is_some_and(|it| !it.undos.is_empty()) {
            self.record(Event::UndoDropped { scope: instance });
        }
        let mut address = self.release.result_address(step, path);
        if let Kind::Scope(_) = step.kind {
            // A block writes under its own name.
            address = self.release.address(step.frame, &step.id, &path.rounds());
        }
        let written = result_at(&self.case, &address).cloned().unwrap_or(Value::Null);
        let undo = Undo { number: self.case.next_undo, step: path.clone(), written };
        self.record(Event::UndoKept { scope, undo });
    }

    /// Begins to undo what was done in the scope of a compensating step: all of it, or these steps.
    pub fn begin_undo(&mut self, instance: InstanceId, steps: Option<&[StepIx]>) {
        let Some(it) = self.case.instance(instance) else { return };
        let Some(scope) = it.parent.filter(|_| it.undoing.is_none() && it.undos.is_empty()) else {
            return self.undo_next(instance);
        };
        let done = self.case.instance(scope).map(|scope| scope.undos.clone()).unwrap_or_default();
        let named = |step: &StepPath| {
            steps.is_none_or(|steps| {
                steps.iter().any(|named| self.release.lies_in(step, &self.release.step(*named).path))
            })
        };
        let numbers: Vec<u32> =
            done.values().filter(|undo| named(&undo.step)).map(|undo| undo.number).collect();
        self.record(Event::UndoBegan { instance, scope, numbers });
        self.undo_next(instance);
    }

    /// Undoes the last thing that is still to be undone; when nothing is left, the compensating step is done.
    pub fn undo_next(&mut self, instance: InstanceId) {
        let Some(it) = self.case.instance(instance) else { return };
        let next = if planted(Fault::UndoneInForwardOrder) { it.undos.get_min() } else { it.undos.get_max() };
        let Some((number, undo)) = next.map(|(number, undo)| (*number, undo.clone())) else {
            return self.leave(instance, None);
        };
        self.record(Event::UndoTaken { instance, number });
        if let Some(ix) = self.release.find(&undo.step).and_then(|step| step.undo) {
            self.enter_undo(ix, instance, &undo.step);
        }
    }

    /// Enters the step that undoes another one, in the same rounds.
    fn enter_undo(&mut self, ix: StepIx, parent: InstanceId, undone: &StepPath) {
        let instance = InstanceId(self.case.next_instance);
        let step = self.release.step(ix).path.in_rounds(&undone.rounds());
        self.record(Event::StepEntered { instance, parent, step, after: Some(undone.clone()) });
        self.queue(instance);
    }
}
