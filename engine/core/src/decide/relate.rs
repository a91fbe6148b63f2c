//! Cases that are split and merged. Each of the two cases has its own turn: the first one says what happens and sends what
//! goes along; the other one takes it over when it arrives.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Rejection,
    between::other_id,
    turn::{Deciding, trouble},
};
use crate::{
    event::{Beginning, Direction, Document, Event, Handover, MERGED, Parcel, Related, Relation},
    planted::{Fault, planted},
    words::{CaseId, Object, Text, Value},
};

impl Deciding<'_> {
    /// A part of this case goes on in a case of its own. This one goes on, too, and keeps all that it has.
    pub fn split(&mut self, data: &Object, documents: &[u32], reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.may_correct(reason)?;
        self.need_room()?;
        self.check_data(data)?;
        let named: BTreeSet<u32> = documents.iter().copied().collect();
        let found: Option<Vec<&Arc<Document>>> =
            named.iter().map(|number| self.case.documents.get(number)).collect();
        let documents = found.ok_or(Rejection::DocumentUnknown)?.into_iter().map(|it| handed(it)).collect();
        let case = other_id(self.case.id, self.case.sent.saturating_add(1), self.facts.now);
        let (release, received_on) = (self.case.release.clone(), self.case.received_on);
        let begins = Some(Beginning { release, data: data.clone(), received_on });
        self.relate(case, Relation::SplitInto, Handover { by, reason: reason.clone(), documents }, begins);
        Ok(())
    }

    /// This case is joined to another one, which goes on for both: it ends, and its documents go along.
    pub fn merge(&mut self, into: CaseId, reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.may_correct(reason)?;
        if into == self.case.id {
            return Err(Rejection::MergeIntoItself);
        }
        let documents = self.case.documents.values().map(|document| handed(document)).collect();
        self.relate(into, Relation::MergedInto, Handover { by, reason: reason.clone(), documents }, None);
        self.end_case(Some(MERGED.into()));
        Ok(())
    }

    fn relate(&mut self, case: CaseId, how: Relation, handover: Handover, begins: Option<Beginning>) {
        let (by, reason) = (handover.by.clone(), handover.reason.clone());
        self.record(Event::CaseRelated { related: Related { case, how, by, reason } });
        self.send(Parcel::Handover { to: case, begins, handover });
    }

    /// Another case hands something over to this one. It is never refused, for the other one has ended or gone on: what
    /// comes too late is told.
    pub fn take_over(&mut self, from: CaseId, how: Relation, handover: &Handover) -> Result<(), Rejection> {
        self.need_engine()?;
        let Handover { by, reason, documents } = handover;
        let related = Related { case: from, how, by: by.clone(), reason: reason.clone() };
        self.record(Event::CaseRelated { related });
        for document in documents {
            let number = self.case.documents.get_max().map_or(0, |(number, _)| *number) + 1;
            self.record(Event::DocumentAdded { document: Document { number, ..document.clone() } });
        }
        let told = !planted(Fault::MergedTooLateUntold);
        if told && how == Relation::Merged && !self.case.is_open() {
            let incident = trouble(
                "merged_after_end",
                None,
                Text::new(
                    "Ein Vorgang ist mit diesem verbunden worden, als dieser schon abgeschlossen war.",
                    "A case was merged into this one when it had ended already.",
                ),
                Text::new(
                    "Prüfen, was aus dem verbundenen Vorgang noch zu tun ist, und dafür, wenn nötig, einen neuen Vorgang beginnen. Danach „Wiederholen“, um die Störung abzuschließen.",
                    "Check what is still to be done of the case that was merged, and begin a new case for it if need be. Then retry, to settle the incident.",
                ),
                Value::Null,
            );
            self.stuck(None, *incident);
        }
        Ok(())
    }
}

/// A document as it goes along.
fn handed(document: &Document) -> Document {
    let mut document = Document { step: None, ..document.clone() };
    let stays = document.content.direction == Direction::Outgoing && document.dispatch.is_none();
    if stays && !planted(Fault::LettersLeaveTwice) {
        document.content.direction = Direction::Internal;
    }
    document
}
