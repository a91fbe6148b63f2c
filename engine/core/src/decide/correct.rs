//! Correction while a case runs: skip a step, go back to one, change data, end the case, take back what was just done.
//! Each needs a right and a reason, and stands in the journal; none can stand in for a signature.

use std::sync::Arc;

use super::{
    Rejection,
    back::{NoWayBack, may_go_back, undone},
    raise::MAX_REASON,
    turn::Deciding,
};
use crate::{
    authority::ADMINISTRATOR,
    case::{Activity, TakeBack},
    definition::{Kind, Release, Step},
    event::{Event, Handled, Parcel},
    planted::{Fault, planted},
    words::{Date, InstanceId, Object, PersonId, RoleId, StepPath, Text, Value},
};

/// So many completed tasks can be taken back at most, the newest ones.
const MOST_TAKE_BACKS: usize = 20;

impl Deciding<'_> {
    /// The person who corrects, with their reason, when they may.
    pub fn may_correct(&self, reason: &str) -> Result<PersonId, Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        if !self.corrects() {
            return Err(Rejection::CorrectionNotAllowed);
        }
        if !self.case.is_open() {
            return Err(Rejection::CaseEnded);
        }
        check_reason(reason)?;
        Ok(by)
    }

    /// Whether the person holds a role of the process that corrects, or is an administrator.
    pub fn corrects(&self) -> bool {
        self.corrects_by_role() || self.facts.roles.contains(&RoleId::from(ADMINISTRATOR))
    }

    /// Whether the person holds a role of the process that corrects.
    pub fn corrects_by_role(&self) -> bool {
        self.release.correctors.iter().any(|role| self.facts.roles.contains(role))
    }

    /// The step of an active instance, besides the case itself and rounds.
    fn active_step(&self, instance: InstanceId) -> Result<&Step, Rejection> {
        let step = self.case.instance(instance).filter(|_| !self.is_round(instance));
        let step = step.filter(|_| !self.is_beside_the_flow(instance));
        let step = step.and_then(|it| it.step.as_ref()).and_then(|path| self.release.find(path));
        step.ok_or(Rejection::StepNotActive)
    }

    /// Leaves a step without doing it. It wrote nothing, nobody did it, nothing was sent: it never counts as a hearing, a
    /// signature or a dispatch.
    pub fn skip(
        &mut self,
        instance: InstanceId,
        outcome: Option<&Arc<str>>,
        reason: &Arc<str>,
    ) -> Result<(), Rejection> {
        let by = self.may_correct(reason)?;
        let step = self.active_step(instance)?;
        if guards(self.release, step) {
            return Err(Rejection::FourEyesNotSkipped);
        }
        let outcomes: Vec<Arc<str>> = step.then.by_outcome.keys().cloned().collect();
        let fits = match outcome {
            Some(outcome) => outcomes.contains(outcome),
            None => outcomes.is_empty() || step.then.otherwise.is_some(),
        };
        if !fits || matches!(step.kind, Kind::Choose(_)) {
            return Err(Rejection::OutcomeNeeded { outcomes });
        }
        self.check_silence(&self.case.tree(instance))?;
        let skipped = self.step_of(instance);
        self.cancel_inside(instance, &"skip".into());
        let called = self.case.instance(instance).and_then(|it| match it.activity {
            Activity::Call { called } => Some(called),
            _ => None,
        });
        if let Some(called) = called {
            self.send(Parcel::CallOff { called });
        }
        self.record(Event::StepSkipped { instance, by: by.clone(), reason: reason.clone() });
        self.has_a_hand(by, Handled::Skipped, skipped.into_iter().collect());
        self.leave(instance, outcome.cloned());
        Ok(())
    }

    /// Goes back to a step of the same scope that the case has been at before.
    pub fn move_to(&mut self, instance: InstanceId, to: &str, reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.may_correct(reason)?;
        let step = self.active_step(instance)?;
        let scope = self.release.scope(step.scope);
        let target = scope.steps.iter().copied().find(|ix| *self.release.step(*ix).id == *to);
        let Some(target) = target else { return Err(no_way_back(NoWayBack::NotBeside, &not_named(to))) };
        may_go_back(self.release, &self.case, instance, target)
            .map_err(|why| no_way_back(why, &self.release.step(target).title))?;
        let path = self.release.step(target).path.clone();
        let here = self.step_of(instance).unwrap_or_else(|| step.path.clone());
        let from = self.release.index_of(&step.path).unwrap_or(target);
        let undone: Vec<StepPath> = undone(self.release, from, target)
            .into_iter()
            .map(|ix| self.release.step(ix).path.clone())
            .collect();
        let Some(parent) = self.case.instance(instance).and_then(|it| it.parent) else {
            return Err(Rejection::StepNotActive);
        };
        self.record(Event::StepMoved { instance, to: path, by, reason: reason.clone() });
        let instances = self.case.tree(instance);
        if !planted(Fault::MovedStepStays) {
            self.cancel(instances, "move".into());
        }
        self.enter(&[target], parent, None);
        self.keep_in_house(&undone, &here);
        Ok(())
    }

    /// Changes the application, and the day on which it came in. A field with nothing is removed. Deadlines that run from a
    /// day that a rule takes from it are reckoned anew.
    pub fn change_data(
        &mut self,
        fields: &Object,
        received_on: Option<Date>,
        seen: Option<u64>,
        reason: &Arc<str>,
    ) -> Result<(), Rejection> {
        let by = self.may_correct(reason)?;
        let received_on = received_on.map(|day| self.day_of_receipt(Some(day))).transpose()?;
        if seen.is_some_and(|seen| self.case.data_changed_in > seen) {
            return Err(Rejection::Stale);
        }
        let Value::Object(mut data) = (*self.case.data).clone() else { return Err(Rejection::CaseUnknown) };
        for (name, value) in fields {
            if value.is_null() {
                data.shift_remove(name);
            } else {
                data.insert(name.clone(), value.clone());
            }
        }
        if !planted(Fault::ChangedDataUnchecked) {
            self.check_data(&data)?;
        }
        let other = |name: &&String| self.case.data.get(name.as_str()) != data.get(*name);
        let changed: Vec<Arc<str>> = fields.keys().filter(other).map(|name| name.as_str().into()).collect();
        let moved = received_on.filter(|day| *day != self.case.received_on);
        let same = changed.is_empty() && moved.is_none();
        let (fields, reason) = (fields.clone(), reason.clone());
        let (before, clocks) = (self.starts_by_rules(), self.clocks_by_rules());
        self.record(Event::DataChanged { fields, received_on, by: by.clone(), reason });
        self.follow_application(&before);
        self.follow_clock_starts(&clocks);
        if !same {
            self.has_a_hand_in_all(by, Handled::Application { fields: changed, received_on: moved });
        }
        Ok(())
    }

    /// Ends the case, whatever is active.
    pub fn end_by_hand(&mut self, outcome: Option<&Arc<str>>, reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.may_correct(reason)?;
        if outcome.is_some_and(|outcome| outcome.trim().is_empty() || outcome.chars().count() > 100) {
            return Err(Rejection::ReasonInvalid);
        }
        self.check_silence(&self.case.tree(InstanceId::ROOT))?;
        self.record(Event::CaseEndedByHand { by, reason: reason.clone() });
        self.end_case(outcome.filter(|_| !planted(Fault::EndedWithoutOutcome)).cloned());
        Ok(())
    }

    /// After a task was done: keeps how to take it back, when nothing came of it that cannot be undone.
    pub fn keep_take_back(&mut self, task: InstanceId, step: StepPath, parent: InstanceId, again: bool) {
        let entered: Vec<InstanceId> = self.events().iter().filter_map(entered_by).collect();
        let clean = self.events().iter().all(|event| is_harmless(event, task));
        let active = |id: &InstanceId| self.case.instance(*id).is_some();
        let still: Vec<InstanceId> = entered.into_iter().filter(active).collect();
        if !clean || still.is_empty() || self.case.instance(parent).is_none() {
            return;
        }
        let Some(by) = self.facts.actor.person().cloned() else { return };
        let drop = self.case.take_backs.len().saturating_sub(MOST_TAKE_BACKS - 1);
        let dropped = self.case.take_backs.keys().take(drop).copied().collect();
        let take_back = TakeBack { step, parent, by, again, entered: still };
        self.record(Event::TakeBackKept { number: task.0, take_back, dropped });
    }

    /// Takes back a task that one has done, while nothing has come of it.
    pub fn take_back(&mut self, task: InstanceId, reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        check_reason(reason)?;
        let Some(kept) = self.case.take_backs.get(&task.0).cloned() else {
            return Err(Rejection::TakeBackNotPossible);
        };
        if kept.by != by {
            return Err(Rejection::NotYourTask { person: kept.by.clone() });
        }
        let untouched = kept.entered.iter().all(|id| {
            self.case.instance(*id).is_some_and(|it| match &it.activity {
                Activity::Task(task) => task.assignee.as_ref().is_none_or(|person| *person == by),
                Activity::Entered => true,
                Activity::Effect { .. } | Activity::Call { .. } => false,
            })
        });
        let step = self.release.index_of(&kept.step);
        let (Some(step), true) = (step, untouched && self.case.instance(kept.parent).is_some()) else {
            return Err(Rejection::TakeBackNotPossible);
        };
        self.record(Event::TaskTakenBack { task, by, reason: reason.clone() });
        let inside = kept.entered.iter().flat_map(|id| self.case.tree(*id));
        let mut instances: Vec<InstanceId> = Vec::new();
        for id in inside {
            if !instances.contains(&id) {
                instances.push(id);
            }
        }
        self.cancel(instances, "take_back".into());
        self.enter(&[step], kept.parent, None);
        Ok(())
    }
}

