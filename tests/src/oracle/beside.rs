//! What goes on beside the steps of a process: questions, resubmissions, letters.

use std::collections::BTreeSet;

use fachwerk_core::{
    command::{EffectResult, LetterText},
    event::{EffectError, ErrandKind},
    facts::{Actor, start_of},
    words::{Date, Timestamp},
};
use serde_json::{Map, Value};

use super::{
    Oracle, Refused,
    commands::{Said, holds_role, need, person, takes_part},
    fields,
    state::Incident,
};
use crate::random_process::ROLES;

/// An errand that is under way.
#[derive(Clone)]
pub struct Errand {
    pub by: String,
    pub work: Work,
}

#[derive(Clone)]
pub enum Work {
    Asked {
        kind: ErrandKind,
        text: String,
        role: String,
        due: Option<Date>,
        assignee: Option<String>,
        /// When it comes back, until it has.
        back: Option<Timestamp>,
    },
    Letter {
        title: String,
        round: u32,
        stuck: bool,
    },
}

impl Errand {
    pub fn is_letter(&self) -> bool {
        matches!(self.work, Work::Letter { .. })
    }

    pub fn line(&self) -> String {
        match &self.work {
            Work::Asked { kind, text, role, due, assignee, back } => {
                asked(*kind, text, (role, *due, assignee.as_deref()), *back)
            }
            Work::Letter { title, round, stuck } => letter(title, *round, *stuck),
        }
    }
}

pub fn asked(
    kind: ErrandKind,
    text: &str,
    (role, due, assignee): (&str, Option<Date>, Option<&str>),
    back: Option<Timestamp>,
) -> String {
    format!("{kind:?} {text:?} of {role} {due:?} {assignee:?}, back {back:?}")
}

pub fn letter(title: &str, round: u32, stuck: bool) -> String {
    format!("letter {title:?} {round} {stuck}")
}

/// A text that must be there.
fn says(text: &str, most: usize) -> Said {
    need(!text.trim().is_empty() && text.chars().count() <= most, "a text is missing or too long")
}

impl Oracle {
    fn may_give(&self, actor: &Actor) -> Result<String, Refused> {
        takes_part(actor)?;
        need(self.state.errands.len() < 200, "there are too many")?;
        Ok(person(actor)?.to_owned())
    }

    fn give(&mut self, errand: Errand) {
        let number = self.state.next;
        self.state.next += 1;
        self.state.errands.insert(number, errand);
    }

    pub(super) fn ask_somebody(
        &mut self,
        actor: &Actor,
        kind: ErrandKind,
        text: &str,
        (role, person): (&str, Option<&str>),
        on: Option<Date>,
    ) -> Said {
        let by = self.may_give(actor)?;
        need(self.state.ended.is_none(), "the case has ended")?;
        says(text, 5_000)?;
        need(ROLES.contains(&role), "there is no such role")?;
        let today = self.today();
        need(on.is_none_or(|day| day.year() <= today.year() + 30), "nobody would see it")?;
        let (due, back) = match kind {
            ErrandKind::Question => {
                need(on.is_none_or(|day| day >= today), "the day has passed")?;
                (on, None)
            }
            ErrandKind::Resubmission => {
                let day = on.filter(|day| *day > today).ok_or("a day to come is needed")?;
                (Some(day), Some(start_of(day)))
            }
        };
        let (text, role) = (text.to_owned(), role.to_owned());
        let work = Work::Asked { kind, text, role, due, assignee: person.map(str::to_owned), back };
        self.give(Errand { by, work });
        Ok(())
    }

    pub(super) fn withdraw(&mut self, actor: &Actor, id: Option<usize>) -> Said {
        let by = person(actor)?;
        let id = id.ok_or("it is over")?;
        let errand = &self.state.errands[&id];
        need(matches!(errand.work, Work::Asked { .. }), "it cannot be taken back")?;
        need(errand.by == by, "somebody else gave it")?;
        self.state.errands.remove(&id);
        Ok(())
    }

    /// Who may do an errand that has come, and for whom it is.
    fn may_settle(&mut self, actor: &Actor, id: usize) -> Result<(String, &mut Option<String>), Refused> {
        need(self.state.ended.is_none(), "the case has ended")?;
        let Work::Asked { role, assignee, back: None, .. } =
            &mut self.state.errands.get_mut(&id).expect("it was found").work
        else {
            return Err("there is nothing to do");
        };
        let person = person(actor)?;
        need(holds_role(person, role), "not of the role")?;
        need(assignee.as_ref().is_none_or(|other| other == person), "somebody else has it")?;
        Ok((person.to_owned(), assignee))
    }

