//! What a case does when it is asked: the one place where something is allowed or refused.
//!
//! [`decide`] is pure. It works on a copy of the case that shares everything it does not touch, records events through
//! the one door [`turn::Deciding::record`], and hands them over; the case itself is not changed.

mod act;
mod anew;
mod back;
mod between;
mod certificate;
mod correct;
mod deadline_change;
mod deadline_fold;
mod deadline_set;
mod dispatch;
mod dispatch_changed;
mod enclosure;
mod erase;
mod errand;
mod extension;
mod extent;
mod fee;
mod fiction;
mod fiction_doubt;
mod filing;
mod flow;
mod four_eyes;
mod in_house;
mod item;
mod item_remedy;
mod join;
mod late;
mod law_ahead;
mod locks;
mod outside;
mod party;
mod passage;
mod raise;
mod recompute;
mod reinstate;
mod rejection;
mod relate;
mod remedy;
mod scopes;
mod signature;
mod signed;
mod silence;
mod step;
mod task;
mod texts;
mod turn;
mod undo;
mod values;
mod wait;

pub use back::steps_back;
pub use between::HANDOVER_REFUSED;
pub use correct::guards;
pub use deadline_change::DeadlineRefusal;
pub use erase::KeepingRefusal;
pub use errand::{ANSWER, ErrandRefusal};
pub use fiction::{stays_for_silence, unsettled};
pub use four_eyes::hands_in;
pub use law_ahead::{OtherEnd, ends_by_law, norms_ahead};
pub use raise::MAX_REASON;
pub use recompute::because_text;
pub use rejection::{Refusal, Rejection};
pub use signature::SIGNED_BY;
use turn::Deciding;
pub use values::FieldLook;

use crate::{
    authority::ADMINISTRATOR,
    case::{Case, Message},
    command::Command,
    definition::Release,
    event::{Direction, Document, DocumentContent, Event},
    facts::{Actor, Facts},
    words::{Object, PersonId, RoleId, StepPath, Value},
};

/// After so many steps a turn ends in an incident `turn_too_long`.
pub const MAX_STEPS_PER_TURN: usize = 1_000;

/// So many instances may be active in a case at once; beyond, what is entered is stuck in an incident `too_many_active`.
pub const MAX_ACTIVE: usize = 10_000;
/// No letter is older; an earlier year lacks digits.
const FIRST_YEAR: i16 = 1900;
/// So many rounds may an `each` have.
pub const MAX_ROUNDS: usize = 1_000;

/// So many events may happen in a case; beyond, what is entered is stuck in an incident `case_too_long`.
pub const MAX_EVENTS: u64 = 1_000_000;

/// So many bytes of values may be written in a case; beyond, what is entered is stuck in an incident `case_too_large`.
pub const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// So many messages may a case keep that nothing has waited for yet.
pub const MAX_KEPT_MESSAGES: usize = 1_000;

/// So deep may calls lie in each other: a process that calls itself has an end.
pub const MAX_CALLS: u32 = 10;

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Decided {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// The case after them: what [`crate::turn::Turn::apply`] makes of it with the same facts.
    pub case: Case,
}

/// What happens when this is asked, or why it is refused.
pub fn decide(release: &Release, case: &Case, command: &Command, facts: &Facts) -> Result<Decided, Refusal> {
    let mut turn = Deciding::new(release, case, facts);
    turn.need_item_at_rest(command)?;
    ask(&mut turn, command)?;
    turn.work();
    turn.abandon_drafts();
    turn.tell_of_doubts();
    turn.finish()
}

