//! Documents that lie in the wrong file: taken out, or moved to the case that they belong to. Nothing is erased: the file
//! keeps that they were there, and the journal what they were.

use std::sync::Arc;

use super::{Rejection, correct::check_reason, turn::Deciding};
use crate::{
    case::Case,
    event::{Document, Event, Handled, MovedHere, Parcel, TakenOut},
    words::{CaseId, Text},
};

impl Deciding<'_> {
    /// Takes a document out of the file; with `to` it goes to that case. Also of a case that has ended.
    pub fn take_out(&mut self, number: u32, to: Option<CaseId>, reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        if !self.corrects() {
            return Err(Rejection::CorrectionNotAllowed);
        }
        check_reason(reason)?;
        let document = self.filed(number)?.clone();
        self.check_may_leave(&document)?;
        if to == Some(self.case.id) {
            return Err(Rejection::DocumentStays {
                why: Text::new("Es liegt schon in diesem Vorgang.", "It lies in this case already."),
            });
        }
        let taken_out = TakenOut { on: self.facts.today, by: by.clone(), reason: reason.clone(), to };
        self.record(Event::DocumentTakenOut { document: number, taken_out });
        if let Some(to) = to {
            let moved = MovedHere { from: self.case.id, by: by.clone(), reason: reason.clone() };
            let document = if self.release.item { self.came_with(&document) } else { (*document).clone() };
            self.send(Parcel::Document { to, document: Box::new(document), moved });
        }
        self.has_a_hand_in_all(by, Handled::Document);
        Ok(())
    }

    /// A document comes that lay in the file of another case. It is never refused: that one has it no more.
    pub fn take_in(&mut self, document: &Document, moved: &MovedHere) -> Result<(), Rejection> {
        self.need_engine()?;
        let number = self.case.documents.get_max().map_or(0, |(number, _)| *number) + 1;
        let own_day = self.comes_later(&document.content);
        let document = Document { number, own_day, ..document.clone() };
        self.record(Event::DocumentMovedHere { document, moved: moved.clone() });
        Ok(())
    }

    /// Whether a document may be taken out of the file.
    pub fn check_may_leave(&self, document: &Document) -> Result<(), Rejection> {
        if let Some(why) = self.case.belongs_here(document) {
            return Err(Rejection::DocumentStays { why });
        }
        if let Some(letter) = self.waits_with(document) {
            let title = &letter.content.title;
            return Err(Rejection::DocumentStays {
                why: Text::new(
                    format!("Es ist Anlage von „{title}“, und dessen Versand steht noch aus."),
                    format!("It goes with “{title}”, which has not been dispatched yet."),
                ),
            });
        }
        Ok(())
    }

    /// A document that is in the file.
    pub fn filed(&self, number: u32) -> Result<&Arc<Document>, Rejection> {
        let document = self.case.documents.get(&number).ok_or(Rejection::DocumentUnknown)?;
        if document.taken_out.is_some() { Err(Rejection::DocumentTakenOut) } else { Ok(document) }
    }
}

impl Case {
    /// Why a document cannot lie in the wrong file.
    pub fn belongs_here(&self, document: &Document) -> Option<Text> {
        if document.dispatch.is_some() {
            return Some(Text::new(
                "Sein Versand ist vermerkt; damit hat es Wirkungen in diesem Vorgang.",
                "Its dispatch is recorded, so it has effects in this case.",
            ));
        }
        (document.step.is_some() || self.act_of_document(document.number).is_some()).then(|| {
            Text::new(
                "Das Verfahren selbst hat es in diesem Vorgang erstellt.",
                "The process itself has made it in this case.",
            )
        })
    }
}