/// That a reason is there, and not too long.
pub fn check_reason(reason: &str) -> Result<(), Rejection> {
    let fits = !reason.trim().is_empty() && reason.chars().count() <= MAX_REASON;
    if fits { Ok(()) } else { Err(Rejection::ReasonInvalid) }
}

fn entered_by(event: &Event) -> Option<InstanceId> {
    match event {
        Event::StepEntered { instance, .. } => Some(*instance),
        _ => None,
    }
}

/// Whether an event can be made undone: something was entered, written or computed, and nothing besides the task itself
/// has ended, left the house, used up a number or told others.
fn is_harmless(event: &Event, task: InstanceId) -> bool {
    match event {
        Event::StepLeft { instance, .. } => *instance == task,
        Event::TaskCompleted { .. }
        | Event::LettersSigned(_)
        | Event::StepEntered { .. }
        | Event::ResultWritten { .. }
        | Event::RuleEvaluated { .. }
        | Event::TaskOpened { .. }
        | Event::WaitOpened { .. }
        | Event::DeadlineSet { .. }
        | Event::TimerSet { .. } => true,
        _ => false,
    }
}

/// Whether a step, or one inside it, must be done by somebody else than an earlier one.
pub fn guards(release: &Release, step: &Step) -> bool {
    release.steps.iter().any(|inner| {
        let guarded = matches!(&inner.kind, Kind::Task(task) if !task.not_same_person_as.is_empty());
        guarded && release.lies_in(&inner.path, &step.path)
    })
}