/// Has each command carried out by its handler.
fn ask(turn: &mut Deciding<'_>, command: &Command) -> Result<(), Refusal> {
    let (release, facts) = (turn.release, turn.facts);
    match command {
        Command::AskForRun { run, by, first } => {
            ask(turn, first)?;
            turn.asked_by_run(*run, by);
        }
        Command::StartCase { release: id, channel, data, received_on, documents, caller } => {
            if turn.before.version != 0 {
                return Err(Rejection::CaseExists.into());
            }
            turn.need_part_in_process()?;
            if facts.actor.person().is_some() && (!release.start.by_hand || caller.is_some()) {
                return Err(Rejection::StartNotByHand.into());
            }
            if *id != release.id {
                return Err(Rejection::ReleaseUnknown { release: id.clone() }.into());
            }
            let received_on = turn.day_of_receipt(*received_on)?;
            turn.check_data(data)?;
            turn.record(Event::CaseStarted {
                process: release.process.clone(),
                release: id.clone(),
                channel: channel.clone(),
                received_on,
                data: data.clone(),
                caller: caller.clone(),
            });
            turn.add_documents(documents, Some(received_on), None)?;
            turn.place_paper_of_item(data);
            turn.begin_case();
        }
        _ if turn.before.version == 0 => return Err(Rejection::CaseUnknown.into()),
        Command::ClaimTask { task } => turn.claim(*task)?,
        Command::ReleaseTask { task } => turn.release_task(*task)?,
        Command::DelegateTask { task, to } => turn.delegate(*task, to)?,
        Command::CompleteTask { task, values, seen, shown } => {
            let done = turn.case.instance(*task).and_then(|it| Some((it.step.clone()?, it.parent?)));
            let by = facts.actor.person();
            let again = done.as_ref().and_then(|(step, _)| turn.case.performers.get(step));
            let again = again.is_some_and(|before| by.is_some_and(|by| before.contains_key(by)));
            turn.complete(*task, values, (*seen, shown.as_ref()))?;
            turn.work();
            if let Some((step, parent)) = done.filter(|_| !turn.is_undecided()) {
                turn.keep_take_back(*task, step, parent, again);
            }
        }
        Command::DeliverMessage { name, message_id, payload, documents, received_on, key } => {
            let message = Message {
                name: name.clone(),
                message_id: *message_id,
                received_on: turn.day_of_receipt(*received_on)?,
                payload: payload.clone().into(),
                key: key.clone(),
            };
            turn.deliver(message, documents)?;
        }
        Command::DeliverSignal { name } => turn.deliver_signal(name)?,
        Command::FinishCall { instance, called, result } => turn.finish_call(*instance, *called, result)?,
        Command::CallOff { caller } => turn.call_off(*caller)?,
        Command::ConfirmDelivery { number } => turn.confirm_delivery(*number)?,
        Command::DelayDelivery { number, why } => turn.delay_delivery(*number, why)?,
        Command::FireTimer { instance, name, revision } => turn.fire_timer(*instance, name, *revision)?,
        Command::StartStep { group, step } => turn.start_step(*group, step)?,
        Command::SkipStep { instance, outcome, reason } => turn.skip(*instance, outcome.as_ref(), reason)?,
        Command::MoveStep { instance, to, reason } => turn.move_to(*instance, to, reason)?,
        Command::ChangeData { fields, received_on, seen, reason } => {
            turn.change_data(fields, *received_on, *seen, reason)?;
        }
        Command::EndCase { outcome, reason } => turn.end_by_hand(outcome.as_ref(), reason)?,
        Command::TakeBackTask { task, reason } => turn.take_back(*task, reason)?,
        Command::TriggerByHand { instance, name, reason } => {
            turn.trigger_by_hand(*instance, name, reason)?;
        }
        Command::FinishEffect { instance, round, result } => turn.finish_effect(*instance, *round, result)?,
        Command::RecordDispatch { document, on, way, proven_receipt } => {
            turn.record_dispatch(*document, *on, *way, *proven_receipt)?;
        }
        Command::CorrectDispatch { document, on, way, proven_receipt, reason } => {
            turn.correct_dispatch(*document, (*on, *way, *proven_receipt), reason)?;
        }
        Command::RecordReceipt { document, on } => turn.record_receipt(*document, *on)?,
        Command::RecordNotArrived { document, reason } => turn.record_not_arrived(*document, reason)?,
        Command::AddParty { party } => turn.add_party(party)?,
        Command::ChangeParty { number, party, reason } => turn.change_party(*number, party, reason)?,
        Command::RemoveParty { number, reason } => turn.remove_party(*number, reason)?,
        Command::RecordRemedy { act, party, kind, received_on } => {
            turn.record_remedy(*act, *party, *kind, *received_on)?;
        }
        Command::SendAnew { act, party, document, reason } => {
            turn.send_anew(*act, (*party, *document), reason)?;
        }
        Command::CorrectAct(what) => turn.correct_act(what)?,
        Command::GiveUp { instance, reason } => turn.give_up(*instance, reason)?,
        Command::AddDocument { document, received_on } => {
            turn.need_part_in_process()?;
            turn.need_room()?;
            turn.need_room_for(document.size)?;
            let received_on = turn.day_of_receipt(*received_on)?;
            turn.add_documents(std::slice::from_ref(document), Some(received_on), None)?;
            if turn.case.is_open() && document.direction == Direction::Incoming {
                turn.tell_of_document_in_time(&document.title, received_on);
            }
        }
        Command::TakeOutDocument { document, to, reason } => turn.take_out(*document, *to, reason)?,
        Command::RecordKeeping { record } => turn.keep_record(record)?,
        Command::EraseCase { alone } => turn.erase(alone.as_ref())?,
        Command::TakeInDocument { document, moved } => turn.take_in(document, moved)?,
        Command::AddNote { text } => {
            turn.need_part_in_process()?;
            turn.need_room()?;
            turn.add_note(text)?;
        }
        Command::RetryIncident { incident } => turn.retry(*incident)?,
        Command::GiveErrand { kind, text, role, person, on } => {
            turn.give_errand(*kind, text, (role, person.as_ref()), *on)?;
        }
        Command::WithdrawErrand { errand } => turn.withdraw(*errand)?,
        Command::WriteLetter { letter } => turn.write_letter(letter)?,
        Command::ExtendDeadline { deadline, extension, reason, norm } => {
            turn.extend_deadline(deadline, *extension, (reason, norm.as_ref()))?;
        }
        Command::SuspendDeadlines { deadlines, since, reason, norm } => {
            turn.suspend(deadlines, *since, (reason, norm.as_ref()))?;
        }
        Command::ResumeDeadlines { deadlines, until, reason, norm } => {
            turn.resume(deadlines, *until, (reason, norm.as_ref()))?;
        }
        Command::Reinstate { missed, grounds, reason, norm } => {
            turn.reinstate(missed, grounds, (reason, norm.as_ref()))?;
        }
        Command::RuleFiction { act, deemed, reason } => turn.rule_fiction(act, *deemed, reason)?,
        Command::Recompute { changed } => turn.follow_law(changed)?,
        Command::SplitCase { data, documents, reason } => turn.split(data, documents, reason)?,
        Command::MergeCase { into, reason } => turn.merge(*into, reason)?,
        Command::HandOn { to, reason } => turn.hand_on(to, reason)?,
        Command::GiveBackItem { item, begins, documents, reason } => {
            turn.give_back(*item, (begins, documents), reason)?;
        }
        Command::PlacePaper { documents, place } => turn.place_paper(documents, place)?,
        Command::FinishMerge { into, result } => turn.finish_merge(*into, result)?,
        Command::TakeOver { from, how, handover } => turn.take_over(*from, *how, handover)?,
    }
    Ok(())
}

