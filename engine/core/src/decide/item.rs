//! What a person does with an item of the incoming post: it is handed on to a case that waits for it, or a case begins with it;
//! and where the original lies on paper. It goes the way on which cases are merged: the item ends once the other case has taken
//! over what it holds, so nothing is lost on the way, and of two people who hand it on at once one is told so.

use std::sync::Arc;

use super::{
    Rejection,
    between::other_id,
    correct::check_reason,
    turn::{Deciding, trouble},
};
use crate::{
    case::Message,
    command::{Command, HandedOnTo},
    event::{
        Beginning, Direction, Document, DocumentContent, Event, HandedItem, HandedRemedy, Handled, Handover,
        Merging, PaperPlaced, Parcel, Related, Relation, TakenOut,
    },
    item::{ASSIGNED, BEGUN, MAX_PLACE, PAPER, is_confirmed},
    words::{CaseId, InstanceId, Object, PersonId, Text, Value},
};

/// What people read for what came in when there is no document of it.
const ONLY_PAPER: &str = "Eingang ohne Datei";

impl Deciding<'_> {
    /// An item that is on its way stays as it was handed on: of what a person changes now the other case would learn nothing.
    pub fn need_item_at_rest(&self, command: &Command) -> Result<(), Rejection> {
        let under_way = self.release.item && self.case.merging.is_some();
        let changes = !matches!(
            command,
            Command::AddNote { .. }
                | Command::ClaimTask { .. }
                | Command::ReleaseTask { .. }
                | Command::DelegateTask { .. }
                | Command::RetryIncident { .. }
                | Command::RecordKeeping { .. }
        );
        let by_person = self.facts.actor.person().is_some();
        if under_way && changes && by_person { Err(Rejection::ItemUnderWay) } else { Ok(()) }
    }

    /// Hands an item on.
    pub fn hand_on(&mut self, to: &HandedOnTo, reason: &Arc<str>) -> Result<(), Rejection> {
        let by = self.may_correct(reason)?;
        if !self.release.item {
            return Err(Rejection::NotAnItem);
        }
        if !is_confirmed(&self.case.data) {
            return Err(Rejection::DayUnconfirmed);
        }
        let (into, begins, (message, remedy), outcome) = match to {
            HandedOnTo::Case { case, .. } if *case == self.case.id => return Err(Rejection::MergeIntoItself),
            HandedOnTo::Case { case, message, remedy } => {
                (*case, None, (message.clone(), remedy.clone()), ASSIGNED)
            }
            HandedOnTo::NewCase { release, data } => {
                let case = other_id(self.case.id, self.case.sent.saturating_add(1), self.facts.now);
                let begins = Beginning {
                    release: release.clone(),
                    data: data.clone(),
                    received_on: self.case.received_on,
                    channel: Some(self.case.channel.clone()),
                };
                (case, Some(begins), (None, None), BEGUN)
            }
        };
        let newest = self.case.documents.get_max().map_or(0, |(number, _)| *number);
        self.record(Event::MergeAsked(Merging {
            into,
            by: by.clone(),
            reason: reason.clone(),
            documents: newest,
            parties: 0,
            outcome: Some(outcome.into()),
        }));
        let filed = self.case.documents.values().filter(|document| document.taken_out.is_none());
        let documents = filed.map(|document| self.came_with(document)).collect();
        let (received_on, begun) = (self.case.received_on, begins.is_some());
        let handover = Handover {
            by,
            reason: reason.clone(),
            documents,
            parties: Vec::new(),
            item: Some(HandedItem { received_on, message, remedy, begins: begun }),
        };
        self.send(Parcel::Handover { to: into, begins, handover });
        Ok(())
    }

    /// A document as it goes along: what came in came on the true day of receipt, which may have been corrected since. What
    /// came later, with other items or by itself, has a day of its own.
    pub fn came_with(&self, document: &Document) -> Document {
        let mut document = Document { step: None, ..document.clone() };
        if document.content.direction == Direction::Incoming && !std::mem::take(&mut document.own_day) {
            document.on = self.case.received_on;
        }
        document
    }

    /// Whether a document comes into an item that was there before.
    pub fn comes_later(&self, content: &DocumentContent) -> bool {
        self.release.item && self.case.version > 1 && content.direction == Direction::Incoming
    }

    /// An item was handed to this case, with its documents. It is what the case waits for, or a remedy, if whoever assigned it
    /// said so.
    pub fn take_item(
        &mut self,
        (from, by): (CaseId, &PersonId),
        item: &HandedItem,
        documents: &[Document],
    ) -> Result<(), Rejection> {
        let incoming = documents.iter().filter(|it| it.content.direction == Direction::Incoming);
        let first = incoming.min_by_key(|document| document.on);
        let (title, on) = first.map_or((ONLY_PAPER, item.received_on), |it| (&*it.content.title, it.on));
        match &item.remedy {
            Some(HandedRemedy::Against { act, party, kind, received_on }) => {
                let on = received_on.unwrap_or(item.received_on);
                self.note_remedy((*act, *party), *kind, on, (Some(by.clone()), Some(from)));
                return Ok(());
            }
            Some(HandedRemedy::Perhaps) => {
                self.tell_of_remedy_to_record(title, item.received_on);
                return Ok(());
            }
            None => {}
        }
        match &item.message {
            Some(name) => self.deliver(
                Message {
                    name: name.clone(),
                    message_id: from.0,
                    received_on: item.received_on,
                    payload: Object::new().into(),
                    key: None,
                },
                &[],
            ),
            None => {
                self.tell_of_document_in_time(title, on);
                Ok(())
            }
        }
    }

    /// An item was assigned to this case by mistake: what came with it goes back to the incoming post, as an item of its own, for
    /// the one that it was has ended. Also of a case that has ended.
    pub fn give_back(
        &mut self,
        item: CaseId,
        (begins, documents): (&Beginning, &[u32]),
        reason: &Arc<str>,
    ) -> Result<(), Rejection> {
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        if !self.corrects() {
            return Err(Rejection::CorrectionNotAllowed);
        }
        check_reason(reason)?;
        let known = |related: &Related| related.case == item && related.how == Relation::Post;
        if self.release.item || !self.case.relations.iter().any(known) {
            return Err(Rejection::NotAnItem);
        }
        if documents.is_empty() {
            return Err(Rejection::DocumentUnknown);
        }
        let to = other_id(self.case.id, self.case.sent.saturating_add(1), self.facts.now);
        let mut handed = Vec::new();
        for number in documents {
            let document = self.filed(*number)?.clone();
            self.check_may_leave(&document)?;
            let taken_out =
                TakenOut { on: self.facts.today, by: by.clone(), reason: reason.clone(), to: Some(to) };
            self.record(Event::DocumentTakenOut { document: *number, taken_out });
            let own_day = document.on != begins.received_on;
            handed.push(Document { step: None, own_day, ..(*document).clone() });
        }
        let handover = Handover {
            by: by.clone(),
            reason: reason.clone(),
            documents: handed,
            parties: Vec::new(),
            item: None,
        };
        self.relate(to, Relation::SplitInto, handover, Some(begins.clone()));
        if self.case.message_ids.contains(&item.0) {
            self.take_back_message_of(item);
        }
        self.tell_of_remedy_given_back(item);
        self.has_a_hand_in_all(by, Handled::Document);
        Ok(())
    }

    /// What an item was taken for does not hold any more: it is not kept, and what came of it is told to a person.
    fn take_back_message_of(&mut self, item: CaseId) {
        if self.case.mailbox.values().any(|message| message.message_id == item.0) {
            self.record(Event::MessageTaken { instance: InstanceId::ROOT, message_id: item.0 });
            return;
        }
        let incident = trouble(
            "item_given_back",
            None,
            Text::new(
                "Ein Eingang, der als das zugeordnet war, worauf der Vorgang wartete, gehörte nicht hierher und liegt wieder im Posteingang. Was der Vorgang daraufhin getan hat, ist nicht zurückgedreht.",
                "An item that was assigned as what the case waited for did not belong here and lies in the incoming post again. What the case did upon it is not undone.",
            ),
            Text::new(
                "Prüfen, was daraufhin geschehen ist. Wer berichtigen darf, geht zu dem Schritt zurück, der gewartet hat; er wartet dann wieder. Danach „Wiederholen“, um die Störung abzuschließen.",
                "Check what has happened upon it. Whoever may correct goes back to the step that waited; it then waits again. Then retry, to settle the incident.",
            ),
            Value::Null,
        );
        self.stuck(None, *incident);
    }

    /// A part of an item goes on as an item of its own: here its documents are taken out.
    pub fn take_along(
        &mut self,
        documents: &[u32],
        to: CaseId,
        (by, reason): (&PersonId, &Arc<str>),
    ) -> Result<(), Rejection> {
        let filed = self.case.documents.values().filter(|document| document.taken_out.is_none()).count();
        if documents.is_empty() || documents.len() >= filed {
            return Err(Rejection::SplitNotPossible);
        }
        for document in documents {
            let taken_out =
                TakenOut { on: self.facts.today, by: by.clone(), reason: reason.clone(), to: Some(to) };
            self.record(Event::DocumentTakenOut { document: *document, taken_out });
        }
        Ok(())
    }

    /// Notes where the original of documents lies on paper; none named: of all of them. Also in a case that has ended.
    pub fn place_paper(&mut self, documents: &[u32], place: &Arc<str>) -> Result<(), Rejection> {
        self.need_part_in_process()?;
        let by = self.facts.actor.person().cloned().ok_or(Rejection::PersonNeeded)?;
        if place.chars().count() > MAX_PLACE {
            return Err(Rejection::ReasonInvalid);
        }
        for number in documents {
            self.filed(*number)?;
        }
        let mut documents = documents.to_vec();
        if documents.is_empty() {
            documents = self.filed_numbers();
        }
        self.record(Event::PaperPlaced(PaperPlaced { documents, place: place.trim().into(), by: Some(by) }));
        Ok(())
    }

    /// What the data of a new item say about its paper holds for all that came with it.
    pub fn place_paper_of_item(&mut self, data: &Object) {
        let Some(Value::String(place)) = data.get(PAPER).filter(|_| self.release.item) else { return };
        let (documents, place) = (self.filed_numbers(), place.trim());
        if !documents.is_empty() && !place.is_empty() {
            let by = self.facts.actor.person().cloned();
            self.record(Event::PaperPlaced(PaperPlaced { documents, place: place.into(), by }));
        }
    }

    fn filed_numbers(&self) -> Vec<u32> {
        let filed = self.case.documents.iter().filter(|(_, document)| document.taken_out.is_none());
        filed.map(|(number, _)| *number).collect()
    }
}