fn not_named(to: &str) -> Text {
    Text::new(to, to)
}

fn no_way_back(why: NoWayBack, to: &Text) -> Rejection {
    let Text { de, en } = to;
    let why = match why {
        NoWayBack::NotBeside => Text::new(
            format!("Der Schritt „{de}“ liegt nicht im selben Abschnitt des Verfahrens."),
            format!("The step `{en}` does not lie in the same part of the process."),
        ),
        NoWayBack::SideBySide => Text::new(
            format!("„{de}“ steht neben diesem Schritt, nicht vor ihm; zurück geht es hier nicht."),
            format!("`{en}` stands beside this step, not before it; there is no way back here."),
        ),
        NoWayBack::NeverThere => Text::new(
            format!(
                "Bei „{de}“ war der Vorgang noch nie; nach vorn geht es nur Schritt für Schritt („Überspringen“)."
            ),
            format!("The case has never been at `{en}`; forward it goes only step by step (skip)."),
        ),
        NoWayBack::Forward => Text::new(
            format!(
                "„{de}“ kommt erst nach diesem Schritt; nach vorn geht es nur Schritt für Schritt („Überspringen“)."
            ),
            format!("`{en}` comes after this step; forward it goes only step by step (skip)."),
        ),
        NoWayBack::AroundSignature => Text::new(
            format!(
                "Vor „{de}“ muss eine zweite Person zeichnen (Vier-Augen-Prinzip); das lässt sich nicht umgehen."
            ),
            format!("Before `{en}` a second person must sign (four-eyes); there is no way around it."),
        ),
    };
    Rejection::MoveNotPossible { why }
}