/// What is asked for the letters that somebody signs by doing a task, as far as they come of it.
pub fn letters_signed(release: &Release, case: &Case, command: &Command, facts: &Facts) -> Vec<Value> {
    let Command::CompleteTask { task, values, .. } = command else { return Vec::new() };
    let mut turn = Deciding::new(release, case, facts);
    let done = turn.complete(*task, values, (None, None));
    done.map(|()| turn.signed).unwrap_or_default()
}

impl Deciding<'_> {
    /// Persons must hold a role of the process; connectors and the engine may.
    fn need_part_in_process(&self) -> Result<(), Rejection> {
        match &self.facts.actor {
            Actor::Engine | Actor::Connector(_) => Ok(()),
            Actor::Person(_) if self.release.roles.keys().any(|role| self.facts.roles.contains(role)) => {
                Ok(())
            }
            Actor::Person(_) => Err(Rejection::NoPartInProcess),
        }
    }

    /// What is stuck, administrators may set going, too.
    fn need_part_or_administration(&self) -> Result<(), Rejection> {
        let administers = self.facts.roles.contains(&RoleId::from(ADMINISTRATOR));
        if administers { Ok(()) } else { self.need_part_in_process() }
    }

    fn day_of_receipt(&self, given: Option<crate::words::Date>) -> Result<crate::words::Date, Rejection> {
        match given {
            None => Ok(self.facts.today),
            // A year of two digits, mostly.
            Some(day) if day.year() < FIRST_YEAR => Err(Rejection::DayTooEarly { day }),
            Some(day) if day <= self.facts.today => Ok(day),
            Some(day) => Err(Rejection::DayInFuture { day }),
        }
    }

    pub fn check_data(&self, data: &Object) -> Result<(), Rejection> {
        let misfits = self.release.data_validator.check(&Value::Object(data.clone()));
        if misfits.is_empty() { Ok(()) } else { Err(Rejection::ValuesInvalid { misfits }) }
    }

    fn add_documents(
        &mut self,
        documents: &[DocumentContent],
        on: Option<crate::words::Date>,
        step: Option<&StepPath>,
    ) -> Result<(), Rejection> {
        self.add_documents_of(documents, on, step, self.facts.actor.person().cloned())
    }

    fn add_documents_of(
        &mut self,
        documents: &[DocumentContent],
        on: Option<crate::words::Date>,
        step: Option<&StepPath>,
        by: Option<PersonId>,
    ) -> Result<(), Rejection> {
        for content in documents {
            let full = content.title.trim().is_empty() || content.title.chars().count() > 300;
            if full {
                return Err(Rejection::TitleInvalid);
            }
            let number = self.case.documents.get_max().map_or(0, |(number, _)| *number) + 1;
            let on = match content.direction {
                Direction::Incoming => on.unwrap_or(self.facts.today),
                Direction::Outgoing | Direction::Internal => self.facts.today,
            };
            self.record(Event::DocumentAdded {
                document: Document {
                    number,
                    content: content.clone(),
                    step: step.cloned(),
                    by: by.clone(),
                    on,
                    dispatch: None,
                    taken_out: None,
                    paper: None,
                    own_day: self.comes_later(content),
                },
            });
        }
        Ok(())
    }

    fn add_note(&mut self, text: &std::sync::Arc<str>) -> Result<(), Rejection> {
        let Some(by) = self.facts.actor.person().cloned() else { return Err(Rejection::PersonNeeded) };
        let length = text.chars().count();
        if text.trim().is_empty() || length > 20_000 {
            return Err(Rejection::NoteInvalid);
        }
        self.note(by, text.clone());
        Ok(())
    }

    fn note(&mut self, by: PersonId, text: std::sync::Arc<str>) {
        let number = self.case.notes.get_max().map_or(0, |(number, _)| *number) + 1;
        self.record(Event::NoteAdded { number, by, text });
    }

    fn retry(&mut self, number: u32) -> Result<(), Rejection> {
        self.need_part_or_administration()?;
        let Some(incident) = self.case.incidents.get(&number).cloned() else {
            return Err(Rejection::IncidentUnknown { incident: number });
        };
        if self.is_doubt(&incident.trouble) {
            return Err(Rejection::FictionNotRuled { why: incident.trouble.help.clone() });
        }
        self.record(Event::IncidentResolved { number });
        match (incident.instance, &incident.trouble.wakes) {
            (Some(instance), Some(name)) => self.wake_again(instance, name),
            (Some(instance), None) if self.case.errand(instance).is_some() => self.write_again(instance),
            (Some(instance), None) => self.queue(instance),
            (None, _) => {}
        }
        Ok(())
    }
}