    /// Whoever may do an errand may give it back or hand it on; what somebody else holds, whoever corrects.
    fn may_hand_on_errand(
        &mut self,
        actor: &Actor,
        id: usize,
        frees: bool,
    ) -> Result<&mut Option<String>, Refused> {
        let refused = self.may_settle(actor, id).err();
        let corrects = actor.person().is_some_and(|person| match frees {
            true => self.corrects(person.as_str()),
            false => self.corrects_by_role(person.as_str()),
        });
        let open = self.state.ended.is_none();
        let Work::Asked { assignee, back, .. } = &mut self.state.errands.get_mut(&id).expect("found").work
        else {
            return Err("there is nothing to do");
        };
        if let Some(refused) = refused {
            need(open && corrects && back.is_none() && assignee.is_some(), refused)?;
        }
        Ok(assignee)
    }

    /// An errand is taken or, with nobody, given back.
    pub(super) fn take_errand(&mut self, actor: &Actor, id: usize, taken: bool) -> Said {
        if !taken {
            *self.may_hand_on_errand(actor, id, true)? = None;
            return Ok(());
        }
        let (person, assignee) = self.may_settle(actor, id)?;
        *assignee = Some(person);
        Ok(())
    }

    pub(super) fn delegate_errand(&mut self, actor: &Actor, id: usize, to: &str) -> Said {
        *self.may_hand_on_errand(actor, id, false)? = Some(to.to_owned());
        Ok(())
    }

    /// An errand is done; what was said becomes a note.
    pub(super) fn settle(&mut self, actor: &Actor, id: usize, values: &Map<String, Value>) -> Said {
        self.may_settle(actor, id)?;
        need(values.keys().all(|name| name == "answer"), "there is no such field")?;
        let answer = match values.get("answer") {
            None | Some(Value::Null) => "",
            Some(said) => said.as_str().ok_or("an answer is a text")?.trim(),
        };
        let question = matches!(self.state.errands[&id].work, Work::Asked { kind: ErrandKind::Question, .. });
        if question || !answer.is_empty() {
            says(answer, 10_000)?;
            self.state.notes += 1;
        }
        self.state.errands.remove(&id);
        Ok(())
    }

    pub(super) fn write_letter(&mut self, actor: &Actor, letter: &LetterText) -> Said {
        let by = self.may_give(actor)?;
        let LetterText { addressee, sender, subject, body, .. } = letter;
        says(addressee, 1_000)?;
        sender.as_ref().map_or(Ok(()), |sender| says(sender, 1_000))?;
        says(subject, 300)?;
        says(body, 50_000)?;
        let title = subject.trim().to_owned();
        self.give(Errand { by, work: Work::Letter { title, round: 1, stuck: false } });
        Ok(())
    }

    /// A letter beside the steps was made, or could not be.
    pub(super) fn letter_made(
        &mut self,
        actor: &Actor,
        id: usize,
        asked: u32,
        result: &Result<EffectResult, EffectError>,
    ) -> Said {
        need(actor.person().is_none(), "not for persons")?;
        let Work::Letter { round, stuck, .. } =
            &mut self.state.errands.get_mut(&id).expect("it was found").work
        else {
            return Err("it is no letter");
        };
        need(*round == asked && !*stuck, "another time")?;
        let code = match result {
            Ok(made) if made.values.values().all(fields::is_sound) => {
                self.add_documents(&made.documents, None, None)?;
                self.state.errands.remove(&id);
                return Ok(());
            }
            Ok(_) => "result_invalid".to_owned(),
            Err(error) => error.code.to_string(),
        };
        *stuck = true;
        self.state.incidents.push(Incident { node: None, errand: Some(id), code, wakes: None });
        Ok(())
    }

    /// A letter that could not be made is asked for once more.
    pub(super) fn write_again(&mut self, id: usize) {
        if let Some(Errand { work: Work::Letter { round, stuck, .. }, .. }) = self.state.errands.get_mut(&id)
        {
            (*round, *stuck) = (*round + 1, false);
        }
    }

    /// A resubmission comes back.
    pub(super) fn come_back(&mut self, id: usize, name: &str, revision: u32) -> bool {
        let now = self.state.now;
        match &mut self.state.errands.get_mut(&id).expect("it was found").work {
            Work::Asked { back, .. } if back.is_some_and(|at| at <= now) => {
                let rings = name == "comes-back" && revision == 1;
                back.take_if(|_| rings).is_some()
            }
            Work::Asked { .. } | Work::Letter { .. } => false,
        }
    }

    /// The case ends: nobody is asked any more, but letters that are being made come into the file.
    pub fn end_errands(&mut self) {
        self.state.errands.retain(|_, errand| matches!(errand.work, Work::Letter { .. }));
        let left: BTreeSet<usize> = self.state.errands.keys().copied().collect();
        self.state.incidents.retain(|incident| incident.errand.is_none_or(|id| left.contains(&id)));
    }
}
