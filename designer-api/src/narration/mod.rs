//! The journal of a case in plain language: what happened, as a clerk would say it.
//!
//! One function an event. What only the engine needs (results that were written, scopes that were entered) has no
//! sentence; it stands in the raw events.

mod acts;
mod beside;
mod constructs;
mod corrections;
mod documents;
mod keeping;
mod steps;
mod tasks;
#[cfg(test)]
mod tests;
mod waits;

use std::sync::Arc;

use fachwerk_core::{
    authority::Authority,
    case::{Case, Errand, Work},
    definition::{Release, Step},
    event::Event,
    evolve::evolve,
    facts::Actor,
    turn::Turn,
    words::{Date, InstanceId, PersonId, RoleId, StepPath, Timestamp, day_text},
};

use crate::{
    shapes::{PersonName, Text},
    wording::Wording,
};

/// Tells the turns of a case, one after the other.
pub struct Narrator<'a> {
    /// The names of people.
    pub authority: &'a Authority,
    /// The titles of steps.
    pub release: &'a Release,
    /// The titles of outcomes and messages.
    pub wording: &'a Wording,
    /// The case before the event that is told next.
    pub case: Case,
    /// Whether no person began the case; known once its begin was told.
    pub began_by_itself: bool,
}

impl Narrator<'_> {
    /// The sentences of a turn. The case moves on.
    pub fn tell(&mut self, turn: &Turn) -> Vec<Text> {
        self.case.version = turn.version;
        self.case.now = turn.now;
        let mut told = Vec::new();
        for event in &turn.events {
            self.began_by_itself |= matches!(event, Event::CaseStarted { caller: None, .. })
                && matches!(turn.actor, Actor::Engine);
            // Told before it is applied: what an event ends is still known then.
            told.extend(self.sentence(event, &turn.actor, turn.now));
            evolve(&mut self.case, event);
        }
        told
    }

    fn sentence(&self, event: &Event, actor: &Actor, now: Timestamp) -> Option<Text> {
        match event {
            Event::CaseStarted { channel, received_on, .. } => {
                Some(self.case_started(channel, *received_on, actor))
            }
            Event::StepEntered { step, .. } => self.step_entered(step),
            Event::StepLeft { instance, outcome } => self.step_left(*instance, outcome.as_deref()),
            Event::StepsCancelled { instances, because } => self.steps_cancelled(instances, because),
            // What was written or signed is told by whoever did it.
            Event::ResultWritten { .. } | Event::HandlerReacted { .. } | Event::LettersSigned(_) => None,
            Event::RuleEvaluated { instance, rule, result, matched, .. } => {
                self.rule_evaluated(*instance, rule, result, matched)
            }
            Event::NumberDrawn { text, file_number, .. } => Some(number_drawn(text, *file_number)),
            Event::TaskOpened { title, role, due, .. } => Some(self.task_opened(title, role, *due)),
            Event::TaskClaimed { instance, person } => Some(self.task_claimed(*instance, person, actor)),
            Event::TaskReleased { instance } => Some(self.task_released(*instance, actor)),
            Event::TaskCompleted { instance, by, values } => Some(self.task_completed(*instance, by, values)),
            Event::WaitOpened { instance, waits } => self.wait_opened(*instance, waits),
            Event::DeadlineSet { instance, deadline } => Some(self.deadline_set(*instance, deadline)),
            Event::DeadlineRecomputed(anew) => Some(self.deadline_recomputed(anew)),
            Event::DeadlineFired { instance, name } => Some(self.deadline_fired(*instance, name)),
            Event::MessageReceived { name, received_on, .. } => {
                Some(self.message_received(name, *received_on, actor, now))
            }
            Event::MessageTaken { instance, message_id } => self.message_taken(*instance, *message_id),
            Event::EffectRequested { instance, connector, round, .. } => {
                Some(self.effect_requested(*instance, connector, *round))
            }
            Event::EffectFinished { late, .. } => effect_finished(*late),
            Event::DocumentAdded { document } => Some(self.document_added(document)),
            Event::DocumentTakenOut { document, taken_out } => {
                Some(self.document_taken_out(*document, taken_out))
            }
            Event::PaperPlaced(_) => self.beside(event),
            Event::DocumentMovedHere { document, moved } => Some(self.document_moved_here(document, moved)),
            Event::DocumentDispatched { document, dispatch } => {
                Some(self.document_dispatched(*document, dispatch))
            }
            Event::ReceiptRecorded { document, dispatch } => Some(self.receipt_recorded(*document, dispatch)),
            Event::DispatchChanged(changed) => Some(self.dispatch_changed(changed)),
            Event::PartyAdded(_) | Event::PartyChanged(_) | Event::PartyRemoved(_) => self.party(event),
            Event::ActBegan(_)
            | Event::ActLetterMade(_)
            | Event::ActIssued(_)
            | Event::ActDeemed(_)
            | Event::SignatureWithdrawn(_)
            | Event::ActNotified(_)
            | Event::ActFinal(_)
            | Event::RemedyRecorded(_)
            | Event::RemedyPeriodRecomputed(_)
            | Event::LetterNotArrived(_)
            | Event::ActAbandoned(_)
            | Event::LettersWithdrawn(_)
            | Event::RemedyInTime(_)
            | Event::ActUndone(_) => self.act(event),
            Event::NoteAdded { by, .. } => Some(self.note_added(by)),
            Event::IncidentRaised { number, incident, .. } => Some(self.incident_raised(*number, incident)),
            Event::IncidentResolved { number } => Some(self.incident_resolved(*number, actor)),
            Event::RoundEntered { .. }
            | Event::BranchesBegan { .. }
            | Event::BranchesJoined { .. }
            | Event::ScopeRepeated { .. }
            | Event::PathsMet { .. }
            | Event::LockQueued { .. }
            | Event::LockTaken { .. }
            | Event::UndoKept { .. }
            | Event::UndoDropped { .. }
            | Event::UndoBegan { .. }
            | Event::UndoTaken { .. }
            | Event::Raised { .. }
            | Event::ConditionChanged { .. } => self.construct(event),
            Event::TimerSet { instance, .. } | Event::TimerFired { instance, .. }
                if self.case.errand(*instance).is_some() =>
            {
                self.beside(event)
            }
            Event::TimerSet { .. } | Event::TimerFired { .. } => self.construct(event),
            Event::TriggeredByHand { .. }
            | Event::StepSkipped { .. }
            | Event::StepMoved { .. }
            | Event::DataChanged { .. }
            | Event::CaseEndedByHand { .. }
            | Event::TakeBackKept { .. }
            | Event::HandHad { .. }
            | Event::TaskTakenBack { .. } => self.correction(event),
            Event::CaseCalled { .. }
            | Event::CallFinished { .. }
            | Event::Sent { .. }
            | Event::Delivered { .. }
            | Event::CalledOff { .. } => self.between_cases(event),
            Event::KeepingRecorded { .. } | Event::CaseErased { .. } => self.keeping(event),
            Event::CaseEnded { outcome } => Some(self.case_ended(outcome.as_deref())),
            Event::ErrandGiven { .. }
            | Event::ErrandEnded { .. }
            | Event::LetterWritten { .. }
            | Event::DeadlineExtended { .. }
            | Event::DeadlinesSuspended { .. }
            | Event::DeadlinesResumed { .. }
            | Event::Reinstated(_)
            | Event::DocumentNotArrived(_)
            | Event::ClockFollowed(_)
            | Event::FictionRuled(_)
            | Event::GivenUp { .. }
            | Event::MergeAsked(_)
            | Event::MergeRefused(_)
            | Event::CaseRelated { .. } => self.beside(event),
        }
    }

    fn case_ended(&self, outcome: Option<&str>) -> Text {
        let Some(outcome) = outcome.map(|outcome| self.release.outcome_title(outcome)) else {
            return Text::new("Der Vorgang ist abgeschlossen.", "The case has ended.");
        };
        Text::new(
            format!("Der Vorgang ist abgeschlossen (Ausgang: {}).", outcome.de),
            format!("The case has ended (outcome: {}).", outcome.en),
        )
    }

    /// The step of an active instance.
    fn step(&self, instance: InstanceId) -> Option<&Step> {
        self.release.find(self.case.instance(instance)?.step.as_ref()?)
    }

    /// What people read for a step.
    fn title(&self, path: &StepPath) -> Text {
        let title = self.release.find(path).map(|step| Text::from(&step.title));
        title.unwrap_or_else(|| Text::new(path.as_str(), path.as_str()))
    }

    /// What people read for the step of an instance or for an errand; for the case itself, the case.
    fn title_at(&self, instance: InstanceId) -> Text {
        if let Some(errand) = self.case.errand(instance) {
            return errand_title(errand);
        }
        let path = self.case.instance(instance).and_then(|it| it.step.as_ref());
        path.map_or_else(|| Text::new("Vorgang", "case"), |path| self.title(path))
    }

    fn person(&self, person: &PersonId) -> Arc<str> {
        PersonName::of(self.authority, person).name
    }

    fn role(&self, role: &RoleId) -> Text {
        self.release.roles.get(role).map_or_else(|| Text::new(role.as_str(), role.as_str()), Text::from)
    }

    /// Who acted, as the subject of a sentence.
    fn actor(&self, actor: &Actor) -> Text {
        match actor {
            Actor::Person(person) => {
                let name = self.person(person);
                Text::new(name.clone(), name)
            }
            Actor::Engine => Text::new("Das System", "The system"),
            Actor::Connector(name) => {
                Text::new(format!("Die Anbindung „{name}“"), format!("The connector “{name}”"))
            }
        }
    }
}

/// A day in both languages.
fn days(day: Date) -> (String, String) {
    let text = day_text(day);
    (text.de.to_string(), text.en.to_string())
}

fn number_drawn(number: &str, file_number: bool) -> Text {
    if file_number {
        Text::new(
            format!("Das Aktenzeichen {number} wurde vergeben."),
            format!("The file number {number} was assigned."),
        )
    } else {
        Text::new(
            format!("Die Nummer {number} wurde vergeben."),
            format!("The number {number} was assigned."),
        )
    }
}

fn effect_finished(late: bool) -> Option<Text> {
    late.then(|| {
        Text::new(
            "Ein Ergebnis von außen kam erst, als der Schritt schon beendet war.",
            "A result from outside came only after its step had ended.",
        )
    })
}

/// What people read for an errand.
fn errand_title(errand: &Errand) -> Text {
    match &errand.work {
        Work::Asked { task, .. } => (&task.title).into(),
        Work::Letter { title, .. } => Text::new(title.clone(), title.clone()),
    }
}
